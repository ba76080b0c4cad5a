//! The id of a call leg that a quickcall started.

use alloc::borrow::ToOwned;
use alloc::string::String;

/// The id of a call: 36 of `[0-9a-f]` and `-quickcall`, one for each device that rings.
///
/// ```
/// use quickcall::CallId;
///
/// let id = CallId::new("0123456789abcdef0123456789abcdef0123-quickcall").unwrap();
/// assert_eq!(id.as_str(), "0123456789abcdef0123456789abcdef0123-quickcall");
/// assert!(CallId::new("0123456789abcdef0123456789abcdef").is_none());
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct CallId(String);

impl CallId {
    /// Takes `text` where it is the id of a quickcall.
    pub fn new(text: &str) -> Option<CallId> {
        let random = text.strip_suffix("-quickcall")?;
        let valid = random.len() == 36
            && random
                .bytes()
                .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        valid.then(|| CallId(text.to_owned()))
    }

    /// The id.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}
