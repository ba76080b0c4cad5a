//! The curl command of a request.

use alloc::borrow::ToOwned;
use alloc::string::String;

use crate::joined::joined;
use crate::request::Request;

/// The header that lets a request in at a server; its value stands in the shell's variable `AUTH_TOKEN`.
pub(crate) const TOKEN: &str = "X-Auth-Token: $AUTH_TOKEN";

/// The header that makes a request to a handler one call; its value stands in the shell's variable `IDEMPOTENCY_KEY`.
const KEY: &str = "Idempotency-Key: $IDEMPOTENCY_KEY";

impl Request {
    /// The command that sends this request with curl, for a POSIX shell. It holds no secret. The token of a request to a server is
    /// taken from the shell's variable `AUTH_TOKEN`. A handler gets no token, but the key of the call, from `IDEMPOTENCY_KEY`; it also
    /// needs the origin of a page that may ask: `-H 'Origin: https://www.example.com'`.
    ///
    /// ```
    /// use quickcall::{Call, Config, Quickcall, Value};
    ///
    /// let call = Call::from(Value::from([("endpoint", "sales"), ("number", "+14155550100")]));
    /// let request = Quickcall::new(&Config::handler("https://edge.example.com/call"))?.build(&call)?;
    /// assert_eq!(
    ///     request.to_curl(),
    ///     "curl -X POST -H \"Idempotency-Key: $IDEMPOTENCY_KEY\" -H 'Content-Type: application/json' --data-raw \
    ///      '{\"endpoint\":\"sales\",\"number\":\"+14155550100\"}' 'https://edge.example.com/call'"
    /// );
    /// # Ok::<(), quickcall::QuickcallError>(())
    /// ```
    pub fn to_curl(&self) -> String {
        let of_shell = if self.asked.through_handler { KEY } else { TOKEN };
        command(
            self.method.as_str(),
            &self.url,
            Some(of_shell),
            &self.headers,
            self.body.as_deref(),
        )
    }
}

/// The command that sends these; `of_shell` is a header with a variable of the shell in it.
pub(crate) fn command(
    method: &str,
    url: &str,
    of_shell: Option<&str>,
    headers: &[(&str, &str)],
    body: Option<&str>,
) -> String {
    let mut command = String::from("curl -X ");
    command.push_str(&word(method));
    // Without it curl takes the brackets of an IPv6 address for a pattern.
    if url.contains(['[']) {
        command.push_str(" --globoff");
    }
    if let Some(header) = of_shell {
        command.extend([" -H \"", header, "\""]);
    }
    for (name, value) in headers {
        command.push_str(" -H ");
        command.push_str(&quoted(&joined(&[name, ": ", value])));
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
    joined(&["'", &text.replace(['\''], "'\\''"), "'"])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_is_what_a_shell_takes_for_these_words() {
        for (method, expected) in [
            ("GET", "curl -X GET -H 'A: b' 'u'"),
            ("", "curl -X '' -H 'A: b' 'u'"),
            ("a;b", "curl -X 'a;b' -H 'A: b' 'u'"),
            ("a'b", r"curl -X 'a'\''b' -H 'A: b' 'u'"),
        ] {
            assert_eq!(command(method, "u", None, &[("A", "b")], None), expected);
        }
    }
}
