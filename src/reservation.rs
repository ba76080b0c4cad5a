//! The memory of a handler: one call for one key, whatever happens, and the limits.
//!
//! It is a set of entries under names. Each step reads some, and says what to write; a store makes reading and writing
//! one atomic step. Before a call leaves for the server its entry is written, and it stays for a day.

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

use crate::decimal::{Whole, integer};
use crate::json::{self, Members};
use crate::rate_limit::RateLimit;
use crate::sliding_window::SlidingWindow;
use crate::value::Value;

/// How long the entry of a key stays, in milliseconds.
const KEPT: i64 = 24 * 3_600_000;

/// How long over its ring time a call may be without an answer, before nobody waits for one any more, in milliseconds.
const LOST_AFTER: i64 = 15_000;

/// How long a call may wait for its token before it is sent, twice, in milliseconds.
const TOKENS: i64 = 20_000;

/// The longest that a phone rings, in milliseconds.
const LONGEST_RING: i64 = 600_000;

/// What must be reserved for a call before it is placed. Every `now`, `at` and `unknown_since` is in milliseconds since 1970.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reservation {
    /// The key of the call.
    pub key: String,
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

/// An entry to write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Write {
    /// The place of its name among [`Reservation::names`].
    pub place: usize,
    /// What to write; nothing removes it.
    pub value: Option<String>,
    /// When it may be forgotten, in milliseconds since 1970.
    pub expires: i64,
}

/// The entry of a key.
struct Entry {
    fingerprint: String,
    at: i64,
    until: i64,
    answer: Option<(i64, String)>,
}

impl Entry {
    fn read(text: Option<&str>) -> Option<Entry> {
        let value = json::parse(text?).ok()?;
        Some(Entry {
            fingerprint: value.get("fingerprint")?.as_text()?.to_owned(),
            at: whole(value.get("at"))?,
            until: whole(value.get("until"))?,
            answer: whole(value.get("status"))
                .zip(value.get("body").and_then(Value::as_text).map(str::to_owned)),
        })
    }

    fn write(&self) -> String {
        let mut out = String::new();
        let mut members = Members::open(&mut out);
        members.text("fingerprint", &self.fingerprint);
        members.raw("at", &integer(self.at));
        members.raw("until", &integer(self.until));
        if let Some((status, body)) = &self.answer {
            members.raw("status", &integer(*status));
            members.text("body", body);
        }
        members.close();
        out
    }

    fn known(self, fingerprint: &str, now: i64) -> Known {
        if self.fingerprint != fingerprint {
            return Known::Mismatch;
        }
        match self.answer {
            Some((status, body)) => Known::Settled { status, body },
            None if now < self.until => Known::Open,
            None => Known::Lost,
        }
    }
}

/// A call in flight: until when, and by which key. Nothing where it cannot be read.
fn flight(text: &str) -> Option<(i64, &str)> {
    let (until, key) = text.split_once(' ')?;
    Some((until.parse().ok()?, key))
}

/// What a limit has counted by its entry. Nothing where that cannot be read.
fn window(text: Option<&str>, limit: RateLimit, now: i64) -> Option<SlidingWindow> {
    match text {
        Some(text) => SlidingWindow::from_text(text, limit, now),
        None => Some(SlidingWindow::default()),
    }
}

fn whole(value: Option<&Value>) -> Option<i64> {
    match value? {
        Value::Number(number) => match number.whole() {
            Whole::Number(number) => Some(number),
            _ => None,
        },
        _ => None,
    }
}

/// What is known of a key, by the entry under its name. `now` is in milliseconds since 1970.
pub fn known(entry: Option<&str>, fingerprint: &str, now: i64) -> Known {
    match entry {
        None => Known::Nothing,
        Some(text) => match Entry::read(Some(text)) {
            Some(entry) if now.saturating_sub(entry.at) >= KEPT => Known::Nothing,
            Some(entry) => entry.known(fingerprint, now),
            // An entry that cannot be read is no reason to dial.
            None => Known::Lost,
        },
    }
}

