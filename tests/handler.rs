//! What a handler's configuration may say, and what a handler remembers and refuses.

#![cfg(not(target_arch = "wasm32"))]

use quickcall::{Handler, IssueCode, Origin, Path, RefusalCode, Value, Visitor};

#[path = "shared/found.rs"]
mod found;

use found::found;

const SERVER: &str = r#""baseUrl": "https://kazoo.example.com/v2", "accountId": "0123456789abcdef0123456789abcdef", "authToken": "string""#;
const ENDPOINTS: &str = r#""endpoints": {"sales": {"user": "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"}, "desk": {"device": "dddddddddddddddddddddddddddddddd"}}"#;
const ORIGINS: &str = r#""origins": ["https://www.example.com"]"#;
const DESTINATIONS: &str = r#""destinations": {"allow": ["+1"], "extensions": true}"#;

/// A configuration in which these words stand for the parts above.
fn config(text: &str) -> Value {
    let text = text
        .replace("ALL", "SERVER, ENDPOINTS, ORIGINS, DESTINATIONS")
        .replace("SERVER", SERVER)
        .replace("ENDPOINTS", ENDPOINTS)
        .replace("ORIGINS", ORIGINS)
        .replace("DESTINATIONS", DESTINATIONS);
    Value::from_json(&text).unwrap()
}

fn handler(text: &str) -> Handler {
    Handler::new(&config(text), None).unwrap_or_else(|error| panic!("{error:?}"))
}

