//! What a token may be, and that it is not shown.

#![cfg(not(target_arch = "wasm32"))]

use quickcall::Token;

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
