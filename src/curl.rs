//! The curl command of a request.

use alloc::borrow::ToOwned;
use alloc::string::String;

/// The command that sends this request with curl. The token is taken from the shell's variable `AUTH_TOKEN`; a request
/// with a header `Idempotency-Key` is one to a handler and needs none.
///
/// ```
/// let command = quickcall::to_curl("GET", "https://kazoo.example.com/v2/a", &[], None);
/// assert_eq!(command, "curl -X GET -H \"X-Auth-Token: $AUTH_TOKEN\" 'https://kazoo.example.com/v2/a'");
/// ```
pub fn to_curl(method: &str, url: &str, headers: &[(&str, &str)], body: Option<&str>) -> String {
    let mut command = String::from("curl -X ");
    command.push_str(&word(method));
    // Without it curl takes the brackets of an IPv6 address for a pattern.
    if url.contains(['[']) {
        command.push_str(" --globoff");
    }
    let to_handler = headers
        .iter()
        .any(|(name, _)| name.eq_ignore_ascii_case("idempotency-key"));
    if !to_handler {
        command.push_str(" -H \"X-Auth-Token: $AUTH_TOKEN\"");
    }
    for (name, value) in headers
        .iter()
        .filter(|(name, _)| !name.eq_ignore_ascii_case("x-auth-token"))
    {
        command.push_str(" -H ");
        command.push_str(&quoted(&[name, ": ", value].concat()));
    }
    if let Some(body) = body {
        command.push_str(" --data-raw ");
        command.push_str(&quoted(body));
    }
    command.push(' ');
    command.push_str(&quoted(url));
    command
}

fn word(text: &str) -> String {
    let plain = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric());
    if plain { text.to_owned() } else { quoted(text) }
}

/// `text` as one word of a shell, whatever it holds.
fn quoted(text: &str) -> String {
    ["'", &text.replace(['\''], "'\\''"), "'"].concat()
}
