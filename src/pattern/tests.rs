//! Holds the engine against regex-lite: the same patterns compile, and the same is found.

use proptest::collection::vec;
use proptest::prelude::*;
use regex_lite::RegexBuilder;

use super::{Dialect, Regexp, search};

/// How many cases are tried: `QUICKCALL_CASES`, or the number that every check takes.
fn cases() -> u32 {
    std::env::var("QUICKCALL_CASES").map_or(20_000, |cases| {
        cases.parse().expect("QUICKCALL_CASES is a number")
    })
}

/// Patterns that compile, most of them.
fn pattern() -> impl Strategy<Value = String> {
    const PLACES: &[&str] = &[
        "1",
        "2",
        "a",
        "b",
        "A",
        "é",
        "-",
        " ",
        ".",
        "\\d",
        "\\D",
        "\\w",
        "\\W",
        "\\s",
        "\\S",
        "\\.",
        "\\+",
        "\\x31",
        "\\x{61}",
        "\\u0031",
        "\\U00000032",
        "\\t",
        "\\n",
        "^",
        "$",
        "\\A",
        "\\z",
        "\\b",
        "\\B",
        "[12]",
        "[^1]",
        "[a-b]",
        "[^a-b1]",
        "[\\d-]",
        "[-1]",
        "[1-]",
        "[[:alpha:]]",
        "[^[:^digit:]1]",
        "[\\W\\d]",
        "[\\x31-\\x33]",
        "[é-ü]",
        "()",
        "(?:)",
        "(?i)",
        "(?s)",
        "(?m)",
        "(?U)",
        "(?-i)",
        "(?u)",
        "\n",
    ];
    let place = proptest::sample::select(PLACES).prop_map(str::to_owned);
    place.prop_recursive(5, 24, 4, |inner| {
        const QUANTIFIERS: &[&str] = &["*", "+", "?", "*?", "+?", "??", "{0}", "{1}", "{2}", "{0,2}", "{1,3}", "{2,}", "{1,}?", "{0,1}?"];
        prop_oneof![
            3 => vec(inner.clone(), 1..4).prop_map(|parts| parts.concat()),
            2 => vec(inner.clone(), 2..4).prop_map(|parts| parts.join("|")),
            3 => inner.clone().prop_map(|inner| format!("({inner})")),
            1 => inner.clone().prop_map(|inner| format!("(?:{inner})")),
            1 => inner.clone().prop_map(|inner| format!("(?i:{inner})")),
            1 => inner.clone().prop_map(|inner| format!("(?<n>{inner})")),
            3 => (inner, proptest::sample::select(QUANTIFIERS)).prop_map(|(inner, quantifier)| format!("(?:{inner}){quantifier}")),
        ]
    })
}

/// Texts in which some of them find something.
fn text() -> impl Strategy<Value = String> {
    prop_oneof!["[12ab]{0,12}", "[12abAé. \\-\n]{0,16}", "[ -~é]{0,10}"]
}

