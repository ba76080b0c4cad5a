//! What is said to people and programs: issues, errors, results, commands.

#![cfg(not(target_arch = "wasm32"))]

use quickcall::{
    Asked, Call, CheckedCall, ErrorCode, Issue, IssueCode, MAX_BODY, Number, NumberFilter, Outcome, Path,
    Placed, QuickcallError, Refusal, RefusalCode, Reply, Token, Value, to_curl,
};

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
        ("\u{1F600}", off.clone(), "U+01F600", 0, "cannot be dialled"),
        ("1\u{E9}", off.clone(), "\u{E9}", 1, "cannot be dialled"),
        ("1 ", off.clone(), "a space", 1, "cannot be dialled"),
        ("12\u{200B}", off.clone(), "U+200B", 2, "cannot be dialled"),
        ("12\u{FFFF}", off.clone(), "U+FFFF", 2, "cannot be dialled"),
        ("12\u{10FFFF}", off.clone(), "U+10FFFF", 2, "cannot be dialled"),
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
        (regexp("(1)", "m"), NumberFilterUnsupported, "this flag"),
        (regexp("(1)", "giu"), NumberFilterUnsupported, "this flag"),
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
        (Value::from("(?x)(1)"), NumberFilterInvalid, "a flag in it"),
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
    let issue = number(Value::from("1"), &Value::from("(?=1)(1)")).unwrap_err();
    assert_eq!((&issue.received, &issue.expected), (&None, &None));
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
        "The call was not placed: something in it is wrong.: This must be of type object, not null."
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

/// What a server's answer means for a blocking call, where it took this long.
fn outcome(status: u16, body: &[u8], took: u64) -> Result<Placed, QuickcallError> {
    let token = Token::new("secret");
    let reply = Reply {
        status,
        body: Some(body),
        request_id: Some("r-1"),
        retry_after: Some(7),
        took,
        token: token.as_ref(),
    };
    reply.outcome(Asked {
        blocking: true,
        ring_time: 20,
    })
}

const STARTED: &str = r#"{"status": "success", "request_id": "ID", "data": {
    "application_name": "transfer", "application_response": "SUCCESS", "timeout": 20, "media": "process",
    "ignore_early_media": true, "application_data": {"route": "1001"}, "custom_application_vars": {"a": "b", "c": 7},
    "outbound_callee_id_name": "n1", "outbound_callee_id_number": "n2", "outbound_caller_id_name": "n3",
    "outbound_caller_id_number": "n4",
    "endpoints": [{"outbound_call_id": "0123456789abcdef0123456789abcdef0123-quickcall", "custom_channel_vars": {"auto_answer": false}},
        {"outbound_call_id": "0123456789abcdef0123456789abcdef4567-quickcall"}, {"outbound_call_id": "other"}]}}"#;

#[test]
fn a_call_that_was_placed_is_json() {
    let placed = outcome(200, STARTED.as_bytes(), 5).unwrap();
    let expected = concat!(
        r#"{"state":"started","callIds":["0123456789abcdef0123456789abcdef0123-quickcall","#,
        r#""0123456789abcdef0123456789abcdef4567-quickcall"],"requestId":"ID","status":200,"originate":"#,
        r#"{"route":"1001","media":"process","timeout":20,"ignoreEarlyMedia":true,"autoAnswer":false,"#,
        r#""customApplicationVars":{"a":"b"},"calleeIdName":"n1","calleeIdNumber":"n2","callerIdName":"n3","callerIdNumber":"n4"}}"#
    );
    assert_eq!(placed.to_json(), expected);
    assert_eq!(placed.originate.timeout, Some(20));
}

