//! Custom application vars (CAVs): data that goes with the call's events.
//!
//! In a POST they stand in the body; in a GET each is a query parameter, where some names mean something to the server.

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;

use crate::call_key::CallKey;
use crate::issue::{Issue, IssueCode};
use crate::joined::joined;
use crate::path::Path;
use crate::text;
use crate::value::Value;

/// How many vars a call may have.
pub const MAX_VARS: usize = 64;

/// Names that the server drops without a word, matched exactly.
const DROPPED: &[&str] = &[
    "Account-ID",
    "Account-Name",
    "Account-Realm",
    "Authorizing-ID",
    "Authorizing-Type",
    "Auto-Answer",
    "Call-Forward",
    "Call-Interaction-ID",
    "Ecallmgr-Node",
    "Call-Waiting-Disabled",
    "Confirm-Cancel-Timeout",
    "Confirm-File",
    "Confirm-Key",
    "Fax-Enabled",
    "Fetch-ID",
    "Loopback-Bowout",
    "Media-Encryption-Enforce-Security",
    "Media-Webrtc",
    "Owner-ID",
    "Presence-ID",
    "RTCP-MUX",
    "Realm",
    "Require-Ignore-Early-Media",
    "Retain-CID",
    "SIP-Invite-Domain",
    "Simplify-Loopback",
    "Username",
];

/// Names that mean something to the server in a query, besides those of the options.
const MEANT_IN_A_QUERY: &[&str] = &[
    "verb",
    "auth_token",
    "authorization",
    "accept",
    "jsonp",
    "pretty_print",
    "start_key",
    "paginate",
    "page_size",
    "is_chunked",
    "filename",
    "file_name",
    "accept_charges",
];

/// One var as it was given, and where.
pub(crate) struct GivenVar<'a> {
    pub(crate) key: &'a str,
    pub(crate) value: &'a Value,
    pub(crate) path: Path<'a>,
    pub(crate) is_default: bool,
}

/// Custom application vars that arrive as they were given: keys `[A-Za-z0-9_-]+`, values as strings, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CustomApplicationVars(Vec<(String, String)>);

impl CustomApplicationVars {
    /// Reads vars; `options` are the names of those that the query holds, where the server makes vars of them, too.
    #[inline(never)] // Few calls need it, and a first call waits for what is compiled.
    pub(crate) fn read(
        given: &[GivenVar<'_>],
        in_a_query: bool,
        options: &[&str],
        issues: &mut Vec<Issue>,
    ) -> CustomApplicationVars {
        let mut vars: Vec<(String, String)> = Vec::new();
        let mut digests: Vec<u32> = Vec::new();
        for &GivenVar { key, value, path, .. } in given {
            let digest = digest(key);
            let mut alike: Vec<&str> = Vec::new();
            // Nearly never. Asked of all at once it takes less than the loop.
            if digests.contains(&digest) {
                for (other, (name, _)) in digests.iter().zip(&vars) {
                    if *other == digest {
                        alike.push(name);
                    }
                }
            }
            if let Err(issue) = check_key(key, path, in_a_query, options) {
                issues.push(issue);
            } else if alike.contains(&key) {
                issues.push(Issue::error(
                    IssueCode::DuplicateKey,
                    path,
                    "This var was given twice.",
                ));
                continue;
            } else {
                warn_of_name(key, path, &alike, options, issues);
            }
            match read_value(value, path) {
                Ok(value) => {
                    vars.push((key.to_owned(), value));
                    digests.push(digest);
                }
                Err(issue) => issues.push(issue),
            }
        }
        CustomApplicationVars(vars)
    }

    /// The vars in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(key, value)| (key.as_str(), value.as_str()))
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// The key as responses and websocket events have it.
pub(crate) fn as_returned(key: &str) -> String {
    let one = |character| u8::try_from(character).map_or(character, |byte| char::from(returned(byte)));
    key.chars().map(one).collect()
}

fn returned(byte: u8) -> u8 {
    match byte {
        b'-' => b'_',
        _ => byte.to_ascii_lowercase(),
    }
}

fn check_key(key: &str, path: Path<'_>, in_a_query: bool, options: &[&str]) -> Result<(), Issue> {
    if key.is_empty() {
        return Err(Issue::error(
            IssueCode::UnsafeCharacter,
            path,
            "A var must have a name.",
        ));
    }
    let strange = |character: char| !(character.is_ascii_alphanumeric() || matches!(character, '_' | '-'));
    text::refuse(
        key,
        path,
        strange,
        "a var's name has only letters, digits, `_` and `-`",
    )?;
    if DROPPED.contains(&key) {
        let message = "The server uses this name itself and drops the var. Choose another name.";
        return Err(Issue::error(IssueCode::Reserved, path, message));
    }
    let is_meant = in_a_query
        && (MEANT_IN_A_QUERY.contains(&key)
            || CallKey::ALL.iter().any(|option| is_option_name(*option, key)));
    if is_meant || options.contains(&key) {
        let message =
            "In the query of this call the name means something else to the server. Choose another name.";
        return Err(Issue::error(IssueCode::Reserved, path, message));
    }
    Ok(())
}

fn is_option_name(option: CallKey, key: &str) -> bool {
    option.is_option() && option != CallKey::Blocking && option.documented() == key
}

/// A number that is the same for keys which the server gives the same name: FNV-1a. Comparing each key with all others took
/// most of the time of a call with many vars.
fn digest(key: &str) -> u32 {
    key.bytes().map(returned).fold(0x811C_9DC5, |digest: u32, byte| {
        (digest ^ u32::from(byte)).wrapping_mul(0x0100_0193)
    })
}

fn warn_of_name(key: &str, path: Path<'_>, alike: &[&str], options: &[&str], issues: &mut Vec<Issue>) {
    let is_same = |other: &str| other.bytes().map(returned).eq(key.bytes().map(returned));
    if [alike, options]
        .iter()
        .any(|names| names.iter().any(|other| is_same(other)))
    {
        let message = joined(&[
            "Another var or option has the same name to the server: both are `",
            &as_returned(key),
            "` in events.",
        ]);
        issues.push(Issue::warning(IssueCode::Collision, path, &message));
    } else if key.bytes().any(|byte| returned(byte) != byte) {
        let returned = as_returned(key);
        let message = joined(&["In answers and events this var is called `", &returned, "`."]);
        issues.push(Issue::warning(IssueCode::Changed, path, &message).expected(&returned));
    }
}

/// What the server does not escape in the value of a var: it ends the value, or the switch's whole command.
pub(crate) fn breaks_a_value(character: char) -> bool {
    matches!(character, '=' | '\'' | '"' | '\\' | '{' | '}' | '[' | ']' | '^')
}

fn read_value(value: &Value, path: Path<'_>) -> Result<String, Issue> {
    let text = match value {
        Value::Number(number) => return Ok(number.as_str().to_owned()),
        Value::Bool(true) => return Ok("true".to_owned()),
        Value::Bool(false) => return Ok("false".to_owned()),
        Value::Text(_) | Value::IllFormed(_) => text::read(value, path)?,
        _ => return Err(Issue::wrong_type(path, "string, number or boolean", value)),
    };
    text::refuse(
        text,
        path,
        breaks_a_value,
        "the server loses the call over it. Leave it out, or encode the value",
    )?;
    Ok(text.to_owned())
}
