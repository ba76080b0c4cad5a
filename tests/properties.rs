//! What holds for every call, number, reply and text, tried with many of them.

#![cfg(not(target_arch = "wasm32"))]

use proptest::collection::vec;
use proptest::prelude::*;
use quickcall::{
    Asked, Call, CheckedCall, Config, Number, NumberFilter, Path, Quickcall, Reply, Severity, Token, Value,
};
use serde_json::Value as Json;
use url::Url;

#[path = "shared/cases.rs"]
mod cases;

use cases::cases;

const ACCOUNT: &str = "0123456789abcdef0123456789abcdef";
const BASE: &str = "https://kazoo.example.com:8443/v2";
const USER: &str = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

fn client() -> Quickcall {
    Quickcall::new(&Config::new(BASE, ACCOUNT)).expect("a right configuration")
}

/// Texts that people and attackers type: plain ones, and ones of the characters that mean something somewhere.
fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        "[+()0-9 .\\-]{0,20}",
        "[0-9%/?#&=.+ '^\\\\\"<>{}\u{0}\n\u{2028}\u{FF11}\u{661}xE,;*-]{0,24}",
        Just("..".to_owned()),
        Just("../../users".to_owned()),
        Just("%2e%2e%2f".to_owned()),
    ]
}

fn number_filter() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Bool(true)),
        Just(Value::Bool(false)),
        Just(Value::from("(.*)")),
        Just(Value::from("([^x]+)")),
        text().prop_map(Value::from),
        (text(), "[gimsuyd]{0,3}").prop_map(|(source, flags)| Value::Regexp { source, flags }),
    ]
}

/// Any value, as JavaScript could give it.
fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Bool),
        any::<f64>().prop_filter_map("finite", |n| Value::from_json(&serde_json::to_string(&n).ok()?)
            .ok()),
        any::<i32>().prop_map(Value::from),
        text().prop_map(Value::from),
        text().prop_map(Value::IllFormed),
        text().prop_map(Value::Other),
        number_filter(),
    ];
    leaf.prop_recursive(3, 24, 6, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(Value::List),
            vec((key(), inner), 0..6).prop_map(Value::Object),
        ]
    })
}

fn key() -> impl Strategy<Value = String> {
    const KNOWN: &[&str] = &[
        "device",
        "user",
        "endpoint",
        "number",
        "blocking",
        "autoAnswer",
        "auto_answer",
        "cidName",
        "cid-name",
        "cidNumber",
        "cid-number",
        "customApplicationVars",
        "custom_application_vars",
        "ignoreEarlyMedia",
        "ignore-early-media",
        "media",
        "numberFilter",
        "number_filter",
        "targetCallId",
        "target_call_id",
        "timeout",
        "baseUrl",
        "accountId",
        "authToken",
        "options",
        "cooldown",
        "deadlineMargin",
        "handler",
        "allowInsecure",
        "verification",
        "__proto__",
    ];
    prop_oneof![4 => proptest::sample::select(KNOWN).prop_map(str::to_owned), 1 => text()]
}

/// A call that names everything it may, with any values of the right types.
fn plausible_call() -> impl Strategy<Value = Value> {
    let caller_id = "[^\u{0}-\u{1F}\u{7F}-\u{9F}'^=]{1,30}";
    let vars = vec(
        (
            "[A-Za-z0-9_-]{1,12}",
            "[^\u{0}-\u{1F}\u{7F}-\u{9F}='\"\\\\{}\\[\\]^]{1,20}",
        ),
        0..5,
    );
    (
        "[0-9A-Za-z_-]{1,32}",
        text(),
        any::<Option<bool>>(),
        proptest::option::of(number_filter()),
        proptest::option::of(caller_id),
        proptest::option::of(caller_id),
        proptest::option::of(vars),
        proptest::option::of(3..600_i32),
    )
        .prop_map(|(id, number, blocking, filter, name, cid, vars, timeout)| {
            let vars = vars.map(|vars| {
                let vars = vars.into_iter().map(|(key, value)| (key, Value::from(value)));
                Value::Object(vars.collect())
            });
            let given = [
                ("device", Some(Value::from(id))),
                ("number", Some(Value::from(number))),
                ("blocking", blocking.map(Value::from)),
                ("numberFilter", filter),
                ("cidName", name.map(Value::from)),
                ("cidNumber", cid.map(Value::from)),
                ("customApplicationVars", vars),
                ("timeout", timeout.map(Value::from)),
            ];
            let given = given
                .into_iter()
                .filter_map(|(key, value)| Some((key.to_owned(), value?)));
            Value::Object(given.collect())
        })
}

