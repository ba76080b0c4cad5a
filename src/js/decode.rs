//! Reads values as the npm package packs them: JSON, in which an array stands for what JSON cannot hold.

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;

use crate::{Value, json};

/// The value in a packed text: `["RegExp", source, flags]` is a regular expression, `["function"]` a function,
/// `["array", first, second]` an array.
pub(crate) fn value(packed: &str) -> Value {
    match json::parse(packed) {
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
        Value::List(items) => {
            if let Some(other) = unpack_list(items) {
                *value = other;
            }
        }
        _ => {}
    }
}

/// What a list stands for, where it is none.
#[inline(never)] // Few calls need it, and a first call waits for what is compiled.
fn unpack_list(items: &mut Vec<Value>) -> Option<Value> {
    if items.first().and_then(Value::as_text) == Some("array") {
        items.remove(0);
        items.iter_mut().for_each(unpack);
        return None;
    }
    let mut texts = core::mem::take(items).into_iter().map(|item| match item {
        Value::Text(text) | Value::IllFormed(text) => text,
        _ => String::new(),
    });
    Some(match (texts.next(), texts.next(), texts.next()) {
        (Some(_), Some(source), Some(flags)) => Value::Regexp { source, flags },
        (Some(name), ..) => Value::Other(name),
        _ => unreadable(),
    })
}
