//! The address of the server's API.

use alloc::string::String;
use core::str::Bytes;

use crate::ip_address::{ipv4, ipv6, is_private_v4, is_private_v6};
use crate::issue::{Issue, IssueCode};
use crate::joined::joined;
use crate::path::Path;
use crate::text;
use crate::value::Value;

/// Endings of names that are not public.
const PRIVATE_ENDINGS: &[&str] = &[".localhost", ".local", ".internal", ".lan", ".test", ".home.arpa"];

/// What kind of URL is read: its schemes, by one of which nobody on the way can listen, and an example for issues.
pub(crate) struct UrlKind {
    pub(crate) safe: &'static str,
    pub(crate) open: &'static str,
    pub(crate) example: &'static str,
}

impl UrlKind {
    /// https, or http.
    pub(crate) const fn web(example: &'static str) -> UrlKind {
        UrlKind {
            safe: "https",
            open: "http",
            example,
        }
    }
}

/// The address of a server's API, such as `https://kazoo.example.com:8443/v2`: https, or http where no public network
/// is crossed; no credentials, query or fragment; without a slash at its end.
///
/// ```
/// use quickcall::{BaseUrl, IssueCode, Path, Value};
///
/// let read = |text: &str| BaseUrl::read(&Value::from(text), false, Path::of("baseUrl"));
/// assert_eq!(read("https://Kazoo.example.com:8443/v2/")?.as_str(), "https://kazoo.example.com:8443/v2");
/// assert_eq!(read("http://localhost:8000/v2")?.as_str(), "http://localhost:8000/v2");
/// assert_eq!(read("http://kazoo.example.com/v2").unwrap_err().code, IssueCode::NotAllowed);
/// # Ok::<(), quickcall::Issue>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BaseUrl(String);

impl BaseUrl {
    /// Reads a base URL. With `allow_insecure` http to a public name is allowed: whoever listens gets the token.
    ///
    /// # Errors
    /// An [`Issue`] at `path`: `wrong_type`, `required`, `unsafe_character`, `invalid_url`, or `not_allowed` for http to
    /// a public name.
    pub fn read(value: &Value, allow_insecure: bool, path: Path<'_>) -> Result<BaseUrl, Issue> {
        let kind = UrlKind::web("https://kazoo.example.com:8443/v2");
        let mut url = read_url(value, allow_insecure, path, &kind)?;
        url.truncate(url.trim_end_matches('/').len());
        Ok(BaseUrl(url))
    }