fn is_dialable(number: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || "+*#._-".contains(c);
    number.len() <= 64
        && number.chars().all(plain)
        && number
            .chars()
            .any(|c| c.is_ascii_alphanumeric() || "*#".contains(c))
}

/// One more percent-decoding, as the server does with a caller id.
fn decoded(text: &str) -> String {
    let pair = ["x=", &text.replace('+', "%2B").replace('&', "%26")].concat();
    let decoded = url::form_urlencoded::parse(pair.as_bytes()).next();
    decoded.map_or_else(String::new, |(_, value)| value.into_owned())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(2_000), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_url_never_escapes_its_path_segment(call in plausible_call()) {
        if let Ok(request) = client().build(&Call::from(call)) {
            let url = Url::parse(&request.url).expect("a URL");
            prop_assert_eq!(url.origin(), Url::parse(BASE).expect("a URL").origin());
            prop_assert_eq!(url.as_str(), &request.url, "a URL parser changes nothing");
            let segments: Vec<&str> = url.path_segments().expect("a path").collect();
            prop_assert_eq!(segments.len(), 7);
            prop_assert_eq!(&segments[..4], ["v2", "accounts", ACCOUNT, "devices"]);
            prop_assert_eq!(segments[5], "quickcall");
            prop_assert_eq!(decoded(segments[6]), request.number.as_str());
            prop_assert!(is_dialable(&request.number), "{}", request.number);
            prop_assert!(url.fragment().is_none() && url.username().is_empty());
        }
    }

    #[test]
    fn a_query_or_a_body_holds_what_was_given(call in plausible_call()) {
        let Ok(request) = client().build(&Call::from(call.clone())) else { return Ok(()) };
        let find = |key: &str| call.get(key).cloned();
        let text_of = |key: &str| find(key).and_then(|value| value.as_text().map(str::to_owned));
        let vars = match find("customApplicationVars") {
            Some(Value::Object(vars)) => vars,
            _ => Vec::new(),
        };
        match &request.body {
            Some(body) => {
                let body: Json = serde_json::from_str(body).expect("a body is JSON");
                prop_assert_eq!(body.as_object().expect("an object").len(), 1);
                let data = &body["data"];
                for (key, documented) in [("cidName", "cid-name"), ("cidNumber", "cid-number")] {
                    let expected = text_of(key).map(|text| text.replace('%', "%25"));
                    prop_assert_eq!(data[documented].as_str(), expected.as_deref());
                }
                prop_assert_eq!(data.get("timeout").is_some(), find("timeout").is_some());
                prop_assert_eq!(
                    data["custom_application_vars"].as_object().map_or(0, serde_json::Map::len),
                    vars.len()
                );
                for (key, value) in &vars {
                    prop_assert_eq!(data["custom_application_vars"][key].as_str(), value.as_text());
                }
                prop_assert!(Url::parse(&request.url).expect("a URL").query().is_none());
            }
            None => {
                let url = Url::parse(&request.url).expect("a URL");
                let pairs: Vec<(String, String)> = url.query_pairs().into_owned().collect();
                let of_options = ["cidName", "cidNumber", "timeout"].iter().filter(|key| find(key).is_some()).count();
                prop_assert_eq!(pairs.len(), of_options + vars.len());
                for (key, value) in &pairs {
                    match key.as_str() {
                        "cid-name" => prop_assert_eq!(Some(decoded(value)), text_of("cidName")),
                        "cid-number" => prop_assert_eq!(Some(decoded(value)), text_of("cidNumber")),
                        "timeout" => {}
                        _ => prop_assert!(
                            vars.iter().any(|(name, var)| name == key && var.as_text() == Some(value)),
                            "{}", key
                        ),
                    }
                }
            }
        }
    }

    #[test]
    fn filtering_twice_by_default_is_filtering_once(typed in text()) {
        if let Ok((once, _)) = Number::filter(&Value::from(typed), &NumberFilter::Separators, Path::Root) {
            let twice = Number::filter(&Value::from(once.as_str()), &NumberFilter::Separators, Path::Root);
            prop_assert_eq!(twice.map(|(number, _)| number), Ok(once));
        }
    }

    #[test]
    fn what_a_filter_lets_through_can_be_dialled(typed in text(), filter in number_filter()) {
        let Ok(filter) = NumberFilter::read(&filter, Path::Root) else { return Ok(()) };
        if let Ok((number, _)) = Number::filter(&Value::from(typed), &filter, Path::Root) {
            prop_assert!(is_dialable(number.as_str()));
        }
    }

    #[test]
    fn no_call_panics_and_every_refusal_says_why(given in value(), in_page: bool) {
        let config = Value::from([("baseUrl", BASE), ("accountId", ACCOUNT), ("user", USER)]);
        let quickcall = Quickcall::new(&Config::from_value(config, in_page)).expect("a right configuration");
        let call = Call::from(given);
        let issues = quickcall.validate(&call);
        let errors = issues.iter().filter(|issue| issue.severity == Severity::Error).count();
        match quickcall.build(&call) {
            Ok(request) => {
                prop_assert_eq!(errors, 0);
                prop_assert!(is_dialable(&request.number));
                prop_assert!(request.to_curl().contains("$AUTH_TOKEN"));
            }
            Err(error) => {
                prop_assert!(errors > 0);
                serde_json::from_str::<Json>(&error.to_json()).expect("an error is JSON");
            }
        }
        prop_assert!(issues.iter().all(|issue| !issue.message.is_empty()));
        drop(CheckedCall::check(&call));
    }

    #[test]
    fn a_float_is_the_number_that_its_text_says(float in proptest::num::f64::ANY) {
        match Value::from(float) {
            Value::Number(number) => {
                let read: f64 = number.as_str().parse().expect("a number");
                prop_assert!(read == float, "{float} {}", number.as_str());
                prop_assert_eq!(Value::from_json(number.as_str()), Ok(Value::Number(number)));
            }
            other => prop_assert!(!float.is_finite(), "{float} {other:?}"),
        }
    }

    #[test]
    fn no_configuration_panics(given in value(), in_page: bool) {
        if let Err(error) = Quickcall::new(&Config::from_value(given, in_page)) {
            prop_assert!(!error.issues.is_empty());
        }
    }

    #[test]
    fn no_reply_panics_and_none_is_placed_without_a_call_id(
        status in prop_oneof![Just(200_u16), Just(202), Just(500), any::<u16>()],
        body in prop_oneof![
            vec(any::<u8>(), 0..200),
            json().prop_map(|json| json.to_string().into_bytes()),
            (json(), json()).prop_map(|(data, message)| {
                serde_json::json!({"status": "success", "message": message, "data": data}).to_string().into_bytes()
            }),
            nearly_confirmed().prop_map(|json| json.to_string().into_bytes()),
        ],
        blocking: bool, took: u64,
    ) {
        let token = Token::new("canary-token");
        let reply = Reply { status, body: Some(&body), request_id: None, retry_after: None, took, token: token.as_ref() };
        let said = match reply.outcome(Asked { blocking, ring_time: 30, through_handler: false }) {
            Ok(placed) => {
                prop_assert!(!placed.call_ids.is_empty());
                placed.to_json()
            }
            Err(error) => error.to_json(),
        };
        serde_json::from_str::<Json>(&said).expect("an outcome is JSON");
    }

    #[test]
    fn the_token_never_comes_back(wrap in "[a-z]{0,5}", place in 0..6_usize) {
        let secret = "canary-token-93ab";
        let leaky = [&wrap, secret, &wrap].concat();
        let mut texts = vec!["x".to_owned(); 6];
        texts[place].clone_from(&leaky);
        let body = serde_json::json!({
            "status": "success", "auth_token": secret, "request_id": texts[0],
            "data": {
                "application_name": "transfer", "application_response": "SUCCESS", "media": texts[1],
                "application_data": {"route": texts[2]}, "outbound_caller_id_name": texts[3],
                "custom_application_vars": {"a": texts[4], texts[5].clone(): "b"},
                "endpoints": [{"outbound_call_id": "0123456789abcdef0123456789abcdef0123-quickcall"}]
            }
        }).to_string();
        let token = Token::new(secret);
        let reply = Reply {
            status: 200, body: Some(body.as_bytes()), request_id: Some(&leaky), retry_after: None, took: 1,
            token: token.as_ref(),
        };
        let placed = reply.outcome(Asked { blocking: true, ring_time: 30, through_handler: false }).expect("a call");
        prop_assert!(!placed.to_json().contains(secret));
    }

    #[test]
    fn the_json_reader_agrees_with_serde_json(text in json_text()) {
        match (serde_json::from_str::<Json>(&text), Value::from_json(&text)) {
            (Ok(theirs), Ok(ours)) => prop_assert!(same(&theirs, &ours), "{} {:?}", text, ours),
            (Err(_), Err(_)) => {}
            (theirs, ours) => prop_assert!(
                is_known_difference(&text), "{text}: serde_json {theirs:?}, ours {ours:?}"
            ),
        }
    }
}

