//! The cases of `tests/vectors/`, held against the crate. JavaScript holds the same files against the npm package.

#![cfg(not(target_arch = "wasm32"))]

use quickcall::{
    Asked, Call, Config, HangupCause, Number, NumberFilter, Path, Quickcall, Reply, Severity, Token, Value,
};
use serde_json::Value as Json;

fn cases(text: &str) -> Vec<Json> {
    serde_json::from_str::<Vec<Json>>(text).expect("a file of vectors is an array")
}

fn value(json: &Json) -> Value {
    Value::from_json(&json.to_string()).expect("a vector is JSON")
}

#[test]
fn numbers() {
    for case in cases(include_str!("vectors/number.json")) {
        let filter = case.get("filter").map_or(Ok(NumberFilter::default()), |filter| {
            NumberFilter::read(&value(filter), Path::Root)
        });
        let result = filter.and_then(|filter| Number::filter(&value(&case["number"]), &filter, Path::Root));
        match result {
            Ok((number, warnings)) => {
                assert_eq!(case["dialled"], number.as_str(), "{case}");
                let codes: Vec<&str> = warnings.iter().map(|warning| warning.code.as_str()).collect();
                let wanted: Vec<&str> = case["warns"].as_str().into_iter().collect();
                assert_eq!(codes, wanted, "{case}");
            }
            Err(issue) => assert_eq!(case["issue"], issue.code.as_str(), "{case}: {issue:?}"),
        }
    }
}

#[test]
fn regexps() {
    for case in cases(include_str!("vectors/regexp.json")) {
        let text = |name: &str| case[name].as_str().unwrap_or("").to_owned();
        let given = Value::Regexp {
            source: text("pattern"),
            flags: text("flags"),
        };
        let filter = NumberFilter::read(&given, Path::Root);
        let result = filter.and_then(|filter| Number::filter(&value(&case["number"]), &filter, Path::Root));
        match (result, case["group"].as_str()) {
            (Ok((number, _)), group) => assert_eq!(Some(number.as_str()), group, "{case}"),
            (Err(issue), None | Some("")) => {
                let expected = case["issue"].as_str().unwrap_or("number_filter_no_match");
                assert_eq!(issue.code.as_str(), expected, "{case}: {issue:?}");
            }
            (Err(issue), Some(group)) => {
                assert_eq!(issue.code.as_str(), "undialable", "{case}: {issue:?}");
                let is_dialable =
                    |character: char| character.is_ascii_alphanumeric() || "+*#._-".contains(character);
                let is_number = group.contains(|character: char| character.is_ascii_alphanumeric());
                assert!(!is_number || !group.chars().all(is_dialable), "{case}");
            }
        }
    }
}

/// Codes and paths of the issues, sorted: the order is not part of a case.
fn found(issues: &[quickcall::Issue], severity: Severity) -> Vec<String> {
    let of_severity = issues.iter().filter(|issue| issue.severity == severity);
    let mut found: Vec<String> = of_severity
        .map(|issue| format!("{} {:?}", issue.code.as_str(), issue.path))
        .collect();
    found.sort();
    found
}

/// The same of a case; none where it says nothing of them.
fn expected(issues: Option<&Json>) -> Vec<String> {
    let path = |issue: &Json| {
        serde_json::from_value::<Vec<String>>(issue["path"].clone()).expect("a path is an array")
    };
    let code = |issue: &Json| issue["code"].as_str().expect("a code is a text").to_owned();
    let issues = issues.map_or(&[][..], |issues| issues.as_array().expect("issues are an array"));
    let mut expected: Vec<String> = issues
        .iter()
        .map(|issue| format!("{} {:?}", code(issue), path(issue)))
        .collect();
    expected.sort();
    expected
}

