//! What a visitor sends to a handler, byte by byte: lines of method, content type, origin and key, then the body.
#![no_main]

use std::sync::OnceLock;

use libfuzzer_sys::fuzz_target;
use quickcall::{Handler, Judged, Value, judge_method};

const CONFIG: &str = r#"{
    "baseUrl": "https://kazoo.example.com:8443/v2", "accountId": "0123456789abcdef0123456789abcdef",
    "authToken": "string", "endpoints": {"sales": {"user": "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"}},
    "origins": ["https://www.example.com"], "destinations": {"allow": ["+1415"], "deny": ["+1415911"]},
    "visitorOptions": ["timeout", "cidName", "customApplicationVars"]
}"#;

fn handler() -> &'static Handler {
    static HANDLER: OnceLock<Handler> = OnceLock::new();
    HANDLER.get_or_init(|| {
        let config = Value::from_json(CONFIG).expect("a right configuration");
        Handler::new(&config, None).expect("a right configuration")
    })
}

fuzz_target!(|bytes: &[u8]| {
    let mut parts = bytes.splitn(5, |byte| *byte == b'\n');
    let mut line = || str::from_utf8(parts.next().unwrap_or_default()).unwrap_or_default();
    let (method, content_type, origin, key) = (line(), line(), line(), line());
    let body = parts.next().unwrap_or_default();
    let taken = judge_method(method, (!content_type.is_empty()).then_some(content_type));
    assert!(
        taken.is_err()
            || (method == "POST" && content_type.to_ascii_lowercase().contains("application/json"))
    );
    assert!(!handler().allows_origin(origin) || origin == "https://www.example.com");
    let Ok(Judged { allowed, .. }) = handler().judge(Some("https://www.example.com"), Some(key), body) else {
        return;
    };
    let Ok(allowed) = allowed else { return };
    let number = allowed.request.number.as_str();
    assert!(number.starts_with("+1415") && !number.starts_with("+1415911"));
    assert!(number.chars().skip(1).all(|c| c.is_ascii_digit()));
});
