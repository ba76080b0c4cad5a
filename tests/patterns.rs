//! Patterns, held against regex-lite by what is dialled: each in each text.

#![cfg(not(target_arch = "wasm32"))]

use quickcall::{IssueCode, Number, NumberFilter, Path, Value};
use regex_lite::RegexBuilder;

const PATTERNS: &[&str] = &[
    // Alternatives, groups.
    "(1|2)",
    "1|(2)",
    "(?:1|2|(3))",
    "((?:1|22|b)+)3",
    "(1|12|123)",
    "(|2)1",
    "(2|)1",
    "((1)|(2))+",
    "(?:(1)|2)+",
    "(?<a>1)(?P<b_1.[]>2)",
    "(?:)(2)",
    "()(2)",
    // Repetitions.
    "(1*)2",
    "(1+)",
    "(1?)2",
    "(1*?)2",
    "(1+?)",
    "(1+?)2",
    "(1??)2",
    "(1{2})",
    "(1{2,})",
    "(1{2,}?)",
    "(1{2,3})",
    "(1{2,3}?)",
    "(1{0,2})2",
    "(1{0}2)",
    "((?:12){2})",
    "((?:1?){3}2)",
    "((?:1|2){2,3})3",
    "(?:1{2}){2}(1)",
    "((1*)*)2",
    "((1*)+)2",
    "((?:1?)?2)",
    "(?:a*?)*(b)",
    "(?:121)*(3)",
    "(?:12a)*?(b)",
    "(?:12a)?(b)",
    "(?:(1)|(2))*3",
    // Places.
    "^(1)",
    "^(2)",
    "(1)$",
    "(2)$",
    "(?m)^(1)",
    "(?m)^(2)",
    "(?m)(1)$",
    "(?m)(2)$",
    "\\A(1)",
    "\\A(2)",
    "(1)\\z",
    "(2)\\z",
    "(?m)\\A(2)",
    "(?m)(1)\\z",
    "\\b(2)",
    "\\B(2)",
    "(1)\\b",
    "(1)\\B",
    "(_)\\B1",
    "\\b(_1)",
    // Any character.
    "1.(2)",
    "(?s)1.(2)",
    "(?s:1.)(2)",
    "(?s)(?-s)1.(2)",
    "(?s-s:1.)(2)",
    "1(?:(?s).)(2)",
    "1(?s-m)[^3](2)",
    // Letters of both cases.
    "(ab)",
    "(?i)(ab)",
    "(?i)(AB)",
    "(?i:a)(b)",
    "(?i:a)(B)",
    "(?i)a(?-i)(b)",
    "(?:(?i)a|b)(B)",
    "(?i)([b-c]+)",
    "(?i)([^b-c]+)",
    "([B-C]+)",
    "(?i)(\u{C9})1",
    "(?iu)a(b)",
    // Greed turned round.
    "(?U)(1+)",
    "(?U)(1+?)",
    "(?U)(1*)2",
    "(?U-U)(1+)",
    "(?U:1*)(1*)",
    // Classes.
    "([12]+)",
    "([^12]+)",
    "([a-c]+)",
    "([^a-c]+)",
    "([-1]+)",
    "([--1]+)",
    "([^-1]+)",
    "([1-]+)",
    "([1\\-3]+)",
    "([1-2-]+)",
    "([\\d-]+)",
    "([\\d]+)",
    "([\\D]+)",
    "([^\\D]+)",
    "([\\W\\d]+)",
    "([\\w.]+)",
    "([\\]1]+)",
    "([\\x31-\\x33]+)",
    "([\u{E9}-\u{FC}1]+)",
    "([[:digit:]a]+)",
    "([[:^digit:]1]+)",
    "([^[:^digit:]1]+)",
    "([[:^ascii:]1]+)",
    "([[:^cntrl:]]+)",
    "1[[:cntrl:]](2)",
    "1[[:blank:]](2)",
    "1[[:space:]](2)",
    "([[:punct:]1]+)",
    "([[:graph:]]+)",
    "([[:print:]]+)",
    "([[:lower:]]+)",
    "([[:upper:]]+)",
    "([[:alpha:]]+)",
    "([[:alnum:]]+)",
    "([[:word:]]+)",
    "([[:xdigit:]]+)",
    "(\\d+)",
    "(\\D+)",
    "(\\w+)",
    "(\\W+)1",
    "1\\s(\\S+)",
    "(\\S+)",
    // Escapes.
    "(\\x31)",
    "(\\x{32})",
    "(\\x{000061})",
    "(\\u0062)",
    "(\\u{31})",
    "(\\U00000032)",
    "\\n(2)",
    "\\x0A(2)",
    "\\t(2)",
    "\\r(2)",
    "\\f(2)",
    "\\v(2)",
    "\\a(2)",
    "\\.(2)",
    "\\-(2)",
    "(\\*|\\+)",
    "\\_(1)",
    // Not understood, here as there.
    "(1",
    "(1))",
    "(*)",
    "(+1)",
    "(1|*)",
    "(^*)(1)",
    "(1{2,1})",
    "(1{)",
    "(1{2)",
    "(1{2,)",
    "(1{x})",
    "(1{99999})",
    // What a text takes for any character: more than a `RegExp` does.
    "2.(2)",
    // A `-` in a class.
    "([-1]+)",
    "([1-]+)",
    "([^-1]+)",
    "([-]+)",
    "([--]+)",
    "([-1-2]+)",
    "([1--]+)",
    "([--1]+)",
    "([^--1]+)",
    "([1)",
    "([2-1])",
    "([1-\\d])",
    "([\\d-1])",
    "([\\b])",
    "([[:foo:]])",
    "([[:digit])",
    "(\\",
    "(1)\\",
    "(\\c)",
    "(\\_)",
    "(\\\u{E9})",
    "(\\x3)",
    "(\\x{})",
    "(\\x{31)",
    "(\\x{+31})",
    "(\\x+1)",
    "(\\x{110000})",
    "(\\ud800)",
    "(?",
    "(?i",
    "(?)(1)",
    "(?-)(1)",
    "(?i-)(1)",
    "(?ii)(1)",
    "(?i-i)(1)",
    "(?i--m)(1)",
    "(?y)(1)",
    "(?:1",
    "(?<1>1)",
    "(?<>1)",
    "(?<a1)",
    "(?<a b>1)",
    "(?<a>1)(?<a>2)",
    "(?P1)",
];

