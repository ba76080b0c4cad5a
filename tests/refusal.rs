//! What is refused before a request is read, and how a refusal is written.

#![cfg(not(target_arch = "wasm32"))]

use quickcall::{Call, CheckedCall, Refusal, RefusalCode, Value, judge_method};

#[test]
fn only_a_post_of_json_is_judged() {
    let refused = Err(RefusalCode::UnsupportedMediaType);
    for (content_type, expected) in [
        (Some("application/json"), Ok(())),
        (Some(" Application/JSON ;charset=utf-8"), Ok(())),
        (Some("application/json-seq"), refused),
        (Some("text/plain;application/json"), refused),
        (Some(""), refused),
        (None, refused),
    ] {
        assert_eq!(judge_method("POST", content_type), expected, "{content_type:?}");
        for method in ["GET", "PUT", "post", ""] {
            assert_eq!(
                judge_method(method, content_type),
                Err(RefusalCode::MethodNotAllowed)
            );
        }
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
        "The call was not placed: there were too many calls. Wait, then call again. This must be of type object, not null."
    );
    assert_eq!(json["error"]["issues"][0]["code"], "wrong_type");
    for code in RefusalCode::ALL {
        let json: serde_json::Value = serde_json::from_str(&Refusal::from(*code).to_json()).unwrap();
        assert_eq!(json["error"]["code"], code.as_str());
        assert_eq!(json["error"]["outcome"], code.outcome().as_str());
    }
}