#[test]
fn requests() {
    let config = Config::new(
        "https://kazoo.example.com:8443/v2",
        "0123456789abcdef0123456789abcdef",
    );
    let quickcall = Quickcall::new(&config).expect("the configuration is right");
    let files = [
        include_str!("vectors/request.json"),
        include_str!("vectors/option.json"),
    ];
    for case in files.into_iter().flat_map(cases) {
        let call = Call::from(value(&case["call"]));
        match quickcall.build(&call) {
            Ok(request) => {
                assert_eq!(case["method"], request.method.as_str(), "{case}");
                assert_eq!(case["url"], request.url.as_str(), "{case}");
                let dialled = case.get("dialled").map(|number| number.as_str());
                assert!(
                    dialled.is_none_or(|number| number == Some(&request.number)),
                    "{case}"
                );
                let body = request.body.map_or(Json::Null, |body| {
                    serde_json::from_str(&body).expect("a body is JSON")
                });
                assert_eq!(case["body"], body, "{case}");
                let warnings = found(&request.warnings, Severity::Warning);
                assert_eq!(warnings, expected(case.get("warnings")), "{case}");
            }
            Err(error) => {
                assert!(case.get("issues").is_some(), "{case}: {error:?}");
                for (severity, name) in [(Severity::Error, "issues"), (Severity::Warning, "warnings")] {
                    assert_eq!(found(&error.issues, severity), expected(case.get(name)), "{case}");
                }
            }
        }
    }
}

#[test]
fn base_urls() {
    const ACCOUNT: &str = "0123456789abcdef0123456789abcdef";
    for case in cases(include_str!("vectors/base_url.json")) {
        let members = [
            ("baseUrl", value(&case["baseUrl"])),
            ("accountId", Value::from(ACCOUNT)),
            ("allowInsecure", Value::from(case["allowInsecure"] == true)),
        ];
        match Quickcall::new(&Config::from_value(Value::from(members), false)) {
            Ok(quickcall) => {
                let request = quickcall.build(&Call::to_user(ACCOUNT, "1")).expect("a call");
                let start = request.url.split("/accounts/").next();
                assert_eq!(case["url"].as_str(), start, "{case}");
            }
            Err(error) => {
                assert_eq!(case["issue"], error.issues[0].code.as_str(), "{case}");
                assert_eq!(error.issues[0].path, ["baseUrl"], "{case}");
            }
        }
    }
}

#[test]
fn replies() {
    for case in cases(include_str!("vectors/reply.json")) {
        let body = match &case["body"] {
            Json::String(text) => text.clone(),
            body => body.to_string(),
        };
        let reply = Reply {
            status: case["status"]
                .as_u64()
                .and_then(|status| u16::try_from(status).ok())
                .expect("a status"),
            body: Some(body.as_bytes()),
            request_id: None,
            retry_after: None,
            took: 1_000,
            token: None,
        };
        let asked = Asked {
            blocking: case["blocking"] == true,
            ring_time: 30,
            through_handler: false,
        };
        match reply.outcome(asked) {
            Ok(placed) => {
                assert_eq!(case["state"], placed.state.as_str(), "{case}");
                let ids: Vec<&str> = placed.call_ids.iter().map(|id| id.as_str()).collect();
                assert_eq!(case["callIds"], serde_json::json!(ids), "{case}");
                assert!(!placed.to_json().contains("CANARY"), "{case}");
            }
            Err(error) => {
                assert_eq!(case["code"], error.code.as_str(), "{case}");
                assert_eq!(case["outcome"], error.outcome.as_str(), "{case}");
                assert_eq!(
                    case["hangupCause"].as_str(),
                    error.hangup_cause.as_ref().map(HangupCause::as_str),
                    "{case}"
                );
                assert!(!error.to_json().contains("CANARY"), "{case}");
            }
        }
    }
}

#[test]
fn a_hangup_cause_that_holds_the_token_is_not_taken_over() {
    let token = Token::new("SECRET_TOKEN_1").unwrap();
    let cause = |cause: &str| {
        let body = serde_json::json!({
            "status": "error", "message": "quickcall initiation failed", "data": {"error_message": cause},
        });
        let reply = Reply {
            status: 500,
            body: Some(body.to_string().as_bytes()),
            request_id: None,
            retry_after: None,
            took: 100,
            token: Some(&token),
        }
        .outcome(Asked {
            blocking: true,
            ring_time: 30,
            through_handler: false,
        });
        reply.unwrap_err().hangup_cause
    };
    assert_eq!(cause("USER_BUSY"), Some(HangupCause::new("USER_BUSY").unwrap()));
    assert_eq!(cause("SECRET_TOKEN_1"), None);
    assert_eq!(cause("NOT_SECRET_TOKEN_1_HERE"), None);
}
