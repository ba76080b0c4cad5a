//! What a number and its filter may be, and what is said of the others.

#![cfg(not(target_arch = "wasm32"))]

use quickcall::{Issue, IssueCode, Number, NumberFilter, Path, Value};

fn number(number: Value, filter: &Value) -> Result<(Number, Vec<Issue>), Issue> {
    let filter = NumberFilter::read(filter, Path::of("numberFilter"))?;
    Number::filter(&number, &filter, Path::of("number"))
}

fn regexp(source: &str, flags: &str) -> Value {
    let (source, flags) = (source.to_owned(), flags.to_owned());
    Value::Regexp { source, flags }
}

#[test]
fn a_character_that_cannot_be_dialled_is_named_with_its_place() {
    let off = Value::from(false);
    // The number, the filter, what is named, where it stands in the number as given (UTF-16), and what is said of it.
    let cases = [
        ("415/555", off.clone(), "/", 3, "cannot be dialled"),
        ("/1", off.clone(), "/", 0, "cannot be dialled"),
        ("\u{1F600}\u{1F600}1,2", regexp("(1.*)", ""), ",", 5, "is a pause"),
        // For a `RegExp` two halves stand for it. The search of one without `u` may begin at the second.
        (
            "5\u{1F600}",
            regexp("(.+)", ""),
            "U+1F600",
            1,
            "cannot be dialled",
        ),
        (
            "5\u{1F600}",
            regexp("5.(.)", ""),
            "U+1F600",
            2,
            "cannot be dialled",
        ),
        (
            "5\u{1F600}\u{FFFD}",
            regexp("...(.)", ""),
            "U+FFFD",
            3,
            "cannot be dialled",
        ),
        ("\u{1F600}", off.clone(), "U+1F600", 0, "cannot be dialled"),
        ("1\u{E9}", off.clone(), "\u{E9}", 1, "cannot be dialled"),
        ("1 ", off.clone(), "a space", 1, "cannot be dialled"),
        ("12\u{200B}", off.clone(), "U+200B", 2, "cannot be dialled"),
        ("12\u{FFFF}", off.clone(), "U+FFFF", 2, "cannot be dialled"),
        ("12\u{FFFFF}", off.clone(), "U+FFFFF", 2, "cannot be dialled"),
        ("12\u{100000}", off.clone(), "U+100000", 2, "cannot be dialled"),
        ("12\u{10FFFF}", off.clone(), "U+10FFFF", 2, "cannot be dialled"),
        ("1\u{FFFD}", off.clone(), "U+FFFD", 1, "cannot be dialled"),
        ("1\u{7F}", off, "U+007F", 1, "cannot be dialled"),
        ("1;2", Value::from("(.+)"), ";", 1, "is a pause"),
        ("ab12/3", regexp("B(.*)", "i"), "/", 4, "cannot be dialled"),
    ];
    for (given, filter, named, place, said) in cases {
        let issue = number(Value::from(given), &filter).unwrap_err();
        assert_eq!(issue.code, IssueCode::Undialable, "{given}");
        assert_eq!(issue.received.as_deref(), Some(named), "{given}");
        let start = format!("{named} at position {place} {said}");
        assert!(issue.message.starts_with(&start), "{given}: {}", issue.message);
    }
    // What takes one character takes the whole of it in a text, and its half in a `RegExp`.
    let (whole, _) = number(Value::from("\u{1F600}1"), &Value::from("^.(1)")).unwrap();
    assert_eq!(whole.as_str(), "1");
    let half = number(Value::from("\u{1F600}1"), &regexp("^.(1)", "")).unwrap_err();
    assert_eq!(half.code, IssueCode::NumberFilterNoMatch);
    // Half of a surrogate pair is no character that has a name.
    let half = "half of a surrogate pair";
    for (given, named, start) in [
        (
            "12\u{FFFD}/",
            half,
            "half of a surrogate pair at position 2 cannot be dialled",
        ),
        ("1/\u{FFFD}", "/", "/ at position 1 cannot be dialled"),
        ("1,\u{FFFD}", ",", ", at position 1 is a pause"),
        ("\u{1F600}\u{FFFD}", "U+1F600", "U+1F600 at position 0 "),
    ] {
        let issue = number(Value::IllFormed(given.to_owned()), &Value::from(false)).unwrap_err();
        assert_eq!(issue.code, IssueCode::Undialable, "{given}");
        assert_eq!(issue.received.as_deref(), Some(named), "{given}");
        assert!(issue.message.starts_with(start), "{given}: {}", issue.message);
    }
    let path = Path::of("number");
    for (given, named, place) in [
        ("+44 (0)20 7946 0958", "(0)", 4),
        ("\u{1F600}1 \u{FF08} 0\u{FF09}2", "(0)", 4),
        ("1 (2(0) 3", "(0)", 4),
        ("+14155550100 x12", "x", 13),
        ("5550100 EXT", "ext", 8),
        ("1 extension 2", "extension", 2),
        ("1extn2", "extn", 1),
        ("555 e x t 5", "ext", 4),
        ("0800 TAXI ext 5", "ext", 10),
    ] {
        let issue = Number::filter(&Value::from(given), &NumberFilter::Separators, path).unwrap_err();
        assert_eq!(issue.received.as_deref(), Some(named), "{given}");
        let start = format!("{named} at position {place} ");
        assert!(issue.message.starts_with(&start), "{given}: {}", issue.message);
    }
}

