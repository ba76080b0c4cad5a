//! A number and a filter, both as anybody may give them.
#![no_main]

use libfuzzer_sys::fuzz_target;
use quickcall::{Number, NumberFilter, Value};

fuzz_target!(|given: (&str, &str, &str)| {
    let (number, source, flags) = given;
    let pattern = Value::Regexp {
        source: source.to_owned(),
        flags: flags.to_owned(),
    };
    for filter in [Value::Bool(true), Value::Bool(false), pattern] {
        let Ok(filter) = NumberFilter::read(&filter, Path::Root) else {
            continue;
        };
        if let Ok((number, _)) = Number::filter(&Value::from(number), &filter, Path::Root) {
            let number = number.as_str();
            assert!(!number.is_empty() && number.len() <= 64);
            assert!(
                number
                    .chars()
                    .all(|c| c.is_ascii_alphanumeric() || "+*#._-".contains(c))
            );
        }
    }
});
