//! A value as a caller or a server gave it, before anything about it is checked.

use alloc::borrow::ToOwned;
use alloc::string::{String, ToString};
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
/// assert_eq!(Value::from([("timeout", 20)]), Value::from_json(r#"{"timeout": 20}"#).unwrap());
/// ```
///
/// What a program has is a value as it is, the seconds of a duration, too:
///
/// ```
/// use quickcall::{Call, Config, Quickcall, Value};
/// use std::{collections::BTreeMap, time::Duration};
///
/// let vars = BTreeMap::from([("page", "Pricing"), ("plan", "Team")]);
/// let call = Call::to_device("dddddddddddddddddddddddddddddddd", "(415) 555-0100")
///     .with("timeout", Duration::from_secs(20).as_secs())
///     .with("customApplicationVars", Value::from_iter(vars));
/// let config = Config::new("https://kazoo.example.com:8443/v2", "0123456789abcdef0123456789abcdef");
/// let body = Quickcall::new(&config)?.build(&call)?.body;
/// let expected = r#"{"data":{"custom_application_vars":{"page":"Pricing","plan":"Team"},"timeout":20}}"#;
/// assert_eq!(body.as_deref(), Some(expected));
/// # Ok::<(), quickcall::QuickcallError>(())
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
        crate::json::parse_told(text)
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

whole_numbers!(u8 u16 i32 u32 i64);

macro_rules! large_numbers {
    ($($number:ty)*) => {$(
        impl From<$number> for Value {
            fn from(value: $number) -> Value {
                Value::Number(Decimal::from_json(&value.to_string()))
            }
        }
    )*};
}

large_numbers!(u64 usize);

/// The number as JavaScript writes it. One that is not finite is [`Value::Other`], named `NaN`, `Infinity` or `-Infinity`.
impl From<f64> for Value {
    fn from(value: f64) -> Value {
        let written = || Decimal::from_json(&value.to_string()).written();
        match value.is_finite().then(written).flatten() {
            Some(number) => Value::Number(number),
            None if value.is_nan() => Value::Other("NaN".to_owned()),
            None if value > 0.0 => Value::Other("Infinity".to_owned()),
            None => Value::Other("-Infinity".to_owned()),
        }
    }
}

impl From<Decimal> for Value {
    fn from(number: Decimal) -> Value {
        Value::Number(number)
    }
}

impl From<Vec<Value>> for Value {
    fn from(items: Vec<Value>) -> Value {
        Value::List(items)
    }
}

/// An object of these members.
impl<K: Into<String>, V: Into<Value>> FromIterator<(K, V)> for Value {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(members: I) -> Value {
        let members = members.into_iter();
        Value::Object(members.map(|(key, value)| (key.into(), value.into())).collect())
    }
}

impl<K: Into<String>, V: Into<Value>, const N: usize> From<[(K, V); N]> for Value {
    fn from(members: [(K, V); N]) -> Value {
        members.into_iter().collect()
    }
}
