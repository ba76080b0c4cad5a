//! The option `numberFilter`: which part of what was typed is the number.
//!
//! The server's own filter changes what the phones *show* and never what is dialled (seen in every version), so the
//! filter is applied here, before the request is built, and `number_filter` is not sent.

use crate::issue::{Issue, IssueCode};
use crate::value::Value;
use regex_lite::{Regex, RegexBuilder};

/// The longest pattern, in characters.
pub const MAX_PATTERN: usize = 1_000;

/// The longest number that a pattern is searched in, in characters.
pub const MAX_PATTERN_INPUT: usize = 256;

/// The largest compiled pattern, in bytes: it bounds the time of a search as well.
const SIZE_LIMIT: usize = 128 * 1024;

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
    /// A pattern: the first capture group is the number.
    Pattern(Pattern),
}

/// A compiled pattern with at least one capture group. A search takes linear time, whatever the pattern.
#[derive(Clone, Debug)]
pub struct Pattern(Regex);

impl NumberFilter {
    /// Reads the value of the option.
    ///
    /// # Errors
    /// An [`Issue`] with the code `wrong_type`, `required` (an empty pattern), `too_long`, `number_filter_invalid`,
    /// `number_filter_unsupported` or `number_filter_no_group`, at `path`.
    ///
    /// ```
    /// use quickcall::{IssueCode, NumberFilter, Value};
    ///
    /// assert!(matches!(NumberFilter::read(&Value::from("true"), &[]), Ok(NumberFilter::Alphanumeric)));
    /// let issue = NumberFilter::read(&Value::from("(?=5)(5+)"), &[]).unwrap_err();
    /// assert_eq!(issue.code, IssueCode::NumberFilterUnsupported);
    /// ```
    pub fn read(value: &Value, path: &[String]) -> Result<NumberFilter, Issue> {
        let (source, flags) = match value {
            Value::Bool(true) => return Ok(NumberFilter::Alphanumeric),
            Value::Bool(false) => return Ok(NumberFilter::Off),
            Value::Text(text) if text == "true" => return Ok(NumberFilter::Alphanumeric),
            Value::Text(text) if text == "false" => return Ok(NumberFilter::Off),
            Value::Text(text) => (text, ""),
            Value::Regexp { source, flags } => (source, flags.as_str()),
            Value::IllFormed(_) => return Err(crate::text::ill_formed(path)),
            _ => return Err(Issue::wrong_type(path, "boolean, string or RegExp", value)),
        };
        if source.is_empty() {
            return Err(crate::text::empty(path));
        }
        Pattern::compile(source, flags, path).map(NumberFilter::Pattern)
    }
}

impl Pattern {
    fn compile(source: &str, flags: &str, path: &[String]) -> Result<Pattern, Issue> {
        if source.chars().nth(MAX_PATTERN).is_some() {
            return Err(Issue::error(
                IssueCode::TooLong,
                path,
                "A pattern may have up to 1,000 characters.",
            ));
        }
        if let Some(flag) = flags.chars().find(|flag| !matches!(flag, 'g' | 'd' | 'i')) {
            return Err(unsupported(path, "this flag", flag.to_string()));
        }
        match fault(source) {
            Some(Fault::Unsupported(what)) => return Err(unsupported(path, what, String::new())),
            Some(Fault::Invalid(what)) => return Err(invalid(path, what)),
            None => {}
        }
        let regex = RegexBuilder::new(source)
            .case_insensitive(flags.contains('i'))
            .size_limit(SIZE_LIMIT)
            .build()
            .map_err(|_| invalid(path, "a part of it is not understood, or it is too large"))?;
        if regex.captures_len() < 2 {
            let message = "The pattern has no capture group. Put ( ) around the part that is to be dialled.";
            return Err(Issue::error(IssueCode::NumberFilterNoGroup, path, message));
        }
        Ok(Pattern(regex))
    }

    /// The text of the first capture group and where it starts in `number`, in bytes; never empty.
    pub(crate) fn find<'a>(&self, number: &'a str) -> Option<(usize, &'a str)> {
        let group = self.0.captures(number)?.get(1)?;
        (!group.is_empty()).then(|| (group.start(), group.as_str()))
    }
}

fn unsupported(path: &[String], what: &str, received: String) -> Issue {
    let message = [
        "The pattern uses ",
        what,
        ". It cannot be searched for in a bounded time. Write it without.",
    ]
    .concat();
    let issue = Issue::error(IssueCode::NumberFilterUnsupported, path, message);
    if received.is_empty() {
        issue
    } else {
        issue.expected("the flags g, d and i").received(received)
    }
}

