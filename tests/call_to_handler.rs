//! What a page or a program sends to a handler, and what it makes of the answer.

#![cfg(not(target_arch = "wasm32"))]

use quickcall::{Call, Config, ErrorCode, Outcome, Quickcall, Reply, Severity, Value};

#[path = "shared/found.rs"]
mod found;

use found::found;

const HANDLER: &str = "https://edge.example.com/call";

/// The configuration for a server.
fn of_server() -> Config {
    Config::new("https://kazoo.example.com/v2", "0123456789abcdef0123456789abcdef")
}

#[test]
fn a_call_to_a_handler_bears_what_the_handler_reads() {
    let quickcall = Quickcall::new(&Config::handler(HANDLER)).unwrap();
    let call = |more: &str| {
        let text = [r#"{"endpoint": "sales", "number": "+1 415 555 0100""#, more, "}"];
        Call::from_json(&text.concat()).unwrap()
    };
    for (more, body) in [
        ("", ""),
        (r#", "blocking": true"#, ""),
        (r#", "blocking": false"#, r#","blocking":false"#),
        (
            r#", "verification": "v", "cid-name": "50%", "numberFilter": true"#,
            r#","cidName":"50%","verification":"v""#,
        ),
    ] {
        let request = quickcall.build(&call(more)).unwrap();
        let number = if more.contains("numberFilter") {
            "14155550100"
        } else {
            "+14155550100"
        };
        let expected = [r#"{"endpoint":"sales","number":""#, number, "\"", body, "}"].concat();
        assert_eq!(request.body, Some(expected), "{more}");
        assert_eq!(request.url, HANDLER);
        assert_eq!(request.method.as_str(), "POST");
        assert_eq!(request.asked.blocking, !more.contains("false"), "{more}");
    }
    // Only a handler checks visitors and knows endpoints by name, and no visitor knows ids.
    let issues = quickcall.validate(&call(r#", "user": "a""#));
    assert_eq!(found(&issues), ["unknown_key user"]);
    assert_eq!(
        issues[0].message,
        "A handler knows its endpoints by name: give an `endpoint`."
    );
    let text = r#"{"endpoint": "sales", "number": "1", "verification": "v"}"#;
    let to_server = Quickcall::new(&of_server()).unwrap();
    let issues = to_server.validate(&Call::from_json(text).unwrap());
    assert_eq!(
        found(&issues),
        [
            "unknown_key endpoint",
            "unknown_key verification",
            "required device"
        ]
    );
    assert_eq!(
        issues[0].message,
        "Only a handler knows endpoints by name: give a `device` or a `user`."
    );
    assert_eq!(issues[1].message, "Only a handler takes this. Leave it out.");
    let none = Call::from(Value::from([("number", "1")]));
    assert_eq!(found(&quickcall.validate(&none)), ["required endpoint"]);
    for (length, is_allowed) in [(3_000, true), (3_001, false)] {
        let call = call("").with("verification", "v".repeat(length));
        assert_eq!(quickcall.build(&call).is_ok(), is_allowed, "{length}");
    }
    for (length, is_allowed) in [(64, true), (65, false)] {
        let alias = "é".repeat(length);
        let call = Call::from(Value::from([("endpoint", alias.as_str()), ("number", "1")]));
        assert_eq!(quickcall.build(&call).is_ok(), is_allowed, "{length}");
    }
}

#[test]
fn a_page_may_make_any_call_through_a_handler() {
    let handler = Value::from([("handler", HANDLER)]);
    let quickcall = Quickcall::new(&Config::from_value(handler, true)).unwrap();
    for (key, value) in [("blocking", Value::from(false)), ("timeout", Value::from(60))] {
        let call = Call::from(Value::from([("endpoint", "sales"), ("number", "+14155550100")]));
        let request = quickcall.build(&call.with(key, value)).unwrap();
        assert_eq!(request.warnings, []);
    }
}

#[test]
fn a_call_that_no_handler_reads_is_refused_here() {
    let quickcall = Quickcall::new(&Config::handler(HANDLER)).unwrap();
    let call = |length: usize| {
        let vars = Value::from([("page", "é".repeat(length / 2) + &"x".repeat(length % 2))]);
        let call = Call::from(Value::from([("endpoint", "sales"), ("number", "+14155550100")]));
        call.with("customApplicationVars", vars)
    };
    let rest = quickcall.build(&call(2)).unwrap().body.unwrap().len() - 2;
    assert_eq!(
        quickcall.build(&call(4_096 - rest)).unwrap().body.unwrap().len(),
        4_096
    );
    let issues = quickcall.validate(&call(4_097 - rest));
    assert_eq!(found(&issues), ["too_long "]);
    // A server reads more.
    let vars = Value::from([("page", "x".repeat(9_000))]);
    let call = Call::to_user("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "1001").with("customApplicationVars", vars);
    assert_eq!(Quickcall::new(&of_server()).unwrap().validate(&call), []);
}

#[test]
fn what_a_handler_answers_is_no_reply_of_a_server() {
    let quickcall = Quickcall::new(&Config::handler(HANDLER)).unwrap();
    let call = Call::from(Value::from([("endpoint", "sales"), ("number", "+14155550100")]));
    let asked = quickcall.build(&call).unwrap().asked;
    for status in [200, 400, 401, 403, 404, 409, 429, 500, 502, 504] {
        let reply = Reply {
            status,
            body: Some(br#"{"error": {"code": "in_progress", "outcome": "unknown"}}"#),
            request_id: None,
            retry_after: None,
            took: 1,
            token: None,
        };
        let error = reply.outcome(asked).unwrap_err();
        assert_eq!(
            (error.code, error.outcome),
            (ErrorCode::BadResponse, Outcome::Unknown),
            "{status}"
        );
    }
}

#[test]
fn a_typo_finds_only_the_names_of_its_mode() {
    let nearest = |config: &Config, typo: &str| {
        let call = Call::from(Value::from([(typo, "x")]));
        let issues = Quickcall::new(config).unwrap().validate(&call);
        let unknown = issues.iter().find(|issue| issue.severity == Severity::Error);
        unknown.and_then(|issue| issue.expected.clone())
    };
    let handler = Config::handler(HANDLER);
    let server = of_server();
    assert_eq!(nearest(&handler, "endpont").as_deref(), Some("endpoint"));
    assert_eq!(nearest(&server, "endpont"), None);
    assert_eq!(nearest(&server, "devise").as_deref(), Some("device"));
    assert_eq!(nearest(&handler, "devise"), None);
}
