//! The memory of a handler: one call for one key, whatever happens, and the limits.
//!
//! It is a set of entries under names. Each step reads some, and says what to write; a store makes reading and writing
//! one atomic step. Before a call leaves for the server its entry is written, and it stays for a day.

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use crate::change::{Change, Changes};
use crate::decimal::integer;
use crate::flight::Flight;
use crate::found::Found;
use crate::idempotency_key::IdempotencyKey;
use crate::joined::joined;
use crate::json::{self, Members};
use crate::key_entry::KeyEntry;
use crate::rate_limit::RateLimit;
use crate::value::Value;
use crate::windows::{StoredWindows, Windows};

/// How long over its ring time a call may be without an answer, before nobody waits for one any more, in milliseconds.
const LOST_AFTER: i64 = 15_000;

/// How long a call may wait for its token before it is sent, in milliseconds: it may ask twice, once more after a 401. `TOKENS` in
/// `pkg/src/edge_call.js` is the same time: a call that left later would ring beside the same one under another key.
const TOKENS: i64 = 20_000;

/// The longest that a phone rings, in milliseconds.
const LONGEST_RING: i64 = 600_000;

/// How many names come before those of the limits: the key's and the flight's.
pub(crate) const OWN_NAMES: usize = 2;

/// What must be reserved for a call before it is placed. Every `now`, `at` and `unknown_since` is in milliseconds since 1970.
///
/// A store reads the entries under its names and writes what a step says, both as one atomic step. Here it is a map:
///
/// ```
/// use quickcall::{IdempotencyKey, Known, Reservation, Write};
/// use std::collections::HashMap;
///
/// #[derive(Default)]
/// struct Store(HashMap<String, String>);
///
/// impl Store {
///     fn entries(&self, call: &Reservation) -> Vec<Option<String>> {
///         call.names().iter().map(|name| self.0.get(name).cloned()).collect()
///     }
///
///     fn write(&mut self, call: &Reservation, writes: Vec<Write>) {
///         for write in writes {
///             let name = call.names().swap_remove(write.place);
///             match write.value {
///                 Some(value) => self.0.insert(name, value),
///                 None => self.0.remove(&name),
///             };
///         }
///     }
/// }
///
/// let call = Reservation {
///     key: IdempotencyKey::new("0123456789abcdef").ok_or("not a key")?, fingerprint: "f".into(), flight: "sales 14155550100 192.0.2.7".into(),
///     ring_time: 30_000, deadline: 40_000, limits: Vec::new(),
/// };
/// let mut store = Store::default();
/// let (known, writes) = call.reserve(&store.entries(&call), 1_000);
/// assert_eq!(known, Known::Reserved { at: 1_000 });
/// store.write(&call, writes);
///
/// // The call is placed now, once. Its answer is that of every other request with its key.
/// let writes = call.settle(&store.entries(&call), 5_000, 1_000, (200, "{}".into()), None);
/// store.write(&call, writes);
/// let (known, _) = call.reserve(&store.entries(&call), 6_000);
/// assert_eq!(known, Known::Settled { status: 200, body: "{}".into() });
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reservation {
    /// The key of the call.
    pub key: IdempotencyKey,
    /// What the key stands for.
    pub fingerprint: String,
    /// Endpoint, number and visitor.
    pub flight: String,
    /// How long the phone rings, in milliseconds.
    pub ring_time: i64,
    /// How long the server's answer is awaited, in milliseconds.
    pub deadline: i64,
    /// What is counted, by name.
    pub limits: Vec<(String, RateLimit)>,
}

/// What is known of a key, or what came of a reservation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Known {
    /// The key is new.
    Nothing,
    /// The key stands for another call.
    Mismatch,
    /// An entry of the store cannot be read. Nobody knows what it would say, so no call may be placed.
    Unreadable,
    /// The call is under way.
    Open,
    /// The call was begun, and nobody will say any more what became of it.
    Lost,
    /// The answer.
    Settled {
        /// Its status.
        status: i64,
        /// Its body.
        body: String,
    },
    /// The call is reserved: it must be placed now.
    Reserved {
        /// When, in milliseconds since 1970.
        at: i64,
    },
    /// The same visitor is calling this number from this endpoint, with another key.
    Duplicate {
        /// How long to wait, in milliseconds.
        wait: i64,
    },
    /// There were too many calls.
    Limited {
        /// How long to wait, in milliseconds.
        wait: i64,
        /// What was counted: the part of its name before the colon.
        limit: String,
    },
}

/// An entry to write. Its `Debug` shows nothing of the value, which may hold a key.
#[derive(Clone, PartialEq, Eq)]
pub struct Write {
    /// The place of its name among [`Reservation::names`].
    pub place: usize,
    /// What to write; `None` removes the entry.
    pub value: Option<String>,
    /// When it may be forgotten, in milliseconds since 1970.
    pub expires: i64,
}

impl fmt::Debug for Write {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Write")
            .field("place", &self.place)
            .field("removes", &self.value.is_none())
            .field("expires", &self.expires)
            .finish_non_exhaustive()
    }
}