    /// The address, without a slash at its end.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Reads a URL of this kind by the rules above; a slash at its end stays.
pub(crate) fn read_url(
    value: &Value,
    allow_insecure: bool,
    path: Path<'_>,
    kind: &UrlKind,
) -> Result<String, Issue> {
    let text = text::read(value, path)?;
    let invalid =
        |message: &str| Err(Issue::error(IssueCode::InvalidUrl, path, message).expected(kind.example));
    let (scheme, behind) = text.split_once([':']).unwrap_or((text, ""));
    let scheme = scheme.to_ascii_lowercase();
    let rest = behind.strip_prefix("//");
    let Some(rest) = rest.filter(|_| scheme == kind.safe || scheme == kind.open) else {
        let message = [
            "The URL must start with ",
            kind.safe,
            "://, or with ",
            kind.open,
            ":// in a private network.",
        ];
        return invalid(&joined(&message));
    };
    if rest.contains(['?', '#']) {
        return invalid("The URL must have no query and no fragment.");
    }
    let (authority, route) = rest
        .split_at_checked(rest.find(['/']).unwrap_or(rest.len()))
        .unwrap_or((rest, ""));
    if authority.contains(['@']) {
        return invalid("The URL must hold no user name and no password.");
    }
    let Some((host, port)) = host_and_port(authority) else {
        return invalid(
            "The URL must name a host: letters, digits, `-`, `.` and `_`, or an IP address, and perhaps a port up to 65,535. Write \
             other letters as `xn--…`.",
        );
    };
    if !is_plain_route(route) {
        return invalid(
            "The path of the URL may hold letters, digits and `- _ . ~ ! $ & ' ( ) * + , ; = : @ /`, others as `%` with two \
             hexadecimal digits, and no `.` or `..` as a part.",
        );
    }
    if scheme == kind.open && !allow_insecure && !is_private(&host) {
        let message = [
            "With ",
            kind.open,
            " everybody on the way can read what is sent, a token too. Use ",
            kind.safe,
            ", or set `allowInsecure` if the network is safe.",
        ];
        return Err(Issue::error(IssueCode::NotAllowed, path, &joined(&message)).expected(kind.safe));
    }
    Ok(joined(&[&scheme, "://", &host, port, route]))
}

/// The host in lower case and the port with its colon, or nothing.
fn host_and_port(authority: &str) -> Option<(String, &str)> {
    let (host, port) = if authority.starts_with('[') {
        authority.split_at_checked(authority.find([']'])? + 1)?
    } else {
        authority.split_at_checked(authority.find([':']).unwrap_or(authority.len()))?
    };
    if let Some(digits) = port.strip_prefix(':') {
        let number: u16 = digits
            .bytes()
            .all(|byte| byte.is_ascii_digit())
            .then(|| digits.parse().ok())??;
        if number == 0 {
            return None;
        }
    } else if !port.is_empty() {
        return None;
    }
    let host = host.to_ascii_lowercase();
    is_host(&host).then_some((host, port))
}

fn is_host(host: &str) -> bool {
    if host.starts_with('[') {
        return in_brackets(host).and_then(ipv6).is_some();
    }
    let mut last = "";
    let mut all_plain = host.len() <= 253;
    for label in host.strip_suffix('.').unwrap_or(host).split(['.']) {
        all_plain &= is_label(label);
        last = label;
    }
    // Browsers read a host whose last part is a number, `0x7f.1` too, as an IPv4 address, and not always as the one
    // that a person sees in it.
    let numeric = last.starts_with(|c: char| c.is_ascii_digit()) && {
        let digits = last.strip_prefix("0x").unwrap_or(last);
        digits.bytes().all(|byte| byte.is_ascii_hexdigit())
            && (digits.len() < last.len() || is_digits(digits))
    };
    if numeric { ipv4(host).is_some() } else { all_plain }
}

fn is_label(label: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    matches!(label.len(), 1..=63) && label.bytes().all(plain)
}

fn is_digits(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}

fn in_brackets(host: &str) -> Option<&str> {
    host.strip_prefix('[')?.strip_suffix(']')
}

/// Whether a path is one of RFC 3986 that is sent as it stands: browsers leave out the parts `.` and `..`.
fn is_plain_route(route: &str) -> bool {
    route.split(['/']).all(is_plain_part)
}

fn is_plain_part(part: &str) -> bool {
    let mut bytes = part.bytes();
    let mut length = 0;
    let mut dots = 0;
    while let Some(byte) = bytes.next() {
        let meant = match byte {
            b'%' => escaped(&mut bytes),
            b'-' | b'_' | b'.' | b'~' | b'!' | b'$' | b'&' | b'\'' | b'(' | b')' | b'*' | b'+' | b','
            | b';' | b'=' | b':' | b'@' => Some(byte.into()),
            _ => byte.is_ascii_alphanumeric().then_some(byte.into()),
        };
        let Some(meant) = meant else {
            return false;
        };
        length += 1;
        // `%2e` is a dot for browsers, too.
        dots += u32::from(meant == u32::from(b'.'));
    }
    dots < length || !matches!(length, 1 | 2)
}

/// What the two digits behind a `%` stand for.
fn escaped(bytes: &mut Bytes<'_>) -> Option<u32> {
    let mut digit = || char::from(bytes.next()?).to_digit(16);
    Some(16 * digit()? + digit()?)
}

/// Whether a request to `host` crosses no public network, as far as the name tells.
#[inline(never)] // Few calls need it, and a first call waits for what is compiled.
fn is_private(host: &str) -> bool {
    if let Some(address) = in_brackets(host) {
        return ipv6(address).is_some_and(is_private_v6);
    }
    if let Some(address) = ipv4(host) {
        return is_private_v4(address);
    }
    let name = host.strip_suffix('.').unwrap_or(host);
    !name.contains(['.']) || PRIVATE_ENDINGS.iter().any(|ending| name.ends_with(ending))
}
