//! Reads values as the npm package packs them: JSON, in which an array stands for what JSON cannot hold.

use crate::Value;

/// The value in a packed text: `["RegExp", source, flags]` is a regular expression, `["function"]` a function,
/// `["array", first, second]` an array.
pub(crate) fn value(packed: &str) -> Value {
    match Value::from_json(packed) {
        Ok(value) => unpacked(value),
        Err(_) => Value::Other("unreadable value".to_owned()),
    }
}

fn unpacked(value: Value) -> Value {
    match value {
        Value::Object(members) => Value::Object(
            members
                .into_iter()
                .map(|(key, value)| (key, unpacked(value)))
                .collect(),
        ),
        Value::List(items) if items.first() == Some(&Value::Text("array".to_owned())) => {
            Value::List(items.into_iter().skip(1).map(unpacked).collect())
        }
        Value::List(items) => {
            let mut texts = items.into_iter().filter_map(|item| match item {
                Value::Text(text) | Value::IllFormed(text) => Some(text),
                _ => None,
            });
            match (texts.next(), texts.next(), texts.next()) {
                (Some(_), Some(source), Some(flags)) => Value::Regexp { source, flags },
                (Some(name), ..) => Value::Other(name),
                _ => Value::Other("unreadable value".to_owned()),
            }
        }
        value => value,
    }
}
