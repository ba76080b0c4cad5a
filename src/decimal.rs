//! A finite number, kept as its text.
//!
//! No float is made of it: what is needed is whole numbers, milliseconds and the text itself, and the code that
//! reads and writes floats would be a sixth of the WebAssembly module.

use alloc::borrow::ToOwned;
use alloc::string::String;

use crate::joined::joined;

/// The first number that no double holds, 2^1024 - 2^970, as `0.DIGITS` times ten to a power.
const FIRST_INFINITE: (i64, &str) = (309, "179769313486231580793728971405303415");

/// The power that the smallest double has so: what has a smaller one is 0.
const SMALLEST: i64 = -323;

/// A finite number as text: what JavaScript's `String(n)` gives, or a number of a JSON text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decimal(String);

/// What whole number a [`Decimal`] is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Whole {
    /// This one.
    Number(i64),
    /// One that is larger than any this crate works with.
    Huge,
    /// One that is smaller than any this crate works with.
    Tiny,
    /// None: it has a fraction.
    Fraction,
}

impl Decimal {
    /// Takes the text of a JSON number; its reader has checked it.
    pub(crate) fn from_json(text: &str) -> Decimal {
        Decimal(text.to_owned())
    }

    /// The number as JavaScript's `String(n)` writes it; none where it is not finite there. Digits are only moved, not
    /// rounded: what a double cannot hold (more than 15 digits, or what is below 1e-307) stays as exact as it was given.
    pub(crate) fn written(&self) -> Option<Decimal> {
        let (negative, whole, fraction, exponent) = parts(&self.0);
        let all = joined(&[whole, fraction]);
        let mut digits = all.as_str();
        while let Some(rest) = digits.strip_prefix('0') {
            digits = rest;
        }
        // The number is `0.DIGITS` times ten to the power of `point`.
        let point = length(whole) + exponent + length(digits) - length(&all);
        while let Some(rest) = digits.strip_suffix('0') {
            digits = rest;
        }
        if digits.is_empty() || point < SMALLEST {
            return Some(Decimal("0".to_owned()));
        }
        if (point, digits) >= FIRST_INFINITE {
            return None;
        }
        // How many digits stand before the point, and what the exponent begins with.
        let (before, sign) = match point {
            -5..=21 => (point, ""),
            22.. => (1, "e+"),
            _ => (1, "e"),
        };
        let split = usize::try_from(before).unwrap_or(0);
        let (head, tail) = digits.split_at_checked(split).unwrap_or((digits, ""));
        let mut out = joined(&[
            if negative { "-" } else { "" },
            if head.is_empty() { "0" } else { head },
            zeros(before - length(digits)),
            if tail.is_empty() { "" } else { "." },
            zeros(-before),
            tail,
            sign,
        ]);
        if !sign.is_empty() {
            push_integer(&mut out, point - 1);
        }
        Some(Decimal(out))
    }

    /// The text, as it was given.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// This number times ten to the power of `shift`, as a whole number; `round` makes of a fraction the number below it.
    fn scaled(&self, shift: i64, round: bool) -> Whole {
        /// JavaScript's largest whole number that has no neighbour, and one more.
        const LARGEST: u64 = 1 << 53;
        let (negative, whole, fraction, exponent) = parts(&self.0);
        // How many digits stand before the point, once it has moved.
        let before = length(whole) + exponent + shift;
        let mut number = 0u64;
        let mut has_fraction = false;
        let mut place = 0;
        for part in [whole, fraction] {
            for digit in part.bytes() {
                let digit = u64::from(digit.wrapping_sub(b'0'));
                if place < before {
                    number = number.saturating_mul(10).saturating_add(digit);
                } else {
                    has_fraction |= digit != 0;
                }
                place += 1;
            }
        }
        while place < before && number > 0 && number <= LARGEST {
            number *= 10;
            place += 1;
        }
        match i64::try_from(number) {
            _ if has_fraction && !round => Whole::Fraction,
            Ok(small) if number <= LARGEST => Whole::Number(if negative {
                -small - i64::from(has_fraction)
            } else {
                small
            }),
            _ if negative => Whole::Tiny,
            _ => Whole::Huge,
        }
    }

    /// The whole number that this is.
    pub(crate) fn whole(&self) -> Whole {
        self.scaled(0, false)
    }

    /// These seconds as milliseconds. Of a part of one the number below it is taken: what is negative stays so.
    pub(crate) fn milliseconds(&self) -> Whole {
        self.scaled(3, true)
    }
}

/// Whether a number is negative, its digits before and behind the point, and its exponent.
fn parts(text: &str) -> (bool, &str, &str, i64) {
    let (negative, text) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    let farthest = if exponent.starts_with(['-']) {
        i32::MIN
    } else {
        i32::MAX
    };
    let exponent = exponent.parse().unwrap_or(farthest);
    let (whole, fraction) = mantissa.split_once(['.']).unwrap_or((mantissa, ""));
    (negative, whole, fraction, exponent.into())
}

