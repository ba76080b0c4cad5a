//! A message of the server's websocket.

use alloc::borrow::ToOwned;
use alloc::string::String;

use crate::hangup_cause::HangupCause;
use crate::json;
use crate::value::Value;

/// The custom application var by which a call is known before its ids are.
pub const OWN_ID: &str = "quickcall_id";

/// The longest id that is taken over, in bytes.
const MAX_ID: usize = 256;

/// What the websocket says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EventMessage {
    /// An event of some call of the account.
    Event(CallEvent),
    /// The answer to a request: its id, and whether it was done. The server's words are not kept: they can hold the token.
    Reply {
        /// The id of the request.
        request_id: String,
        /// Whether it was done.
        done: bool,
    },
    /// Anything else, such as the answer to a ping.
    Other,
}

/// What happened to a leg.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Happened {
    /// It was made: `CHANNEL_CREATE`.
    Created,
    /// It was answered: `CHANNEL_ANSWER`.
    Answered,
    /// It was connected to another: `CHANNEL_BRIDGE`.
    Bridged,
    /// It ended: `CHANNEL_DESTROY`.
    Ended,
}

/// An event of a leg.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallEvent {
    /// What happened.
    pub happened: Happened,
    /// The leg.
    pub call_id: String,
    /// The leg it is or is to be connected to.
    pub other_call_id: Option<String>,
    /// The other half of a leg that leads back into the server, as that of a phone that is forwarded does.
    pub other_half: Option<String>,
    /// What stands in the custom application var [`OWN_ID`].
    pub own_id: Option<String>,
    /// Why it ended, such as `NORMAL_CLEARING`.
    pub hangup_cause: Option<HangupCause>,
    /// For how long it was there, in seconds.
    pub seconds: Option<u32>,
    /// Whether it ended after it had been answered, where the server says so.
    pub was_answered: bool,
}

impl EventMessage {
    /// Reads a message. What is no message of the server is [`EventMessage::Other`].
    ///
    /// ```
    /// use quickcall::{EventMessage, Happened};
    ///
    /// let text = r#"{"action":"event","name":"CHANNEL_ANSWER","data":{"call_id":"a","event_name":"CHANNEL_ANSWER"}}"#;
    /// let EventMessage::Event(event) = EventMessage::read(text) else { panic!("no event") };
    /// assert_eq!(event.happened, Happened::Answered);
    /// ```
    pub fn read(text: &str) -> EventMessage {
        let Ok(message) = json::parse(text) else {
            return EventMessage::Other;
        };
        let said = |key: &str| message.get(key).and_then(Value::as_text);
        match said("action") {
            Some("event") => CallEvent::read(&message).map_or(EventMessage::Other, EventMessage::Event),
            Some("reply") => EventMessage::Reply {
                request_id: said("request_id").unwrap_or("").to_owned(),
                done: said("status") == Some("success"),
            },
            _ => EventMessage::Other,
        }
    }
}

impl CallEvent {
    fn read(message: &Value) -> Option<CallEvent> {
        let data = message.get("data")?;
        let text = |key: &str| data.get(key).and_then(Value::as_text);
        let id = |key: &str| text(key).filter(|id| is_id(id)).map(str::to_owned);
        let name = message
            .get("name")
            .and_then(Value::as_text)
            .or_else(|| text("event_name"))?;
        let happened = match name {
            "CHANNEL_CREATE" => Happened::Created,
            "CHANNEL_ANSWER" => Happened::Answered,
            "CHANNEL_BRIDGE" => Happened::Bridged,
            "CHANNEL_DESTROY" => Happened::Ended,
            _ => return None,
        };
        let vars = data.get("custom_application_vars");
        let call_id = id("call_id")?;
        // A leg that a quickcall rang and that is connected to none, such as before it or after a transfer, bears its own id there:
        // Kazoo falls back to `origination_uuid` (4.3's `ecallmgr_fs_channel:get_other_leg/2`, master's `other-leg.xml` for mod_kazoo).
        let other_call_id = id("other_leg_call_id").filter(|other| *other != call_id);
        Some(CallEvent {
            happened,
            call_id,
            other_call_id,
            other_half: id("channel_loopback_other_leg_id"),
            own_id: vars
                .and_then(|vars| vars.get(OWN_ID))
                .and_then(Value::as_text)
                .filter(|own_id| is_id(own_id))
                .map(str::to_owned),
            hangup_cause: text("hangup_cause").and_then(HangupCause::new),
            seconds: data.get("duration_seconds").and_then(seconds),
            was_answered: data
                .get("billing_seconds")
                .and_then(seconds)
                .is_some_and(|talked| talked > 0),
        })
    }
}

/// Servers write seconds as text; a number is read, too.
fn seconds(value: &Value) -> Option<u32> {
    match value {
        Value::Text(text) => text.parse().ok(),
        Value::Number(number) => number.as_str().parse().ok(),
        _ => None,
    }
}

/// Whether a text can be the id of a leg: it may come back in a URL and a log. In a path `.` and `..` are steps, also where they are
/// encoded: who hung up `..` would ask the account itself.
pub(crate) fn is_id(text: &str) -> bool {
    let is_step = matches!(text, "." | "..");
    !text.is_empty() && !is_step && text.len() <= MAX_ID && text.bytes().all(|byte| byte.is_ascii_graphic())
}
