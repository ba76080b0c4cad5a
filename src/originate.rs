//! The originate request of an answer: what the server set out to do.

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;

use crate::decimal::{Whole, integer};
use crate::json::Members;
use crate::value::Value;

/// The longest text that is taken over from a server, in characters.
const MAX_TEXT: usize = 1_024;

/// What the server said it does, field by field. Nothing else of the answer is kept: it holds the token, and in the
/// false success a SIP password.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Originate {
    /// What is dialled.
    pub route: Option<String>,
    /// `bypass` or `process`.
    pub media: Option<String>,
    /// The ring time, in seconds.
    pub timeout: Option<i64>,
    /// Whether early media is ignored.
    pub ignore_early_media: Option<bool>,
    /// Whether the phone is told to answer by itself.
    pub auto_answer: Option<bool>,
    /// The vars, with their names as the server returns them.
    pub custom_application_vars: Vec<(String, String)>,
    /// The name of the ringing party.
    pub callee_id_name: Option<String>,
    /// The number of the ringing party.
    pub callee_id_number: Option<String>,
    /// What the ringing phone shows as a name.
    pub caller_id_name: Option<String>,
    /// What the ringing phone shows as a number.
    pub caller_id_number: Option<String>,
}

/// Takes over what a server wrote, but nothing that holds `secret`.
pub(crate) struct Taken<'a> {
    pub(crate) secret: Option<&'a str>,
}

impl Taken<'_> {
    pub(crate) fn text(&self, value: Option<&Value>) -> Option<String> {
        let text = value?.as_text()?;
        let leaks = self.secret.is_some_and(|secret| holds(text, secret));
        let plain = !text.chars().any(char::is_control) && text.chars().nth(MAX_TEXT).is_none();
        (plain && !leaks).then(|| text.to_owned())
    }
}

/// Whether `part`, which is not empty, stands in `text`.
fn holds(text: &str, part: &str) -> bool {
    // The search of the standard library is five times the code, for long texts.
    let (text, part) = (text.as_bytes(), part.as_bytes());
    (0..text.len()).any(|at| text.get(at..).is_some_and(|rest| rest.starts_with(part)))
}

impl Originate {
    /// Reads the `data` of a confirmed answer.
    pub(crate) fn read(data: &Value, taken: &Taken<'_>) -> Originate {
        let endpoint = match data.get("endpoints") {
            Some(Value::List(endpoints)) => endpoints.first(),
            _ => None,
        };
        let endpoint_vars = endpoint.and_then(|endpoint| endpoint.get("custom_channel_vars"));
        let vars = match data.get("custom_application_vars") {
            Some(Value::Object(members)) => members
                .iter()
                .filter_map(|(key, value)| {
                    Some((
                        taken.text(Some(&Value::from(key.as_str())))?,
                        taken.text(Some(value))?,
                    ))
                })
                .collect(),
            _ => Vec::new(),
        };
        Originate {
            route: taken.text(
                data.get("application_data")
                    .and_then(|application| application.get("route")),
            ),
            media: taken.text(data.get("media")),
            timeout: match data.get("timeout") {
                Some(Value::Number(number)) => match number.whole() {
                    Whole::Number(seconds) => Some(seconds),
                    _ => None,
                },
                _ => None,
            },
            ignore_early_media: flag(data.get("ignore_early_media")),
            auto_answer: flag(endpoint_vars.and_then(|vars| vars.get("auto_answer"))),
            custom_application_vars: vars,
            callee_id_name: taken.text(data.get("outbound_callee_id_name")),
            callee_id_number: taken.text(data.get("outbound_callee_id_number")),
            caller_id_name: taken.text(data.get("outbound_caller_id_name")),
            caller_id_number: taken.text(data.get("outbound_caller_id_number")),
        }
    }

    pub(crate) fn write(&self, out: &mut String) {
        let mut members = Members::open(out);
        members.optional("route", self.route.as_deref());
        members.optional("media", self.media.as_deref());
        if let Some(seconds) = self.timeout {
            members.raw("timeout", &integer(seconds));
        }
        if let Some(value) = self.ignore_early_media {
            members.flag("ignoreEarlyMedia", value);
        }
        if let Some(value) = self.auto_answer {
            members.flag("autoAnswer", value);
        }
        let mut vars = Members::open(members.key("customApplicationVars"));
        for (key, value) in &self.custom_application_vars {
            vars.text(key, value);
        }
        vars.close();
        members.optional("calleeIdName", self.callee_id_name.as_deref());
        members.optional("calleeIdNumber", self.callee_id_number.as_deref());
        members.optional("callerIdName", self.caller_id_name.as_deref());
        members.optional("callerIdNumber", self.caller_id_number.as_deref());
        members.close();
    }
}

fn flag(value: Option<&Value>) -> Option<bool> {
    match value? {
        Value::Bool(value) => Some(*value),
        _ => None,
    }
}
