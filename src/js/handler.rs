//! The bindings of the handler: JSON texts, as in the rest. What an answer needs is
//! `{ status, code, outcome, retryAfter?, body }`, its body a JSON text that is sent as it is.

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;

use super::class::milliseconds;
use super::decode;
use crate::decimal::integer;
use crate::json::{self, Members};
use crate::reservation::{self, Known, Reservation, Write};
use crate::{
    Handler, IdempotencyKey, Memory, QuickcallError, Refusal, RefusalCode, Request, Value, Visit, Visitor,
    issue,
};
use wasm_bindgen::prelude::wasm_bindgen;

/// A handler's checked configuration.
#[wasm_bindgen]
pub struct EdgeHandler(Handler);

fn handler(config: &str, answer_within: Option<u16>) -> Result<Handler, QuickcallError> {
    Handler::new(&decode::value(config), answer_within)
}

#[wasm_bindgen]
impl EdgeHandler {
    /// Checks a packed configuration: nothing where something in it is wrong, which `refusal` says. `answer_within` is in seconds, where
    /// the runtime ends a request by itself.
    pub fn checked(config: &str, answer_within: Option<u16>) -> Option<EdgeHandler> {
        Some(EdgeHandler(handler(config, answer_within).ok()?))
    }

    /// The packed `QuickcallError` of a packed configuration; nothing where it is right.
    pub fn refusal(config: &str, answer_within: Option<u16>) -> Option<String> {
        Some(handler(config, answer_within).err()?.to_json())
    }

    /// Whether a page of this origin may ask.
    pub fn allows_origin(&self, origin: &str) -> bool {
        self.0.allows_origin(origin)
    }

    /// Whether calls are only judged.
    pub fn is_dry_run(&self) -> bool {
        self.0.is_dry_run()
    }

    /// Judges a request: `{ refusal? }`, or with a right shape `{ key, fingerprint, trace, endpoint?, masked?,
    /// refusal?, call? }`.
    pub fn judge(&self, origin: Option<String>, key: Option<String>, body: &[u8]) -> String {
        let mut out = String::new();
        let mut members = Members::open(&mut out);
        let allowed = match self.0.judge(origin.as_deref(), key.as_deref(), body) {
            Ok(judged) => {
                let key = judged.visit.key.as_str();
                members.text("key", key);
                members.text("fingerprint", &judged.visit.fingerprint);
                members.text("trace", &crate::trace(key));
                members.optional("endpoint", judged.visit.endpoint.as_deref());
                members.optional("masked", judged.masked.as_deref());
                judged.allowed
            }
            Err(refusal) => Err(refusal),
        };
        match allowed {
            Ok(allowed) => {
                let mut call = Members::open(members.key("call"));
                write_request(&mut call, &allowed.request, allowed.deadline);
                call.close();
            }
            Err(refusal) => write_refusal(members.key("refusal"), &refusal),
        }
        members.close();
        out
    }

    /// What must be reserved for a call that was judged; nothing where the key is none.
    pub fn reservation(
        &self,
        key: &str,
        fingerprint: String,
        endpoint: String,
        number: &str,
        ring_time: u16,
        visitor: &str,
    ) -> Option<EdgeReservation> {
        let visit = Visit {
            key: IdempotencyKey::new(key)?,
            fingerprint,
            endpoint: Some(endpoint),
        };
        let visitor = Visitor::new(visitor);
        let reservation = self.0.reservation(&visit, number, ring_time, &visitor);
        Some(EdgeReservation(reservation))
    }
}

/// What must be reserved for a call.
#[wasm_bindgen]
pub struct EdgeReservation(Reservation);

#[wasm_bindgen]
impl EdgeReservation {
    /// The reservation as JSON, for a memory elsewhere.
    pub fn to_json(&self) -> String {
        self.0.to_json()
    }
}

/// The memory of one process.
#[wasm_bindgen]
#[derive(Default)]
pub struct EdgeMemory(Memory);

#[wasm_bindgen]
impl EdgeMemory {
    /// An empty one.
    #[wasm_bindgen(constructor)]
    pub fn new() -> EdgeMemory {
        EdgeMemory::default()
    }

    /// What is known of a key: `{ state, … }`.
    pub fn known(&self, key: &str, fingerprint: &str, now: f64) -> String {
        known_json(self.0.known(key, fingerprint, now as i64))
    }

    /// Reserves a call: what is known then.
    pub fn reserve(&mut self, reservation: &EdgeReservation, now: f64) -> String {
        known_json(self.0.reserve(&reservation.0, now as i64))
    }

    /// Keeps the answer of a call that was reserved `at` this time, and sent at `unknown_since` where nobody knows what became of it.
    pub fn settle(
        &mut self,
        reservation: &EdgeReservation,
        now: f64,
        at: f64,
        status: u16,
        body: String,
        unknown_since: Option<f64>,
    ) {
        let answer = (status.into(), body);
        let unknown_since = unknown_since.map(|sent| sent as i64);
        self.0
            .settle(&reservation.0, now as i64, at as i64, answer, unknown_since);
    }

    /// Takes back a call that was reserved `at` this time.
    pub fn release(&mut self, reservation: &EdgeReservation, now: f64, at: f64) {
        self.0.release(&reservation.0, now as i64, at as i64);
    }
}

/// Judges method and content type: nothing, or the refusal.
#[wasm_bindgen]
pub fn judge_method(method: &str, content_type: Option<String>) -> Option<String> {
    let code = crate::judge_method(method, content_type.as_deref()).err()?;
    Some(answer(&Refusal::from(code)))
}

/// The refusal with this code; nothing for a code that is none.
#[wasm_bindgen]
pub fn refusal(code: &str) -> Option<String> {
    let code = RefusalCode::ALL.iter().find(|known| known.as_str() == code)?;
    Some(answer(&Refusal::from(*code)))
}

