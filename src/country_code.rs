//! Country codes: the first digits of an international number.

use alloc::string::String;

use crate::joined::joined;

/// The country codes of two digits. Those that begin with `1` or `7` have one, all others three.
const TWO_DIGITS: &str = "20 27 30 31 32 33 34 36 39 40 41 43 44 45 46 47 48 49 51 52 53 54 55 56 57 58 60 61 62 63 64 65 66 \
                          81 82 84 86 90 91 92 93 94 95 98";

/// The digits of an international number, given without its `+`, without what is dialled before a number within its country; of North
/// America without what stands behind one, too: ten digits are all of it, and carriers may leave out the rest.
pub(crate) fn without_trunk_prefix(digits: &str) -> String {
    let (country, national) = divided(digits);
    let number = national.trim_start_matches(trunk_prefix(country, national));
    let whole = number.get(..10).filter(|_| country == "1").unwrap_or(number);
    joined(&[country, whole])
}

/// Whether behind the country code of an international number, given without its `+`, stands what is dialled there before a number of
/// another country: who takes the code away would call that one. No number that is called from abroad begins so.
pub(crate) fn leads_abroad(digits: &str) -> bool {
    let (country, national) = divided(digits);
    // Mobile phones in Tajikistan have numbers that begin so, and services that belong to no country.
    let is_own = matches!(country, "800" | "881" | "888" | "992");
    let zeros = national.starts_with("00") && !is_own;
    match country {
        // 011, and 101 before the code of a carrier: one such digit at most stands before an area code.
        "1" => national.trim_start_matches(['0', '1'].as_slice()).len() + 1 < national.len(),
        "7" | "375" | "992" | "993" => zeros || national.starts_with("810"),
        "81" => zeros || national.starts_with("010"),
        _ => zeros,
    }
}

/// The country code of an international number, given without its `+`, and what is behind it: as it is, without the first digit of what
/// is dialled before a number within its country, without the second, and so on: some numbers begin with such a digit of their own.
pub(crate) fn by_trunk_prefix(digits: &str) -> impl Iterator<Item = (&str, &str)> {
    let (country, national) = divided(digits);
    behind(national, trunk_prefix(country, national)).map(move |rest| (country, rest))
}

/// The digits of what is dialled before a number within a country, and what carriers leave out behind its code: 0 in most, 1 in North
/// America and Mexico (01), 8 in Russia, Kazakhstan and some others, 06 in Hungary. Numbers begin with some of these, too: only
/// what is longer than a number there has one before it. In Italy nothing is left out: 089 is Salerno, and 89 costs more.
fn trunk_prefix(country: &str, national: &str) -> &'static [char] {
    match (country, national.len()) {
        ("1" | "52", 11..) => &['0', '1'],
        ("7", 11..) | ("375", 10..) | ("370" | "993", 9..) => &['0', '8'],
        ("36", 10..) => &['0', '6'],
        ("39", _) => &[],
        _ => &['0'],
    }
}

/// These digits, and what is left of them without the first, the first two and so on, where these are such.
pub(crate) fn behind<'a>(digits: &'a str, such: &'static [char]) -> impl Iterator<Item = &'a str> {
    core::iter::successors(Some(digits), move |rest| rest.strip_prefix(such))
}

/// The country code, and what is behind it.
fn divided(digits: &str) -> (&str, &str) {
    digits
        .split_at_checked(country_code(digits))
        .unwrap_or((digits, ""))
}

/// How many digits the country code has of a number without its `+`.
pub(crate) fn country_code(digits: &str) -> usize {
    match digits.get(..2) {
        _ if digits.starts_with(['1', '7']) => 1,
        Some(two) if TWO_DIGITS.split([' ']).any(|code| code == two) => 2,
        _ => 3,
    }
}