fn json() -> impl Strategy<Value = Json> {
    let leaf = prop_oneof![
        Just(Json::Null),
        any::<bool>().prop_map(Json::Bool),
        any::<i64>().prop_map(Json::from),
        any::<f64>().prop_map(Json::from),
        text().prop_map(Json::String),
        Just(Json::from("transfer")),
        Just(Json::from("SUCCESS")),
        Just(Json::from("0123456789abcdef0123456789abcdef0123-quickcall")),
    ];
    const NAMES: &[&str] = &[
        "status",
        "data",
        "application_name",
        "application_response",
        "endpoints",
        "outbound_call_id",
        "error_message",
        "custom_application_vars",
        "application_data",
        "route",
        "timeout",
        "media",
        "x",
    ];
    leaf.prop_recursive(4, 32, 5, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(Json::Array),
            vec((proptest::sample::select(NAMES), inner), 0..5).prop_map(|members| {
                Json::Object(
                    members
                        .into_iter()
                        .map(|(key, value)| (key.to_owned(), value))
                        .collect(),
                )
            }),
        ]
    })
}

/// An answer that confirms a call, where it names a leg: that may be left out, or anything.
fn nearly_confirmed() -> impl Strategy<Value = Json> {
    let named = json().prop_map(|id| serde_json::json!({"outbound_call_id": id}));
    vec(prop_oneof![json(), named], 0..3).prop_map(|endpoints| {
        serde_json::json!({
            "status": "success",
            "data": {"application_name": "transfer", "application_response": "SUCCESS", "endpoints": endpoints}
        })
    })
}

