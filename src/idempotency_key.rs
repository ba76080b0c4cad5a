//! The key that makes a repeated request the same call.

use alloc::string::String;
use core::fmt;

use crate::fingerprint::Fingerprint;

/// The value of a header `Idempotency-Key`: 8 to 128 letters, digits, `_` and `-`. A handler places one call for a key,
/// however often it is sent. Who has it learns what became of the call, so its `Debug` shows only its [`trace`].
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct IdempotencyKey(String);

impl IdempotencyKey {
    /// Takes `text` where it is a key.
    ///
    /// ```
    /// use quickcall::IdempotencyKey;
    ///
    /// assert!(IdempotencyKey::new("6fcb514b-b878-4c9d-95b7-8dc3a7ce6fd8").is_some());
    /// assert!(IdempotencyKey::new("short").is_none());
    /// ```
    pub fn new(text: impl Into<String>) -> Option<IdempotencyKey> {
        let text = text.into();
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
        ((8..=128).contains(&text.len()) && text.bytes().all(plain)).then_some(IdempotencyKey(text))
    }

    /// The key.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for IdempotencyKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IdempotencyKey")
            .field("trace", &trace(&self.0))
            .finish()
    }
}

/// What logs may hold of a key, to find the requests of one call: 16 hexadecimal digits.
pub fn trace(key: &str) -> String {
    Fingerprint::of_text(key).to_hexadecimal()
}
