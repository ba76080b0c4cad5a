//! A configuration, as JSON, and a base URL.
#![no_main]

use libfuzzer_sys::fuzz_target;
use quickcall::{BaseUrl, Config, Handler, Path, Quickcall, Value};

fuzz_target!(|given: (&str, bool)| {
    let (text, flag) = given;
    if let Ok(url) = BaseUrl::read(&Value::from(text), flag, Path::Root) {
        let url = url.as_str();
        assert!(url.starts_with("https://") || url.starts_with("http://"));
        assert!(url.is_ascii() && !url.contains(['?', '#', '@', ' ', '\\']));
    }
    let Ok(value) = Value::from_json(text) else { return };
    if let Err(error) = Handler::new(&value, None) {
        assert!(!error.issues.is_empty());
    }
    if let Err(error) = Quickcall::new(&Config::from_value(value, flag)) {
        assert!(!error.issues.is_empty());
    }
});