/// What is known of a key, by the entry under its name. `now` is in milliseconds since 1970.
pub fn known(entry: Option<&str>, fingerprint: &str, now: i64) -> Known {
    known_by(Found::read(entry, KeyEntry::from_json).as_ref(), fingerprint, now)
}

/// The same, by what was found under its name.
pub(crate) fn known_by(entry: Found<&KeyEntry>, fingerprint: &str, now: i64) -> Known {
    match entry {
        Found::Nothing => Known::Nothing,
        Found::This(entry) => entry.known(fingerprint, now),
        // An entry that cannot be read is no reason to dial.
        Found::Unreadable => Known::Lost,
    }
}

impl Reservation {
    /// Reads what [`Reservation::to_json`] wrote. Nothing where it is another text, or its key is none.
    pub fn from_json(text: &str) -> Option<Reservation> {
        let value = json::parse(text).ok()?;
        let text = |name: &str| value.get(name)?.as_text();
        let Value::List(limits) = value.get("limits")? else {
            return None;
        };
        let limit = |limit: &Value| {
            let count = u32::try_from(limit.get("count")?.as_whole()?).ok()?;
            let name = limit.get("name")?.as_text()?.to_owned();
            Some((name, RateLimit::new(count, limit.get("window")?.as_whole()?)))
        };
        Some(Reservation {
            key: IdempotencyKey::new(text("key")?)?,
            fingerprint: text("fingerprint")?.to_owned(),
            flight: text("flight")?.to_owned(),
            ring_time: value.get("ringTime")?.as_whole()?,
            // A handler of an earlier version does not say.
            deadline: value.get("deadline").and_then(Value::as_whole).unwrap_or(0),
            limits: limits.iter().map(limit).collect::<Option<_>>()?,
        })
    }

    /// The reservation as JSON, with the names of its entries.
    pub fn to_json(&self) -> String {
        let mut out = String::new();
        let mut members = Members::open(&mut out);
        members.text("key", self.key.as_str());
        members.text("fingerprint", &self.fingerprint);
        members.text("flight", &self.flight);
        members.raw("ringTime", &integer(self.ring_time));
        members.raw("deadline", &integer(self.deadline));
        json::array(members.key("limits"), &self.limits, |out, (name, limit)| {
            let mut members = Members::open(out);
            members.text("name", name);
            members.raw("count", &integer(limit.count().into()));
            members.raw("window", &integer(limit.window()));
            members.close();
        });
        json::array(members.key("names"), &self.names(), |out, name| {
            json::string(out, name)
        });
        members.close();
        out
    }

    /// The names of the entries that a step reads: the key's, the flight's, and one for each limit.
    pub fn names(&self) -> Vec<String> {
        let own: [String; OWN_NAMES] = [key_name(self.key.as_str()), flight_name(&self.flight)];
        let limits = self.limits.iter().map(|(name, _)| limit_name(name));
        own.into_iter().chain(limits).collect()
    }

    /// Reserves the call, or says why not. Nothing is counted then, and nothing written but what sets right what a clock that was
    /// ahead has written. A call flies until its answer is awaited no more, and for a while longer.
    pub fn reserve(&self, entries: &[Option<String>], now: i64) -> (Known, Vec<Write>) {
        let [entry, in_flight] = own_entries(entries);
        let entry = Found::read(entry, KeyEntry::from_json);
        let in_flight = Found::read(in_flight, Flight::from_text);
        let mut windows = StoredWindows::new(&self.limits, entries, now);
        let (known, changes) = self.begin(entry.as_ref(), in_flight.as_ref(), &mut windows, now);
        (known, [changes.to_writes(), windows.into_writes()].concat())
    }

