//! What is said of a call in which something is wrong or unusual.

#![cfg(not(target_arch = "wasm32"))]

use quickcall::{Call, CheckedCall, Config, ErrorCode, Issue, IssueCode, Quickcall, RefusalCode, Value};

/// The issues of a call with these members: severity, code, path, `expected` and `received` of each.
fn issues(members: &str) -> Vec<String> {
    let text = [
        r#"{"user": "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "number": "1001", "#,
        members,
        "}",
    ]
    .concat();
    let issues = match CheckedCall::check(&Call::from_json(&text).unwrap()) {
        Ok((_, warnings)) => warnings,
        Err(error) => error.issues,
    };
    let shown = |text: &Option<String>| text.clone().unwrap_or_else(|| "-".to_owned());
    let line = |issue: &Issue| {
        let (severity, code) = (issue.severity.as_str(), issue.code.as_str());
        format!(
            "{severity} {code} {} {} {}",
            issue.path.join("."),
            shown(&issue.expected),
            shown(&issue.received)
        )
    };
    issues.iter().map(line).collect()
}

#[test]
fn what_is_shown_is_what_javascript_has() {
    let call = Call::from(Value::from([("device", "d"), ("number", "a b")])).with("timeout", 700_u32);
    let config = Config::new("https://kazoo.example.com/v2", "0123456789abcdef0123456789abcdef");
    let error = Quickcall::new(&config).unwrap().build(&call).unwrap_err();
    let shown: Vec<String> = error
        .issues
        .iter()
        .map(|issue| format!("{issue} ({})", issue.code))
        .collect();
    assert!(
        shown.contains(&"timeout: The longest ring time is 600 seconds. (too_large)".to_owned()),
        "{shown:?}"
    );
    assert_eq!(format!("{} {}", error.code, error.outcome), "invalid not_placed");
    let not_an_object = Quickcall::new(&config)
        .unwrap()
        .build(&Call::from(Value::Null))
        .unwrap_err();
    assert_eq!(
        not_an_object.issues[0].to_string(),
        not_an_object.issues[0].message
    );
    let numbers = [
        Value::from(7_u16),
        Value::from(7),
        Value::from(7_u32),
        Value::from(7_i64),
    ];
    assert!(numbers.iter().all(|number| *number == numbers[0]));
}

