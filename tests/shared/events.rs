//! Events of calls, as a server tells them.

use quickcall::{CallEvent, EventMessage, OWN_ID};

/// An event as the server writes it.
pub(crate) fn event(
    name: &str,
    call_id: &str,
    other: Option<&str>,
    own_id: Option<&str>,
    cause: Option<&str>,
) -> String {
    let mut data = serde_json::json!({"call_id": call_id, "event_name": name, "custom_application_vars": {}});
    if let Some(other) = other {
        data["other_leg_call_id"] = other.into();
    }
    if let Some(own_id) = own_id {
        data["custom_application_vars"][OWN_ID] = own_id.into();
    }
    if let Some(cause) = cause {
        data["hangup_cause"] = cause.into();
        data["duration_seconds"] = "12".into();
    }
    serde_json::json!({"action": "event", "name": name, "data": data}).to_string()
}

/// The event in a message that is one.
pub(crate) fn read(text: &str) -> CallEvent {
    let EventMessage::Event(event) = EventMessage::read(text) else {
        panic!("no event: {text}");
    };
    event
}
