//! A call, as JSON: what is built keeps to its path, and is what was checked.
#![no_main]

use libfuzzer_sys::fuzz_target;
use quickcall::{Call, Config, Quickcall, Severity, Value};

const BASE: &str = "https://kazoo.example.com:8443/v2";

fuzz_target!(|text: &str| {
    let Ok(value) = Value::from_json(text) else { return };
    let config = Config::new(BASE, "0123456789abcdef0123456789abcdef");
    let Ok(quickcall) = Quickcall::new(&config) else {
        unreachable!("a right configuration")
    };
    let call = Call::from(value);
    let errors = quickcall
        .validate(&call)
        .iter()
        .any(|issue| issue.severity == Severity::Error);
    match quickcall.build(&call) {
        Ok(request) => {
            assert!(!errors);
            let path = request.url.strip_prefix(BASE).expect("the base URL");
            let path = path.split('?').next().expect("a path");
            assert_eq!(path.split('/').count(), 7, "{path}");
            assert!(request.url.is_ascii() && !request.url.contains(['#', ' ', '\\']));
            request.to_curl();
            if let Some(body) = &request.body {
                Value::from_json(body).expect("a body is JSON");
            }
        }
        Err(error) => {
            assert!(errors);
            Value::from_json(&error.to_json()).expect("an error is JSON");
        }
    }
});
