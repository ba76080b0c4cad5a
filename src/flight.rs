//! A call in flight: it keeps the same call away that has another key.

use alloc::string::String;

use crate::decimal::integer;
use crate::idempotency_key::IdempotencyKey;
use crate::joined::joined;

/// A call in flight.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Flight {
    /// When it ends, in milliseconds since 1970.
    pub(crate) until: i64,
    /// The key of the call.
    pub(crate) key: IdempotencyKey,
}

impl Flight {
    /// Reads what [`Flight::to_text`] wrote. Nothing where it is another text.
    pub(crate) fn from_text(text: &str) -> Option<Flight> {
        let (until, key) = text.split_once(' ')?;
        Some(Flight {
            until: until.parse().ok()?,
            key: IdempotencyKey::new(key)?,
        })
    }

    pub(crate) fn to_text(&self) -> String {
        joined(&[&integer(self.until), " ", self.key.as_str()])
    }
}
