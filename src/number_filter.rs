//! The option `numberFilter`: which part of what was typed is the number.
//!
//! The server's own filter changes what the phones *show* and never what is dialled (seen in every version), so the
//! filter is applied here, before the request is built, and `number_filter` is not sent.

use alloc::borrow::ToOwned;
use alloc::string::{String, ToString};
use alloc::sync::Arc;
use core::cell::Cell;

use crate::issue::{Issue, IssueCode};
use crate::joined::joined;
use crate::path::Path;
use crate::pattern::{Dialect, Fault, Regexp};
use crate::value::Value;

/// The longest pattern, in characters.
pub const MAX_PATTERN: usize = 1_000;

/// The longest number that a pattern is searched in, in characters.
pub const MAX_PATTERN_INPUT: usize = 256;

/// How a number is made of what was given.
#[derive(Clone, Debug, Default)]
pub enum NumberFilter {
    /// Left out: what people write between digits goes.
    #[default]
    Separators,
    /// `true`: every character goes that is no letter or digit.
    Alphanumeric,
    /// `false`: nothing is removed.
    Off,
    /// A pattern: the first capture group is the number. A `RegExp` finds here what it finds in JavaScript, or is refused; a text
    /// is read as Perl does. White space (`\s`) is what JavaScript takes for it, in both.
    Pattern(Pattern),
}

/// A compiled pattern with at least one capture group. A search takes linear time, whatever the pattern.
#[derive(Clone, Debug)]
pub struct Pattern(Arc<Compiled>);

/// A pattern with what it was compiled from.
#[derive(Debug)]
struct Compiled {
    source: String,
    dialect: Dialect,
    ignores_case: bool,
    regexp: Regexp,
}

/// The pattern that was compiled last: most callers have one for all their calls.
#[derive(Default)]
pub(crate) struct LastPattern(Cell<Option<Pattern>>);

impl NumberFilter {
    /// Reads the value of the option.
    ///
    /// # Errors
    /// An [`Issue`] with the code `wrong_type`, `required` (an empty pattern), `too_long`, `number_filter_invalid`,
    /// `number_filter_unsupported` or `number_filter_no_group`, at `path`.
    ///
    /// ```
    /// use quickcall::{IssueCode, NumberFilter, Path, Value};
    ///
    /// assert!(matches!(NumberFilter::read(&Value::from("true"), Path::Root), Ok(NumberFilter::Alphanumeric)));
    /// let issue = NumberFilter::read(&Value::from("(?=5)(5+)"), Path::Root).unwrap_err();
    /// assert_eq!(issue.code, IssueCode::NumberFilterUnsupported);
    /// ```
    pub fn read(value: &Value, path: Path<'_>) -> Result<NumberFilter, Issue> {
        NumberFilter::read_with(value, path, &LastPattern::default())
    }

    /// The same; a pattern that is the `last` one again is not compiled again.
    pub(crate) fn read_with(
        value: &Value,
        path: Path<'_>,
        last: &LastPattern,
    ) -> Result<NumberFilter, Issue> {
        let (source, dialect, flags) = match value {
            Value::Bool(true) => return Ok(NumberFilter::Alphanumeric),
            Value::Bool(false) => return Ok(NumberFilter::Off),
            Value::Text(text) if text == "true" => return Ok(NumberFilter::Alphanumeric),
            Value::Text(text) if text == "false" => return Ok(NumberFilter::Off),
            Value::Text(text) => (text, Dialect::Perl, ""),
            Value::Regexp { source, flags } => (source, Dialect::JavaScript, flags.as_str()),
            Value::IllFormed(_) => return Err(crate::text::ill_formed(path)),
            _ => return Err(Issue::wrong_type(path, "boolean, string or RegExp", value)),
        };
        if source.is_empty() {
            return Err(crate::text::empty(path));
        }
        Pattern::read(source, dialect, flags, path, last).map(NumberFilter::Pattern)
    }
}