const TEXTS: &[&str] = &[
    "",
    "1",
    "2",
    "12",
    "21",
    "112",
    "1112",
    "11111",
    "121212",
    "1223",
    "1233",
    "3b22b3",
    "1\n2",
    "2\n1",
    "\n1\n2\n",
    "1 2",
    "1.2",
    "1-2",
    "1_1",
    "_1",
    "3\t2\r2",
    "\u{C}2",
    "\u{B}2",
    "\u{7}2",
    "ab",
    "aB",
    "AB",
    "Ab1",
    "abcABC",
    "\u{E9}1",
    "\u{C9}1",
    "1\u{E9}2\u{1F600}3",
    "--1",
    "]1[",
    "*+",
];

/// What only one of the two takes, on purpose.
fn is_refused_here(pattern: &str, ignores_case: bool) -> bool {
    let has_letter_beyond_ascii = pattern.chars().any(|c| !c.is_ascii() && c.is_alphabetic());
    (ignores_case || pattern.contains("(?i")) && has_letter_beyond_ascii
        || ["{x}", "{99999}", "([\\b])", "[--1", "[^--1"]
            .iter()
            .any(|part| pattern.contains(part))
}

#[test]
fn each_pattern_finds_in_each_text_what_regex_lite_finds() {
    for ignores_case in [false, true] {
        for pattern in PATTERNS {
            // A text: a `RegExp` has other rules.
            let flags = if ignores_case { "(?i)" } else { "" };
            let given = Value::from([flags, pattern].concat());
            let theirs = RegexBuilder::new(pattern).case_insensitive(ignores_case).build();
            let ours = NumberFilter::read(&given, Path::Root);
            let (Ok(theirs), Ok(ours)) = (&theirs, &ours) else {
                let same = theirs.is_err() && ours.is_err();
                assert!(
                    same || is_refused_here(pattern, ignores_case),
                    "{pattern}: {theirs:?} {ours:?}"
                );
                continue;
            };
            for text in TEXTS.iter().filter(|text| !text.is_empty()) {
                let found = Number::filter(&Value::from(*text), ours, Path::Root);
                let found = found.map(|(number, _)| number.as_str().to_owned());
                let expected = theirs.captures(text).and_then(|found| found.get(1));
                match expected.map(|group| group.as_str()) {
                    None | Some("") => {
                        let code = found.unwrap_err().code;
                        assert_eq!(code, IssueCode::NumberFilterNoMatch, "{pattern:?} in {text:?}");
                    }
                    Some(group) => match found {
                        Ok(number) => assert_eq!(number, group, "{pattern:?} in {text:?}"),
                        Err(issue) => {
                            assert_eq!(issue.code, IssueCode::Undialable, "{pattern:?} in {text:?}");
                            let plain = |c: char| c.is_ascii_alphanumeric() || "*#".contains(c);
                            let is_right = !group.chars().any(plain)
                                || group.chars().any(|c| !plain(c) && !"+._-".contains(c));
                            assert!(is_right, "{pattern:?} in {text:?}: {group:?}");
                        }
                    },
                }
            }
        }
    }
}

#[test]
fn groups_stand_in_each_other_up_to_a_bound() {
    for open in ["(", "(?:"] {
        for (depth, is_read) in [(49, true), (50, false), (150, false)] {
            // One group is around all of them.
            let pattern = ["(", &open.repeat(depth), "1", &")".repeat(depth + 1)].concat();
            let read = NumberFilter::read(&Value::from(pattern), Path::Root);
            match read {
                Ok(_) => assert!(is_read, "{depth} {open}"),
                Err(issue) => {
                    assert!(!is_read, "{depth} {open}: {issue:?}");
                    assert_eq!(issue.code, IssueCode::NumberFilterInvalid);
                }
            }
        }
    }
}