#[test]
fn a_filter_that_cannot_be_used_says_why() {
    use IssueCode::{
        NumberFilterInvalid, NumberFilterNoGroup, NumberFilterUnsupported, Required, TooLong,
        UnsafeCharacter, WrongType,
    };
    let long = |length: usize| ["(1)", &"\u{E9}".repeat(length - 3)].concat();
    let cases = [
        (Value::Null, WrongType, "boolean, string or RegExp"),
        (Value::from(1), WrongType, "number"),
        (Value::from(""), Required, "empty"),
        (regexp("", "i"), Required, "empty"),
        (Value::IllFormed("(1)".to_owned()), UnsafeCharacter, "surrogate"),
        (Value::from(long(1_001)), TooLong, "1,000"),
        (regexp("(1)", "m"), NumberFilterUnsupported, "This flag"),
        (regexp("(1)", "giu"), NumberFilterUnsupported, "This flag"),
        (regexp("(?=1)(1)", ""), NumberFilterUnsupported, "a look-ahead"),
        (Value::from("(?!1)(1)"), NumberFilterUnsupported, "a look-ahead"),
        (Value::from("(?<=1)(1)"), NumberFilterUnsupported, "a look-behind"),
        (Value::from("(1)\\1"), NumberFilterUnsupported, "a back-reference"),
        (
            Value::from("(?>1)(1)"),
            NumberFilterUnsupported,
            "an atomic group",
        ),
        (Value::from("(1++)"), NumberFilterUnsupported, "a possessive"),
        (
            Value::from("(\\p{L})"),
            NumberFilterUnsupported,
            "a Unicode class",
        ),
        (Value::from("(1"), NumberFilterInvalid, "not closed"),
        (Value::from("(1))"), NumberFilterInvalid, "was not opened"),
        (Value::from("(*)"), NumberFilterInvalid, "nothing to repeat"),
        (Value::from("(1**)"), NumberFilterInvalid, "nothing to repeat"),
        (Value::from("(1??+)"), NumberFilterInvalid, "nothing to repeat"),
        (Value::from("(1{2,1})"), NumberFilterInvalid, "backwards"),
        (Value::from("(1{})"), NumberFilterInvalid, "for a brace"),
        (Value::from("(\\<1)"), NumberFilterInvalid, "elsewhere"),
        (Value::from("(1\\>)"), NumberFilterInvalid, "elsewhere"),
        (Value::from("([2-1])"), NumberFilterInvalid, "has no order"),
        (Value::from("([]1])"), NumberFilterInvalid, "start of a class"),
        (Value::from("([a&&b])"), NumberFilterInvalid, "elsewhere"),
        (Value::from("([[.a.]])"), NumberFilterInvalid, "stands in a class"),
        (
            Value::from("(?<a>1)(?<a>2)"),
            NumberFilterInvalid,
            "the name of a group",
        ),
        (Value::from("(?x)(1)"), NumberFilterInvalid, "behind a `(?`"),
        (Value::from("([--9])"), NumberFilterInvalid, "elsewhere"),
        (Value::from("(?:1)+"), NumberFilterNoGroup, "no capture group"),
    ];
    for (filter, code, said) in cases {
        let issue = number(Value::from("1"), &filter).unwrap_err();
        assert_eq!(issue.code, code, "{filter:?}: {issue:?}");
        let all = [&issue.message, " ", issue.received.as_deref().unwrap_or("")].concat();
        assert!(all.contains(said), "{filter:?}: {all}");
        assert_eq!(issue.path, ["numberFilter"]);
    }
    let issue = number(Value::from("1"), &regexp("(1)", "giu")).unwrap_err();
    assert_eq!(issue.received.as_deref(), Some("u"));
    assert_eq!(issue.expected.as_deref(), Some("the flags g, d and i"));
    assert!(!issue.message.contains("unbounded time"), "{}", issue.message);
    for (pattern, why) in [
        ("(?=1)(1)", "It takes unbounded time, or is not known here."),
        ("(?<!1)(1)", "It takes unbounded time, or is not known here."),
        ("(1)\\1", "It takes unbounded time, or is not known here."),
        ("(1(?R))", "It takes unbounded time, or is not known here."),
        ("(1*+)", "It takes unbounded time, or is not known here."),
        ("(?>1)(1)", "It takes unbounded time, or is not known here."),
        ("(?|(1)|(2))", "or is not known here."),
        ("(\\p{L})", "There are no tables of Unicode here."),
        ("(\\PL)", "There are no tables of Unicode here."),
    ] {
        let issue = number(Value::from("1"), &Value::from(pattern)).unwrap_err();
        assert_eq!(issue.code, NumberFilterUnsupported, "{pattern}");
        assert_eq!((&issue.received, &issue.expected), (&None, &None));
        assert!(issue.message.contains(why), "{pattern}: {}", issue.message);
    }
}