#[test]
fn a_wrong_configuration_says_everything_at_once() {
    let cases: &[(&str, &[&str])] = &[
        ("{ALL}", &[]),
        ("null", &["wrong_type "]),
        (
            "{}",
            &[
                "required baseUrl",
                "required accountId",
                "required authToken",
                "required destinations",
                "required endpoints",
                "required origins",
            ],
        ),
        (
            r#"{SERVER, DESTINATIONS}"#,
            &["required endpoints", "required origins"],
        ),
        (
            r#"{SERVER, DESTINATIONS, "endpoints": {}, "origins": []}"#,
            &["required endpoints", "required origins"],
        ),
        (
            r#"{SERVER, DESTINATIONS, "endpoints": [], "origins": ""}"#,
            &["wrong_type endpoints", "wrong_type origins"],
        ),
        (r#"{ALL, "authToken": ""}"#, &["required authToken"]),
        (r#"{ALL, "authToken": 7}"#, &["wrong_type authToken"]),
        (r#"{ALL, "authToken": null}"#, &["wrong_type authToken"]),
        (
            r#"{ALL, "orgins": [], "dryRun": 1}"#,
            &["unknown_key orgins", "wrong_type dryRun"],
        ),
        // Functions are nothing else.
        (
            r#"{ALL, "visitor": "x", "verify": true, "log": {}, "fetch": null, "guard": {}}"#,
            &[
                "wrong_type visitor",
                "wrong_type verify",
                "wrong_type log",
                "wrong_type fetch",
            ],
        ),
        // An endpoint is one user or one device.
        (
            r#"{SERVER, ORIGINS, DESTINATIONS, "endpoints": {"a": {}, "b": {"user": "u", "device": "d"}, "c": {"group": "g"},
                "d": "u", "e": {"user": 7}, "f": {"device": "x/y"}, "": {"user": "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"}}}"#,
            &[
                "required endpoints.a",
                "not_allowed endpoints.b",
                "not_allowed endpoints.c",
                "wrong_type endpoints.d",
                "wrong_type endpoints.e.user",
                "unsafe_character endpoints.f.device",
                "required endpoints.",
            ],
        ),
        // Origins are as browsers send them.
        (
            r#"{SERVER, ENDPOINTS, DESTINATIONS, "origins": ["*", "https://a.example/", "http://a.example", 7]}"#,
            &[
                "not_allowed origins.0",
                "not_allowed origins.1",
                "not_allowed origins.2",
                "wrong_type origins.3",
            ],
        ),
        (
            r#"{SERVER, ENDPOINTS, DESTINATIONS, "origins": ["http://a.example"], "allowInsecure": true}"#,
            &[],
        ),
        (
            r#"{SERVER, ENDPOINTS, DESTINATIONS, "origins": ["http://a.example"], "allowInsecure": false}"#,
            &["not_allowed origins.0"],
        ),
        // Half of a surrogate pair is a string: its type is not what is wrong.
        (
            r#"{SERVER, ENDPOINTS, "origins": ["\ud800"], "destinations": {"allow": ["+1", "\ud800"]},
                "visitorOptions": ["\ud800"], "limits": {"total": "\ud800"}}"#,
            &[
                "unsafe_character destinations.allow.1",
                "unsafe_character origins.0",
                "unsafe_character visitorOptions.0",
                "unsafe_character limits.total",
            ],
        ),
        // Destinations.
        (
            r#"{SERVER, ENDPOINTS, ORIGINS, "destinations": {"alow": [], "extensions": 1}}"#,
            &[
                "unknown_key destinations.alow",
                "wrong_type destinations.extensions",
                "required destinations.allow",
            ],
        ),
        (
            r#"{SERVER, ENDPOINTS, ORIGINS, "destinations": {"allow": ["+", "+1415", "1415", "", "+1 415", "+1234567890123456", 7],
                "deny": ["900", "+", "", "x"]}}"#,
            &[
                "not_allowed destinations.allow.2",
                "not_allowed destinations.allow.3",
                "not_allowed destinations.allow.4",
                "not_allowed destinations.allow.5",
                "wrong_type destinations.allow.6",
                "not_allowed destinations.deny.2",
                "not_allowed destinations.deny.3",
            ],
        ),
        // No number begins so: `0900` would deny none of the numbers that are dialled so at home.
        (
            r#"{SERVER, ENDPOINTS, ORIGINS, "destinations": {"allow": ["+49", "+00", "+0"], "deny": ["0900", "+049", "+00", "49900"]}}"#,
            &[
                "not_allowed destinations.allow.1",
                "not_allowed destinations.allow.2",
                "not_allowed destinations.deny.0",
                "not_allowed destinations.deny.1",
                "not_allowed destinations.deny.2",
            ],
        ),
        // An extension may, but none is so long.
        (
            r#"{SERVER, ENDPOINTS, ORIGINS, "destinations": {"allow": ["+1", "0"], "deny": ["0900", "1900555"], "extensions": true}}"#,
            &["not_allowed destinations.deny.1"],
        ),
        // Without `+` a prefix is of extensions.
        (
            r#"{SERVER, ENDPOINTS, ORIGINS, "destinations": {"allow": ["+1", "10"], "extensions": true}}"#,
            &[],
        ),
        // A number that lacks its `+` is none of an extension.
        (
            r#"{SERVER, ENDPOINTS, ORIGINS, "destinations": {"allow": ["123456", "1415555"], "extensions": true}}"#,
            &["not_allowed destinations.allow.1"],
        ),
        (
            r#"{SERVER, ENDPOINTS, ORIGINS, "destinations": {"allow": ["+1", "10"]}}"#,
            &["not_allowed destinations.allow.1"],
        ),
        (
            r#"{SERVER, ENDPOINTS, ORIGINS, "destinations": {"allow": "+1", "deny": {}}}"#,
            &["wrong_type destinations.allow", "wrong_type destinations.deny"],
        ),
        (
            r#"{SERVER, ENDPOINTS, ORIGINS, "destinations": []}"#,
            &["wrong_type destinations"],
        ),
        // Whatever else is wrong is told, too.
        (
            r#"{SERVER, "baseUrl": "", "endpoints": {}, "origins": [], "destinations": {"allow": ["1415"]},
                "visitorOptions": ["number"], "limits": {"total": 5}}"#,
            &[
                "required baseUrl",
                "not_allowed destinations.allow.0",
                "required endpoints",
                "required origins",
                "not_allowed visitorOptions.0",
                "wrong_type limits.total",
            ],
        ),
        // What visitors may set.
        (
            r#"{ALL, "visitorOptions": ["cidName", "cid-number", "timeout", "blocking"]}"#,
            &[],
        ),
        (
            r#"{ALL, "visitorOptions": ["numberFilter", "user", "number", "endpoint", "verification", "x", 7]}"#,
            &[
                "not_allowed visitorOptions.0",
                "not_allowed visitorOptions.1",
                "not_allowed visitorOptions.2",
                "not_allowed visitorOptions.3",
                "not_allowed visitorOptions.4",
                "unknown_key visitorOptions.5",
                "wrong_type visitorOptions.6",
            ],
        ),
        // Limits.
        (
            r#"{ALL, "limits": {"perVisitor": "1/s", "perDestination": "10000/day", "perEndpoint": "5/hour", "total": "9/min"}}"#,
            &[],
        ),
        (
            r#"{ALL, "limits": {"perVisiter": "1/s", "perVisitor": "0/s", "perDestination": "10001/s", "perEndpoint": "5/week",
                "total": 5}}"#,
            &[
                "unknown_key limits.perVisiter",
                "not_allowed limits.perVisitor",
                "not_allowed limits.perDestination",
                "not_allowed limits.perEndpoint",
                "wrong_type limits.total",
            ],
        ),
        (
            r#"{ALL, "limits": {"perVisitor": "+3/min", "total": "3"}}"#,
            &["not_allowed limits.perVisitor", "not_allowed limits.total"],
        ),
        (r#"{ALL, "limits": []}"#, &["wrong_type limits"]),
        (
            r#"{ALL, "options": {"timeout": 1}, "deadlineMargin": -1}"#,
            &["too_small deadlineMargin", "too_small options.timeout"],
        ),
        (
            r#"{ALL, "options": {"numberFilter": "("}}"#,
            &["number_filter_invalid options.numberFilter"],
        ),
    ];
    for (text, expected) in cases {
        let issues: Vec<String> = match Handler::new(&config(text), None) {
            Ok(_) => Vec::new(),
            Err(error) => found(&error.issues),
        };
        assert_eq!(issues, *expected, "{text}");
    }
    let text = r#"{"visitor": 0, "verify": 0, "log": 0, "fetch": 0}"#;
    let Value::Object(functions) = Value::from_json(text).unwrap() else {
        panic!("{text}");
    };
    let Value::Object(mut members) = config("{ALL}") else {
        panic!("no object");
    };
    members.extend(
        functions
            .into_iter()
            .map(|(name, _)| (name, Value::Other("function".to_owned()))),
    );
    assert!(Handler::new(&Value::Object(members), None).is_ok());
}