#[test]
fn a_text_of_a_server_is_taken_over_where_it_is_plain() {
    let long = "x".repeat(1_024);
    let longer = "x".repeat(1_025);
    for (text, is_kept) in [
        ("plain", true),
        ("a\u{9}b", false),
        ("my secret", false),
        (&long, true),
        (&longer, false),
    ] {
        let body: serde_json::Value = serde_json::from_str(STARTED).unwrap();
        let mut body = body;
        body["data"]["media"] = text.into();
        let placed = outcome(200, body.to_string().as_bytes(), 5).unwrap();
        assert_eq!(placed.originate.media.as_deref(), is_kept.then_some(text));
    }
    // The id of the request: the body's, or else the header's.
    let long = "x".repeat(128);
    let longer = "x".repeat(129);
    for (id, expected) in [
        ("r-2", Some("r-2")),
        (&long, Some(long.as_str())),
        (&longer, None),
        ("a b", None),
        ("", None),
        ("a-secret", Some("r-1")),
    ] {
        let placed = outcome(200, STARTED.replace("ID", id).as_bytes(), 5).unwrap();
        assert_eq!(placed.request_id.as_deref(), expected, "{id}");
    }
    for (given, expected) in [
        ("30.5", None),
        ("\"30\"", None),
        ("1e30", None),
        ("3e1", Some(30)),
        ("1e15", Some(1_000_000_000_000_000)),
        ("1e16", None),
        ("9007199254740992", Some(9_007_199_254_740_992)),
        ("9007199254740993", None),
    ] {
        let body = STARTED.replace(r#""timeout": 20"#, &format!(r#""timeout": {given}"#));
        let placed = outcome(200, body.as_bytes(), 5).unwrap();
        assert_eq!(placed.originate.timeout, expected, "{given}");
    }
}

#[test]
fn an_error_says_what_the_server_said() {
    let error = outcome(429, b"{}", 5).unwrap_err();
    let json = format!(
        r#"{{"code":"rate_limited","outcome":"not_placed","message":"{}","issues":[],"status":429,"requestId":"r-1","retryAfter":7}}"#,
        ErrorCode::RateLimited.message()
    );
    assert_eq!(error.to_json(), json);
    let cause = |text: &str| {
        let body = serde_json::json!({
            "status": "error", "message": "quickcall initiation failed", "data": {"error_message": text}
        });
        outcome(500, body.to_string().as_bytes(), 5)
            .unwrap_err()
            .hangup_cause
    };
    let long = "A".repeat(64);
    let longer = "A".repeat(65);
    for (text, is_kept) in [
        ("USER_BUSY", true),
        ("CAUSE_99", true),
        (&long, true),
        (&longer, false),
        ("", false),
        ("user_busy", false),
        ("USER BUSY", false),
    ] {
        assert_eq!(cause(text).as_deref(), is_kept.then_some(text), "{text}");
    }
    // A cause belongs to the one definite failure only.
    for (status, message, code) in [
        (500, "quickcall initiation failed", ErrorCode::OriginateFailed),
        (503, "quickcall initiation failed", ErrorCode::ServerError),
        (500, "unspecified_fault", ErrorCode::NoEndpoints),
        (502, "unspecified_fault", ErrorCode::ServerError),
        (500, "init failed", ErrorCode::ServerError),
    ] {
        let body = serde_json::json!({"status": "error", "message": message, "data": {"error_message": "USER_BUSY"}});
        let error = outcome(status, body.to_string().as_bytes(), 5).unwrap_err();
        assert_eq!(error.code, code, "{status} {message}");
        assert_eq!(error.hangup_cause.is_some(), code == ErrorCode::OriginateFailed);
        let success = body.to_string().replace("\"error\"", "\"success\"");
        let error = outcome(status, success.as_bytes(), 5).unwrap_err();
        assert_eq!(error.code, ErrorCode::ServerError, "{success}");
    }
    for (status, code, outcome_of) in [
        (0, ErrorCode::BadResponse, Outcome::Unknown),
        (199, ErrorCode::BadResponse, Outcome::Unknown),
        (300, ErrorCode::BadResponse, Outcome::Unknown),
        (399, ErrorCode::BadResponse, Outcome::Unknown),
        (400, ErrorCode::Rejected, Outcome::NotPlaced),
        (408, ErrorCode::ServerError, Outcome::Unknown),
        (499, ErrorCode::Rejected, Outcome::NotPlaced),
        (500, ErrorCode::ServerError, Outcome::Unknown),
        (599, ErrorCode::ServerError, Outcome::Unknown),
        (600, ErrorCode::BadResponse, Outcome::Unknown),
    ] {
        let error = outcome(status, STARTED.as_bytes(), 5).unwrap_err();
        assert_eq!((error.code, error.outcome), (code, outcome_of), "{status}");
        assert_eq!(error.status, (status > 0).then_some(status));
    }
}

#[test]
fn nobody_answered_where_the_ring_time_has_passed() {
    for (took, blocking, unanswered) in [
        (18_999, true, false),
        (19_000, true, true),
        (25_000, true, true),
        (25_000, false, false),
    ] {
        let reply = Reply {
            status: 200,
            body: Some(b"{}"),
            request_id: None,
            retry_after: None,
            took,
            token: None,
        };
        let asked = Asked {
            blocking,
            ring_time: 20,
        };
        let error = reply.outcome(asked).unwrap_err();
        assert_eq!(error.code, ErrorCode::Unconfirmed);
        assert_eq!(error.unanswered, unanswered, "{took} {blocking}");
        assert_eq!(error.to_json().contains(r#""unanswered":true"#), unanswered);
    }
}

#[test]
fn a_body_is_read_up_to_a_mebibyte() {
    for (length, is_read) in [(MAX_BODY, true), (MAX_BODY + 1, false)] {
        let body = [STARTED, &" ".repeat(length - STARTED.len())].concat();
        assert_eq!(outcome(200, body.as_bytes(), 5).is_ok(), is_read);
    }
    let cut_off = Reply {
        status: 200,
        body: None,
        request_id: None,
        retry_after: None,
        took: 5,
        token: None,
    };
    let asked = Asked {
        blocking: true,
        ring_time: 20,
    };
    assert_eq!(cut_off.outcome(asked).unwrap_err().code, ErrorCode::BadResponse);
    for body in ["[]", "1", "", "{} x"] {
        assert_eq!(
            outcome(200, body.as_bytes(), 5).unwrap_err().code,
            ErrorCode::BadResponse
        );
    }
}

#[test]
fn a_refusal_is_json() {
    let mut refusal = Refusal::from(RefusalCode::Limited);
    refusal.retry_after = Some(9);
    let expected = r#"{"error":{"code":"limited","outcome":"not_placed","message":"The call was not placed: there were too many calls. Wait, then call again.","issues":[],"retryAfter":9}}"#;
    assert_eq!(refusal.to_json(), expected);
    let issue = Call::from(Value::Null);
    refusal.issues = CheckedCall::check(&issue).unwrap_err().issues;
    refusal.retry_after = None;
    let json: serde_json::Value = serde_json::from_str(&refusal.to_json()).unwrap();
    assert_eq!(
        json["error"]["message"],
        "The call was not placed: there were too many calls. Wait, then call again. : This must be of type object, not null."
    );
    assert_eq!(json["error"]["issues"][0]["code"], "wrong_type");
    for code in RefusalCode::ALL {
        let json: serde_json::Value = serde_json::from_str(&Refusal::from(*code).to_json()).unwrap();
        assert_eq!(json["error"]["code"], code.as_str());
        assert_eq!(json["error"]["outcome"], code.outcome().as_str());
    }
}

type Headers = &'static [(&'static str, &'static str)];

#[test]
fn a_command_is_what_a_shell_takes_for_these_words() {
    let json: Headers = &[("Content-Type", "application/json")];
    let with_token: Headers = &[("x-auth-token", "t"), ("A", "b")];
    let with_key: Headers = &[("Idempotency-Key", "k")];
    let cases: &[(&str, &str, Headers, Option<&str>, &str)] = &[
        (
            "GET",
            "https://a.example/it's",
            &[],
            None,
            r#"curl -X GET -H "X-Auth-Token: $AUTH_TOKEN" 'https://a.example/it'\''s'"#,
        ),
        (
            "POST",
            "https://[::1]/a",
            json,
            Some("{\"a\":\"'\"}"),
            r#"curl -X POST --globoff -H "X-Auth-Token: $AUTH_TOKEN" -H 'Content-Type: application/json' --data-raw '{"a":"'\''"}' 'https://[::1]/a'"#,
        ),
        (
            "GET",
            "u",
            with_token,
            None,
            r#"curl -X GET -H "X-Auth-Token: $AUTH_TOKEN" -H 'A: b' 'u'"#,
        ),
        (
            "POST",
            "u",
            with_key,
            None,
            "curl -X POST -H 'Idempotency-Key: k' 'u'",
        ),
        ("", "u", with_key, None, "curl -X '' -H 'Idempotency-Key: k' 'u'"),
        (
            "a;b",
            "u",
            with_key,
            None,
            "curl -X 'a;b' -H 'Idempotency-Key: k' 'u'",
        ),
    ];
    for (method, url, headers, body, expected) in cases {
        assert_eq!(to_curl(method, url, headers, *body), *expected);
    }
}

#[test]
fn a_token_is_visible_ascii_and_is_never_shown() {
    for (text, is_token) in [
        ("a", true),
        ("", false),
        ("a b", false),
        ("a\n", false),
        ("\u{E9}", false),
        (&"x".repeat(8_192), true),
        (&"x".repeat(8_193), false),
    ] {
        assert_eq!(Token::new(text).is_some(), is_token);
    }
    let token = Token::new("secret").unwrap();
    assert_eq!(token.expose(), "secret");
    assert_eq!(format!("{token:?}"), "Token");
}

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
        (deep(65), 64),
        (deep_objects(65), 64 * 5),
    ];
    for (text, position) in wrong {
        let error = Value::from_json(&text).expect_err(&text);
        assert_eq!(error.position, position, "{text}");
        assert_eq!(error.to_string(), "not a JSON text");
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
    let twice = Value::from_json(r#"{"a": 1, "b": 2, "a": 3}"#).unwrap();
    assert_eq!(twice.get("a"), Some(&Value::from(3)));
    assert_eq!((twice.get("c"), Value::from(1).get("a")), (None, None));
}
