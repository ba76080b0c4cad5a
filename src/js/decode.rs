//! Reads values as the npm package packs them: JSON, in which an array stands for what JSON cannot hold.

use alloc::borrow::ToOwned;
use alloc::string::String;

use crate::{Value, json};

/// The value in a packed text: `["RegExp", source, flags]` is a regular expression, `["function"]` a function,
/// `["array", first, second]` an array.
pub(crate) fn value(packed: &str) -> Value {
    match json::parse(packed.as_bytes()) {
        Ok(mut value) => {
            unpack(&mut value);
            value
        }
        Err(_) => unreadable(),
    }
}

fn unreadable() -> Value {
    Value::Other("unreadable value".to_owned())
}

fn unpack(value: &mut Value) {
    match value {
        Value::Object(members) => members.iter_mut().for_each(|(_, value)| unpack(value)),
        Value::List(items) if items.first().and_then(Value::as_text) == Some("array") => {
            items.remove(0);
            items.iter_mut().for_each(unpack);
        }
        Value::List(items) => {
            let mut texts = core::mem::take(items).into_iter().map(|item| match item {
                Value::Text(text) | Value::IllFormed(text) => text,
                _ => String::new(),
            });
            *value = match (texts.next(), texts.next(), texts.next()) {
                (Some(_), Some(source), Some(flags)) => Value::Regexp { source, flags },
                (Some(name), ..) => Value::Other(name),
                _ => unreadable(),
            };
        }
        _ => {}
    }
}
