//! The origin of a page, as browsers tell it.

use alloc::string::String;

use crate::base_url::{UrlKind, read_url};
use crate::issue::{Issue, IssueCode};
use crate::path::Path;
use crate::value::Value;

/// An origin such as `https://www.example.com`: scheme, host and port, exactly as the header `Origin` has it.
///
/// ```
/// use quickcall::{Origin, Path, Value};
///
/// assert!(Origin::read(&Value::from("https://www.example.com"), false, Path::Root).is_ok());
/// for text in ["https://www.example.com/", "https://WWW.example.com", "https://www.example.com:443", "*", "null"] {
///     assert!(Origin::read(&Value::from(text), false, Path::Root).is_err());
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin(String);

impl Origin {
    /// Reads an origin. http is allowed to private names, and with `allow_insecure` to all: who is on the way can change
    /// the page.
    ///
    /// # Errors
    /// An [`Issue`] at `path`, as [`crate::BaseUrl::read`], and `not_allowed` for what no browser sends.
    pub fn read(value: &Value, allow_insecure: bool, path: Path<'_>) -> Result<Origin, Issue> {
        const EXAMPLE: &str = "https://www.example.com";
        if value
            .as_text()
            .is_some_and(|text| text.bytes().any(|byte| byte == b'*'))
        {
            let message = "There is no `*` here: name each origin by itself.";
            return Err(Issue::error(IssueCode::NotAllowed, path, message).expected(EXAMPLE));
        }
        let url = read_url(value, allow_insecure, path, &UrlKind::web(EXAMPLE))?;
        let as_given = value.as_text() == Some(url.as_str());
        let (scheme, rest) = url.split_once("://").unwrap_or(("", ""));
        let default_port = if scheme == "https" { ":443" } else { ":80" };
        if !as_given || rest.contains('/') || rest.ends_with(default_port) {
            let message = "An origin is scheme and host in small letters, and a port where it is not the usual one, without \
                           a `/` at its end. Browsers send it so.";
            return Err(Issue::error(IssueCode::NotAllowed, path, message).expected(EXAMPLE));
        }
        Ok(Origin(url))
    }

    /// The origin.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}