/// What only one of the two takes, on purpose: flags that mean different things elsewhere, quantifiers that repeat one
/// another, brackets that stand for themselves, letters beyond ASCII whose case is ignored.
fn is_known_difference(source: &str, ignores_case: bool) -> bool {
    const HERE_REFUSED: &[&str] = &[
        "\\<", "\\>", "[]", "[^]", "{,", "{ ", " }", "}*", "}+", "}?", "}{", "\\b{", "x", "R", "[--", "[^--",
    ];
    let repeats_repeated = ["*", "+", "?"].iter().any(|first| {
        ["*", "+", "?", "{"]
            .iter()
            .any(|second| source.contains(&[*first, *second].concat()))
    });
    let has_letter_beyond_ascii = source
        .chars()
        .any(|character| !character.is_ascii() && character.is_alphabetic());
    let ignores_case = ignores_case || source.contains("(?i");
    repeats_repeated
        || ignores_case && has_letter_beyond_ascii
        || HERE_REFUSED.iter().any(|part| source.contains(part))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn finds_what_regex_lite_finds(source in pattern(), ignores_case: bool, texts in vec(text(), 1..6)) {
        let theirs = RegexBuilder::new(&source).case_insensitive(ignores_case).build();
        let ours = Regexp::compile(&source, Dialect::Perl, ignores_case);
        match (theirs, ours) {
            (Ok(theirs), Ok(ours)) => {
                prop_assert_eq!(theirs.captures_len() > 1, ours.has_group());
                for text in texts {
                    let expected = theirs.captures(&text).and_then(|found| found.get(1)).map(|group| (group.start(), group.as_str().to_owned()));
                    let found = ours.first_group(&text).map(|(start, group)| (start, group.to_owned()));
                    prop_assert_eq!(found, expected, "{:?} in {:?}", source, text);
                    // Only long texts are looked at so before.
                    for text in [text.repeat(5), text] {
                        prop_assert_eq!(search::may_match(&ours.0, &text), theirs.is_match(&text), "{:?} in {:?}", source, text);
                    }
                }
            }
            (Err(_), Err(_)) => {}
            (theirs, ours) => prop_assert!(is_known_difference(&source, ignores_case), "{source:?}: {theirs:?}, {ours:?}"),
        }
    }

    #[test]
    fn takes_what_regex_lite_takes(source in "[12ab()\\[\\]{}|*+?.^$\\\\<:=!PdwbsAz,\\-imx&~]{0,14}", ignores_case: bool, text in text()) {
        let theirs = RegexBuilder::new(&source).case_insensitive(ignores_case).size_limit(128 * 1024).build();
        match (theirs, Regexp::compile(&source, Dialect::Perl, ignores_case)) {
            (Ok(theirs), Ok(ours)) => {
                let expected = theirs.captures(&text).and_then(|found| found.get(1)).map(|group| group.as_str().to_owned());
                prop_assert_eq!(ours.first_group(&text).map(|(_, group)| group.to_owned()), expected, "{:?} in {:?}", source, text);
            }
            (Err(_), Err(_)) => {}
            (theirs, ours) => prop_assert!(is_known_difference(&source, ignores_case), "{source:?}: {theirs:?}, {ours:?}"),
        }
    }
}

#[test]
fn a_program_has_a_largest_size() {
    for source in [
        "(\\d{1000}){1000}",
        "((1{90}){90}){90}",
        "(1{5000})",
        &format!("({})", "[a-z1-9]{200}".repeat(40)),
        // Few steps, but each looks at many ranges.
        &format!("((?:[{}]?){{1980}})", "adgjmpsvy".repeat(100)),
    ] {
        assert!(Regexp::compile(source, Dialect::Perl, false).is_err(), "{source}");
    }
    assert!(Regexp::compile("(1{3000})", Dialect::Perl, false).is_ok());
    let deep = |depth: usize| ["(".repeat(depth), "1".to_owned(), ")".repeat(depth)].concat();
    assert!(Regexp::compile(&deep(40), Dialect::Perl, false).is_ok());
    assert!(Regexp::compile(&deep(400), Dialect::Perl, false).is_err());
}

#[test]
fn what_would_take_too_many_states_is_searched_as_it_is() {
    // No two places of a text are alike to this pattern: far more sets of steps than are kept.
    let pattern = Regexp::compile("^(?:[ab]?){900}(c)$", Dialect::Perl, false).expect("a pattern");
    let text = |end: char| {
        let mut seed = 1_u32;
        let letter = |_| {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            if seed & 0x10000 == 0 { 'a' } else { 'b' }
        };
        (0..255).map(letter).chain([end]).collect::<String>()
    };
    assert!(search::may_match(&pattern.0, &text('d')));
    assert_eq!(pattern.first_group(&text('d')), None);
    assert_eq!(pattern.first_group(&text('c')), Some((255, "c")));
}
