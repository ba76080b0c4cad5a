//! Calls through a handler, as the crate makes them.

#![cfg(not(target_arch = "wasm32"))]

use quickcall::{Call, Config, Quickcall, Severity, Value};

#[test]
fn a_page_may_make_any_call_through_a_handler() {
    let handler = Value::from([("handler", "https://edge.example.com/call")]);
    let quickcall = Quickcall::new(&Config::from_value(handler, true)).unwrap();
    for (key, value) in [("blocking", Value::from(false)), ("timeout", Value::from(60))] {
        let call = Call::from(Value::from([("endpoint", "sales"), ("number", "+14155550100")]));
        let request = quickcall.build(&call.with(key, value)).unwrap();
        assert_eq!(request.warnings, []);
    }
}

#[test]
fn a_typo_finds_only_the_names_of_its_mode() {
    let found = |config: &Config, typo: &str| {
        let call = Call::from(Value::from([(typo, "x")]));
        let issues = Quickcall::new(config).unwrap().validate(&call);
        let unknown = issues.iter().find(|issue| issue.severity == Severity::Error);
        unknown.and_then(|issue| issue.expected.clone())
    };
    let handler = Config::handler("https://edge.example.com/call");
    let server = Config::new("https://kazoo.example.com/v2", "0123456789abcdef0123456789abcdef");
    assert_eq!(found(&handler, "endpont").as_deref(), Some("endpoint"));
    assert_eq!(found(&server, "endpont"), None);
    assert_eq!(found(&server, "devise").as_deref(), Some("device"));
    assert_eq!(found(&handler, "devise"), None);
}
