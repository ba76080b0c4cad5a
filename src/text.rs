//! The rules that hold for every string of a call.

use crate::issue::{Issue, IssueCode, readable};
use crate::joined::joined;
use crate::path::Path;
use crate::value::Value;

/// The text of `value`: not empty, well-formed, without control characters.
pub(crate) fn read<'a>(value: &'a Value, path: Path<'_>) -> Result<&'a str, Issue> {
    let text = match value {
        Value::Text(text) => text,
        Value::IllFormed(_) => return Err(ill_formed(path)),
        _ => return Err(Issue::wrong_type(path, "string", value)),
    };
    if text.is_empty() {
        return Err(empty(path));
    }
    // Nearly every text is plain ASCII: its characters need not be put together first.
    if !text.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
        refuse(
            text,
            path,
            char::is_control,
            "a control character breaks the request",
        )?;
    }
    Ok(text)
}

/// An issue for the first character of `text` that is `unsafe_one`; `why` completes "… is not allowed: ".
pub(crate) fn refuse(
    text: &str,
    path: Path<'_>,
    unsafe_one: fn(char) -> bool,
    why: &str,
) -> Result<(), Issue> {
    // Nearly every text is plain ASCII: its characters need not be put together first.
    if text
        .bytes()
        .all(|byte| byte.is_ascii() && !unsafe_one(byte.into()))
    {
        return Ok(());
    }
    match text.chars().find(|character| unsafe_one(*character)) {
        None => Ok(()),
        Some(character) => {
            let name = readable(character);
            let message = joined(&[&name, " is not allowed here: ", why, "."]);
            Err(Issue::error(IssueCode::UnsafeCharacter, path, &message).received(&name))
        }
    }
}

pub(crate) fn empty(path: Path<'_>) -> Issue {
    Issue::error(
        IssueCode::Required,
        path,
        "This must not be empty. Give it a value, or leave it out where it is not needed.",
    )
}

/// Why `value` is no text to work with: half of a surrogate pair is a string to JavaScript, so its type is not what is
/// wrong.
pub(crate) fn no_text(path: Path<'_>, value: &Value) -> Issue {
    match value {
        Value::IllFormed(_) => ill_formed(path),
        _ => Issue::wrong_type(path, "string", value),
    }
}

pub(crate) fn ill_formed(path: Path<'_>) -> Issue {
    let message = "The text holds half of a surrogate pair. It cannot be sent: it is no character.";
    Issue::error(IssueCode::UnsafeCharacter, path, message)
}
