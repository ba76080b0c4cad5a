//! How often something may happen: what is read as a limit.

#![cfg(not(target_arch = "wasm32"))]

use quickcall::{IssueCode, Path, RateLimit, Value};

#[test]
fn a_limit_is_a_count_in_a_unit() {
    for (text, count, window) in [
        ("1/s", 1, 1_000),
        ("3/min", 3, 60_000),
        ("30/hour", 30, 3_600_000),
        ("500/day", 500, 86_400_000),
        ("10000/day", 10_000, 86_400_000),
        ("007/s", 7, 1_000),
    ] {
        let limit = RateLimit::read(&Value::from(text), Path::Root).unwrap();
        assert_eq!((limit.count(), limit.window()), (count, window), "{text}");
    }
}

#[test]
fn what_is_no_limit_is_refused_and_no_count_is_taken_for_a_smaller_one() {
    for text in [
        "0/s",
        "10001/s",
        // One more than 32, 64 and 128 bits hold, and one more than that.
        "4294967296/min",
        "4294967297/min",
        "18446744073709551617/day",
        "340282366920938463463374607431768211457/day",
        "-1/s",
        "+1/s",
        "1.5/s",
        "1e3/s",
        " 1/s",
        "1 /s",
        "1/ s",
        "1/S",
        "1/week",
        "1/min/s",
        "/s",
        "1/",
        "1",
        "",
        "\u{FF11}/s",
    ] {
        let issue = RateLimit::read(&Value::from(text), Path::Root).unwrap_err();
        assert_eq!(issue.code, IssueCode::NotAllowed, "{text}");
    }
    for value in [Value::from(3), Value::Null] {
        let issue = RateLimit::read(&value, Path::Root).unwrap_err();
        assert_eq!(issue.code, IssueCode::WrongType);
    }
}
