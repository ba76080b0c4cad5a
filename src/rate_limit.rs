//! How often something may happen: `3/min`.

use crate::issue::{Issue, IssueCode};
use crate::path::Path;
use crate::text;
use crate::value::Value;

/// The most that a limit may allow in its window: each is remembered.
const MOST: u32 = 10_000;

/// The units of time, in milliseconds.
const UNITS: &[(&str, i64)] = &[
    ("s", 1_000),
    ("min", 60_000),
    ("hour", 3_600_000),
    ("day", 86_400_000),
];

/// So many in any span of this length.
///
/// ```
/// use quickcall::{Path, RateLimit, Value};
///
/// let limit = RateLimit::read(&Value::from("3/min"), Path::Root).unwrap();
/// assert_eq!((limit.count(), limit.window()), (3, 60_000));
/// assert!(RateLimit::read(&Value::from("often"), Path::Root).is_err());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RateLimit {
    count: u32,
    window: i64,
}

impl RateLimit {
    /// Reads `count/unit`: 1 to 10,000 in a unit of `s`, `min`, `hour` or `day`.
    ///
    /// # Errors
    /// An [`Issue`] at `path`.
    pub fn read(value: &Value, path: Path<'_>) -> Result<RateLimit, Issue> {
        let Some(text) = value.as_text() else {
            return Err(text::no_text(path, value));
        };
        let parts = text.split_once('/').and_then(|(count, unit)| {
            let plain = count.bytes().all(|byte| byte.is_ascii_digit());
            let count: u32 = plain.then(|| count.parse().ok())??;
            let (_, window) = UNITS.iter().find(|(name, _)| *name == unit)?;
            Some((count, *window))
        });
        match parts {
            Some((count @ 1..=MOST, window)) => Ok(RateLimit { count, window }),
            _ => {
                let message =
                    "A limit is a number from 1 to 10,000, a slash, and `s`, `min`, `hour` or `day`.";
                Err(Issue::error(IssueCode::NotAllowed, path, message).expected("3/min"))
            }
        }
    }

    pub(crate) fn new(count: u32, window: i64) -> RateLimit {
        RateLimit { count, window }
    }

    /// How many.
    pub fn count(self) -> u32 {
        self.count
    }

    /// In how long, in milliseconds.
    pub fn window(self) -> i64 {
        self.window
    }
}
