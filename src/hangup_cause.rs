//! The hangup cause: why a call or one of its legs ended.

use alloc::borrow::ToOwned;
use alloc::string::String;

/// Why a call ended, in a server's word: 1 to 64 of `A-Z 0-9 _`, such as `USER_BUSY`. Any other text of a server is not
/// taken over, since it may hold anything.
///
/// ```
/// use quickcall::HangupCause;
///
/// assert_eq!(HangupCause::new("NO_ANSWER").unwrap().as_str(), "NO_ANSWER");
/// assert!(HangupCause::new("no answer").is_none());
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct HangupCause(String);

impl HangupCause {
    /// Takes `text` where it is a hangup cause.
    pub fn new(text: &str) -> Option<HangupCause> {
        let plain = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_';
        let valid = !text.is_empty() && text.len() <= 64 && text.bytes().all(plain);
        valid.then(|| HangupCause(text.to_owned()))
    }

    /// The cause.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}
