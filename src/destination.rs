//! Destinations: which numbers may be called from a public page.
//!
//! What is judged is the final string, the one that is dialled, whatever was typed and whatever the filter.

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

use crate::country_code::{by_trunk_prefix, leads_abroad};
use crate::emergency_number::{is_emergency, is_emergency_abroad, is_emergency_everywhere};
use crate::given::unknown_key;
use crate::issue::{Issue, IssueCode};
use crate::joined::joined;
use crate::number::Number;
use crate::path::Path;
use crate::text;
use crate::value::Value;

/// The most digits of an extension.
const EXTENSION: usize = 6;

/// The most digits of a number with its country code.
const NUMBER: usize = 15;

const KEYS: &[&str] = &["allow", "deny", "extensions"];

/// The numbers that may be called: `+` and 3 to 15 digits that begin with an allowed prefix and with no denied one; with
/// `extensions` also 2 to 6 digits. Never an emergency number, a code with `*` or `#`, or a number in letters.
///
/// Many extensions are an emergency number somewhere (101). Allowed prefixes without `+` say which extensions there are: only those are
/// called then, and of them only what is an emergency number on every mobile phone (112) is not.
///
/// ```
/// use quickcall::{Destinations, Number, NumberFilter, Path, Value};
///
/// let config = r#"{"allow": ["+1", "+4420"], "deny": ["+1900"]}"#;
/// let destinations = Destinations::read(&Value::from_json(config)?, Path::Root).unwrap();
/// let allowed = |text: &str| {
///     let number = Number::filter(&Value::from(text), &NumberFilter::default(), Path::Root);
///     number.is_ok_and(|(number, _)| destinations.allow(&number))
/// };
/// assert!(allowed("+1 (415) 555-0100"));
/// assert!(!allowed("+1 900 555 0100"));
/// assert!(!allowed("415 555 0100"));
/// assert!(!allowed("+1 911"));
/// # Ok::<(), quickcall::JsonError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Destinations {
    allow: Vec<String>,
    deny: Vec<String>,
    extensions: bool,
}

impl Destinations {
    /// Reads `{ allow, deny?, extensions? }`: lists of prefixes such as `+1415`, and whether extensions may be called. One without `+`
    /// is of extensions; where none may be called, the `+` is put before a denied one, and an allowed one is refused. So is one that is the
    /// beginning of no number: no country code begins with 0.
    ///
    /// # Errors
    /// Every [`Issue`] at once, below `path`.
    pub fn read(value: &Value, path: Path<'_>) -> Result<Destinations, Vec<Issue>> {
        let Value::Object(members) = value else {
            return Err(vec![Issue::wrong_type(path, "object", value)]);
        };
        let mut issues: Vec<Issue> = members
            .iter()
            .filter(|(name, _)| !KEYS.contains(&name.as_str()))
            .map(|(name, _)| unknown_key(name, path.step(name), KEYS))
            .collect();
        let extensions = match value.get("extensions") {
            None => false,
            Some(Value::Bool(value)) => *value,
            Some(other) => {
                issues.push(Issue::wrong_type(path.step("extensions"), "boolean", other));
                false
            }
        };
        let mut prefixes = |name: &str, puts_plus: bool| match value.get(name) {
            None => Vec::new(),
            Some(Value::List(items)) => {
                let mut read = Vec::new();
                for (place, item) in items.iter().enumerate() {
                    let place = crate::decimal::integer(i64::try_from(place).unwrap_or(i64::MAX));
                    match prefix(item, extensions, puts_plus, path.step(name).step(&place)) {
                        Ok(prefix) => read.push(prefix),
                        Err(issue) => issues.push(issue),
                    }
                }
                read
            }
            Some(other) => {
                issues.push(Issue::wrong_type(path.step(name), "array", other));
                Vec::new()
            }
        };
        let allow = prefixes("allow", false);
        // Where no extension may be called, a prefix without `+` would deny nothing.
        let deny = prefixes("deny", !extensions);
        if value.get("allow").is_none() {
            let message = "Say which numbers may be called, by their first digits: `allow: [\"+1415\"]`.";
            issues.push(Issue::error(IssueCode::Required, path.step("allow"), message));
        }
        if issues.is_empty() {
            Ok(Destinations {
                allow,
                deny,
                extensions,
            })
        } else {
            Err(issues)
        }
    }

    /// Whether this number may be called.
    pub fn allow(&self, number: &Number) -> bool {
        let text = number.as_str();
        let allowed = match text.strip_prefix('+') {
            Some(digits) => {
                is_digits(digits, 3, NUMBER)
                    // No country code begins with 0: what is behind it would be dialled by rules that nobody sees here.
                    && !digits.starts_with('0')
                    && !leads_abroad(digits)
                    && !is_emergency_abroad(digits)
                    && self.allow.iter().any(|prefix| text.starts_with(prefix.as_str()))
            }
            None => self.extensions && is_digits(text, 2, EXTENSION) && self.allows_extension(text),
        };
        allowed && !self.is_denied(text)
    }

    /// Whether these two to six digits may be called: all but emergency numbers; or where `allow` names some, those, though they are
    /// emergency numbers somewhere.
    fn allows_extension(&self, digits: &str) -> bool {
        let mut own = self
            .allow
            .iter()
            .filter(|prefix| !prefix.starts_with(['+']))
            .peekable();
        if own.peek().is_none() {
            return !is_emergency(digits);
        }
        own.any(|prefix| digits.starts_with(prefix.as_str())) && !is_emergency_everywhere(digits)
    }

    /// Deny wins, and also over a number with a trunk prefix behind its country code (`+44 0 900…`), which carriers leave out.
    fn is_denied(&self, text: &str) -> bool {
        let denied = |text: &str| self.deny.iter().any(|prefix| text.starts_with(prefix.as_str()));
        match text.strip_prefix('+') {
            Some(digits) => {
                by_trunk_prefix(digits).any(|(country, rest)| denied(&joined(&["+", country, rest])))
            }
            None => denied(text),
        }
    }
}

fn is_digits(text: &str, least: usize, most: usize) -> bool {
    (least..=most).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Reads a prefix. One without `+` is of extensions, where they may be called; or the `+` is put before it.
fn prefix(value: &Value, extensions: bool, puts_plus: bool, path: Path<'_>) -> Result<String, Issue> {
    let Some(text) = value.as_text() else {
        return Err(text::no_text(path, value));
    };
    let international = text
        .strip_prefix('+')
        .or((puts_plus && !text.is_empty()).then_some(text));
    match international {
        // What could begin with 0 is no number: `0900` of an owner at home is `+49900`, and denied nothing.
        Some(digits) if is_digits(digits, 0, NUMBER) && !digits.starts_with(['0']) => {
            return Ok(joined(&["+", digits]));
        }
        None if extensions && is_digits(text, 1, EXTENSION) => return Ok(text.to_owned()),
        _ => {}
    }
    let message = "This must be the first digits of numbers, with the `+` of the country code, which never begins with 0, and \
                   without spaces.";
    Err(Issue::error(IssueCode::NotAllowed, path, message).expected("+1415"))
}
