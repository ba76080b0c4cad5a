//! A server's answer, byte by byte.
#![no_main]

use libfuzzer_sys::fuzz_target;
use quickcall::{Asked, Reply, Token, Value};

fuzz_target!(|given: (u16, &[u8], Option<&str>, bool, u16)| {
    let (status, body, request_id, blocking, took) = given;
    let token = Token::new("canary-token");
    let reply = Reply {
        status,
        body: Some(body),
        request_id,
        retry_after: None,
        took: u64::from(took),
        token: token.as_ref(),
    };
    let said = match reply.outcome(Asked {
        blocking,
        ring_time: 30,
    }) {
        Ok(placed) => {
            assert!((200..300).contains(&status) && !placed.call_ids.is_empty());
            placed.to_json()
        }
        Err(error) => error.to_json(),
    };
    assert!(!said.contains("canary-token"));
    Value::from_json(&said).expect("an outcome is JSON");
});
