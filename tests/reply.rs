//! What a server's answer means for the call, and what of it is taken over.

#![cfg(not(target_arch = "wasm32"))]

use quickcall::{Asked, ErrorCode, HangupCause, MAX_BODY, Outcome, Placed, QuickcallError, Reply, Token};

/// What a server's answer means for a blocking call, where it took this long.
fn outcome(status: u16, body: &[u8], took: u64) -> Result<Placed, QuickcallError> {
    let token = Token::new("secret");
    let reply = Reply {
        status,
        body: Some(body),
        request_id: Some("r-1"),
        retry_after: Some(7),
        took,
        token: token.as_ref(),
    };
    reply.outcome(Asked {
        blocking: true,
        ring_time: 20,
        through_handler: false,
    })
}

const STARTED: &str = r#"{"status": "success", "request_id": "ID", "data": {
    "application_name": "transfer", "application_response": "SUCCESS", "timeout": 20, "media": "process",
    "ignore_early_media": true, "application_data": {"route": "1001"}, "custom_application_vars": {"a": "b", "c": 7},
    "outbound_callee_id_name": "n1", "outbound_callee_id_number": "n2", "outbound_caller_id_name": "n3",
    "outbound_caller_id_number": "n4",
    "endpoints": [{"outbound_call_id": "0123456789abcdef0123456789abcdef0123-quickcall", "custom_channel_vars": {"auto_answer": false}},
        {"outbound_call_id": "0123456789abcdef0123456789abcdef4567-quickcall"}, {"outbound_call_id": "other"}]}}"#;

#[test]
fn a_call_that_was_placed_is_json() {
    let placed = outcome(200, STARTED.as_bytes(), 5).unwrap();
    let expected = concat!(
        r#"{"state":"started","callIds":["0123456789abcdef0123456789abcdef0123-quickcall","#,
        r#""0123456789abcdef0123456789abcdef4567-quickcall"],"requestId":"ID","status":200,"originate":"#,
        r#"{"route":"1001","media":"process","timeout":20,"ignoreEarlyMedia":true,"autoAnswer":false,"#,
        r#""customApplicationVars":{"a":"b"},"calleeIdName":"n1","calleeIdNumber":"n2","callerIdName":"n3","callerIdNumber":"n4"}}"#
    );
    assert_eq!(placed.to_json(), expected);
    assert_eq!(placed.originate.timeout, Some(20));
}

