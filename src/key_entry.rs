//! The entry of a key: which call it stands for, and what became of it.

use alloc::borrow::ToOwned;
use alloc::boxed::Box;
use alloc::string::String;

use crate::decimal::integer;
use crate::json::{self, Members};
use crate::reservation::Known;
use crate::value::Value;

/// How long the entry of a key stays, in milliseconds.
const KEPT: i64 = 24 * 3_600_000;

/// The entry of a key. Times are in milliseconds since 1970.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct KeyEntry {
    pub(crate) fingerprint: Box<str>,
    /// When the call was reserved.
    pub(crate) at: i64,
    /// How long an answer is waited for; of a call that has one, when it came.
    pub(crate) until: i64,
    /// Its status and its body.
    pub(crate) answer: Option<(i64, String)>,
}

impl KeyEntry {
    /// Reads what [`KeyEntry::to_json`] wrote. Nothing where it is another text.
    pub(crate) fn from_json(text: &str) -> Option<KeyEntry> {
        let value = json::parse(text).ok()?;
        let whole = |name: &str| value.get(name).and_then(Value::as_whole);
        Some(KeyEntry {
            fingerprint: value.get("fingerprint")?.as_text()?.into(),
            at: whole("at")?,
            until: whole("until")?,
            answer: whole("status").zip(value.get("body").and_then(Value::as_text).map(str::to_owned)),
        })
    }

    pub(crate) fn to_json(&self) -> String {
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

    /// What it says of a call with this fingerprint.
    pub(crate) fn known(&self, fingerprint: &str, now: i64) -> Known {
        if now.saturating_sub(self.at) >= KEPT {
            return Known::Nothing;
        }
        if *self.fingerprint != *fingerprint {
            return Known::Mismatch;
        }
        match &self.answer {
            Some((status, body)) => Known::Settled {
                status: *status,
                body: body.clone(),
            },
            None if now < self.until => Known::Open,
            None => Known::Lost,
        }
    }

    /// When it may be forgotten.
    pub(crate) fn expires(&self) -> i64 {
        self.at.saturating_add(KEPT)
    }
}
