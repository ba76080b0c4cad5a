//! The number: what is dialled, made of what was typed.
//!
//! The server dials the raw path segment and checks nothing in it, so what passes here is what is dialled.

use alloc::borrow::Cow;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use crate::issue::{Issue, IssueCode, readable};
use crate::joined::joined;
use crate::noun::is_noun;
use crate::number_filter::{MAX_PATTERN_INPUT, NumberFilter, Pattern};
use crate::path::Path;
use crate::value::Value;

/// The longest number that is dialled, in characters.
pub const MAX_NUMBER: usize = 64;

/// A number that can be dialled: 1 to 64 of `+ 0-9 A-Z a-z * # . _ -`, with at least one letter, digit, `*` or `#`,
/// and no noun of the server's API.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Number(String);

/// A character of the number as given and where it stands there, in UTF-16 units.
type Located = (char, usize);

impl Number {
    /// Makes the number to dial of the one that was given. The issues that come with it are warnings.
    ///
    /// # Errors
    /// One [`Issue`] at `path`: `required`, `wrong_type`, `undialable`, `too_long` or `number_filter_no_match` (the
    /// last one is the pattern's as much as the number's, and stands at the number).
    ///
    /// ```
    /// use quickcall::{Number, NumberFilter, Path, Value};
    ///
    /// let (number, _) = Number::filter(&Value::from("(415) 555-0100"), &NumberFilter::Separators, Path::Root).unwrap();
    /// assert_eq!(number.as_str(), "4155550100");
    /// ```
    pub fn filter(
        given: &Value,
        filter: &NumberFilter,
        path: Path<'_>,
    ) -> Result<(Number, Vec<Issue>), Issue> {
        let is_ill_formed = matches!(given, Value::IllFormed(_));
        let given = Number::given(given, path)?;
        let mut warnings = Vec::new();
        let kept = match filter {
            NumberFilter::Off => located(given, |character| character),
            NumberFilter::Separators => without_separators(given, path)?,
            NumberFilter::Alphanumeric => alphanumeric(given, path, &mut warnings),
            NumberFilter::Pattern(pattern) => by_pattern(given, pattern, path)?,
        };
        Number::check(&kept, is_ill_formed, path).map(|number| (number, warnings))
    }

    /// The text that was given, whatever is dialled of it.
    pub(crate) fn given<'a>(given: &'a Value, path: Path<'_>) -> Result<&'a str, Issue> {
        match given {
            Value::Text(text) | Value::IllFormed(text) if text.is_empty() => Err(Issue::error(
                IssueCode::Required,
                path,
                "A number to call is needed.",
            )),
            // Half of a surrogate pair is U+FFFD by now: no filter lets that through to the dialled number.
            Value::Text(text) | Value::IllFormed(text) => Ok(text),
            _ => Err(Issue::wrong_type(path, "string", given)),
        }
    }

    fn check(kept: &[Located], is_ill_formed: bool, path: Path<'_>) -> Result<Number, Issue> {
        if let Some((character, place)) = kept.iter().find(|(character, _)| !is_dialable(*character)) {
            if is_ill_formed && *character == char::REPLACEMENT_CHARACTER {
                let what = " cannot be dialled: it is no character.";
                return Err(undialable(path, "half of a surrogate pair", *place, what));
            }
            let name = readable(*character);
            let what = match character {
                ',' | ';' => " is a pause: what follows it would have to be dialled later, and cannot be.",
                _ => " cannot be dialled.",
            };
            return Err(undialable(path, &name, *place, what));
        }
        let text: String = kept.iter().map(|(character, _)| *character).collect();
        if !text
            .chars()
            .any(|character| character.is_ascii_alphanumeric() || matches!(character, '*' | '#'))
        {
            let message = "There is nothing to dial: a number needs a digit, a letter, `*` or `#`.";
            return Err(Issue::error(IssueCode::Undialable, path, message));
        }
        if text.len() > MAX_NUMBER {
            let message = "What is dialled may have up to 64 characters.";
            return Err(Issue::error(IssueCode::TooLong, path, message).expected("at most 64 characters"));
        }
        if is_noun(&text) {
            let message = joined(&[
                "`",
                &text,
                "` is a word of the server's API. It would not be dialled.",
            ]);
            return Err(Issue::error(IssueCode::Undialable, path, &message));
        }
        Ok(Number(text))
    }

