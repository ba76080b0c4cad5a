//! The origin of a page, as browsers tell it.

use alloc::borrow::ToOwned;
use alloc::string::String;

use crate::base_url::{UrlKind, read_url};
use crate::issue::{Issue, IssueCode};
use crate::path::Path;
use crate::value::Value;

/// An origin such as `https://www.example.com`: scheme, host and port, exactly as the header `Origin` has it. An extension of a
/// browser and an app with pages of its own have another scheme (`chrome-extension://…`, `capacitor://localhost`).
///
/// ```
/// use quickcall::{Origin, Path, Value};
///
/// assert!(Origin::read(&Value::from("https://www.example.com"), false, Path::Root).is_ok());
/// assert!(Origin::read(&Value::from("capacitor://localhost"), false, Path::Root).is_ok());
/// for text in ["https://www.example.com/", "https://WWW.example.com", "https://www.example.com:443", "*", "null", "file://"] {
///     assert!(Origin::read(&Value::from(text), false, Path::Root).is_err());
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin(String);

impl Origin {
    /// Reads an origin. http is allowed to private names, and with `allow_insecure` to all: who is on the way can change
    /// the page. What an extension or an app brings comes by no network.
    ///
    /// # Errors
    /// An [`Issue`] at `path`, as [`crate::BaseUrl::read`], and `not_allowed` for what no browser sends.
    pub fn read(value: &Value, allow_insecure: bool, path: Path<'_>) -> Result<Origin, Issue> {
        const EXAMPLE: &str = "https://www.example.com";
        const UNLIKE_BROWSERS: &str = "An origin is scheme and host in small letters, and a port where it is not the usual one, without \
                                       a `/` at its end. Browsers send it so.";
        let refused = |message| Err(Issue::error(IssueCode::NotAllowed, path, message).expected(EXAMPLE));
        match value.as_text() {
            Some(text) if text.bytes().any(|byte| byte == b'*') => {
                return refused("There is no `*` here: name each origin by itself.");
            }
            Some(text) if is_of_program(text) => return Ok(Origin(text.to_owned())),
            // As `runtime.getURL("")` gives it in an extension.
            Some(text) if text.strip_suffix('/').is_some_and(is_of_program) => {
                return refused(UNLIKE_BROWSERS);
            }
            Some(text) if text == "null" || text.starts_with("file:") => {
                return refused(
                    "Every file and every frame in a sandbox has the origin `null`, whoever made it: it is never allowed. Give \
                     the page an origin, such as that of a server or of a scheme of your app.",
                );
            }
            _ => {}
        }
        let url = read_url(value, allow_insecure, path, &UrlKind::web(EXAMPLE))?;
        let as_given = value.as_text() == Some(url.as_str());
        let (scheme, rest) = url.split_once("://").unwrap_or(("", ""));
        let default_port = if scheme == "https" { ":443" } else { ":80" };
        if !as_given || rest.contains('/') || rest.ends_with(default_port) {
            return refused(UNLIKE_BROWSERS);
        }
        Ok(Origin(url))
    }

    /// The origin.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Whether this is the origin of an extension or of an app: a scheme that is none of the web, nor one mistyped, and a host.
fn is_of_program(text: &str) -> bool {
    let Some((scheme, host)) = text.split_once("://") else {
        return false;
    };
    let is_scheme = scheme
        .bytes()
        .all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'+' | b'.' | b'-'));
    let is_host = host
        .bytes()
        .all(|byte| matches!(byte, b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_'));
    let is_of_web = scheme.starts_with("ht")
        || scheme.ends_with("tp")
        || scheme.ends_with("tps")
        || matches!(scheme, "file" | "ws" | "wss");
    is_scheme && is_host && !is_of_web && !scheme.is_empty() && !host.is_empty()
}
