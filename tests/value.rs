//! What a program has, as a value.

#![cfg(not(target_arch = "wasm32"))]

use quickcall::{Decimal, Value};

fn number(text: &str) -> Value {
    let Ok(number @ Value::Number(_)) = Value::from_json(text) else {
        panic!("{text}")
    };
    number
}

#[test]
fn a_number_is_written_as_javascript_writes_it() {
    for (value, text) in [
        (Value::from(u8::MAX), "255"),
        (Value::from(u16::MAX), "65535"),
        (Value::from(i64::MIN), "-9223372036854775808"),
        (Value::from(u64::MAX), "18446744073709551615"),
        (Value::from(20usize), "20"),
        (Value::from(Decimal::from(-7)), "-7"),
        (Value::from(0.0), "0"),
        (Value::from(-0.0), "0"),
        (Value::from(20.0), "20"),
        (Value::from(-1.5), "-1.5"),
        (Value::from(0.1 + 0.2), "0.30000000000000004"),
        (Value::from(1e20), "100000000000000000000"),
        (Value::from(1e21), "1e+21"),
        (Value::from(1e-7), "1e-7"),
        (Value::from(f64::MAX), "1.7976931348623157e+308"),
        (Value::from(5e-324), "5e-324"),
    ] {
        assert_eq!(value, number(text), "{text}");
        let Value::Number(written) = &value else {
            panic!("{text}")
        };
        assert_eq!(written.as_str(), text);
    }
    // As the npm package packs what JSON cannot hold.
    for (value, name) in [
        (f64::NAN, "NaN"),
        (f64::INFINITY, "Infinity"),
        (f64::NEG_INFINITY, "-Infinity"),
    ] {
        assert_eq!(Value::from(value), Value::Other(name.to_owned()));
    }
}

#[test]
fn lists_and_members_become_a_value() {
    let json = r#"{"a": 1, "b": [true, "c"], "a": null}"#;
    let items = vec![Value::from(true), Value::from("c")];
    let members = [
        ("a", Value::from(1)),
        ("b", Value::from(items)),
        ("a", Value::Null),
    ];
    assert_eq!(Value::from(members.clone()), Value::from_json(json).unwrap());
    assert_eq!(Value::from_iter(members), Value::from_json(json).unwrap());
}
