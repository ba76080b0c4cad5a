//! A call in flight: it keeps the same call away that has another key.

use alloc::borrow::ToOwned;
use alloc::string::String;
use core::fmt;

use crate::decimal::integer;
use crate::handler::trace;

/// A call in flight. Its `Debug` shows only the trace of the key.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Flight {
    /// When it ends, in milliseconds since 1970.
    pub(crate) until: i64,
    /// The key of the call.
    pub(crate) key: String,
}

impl fmt::Debug for Flight {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Flight")
            .field("until", &self.until)
            .field("trace", &trace(&self.key))
            .finish()
    }
}

impl Flight {
    /// Reads what [`Flight::to_text`] wrote. Nothing where it is another text.
    pub(crate) fn from_text(text: &str) -> Option<Flight> {
        let (until, key) = text.split_once(' ')?;
        Some(Flight {
            until: until.parse().ok()?,
            key: key.to_owned(),
        })
    }

    pub(crate) fn to_text(&self) -> String {
        [&integer(self.until), " ", &self.key].concat()
    }
}
