//! The options of a quickcall, read as the server reads them.

use crate::release::Release;
use serde::Serialize;
use serde_json::{Map, Value};

/// Names that the server drops without a word.
const DROPPED: &[&str] = &[
    "Account-ID",
    "Account-Name",
    "Account-Realm",
    "Authorizing-ID",
    "Authorizing-Type",
    "Auto-Answer",
    "Call-Forward",
    "Call-Interaction-ID",
    "Ecallmgr-Node",
    "Call-Waiting-Disabled",
    "Confirm-Cancel-Timeout",
    "Confirm-File",
    "Confirm-Key",
    "Fax-Enabled",
    "Fetch-ID",
    "Loopback-Bowout",
    "Media-Encryption-Enforce-Security",
    "Media-Webrtc",
    "Owner-ID",
    "Presence-ID",
    "RTCP-MUX",
    "Realm",
    "Require-Ignore-Early-Media",
    "Retain-CID",
    "SIP-Invite-Domain",
    "Simplify-Loopback",
    "Username",
];

/// What the server understood.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Options {
    /// Whether the phone answers by itself.
    pub auto_answer: bool,
    /// The name that the dialled party sees, after the second decoding.
    pub cid_name: Option<String>,
    /// The number that the dialled party sees, after the second decoding.
    pub cid_number: Option<String>,
    /// Whether early media is ignored.
    pub ignore_early_media: bool,
    /// `bypass` or `process`.
    pub media: &'static str,
    /// The call whose media server is used.
    pub target_call_id: Option<String>,
    /// The ring time in seconds.
    pub timeout: u64,
    /// The vars that go with the call's events.
    pub custom_application_vars: Map<String, Value>,
}

/// The server's process died on a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Crash;

/// Reads the options of a body's `data` and a query.
///
/// # Errors
/// [`Crash`] for a value that the release crashes on.
pub(crate) fn read(
    data: &Map<String, Value>,
    query: &[(String, String)],
    release: Release,
) -> Result<Options, Crash> {
    let in_query = |key: &str| {
        query
            .iter()
            .find(|(name, _)| name == key)
            .map(|(_, value)| Value::from(value.as_str()))
    };
    let option = |key: &str| data.get(key).cloned().or_else(|| in_query(key));
    let auto_answer = if release == Release::V5 {
        option("auto_answer")
    } else {
        in_query("auto_answer")
    };
    Ok(Options {
        auto_answer: auto_answer.is_none_or(|value| is_true(&value)),
        cid_name: caller_id(option("cid-name"))?,
        cid_number: caller_id(option("cid-number"))?,
        ignore_early_media: option("ignore-early-media").is_none_or(|value| is_true(&value)),
        media: if option("media") == Some(Value::from("bypass")) {
            "bypass"
        } else {
            "process"
        },
        target_call_id: option("target_call_id").and_then(|value| value.as_str().map(str::to_owned)),
        timeout: timeout(option("timeout").as_ref()),
        custom_application_vars: vars(data, query, release)?,
    })
}

fn is_true(value: &Value) -> bool {
    *value == Value::Bool(true) || value.as_str() == Some("true")
}

/// Decodes a caller id once more, as the server does.
fn caller_id(value: Option<Value>) -> Result<Option<String>, Crash> {
    match value {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => percent_decode(&text).map(Some).ok_or(Crash),
        Some(_) => Err(Crash),
    }
}

/// The ring time: an integer above 3, rounded; anything else is 30.
fn timeout(value: Option<&Value>) -> u64 {
    let seconds = match value {
        Some(Value::Number(number)) => number.as_f64(),
        Some(Value::String(text)) if text.trim() == text => text.parse::<f64>().ok(),
        _ => None,
    };
    match seconds.map(f64::round) {
        Some(seconds) if seconds > 3.0 && seconds < 1e9 => seconds as u64,
        _ => 30,
    }
}

/// The vars of the body, and every parameter of the query, which wins.
fn vars(
    data: &Map<String, Value>,
    query: &[(String, String)],
    release: Release,
) -> Result<Map<String, Value>, Crash> {
    let mut vars = Map::new();
    if let Some(Value::Object(given)) = data.get("custom_application_vars") {
        for (key, value) in given {
            match value {
                Value::Null => {}
                Value::Object(_) | Value::Array(_) if release == Release::V4_3 => return Err(Crash),
                Value::String(text) if text.is_empty() => {}
                value => drop(vars.insert(key.clone(), value.clone())),
            }
        }
    }
    for (key, value) in query.iter().filter(|(_, value)| !value.is_empty()) {
        vars.insert(key.clone(), Value::from(value.as_str()));
    }
    vars.retain(|key, _| !DROPPED.contains(&key.as_str()));
    Ok(vars)
}

/// `text` with every `%41` decoded; nothing where a `%` is no escape or the bytes are no text.
pub(crate) fn percent_decode(text: &str) -> Option<String> {
    let mut rest = text;
    while let Some(place) = rest.find('%') {
        let digits = rest.get(place + 1..place + 3)?;
        if !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return None;
        }
        rest = &rest[place + 3..];
    }
    percent_encoding::percent_decode_str(text)
        .decode_utf8()
        .ok()
        .map(|text| text.into_owned())
}