#[test]
fn the_configuration_decides() {
    let handler = self::handler(r#"{ALL, "dryRun": true}"#);
    assert!(handler.is_dry_run() && !self::handler("{ALL}").is_dry_run());
    assert!(handler.allows_origin("https://www.example.com"));
    for other in [
        "",
        "null",
        "https://www.example.com/",
        "http://www.example.com",
        "https://www.example.com.evil.example",
    ] {
        assert!(!handler.allows_origin(other), "{other}");
    }
    for (origin, allow_insecure, is_right) in [
        ("http://localhost:3000", false, true),
        ("http://www.example.com", false, false),
        ("http://www.example.com", true, true),
        ("http://www.example.com:80", true, false),
        ("http://www.example.com:443", true, true),
        ("https://www.example.com:443", false, false),
        ("https://www.example.com:80", false, true),
        ("https://www.example.com/a", false, false),
        ("HTTPS://www.example.com", false, false),
        // Extensions, and apps with pages of their own.
        ("chrome-extension://abcdefghijklmnopabcdefghijklmnop", false, true),
        (
            "moz-extension://2c127fa4-62c7-7e4f-90e5-472b45eecfdc",
            false,
            true,
        ),
        (
            "safari-web-extension://C4B0F2D2-62C7-7E4F-90E5-472B45EECFDC",
            false,
            true,
        ),
        ("capacitor://localhost", false, true),
        ("http://tauri.localhost", false, true),
        ("app://-", false, true),
        ("app://.", false, true),
        ("capacitor://localhost/", false, false),
        ("capacitor://", false, false),
        ("Capacitor://localhost", false, false),
        ("my app://localhost", false, false),
        ("app://a b", false, false),
        ("app://*", false, false),
        ("://localhost", false, false),
        // Everybody's.
        ("null", true, false),
        ("file://", true, false),
        ("file://localhost", true, false),
        // No origin of a page, or a slip.
        ("wss://www.example.com", false, false),
        ("htps://www.example.com", false, false),
        ("httpss://www.example.com", false, false),
        ("ttps://www.example.com", false, false),
        ("ftp://www.example.com", false, false),
    ] {
        let read = Origin::read(&Value::from(origin), allow_insecure, Path::Root);
        assert_eq!(
            read.as_ref().map(Origin::as_str).ok(),
            is_right.then_some(origin),
            "{origin}"
        );
    }
    let judged = |origin, key: &str, body: &str| {
        let judged = handler.judge(origin, Some(key), body.as_bytes());
        judged.map_err(|refusal| refusal.code)
    };
    let body = r#"{"endpoint": "sales", "number": "+14155550100"}"#;
    let origin = Some("https://www.example.com");
    assert_eq!(
        judged(None, "01234567", body).unwrap_err(),
        RefusalCode::OriginRefused
    );
    for key in ["0123456", "", "01234567 ", &"k".repeat(129)] {
        assert_eq!(
            judged(origin, key, body).unwrap_err(),
            RefusalCode::BadRequest,
            "{key}"
        );
    }
    for key in ["01234567", &"k".repeat(128)] {
        assert_eq!(judged(origin, key, body).unwrap().visit.key.as_str(), key);
    }
    // The largest body.
    for (length, is_right) in [(4_096, true), (4_097, false)] {
        let body = [body, &" ".repeat(length - body.len())].concat();
        assert_eq!(judged(origin, "01234567", &body).is_ok(), is_right, "{length}");
    }
    // Who rings.
    for (alias, path) in [
        ("sales", "/users/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/"),
        ("desk", "/devices/dddddddddddddddddddddddddddddddd/"),
    ] {
        let judged = judged(origin, "01234567", &body.replace("sales", alias)).unwrap();
        assert_eq!(judged.visit.endpoint.as_deref(), Some(alias));
        assert_eq!(judged.masked.as_deref(), Some("+1415*****00"));
        let url = judged.allowed.unwrap().request.url;
        assert!(url.contains(path), "{url}");
    }
    let judged = judged(origin, "01234567", &body.replace("sales", "other")).unwrap();
    assert_eq!((judged.visit.endpoint, judged.masked), (None, None));
    assert_eq!(judged.allowed.unwrap_err().code, RefusalCode::UnknownEndpoint);
}

#[test]
fn the_same_call_has_the_same_fingerprint() {
    let handler = handler(
        r#"{ALL, "visitorOptions": ["cidName", "timeout", "autoAnswer", "customApplicationVars", "media"]}"#,
    );
    let fingerprint = |members: &str| {
        let body = [r#"{"endpoint": "sales", "number": "+14155550100""#, members, "}"].concat();
        let judged = handler.judge(Some("https://www.example.com"), Some("01234567"), body.as_bytes());
        judged
            .unwrap_or_else(|refusal| panic!("{members}: {refusal:?}"))
            .visit
            .fingerprint
    };
    let same: &[&[&str]] = &[
        &["", r#", "verification": "x""#, r#", "verification": "y""#],
        &[
            r#", "cidName": "a", "timeout": 9"#,
            r#", "timeout": 9, "cid-name": "a""#,
        ],
        &[
            r#", "customApplicationVars": {"a": "1", "b": "2"}"#,
            r#", "custom_application_vars": {"b": "2", "a": "1"}"#,
        ],
        &[r#", "cidName": "b""#],
        &[r#", "cidName": "ab""#],
        &[r#", "cidName": "ba""#],
        &[r#", "cidName": 7"#],
        &[r#", "cidName": 8"#],
        &[r#", "cidName": "7""#],
        &[r#", "cidName": ["7"]"#],
        &[r#", "cidName": ["8"]"#],
        &[r#", "cidName": ["7", "8"]"#],
        &[r#", "cidName": ["78"]"#],
        &[r#", "cidName": null"#],
        &[r#", "media": "b""#],
        &[r#", "autoAnswer": true"#],
        &[r#", "autoAnswer": false"#],
        &[r#", "customApplicationVars": {"a": "2", "b": "1"}"#],
        &[r#", "customApplicationVars": {"a": "1"}"#],
        &[r#", "customApplicationVars": {}"#],
        &[
            r#", "customApplicationVars": {"a": 100}"#,
            r#", "customApplicationVars": {"a": 1e2}"#,
            r#", "customApplicationVars": {"a": 100.0}"#,
        ],
    ];
    let mut all: Vec<String> = Vec::new();
    for group in same {
        let first = fingerprint(group[0]);
        assert_eq!(first.len(), 16);
        for members in *group {
            assert_eq!(fingerprint(members), first, "{members}");
        }
        assert!(!all.contains(&first), "{group:?}");
        all.push(first);
    }
    // Two spellings of one number are the same call, too.
    let of_number = |number: &str| {
        let body = format!(r#"{{"endpoint": "sales", "number": "{number}"}}"#);
        let judged = handler.judge(Some("https://www.example.com"), Some("01234567"), body.as_bytes());
        judged.unwrap().visit.fingerprint
    };
    assert_eq!(of_number("+1 (415) 555-0100"), fingerprint(""));
    assert_ne!(of_number("+14155550101"), fingerprint(""));
    assert_ne!(of_number("/"), of_number("//"));
}

/// A body may be written by any program. The same numbers go out as from the class.
#[test]
fn a_number_of_a_body_is_sent_as_javascript_writes_it() {
    let handler = handler(r#"{ALL, "visitorOptions": ["customApplicationVars", "timeout"]}"#);
    let allowed = |members: &str| {
        let body = [
            r#"{"endpoint": "sales", "number": "+14155550100", "#,
            members,
            "}",
        ]
        .concat();
        let judged = handler.judge(Some("https://www.example.com"), Some("01234567"), body.as_bytes());
        judged.unwrap().allowed
    };
    let sent = |members: &str| allowed(members).unwrap().request.body.unwrap();
    assert_eq!(
        sent(r#""customApplicationVars": {"a": 1e2, "b": 1.0, "c": -0, "d": 12345678901234567890}"#),
        r#"{"data":{"custom_application_vars":{"a":"100","b":"1","c":"0","d":"12345678901234567890"}}}"#
    );
    assert_eq!(sent(r#""timeout": 2.0e1"#), r#"{"data":{"timeout":20}}"#);
    let refusal = allowed(r#""customApplicationVars": {"a": 1E400}"#).unwrap_err();
    let issue = &refusal.issues[0];
    assert_eq!(
        (issue.code, issue.received.as_deref()),
        (IssueCode::WrongType, Some("Infinity"))
    );
}

#[test]
fn what_is_reserved_follows_from_the_limits() {
    let handler = handler(
        r#"{ALL, "limits": {"perVisitor": "3/min", "perDestination": "4/s", "perEndpoint": "5/s", "total": "6/s"}}"#,
    );
    let body = br#"{"endpoint": "sales", "number": "+14155550100"}"#;
    let judged = handler
        .judge(Some("https://www.example.com"), Some("01234567"), body)
        .unwrap();
    let visitor = Visitor::new("192.0.2.7");
    let reservation = handler.reservation(&judged.visit, "+14155550100", 30, &visitor);
    assert_eq!(reservation.key.as_str(), "01234567");
    assert_eq!(reservation.flight, "sales 14155550100 192.0.2.7");
    assert_eq!(reservation.ring_time, 30_000);
    let limits: Vec<String> = reservation
        .limits
        .iter()
        .map(|(name, limit)| format!("{name} {}/{}", limit.count(), limit.window()))
        .collect();
    assert_eq!(
        limits,
        [
            "visitor:60000:192.0.2.7 3/60000",
            "destination:1000:14155550100 4/1000",
            "endpoint:1000:sales 5/1000",
            "total:1000: 6/1000"
        ]
    );
}

#[test]
fn zeros_behind_a_country_code_make_no_other_destination() {
    let handler = handler(r#"{ALL, "limits": {"perDestination": "4/s"}}"#);
    let body = br#"{"endpoint": "sales", "number": "+14155550100"}"#;
    let judged = handler
        .judge(Some("https://www.example.com"), Some("01234567"), body)
        .unwrap();
    let visitor = Visitor::new("192.0.2.7");
    for (number, digits) in [
        ("+442079460000", "442079460000"),
        ("+4402079460000", "442079460000"),
        ("+44002079460000", "442079460000"),
        ("+1004155550100", "14155550100"),
        // Ten digits are all of a number in North America.
        ("+14155550100123", "14155550100"),
        ("+114155550100123", "14155550100"),
        ("+1415555010", "1415555010"),
        ("+44207946000012", "44207946000012"),
        ("+3530870000000", "353870000000"),
        // Two phones.
        ("+390332123456", "390332123456"),
        ("+39332123456", "39332123456"),
        ("0123", "0123"),
    ] {
        let reservation = handler.reservation(&judged.visit, number, 30, &visitor);
        assert_eq!(reservation.limits[0].0, ["destination:1000:", digits].concat());
        assert_eq!(reservation.flight, ["sales ", digits, " 192.0.2.7"].concat());
    }
}

#[test]
fn a_request_that_is_not_understood_is_told_everything_at_once() {
    let handler = handler("{ALL}");
    let good = r#""endpoint": "sales", "number": "+14155550100""#;
    let cases: &[(&str, &str, &[&str])] = &[
        ("", "{GOOD}", &["required Idempotency-Key"]),
        ("01234567", "?", &["wrong_type "]),
        (
            "",
            "[]",
            &[
                "required Idempotency-Key",
                "wrong_type ",
                "required endpoint",
                "required number",
            ],
        ),
        ("01234567", "{}", &["required endpoint", "required number"]),
        (
            "01234567",
            r#"{"endpoint": "", "number": 7, "verification": 8, "customApplicationVars": 9, "x": 1}"#,
            &[
                "unknown_key x",
                "required endpoint",
                "wrong_type number",
                "wrong_type verification",
                "wrong_type customApplicationVars",
            ],
        ),
        // What stands twice is told once, however deep it is.
        (
            "01234567",
            r#"{GOOD, "number": "+14155550101"}"#,
            &["duplicate_key number"],
        ),
        (
            "01234567",
            r#"{GOOD, "customApplicationVars": {"a": 1, "a": 2, "b": [7, {"c": {"d": 1, "e": 2, "d": 3}}]}}"#,
            &[
                "duplicate_key customApplicationVars.a",
                "duplicate_key customApplicationVars.b.c.d",
            ],
        ),
    ];
    for (key, body, expected) in cases {
        let body = body.replace("GOOD", good);
        let refusal = handler
            .judge(Some("https://www.example.com"), Some(key), body.as_bytes())
            .unwrap_err();
        assert_eq!(refusal.code, RefusalCode::BadRequest, "{body}");
        assert_eq!(found(&refusal.issues), *expected, "{body}");
    }
}

#[test]
fn a_call_is_changed_only_where_its_answer_would_come_too_late() {
    for (seconds, body) in [(35, r#"{"data":{}}"#), (34, r#"{"data":{"timeout":29}}"#)] {
        let handler = Handler::new(&config("{ALL}"), Some(seconds)).unwrap();
        let body_given = br#"{"endpoint": "sales", "number": "+14155550100"}"#;
        let judged = handler
            .judge(Some("https://www.example.com"), Some("01234567"), body_given)
            .unwrap();
        let request = judged.allowed.unwrap().request;
        assert_eq!(request.body.as_deref(), Some(body), "{seconds}");
    }
}

#[test]
fn a_visitor_is_told_errors_and_no_warnings() {
    let handler = handler(r#"{ALL, "visitorOptions": ["cidName"]}"#);
    let name = "x".repeat(36);
    let body = format!(r#"{{"endpoint": "sales", "number": "+1415,5550100", "cidName": "{name}"}}"#);
    let judged = handler.judge(Some("https://www.example.com"), Some("01234567"), body.as_bytes());
    let refusal = judged.unwrap().allowed.unwrap_err();
    assert_eq!(found(&refusal.issues), ["undialable number"]);
}