/// The visitor with this address or name, as limits count and logs show it.
#[wasm_bindgen]
pub fn visitor(text: &str) -> String {
    Visitor::new(text).as_str().to_owned()
}

/// What is known of a key by its entry: `{ state, … }`.
#[wasm_bindgen]
pub fn known(entry: Option<String>, fingerprint: &str, now: f64) -> String {
    known_json(reservation::known(entry.as_deref(), fingerprint, now as i64))
}

/// Reserves a call: `{ known, writes }`; each write is `{ place, value?, expires }`. Nothing where an entry cannot be read.
#[wasm_bindgen]
pub fn reserve(reservation: &str, entries: &str, now: f64) -> Option<String> {
    let (known, writes) = Reservation::from_json(reservation)?.reserve(&read_entries(entries), now as i64);
    if known == Known::Unreadable {
        return None;
    }
    let mut out = String::new();
    let mut members = Members::open(&mut out);
    write_known(members.key("known"), known);
    write_all(members.key("writes"), &writes);
    members.close();
    Some(out)
}

/// Keeps the answer of a call that was reserved `at` this time, and sent at `unknown_since` where nobody knows what became of it: what to
/// write.
#[wasm_bindgen]
pub fn settle(
    reservation: &str,
    entries: &str,
    now: f64,
    at: f64,
    status: u16,
    body: String,
    unknown_since: Option<f64>,
) -> Option<String> {
    let reservation = Reservation::from_json(reservation)?;
    let answer = (status.into(), body);
    let unknown_since = unknown_since.map(|sent| sent as i64);
    let writes = reservation.settle(
        &read_entries(entries),
        now as i64,
        at as i64,
        answer,
        unknown_since,
    );
    let mut out = String::new();
    write_all(&mut out, &writes);
    Some(out)
}

/// Takes back what was reserved `at` this time: what to write.
#[wasm_bindgen]
pub fn release(reservation: &str, entries: &str, now: f64, at: f64) -> Option<String> {
    let reservation = Reservation::from_json(reservation)?;
    let writes = reservation.release(&read_entries(entries), now as i64, at as i64);
    let mut out = String::new();
    write_all(&mut out, &writes);
    Some(out)
}

fn read_entries(entries: &str) -> Vec<Option<String>> {
    match json::parse(entries) {
        Ok(Value::List(entries)) => entries
            .iter()
            .map(|entry| entry.as_text().map(str::to_owned))
            .collect(),
        _ => Vec::new(),
    }
}

fn write_all(out: &mut String, writes: &[Write]) {
    json::array(out, writes, |out, write| {
        let mut members = Members::open(out);
        members.raw("place", &integer(i64::try_from(write.place).unwrap_or(0)));
        members.optional("value", write.value.as_deref());
        members.raw("expires", &integer(write.expires));
        members.close();
    });
}

fn known_json(known: Known) -> String {
    let mut out = String::new();
    write_known(&mut out, known);
    out
}

fn write_known(out: &mut String, known: Known) {
    let mut members = Members::open(out);
    let mut refused = |state: &str, code: RefusalCode, wait: Option<i64>| {
        let seconds = |wait: i64| u32::try_from((wait.max(1) + 999) / 1_000).unwrap_or(u32::MAX);
        let refusal = Refusal {
            retry_after: wait.map(seconds),
            ..Refusal::from(code)
        };
        members.text("state", state);
        write_refusal(members.key("refusal"), &refusal);
    };
    match known {
        Known::Nothing => members.text("state", "nothing"),
        Known::Open => members.text("state", "open"),
        Known::Mismatch => refused("refused", RefusalCode::KeyMismatch, None),
        Known::Lost => refused("refused", RefusalCode::Unknown, None),
        Known::Unreadable => refused("refused", RefusalCode::Unavailable, None),
        Known::Duplicate { wait } => refused("refused", RefusalCode::Duplicate, Some(wait)),
        Known::Limited { wait, limit } => {
            refused("refused", RefusalCode::Limited, Some(wait));
            members.text("limit", &limit);
        }
        Known::Settled { status, body } => {
            members.text("state", "settled");
            members.raw("status", &integer(status));
            members.text("body", &body);
        }
        Known::Reserved { at } => {
            members.text("state", "reserved");
            members.raw("at", &integer(at));
        }
    }
    members.close();
}

fn answer(refusal: &Refusal) -> String {
    let mut out = String::new();
    write_refusal(&mut out, refusal);
    out
}

fn write_refusal(out: &mut String, refusal: &Refusal) {
    let mut members = Members::open(out);
    members.raw("status", &integer(refusal.code.status().into()));
    members.text("code", refusal.code.as_str());
    members.text("outcome", refusal.code.outcome().as_str());
    if let Some(seconds) = refusal.retry_after {
        members.raw("retryAfter", &integer(seconds.into()));
    }
    members.text("body", &refusal.to_json());
    members.close();
}

/// What sending a request takes, and understanding its answer; times in milliseconds.
fn write_request(members: &mut Members<'_>, request: &Request, deadline: u64) {
    members.text("method", request.method.as_str());
    members.text("url", &request.url);
    let mut headers = Members::open(members.key("headers"));
    for (name, value) in &request.headers {
        headers.text(name, value);
    }
    headers.close();
    match &request.body {
        Some(body) => members.text("body", body),
        None => members.raw("body", "null"),
    }
    members.text("number", &request.number);
    issue::write_all(members.key("warnings"), &request.warnings);
    members.flag("blocking", request.asked.blocking);
    let ring_time = u64::from(request.asked.ring_time) * 1_000;
    members.raw("ringTime", &milliseconds(ring_time));
    members.raw("deadline", &milliseconds(deadline));
}
