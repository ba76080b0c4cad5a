//! A JSON text and the value that is read from it.

#![cfg(not(target_arch = "wasm32"))]

use quickcall::Value;

#[test]
fn a_json_text_is_read_to_the_letter() {
    let deep = |depth: usize| ["[".repeat(depth), "]".repeat(depth)].concat();
    let deep_objects = |depth: usize| [r#"{"a":"#.repeat(depth), "1".to_owned(), "}".repeat(depth)].concat();
    // The text, and where the reader stops at what is wrong.
    let wrong = [
        (String::new(), 0),
        (" ".to_owned(), 1),
        ("1 2".to_owned(), 2),
        ("01".to_owned(), 1),
        ("-".to_owned(), 1),
        ("1.".to_owned(), 2),
        ("1e".to_owned(), 2),
        ("1e+".to_owned(), 3),
        ("+1".to_owned(), 0),
        (".5".to_owned(), 0),
        ("tru".to_owned(), 3),
        ("nulL".to_owned(), 3),
        ("[1,]".to_owned(), 3),
        ("[1 2]".to_owned(), 3),
        ("[1".to_owned(), 2),
        ("{\"a\" 1}".to_owned(), 5),
        ("{\"a\":1,}".to_owned(), 7),
        ("{a:1}".to_owned(), 1),
        ("\"\\x\"".to_owned(), 3),
        ("\"\\u12g4\"".to_owned(), 6),
        ("\"\u{1}\"".to_owned(), 1),
        ("\"".to_owned(), 1),
        // Neither would be JSON with more levels.
        (["[".repeat(64), "1 [".to_owned()].concat(), 66),
        ([r#"{"a":"#.repeat(63), "{[".to_owned()].concat(), 316),
    ];
    let too_deep = [
        (deep(65), 64),
        (deep(66), 64),
        (deep_objects(65), 64 * 5),
        ("[".repeat(65), 64),
    ];
    for (text, position) in too_deep {
        let error = Value::from_json(&text).expect_err(&text);
        assert_eq!(error.position, position, "{text}");
        let told = format!("JSON deeper than 64 levels at byte {position}");
        assert_eq!(error.to_string(), told, "{text}");
    }
    for (text, position) in wrong {
        let error = Value::from_json(&text).expect_err(&text);
        assert_eq!(error.position, position, "{text}");
        let told = format!("not JSON at byte {position}");
        assert_eq!(error.to_string(), told, "{text}");
    }
    for text in [deep(64), deep_objects(64)] {
        assert!(Value::from_json(&text).is_ok());
    }
    let text = |text: &str| Value::Text(text.to_owned());
    let half = |text: &str| Value::IllFormed(text.to_owned());
    let cases = [
        (r#""\"\\\/\b\f\n\r\t""#, text("\"\\/\u{8}\u{C}\n\r\t")),
        (r#""\u0041\u00e9\uD83D\uDE00""#, text("A\u{E9}\u{1F600}")),
        (r#""\ud800\udc00\udbff\udfff""#, text("\u{10000}\u{10FFFF}")),
        (r#""\ud800""#, half("\u{FFFD}")),
        (r#""\udc00x""#, half("\u{FFFD}x")),
        (r#""\ud800\u0041""#, half("\u{FFFD}A")),
        (r#""\ud800\n""#, half("\u{FFFD}\n")),
        (r#""\ud800\ud800\udc00""#, half("\u{FFFD}\u{10000}")),
        ("\t[ ] \r\n", Value::List(Vec::new())),
        ("{ }", Value::Object(Vec::new())),
        (
            "[ 1 , true,false ,null ]",
            Value::List(vec![
                Value::from(1),
                Value::Bool(true),
                Value::Bool(false),
                Value::Null,
            ]),
        ),
    ];
    for (json, expected) in cases {
        assert_eq!(Value::from_json(json).as_ref(), Ok(&expected), "{json}");
    }
    // The right column is what JavaScript's `String(n)` gives.
    for (number, written) in [
        ("0", "0"),
        ("-0", "0"),
        ("-0.00e5", "0"),
        ("10", "10"),
        ("1.50", "1.5"),
        ("1E+2", "100"),
        ("12.5e3", "12500"),
        ("1234.5e-2", "12.345"),
        ("5e-1", "0.5"),
        ("0.000001", "0.000001"),
        ("0.0000001", "1e-7"),
        ("-1.5E-07", "-1.5e-7"),
        // What it would round stays.
        ("9007199254740993", "9007199254740993"),
        ("123456789012345678", "123456789012345678"),
        ("100000000000000000000", "100000000000000000000"),
        ("1000000000000000000000", "1e+21"),
        ("-1.25e21", "-1.25e+21"),
        ("0.30000000000000004", "0.30000000000000004"),
        ("1.7976931348623157e308", "1.7976931348623157e+308"),
        ("5e-324", "5e-324"),
        ("1e-400", "0"),
        ("0e999999999999", "0"),
    ] {
        let Ok(Value::Number(read)) = Value::from_json(number) else {
            panic!("{number}");
        };
        assert_eq!(read.as_str(), written, "{number}");
    }
    for number in ["1E400", "-1e309", "1.8e308", "1e999999999999"] {
        assert_eq!(
            Value::from_json(number),
            Ok(Value::Other("Infinity".to_owned())),
            "{number}"
        );
    }
    let within = Value::from_json(r#"{"a": [1e2, {"b": 1.0}]}"#).unwrap();
    let inner = Value::from([("b", 1)]);
    assert_eq!(
        within,
        Value::from([("a", Value::List(vec![Value::from(100), inner]))])
    );
    let twice = Value::from_json(r#"{"a": 1, "b": 2, "a": 3}"#).unwrap();
    assert_eq!(twice.get("a"), Some(&Value::from(3)));
    assert_eq!((twice.get("c"), Value::from(1).get("a")), (None, None));
}
