//! Classes of characters that have a name: pairs of first and last characters, in their order.

use alloc::vec::Vec;

pub(super) const DIGIT: &str = "09";
/// White space as JavaScript has it: what is copied from a page often holds some that is no ASCII.
pub(super) const SPACE: &str = "\t\r  \u{A0}\u{A0}\u{1680}\u{1680}\u{2000}\u{200A}\u{2028}\u{2029}\u{202F}\u{202F}\u{205F}\u{205F}\u{3000}\u{3000}\u{FEFF}\u{FEFF}";
pub(super) const WORD: &str = "09AZ__az";

/// The classes with a name: pairs of first and last characters, in their order.
pub(super) const NAMED: &[(&str, &str)] = &[
    ("alnum", "09AZaz"),
    ("alpha", "AZaz"),
    ("ascii", "\0\x7F"),
    ("blank", "\t\t  "),
    ("cntrl", "\0\x1F\x7F\x7F"),
    ("digit", DIGIT),
    ("graph", "!~"),
    ("lower", "az"),
    ("print", " ~"),
    ("punct", "!/:@[`{~"),
    ("space", SPACE),
    ("upper", "AZ"),
    ("word", WORD),
    ("xdigit", "09AFaf"),
];

/// Adds the ranges of pairs in their order, or those between them.
pub(super) fn add(ranges: &mut Vec<(u32, u32)>, pairs: &str, negated: bool) {
    let mut characters = pairs.chars().map(u32::from);
    let mut free = 0;
    while let (Some(from), Some(to)) = (characters.next(), characters.next()) {
        if !negated {
            ranges.push((from, to));
        } else if free < from {
            ranges.push((free, from - 1));
        }
        free = to + 1;
    }
    if negated {
        ranges.push((free, u32::from(char::MAX)));
    }
}
