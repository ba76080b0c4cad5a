//! What is shown of names and codes, and what of them is an error of a program.

#![cfg(not(target_arch = "wasm32"))]

use std::collections::HashMap;
use std::error::Error;

use quickcall::{
    Call, CallId, CheckedCall, EndpointKind, ErrorCode, HangupCause, Issue, IssueCode, Method, Number,
    NumberFilter, Outcome, Path, ProgressState, Refusal, RefusalCode, Value, judge_method,
};

#[test]
fn what_is_refused_is_an_error_of_a_program() {
    fn of_method() -> Result<(), Box<dyn Error>> {
        Ok(judge_method("GET", None)?)
    }
    fn of_call() -> Result<(), Box<dyn Error>> {
        let mut refusal = Refusal::from(RefusalCode::Invalid);
        refusal.issues = CheckedCall::check(&Call::to_device("a", "1001").with("timeout", 2))
            .map_err(|error| error.issues)
            .unwrap_err();
        Err(refusal)?
    }
    fn of_issue() -> Result<Number, Box<dyn Error>> {
        let filter = NumberFilter::default();
        let (number, _) = Number::filter(&Value::from("users"), &filter, Path::of("number"))?;
        Ok(number)
    }
    assert_eq!(of_method().unwrap_err().to_string(), "method_not_allowed");
    assert_eq!(
        of_call().unwrap_err().to_string(),
        "The call was not placed: something in it is wrong. timeout: The shortest ring time is 3 seconds."
    );
    let error = of_issue().unwrap_err();
    assert!(error.is::<Issue>());
    assert!(error.to_string().starts_with("number: "), "{error}");
}

#[test]
fn what_has_a_name_is_shown_by_it() {
    let kinds = [EndpointKind::Device, EndpointKind::User, EndpointKind::Alias];
    assert_eq!(kinds.map(|kind| kind.to_string()), ["device", "user", "endpoint"]);
    assert_eq!(
        [Method::Get, Method::Post].map(|method| method.to_string()),
        ["GET", "POST"]
    );
    assert_eq!(ProgressState::Connected.to_string(), "connected");
    assert_eq!(HangupCause::new("USER_BUSY").unwrap().to_string(), "USER_BUSY");
    let id = "0123456789abcdef0123456789abcdef0123-quickcall";
    assert_eq!(CallId::new(id).as_ref().map(AsRef::<str>::as_ref), Some(id));
    let filter = NumberFilter::default();
    let (number, _) = Number::filter(&Value::from("(415) 555-0100"), &filter, Path::Root).unwrap();
    assert_eq!(AsRef::<str>::as_ref(&number), "4155550100");
}

#[test]
fn codes_can_be_counted_by() {
    let mut counts = HashMap::new();
    for (code, outcome) in [
        (ErrorCode::Network, Outcome::Unknown),
        (ErrorCode::Network, Outcome::NotPlaced),
        (ErrorCode::Network, Outcome::Unknown),
    ] {
        *counts
            .entry((code, outcome, IssueCode::Required, RefusalCode::Limited))
            .or_insert(0) += 1;
    }
    assert_eq!(counts.len(), 2);
}
