//! The bindings as JavaScript sees them, run in Node and in a browser.

#![cfg(all(target_arch = "wasm32", feature = "js"))]

use quickcall::js::{self, Client};
use wasm_bindgen_test::wasm_bindgen_test;

const SERVER: &str =
    r#"{"baseUrl":"https://kazoo.example.com:8443/v2","accountId":"0123456789abcdef0123456789abcdef"}"#;

/// The error in what was told.
fn error(told: &str) -> &str {
    told.strip_prefix('!').unwrap()
}

#[wasm_bindgen_test]
fn a_call_becomes_a_request() {
    let client = Client::checked(SERVER, false).unwrap();
    let request = client.build(r#"{"device":"dddddddddddddddddddddddddddddddd","number":"(415) 555-0100"}"#);
    let lines: Vec<&str> = request.lines().collect();
    assert_eq!(
        lines,
        [
            "POST",
            "https://kazoo.example.com:8443/v2/accounts/0123456789abcdef0123456789abcdef/devices/dddddddddddddddddddddddddddddddd/quickcall/4155550100",
            r#"{"data":{}}"#,
            "4155550100",
            "",
            "blocking",
            "30",
            // The ring time and the margin.
            "40000",
            "0",
            "devices",
            "dddddddddddddddddddddddddddddddd",
            "Content-Type",
            "application/json",
        ]
    );
}

#[wasm_bindgen_test]
fn what_json_cannot_hold_is_judged_by_its_type() {
    let client = Client::checked(SERVER, false).unwrap();
    let issues = client
        .validate(r#"{"device":["symbol"],"number":["function"],"numberFilter":["RegExp","(5+)","u"]}"#);
    assert!(issues.contains(r#""received":"symbol""#), "{issues}");
    assert!(issues.contains(r#""received":"function""#), "{issues}");
    assert!(issues.contains("number_filter_unsupported"), "{issues}");
}

#[wasm_bindgen_test]
fn a_page_refuses_what_its_browser_may_send_twice() {
    let call = r#"{"device":"dddddddddddddddddddddddddddddddd","number":"1001","blocking":false}"#;
    let built = Client::checked(SERVER, false).unwrap().build(call);
    assert!(built.starts_with("GET\n"), "{built}");
    let refused = Client::checked(SERVER, true).unwrap().build(call);
    assert!(
        error(&refused).contains(r#""code":"not_allowed","path":["blocking"]"#),
        "{refused}"
    );
}

#[wasm_bindgen_test]
fn a_wrong_configuration_says_everything_at_once() {
    let config = r#"{"baseUrl":"http://kazoo.example.com","acountId":""}"#;
    assert!(Client::checked(config, false).is_none());
    let error = Client::refusal(config, false).unwrap();
    for code in ["not_allowed", "unknown_key", "required"] {
        assert!(error.contains(code), "{code}: {error}");
    }
    assert_eq!(Client::refusal(SERVER, false), None);
}

#[wasm_bindgen_test]
fn a_reply_is_read_and_no_secret_of_it_is_kept() {
    let body = br#"{"auth_token":"CANARY","status":"success","data":{"sip":{"password":"CANARY"}},"request_id":"a-CANARY"}"#;
    let told = js::outcome(
        true,
        30,
        200,
        Some(Box::from(body.as_slice())),
        None,
        None,
        30_001,
        "CANARY",
    );
    let error = error(&told);
    assert!(error.contains(r#""code":"unconfirmed""#), "{error}");
    assert!(error.contains(r#""unanswered":true"#), "{error}");
    assert!(!error.contains("CANARY"), "{error}");
}

#[wasm_bindgen_test]
fn errors_numbers_and_commands_come_from_the_core() {
    assert!(js::failure("network").unwrap().contains(r#""outcome":"unknown""#));
    assert_eq!(js::failure("not_ready"), None);
    assert!(js::is_token("abc") && !js::is_token("a b"));
    assert_eq!(
        js::filter_number(Some(r#""(415) 555-0100""#.to_owned()), Some("true".to_owned())),
        "4155550100"
    );
    let request = r#"{"method":"GET","url":"https://kazoo.example.com/v2/it's","headers":{},"body":null}"#;
    assert_eq!(
        js::to_curl(request).as_deref(),
        Some(r#"curl -X GET -H "X-Auth-Token: $AUTH_TOKEN" 'https://kazoo.example.com/v2/it'\''s'"#)
    );
    for (headers, expected) in [
        (
            r#"{"x-auth-token":"t","A":"b"}"#,
            r#"curl -X GET -H "X-Auth-Token: $AUTH_TOKEN" -H 'A: b' 'u'"#,
        ),
        (
            r#"{"x-auth-token":"t","idempotency-key":"k"}"#,
            "curl -X GET -H 'idempotency-key: k' 'u'",
        ),
    ] {
        let request = format!(r#"{{"method":"GET","url":"u","headers":{headers}}}"#);
        assert_eq!(js::to_curl(&request).as_deref(), Some(expected));
    }
    let refused = js::base_url("http://kazoo.example.com", false);
    assert!(error(&refused).contains("not_allowed"), "{refused}");
}
