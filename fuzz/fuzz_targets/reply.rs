//! A server's answer, byte by byte: the status and how long it took, each as two bytes, a byte of flags, the body.
//!
//! What is said is held against what another reader of JSON reads in the same bytes.
#![no_main]

use libfuzzer_sys::fuzz_target;
use quickcall::{Asked, Outcome, Reply, Token, Value};
use serde_json::Value as Json;

fuzz_target!(|bytes: &[u8]| {
    let [status, more, took, long, flags, body @ ..] = bytes else {
        return;
    };
    let status = u16::from_le_bytes([*status, *more]);
    let blocking = flags & 1 != 0;
    let is_cut = flags & 2 != 0;
    let token = Token::new("canary-token");
    let reply = Reply {
        status,
        body: (!is_cut).then_some(body),
        request_id: (flags & 4 != 0).then_some("r1"),
        retry_after: (flags & 8 != 0).then_some(3),
        took: u64::from(u16::from_le_bytes([*took, *long])),
        token: token.as_ref(),
    };
    let outcome = reply.outcome(Asked {
        blocking,
        ring_time: 30, through_handler: false,
    });
    let is_whole = !is_cut && body.len() <= 1 << 20;
    let read: Option<Json> = is_whole.then(|| serde_json::from_slice(body).ok()).flatten();
    // Where the other reader knows nothing, it must be for one of these.
    let is_known = read.is_some() || !is_whole || !is_read_here_only(body);
    let said = match outcome {
        Ok(placed) => {
            assert!((200..300).contains(&status) && !is_cut && body.len() <= 1 << 20);
            assert!(!placed.call_ids.is_empty());
            assert!(read.is_some() || !is_known);
            if let Some(read) = &read {
                let data = &read["data"];
                assert_eq!(read["status"], "success");
                assert_eq!(data["application_name"], "transfer");
                assert!(!blocking || data["application_response"] == "SUCCESS");
                let sent: Vec<_> = data["endpoints"]
                    .as_array()
                    .expect("endpoints")
                    .iter()
                    .filter_map(|endpoint| endpoint["outbound_call_id"].as_str())
                    .collect();
                assert!(
                    placed
                        .call_ids
                        .iter()
                        .all(|id| sent.contains(&id.as_str()) && is_call_id(id.as_str()))
                );
            }
            placed.to_json()
        }
        Err(error) => {
            let is_refused = (400..500).contains(&status) && status != 408;
            let is_definite = status == 500
                && read.as_ref().map_or(!is_known, |read| {
                    read["status"] == "error"
                        && (read["message"] == "quickcall initiation failed"
                            || read["message"] == "unspecified_fault")
                });
            match error.outcome {
                Outcome::NotPlaced => assert!(is_refused || is_definite, "{status}: {}", error.to_json()),
                Outcome::Unknown => assert!(!is_refused, "{status}: {}", error.to_json()),
            }
            error.to_json()
        }
    };
    assert!(!said.contains("canary-token"));
    Value::from_json(&said).expect("an outcome is JSON");
});

/// Whether there may be a number beyond a float, or half of a surrogate pair.
fn is_read_here_only(body: &[u8]) -> bool {
    let has_exponent = body
        .windows(2)
        .any(|pair| pair[0].is_ascii_digit() && matches!(pair[1], b'e' | b'E'));
    let has_long_number = body
        .split(|byte| !byte.is_ascii_digit())
        .any(|digits| digits.len() > 300);
    let has_escape = body.windows(2).any(|pair| pair == b"\\u");
    has_exponent || has_long_number || has_escape
}

/// 36 of `[0-9a-f]` and `-quickcall`.
fn is_call_id(id: &str) -> bool {
    id.len() == 46
        && id.ends_with("-quickcall")
        && id
            .bytes()
            .take(36)
            .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}
