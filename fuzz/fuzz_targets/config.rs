//! A base URL, on the first line behind a flag, and a configuration as JSON.
#![no_main]

use libfuzzer_sys::fuzz_target;
use quickcall::{BaseUrl, Config, Handler, Path, Quickcall, Value};

fuzz_target!(|text: &str| {
    let flag = text.starts_with('1');
    let text = text.trim_start_matches(['0', '1']);
    let (url, text) = text.split_once('\n').unwrap_or((text, text));
    if let Ok(url) = BaseUrl::read(&Value::from(url), flag, Path::Root) {
        let url = url.as_str();
        assert!(url.starts_with("https://") || url.starts_with("http://"));
        assert!(url.is_ascii() && !url.contains(['?', '#', ' ', '\\']));
        let mut parts = url.split('/').skip(2);
        assert!(!parts.next().unwrap().contains('@'));
        for part in parts {
            let dots = part.to_ascii_lowercase().replace("%2e", ".");
            assert!(dots != "." && dots != "..");
        }
    }
    let Ok(value) = Value::from_json(text) else { return };
    if let Err(error) = Handler::new(&value, None) {
        assert!(!error.issues.is_empty());
    }
    if let Err(error) = Quickcall::new(&Config::from_value(value, flag)) {
        assert!(!error.issues.is_empty());
    }
});
