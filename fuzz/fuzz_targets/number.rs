//! A number and a filter, both as anybody may give them: three lines, the number, a pattern and its flags.
#![no_main]

use libfuzzer_sys::fuzz_target;
use quickcall::{Number, NumberFilter, Path, Value};

fuzz_target!(|text: &str| {
    // The flags are last, so that the number and the pattern may hold line breaks, most of them.
    let (rest, flags) = text.rsplit_once('\n').unwrap_or((text, ""));
    let (number, source) = rest.split_once('\n').unwrap_or((rest, "(.+)"));
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
