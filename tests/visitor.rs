//! Who a visitor is, and what the log holds of a number and a key.

#![cfg(not(target_arch = "wasm32"))]

use quickcall::{Number, NumberFilter, Path, Value, Visitor, masked, trace};

#[test]
fn a_visitor_is_an_address_or_a_name() {
    let long = "é".repeat(129);
    for (text, expected) in [
        ("192.0.2.7", "192.0.2.7"),
        (" 192.0.2.7 ", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:DB8:1:2::1", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("session-4711", "session-4711"),
        ("", "unknown"),
        (" ", "unknown"),
        (&long, &long[..256]),
    ] {
        assert_eq!(Visitor::new(text).as_str(), expected, "{text}");
    }
}

#[test]
fn logs_hold_a_part_of_a_number_and_no_key() {
    for (text, expected) in [
        ("112", "***"),
        ("1001", "1**1"),
        ("1234567", "1*****7"),
        ("12345678", "123****8"),
        ("1234567890", "123******0"),
        ("12345678901", "12345****01"),
        ("+14155550100", "+1415*****00"),
    ] {
        let number = Number::filter(&Value::from(text), &NumberFilter::default(), Path::Root);
        assert_eq!(masked(&number.unwrap().0), expected);
    }
    // FNV-1a, as its authors publish it.
    for (key, expected) in [
        ("", "cbf29ce484222325"),
        ("a", "af63dc4c8601ec8c"),
        ("foobar", "85944171f73967e8"),
    ] {
        assert_eq!(trace(key), expected, "{key}");
    }
}
