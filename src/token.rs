//! The token that opens a phone system.

use alloc::string::String;

/// The longest token, in characters.
const MAX_TOKEN: usize = 8_192;

/// An authentication token. It cannot be printed: its `Debug` says only that it is one.
///
/// ```
/// use quickcall::Token;
///
/// let token = Token::new("3f2a…".replace('…', "")).unwrap();
/// assert_eq!(format!("{token:?}"), "Token");
/// assert!(Token::new("two\r\nlines").is_none());
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Token(String);

impl Token {
    /// Takes a token that can be the value of a header: 1 to 8,192 visible ASCII characters.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Option<Token> {
        let text = text.into();
        is_usable(&text).then_some(Token(text))
    }

    /// The token, for the header `X-Auth-Token` and for nothing else.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl core::fmt::Debug for Token {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Token")
    }
}

/// Whether a text can be the value of the header that a token stands in.
pub(crate) fn is_usable(text: &str) -> bool {
    !text.is_empty() && text.len() <= MAX_TOKEN && text.bytes().all(|byte| byte.is_ascii_graphic())
}
