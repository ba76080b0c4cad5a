//! Writes JSON texts.

/// Appends `text` as a JSON string.
pub(crate) fn string(out: &mut String, text: &str) {
    out.push('"');
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\0'..='\u{1F}' => {
                out.push_str("\\u00");
                let code = u32::from(character);
                out.extend(
                    [code >> 4, code & 0xF]
                        .iter()
                        .filter_map(|digit| char::from_digit(*digit, 16)),
                );
            }
            _ => out.push(character),
        }
    }
    out.push('"');
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
