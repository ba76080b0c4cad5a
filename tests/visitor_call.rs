//! What a visitor may ask a handler for: whatever it is, only numbers that the owner allows are dialled.

#![cfg(not(target_arch = "wasm32"))]

use proptest::prelude::*;
use quickcall::{Allowed, Handler, IssueCode, Value};
use serde_json::{Value as Json, json};

/// A handler that allows `+1415` and `+4420` but not `+1415900`, with these members besides.
fn handler(more: &str) -> Handler {
    let config = [
        r#"{"baseUrl": "https://kazoo.example.com/v2", "accountId": "0123456789abcdef0123456789abcdef", "authToken": "string",
            "endpoints": {"sales": {"user": "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"}}, "origins": ["https://www.example.com"],
            "destinations": {"allow": ["+1415", "+4420"], "deny": ["+1415900"], "extensions": true}"#,
        more,
        "}",
    ];
    Handler::new(&Value::from_json(&config.concat()).unwrap(), None)
        .unwrap_or_else(|error| panic!("{error:?}"))
}

/// What comes of a body: the number that is dialled, or the code of the refusal.
fn decision(handler: &Handler, body: &[u8]) -> Result<String, &'static str> {
    let judged = handler
        .judge(Some("https://www.example.com"), Some("0123456789abcdef"), body)
        .map_err(|refusal| refusal.code.as_str())?;
    let allowed = judged.allowed.map_err(|refusal| refusal.code.as_str())?;
    Ok(allowed.request.number)
}

fn of_number(handler: &Handler, number: &str) -> Result<String, &'static str> {
    let body = json!({"endpoint": "sales", "number": number});
    decision(handler, body.to_string().as_bytes())
}

#[test]
fn what_is_judged_is_what_is_dialled() {
    let handler = handler("");
    for (typed, dialled) in [
        ("+14155550100", "+14155550100"),
        ("+1 (415) 555-0100", "+14155550100"),
        ("\u{FF0B}\u{FF11}\u{FF14}\u{FF11}\u{FF15}5550100", "+14155550100"),
        ("+\u{0661}\u{0664}\u{0661}\u{0665}5550100", "+14155550100"),
        ("+1\u{200B}415\u{202E}5550100\u{FEFF}", "+14155550100"),
        ("+44 20 7946 0000", "+442079460000"),
        ("42", "42"),
        ("100200", "100200"),
    ] {
        assert_eq!(of_number(&handler, typed).as_deref(), Ok(dialled), "{typed}");
    }
}

#[test]
fn nothing_else_is_dialled() {
    let handler = handler("");
    let refused = [
        // Not allowed, denied, too short, too long.
        "+15005550100",
        "+1415900",
        "+14159005550",
        "+1 415-900-5550",
        "+14",
        "+1415555010012345",
        "+",
        "++14155550100",
        "+1415+5550100",
        "14155550100",
        "0014155550100",
        "01114155550100",
        "+01114155550100",
        "+0014155550100",
        // A zero behind the country code does not hide a denied prefix.
        "+10415900555",
        "+100415900555",
        // Codes, letters, pauses, extensions.
        "*72",
        "#31#+14155550100",
        "*31*+14155550100",
        "+1415555*0100",
        "+1415555#",
        "+1415FLOWERS",
        "+14155550100x12",
        "+14155550100 ext. 12",
        "+14155550100;ext=12",
        "+14155550100,,900",
        "+14155550100p900",
        "+14155550100w900",
        "+1 (0) 4155550100",
        "+1415_5550100",
        // Other alphabets, encodings, injections.
        "%2B14155550100",
        "+1415%35550100",
        "+1415\u{0966}5550100",
        "+1415\u{1D7CE}5550100",
        "+1415\u{00B2}5550100",
        "+1415\n5550100\u{0000}",
        "+14155550100'",
        "+14155550100^",
        "+14155550100/../users",
        "tel:+14155550100",
        "sip:+14155550100@evil.example",
        "users",
        "1",
        "1000000",
        "-",
        "\u{200B}",
    ];
    for number in refused {
        let code = of_number(&handler, number).expect_err(number);
        assert!(
            matches!(code, "invalid" | "destination_refused"),
            "{number}: {code}"
        );
    }
}

