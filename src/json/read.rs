//! Reads a JSON text (RFC 8259) into a [`Value`].

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;

use crate::decimal::Decimal;
use crate::value::Value;

/// How deep arrays and objects may lie in one another.
pub const MAX_DEPTH: usize = 64;

/// The text is not one JSON value, or is nested deeper than [`MAX_DEPTH`]. Its `Display` says which, and where.
///
/// ```
/// use quickcall::Call;
///
/// let error = Call::from_json(r#"{"number": 1001,}"#).unwrap_err();
/// assert_eq!((error.position, error.to_string().as_str()), (16, "not JSON at byte 16"));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct JsonError {
    /// Where the reader stopped, in bytes from the start.
    pub position: usize,
    too_deep: bool,
}

impl core::fmt::Display for JsonError {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        if self.too_deep {
            write!(f, "JSON deeper than {MAX_DEPTH} levels at byte {}", self.position)
        } else {
            write!(f, "not JSON at byte {}", self.position)
        }
    }
}

impl core::error::Error for JsonError {}

/// Where the reader stopped, in bytes from the start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Stopped(usize);

/// Reads what a program wrote, and says what is wrong with it. (Why it stopped would make the reader larger, and the modules never say.)
pub(crate) fn parse_told(text: &str) -> Result<Value, JsonError> {
    parse_given(text.as_bytes()).map_err(|stopped| JsonError {
        position: stopped.0,
        // Where one level more is allowed, it comes farther.
        too_deep: parse_within(text, MAX_DEPTH + 1) != Err(stopped),
    })
}

/// Reads one JSON value; white space may stand around it, nothing else.
pub(crate) fn parse(text: &str) -> Result<Value, Stopped> {
    parse_within(text, MAX_DEPTH)
}

fn parse_within(text: &str, depth: usize) -> Result<Value, Stopped> {
    let mut reader = Reader { text, position: 0 };
    let value = reader.value(depth)?;
    reader.space();
    match reader.peek() {
        None => Ok(value),
        Some(_) => Err(reader.error()),
    }
}

/// The same, of bytes that may be no UTF-8.
pub(crate) fn parse_bytes(bytes: &[u8]) -> Result<Value, Stopped> {
    let text = core::str::from_utf8(bytes).map_err(|error| Stopped(error.valid_up_to()))?;
    parse(text)
}

/// Reads what somebody else than the package's own JavaScript wrote: its numbers are written as JavaScript would.
pub(crate) fn parse_given(bytes: &[u8]) -> Result<Value, Stopped> {
    let mut value = parse_bytes(bytes)?;
    write_as_javascript(&mut value);
    Ok(value)
}

fn write_as_javascript(value: &mut Value) {
    match value {
        Value::Number(number) => {
            *value = match number.written() {
                Some(number) => Value::Number(number),
                None => Value::Other("Infinity".to_owned()),
            };
        }
        Value::List(items) => items.iter_mut().for_each(write_as_javascript),
        Value::Object(members) => members
            .iter_mut()
            .for_each(|(_, value)| write_as_javascript(value)),
        _ => {}
    }
}

struct Reader<'a> {
    text: &'a str,
    position: usize,
}