fn invalid(path: &[String], what: &str) -> Issue {
    Issue::error(
        IssueCode::NumberFilterInvalid,
        path,
        ["The pattern does not compile: ", what, "."].concat(),
    )
}

/// Why a pattern cannot be used.
enum Fault {
    Unsupported(&'static str),
    Invalid(&'static str),
}

/// What the last thing in the pattern was: it decides what a quantifier means.
#[derive(PartialEq)]
enum Last {
    Item,
    Quantifier,
    LazyQuantifier,
}

/// Finds what regex-lite would refuse without a name, or take for something else than other engines do: `a++` is
/// possessive elsewhere and a repeated repetition there, `{,3}` is text elsewhere and a repetition there.
fn fault(source: &str) -> Option<Fault> {
    let mut rest = source.chars();
    let mut last = Last::Item;
    let mut in_class = false;
    while let Some(character) = rest.next() {
        if character == '\\' {
            last = Last::Item;
            match rest.next() {
                Some('1'..='9' | 'k' | 'g') => return Some(Fault::Unsupported("a back-reference")),
                Some('p' | 'P' | 'X') => return Some(Fault::Unsupported("a Unicode class")),
                Some('<' | '>') => {
                    return Some(Fault::Invalid("`\\<` and `\\>` mean different things elsewhere"));
                }
                Some('x' | 'u') if rest.as_str().starts_with('{') => {
                    while !matches!(rest.next(), None | Some('}')) {}
                }
                _ => {}
            }
            continue;
        }
        if in_class {
            in_class = character != ']';
            continue;
        }
        match character {
            '[' => {
                in_class = true;
                last = Last::Item;
                // A `]` that stands first is text.
                let negated = rest.as_str().strip_prefix('^');
                if negated.unwrap_or(rest.as_str()).starts_with(']') {
                    return Some(Fault::Invalid(
                        "write `\\]` for a bracket at the start of a class",
                    ));
                }
            }
            '(' => {
                last = Last::Item;
                if let Some(what) = unsupported_group(rest.as_str()) {
                    return Some(Fault::Unsupported(what));
                }
                if let Some(behind) = rest.as_str().strip_prefix('?') {
                    rest = behind.chars();
                }
            }
            '*' | '+' | '?' | '{' => {
                if character == '{' {
                    rest = match counted(rest.as_str()) {
                        Some(behind) => behind.chars(),
                        None => return Some(Fault::Invalid("write `\\{` for a brace that repeats nothing")),
                    };
                }
                last = match (last, character) {
                    (Last::Item, _) => Last::Quantifier,
                    (Last::Quantifier, '?') => Last::LazyQuantifier,
                    (Last::Quantifier, '+') => return Some(Fault::Unsupported("a possessive quantifier")),
                    _ => return Some(Fault::Invalid("there is nothing to repeat")),
                };
            }
            _ => last = Last::Item,
        }
    }
    None
}

/// What stands behind the repetition count that `text` opens, or nothing where it is no count: `2}`, `2,}`, `2,5}`.
fn counted(text: &str) -> Option<&str> {
    let behind_least = text.trim_start_matches(|character: char| character.is_ascii_digit());
    if behind_least.len() == text.len() {
        return None;
    }
    let behind = match behind_least.strip_prefix(',') {
        Some(most) => most.trim_start_matches(|character: char| character.is_ascii_digit()),
        None => behind_least,
    };
    behind.strip_prefix('}')
}

/// Names the kind of group that `behind`, the text after its parenthesis, opens, where it is an unsupported one.
fn unsupported_group(behind: &str) -> Option<&'static str> {
    const GROUPS: &[(&str, &str)] = &[
        ("?=", "a look-ahead"),
        ("?!", "a look-ahead"),
        ("?<=", "a look-behind"),
        ("?<!", "a look-behind"),
        ("?>", "an atomic group"),
        ("?|", "a branch reset"),
        ("?(", "a condition"),
        ("?P=", "a back-reference"),
        ("?P>", "a recursion"),
        ("?&", "a recursion"),
        ("?R", "a recursion"),
        ("?0", "a recursion"),
        ("?1", "a recursion"),
    ];
    GROUPS
        .iter()
        .find(|(opening, _)| behind.starts_with(opening))
        .map(|(_, what)| *what)
}