#[test]
fn the_owners_filter_decides_what_is_dialled_and_the_policy_judges_that() {
    let handler = handler(r#", "options": {"numberFilter": "([+]?[0-9]+)$"}"#);
    assert_eq!(
        of_number(&handler, "+15005550100 +14155550100").as_deref(),
        Ok("+14155550100")
    );
    assert_eq!(
        of_number(&handler, "+14155550100 +15005550100"),
        Err("destination_refused")
    );
}

#[test]
fn the_shape_of_a_request_leaves_no_room() {
    let handler = handler(r#", "visitorOptions": ["customApplicationVars", "cidName"]"#);
    let good = r#""endpoint": "sales", "number": "+14155550100""#;
    let cases: &[(&str, &str)] = &[
        (r#"{GOOD}"#, ""),
        (
            r#" {GOOD, "verification": "x", "cidName": "A", "customApplicationVars": {"a": "b"}} "#,
            "",
        ),
        (r#"{GOOD, "custom_application_vars": {"a": "b"}}"#, ""),
        ("", "bad_request"),
        ("null", "bad_request"),
        ("[]", "bad_request"),
        (r#""text""#, "bad_request"),
        (r#"{GOOD} {}"#, "bad_request"),
        (r#"{GOOD,}"#, "bad_request"),
        (r#"{GOOD, "number": "+14155550101"}"#, "bad_request"),
        (r#"{"number": "+15005550100", GOOD}"#, "bad_request"),
        (r#"{GOOD, "n\u0075mber": "+15005550100"}"#, "bad_request"),
        (r#"{GOOD, "endpoint": "sales"}"#, "bad_request"),
        (
            r#"{GOOD, "customApplicationVars": {"a": "b", "a": "c"}}"#,
            "bad_request",
        ),
        (
            r#"{GOOD, "customApplicationVars": {}, "custom_application_vars": {}}"#,
            "bad_request",
        ),
        (r#"{GOOD, "customApplicationVars": []}"#, "bad_request"),
        (r#"{GOOD, "customApplicationVars": null}"#, "bad_request"),
        (r#"{GOOD, "__proto__": {"timeout": 5}}"#, "bad_request"),
        (r#"{GOOD, "constructor": {}}"#, "bad_request"),
        (
            r#"{GOOD, "user": "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"}"#,
            "bad_request",
        ),
        (
            r#"{GOOD, "device": "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"}"#,
            "bad_request",
        ),
        (r#"{GOOD, "verification": 7}"#, "bad_request"),
        (r#"{"endpoint": "sales"}"#, "bad_request"),
        (r#"{"number": "+14155550100"}"#, "bad_request"),
        (
            r#"{"endpoint": ["sales"], "number": "+14155550100"}"#,
            "bad_request",
        ),
        (r#"{"endpoint": "sales", "number": 14155550100}"#, "bad_request"),
        (
            r#"{"endpoint": "sales", "number": ["+14155550100"]}"#,
            "bad_request",
        ),
        (r#"{"endpoint": "sales", "number": "\ud800"}"#, "bad_request"),
        (r#"{"endpoint": "sales", "number": ""}"#, "bad_request"),
        (
            r#"{"endpoint": "Sales", "number": "+14155550100"}"#,
            "unknown_endpoint",
        ),
        (
            r#"{"endpoint": "sales ", "number": "+14155550100"}"#,
            "unknown_endpoint",
        ),
        (
            r#"{"endpoint": "__proto__", "number": "+14155550100"}"#,
            "unknown_endpoint",
        ),
        (
            r#"{"endpoint": "toString", "number": "+14155550100"}"#,
            "unknown_endpoint",
        ),
        (
            r#"{"endpoint": "constructor", "number": "+14155550100"}"#,
            "unknown_endpoint",
        ),
        (
            r#"{"endpoint": "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "number": "+14155550100"}"#,
            "unknown_endpoint",
        ),
        (r#"{GOOD, "numberFilter": false}"#, "invalid"),
        (r#"{GOOD, "number_filter": "([0-9]+)"}"#, "invalid"),
        (r#"{GOOD, "timeout": 600}"#, "invalid"),
        (r#"{GOOD, "blocking": false}"#, "invalid"),
        (r#"{GOOD, "autoAnswer": true}"#, "invalid"),
        (r#"{GOOD, "cid-number": "+14155550199"}"#, "invalid"),
        (r#"{GOOD, "targetCallId": "x"}"#, "invalid"),
        (r#"{GOOD, "cidName": "it's"}"#, "invalid"),
        (r#"{GOOD, "customApplicationVars": {"a": "b=c"}}"#, "invalid"),
        (r#"{GOOD, "customApplicationVars": {"Owner-ID": "b"}}"#, "invalid"),
        (r#"{GOOD, "customApplicationVars": {"a": {"b": "c"}}}"#, "invalid"),
    ];
    for (body, code) in cases {
        let body = body.replace("GOOD", good);
        let result = decision(&handler, body.as_bytes());
        let expected = if code.is_empty() {
            Ok("+14155550100".to_owned())
        } else {
            Err(*code)
        };
        assert_eq!(result, expected, "{body}");
    }
    assert_eq!(
        decision(&handler, b"{\"endpoint\": \"sales\", \"number\": \"\xFF\"}"),
        Err("bad_request")
    );
    let large = ["{", good, "}", &" ".repeat(4096)].concat();
    assert_eq!(decision(&handler, large.as_bytes()), Err("too_large"));
}

#[test]
fn half_of_a_surrogate_pair_is_named_and_not_taken_for_another_type() {
    let handler = handler("");
    for (body, path) in [
        (r#"{"endpoint": "\ud800", "number": "+14155550100"}"#, "endpoint"),
        (r#"{"endpoint": "sales", "number": "+1415555\ud800"}"#, "number"),
        (
            r#"{"endpoint": "sales", "number": "+14155550100", "verification": "\ud800"}"#,
            "verification",
        ),
    ] {
        let refusal = handler
            .judge(
                Some("https://www.example.com"),
                Some("0123456789abcdef"),
                body.as_bytes(),
            )
            .unwrap_err();
        let issues: Vec<_> = refusal
            .issues
            .iter()
            .map(|issue| (issue.code, issue.path.clone(), issue.message.as_str()))
            .collect();
        let message = "The text holds half of a surrogate pair. It cannot be sent: it is no character.";
        assert_eq!(
            issues,
            [(IssueCode::UnsafeCharacter, vec![path.to_owned()], message)],
            "{body}"
        );
    }
}

#[test]
fn a_visitor_never_sets_a_var_that_the_owner_sets() {
    let handler = handler(
        r#", "visitorOptions": ["customApplicationVars"], "options": {"custom_application_vars": {"Site-Id": "7"}}"#,
    );
    let body = |vars: &str| {
        [
            r#"{"endpoint": "sales", "number": "+14155550100", "customApplicationVars": "#,
            vars,
            "}",
        ]
        .concat()
    };
    assert!(decision(&handler, body(r#"{"page": "x"}"#).as_bytes()).is_ok());
    for vars in [
        r#"{"Site-Id": "8"}"#,
        r#"{"site_id": "8"}"#,
        r#"{"SITE-ID": "8"}"#,
    ] {
        assert_eq!(
            decision(&handler, body(vars).as_bytes()),
            Err("invalid"),
            "{vars}"
        );
    }
}

#[test]
fn an_issue_tells_nothing_of_the_owners_configuration() {
    // An id that is unusual is a warning at its name, which no visitor wrote.
    let config = r#"{"baseUrl": "https://kazoo.example.com/v2", "accountId": "0123456789abcdef0123456789abcdef",
        "authToken": "string", "endpoints": {"sales": {"user": "unusual-id"}}, "origins": ["https://www.example.com"],
        "destinations": {"allow": ["+1415"]}, "visitorOptions": ["cidName"]}"#;
    let handler = Handler::new(&Value::from_json(config).unwrap(), None).unwrap();
    let body = br#"{"endpoint": "sales", "number": "+1415555,0100", "cidName": "it's"}"#;
    let judged = handler
        .judge(Some("https://www.example.com"), Some("0123456789abcdef"), body)
        .unwrap();
    let refusal = judged.allowed.unwrap_err();
    let paths: Vec<String> = refusal.issues.iter().map(|issue| issue.path.join(".")).collect();
    assert_eq!(paths, ["number", "cidName"]);
    let text = refusal.to_json();
    assert!(!text.contains("unusual-id") && !text.contains("user"), "{text}");
}

#[test]
fn where_an_answer_must_come_soon_phones_ring_shorter() {
    let config = |options: &str| {
        let text = [
            r#"{"baseUrl": "https://kazoo.example.com/v2", "accountId": "0123456789abcdef0123456789abcdef", "authToken": "string",
               "endpoints": {"sales": {"device": "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"}}, "origins": ["https://a.example"],
               "destinations": {"allow": ["+1"]}, "options": "#,
            options,
            "}",
        ];
        Value::from_json(&text.concat()).unwrap()
    };
    for (options, limit, ring_time, deadline) in [
        ("{}", None, 30, 40_000),
        ("{}", Some(25), 20, 24_000),
        (r#"{"timeout": 60}"#, Some(25), 20, 24_000),
        (r#"{"timeout": 3}"#, Some(25), 20, 24_000),
        (r#"{"timeout": 10}"#, Some(25), 10, 14_000),
        (r#"{"blocking": false}"#, Some(25), 20, 4_000),
    ] {
        let handler = Handler::new(&config(options), limit).unwrap();
        let body = br#"{"endpoint": "sales", "number": "+14155550100"}"#;
        let judged = handler
            .judge(Some("https://a.example"), Some("0123456789abcdef"), body)
            .unwrap();
        let allowed = judged.allowed.unwrap();
        let found = (allowed.request.asked.ring_time, allowed.deadline);
        assert_eq!(found, (ring_time, deadline), "{options} {limit:?}");
    }
}

proptest! {
    /// Whatever is typed, what is dialled is a number that the owner allowed.
    #[test]
    fn whatever_is_typed_nothing_else_is_dialled(number in r"[+0-9 ().*#x,;\u{FF10}-\u{FF19}\u{0660}-\u{0669}\u{200B}-\u{200F}a-z%]{0,24}") {
        let handler = handler("");
        if let Ok(dialled) = of_number(&handler, &number) {
            prop_assert!(is_allowed(&dialled), "{dialled}");
        }
    }

    /// Whatever a body holds, what is dialled is a number that the owner allowed, from the owner's endpoint.
    #[test]
    fn whatever_is_asked_for_nothing_else_is_dialled(members in proptest::collection::vec(member(), 0..4)) {
        let handler = handler(
            r#", "visitorOptions": ["timeout", "blocking", "media", "cidName", "cidNumber", "customApplicationVars"]"#,
        );
        let usual = [("endpoint", "sales"), ("number", "+14155550100")];
        let usual = usual.map(|(name, value)| (name.to_owned(), Json::from(value)));
        let body = Json::Object(usual.into_iter().chain(members).collect()).to_string();
        let judged = handler.judge(Some("https://www.example.com"), Some("0123456789abcdef"), body.as_bytes());
        if let Some(Allowed { request, .. }) = judged.ok().and_then(|judged| judged.allowed.ok()) {
            prop_assert!(is_allowed(&request.number), "{}", request.number);
            let path = [OF_SALES, &request.number.replace('+', "%2B")].concat();
            prop_assert_eq!(request.url.split('?').next(), Some(path.as_str()));
        }
    }
}

/// Where the calls of [`handler`]'s endpoint go to.
const OF_SALES: &str = "https://kazoo.example.com/v2/accounts/0123456789abcdef0123456789abcdef/users/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/quickcall/";

/// Whether [`handler`] may dial a number: one of its destinations, or an extension.
fn is_allowed(dialled: &str) -> bool {
    let digits = dialled.strip_prefix('+').unwrap_or(dialled);
    let is_listed = dialled.starts_with("+1415") || dialled.starts_with("+4420");
    digits.bytes().all(|byte| byte.is_ascii_digit())
        && if dialled.starts_with('+') {
            (3..=15).contains(&digits.len()) && is_listed && !dialled.starts_with("+1415900")
        } else {
            (2..=6).contains(&digits.len())
        }
}

/// A member of a body: most fit, and the others are what no visitor names, or of no right type.
fn member() -> impl Strategy<Value = (String, Json)> {
    let named = |name: &'static str, value: BoxedStrategy<Json>| value.prop_map(move |value| (name, value));
    let number = prop_oneof![
        "[+](1415|1415900|4420|44020|49|1911)[0-9]{4,8}".prop_map(Json::from),
        "[+0-9 ().x#*,]{1,16}".prop_map(Json::from),
    ];
    let others = vec![
        "endpoint",
        "user",
        "device",
        "numberFilter",
        "number_filter",
        "verification",
        "__proto__",
    ];
    let vars = ("[a-z_]{1,8}", "[+0-9a-z]{0,8}").prop_map(|(name, value)| json!({ name: value }));
    let anything = prop_oneof![
        ".{0,12}".prop_map(Json::from),
        (0..100).prop_map(Json::from),
        any::<bool>().prop_map(Json::from),
        Just(json!(["(.*)"])),
        Just(Json::Null),
    ];
    prop_oneof![
        9 => named("number", number.boxed()),
        2 => named("timeout", (0..100).prop_map(Json::from).boxed()),
        2 => named("blocking", any::<bool>().prop_map(Json::from).boxed()),
        2 => named("media", Just(Json::from("bypass")).boxed()),
        2 => named("cidName", ".{0,12}".prop_map(Json::from).boxed()),
        2 => named("cid-number", "[+0-9]{1,8}".prop_map(Json::from).boxed()),
        2 => named("customApplicationVars", vars.boxed()),
        1 => (proptest::sample::select(others), anything),
    ]
    .prop_map(|(name, value)| (name.to_owned(), value))
}