/// JSON, and JSON with a piece of it broken.
fn json_text() -> impl Strategy<Value = String> {
    let broken = (
        json(),
        any::<prop::sample::Index>(),
        "[\\[\\]{},:\"\\\\0-9eE.+tnu \u{1}-]{0,2}",
    )
        .prop_map(|(json, place, piece)| {
            let text: Vec<char> = json.to_string().chars().collect();
            let place = place.index(text.len() + 1);
            let (before, behind) = text.split_at(place);
            let behind = behind.iter().skip(1);
            before
                .iter()
                .chain(&piece.chars().collect::<Vec<_>>())
                .chain(behind)
                .collect()
        });
    prop_oneof![json().prop_map(|json| json.to_string()), broken, any::<String>()]
}

/// Where serde_json refuses what is read here: numbers beyond a float, halves of surrogate pairs.
fn is_known_difference(text: &str) -> bool {
    let out_of_range = serde_json::from_str::<Json>(text).is_err_and(|error| {
        error.to_string().contains("out of range") || error.to_string().contains("surrogate")
    });
    out_of_range || text.contains("\\ud") || text.contains("\\uD")
}

fn same(theirs: &Json, ours: &Value) -> bool {
    match (theirs, ours) {
        (Json::Null, Value::Null) => true,
        (Json::Bool(a), Value::Bool(b)) => a == b,
        // serde_json rounds the last digit in its own way.
        (Json::Number(a), Value::Number(b)) => {
            let (a, b) = (a.as_f64(), b.as_str().parse::<f64>().ok());
            a.zip(b)
                .is_some_and(|(a, b)| a == b || ((a - b) / b).abs() < 1e-12)
        }
        (Json::String(a), Value::Text(b)) => a == b,
        (Json::Array(a), Value::List(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b)),
        // A repeated key stays here; the last one counts there.
        (Json::Object(a), Value::Object(b)) => a.iter().all(|(key, value)| {
            b.iter()
                .rev()
                .find(|(name, _)| name == key)
                .is_some_and(|(_, other)| same(value, other))
        }),
        _ => false,
    }
}
