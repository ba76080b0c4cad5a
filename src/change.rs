//! What a step changes.

use alloc::string::String;
use alloc::vec::Vec;

use crate::flight::Flight;
use crate::key_entry::KeyEntry;
use crate::rate_limit::RateLimit;
use crate::reservation::Write;
use crate::sliding_window::SlidingWindow;

/// What an entry becomes.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Change<T> {
    /// `None` removes it.
    pub(crate) value: Option<T>,
    /// When it may be forgotten, in milliseconds since 1970.
    pub(crate) expires: i64,
}

impl<T> Change<T> {
    pub(crate) fn removal(expires: i64) -> Change<T> {
        Change { value: None, expires }
    }

    /// The same for a store, which keeps texts, at a place among the names of a reservation.
    pub(crate) fn to_write(&self, place: usize, to_text: impl FnOnce(&T) -> String) -> Write {
        Write {
            place,
            value: self.value.as_ref().map(to_text),
            expires: self.expires,
        }
    }
}

impl From<KeyEntry> for Change<KeyEntry> {
    fn from(entry: KeyEntry) -> Self {
        Change {
            expires: entry.expires(),
            value: Some(entry),
        }
    }
}

impl From<Flight> for Change<Flight> {
    fn from(flight: Flight) -> Self {
        Change {
            expires: flight.until,
            value: Some(flight),
        }
    }
}

impl Change<SlidingWindow> {
    /// The window of a limit, where it has counted something.
    pub(crate) fn of_window(window: SlidingWindow, limit: RateLimit, now: i64) -> Self {
        let expires = window.expires(limit);
        Change {
            value: expires.map(|_| window),
            expires: expires.unwrap_or(now),
        }
    }
}

/// What becomes of the entries of a key and of its flight. `None` leaves one as it is.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Changes {
    pub(crate) key: Option<Change<KeyEntry>>,
    pub(crate) flight: Option<Change<Flight>>,
}

impl Changes {
    /// The same for a store.
    pub(crate) fn to_writes(&self) -> Vec<Write> {
        let key = self
            .key
            .iter()
            .map(|change| change.to_write(0, KeyEntry::to_json));
        let flight = self
            .flight
            .iter()
            .map(|change| change.to_write(1, Flight::to_text));
        key.chain(flight).collect()
    }
}