#[test]
fn an_issue_says_what_should_stand_there_and_what_did() {
    let name = |length: usize| format!(r#""cidName": "{}""#, "\u{E9}".repeat(length));
    let cases: &[(&str, &[&str])] = &[
        (
            r#""cidName": "it's""#,
            &["error unsafe_character cidName \u{2019} (U+2019), which looks the same '"],
        ),
        (r#""cidName": "a^b""#, &["error unsafe_character cidName - ^"]),
        (r#""cidNumber": "1=2""#, &["error unsafe_character cidNumber - ="]),
        (r#""cidName": "A & B: $5""#, &["warning not_shown cidName - :"]),
        (r#""cidNumber": "A: 5""#, &[]),
        (r#""cidName": """#, &["error required cidName - -"]),
        (
            r#""cidName": "a\u0000""#,
            &["error unsafe_character cidName - U+0000"],
        ),
        (r#""cidName": "a\ud800""#, &["error unsafe_character cidName - -"]),
        (&name(35), &[]),
        (&name(36), &["warning too_long cidName at most 35 characters -"]),
        (
            r#""timeout": 2.5"#,
            &["error wrong_type timeout a whole number from 3 to 600 2.5"],
        ),
        (
            r#""timeout": 601"#,
            &["error too_large timeout a whole number from 3 to 600 601"],
        ),
        (
            r#""timeout": -123456789012345678901"#,
            &["error too_small timeout a whole number from 3 to 600 -123456789012345678901"],
        ),
        (
            r#""timeout": -1e99"#,
            &["error too_small timeout a whole number from 3 to 600 -1e+99"],
        ),
        (r#""timeout": 3"#, &["warning changed timeout - 3"]),
        (r#""timeout": "20""#, &["error wrong_type timeout number string"]),
        (r#""autoAnswer": true"#, &["warning ignored autoAnswer - -"]),
        (
            r#""media": "none""#,
            &[r#"error not_allowed media "bypass" or "process" -"#],
        ),
        (r#""blocking": null"#, &["error wrong_type blocking boolean null"]),
        (
            r#""ignoreEarlyMedia": []"#,
            &["error wrong_type ignoreEarlyMedia boolean array"],
        ),
        (
            r#""customApplicationVars": 7"#,
            &["error wrong_type customApplicationVars object number"],
        ),
        (r#""timout": 20"#, &["error unknown_key timout timeout -"]),
        (r#""colour": "red""#, &["error unknown_key colour - -"]),
        // The issue stands at the documented spelling, whichever came first.
        (
            r#""cid-name": "a", "cidName": "b""#,
            &["error duplicate_key cid-name - -"],
        ),
        (
            r#""cidName": "a", "cid-name": "b""#,
            &["error duplicate_key cid-name - -"],
        ),
        // So is what is judged.
        (
            r#""cidName": "a", "cid-name": 5"#,
            &[
                "error duplicate_key cid-name - -",
                "error wrong_type cid-name string number",
            ],
        ),
        (
            r#""cid-name": 5, "cidName": "a""#,
            &[
                "error duplicate_key cid-name - -",
                "error wrong_type cid-name string number",
            ],
        ),
        (
            r#""media": "bypass", "media": "process""#,
            &["error duplicate_key media - -"],
        ),
        // Vars.
        (
            r#""customApplicationVars": {"": "x", "a b": "x", "Owner-ID": "x", "A-b": "x", "a_b": "x", "n": null}"#,
            &[
                "error unsafe_character customApplicationVars. - -",
                "error unsafe_character customApplicationVars.a b - a space",
                "error reserved customApplicationVars.Owner-ID - -",
                "warning changed customApplicationVars.A-b a_b -",
                "warning collision customApplicationVars.a_b - -",
                "error wrong_type customApplicationVars.n string, number or boolean null",
            ],
        ),
        // Each option in a query becomes a var there: one of the same name is lost, one that is alike collides.
        (
            r#""autoAnswer": false, "customApplicationVars": {"auto-answer": "x", "auto_answer": "x", "Cid_Name": "x"}"#,
            &[
                "warning collision customApplicationVars.auto-answer - -",
                "error reserved customApplicationVars.auto_answer - -",
                "warning changed customApplicationVars.Cid_Name cid_name -",
                "warning ignored autoAnswer - -",
            ],
        ),
        (
            r#""autoAnswer": true, "timeout": 9, "customApplicationVars": {"auto_answer": "x", "cid_name": "x", "Timeout": "x"}"#,
            &[
                "warning changed customApplicationVars.Timeout timeout -",
                "warning ignored autoAnswer - -",
            ],
        ),
        (
            r#""blocking": false, "cidName": "S", "cid-number": "1", "autoAnswer": true,
               "customApplicationVars": {"cid_name": "x", "CID-Number": "x", "AUTO_answer": "x", "cid-name": "x"}"#,
            &[
                "warning collision customApplicationVars.cid_name - -",
                "warning collision customApplicationVars.CID-Number - -",
                "warning collision customApplicationVars.AUTO_answer - -",
                "error reserved customApplicationVars.cid-name - -",
                "warning ignored autoAnswer - -",
            ],
        ),
        (
            r#""blocking": false, "ignoreEarlyMedia": false, "media": "bypass", "targetCallId": "a", "timeout": 9,
               "customApplicationVars": {"ignore_early_media": "x", "Media": "x", "target-call-id": "x", "Timeout": "x"}"#,
            &[
                "warning collision customApplicationVars.ignore_early_media - -",
                "warning collision customApplicationVars.Media - -",
                "warning collision customApplicationVars.target-call-id - -",
                "warning collision customApplicationVars.Timeout - -",
            ],
        ),
        // What is not sent in the query collides with nothing.
        (
            r#""blocking": false, "numberFilter": true,
               "customApplicationVars": {"cid_name": "x", "Blocking": "x", "Number-Filter": "x", "Custom-Application-Vars": "x"}"#,
            &[
                "warning changed customApplicationVars.Blocking blocking -",
                "warning changed customApplicationVars.Number-Filter number_filter -",
                "warning changed customApplicationVars.Custom-Application-Vars custom_application_vars -",
            ],
        ),
        // Two keys with the same digest, by which keys are found again.
        (
            r#""customApplicationVars": {"ucnoab": "x", "tjudct": "x", "n": "x", "ucnoab": "x", "Tjudct": "x", "t-": "x"}"#,
            &[
                "error duplicate_key customApplicationVars.ucnoab - -",
                "warning collision customApplicationVars.Tjudct - -",
                "warning changed customApplicationVars.t- t_ -",
            ],
        ),
        (
            r#""customApplicationVars": {"v": "a\"b", "w": "", "x": "\ud800"}"#,
            &[
                "error unsafe_character customApplicationVars.v - \"",
                "error required customApplicationVars.w - -",
                "error unsafe_character customApplicationVars.x - -",
            ],
        ),
        (
            r#""customApplicationVars": {"blocking": "x", "media": "x", "user": "x", "number_filter": "x"}"#,
            &[],
        ),
        (
            r#""blocking": false, "customApplicationVars": {"blocking": "x", "media": "x", "user": "x", "number_filter": "x", "cidName": "x", "jsonp": "x"}"#,
            &[
                "error reserved customApplicationVars.media - -",
                "error reserved customApplicationVars.number_filter - -",
                "warning changed customApplicationVars.cidName cidname -",
                "error reserved customApplicationVars.jsonp - -",
            ],
        ),
        (
            r#""blocking": false, "targetCallId": "a=b", "cidName": "a=b""#,
            &[
                "warning not_shown cidName - =",
                "error unsafe_character cidName - =",
                "error unsafe_character targetCallId - =",
            ],
        ),
        (r#""targetCallId": "a=b""#, &[]),
        (
            r#""numberFilter": 7, "number": 8"#,
            &[
                "error duplicate_key number - -",
                "error wrong_type numberFilter boolean, string or RegExp number",
                "error wrong_type number string number",
            ],
        ),
    ];
    for (members, expected) in cases {
        assert_eq!(issues(members), *expected, "{members}");
    }
    // What is wrong with a number is said although its filter is wrong, too.
    let call = r#"{"user": "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "number": 7, "numberFilter": 8}"#;
    let error = CheckedCall::check(&Call::from_json(call).unwrap()).unwrap_err();
    let codes: Vec<&str> = error.issues.iter().map(|issue| issue.code.as_str()).collect();
    assert_eq!(codes, ["wrong_type", "wrong_type"]);
}

#[test]
fn no_number_takes_long() {
    let digits = "9".repeat(10_000);
    for number in [
        "0e2147483647",
        "0e-2147483648",
        "1e2147483647",
        "0.0e999999999999",
        &digits,
    ] {
        for _ in 0..20 {
            let found = issues(&format!(r#""timeout": {number}"#));
            assert_eq!(found.len(), 1, "{found:?}");
        }
    }
}

#[test]
fn a_slip_finds_the_name_that_was_meant() {
    for (typed, meant) in [
        ("timout", Some("timeout")),
        ("TIME_OUT", Some("timeout")),
        ("numbr", Some("number")),
        ("media2", Some("media")),
        ("xdevice", Some("device")),
        ("evice", Some("device")),
        ("cidNmbr", Some("cidNumber")),
        ("cidNbr", None),
        ("mdie", Some("media")),
        ("usre", Some("user")),
        ("blocking12", Some("blocking")),
        ("blocking12x", Some("blocking")),
        ("xyz", None),
        ("customApplicationVarsOfThisCall", None),
        (&"number".repeat(11), None),
    ] {
        let call = Call::from(Value::from([(typed, "x")]));
        let error = CheckedCall::check(&call).unwrap_err();
        assert_eq!(error.issues[0].code, IssueCode::UnknownKey, "{typed}");
        assert_eq!(error.issues[0].expected.as_deref(), meant, "{typed}");
        let shown: String = typed.chars().take(64).collect();
        assert!(error.issues[0].message.contains(&format!("`{shown}`")), "{typed}");
    }
}

#[test]
fn issues_and_errors_are_json() {
    let call = r#"{"user": "x/y\u0001", "number": "1\u00012", "cidName": "\"\\\n\r\t\u001f"}"#;
    let error = CheckedCall::check(&Call::from_json(call).unwrap()).unwrap_err();
    let json: serde_json::Value = serde_json::from_str(&error.to_json()).unwrap();
    assert_eq!(json["code"], "invalid");
    assert_eq!(json["outcome"], "not_placed");
    assert_eq!(json["message"], error.message);
    assert_eq!(json["message"], error.to_string());
    assert_eq!(json.as_object().unwrap().len(), 4);
    for issue in &error.issues {
        assert!(error.message.contains(&issue.message), "{}", error.message);
        assert!(
            error.message.contains(&format!(" {}: ", issue.path.join("."))),
            "{}",
            error.message
        );
    }
    let issue = r#"{"severity":"error","code":"unsafe_character","path":["user"],"message":"U+0001 is not allowed here: a control character breaks the request.","received":"U+0001"}"#;
    assert_eq!(error.issues[0].to_json(), issue);
    let all: Vec<serde_json::Value> = error
        .issues
        .iter()
        .map(|issue| serde_json::from_str(&issue.to_json()).unwrap())
        .collect();
    assert_eq!(json["issues"], serde_json::Value::from(all));
    let key = "a\"\\\u{8}\n\r\t\u{1}\u{1F}\u{7F}\u{E9}/";
    let strange = Call::to_user("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "1001").with(key, 1);
    let issue = CheckedCall::check(&strange).unwrap_err().issues[0].to_json();
    let path = concat!(r#""path":["a\"\\\u0008\n\r\t\u0001\u001F"#, "\u{7F}\u{E9}/\"]");
    assert!(issue.contains(path), "{issue}");
    let error = CheckedCall::check(&Call::from(Value::Null)).unwrap_err();
    assert_eq!(
        error.message,
        "No call was placed: something that was given is wrong. This must be of type object, not null."
    );
    // Warnings are no part of the message.
    let call = Call::to_user("unusual", "/");
    let error = CheckedCall::check(&call).unwrap_err();
    assert!(
        error.issues.len() == 2 && !error.message.contains("Ids have"),
        "{}",
        error.message
    );
}

/// The members of a union of texts in the package's types.
fn union(name: &str) -> Vec<&'static str> {
    let types = include_str!("../pkg/src/types.js");
    let end = format!("}} {name}");
    let line = types.lines().find(|line| line.ends_with(&end)).unwrap();
    line.split('"').skip(1).step_by(2).collect()
}

#[test]
fn the_types_of_javascript_have_every_code() {
    let issues: Vec<_> = IssueCode::ALL.iter().map(|code| code.as_str()).collect();
    assert_eq!(union("IssueCode"), issues);

    // What goes wrong before the core is there, or because of where it runs, is no error of the core.
    const ELSEWHERE: [&str; 3] = ["not_ready", "load_failed", "token_in_browser"];
    let mut class = union("ClassCode");
    class.retain(|code| !ELSEWHERE.contains(code));
    let core: Vec<_> = ErrorCode::ALL.iter().map(|code| code.as_str()).collect();
    assert_eq!(class, core);

    let mut refusals: Vec<_> = RefusalCode::ALL.iter().map(|code| code.as_str()).collect();
    refusals.retain(|code| !core.contains(code));
    refusals.sort_unstable();
    let mut handler = union("HandlerCode");
    handler.sort_unstable();
    assert_eq!(handler, refusals);
}