#[test]
fn a_text_of_a_server_is_taken_over_where_it_is_plain() {
    let long = "x".repeat(1_024);
    let longer = "x".repeat(1_025);
    for (text, is_kept) in [
        ("plain", true),
        ("a\u{9}b", false),
        ("my secret", false),
        (&long, true),
        (&longer, false),
    ] {
        let body: serde_json::Value = serde_json::from_str(STARTED).unwrap();
        let mut body = body;
        body["data"]["media"] = text.into();
        let placed = outcome(200, body.to_string().as_bytes(), 5).unwrap();
        assert_eq!(placed.originate.media.as_deref(), is_kept.then_some(text));
    }
    // The id of the request: the body's, or else the header's.
    let long = "x".repeat(128);
    let longer = "x".repeat(129);
    for (id, expected) in [
        ("r-2", Some("r-2")),
        (&long, Some(long.as_str())),
        (&longer, Some("r-1")),
        ("a b", Some("r-1")),
        ("", Some("r-1")),
        ("a-secret", Some("r-1")),
    ] {
        let placed = outcome(200, STARTED.replace("ID", id).as_bytes(), 5).unwrap();
        assert_eq!(placed.request_id.as_deref(), expected, "{id}");
    }
    for (given, expected) in [
        ("30.5", None),
        ("\"30\"", None),
        ("1e30", None),
        ("3e1", Some(30)),
        ("1e15", Some(1_000_000_000_000_000)),
        ("1e16", None),
        ("9007199254740992", Some(9_007_199_254_740_992)),
        ("9007199254740993", None),
    ] {
        let body = STARTED.replace(r#""timeout": 20"#, &format!(r#""timeout": {given}"#));
        let placed = outcome(200, body.as_bytes(), 5).unwrap();
        assert_eq!(placed.originate.timeout, expected, "{given}");
    }
}

#[test]
fn an_error_says_what_the_server_said() {
    let error = outcome(429, b"{}", 5).unwrap_err();
    let json = format!(
        r#"{{"code":"rate_limited","outcome":"not_placed","message":"{}","issues":[],"status":429,"requestId":"r-1","retryAfter":7}}"#,
        ErrorCode::RateLimited.message()
    );
    assert_eq!(error.to_json(), json);
    let cause = |text: &str| {
        let body = serde_json::json!({
            "status": "error", "message": "quickcall initiation failed", "data": {"error_message": text}
        });
        outcome(500, body.to_string().as_bytes(), 5)
            .unwrap_err()
            .hangup_cause
    };
    let long = "A".repeat(64);
    let longer = "A".repeat(65);
    for (text, is_kept) in [
        ("USER_BUSY", true),
        ("CAUSE_99", true),
        (&long, true),
        (&longer, false),
        ("", false),
        ("user_busy", false),
        ("USER BUSY", false),
    ] {
        let kept = cause(text);
        assert_eq!(
            kept.as_ref().map(HangupCause::as_str),
            is_kept.then_some(text),
            "{text}"
        );
    }
    // A cause belongs to the one definite failure only.
    for (status, message, code) in [
        (500, "quickcall initiation failed", ErrorCode::OriginateFailed),
        (503, "quickcall initiation failed", ErrorCode::ServerError),
        (500, "unspecified_fault", ErrorCode::NoEndpoints),
        (502, "unspecified_fault", ErrorCode::ServerError),
        (500, "init failed", ErrorCode::ServerError),
    ] {
        let body = serde_json::json!({"status": "error", "message": message, "data": {"error_message": "USER_BUSY"}});
        let error = outcome(status, body.to_string().as_bytes(), 5).unwrap_err();
        assert_eq!(error.code, code, "{status} {message}");
        assert_eq!(error.hangup_cause.is_some(), code == ErrorCode::OriginateFailed);
        let success = body.to_string().replace("\"error\"", "\"success\"");
        let error = outcome(status, success.as_bytes(), 5).unwrap_err();
        assert_eq!(error.code, ErrorCode::ServerError, "{success}");
    }
    for (status, code, outcome_of) in [
        (0, ErrorCode::BadResponse, Outcome::Unknown),
        (199, ErrorCode::BadResponse, Outcome::Unknown),
        (300, ErrorCode::BadResponse, Outcome::Unknown),
        (399, ErrorCode::BadResponse, Outcome::Unknown),
        (400, ErrorCode::Rejected, Outcome::NotPlaced),
        (408, ErrorCode::ServerError, Outcome::Unknown),
        (499, ErrorCode::Rejected, Outcome::NotPlaced),
        (500, ErrorCode::ServerError, Outcome::Unknown),
        (599, ErrorCode::ServerError, Outcome::Unknown),
        (600, ErrorCode::BadResponse, Outcome::Unknown),
    ] {
        let error = outcome(status, STARTED.as_bytes(), 5).unwrap_err();
        assert_eq!((error.code, error.outcome), (code, outcome_of), "{status}");
        assert_eq!(error.status, (status > 0).then_some(status));
    }
}

#[test]
fn nobody_answered_where_the_ring_time_has_passed() {
    for (took, blocking, unanswered) in [
        (18_999, true, false),
        (19_000, true, true),
        (25_000, true, true),
        (u64::MAX, true, true),
        (25_000, false, false),
    ] {
        let reply = Reply {
            status: 200,
            body: Some(b"{}"),
            request_id: None,
            retry_after: None,
            took,
            token: None,
        };
        let asked = Asked {
            blocking,
            ring_time: 20,
            through_handler: false,
        };
        let error = reply.outcome(asked).unwrap_err();
        assert_eq!(error.code, ErrorCode::Unconfirmed);
        assert_eq!(error.unanswered, unanswered, "{took} {blocking}");
        assert_eq!(error.to_json().contains(r#""unanswered":true"#), unanswered);
    }
}

#[test]
fn a_body_is_read_up_to_a_mebibyte() {
    for (length, is_read) in [(MAX_BODY, true), (MAX_BODY + 1, false)] {
        let body = [STARTED, &" ".repeat(length - STARTED.len())].concat();
        assert_eq!(outcome(200, body.as_bytes(), 5).is_ok(), is_read);
    }
    let cut_off = Reply {
        status: 200,
        body: None,
        request_id: None,
        retry_after: None,
        took: 5,
        token: None,
    };
    let asked = Asked {
        blocking: true,
        ring_time: 20,
        through_handler: false,
    };
    assert_eq!(cut_off.outcome(asked).unwrap_err().code, ErrorCode::BadResponse);
    for body in ["[]", "1", "", "{} x"] {
        assert_eq!(
            outcome(200, body.as_bytes(), 5).unwrap_err().code,
            ErrorCode::BadResponse
        );
    }
}
