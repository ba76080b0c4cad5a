//! Percent-encoding, as JavaScript's `encodeURIComponent` does it.

use alloc::string::String;

/// Appends `text` with every byte percent-encoded but `A-Z a-z 0-9 - _ . ! ~ * ' ( )`.
pub(crate) fn encode(out: &mut String, text: &str) {
    // What stays is copied as a whole.
    let mut copied = 0;
    let mut at = 0;
    while let Some(&byte) = text.as_bytes().get(at) {
        let stays = byte.is_ascii_alphanumeric()
            || matches!(
                byte,
                b'-' | b'_' | b'.' | b'!' | b'~' | b'*' | b'\'' | b'(' | b')'
            );
        if !stays {
            out.push_str(text.get(copied..at).unwrap_or_default());
            out.push('%');
            push_hexadecimal(out, byte);
            copied = at + 1;
        }
        at += 1;
    }
    out.push_str(text.get(copied..).unwrap_or_default());
}

/// Appends a byte as two digits, in capitals.
pub(crate) fn push_hexadecimal(out: &mut String, byte: u8) {
    for digit in [byte >> 4, byte & 0xF] {
        out.push(char::from(if digit < 10 {
            b'0' + digit
        } else {
            b'A' - 10 + digit
        }));
    }
}