    /// What is dialled.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn undialable(path: Path<'_>, name: &str, place: usize, what: &str) -> Issue {
    let place = crate::decimal::integer(i64::try_from(place).unwrap_or(i64::MAX));
    let message = joined(&[name, " at position ", &place, what]);
    Issue::error(IssueCode::Undialable, path, &message).received(name)
}

/// The characters of `text` with their places, each changed by `change` (which keeps its UTF-16 length).
fn located(text: &str, change: fn(char) -> char) -> Vec<Located> {
    let mut place = 0;
    let mut all = Vec::with_capacity(text.len());
    for character in text.chars() {
        all.push((change(character), place));
        place += character.len_utf16();
    }
    all
}

/// Digits that people type without noticing that they are not ASCII, and the full-width plus.
fn ascii_digit(character: char) -> char {
    let zero = match character {
        '\u{FF10}'..='\u{FF19}' => 0xFF10,
        '\u{0660}'..='\u{0669}' => 0x0660,
        '\u{06F0}'..='\u{06F9}' => 0x06F0,
        '\u{FF0B}' => return '+',
        _ => return character,
    };
    char::from_digit(u32::from(character) - zero, 10).unwrap_or(character)
}

fn is_dialable(character: char) -> bool {
    character.is_ascii_alphanumeric() || matches!(character, '+' | '*' | '#' | '.' | '_' | '-')
}

/// What people write between digits, and what nobody sees.
fn is_separator(character: char) -> bool {
    if character.is_ascii() {
        // Nearly every text is.
        return matches!(character, '.' | '-' | '(' | ')' | ' ' | '\t'..='\r');
    }
    matches!(character,
        '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{FF0D}' | '\u{FF0E}' | '\u{FF08}' | '\u{FF09}'
        | '\u{00AD}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2069}' | '\u{FEFF}')
        || character.is_whitespace()
}

/// The letters and digits, with a warning where a sign went that may matter.
#[inline(never)] // Few calls need it, and a first call waits for what is compiled.
fn alphanumeric(given: &str, path: Path<'_>, warnings: &mut Vec<Issue>) -> Vec<Located> {
    let (kept, gone): (Vec<Located>, Vec<Located>) = located(given, ascii_digit)
        .into_iter()
        .partition(|(character, _)| character.is_alphanumeric());
    if let Some((sign, _)) = gone
        .iter()
        .find(|(sign, _)| matches!(sign, '+' | '*' | '#' | ',' | ';'))
    {
        let sign = sign.to_string();
        let message = [
            "The filter `true` removed `",
            &sign,
            "` too: another number may be dialled.",
        ];
        warnings.push(Issue::warning(IssueCode::Changed, path, &joined(&message)).received(&sign));
    }
    kept
}

