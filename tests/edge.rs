//! Calls through a handler, and the handler: who may call whom, and one call for one key.

#![cfg(not(target_arch = "wasm32"))]

use proptest::prelude::*;
use quickcall::{
    Call, Config, Destinations, Handler, Known, Number, NumberFilter, Path, Quickcall, RateLimit,
    Reservation, Severity, SlidingWindow, Value, Write, known,
};

#[test]
fn a_page_may_make_any_call_through_a_handler() {
    let handler = Value::from([("handler", "https://edge.example.com/call")]);
    let quickcall = Quickcall::new(&Config::from_value(handler, true)).unwrap();
    for (key, value) in [("blocking", Value::from(false)), ("timeout", Value::from(60))] {
        let call = Call::from(Value::from([("endpoint", "sales"), ("number", "+14155550100")]));
        let request = quickcall.build(&call.with(key, value)).unwrap();
        assert_eq!(request.warnings, []);
    }
}

#[test]
fn a_typo_finds_only_the_names_of_its_mode() {
    let found = |config: &Config, typo: &str| {
        let call = Call::from(Value::from([(typo, "x")]));
        let issues = Quickcall::new(config).unwrap().validate(&call);
        let unknown = issues.iter().find(|issue| issue.severity == Severity::Error);
        unknown.and_then(|issue| issue.expected.clone())
    };
    let handler = Config::handler("https://edge.example.com/call");
    let server = Config::new("https://kazoo.example.com/v2", "0123456789abcdef0123456789abcdef");
    assert_eq!(found(&handler, "endpont").as_deref(), Some("endpoint"));
    assert_eq!(found(&server, "endpont"), None);
    assert_eq!(found(&server, "devise").as_deref(), Some("device"));
    assert_eq!(found(&handler, "devise"), None);
}

