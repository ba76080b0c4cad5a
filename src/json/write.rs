//! Writes JSON texts.

use alloc::string::String;

use crate::percent;

/// Appends `text` as a JSON string.
pub(crate) fn string(out: &mut String, text: &str) {
    out.push('"');
    // What needs no escape is copied as a whole: most of what is written is long and has none.
    let mut copied = 0;
    let mut at = 0;
    while let Some(&byte) = text.as_bytes().get(at) {
        if matches!(byte, b'"' | b'\\' | 0..=0x1F) {
            out.push_str(text.get(copied..at).unwrap_or_default());
            escape(out, byte);
            copied = at + 1;
        }
        at += 1;
    }
    out.push_str(text.get(copied..).unwrap_or_default());
    out.push('"');
}

fn escape(out: &mut String, byte: u8) {
    match byte {
        b'"' => out.push_str("\\\""),
        b'\\' => out.push_str("\\\\"),
        b'\n' => out.push_str("\\n"),
        b'\r' => out.push_str("\\r"),
        b'\t' => out.push_str("\\t"),
        _ => {
            out.push_str("\\u00");
            percent::push_hexadecimal(out, byte);
        }
    }
}

/// Appends an array, each item written by `write`.
pub(crate) fn array<T>(out: &mut String, items: &[T], write: impl Fn(&mut String, &T)) {
    out.push('[');
    for (place, item) in items.iter().enumerate() {
        if place > 0 {
            out.push(',');
        }
        write(out, item);
    }
    out.push(']');
}

/// Writes an object, member by member.
pub(crate) struct Members<'a> {
    out: &'a mut String,
    empty: bool,
}

impl<'a> Members<'a> {
    /// Opens the object.
    pub(crate) fn open(out: &'a mut String) -> Members<'a> {
        out.push('{');
        Members { out, empty: true }
    }

    /// Starts the member `key`; its value is to be appended to what this returns.
    pub(crate) fn key(&mut self, key: &str) -> &mut String {
        if !self.empty {
            self.out.push(',');
        }
        self.empty = false;
        string(self.out, key);
        self.out.push(':');
        self.out
    }

    /// A member that is a string.
    pub(crate) fn text(&mut self, key: &str, value: &str) {
        string(self.key(key), value);
    }

    /// A member that is a string, left out where there is none.
    pub(crate) fn optional(&mut self, key: &str, value: Option<&str>) {
        if let Some(value) = value {
            self.text(key, value);
        }
    }

    /// A member that is written as it stands: a number, `true`, `null`.
    pub(crate) fn raw(&mut self, key: &str, value: &str) {
        self.key(key).push_str(value);
    }

    /// A member that is `true` or `false`.
    pub(crate) fn flag(&mut self, key: &str, value: bool) {
        self.raw(key, if value { "true" } else { "false" });
    }

    /// Closes the object.
    pub(crate) fn close(self) {
        self.out.push('}');
    }
}