impl Reader<'_> {
    fn error(&self) -> Stopped {
        Stopped(self.position)
    }

    #[inline(always)]
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.position).copied()
    }

    fn next(&mut self) -> Result<u8, Stopped> {
        let byte = self.peek().ok_or(self.error())?;
        self.position += 1;
        Ok(byte)
    }

    fn space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.position += 1;
        }
    }

    /// Passes over `byte` when it is the next one.
    #[inline(always)]
    fn take(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        if found {
            self.position += 1;
        }
        found
    }

    fn expect(&mut self, byte: u8) -> Result<(), Stopped> {
        if self.take(byte) {
            Ok(())
        } else {
            Err(self.error())
        }
    }

    fn word(&mut self, word: &str, value: Value) -> Result<Value, Stopped> {
        word.bytes().try_for_each(|byte| self.expect(byte))?;
        Ok(value)
    }

    fn value(&mut self, depth: usize) -> Result<Value, Stopped> {
        self.space();
        match self.peek() {
            Some(b'{') => self.object(depth),
            Some(b'[') => self.list(depth),
            Some(b'"') => Ok(match self.string()? {
                (text, true) => Value::Text(text),
                (text, false) => Value::IllFormed(text),
            }),
            Some(b't') => self.word("true", Value::Bool(true)),
            Some(b'f') => self.word("false", Value::Bool(false)),
            Some(b'n') => self.word("null", Value::Null),
            _ => self.number(),
        }
    }

    fn object(&mut self, depth: usize) -> Result<Value, Stopped> {
        let inner = depth.checked_sub(1).ok_or(self.error())?;
        let mut members = Vec::new();
        self.expect(b'{')?;
        self.space();
        if self.take(b'}') {
            return Ok(Value::Object(members));
        }
        loop {
            self.space();
            let (key, _) = self.string()?;
            self.space();
            self.expect(b':')?;
            members.push((key, self.value(inner)?));
            self.space();
            if self.take(b'}') {
                return Ok(Value::Object(members));
            }
            self.expect(b',')?;
        }
    }

    #[inline(never)] // Few calls need it, and a first call waits for what is compiled.
    fn list(&mut self, depth: usize) -> Result<Value, Stopped> {
        let inner = depth.checked_sub(1).ok_or(self.error())?;
        let mut items = Vec::new();
        self.expect(b'[')?;
        self.space();
        if self.take(b']') {
            return Ok(Value::List(items));
        }
        loop {
            items.push(self.value(inner)?);
            self.space();
            if self.take(b']') {
                return Ok(Value::List(items));
            }
            self.expect(b',')?;
        }
    }

    fn digits(&mut self) -> Result<(), Stopped> {
        if !matches!(self.peek(), Some(b'0'..=b'9')) {
            return Err(self.error());
        }
        while matches!(self.peek(), Some(b'0'..=b'9')) {
            self.position += 1;
        }
        Ok(())
    }

    fn number(&mut self) -> Result<Value, Stopped> {
        let start = self.position;
        self.take(b'-');
        if !self.take(b'0') {
            self.digits()?;
        }
        if self.take(b'.') {
            self.digits()?;
        }
        if self.take(b'e') || self.take(b'E') {
            let _sign = self.take(b'+') || self.take(b'-');
            self.digits()?;
        }
        let text = self.text.get(start..self.position).ok_or(self.error())?;
        Ok(Value::Number(Decimal::from_json(text)))
    }

    /// A string, and whether it is well-formed: half of a surrogate pair becomes U+FFFD.
    fn string(&mut self) -> Result<(String, bool), Stopped> {
        self.expect(b'"')?;
        let mut text = String::new();
        let mut well_formed = true;
        loop {
            let start = self.position;
            for byte in self.text.as_bytes().get(start..).unwrap_or_default() {
                if matches!(byte, b'"' | b'\\' | 0..=0x1F) {
                    break;
                }
                self.position += 1;
            }
            text.push_str(self.text.get(start..self.position).ok_or(self.error())?);
            match self.next()? {
                b'"' => return Ok((text, well_formed)),
                b'\\' => match self.escape()? {
                    Some(character) => text.push(character),
                    None => {
                        well_formed = false;
                        text.push(char::REPLACEMENT_CHARACTER);
                    }
                },
                _ => return Err(Stopped(start)),
            }
        }
    }

    /// What stands behind a backslash; `None` is half of a surrogate pair.
    fn escape(&mut self) -> Result<Option<char>, Stopped> {
        Ok(Some(match self.next()? {
            b'"' => '"',
            b'\\' => '\\',
            b'/' => '/',
            b'b' => '\u{8}',
            b'f' => '\u{C}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => {
                let first = self.unit()?;
                if !matches!(first, 0xD800..=0xDBFF) {
                    return Ok(char::from_u32(first));
                }
                let behind_first = self.position;
                if self.take(b'\\') && self.take(b'u') {
                    let second = self.unit()?;
                    if matches!(second, 0xDC00..=0xDFFF) {
                        return Ok(char::from_u32(
                            0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00),
                        ));
                    }
                }
                self.position = behind_first;
                return Ok(None);
            }
            _ => return Err(self.error()),
        }))
    }

    fn unit(&mut self) -> Result<u32, Stopped> {
        let mut unit = 0;
        for _ in 0..4 {
            let digit = char::from(self.next()?).to_digit(16).ok_or(self.error())?;
            unit = unit * 16 + digit;
        }
        Ok(unit)
    }
}
