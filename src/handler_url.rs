//! The address of a handler, which places calls for pages that hold no token.

use alloc::string::String;

use crate::base_url::{UrlKind, read_url};
use crate::issue::Issue;
use crate::path::Path;
use crate::value::Value;

/// The address of a handler, such as `https://edge.example.com/call`: by the rules of a [`crate::BaseUrl`], but a slash
/// at its end stays.
///
/// ```
/// use quickcall::{HandlerUrl, IssueCode, Path, Value};
///
/// let read = |text: &str| HandlerUrl::read(&Value::from(text), false, Path::of("handler"));
/// assert_eq!(read("https://edge.example.com/call/")?.as_str(), "https://edge.example.com/call/");
/// assert_eq!(read("https://edge.example.com/call?a=b").unwrap_err().code, IssueCode::InvalidUrl);
/// # Ok::<(), quickcall::Issue>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HandlerUrl(String);

impl HandlerUrl {
    /// Reads the address of a handler. With `allow_insecure` http to a public name is allowed: whoever listens learns
    /// who calls whom.
    ///
    /// # Errors
    /// An [`Issue`] at `path`, as [`crate::BaseUrl::read`].
    pub fn read(value: &Value, allow_insecure: bool, path: Path<'_>) -> Result<HandlerUrl, Issue> {
        let kind = UrlKind::web("https://edge.example.com/call");
        read_url(value, allow_insecure, path, &kind).map(HandlerUrl)
    }

    /// The address.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}
