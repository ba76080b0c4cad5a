//! That a key is not shown: who has it learns what became of the call.

#![cfg(not(target_arch = "wasm32"))]

use std::fmt::Debug;

use quickcall::{Handler, IdempotencyKey, Memory, Reservation, Value, trace};

const KEY: &str = "6fcb514b-b878-4c9d-95b7-8dc3a7ce6fd8";

fn shows_a_trace(shown: &dyn Debug, kind: &str) {
    for text in [format!("{shown:?}"), format!("{shown:#?}")] {
        assert!(!text.contains(KEY) && text.contains(&trace(KEY)), "{kind} {text}");
    }
}

#[test]
fn a_key_is_shown_by_its_trace() {
    shows_a_trace(&IdempotencyKey::new(KEY), "key");
    let handler = r#"{
        "baseUrl": "https://kazoo.example.com/v2", "accountId": "0123456789abcdef0123456789abcdef",
        "authToken": "function", "endpoints": {"sales": {"user": "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"}},
        "origins": ["https://www.example.com"], "destinations": {"allow": ["+1415"]}
    }"#;
    let handler = Handler::new(&Value::from_json(handler).unwrap(), None).unwrap();
    let body = br#"{"endpoint": "sales", "number": "+14155550100"}"#;
    let judged = handler
        .judge(Some("https://www.example.com"), Some(KEY), body)
        .unwrap();
    shows_a_trace(&judged.visit, "visit");
    shows_a_trace(&judged, "judged");
    let call = Reservation {
        key: judged.visit.key,
        fingerprint: judged.visit.fingerprint,
        flight: "sales 14155550100 192.0.2.7".to_owned(),
        ring_time: 30_000,
        deadline: 40_000,
        limits: Vec::new(),
    };
    shows_a_trace(&call, "reservation");
    let mut memory = Memory::default();
    memory.reserve(&call, 1_000);
    shows_a_trace(&memory, "memory");
    assert_eq!(format!("{memory:?}").matches(&trace(KEY)).count(), 2);
    let (known, writes) = call.reserve(&[None, None], 1_000);
    assert!(
        writes
            .iter()
            .any(|write| write.value.as_ref().is_some_and(|text| text.contains(KEY)))
    );
    assert!(!format!("{known:?} {writes:?}").contains(KEY), "{writes:?}");
}