impl Reservation {
    /// Reads what [`Reservation::to_json`] wrote.
    pub fn from_json(text: &str) -> Option<Reservation> {
        let value = json::parse(text).ok()?;
        let text = |key: &str| value.get(key)?.as_text().map(str::to_owned);
        let Value::List(limits) = value.get("limits")? else {
            return None;
        };
        let limit = |limit: &Value| {
            let count = u32::try_from(whole(limit.get("count"))?).ok()?;
            let name = limit.get("name")?.as_text()?.to_owned();
            Some((name, RateLimit::new(count, whole(limit.get("window"))?)))
        };
        Some(Reservation {
            key: text("key")?,
            fingerprint: text("fingerprint")?,
            flight: text("flight")?,
            ring_time: whole(value.get("ringTime"))?,
            // A handler of an earlier version does not say.
            deadline: whole(value.get("deadline")).unwrap_or(0),
            limits: limits.iter().map(limit).collect::<Option<_>>()?,
        })
    }

    /// The reservation as JSON, with the names of its entries.
    pub fn to_json(&self) -> String {
        let mut out = String::new();
        let mut members = Members::open(&mut out);
        members.text("key", &self.key);
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
        let limits = self.limits.iter().map(|(name, _)| ["limit:", name].concat());
        self.own_names().into_iter().chain(limits).collect()
    }

    /// The names of the key and the flight.
    pub(crate) fn own_names(&self) -> [String; 2] {
        [["key:", &self.key].concat(), ["flight:", &self.flight].concat()]
    }

    /// Reserves the call, or says why not. Nothing is counted then, and nothing written but what sets right what a clock that was
    /// ahead has written. A call flies until its answer is awaited no more, and for a while longer.
    pub fn reserve(&self, entries: &[Option<String>], now: i64) -> (Known, Vec<Write>) {
        let entry = |place: usize| entries.get(place).and_then(Option::as_deref);
        let read = |(place, (_, limit)): (usize, &(String, RateLimit))| window(entry(place + 2), *limit, now);
        let windows = || self.limits.iter().enumerate().map(read).collect();
        let (known, mut writes, windows) = self.begin(entry(0), entry(1), windows, now);
        for (place, (window, (_, limit))) in windows.iter().zip(&self.limits).enumerate() {
            let expires = window.expires(*limit);
            writes.push(write(
                place + 2,
                expires.map(|_| window.to_text()),
                expires.unwrap_or(now),
            ));
        }
        (known, writes)
    }

    /// Whether the call may begin, what to write for the key and the flight, and the windows, where they are to be written.
    pub(crate) fn begin(
        &self,
        entry: Option<&str>,
        in_flight: Option<&str>,
        windows: impl FnOnce() -> Option<Vec<SlidingWindow>>,
        now: i64,
    ) -> (Known, Vec<Write>, Vec<SlidingWindow>) {
        match known(entry, &self.fingerprint, now) {
            Known::Nothing => {}
            known => return (known, Vec::new(), Vec::new()),
        }
        let unreadable = (Known::Unreadable, Vec::new(), Vec::new());
        let in_flight = match in_flight.map(flight) {
            Some(None) => return unreadable,
            in_flight => in_flight.flatten(),
        };
        let flies = (self.ring_time + LOST_AFTER).max(self.deadline) + TOKENS;
        if let Some((until, key)) = in_flight.filter(|(until, _)| now < *until) {
            let most = now + flies.max(LONGEST_RING + LOST_AFTER + TOKENS);
            let right = (until > most).then(|| write(1, Some([&integer(most), " ", key].concat()), most));
            let wait = until.min(most) - now;
            return (Known::Duplicate { wait }, right.into_iter().collect(), Vec::new());
        }
        let Some(mut windows) = windows() else {
            return unreadable;
        };
        let mut were_ahead = false;
        for window in &mut windows {
            were_ahead |= window.pull_back(now);
        }
        let mut longest: Option<(i64, &str)> = None;
        for (window, (name, limit)) in windows.iter().zip(&self.limits) {
            if let Some(wait) = window.wait(*limit, now) {
                let kind = name.split(':').next().unwrap_or("");
                longest = longest.filter(|(other, _)| *other >= wait).or(Some((wait, kind)));
            }
        }
        if let Some((wait, kind)) = longest {
            let limit = kind.to_owned();
            if !were_ahead {
                windows.clear();
            }
            return (Known::Limited { wait, limit }, Vec::new(), windows);
        }
        let flies = now + flies;
        let entry = Entry {
            fingerprint: self.fingerprint.clone(),
            at: now,
            until: now + self.ring_time + LOST_AFTER,
            answer: None,
        };
        for (window, (_, limit)) in windows.iter_mut().zip(&self.limits) {
            window.add(*limit, now);
        }
        let writes = vec![
            write(0, Some(entry.write()), now + KEPT),
            write(1, Some([&integer(flies), " ", &self.key].concat()), flies),
        ];
        (Known::Reserved { at: now }, writes, windows)
    }

