//! What a message of the websocket says, and what is none.

#![cfg(not(target_arch = "wasm32"))]

use quickcall::{EventMessage, HangupCause, OWN_ID};
use serde_json::json;

#[test]
fn nothing_that_is_no_event_is_taken_for_one() {
    for text in [
        "",
        "[]",
        "{}",
        "null",
        r#"{"action":"event"}"#,
        r#"{"action":"event","name":"CHANNEL_ANSWER","data":{}}"#,
        r#"{"action":"event","name":"CHANNEL_ANSWER","data":{"call_id":7}}"#,
        r#"{"action":"event","name":"CHANNEL_ANSWER","data":{"call_id":"a b"}}"#,
        r#"{"action":"event","name":"CHANNEL_HOLD","data":{"call_id":"a"}}"#,
        r#"{"response":"pong"}"#,
    ] {
        assert_eq!(EventMessage::read(text), EventMessage::Other, "{text}");
    }
}

#[test]
fn a_message_is_read_to_the_letter() {
    let reply = |request_id: &str, done| EventMessage::Reply {
        request_id: request_id.to_owned(),
        done,
    };
    for (text, expected) in [
        (
            r#"{"action":"reply","request_id":"r","status":"success"}"#,
            reply("r", true),
        ),
        (
            r#"{"action":"reply","request_id":"r","status":"error"}"#,
            reply("r", false),
        ),
        (r#"{"action":"reply"}"#, reply("", false)),
    ] {
        assert_eq!(EventMessage::read(text), expected, "{text}");
    }
    let read = |data: &str| {
        let text = format!(r#"{{"action":"event","data":{{"event_name":"CHANNEL_DESTROY",{data}}}}}"#);
        match EventMessage::read(&text) {
            EventMessage::Event(event) => Some(event),
            _ => None,
        }
    };
    let long = "x".repeat(256);
    let longer = "x".repeat(257);
    for (id, is_id) in [
        ("a", true),
        (&long, true),
        (&longer, false),
        ("", false),
        ("a b", false),
        ("é", false),
        // Steps in a path: whoever hung such a leg up would ask something else.
        (".", false),
        ("..", false),
        ("...", true),
        ("%2e%2e", true),
    ] {
        let event = read(&format!(r#""call_id":"{id}""#));
        assert_eq!(
            event.map(|event| event.call_id).as_deref(),
            is_id.then_some(id),
            "{id}"
        );
        let event = read(&format!(r#""call_id":"of-a-leg","other_leg_call_id":"{id}""#)).unwrap();
        assert_eq!(event.other_call_id.as_deref(), is_id.then_some(id), "{id}");
    }
    // Its own id, as Kazoo tells it of a leg that is connected to none.
    let event = read(r#""call_id":"a","other_leg_call_id":"a""#).unwrap();
    assert_eq!(event.other_call_id, None);
    for (cause, is_kept) in [("NORMAL_CLEARING", true), ("<b>", false), ("", false)] {
        let event = read(&format!(r#""call_id":"a","hangup_cause":"{cause}""#)).unwrap();
        assert_eq!(
            event.hangup_cause.as_ref().map(HangupCause::as_str),
            is_kept.then_some(cause)
        );
    }
    for (seconds, expected, was_answered) in [
        (r#""12""#, Some(12), true),
        ("12", Some(12), true),
        ("0", Some(0), false),
        (r#""0""#, Some(0), false),
        ("1", Some(1), true),
        ("1.5", None, false),
        ("-1", None, false),
        ("null", None, false),
    ] {
        let data = format!(r#""call_id":"a","duration_seconds":{seconds},"billing_seconds":{seconds}"#);
        let event = read(&data).unwrap();
        assert_eq!(
            (event.seconds, event.was_answered),
            (expected, was_answered),
            "{seconds}"
        );
    }
}

#[test]
fn an_own_id_is_as_short_as_an_id() {
    for (length, is_id) in [(256, true), (257, false)] {
        let own_id = "x".repeat(length);
        let data = json!({"call_id": "leg", "event_name": "CHANNEL_CREATE", "custom_application_vars": {OWN_ID: own_id}});
        let message = json!({"action": "event", "data": data}).to_string();
        let EventMessage::Event(event) = EventMessage::read(&message) else {
            panic!("no event: {message}");
        };
        assert_eq!(event.own_id, is_id.then_some(own_id), "{length}");
    }
}
