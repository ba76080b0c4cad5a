//! How long the phone rings: the option `timeout`, as the server counts it.

use alloc::vec::Vec;

use crate::decimal::Whole;
use crate::issue::{Issue, IssueCode};
use crate::path::Path;
use crate::value::Value;

/// How long a phone rings when nothing is said, in seconds.
const DEFAULT: u16 = 30;

/// The option `timeout`: 3 to 600 seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timeout(u16);

impl Timeout {
    pub(crate) fn read(value: &Value, path: Path<'_>, warnings: &mut Vec<Issue>) -> Result<Timeout, Issue> {
        const RANGE: &str = "a whole number from 3 to 600";
        let Value::Number(number) = value else {
            return Err(Issue::wrong_type(path, "number", value));
        };
        let refused = |code, message: &str| {
            Err(Issue::error(code, path, message)
                .expected(RANGE)
                .received(number.as_str()))
        };
        let seconds = match number.whole() {
            Whole::Fraction => {
                return refused(
                    IssueCode::WrongType,
                    "The ring time is a whole number of seconds.",
                );
            }
            Whole::Tiny | Whole::Number(..3) => {
                return refused(IssueCode::TooSmall, "The shortest ring time is 3 seconds.");
            }
            Whole::Huge | Whole::Number(601..) => {
                return refused(IssueCode::TooLarge, "The longest ring time is 600 seconds.");
            }
            Whole::Number(seconds) => u16::try_from(seconds).unwrap_or(DEFAULT),
        };
        if seconds == 3 {
            let message =
                "The document allows 3; servers make 30 of it. Give 4 or more for a short ring time.";
            warnings.push(Issue::warning(IssueCode::Changed, path, message).received("3"));
        }
        Ok(Timeout(seconds))
    }

    pub(crate) fn new(seconds: u16) -> Timeout {
        Timeout(seconds.clamp(4, 600))
    }

    /// The seconds as they were given.
    pub fn seconds(self) -> u16 {
        self.0
    }
}

/// How long the phone rings, in seconds, as the server counts: a timeout of 3, or none, is 30 there.
pub(crate) fn ring_time(timeout: Option<Timeout>) -> u16 {
    timeout
        .map(Timeout::seconds)
        .filter(|seconds| *seconds > 3)
        .unwrap_or(DEFAULT)
}