    /// Whether the call may begin, and what becomes of the entries of the key and the flight. The windows are changed.
    pub(crate) fn begin<'l>(
        &'l self,
        entry: Found<&KeyEntry>,
        in_flight: Found<&Flight>,
        windows: &mut dyn Windows<'l>,
        now: i64,
    ) -> (Known, Changes) {
        match known_by(entry, &self.fingerprint, now) {
            Known::Nothing => {}
            known => return (known, Changes::default()),
        }
        let rings = self.ring_time.saturating_add(LOST_AFTER);
        let flies = rings.max(self.deadline).saturating_add(TOKENS);
        match in_flight {
            Found::This(flight) if now < flight.until => {
                let most = now.saturating_add(flies.max(LONGEST_RING + LOST_AFTER + TOKENS));
                let wait = flight.until.min(most).saturating_sub(now);
                let right = (flight.until > most).then(|| {
                    Change::from(Flight {
                        until: most,
                        key: flight.key.clone(),
                    })
                });
                let changes = Changes {
                    flight: right,
                    ..Changes::default()
                };
                return (Known::Duplicate { wait }, changes);
            }
            Found::Unreadable => return (Known::Unreadable, Changes::default()),
            _ => {}
        }
        let mut were_ahead = false;
        let mut longest: Option<(i64, &str)> = None;
        let readable = windows.look(&mut |window, name, limit| {
            were_ahead |= window.pull_back(now);
            if let Some(wait) = window.wait(limit, now) {
                let kind = name.split(':').next().unwrap_or("");
                longest = longest.filter(|(other, _)| *other >= wait).or(Some((wait, kind)));
            }
        });
        if !readable {
            return (Known::Unreadable, Changes::default());
        }
        if let Some((wait, kind)) = longest {
            if were_ahead {
                windows.change(&mut |_, _| {});
            }
            let limit = kind.to_owned();
            return (Known::Limited { wait, limit }, Changes::default());
        }
        windows.change(&mut |window, limit| window.add(limit, now));
        let entry = KeyEntry {
            fingerprint: self.fingerprint.as_str().into(),
            at: now,
            until: now.saturating_add(rings),
            answer: None,
        };
        let changes = Changes {
            key: Some(entry.into()),
            flight: Some(self.flies_until(now.saturating_add(flies))),
        };
        (Known::Reserved { at: now }, changes)
    }

    /// The call in flight until then.
    fn flies_until(&self, until: i64) -> Change<Flight> {
        let key = self.key.clone();
        Flight { until, key }.into()
    }

    /// Keeps the answer, its status and its body, of a call that was reserved `at` this time. Where nobody knows what became of a call
    /// that was sent at `unknown_since`, the same one is refused for its ring time.
    pub fn settle(
        &self,
        entries: &[Option<String>],
        now: i64,
        at: i64,
        answer: (i64, String),
        unknown_since: Option<i64>,
    ) -> Vec<Write> {
        let [entry, in_flight] = own_entries(entries);
        let entry = entry.and_then(KeyEntry::from_json);
        let in_flight = in_flight.and_then(Flight::from_text);
        self.end(entry.as_ref(), in_flight.as_ref(), now, at, answer, unknown_since)
            .to_writes()
    }

    /// The same, by the entries of the key and the flight, where there are some that can be read.
    pub(crate) fn end(
        &self,
        entry: Option<&KeyEntry>,
        in_flight: Option<&Flight>,
        now: i64,
        at: i64,
        answer: (i64, String),
        unknown_since: Option<i64>,
    ) -> Changes {
        let mut changes = Changes::default();
        if entry.is_none_or(|entry| entry.answer.is_none() && *entry.fingerprint == *self.fingerprint) {
            let settled = KeyEntry {
                fingerprint: self.fingerprint.as_str().into(),
                at,
                until: now,
                answer: Some(answer),
            };
            changes.key = Some(settled.into());
        }
        if in_flight.is_some_and(|flight| flight.key == self.key) {
            // The handler's clock may be another one.
            let until =
                unknown_since.map_or(now, |sent| sent.max(at).min(now).saturating_add(self.ring_time));
            changes.flight = Some(if now < until {
                self.flies_until(until)
            } else {
                Change::removal(until)
            });
        }
        changes
    }

    /// Takes everything back, where the call surely never left.
    pub fn release(&self, entries: &[Option<String>], now: i64, at: i64) -> Vec<Write> {
        let [entry, in_flight] = own_entries(entries);
        let entry = entry.and_then(KeyEntry::from_json);
        let in_flight = in_flight.and_then(Flight::from_text);
        let mut windows = StoredWindows::new(&self.limits, entries, now);
        let changes = self.take_back(entry.as_ref(), in_flight.as_ref(), &mut windows, now, at);
        [changes.to_writes(), windows.into_writes()].concat()
    }

    /// The same, by the entries of the key and the flight, where there are some that can be read. The windows are changed, where there
    /// is something to take back.
    pub(crate) fn take_back<'l>(
        &'l self,
        entry: Option<&KeyEntry>,
        in_flight: Option<&Flight>,
        windows: &mut dyn Windows<'l>,
        now: i64,
        at: i64,
    ) -> Changes {
        let mut changes = Changes::default();
        let open = entry.is_some_and(|entry| {
            entry.answer.is_none() && entry.at == at && *entry.fingerprint == *self.fingerprint
        });
        if !open {
            return changes;
        }
        changes.key = Some(Change::removal(now));
        if in_flight.is_some_and(|flight| flight.key == self.key) {
            changes.flight = Some(Change::removal(now));
        }
        windows.change(&mut |window, limit| window.remove(limit, at, now));
        changes
    }
}

/// The name of a key's entry in a store.
pub(crate) fn key_name(key: &str) -> String {
    joined(&["key:", key])
}

/// The name of a flight's entry in a store.
pub(crate) fn flight_name(flight: &str) -> String {
    joined(&["flight:", flight])
}

/// The name of a limit's entry in a store.
pub(crate) fn limit_name(limit: &str) -> String {
    joined(&["limit:", limit])
}

/// The entries of the key and the flight among all that a step reads.
fn own_entries(entries: &[Option<String>]) -> [Option<&str>; OWN_NAMES] {
    [0, 1].map(|place| entries.get(place).and_then(Option::as_deref))
}