/// What the first group of the pattern holds.
#[inline(never)] // Few calls need it, and a first call waits for what is compiled.
fn by_pattern(given: &str, pattern: &Pattern, path: Path<'_>) -> Result<Vec<Located>, Issue> {
    if given.len() > MAX_PATTERN_INPUT && given.encode_utf16().count() > MAX_PATTERN_INPUT {
        let message = "With a pattern the number may have up to 256 characters.";
        return Err(Issue::error(IssueCode::TooLong, path, message));
    }
    // Nearly every text is ASCII: there is nothing to fold in it.
    let folded = match given.is_ascii() {
        true => Cow::Borrowed(given),
        false => {
            let halves = pattern.takes_halves();
            let mut folded = String::with_capacity(given.len());
            for character in given.chars() {
                match ascii_digit(character) {
                    '\u{10000}'.. if halves => folded.push_str("\u{FFFD}\u{FFFD}"),
                    character => folded.push(character),
                }
            }
            Cow::Owned(folded)
        }
    };
    let Some((start, group)) = pattern.find(&folded) else {
        let message = "The pattern finds no number here, or its first group is empty.";
        return Err(Issue::error(IssueCode::NumberFilterNoMatch, path, message));
    };
    let before: usize = folded
        .get(..start)
        .unwrap_or("")
        .chars()
        .map(char::len_utf16)
        .sum();
    let mut kept = located(group, |character| character);
    for (character, place) in &mut kept {
        *place += before;
        // An issue names what was given, and not what stood for it.
        if *character == char::REPLACEMENT_CHARACTER {
            let whole = located(given, |character| character);
            let given = whole.iter().rfind(|(_, start)| start <= place);
            *character = given.map_or(*character, |(given, _)| *given);
        }
    }
    Ok(kept)
}

fn without_separators(given: &str, path: Path<'_>) -> Result<Vec<Located>, Issue> {
    let mut kept = located(given, ascii_digit);
    if let Some(place) = trunk_zero(&kept) {
        let what = " is a zero that is dialled only inside the country. Leave it out, or leave out the country code.";
        return Err(undialable(path, "(0)", place, what));
    }
    let is_letter = |(character, _): &Located| character.is_ascii_alphabetic();
    let all = kept.iter().any(is_letter).then(|| kept.clone());
    kept.retain(|(character, _)| !is_separator(*character));
    // `555 e x t 5` shows the word only without its spaces, `555 TAXI ext 5` only with them.
    let found = all.and_then(|all| extension(&kept).or_else(|| extension(&all)));
    if let Some((word, place)) = found {
        let what = " starts an extension. It would be dialled as part of the number: leave it out.";
        return Err(undialable(path, word, place, what));
    }
    Ok(kept)
}

/// Where a `(0)` stands behind other digits.
fn trunk_zero(all: &[Located]) -> Option<usize> {
    let mut digit_before = false;
    // Where a parenthesis opened, and whether its zero was seen.
    let mut open: Option<(usize, bool)> = None;
    for (character, place) in all {
        open = match (character, open) {
            ('(' | '\u{FF08}', _) if digit_before => Some((*place, false)),
            ('0', Some((start, false))) => Some((start, true)),
            (')' | '\u{FF09}', Some((start, true))) => return Some(start),
            (separator, Some(_)) if is_separator(*separator) => open,
            _ => None,
        };
        digit_before |= character.is_ascii_digit();
    }
    None
}

/// Finds `x`, `ext` or `extension` that stands alone, as in `5550100x12` and `555-0100 ext no 12`. One that is part of a
/// longer word, as in `0800TAXI`, is a number in letters; so is an `x` before another word, as in `1-800-X-RAYS`.
#[inline(never)] // Few calls need it, and a first call waits for what is compiled.
fn extension(characters: &[Located]) -> Option<(&'static str, usize)> {
    let mut word = String::new();
    let mut start = 0;
    let mut rest = characters.iter();
    loop {
        let next = rest.next();
        if let Some((character, place)) = next.filter(|(character, _)| character.is_ascii_alphabetic()) {
            if word.is_empty() {
                start = *place;
            }
            word.push(character.to_ascii_lowercase());
            continue;
        }
        let name = ["x", "ext", "extn", "exts", "exten", "extension"]
            .into_iter()
            .find(|name| *name == word);
        let before_a_word = || {
            let mut behind = next.into_iter().chain(rest.clone());
            let first = behind.find(|(character, _)| !is_separator(*character));
            first.is_some_and(|(character, _)| character.is_ascii_alphabetic())
        };
        if let Some(name) = name.filter(|name| *name != "x" || !before_a_word()) {
            return Some((name, start));
        }
        next?;
        word.clear();
    }
}
