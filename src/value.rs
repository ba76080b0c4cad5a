//! A value as a caller or a server gave it, before anything about it is checked.

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;

use crate::decimal::{Decimal, Whole};

/// A value as it was given: not checked, of any type.
///
/// It is what JSON can hold, and three things that only a JavaScript caller can give.
///
/// ```
/// use quickcall::Value;
///
/// assert_eq!(Value::from(20), Value::from_json("20").unwrap());
/// assert_eq!(Value::from("Sales").type_name(), "string");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A finite number, as the text that JavaScript's `String(n)` gives.
    Number(Decimal),
    /// A string.
    Text(String),
    /// A JavaScript string with half of a surrogate pair; the half is U+FFFD here.
    IllFormed(String),
    /// An array.
    List(Vec<Value>),
    /// An object: its keys in the order given. A key that stands twice is here twice.
    Object(Vec<(String, Value)>),
    /// A JavaScript regular expression.
    Regexp {
        /// Its text, without the slashes.
        source: String,
        /// Its flags, such as `gi`.
        flags: String,
    },
    /// Something of no use here, named by its type: `function`, `symbol`, `NaN`.
    Other(String),
}

impl Value {
    /// Reads a JSON text. Its numbers are written as JavaScript writes them: `1e2` is `100`. More digits than a double
    /// holds stay, and a number that JavaScript would take for `Infinity` is [`Value::Other`].
    ///
    /// # Errors
    /// [`crate::JsonError`] when it is not one JSON value, or is nested more than 64 deep.
    pub fn from_json(text: &str) -> Result<Value, crate::JsonError> {
        crate::json::parse_given(text.as_bytes())
    }

    /// What a caller would call this type: `string`, `number`, `null`, `array`.
    pub fn type_name(&self) -> &str {
        match self {
            Value::Null => "null",
            Value::Bool(_) => "boolean",
            Value::Number(_) => "number",
            Value::Text(_) | Value::IllFormed(_) => "string",
            Value::List(_) => "array",
            Value::Object(_) => "object",
            Value::Regexp { .. } => "RegExp",
            Value::Other(name) => name,
        }
    }

    /// The member `key` of an object; the last one, as JSON readers do, should it stand twice.
    #[inline(never)]
    pub fn get(&self, key: &str) -> Option<&Value> {
        match self {
            Value::Object(members) => members
                .iter()
                .rev()
                .find(|(name, _)| name == key)
                .map(|(_, value)| value),
            _ => None,
        }
    }

    /// The text of a well-formed string.
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The whole number that this is.
    pub(crate) fn as_whole(&self) -> Option<i64> {
        match self {
            Value::Number(number) => match number.whole() {
                Whole::Number(number) => Some(number),
                _ => None,
            },
            _ => None,
        }
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Value {
        Value::Text(text.to_owned())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Value {
        Value::Text(text)
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Value {
        Value::Bool(value)
    }
}

macro_rules! whole_numbers {
    ($($number:ty)*) => {$(
        impl From<$number> for Value {
            fn from(value: $number) -> Value {
                Value::Number(Decimal::from(i64::from(value)))
            }
        }
    )*};
}

whole_numbers!(u16 i32 u32 i64);

impl<K: Into<String>, V: Into<Value>, const N: usize> From<[(K, V); N]> for Value {
    fn from(members: [(K, V); N]) -> Value {
        Value::Object(
            members
                .into_iter()
                .map(|(key, value)| (key.into(), value.into()))
                .collect(),
        )
    }
}