impl Pattern {
    fn read(
        source: &str,
        dialect: Dialect,
        flags: &str,
        path: Path<'_>,
        LastPattern(last): &LastPattern,
    ) -> Result<Pattern, Issue> {
        if source.len() > MAX_PATTERN && source.chars().nth(MAX_PATTERN).is_some() {
            return Err(Issue::error(
                IssueCode::TooLong,
                path,
                "A pattern may have up to 1,000 characters.",
            ));
        }
        if let Some(flag) = flags.chars().find(|flag| !matches!(flag, 'g' | 'd' | 'i')) {
            return Err(unsupported_flag(path, flag));
        }
        let ignores_case = flags.bytes().any(|flag| flag == b'i');
        let is_same = |Pattern(last): &Pattern| {
            last.ignores_case == ignores_case && last.dialect == dialect && last.source == source
        };
        if let Some(pattern) = last.take().filter(is_same) {
            last.set(Some(pattern.clone()));
            return Ok(pattern);
        }
        let regexp = Regexp::compile(source, dialect, ignores_case).map_err(|fault| {
            let (what, why) = match fault {
                Fault::Unsupported(what) => (
                    what,
                    "It takes unbounded time, or is not known here. Write it without.",
                ),
                Fault::NoTables(what) => (
                    what,
                    "There are no tables of Unicode here. List the characters, as in `[a-z]`.",
                ),
                Fault::Invalid(what) => return invalid(path, what),
            };
            unsupported(path, what, why)
        })?;
        if !regexp.has_group() {
            let message = "The pattern has no capture group. Put ( ) around the part that is to be dialled.";
            return Err(Issue::error(IssueCode::NumberFilterNoGroup, path, message));
        }
        let pattern = Pattern(Arc::new(Compiled {
            source: source.to_owned(),
            dialect,
            ignores_case,
            regexp,
        }));
        last.set(Some(pattern.clone()));
        Ok(pattern)
    }

    /// Whether it is that of a `RegExp`, which takes a character beyond U+FFFF for two.
    pub(crate) fn takes_halves(&self) -> bool {
        self.0.dialect == Dialect::JavaScript
    }

    /// The text of the first capture group and where it starts in `number`, in bytes; never empty.
    pub(crate) fn find<'a>(&self, number: &'a str) -> Option<(usize, &'a str)> {
        self.0
            .regexp
            .first_group(number)
            .filter(|(_, group)| !group.is_empty())
    }
}

/// An issue for what patterns can hold elsewhere.
fn unsupported(path: Path<'_>, what: &str, why: &str) -> Issue {
    let message = joined(&["The pattern uses ", what, ". ", why]);
    Issue::error(IssueCode::NumberFilterUnsupported, path, &message)
}

fn unsupported_flag(path: Path<'_>, flag: char) -> Issue {
    let message = "This flag of the pattern is not known here. Leave it out.";
    Issue::error(IssueCode::NumberFilterUnsupported, path, message)
        .expected("the flags g, d and i")
        .received(&flag.to_string())
}

fn invalid(path: Path<'_>, what: &str) -> Issue {
    Issue::error(
        IssueCode::NumberFilterInvalid,
        path,
        &joined(&["The pattern does not compile: ", what, "."]),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_same_pattern_is_taken_again() {
        let last = LastPattern::default();
        let mut before: Option<Pattern> = None;
        for (source, flags, is_again) in [
            ("(x)", "", false),
            ("(x)", "g", true),
            ("(x)", "i", false),
            ("(x)", "di", true),
            ("(x)", "", false),
            ("(y)", "", false),
            ("(", "", false),
            ("(y)", "", false),
            ("(y)", "u", false),
            ("(y)", "", true),
        ] {
            let value = Value::Regexp {
                source: source.to_owned(),
                flags: flags.to_owned(),
            };
            let Ok(NumberFilter::Pattern(pattern)) = NumberFilter::read_with(&value, Path::Root, &last)
            else {
                assert!(source == "(" || flags == "u");
                continue;
            };
            let again = before.is_some_and(|before| Arc::ptr_eq(&before.0, &pattern.0));
            assert_eq!(again, is_again, "{source} {flags}");
            let found = pattern.find("XY").map(|(_, text)| text);
            assert_eq!(found, (source == "(x)" && flags.contains('i')).then_some("X"));
            before = Some(pattern);
        }
    }
}