#[test]
fn a_filter_finds_the_number_or_says_that_there_is_none() {
    let long = |length: usize| {
        [
            "1",
            &"\u{1F600}".repeat((length - 1) / 2),
            &"x".repeat((length - 1) % 2),
        ]
        .concat()
    };
    let cases = [
        (Value::from("12"), Value::from("(1|.*)"), Ok("1")),
        (Value::from("a1B2"), regexp("b(.)", "gid"), Ok("2")),
        (
            Value::from("a1B2"),
            regexp("b(.)", "g"),
            Err("number_filter_no_match"),
        ),
        (
            Value::from("1"),
            Value::from("1()"),
            Err("number_filter_no_match"),
        ),
        (
            Value::from("1"),
            Value::from("1|(2)"),
            Err("number_filter_no_match"),
        ),
        (Value::from("\u{661}"), Value::from("(1)"), Ok("1")),
        (Value::from(long(256)), Value::from("(1)"), Ok("1")),
        (Value::from(long(257)), Value::from("(1)"), Err("too_long")),
        (
            Value::from("1".repeat(64)),
            Value::from(false),
            Ok(&*"1".repeat(64).leak()),
        ),
        (Value::from("1".repeat(65)), Value::from(false), Err("too_long")),
        (
            Value::from(long(1_000).replace('\u{1F600}', "--")),
            Value::from("true"),
            Ok("1x"),
        ),
        (
            Value::IllFormed("1\u{FFFD}".to_owned()),
            Value::from(false),
            Err("undialable"),
        ),
        (
            Value::IllFormed("1\u{FFFD}".to_owned()),
            Value::from("(1)"),
            Ok("1"),
        ),
        (
            Value::IllFormed(String::new()),
            Value::from(true),
            Err("required"),
        ),
        (Value::from(1), Value::from(true), Err("wrong_type")),
    ];
    for (given, filter, expected) in cases {
        let found = number(given.clone(), &filter);
        let found = found.as_ref().map(|(number, _)| number.as_str());
        assert_eq!(
            found.map_err(|issue| issue.code.as_str()),
            expected,
            "{given:?} {filter:?}"
        );
    }
    // The largest program: 4,000 steps, of which a group takes two and a repetition without an end one.
    for (times, is_small) in [(3_997, true), (3_998, false)] {
        let pattern = Value::from(format!("(1{{{times},}})"));
        assert_eq!(
            NumberFilter::read(&pattern, Path::Root).is_ok(),
            is_small,
            "{times}"
        );
    }
    // The most ranges: five of each class, as often as it stands there.
    for (times, is_small) in [(1_598, true), (1_599, false)] {
        let pattern = Value::from(format!("[12345]([02468]{{{times}}})"));
        assert_eq!(
            NumberFilter::read(&pattern, Path::Root).is_ok(),
            is_small,
            "{times}"
        );
    }
    // The longest pattern.
    let longest = ["(1)", &"\u{E9}?".repeat(498), "$"].concat();
    assert!(number(Value::from("1"), &Value::from(longest.clone())).is_ok());
    let issue = number(Value::from("1"), &Value::from([&longest, "$"].concat())).unwrap_err();
    assert_eq!(issue.code, IssueCode::TooLong);
    for (removed, warns) in [
        ("+", true),
        ("*", true),
        ("#", true),
        (",", true),
        (";", true),
        ("/", false),
        (" ", false),
    ] {
        let given = Value::from(["1", removed, "2"].concat());
        let (_, warnings) = number(given, &Value::from(true)).unwrap();
        let received: Vec<Option<&str>> = warnings.iter().map(|issue| issue.received.as_deref()).collect();
        let expected: &[Option<&str>] = if warns { &[Some(removed)] } else { &[] };
        assert_eq!(received, expected, "{removed}");
    }
}
