//! Percent-encoding, as JavaScript's `encodeURIComponent` does it.

/// Appends `text` with every byte percent-encoded but `A-Z a-z 0-9 - _ . ! ~ * ' ( )`.
pub(crate) fn encode(out: &mut String, text: &str) {
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' => out.push(char::from(byte)),
            b'-' | b'_' | b'.' | b'!' | b'~' | b'*' | b'\'' | b'(' | b')' => out.push(char::from(byte)),
            _ => {
                out.push('%');
                let digits = [byte >> 4, byte & 0xF]
                    .into_iter()
                    .filter_map(|digit| char::from_digit(digit.into(), 16));
                out.extend(digits.map(|digit| digit.to_ascii_uppercase()));
            }
        }
    }
}
