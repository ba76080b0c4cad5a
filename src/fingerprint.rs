//! Tells whether two requests ask for the same call.

use alloc::string::String;

use crate::value::Value;

/// Where the hash FNV-1a begins, and what it multiplies by.
const OFFSET: u64 = 0xcbf2_9ce4_8422_2325;
const PRIME: u64 = 0x0000_0100_0000_01b3;

/// A hash of canonical values: the order of members does not count. It tells a key used for another call by mistake; it
/// keeps nobody from making two calls with one fingerprint, who would only get the answer of the first for both.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Fingerprint(u64);

impl Fingerprint {
    /// The fingerprint of some text.
    pub(crate) fn of_text(text: &str) -> Fingerprint {
        Fingerprint(text.bytes().fold(OFFSET, step))
    }

    /// Adds a member.
    pub(crate) fn add(&mut self, name: &str, value: &Value) {
        let mut hash = OFFSET;
        write(&mut hash, name);
        of_value(&mut hash, value);
        self.0 = self.0.wrapping_add(hash);
    }

    /// The number that it is.
    pub(crate) fn number(self) -> u64 {
        self.0
    }

    /// 16 hexadecimal digits.
    pub(crate) fn to_hexadecimal(self) -> String {
        let digit = |place: u32| char::from_digit(((self.0 >> (place * 4)) & 0xF) as u32, 16);
        (0..16).rev().filter_map(digit).collect()
    }
}

fn step(hash: u64, byte: u8) -> u64 {
    (hash ^ u64::from(byte)).wrapping_mul(PRIME)
}

/// Text with an end that no text holds.
fn write(hash: &mut u64, text: &str) {
    *hash = text.bytes().chain([0xFF]).fold(*hash, step);
}

fn of_value(hash: &mut u64, value: &Value) {
    write(hash, value.type_name());
    match value {
        Value::Bool(true) => write(hash, "true"),
        Value::Number(number) => write(hash, number.as_str()),
        Value::Text(text) | Value::IllFormed(text) => write(hash, text),
        Value::List(items) => items.iter().for_each(|item| of_value(hash, item)),
        Value::Object(members) => {
            let mut all = Fingerprint::default();
            members.iter().for_each(|(name, value)| all.add(name, value));
            write(hash, &all.to_hexadecimal());
        }
        _ => {}
    }
}
