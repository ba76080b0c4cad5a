//! The account on whose behalf a call is placed.

use alloc::borrow::ToOwned;
use alloc::string::String;

use crate::endpoint::is_hexadecimal_id;
use crate::issue::{Issue, IssueCode};
use crate::path::Path;
use crate::text;
use crate::value::Value;

/// The id of an account: 32 of `[0-9a-f]`. (The server answers 404 to an id of another length.)
///
/// ```
/// use quickcall::{AccountId, IssueCode, Path, Value};
///
/// let read = |text: &str| AccountId::read(&Value::from(text), Path::of("accountId"));
/// assert_eq!(read("0123456789abcdef0123456789abcdef")?.as_str(), "0123456789abcdef0123456789abcdef");
/// assert_eq!(read("0123456789ABCDEF").unwrap_err().code, IssueCode::NotAllowed);
/// # Ok::<(), quickcall::Issue>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountId(String);

impl AccountId {
    /// Reads an account id.
    ///
    /// # Errors
    /// An [`Issue`] at `path`: `wrong_type`, `required`, `unsafe_character`, or `not_allowed` for any other text.
    pub fn read(value: &Value, path: Path<'_>) -> Result<AccountId, Issue> {
        let id = text::read(value, path)?;
        if is_hexadecimal_id(id) {
            return Ok(AccountId(id.to_owned()));
        }
        let expected = "32 characters of 0-9 and a-f";
        Err(Issue::error(
            IssueCode::NotAllowed,
            path,
            "An account id has 32 characters of 0-9 and a-f.",
        )
        .expected(expected))
    }

    /// The id.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}
