//! The bindings of what watches calls: JSON texts, as in the rest.

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;

use crate::base_url::{UrlKind, read_url};
use crate::decimal::integer;
use crate::given::required;
use crate::joined::joined;
use crate::json::{self, Members};
use crate::percent;
use crate::{AccountId, BaseUrl, EventMessage, HangupCause, Issue, QuickcallError, Step, Value, Watch};
use wasm_bindgen::prelude::wasm_bindgen;

/// The events that are asked for.
const EVENTS: [&str; 4] = [
    "CHANNEL_CREATE",
    "CHANNEL_ANSWER",
    "CHANNEL_BRIDGE",
    "CHANNEL_DESTROY",
];

/// The websocket's URL: by the rules of the server's.
const SOCKET: UrlKind = UrlKind {
    safe: "wss",
    open: "ws",
    example: "wss://kazoo.example.com:5556",
};

/// Where events come from and channels are asked for: a checked account, socket and server.
#[wasm_bindgen]
pub struct EventSource {
    socket: String,
    base_url: String,
    account: String,
}

fn event_source(
    url: Option<String>,
    base_url: Option<String>,
    account: Option<String>,
    allow_insecure: bool,
) -> Result<EventSource, QuickcallError> {
    let [url, base_url, account] = [url, base_url, account].map(|text| text.map(Value::from));
    let socket = required(url.as_ref(), "url", |value, path| {
        read_url(value, allow_insecure, path, &SOCKET)
    });
    let server = required(base_url.as_ref(), "baseUrl", |value, path| {
        BaseUrl::read(value, allow_insecure, path)
    });
    let account = required(account.as_ref(), "accountId", AccountId::read);
    match (socket, server, account) {
        (Ok(socket), Ok(server), Ok(account)) => Ok(EventSource {
            socket: socket.trim_end_matches('/').to_owned(),
            base_url: server.as_str().to_owned(),
            account: account.as_str().to_owned(),
        }),
        (socket, server, account) => {
            let issues = [socket.err(), server.err(), account.err()];
            let issues: Vec<Issue> = issues.into_iter().flatten().collect();
            Err(QuickcallError::invalid(issues))
        }
    }
}

#[wasm_bindgen]
impl EventSource {
    /// Checks the websocket's URL, the server's and the account: nothing where one is wrong, which `refusal` says.
    pub fn checked(
        url: Option<String>,
        base_url: Option<String>,
        account: Option<String>,
        allow_insecure: bool,
    ) -> Option<EventSource> {
        event_source(url, base_url, account, allow_insecure).ok()
    }

    /// The packed `QuickcallError` with every issue; nothing where all are right.
    pub fn refusal(
        url: Option<String>,
        base_url: Option<String>,
        account: Option<String>,
        allow_insecure: bool,
    ) -> Option<String> {
        let refused = event_source(url, base_url, account, allow_insecure).err()?;
        Some(refused.to_json())
    }

    /// The websocket's URL.
    pub fn socket(&self) -> String {
        self.socket.clone()
    }

    /// The messages that ask for all events of the account, as a list of texts: one binding each, as releases before 5 want it.
    pub fn subscribe(&self, token: &str) -> String {
        let mut out = String::new();
        json::array(&mut out, &EVENTS, |out, event| {
            let mut text = String::new();
            let mut message = Members::open(&mut text);
            message.text("action", "subscribe");
            message.text("auth_token", token);
            message.text("request_id", event);
            let mut data = Members::open(message.key("data"));
            data.text("account_id", &self.account);
            data.text("binding", &joined(&["call.", event, ".*"]));
            data.close();
            message.close();
            json::string(out, &text);
        });
        out
    }

    /// The URL of a channel.
    pub fn channel(&self, call_id: &str) -> String {
        let mut url = joined(&[&self.base_url, "/accounts/", &self.account, "/channels/"]);
        percent::encode(&mut url, call_id);
        url
    }
}

/// The calls that are watched on one socket.
#[wasm_bindgen]
#[derive(Default)]
pub struct EventWatch(Watch);

#[wasm_bindgen]
impl EventWatch {
    /// No call yet.
    #[wasm_bindgen(constructor)]
    pub fn new() -> EventWatch {
        EventWatch::default()
    }

    /// Watches a call that is about to be placed with this in its var `quickcall_id`; its number here.
    pub fn begin(&mut self, own_id: &str) -> u32 {
        self.0.begin(own_id)
    }

    /// Says which legs a call has, as a list of texts: the steps so far.
    pub fn name(&mut self, call: u32, call_ids: &str) -> String {
        let ids = match json::parse(call_ids) {
            Ok(Value::List(ids)) => ids
                .iter()
                .filter_map(|id| Some(id.as_text()?.to_owned()))
                .collect(),
            _ => Vec::new(),
        };
        let mut out = String::new();
        json::array(&mut out, &self.0.name(call, &ids), write_step);
        out
    }

    /// Takes a message of the socket: `{ kind: "event", steps: [{ call, step }] }`, `{ kind: "reply", requestId, done }` or
    /// `{ kind: "other" }`.
    pub fn take(&mut self, text: &str) -> String {
        let mut out = String::new();
        let mut members = Members::open(&mut out);
        match EventMessage::read(text) {
            EventMessage::Event(event) => {
                members.text("kind", "event");
                json::array(members.key("steps"), &self.0.take(event), |out, (call, step)| {
                    let mut told = Members::open(out);
                    told.raw("call", &integer((*call).into()));
                    write_step(told.key("step"), step);
                    told.close();
                });
            }
            EventMessage::Reply { request_id, done } => {
                members.text("kind", "reply");
                members.text("requestId", &request_id);
                members.flag("done", done);
            }
            EventMessage::Other => members.text("kind", "other"),
        }
        members.close();
        out
    }

    /// Takes that a leg is there no more: a step, or nothing.
    pub fn gone(&mut self, call: u32, call_id: &str) -> Option<String> {
        let step = self.0.gone(call, call_id)?;
        let mut out = String::new();
        write_step(&mut out, &step);
        Some(out)
    }

    /// What is known of a call: `{ legs, open, answered? }`, each the ids of legs.
    pub fn known(&self, call: u32) -> String {
        let mut out = String::new();
        let mut members = Members::open(&mut out);
        if let Some(progress) = self.0.progress(call) {
            let write = |out: &mut String, id: &&str| json::string(out, id);
            json::array(members.key("legs"), &progress.legs().collect::<Vec<_>>(), write);
            json::array(
                members.key("open"),
                &progress.open_legs().collect::<Vec<_>>(),
                write,
            );
            members.optional("answered", progress.answered_leg());
        }
        members.close();
        out
    }

    /// Drops the events of legs that nobody knows: where no more calls begin.
    pub fn forget_strangers(&mut self) {
        self.0.forget_strangers();
    }

    /// Watches a call no more.
    pub fn forget(&mut self, call: u32) {
        self.0.forget(call);
    }
}

fn write_step(out: &mut String, step: &Step) {
    let mut members = Members::open(out);
    members.text("state", step.state.as_str());
    members.text("callId", &step.call_id);
    members.optional("otherCallId", step.other_call_id.as_deref());
    members.optional("hangupCause", step.hangup_cause.as_ref().map(HangupCause::as_str));
    if let Some(seconds) = step.seconds {
        members.raw("seconds", &integer(seconds.into()));
    }
    members.close();
}

/// Whether a text can be the id of a leg.
#[wasm_bindgen]
pub fn is_call_id(text: &str) -> bool {
    crate::call_event::is_id(text)
}