    /// Keeps the answer. Where nobody knows what became of a call that was sent at `unknown_since`, the same one is refused for
    /// its ring time.
    pub fn settle(
        &self,
        entries: &[Option<String>],
        now: i64,
        at: i64,
        answer: (i64, String),
        unknown_since: Option<i64>,
    ) -> Vec<Write> {
        let entry = |place: usize| entries.get(place).and_then(Option::as_deref);
        self.end(entry(0), entry(1), now, at, answer, unknown_since)
    }

    /// The same, with the entries of the key and the flight.
    pub(crate) fn end(
        &self,
        entry: Option<&str>,
        in_flight: Option<&str>,
        now: i64,
        at: i64,
        answer: (i64, String),
        unknown_since: Option<i64>,
    ) -> Vec<Write> {
        let mut writes = Vec::new();
        let before = Entry::read(entry);
        if before.is_none_or(|before| before.answer.is_none() && before.fingerprint == self.fingerprint) {
            let settled = Entry {
                fingerprint: self.fingerprint.clone(),
                at,
                until: now,
                answer: Some(answer),
            };
            writes.push(write(0, Some(settled.write()), at + KEPT));
        }
        if in_flight.and_then(flight).is_some_and(|(_, key)| key == self.key) {
            // The handler's clock may be another one.
            let until = unknown_since.map_or(now, |sent| sent.max(at).min(now) + self.ring_time);
            let still = (now < until).then(|| [&integer(until), " ", &self.key].concat());
            writes.push(write(1, still, until));
        }
        writes
    }

    /// Takes everything back, where the call surely never left.
    pub fn release(&self, entries: &[Option<String>], now: i64, at: i64) -> Vec<Write> {
        let entry = |place: usize| entries.get(place).and_then(Option::as_deref);
        let mut writes = self.take_back(entry(0), entry(1), now, at);
        if writes.is_empty() {
            return writes;
        }
        for (place, (_, limit)) in self.limits.iter().enumerate() {
            let Some(mut window) = window(entry(place + 2), *limit, now) else {
                continue;
            };
            window.remove(at);
            let expires = window.expires(*limit);
            writes.push(write(
                place + 2,
                expires.map(|_| window.to_text()),
                expires.unwrap_or(now),
            ));
        }
        writes
    }

    /// What to write for the key and the flight where the call surely never left, and nothing where there is nothing to take
    /// back.
    pub(crate) fn take_back(
        &self,
        entry: Option<&str>,
        in_flight: Option<&str>,
        now: i64,
        at: i64,
    ) -> Vec<Write> {
        let mut writes = Vec::new();
        let open = Entry::read(entry).is_some_and(|entry| {
            entry.answer.is_none() && entry.at == at && entry.fingerprint == self.fingerprint
        });
        if !open {
            return writes;
        }
        writes.push(write(0, None, now));
        if in_flight.and_then(flight).is_some_and(|(_, key)| key == self.key) {
            writes.push(write(1, None, now));
        }
        writes
    }
}

fn write(place: usize, value: Option<String>, expires: i64) -> Write {
    Write {
        place,
        value,
        expires,
    }
}
