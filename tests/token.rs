//! What a token may be, and that it is not shown.

#![cfg(not(target_arch = "wasm32"))]

use quickcall::{Call, Config, Quickcall, Reply, Token, Value};

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
fn neither_call_nor_request_nor_reply_shows_a_secret() {
    let call = Call::from(Value::from([("endpoint", "sales"), ("number", "+14155550100")]));
    let call = call.with("verification", "SECRET").with("authToken", "SECRET");
    let shown = format!("{call:?}");
    assert!(
        !shown.contains("SECRET") && shown.contains("+14155550100") && shown.contains("authToken"),
        "{shown}"
    );
    let handler = Quickcall::new(&Config::handler("https://edge.example.com/call")).unwrap();
    let call =
        Call::from_json(r#"{"endpoint": "sales", "number": "+14155550100", "verification": "SECRET"}"#)
            .unwrap();
    let (checked, _) = handler.check(&call).unwrap();
    assert!(!format!("{checked:?}").contains("SECRET"), "{checked:?}");
    let request = handler.build(&call).unwrap();
    assert!(request.body.as_ref().is_some_and(|body| body.contains("SECRET")));
    let shown = format!("{request:?}");
    assert!(
        !shown.contains("SECRET") && shown.contains("edge.example.com"),
        "{shown}"
    );
    let config = Config::new("https://kazoo.example.com/v2", "0123456789abcdef0123456789abcdef");
    let server = Quickcall::new(&config).unwrap();
    let request = server
        .build(&Call::to_user("u", "1001").with("timeout", 7))
        .unwrap();
    assert!(format!("{request:?}").contains("timeout"), "{request:?}");
    let token = Token::new("SECRET").unwrap();
    let reply = Reply {
        status: 200,
        body: Some(br#"{"auth_token": "SECRET"}"#),
        request_id: Some("SECRET"),
        retry_after: None,
        took: 5,
        token: Some(&token),
    };
    assert_eq!(
        format!("{reply:?}"),
        "Reply { status: 200, body_length: Some(24), retry_after: None, took: 5, .. }"
    );
}