/// A handler that allows `+1415` and `+4420` but not `+1415900`, with these members besides.
fn handler(more: &str) -> Handler {
    let config = [
        r#"{"baseUrl": "https://kazoo.example.com/v2", "accountId": "0123456789abcdef0123456789abcdef", "authToken": "",
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
    let body = serde_json::json!({"endpoint": "sales", "number": number});
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
        "+1415.",
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
fn emergency_numbers_are_always_denied() {
    let all = Value::from_json(r#"{"allow": ["+"], "extensions": true}"#).unwrap();
    let destinations = Destinations::read(&all, Path::Root).unwrap();
    let allowed = |text: &str| {
        let number = Number::filter(&Value::from(text), &NumberFilter::default(), Path::Root);
        destinations.allow(&number.unwrap().0)
    };
    let services = [
        "112", "911", "999", "000", "110", "118", "119", "101", "190", "15", "17", "1122", "10111",
    ];
    for service in services {
        for prefix in ["", "0", "9", "00", "99", "+", "+1", "+44", "+420", "+490"] {
            let number = [prefix, service].concat();
            if number.len() > 6 && !number.starts_with('+') {
                continue;
            }
            assert!(!allowed(&number), "{number}");
        }
    }
    for number in [
        "1234",
        "2001",
        "1121",
        "300",
        "+4930112112",
        "+14155550911",
        "+112345678",
        "+999123456",
    ] {
        assert!(allowed(number), "{number}");
    }
}

#[test]
fn a_zero_too_many_opens_nothing() {
    let config = Value::from_json(r#"{"allow": ["+"], "deny": ["+4490", "+1900"]}"#).unwrap();
    let destinations = Destinations::read(&config, Path::Root).unwrap();
    let allowed = |text: &str| {
        let number = Number::filter(&Value::from(text), &NumberFilter::default(), Path::Root);
        destinations.allow(&number.unwrap().0)
    };
    for number in [
        "+449012345",
        "+4409012345",
        "+44009012345",
        "+19005550100",
        "+109005550100",
    ] {
        assert!(!allowed(number), "{number}");
    }
    for number in ["+0019005550100", "+01119005550100", "+0900555", "+000"] {
        assert!(!allowed(number), "{number}");
    }
    for number in ["+4420794609", "+390612345678", "+2010123456"] {
        assert!(allowed(number), "{number}");
    }
}

#[test]
fn extensions_are_called_only_where_the_owner_says_so() {
    for (text, allowed) in [
        (r#"{"allow": ["+"]}"#, false),
        (r#"{"allow": [], "extensions": true}"#, true),
    ] {
        let destinations = Destinations::read(&Value::from_json(text).unwrap(), Path::Root).unwrap();
        let number = Number::filter(&Value::from("2001"), &NumberFilter::default(), Path::Root)
            .unwrap()
            .0;
        assert_eq!(destinations.allow(&number), allowed);
    }
    let denied = r#"{"allow": [], "deny": ["20"], "extensions": true}"#;
    let destinations = Destinations::read(&Value::from_json(denied).unwrap(), Path::Root).unwrap();
    let allow = |text: &str| {
        let number = Number::filter(&Value::from(text), &NumberFilter::default(), Path::Root)
            .unwrap()
            .0;
        destinations.allow(&number)
    };
    assert!(!allow("2001") && allow("2101"));
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
        "authToken": "", "endpoints": {"sales": {"user": "unusual-id"}}, "origins": ["https://www.example.com"],
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
            r#"{"baseUrl": "https://kazoo.example.com/v2", "accountId": "0123456789abcdef0123456789abcdef", "authToken": "",
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

/// A memory, as stores keep it.
#[derive(Default)]
struct Memory(std::collections::HashMap<String, String>);

impl Memory {
    fn entries(&self, reservation: &Reservation) -> Vec<Option<String>> {
        reservation
            .names()
            .iter()
            .map(|name| self.0.get(name).cloned())
            .collect()
    }

    fn write(&mut self, reservation: &Reservation, writes: Vec<Write>) {
        let names = reservation.names();
        for Write { place, value, .. } in writes {
            match value {
                Some(value) => self.0.insert(names[place].clone(), value),
                None => self.0.remove(&names[place]),
            };
        }
    }

    fn reserve(&mut self, reservation: &Reservation, now: i64) -> Known {
        let (known, writes) = reservation.reserve(&self.entries(reservation), now);
        self.write(reservation, writes);
        known
    }

    fn known(&self, key: &str, fingerprint: &str, now: i64) -> Known {
        known(
            self.0.get(&["key:", key].concat()).map(String::as_str),
            fingerprint,
            now,
        )
    }
}

fn reservation(key: &str, flight: &str, limits: &[(&str, &str)]) -> Reservation {
    let limits = limits
        .iter()
        .map(|(name, limit)| {
            (
                (*name).to_owned(),
                RateLimit::read(&Value::from(*limit), Path::Root).unwrap(),
            )
        })
        .collect();
    let reservation = Reservation {
        key: key.to_owned(),
        fingerprint: "f".to_owned(),
        flight: flight.to_owned(),
        ring_time: 30_000,
        limits,
    };
    assert_eq!(
        Reservation::from_json(&reservation.to_json()).as_ref(),
        Some(&reservation)
    );
    reservation
}

const DAY: i64 = 86_400_000;

#[test]
fn a_key_is_reserved_once_and_its_entry_stays_for_a_day() {
    let mut memory = Memory::default();
    let call = reservation("key-0001", "flight", &[]);
    assert_eq!(memory.known("key-0001", "f", 0), Known::Nothing);
    assert_eq!(memory.reserve(&call, 1_000), Known::Reserved { at: 1_000 });
    assert_eq!(memory.reserve(&call, 1_001), Known::Open);
    assert_eq!(memory.known("key-0001", "other", 1_001), Known::Mismatch);
    // Ring time and 15 seconds later nobody waits any more, and nobody dials.
    assert_eq!(memory.known("key-0001", "f", 45_999), Known::Open);
    assert_eq!(memory.known("key-0001", "f", 46_000), Known::Lost);
    assert_eq!(memory.reserve(&call, 46_000), Known::Lost);
    // An answer that comes late is told all the same.
    let writes = call.settle(
        &memory.entries(&call),
        50_000,
        1_000,
        (200, "{}".to_owned()),
        None,
    );
    memory.write(&call, writes);
    let settled = Known::Settled {
        status: 200,
        body: "{}".to_owned(),
    };
    assert_eq!(memory.reserve(&call, 50_001), settled);
    // The first answer is the answer.
    let writes = call.settle(
        &memory.entries(&call),
        50_002,
        1_000,
        (502, "no".to_owned()),
        None,
    );
    memory.write(&call, writes);
    assert_eq!(memory.known("key-0001", "f", DAY + 999), settled);
    assert_eq!(memory.known("key-0001", "f", DAY + 1_000), Known::Nothing);
    // An entry that cannot be read is no reason to dial.
    memory.0.insert("key:key-0001".to_owned(), "?".to_owned());
    assert_eq!(memory.reserve(&call, DAY + 1_000), Known::Lost);
}

#[test]
fn a_call_in_flight_keeps_the_same_one_away() {
    let mut memory = Memory::default();
    let first = reservation("key-0001", "flight", &[]);
    let second = reservation("key-0002", "flight", &[]);
    assert_eq!(memory.reserve(&first, 0), Known::Reserved { at: 0 });
    assert_eq!(memory.reserve(&second, 5_000), Known::Duplicate { wait: 60_000 });
    let settle = |memory: &mut Memory, unknown_since| {
        let answer = (504, String::new());
        let writes = first.settle(&memory.entries(&first), 5_000, 0, answer, unknown_since);
        memory.write(&first, writes);
    };
    // While nobody knows what became of it, the phone may ring: from when it was sent, after its token came.
    settle(&mut memory, Some(3_000));
    assert_eq!(memory.reserve(&second, 32_999), Known::Duplicate { wait: 1 });
    assert_eq!(memory.reserve(&second, 33_000), Known::Reserved { at: 33_000 });

    // Nobody else calls while it waits for its tokens, rings and is not answered for.
    let mut memory = Memory::default();
    memory.reserve(&first, 0);
    assert_eq!(memory.reserve(&second, 64_999), Known::Duplicate { wait: 1 });
    assert_eq!(memory.reserve(&second, 65_000), Known::Reserved { at: 65_000 });

    let mut memory = Memory::default();
    memory.reserve(&first, 0);
    settle(&mut memory, None);
    assert_eq!(memory.reserve(&second, 5_000), Known::Reserved { at: 5_000 });
}

#[test]
fn limits_and_reservation_are_one_step() {
    let mut memory = Memory::default();
    let limits = [("visitor:a", "2/min"), ("total:", "3/hour")];
    let call = |count: i64, visitor: &str| {
        let limits = [(visitor, limits[0].1), limits[1]];
        reservation(&format!("key-{count:04}"), &format!("flight {count}"), &limits)
    };
    let limited = |wait, limit: &str| Known::Limited {
        wait,
        limit: limit.to_owned(),
    };
    assert_eq!(
        memory.reserve(&call(1, "visitor:a"), 0),
        Known::Reserved { at: 0 }
    );
    assert_eq!(
        memory.reserve(&call(2, "visitor:a"), 10_000),
        Known::Reserved { at: 10_000 }
    );
    assert_eq!(
        memory.reserve(&call(3, "visitor:a"), 20_000),
        limited(40_000, "visitor")
    );
    // A refusal is not counted, and leaves no entry of the key.
    assert_eq!(memory.known("key-0003", "f", 20_000), Known::Nothing);
    assert_eq!(
        memory.reserve(&call(4, "visitor:b"), 20_000),
        Known::Reserved { at: 20_000 }
    );
    assert_eq!(
        memory.reserve(&call(5, "visitor:c"), 30_000),
        limited(3_570_000, "total")
    );
    // The longest wait is told.
    assert_eq!(
        memory.reserve(&call(6, "visitor:a"), 50_000),
        limited(3_550_000, "total")
    );
    // What is taken back counts no more.
    let taken_back = call(4, "visitor:b");
    let writes = taken_back.release(&memory.entries(&taken_back), 40_000, 20_000);
    memory.write(&taken_back, writes);
    assert_eq!(memory.known("key-0004", "f", 40_000), Known::Nothing);
    assert_eq!(
        memory.reserve(&call(4, "visitor:b"), 40_000),
        Known::Reserved { at: 40_000 }
    );
    // What has an answer is never taken back.
    let answered = call(1, "visitor:a");
    let writes = answered.settle(&memory.entries(&answered), 41_000, 0, (200, String::new()), None);
    memory.write(&answered, writes);
    assert_eq!(answered.release(&memory.entries(&answered), 42_000, 0), []);
}

proptest! {
    /// In no span of the limit's length does more happen than it allows, and what waits as it was told gets through.
    #[test]
    fn a_window_slides(steps in proptest::collection::vec(0i64..2_000, 1..200), count in 1u32..6) {
        let limit = RateLimit::read(&Value::from(format!("{count}/s")), Path::Root).unwrap();
        let mut text = String::new();
        let mut counted: Vec<i64> = Vec::new();
        let mut now = 1_790_000_000_000;
        for step in steps {
            now += step;
            let mut window = SlidingWindow::from_text(&text, limit, now);
            match window.wait(limit, now) {
                Some(wait) => {
                    prop_assert!((1..=1_000).contains(&wait));
                    let of = |time| SlidingWindow::from_text(&text, limit, time).wait(limit, time);
                    prop_assert_eq!(of(now + wait), None);
                    prop_assert_eq!(of(now + wait - 1), Some(1));
                }
                None => {
                    window.add(limit, now);
                    counted.push(now);
                }
            }
            text = window.to_text();
            let last = counted.iter().filter(|time| now - **time < 1_000).count();
            prop_assert!(last <= count as usize);
        }
    }

    /// A large limit is kept in parts: never too many, and never more than a part too late.
    #[test]
    fn a_large_window_slides_too(steps in proptest::collection::vec(0i64..8, 1..600)) {
        let limit = RateLimit::read(&Value::from("200/s"), Path::Root).unwrap();
        let mut text = String::new();
        let mut counted: Vec<i64> = Vec::new();
        let mut now = 1_790_000_000_000;
        for step in steps {
            now += step;
            let mut window = SlidingWindow::from_text(&text, limit, now);
            let before = |span: i64| counted.iter().filter(|time| now - **time < span).count();
            match window.wait(limit, now) {
                Some(wait) => {
                    prop_assert!(before(1_000 + 8) >= 200, "{}", before(1_000 + 8));
                    let of = |time| SlidingWindow::from_text(&text, limit, time).wait(limit, time);
                    prop_assert_eq!(of(now + wait), None);
                }
                None => {
                    window.add(limit, now);
                    counted.push(now);
                }
            }
            text = window.to_text();
            prop_assert!(counted.iter().filter(|time| now - **time < 1_000).count() <= 200);
            prop_assert!(text.len() < 129 * 8 + 16, "{}", text.len());
        }
    }

    /// Whatever is typed, what is dialled is a number that the owner allowed.
    #[test]
    fn whatever_is_typed_nothing_else_is_dialled(number in r"[+0-9 ().*#x,;\u{FF10}-\u{FF19}\u{0660}-\u{0669}\u{200B}-\u{200F}a-z%]{0,24}") {
        let handler = handler("");
        if let Ok(dialled) = of_number(&handler, &number) {
            let digits = dialled.strip_prefix('+');
            let rest = digits.unwrap_or(&dialled);
            prop_assert!(rest.bytes().all(|byte| byte.is_ascii_digit()));
            match digits {
                Some(digits) => {
                    prop_assert!((3..=15).contains(&digits.len()));
                    prop_assert!(dialled.starts_with("+1415") || dialled.starts_with("+4420"));
                    prop_assert!(!dialled.starts_with("+1415900"));
                }
                None => prop_assert!((2..=6).contains(&dialled.len())),
            }
        }
    }

    /// No body makes the handler panic.
    #[test]
    fn any_body_is_judged(body in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = decision(&handler(""), &body);
    }
}