fn zeros(count: i64) -> &'static str {
    let count = usize::try_from(count).unwrap_or(0);
    "00000000000000000000".get(..count).unwrap_or("")
}

fn length(digits: &str) -> i64 {
    i64::try_from(digits.len()).unwrap_or(i64::MAX)
}

impl From<i64> for Decimal {
    fn from(value: i64) -> Decimal {
        Decimal(integer(value))
    }
}

/// An integer as text. (`to_string` would bring the machinery of formatting into the module.)
pub(crate) fn integer(value: i64) -> String {
    let mut text = String::new();
    push_integer(&mut text, value);
    text
}

/// Appends an integer.
pub(crate) fn push_integer(out: &mut String, value: i64) {
    if value < 0 {
        out.push('-');
    }
    let mut rest = value.unsigned_abs();
    let mut power = 1u64;
    while rest / power >= 10 {
        power *= 10;
    }
    while power > 0 {
        out.push(char::from(b'0' + u8::try_from(rest / power).unwrap_or(0)));
        rest %= power;
        power /= 10;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_written_as_javascript_writes_it() {
        for (text, written) in [
            ("0", "0"),
            ("-0", "0"),
            ("-0.00e5", "0"),
            ("1e2", "100"),
            ("1E+2", "100"),
            ("1.0", "1"),
            ("-1.50", "-1.5"),
            ("-1.5E-07", "-1.5e-7"),
            ("120e-1", "12"),
            ("12.5e1", "125"),
            ("12.5e3", "12500"),
            ("1234.5e-2", "12.345"),
            ("0.05", "0.05"),
            ("5e-1", "0.5"),
            ("0.000001", "0.000001"),
            ("0.0000001", "1e-7"),
            ("0.00000012", "1.2e-7"),
            ("1e20", "100000000000000000000"),
            ("100000000000000000000", "100000000000000000000"),
            ("1e21", "1e+21"),
            ("-1.25e21", "-1.25e+21"),
            ("1000000000000000000000", "1e+21"),
            ("0.30000000000000004", "0.30000000000000004"),
            ("1.7976931348623157e308", "1.7976931348623157e+308"),
            ("1.7976931348623158e308", "1.7976931348623158e+308"),
            ("0.0017976931348623157e311", "1.7976931348623157e+308"),
            ("5e-324", "5e-324"),
            ("2.5e-324", "2.5e-324"),
            ("9e-325", "0"),
            ("1e-400", "0"),
            ("-1e-999999999999", "0"),
            ("0e999999999999", "0"),
        ] {
            let found = Decimal::from_json(text).written();
            assert_eq!(found.as_ref().map(Decimal::as_str), Some(written), "{text}");
        }
        for text in [
            "1E400",
            "-1e309",
            "1.79769313486231580793728971405303415e308",
            "2e308",
            "1e999999999999",
        ] {
            assert_eq!(Decimal::from_json(text).written(), None, "{text}");
        }
    }

    #[test]
    fn a_decimal_is_the_whole_number_it_says() {
        let cases = [
            ("0", Whole::Number(0)),
            ("-0", Whole::Number(0)),
            ("0.0", Whole::Number(0)),
            ("20", Whole::Number(20)),
            ("20.0", Whole::Number(20)),
            ("2e1", Whole::Number(20)),
            ("200E-1", Whole::Number(20)),
            ("-7", Whole::Number(-7)),
            ("30.5", Whole::Fraction),
            ("1e-7", Whole::Fraction),
            ("1e+21", Whole::Huge),
            ("-1e21", Whole::Tiny),
            ("123456789012345678901234567890", Whole::Huge),
            ("1e999999999999", Whole::Huge),
            ("0e999999999999", Whole::Number(0)),
        ];
        for (text, expected) in cases {
            assert_eq!(Decimal::from_json(text).whole(), expected, "{text}");
        }
    }

    #[test]
    fn seconds_become_milliseconds() {
        for (text, expected) in [
            ("10", Whole::Number(10_000)),
            ("0.25", Whole::Number(250)),
            ("0.0001", Whole::Number(0)),
            ("1.2345", Whole::Number(1234)),
            ("1e-7", Whole::Number(0)),
            ("-0.0", Whole::Number(0)),
            ("-1", Whole::Number(-1_000)),
            ("-0.0001", Whole::Number(-1)),
            ("-1.2345", Whole::Number(-1235)),
            ("1e3", Whole::Number(1_000_000)),
            ("1e300", Whole::Huge),
        ] {
            assert_eq!(Decimal::from_json(text).milliseconds(), expected, "{text}");
        }
    }

    #[test]
    fn an_integer_is_written_as_rust_writes_it() {
        for value in [0, 7, 10, -1, 600, i64::MAX, i64::MIN] {
            assert_eq!(integer(value), value.to_string());
        }
    }
}
