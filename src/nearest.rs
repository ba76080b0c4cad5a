//! Finds the name that was probably meant.

use alloc::vec::Vec;

/// The name among `names` that is nearest to `word`, when it is near enough to have been meant.
pub(crate) fn nearest<'a>(word: &str, names: &[&'a str]) -> Option<&'a str> {
    let word = plain(word);
    if word.len() > 64 {
        return None;
    }
    let allowed = 1 + word.len() / 4;
    names
        .iter()
        .map(|name| (away(&word, &plain(name)), *name))
        .min_by_key(|(distance, _)| *distance)
        .filter(|(distance, _)| *distance <= allowed)
        .map(|(_, name)| name)
}

/// Case and separators are what people mistake most; they count for nothing.
fn plain(word: &str) -> Vec<char> {
    word.chars()
        .filter(|character| !matches!(character, '-' | '_' | ' '))
        .map(|c| c.to_ascii_lowercase())
        .collect()
}

/// How far a name is from a word. What it begins with is as near as one slip; but nobody is led to what lowers a guard, such as
/// `allowInsecure`, by half a word.
fn away(word: &[char], name: &[char]) -> usize {
    match distance(word, name) {
        2.. if word.len() >= 3 && name.starts_with(word) && !word.starts_with(&['a', 'l', 'l', 'o', 'w']) => {
            1
        }
        distance => distance,
    }
}

/// How many characters must be put in, left out or exchanged to make `b` of `a` (Levenshtein).
fn distance(a: &[char], b: &[char]) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (place, left) in a.iter().enumerate() {
        let mut diagonal = place;
        let mut before = place + 1;
        for (cell, right) in row.iter_mut().skip(1).zip(b) {
            let exchanged = diagonal + usize::from(left != right);
            diagonal = *cell;
            before = exchanged.min(diagonal + 1).min(before + 1);
            *cell = before;
        }
    }
    // The first cell is not kept up to date: without `b` there is nothing but leaving out.
    if b.is_empty() {
        a.len()
    } else {
        row.last().copied().unwrap_or(a.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_finds_the_name_that_was_meant() {
        let names = [
            "device",
            "user",
            "number",
            "timeout",
            "cidName",
            "cidNumber",
            "customApplicationVars",
            "allowInsecure",
        ];
        for (word, expected) in [
            ("timout", Some("timeout")),
            ("Timeout", Some("timeout")),
            ("cid_name", Some("cidName")),
            ("custom_application_var", Some("customApplicationVars")),
            ("usr", Some("user")),
            ("num", Some("number")),
            ("nu", None),
            ("custom", Some("customApplicationVars")),
            ("cid-n", Some("cidName")),
            ("userId", Some("user")),
            ("allow", None),
            ("allowIn", None),
            ("allowInsecur", Some("allowInsecure")),
            ("colour", None),
            ("", None),
        ] {
            assert_eq!(nearest(word, &names), expected, "{word}");
        }
    }

    #[test]
    fn the_distance_is_the_number_of_changes() {
        let count = |a: &str, b: &str| distance(&plain(a), &plain(b));
        assert_eq!(count("kitten", "sitting"), 3);
        assert_eq!(count("", "abc"), 3);
        assert_eq!(count("abc", ""), 3);
        assert_eq!(count("same", "same"), 0);
    }
}
