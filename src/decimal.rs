//! A finite number, kept as its text.
//!
//! No float is made of it: what is needed is whole numbers, milliseconds and the text itself, and the code that
//! reads and writes floats would be a sixth of the WebAssembly module.

use alloc::borrow::ToOwned;
use alloc::string::String;

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

    /// The text, as it was given.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// This number times ten to the power of `shift`, as a whole number; `round` drops what is left of a fraction.
    fn scaled(&self, shift: i64, round: bool) -> Whole {
        /// JavaScript's largest whole number that has no neighbour, and one more.
        const LARGEST: u64 = 1 << 53;
        let (negative, text) = match self.0.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, self.0.as_str()),
        };
        let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
        let exponent: i32 = exponent
            .strip_prefix('+')
            .unwrap_or(exponent)
            .parse()
            .unwrap_or(i32::MAX);
        let (whole, fraction) = mantissa.split_once(['.']).unwrap_or((mantissa, ""));
        // How many digits stand before the point, once it has moved.
        let before = i64::try_from(whole.len())
            .unwrap_or(i64::MAX)
            .saturating_add(exponent.into())
            .saturating_add(shift);
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
            Ok(small) if number <= LARGEST => Whole::Number(if negative { -small } else { small }),
            _ if negative => Whole::Tiny,
            _ => Whole::Huge,
        }
    }

    /// The whole number that this is.
    pub(crate) fn whole(&self) -> Whole {
        self.scaled(0, false)
    }

    /// These seconds as milliseconds; what is smaller than one is dropped.
    pub(crate) fn milliseconds(&self) -> Whole {
        self.scaled(3, true)
    }
}

impl From<i32> for Decimal {
    fn from(value: i32) -> Decimal {
        Decimal(integer(i64::from(value)))
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
