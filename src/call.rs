//! The call as it was given, before anything about it is checked.

use alloc::string::String;
use core::fmt;

use crate::call_key::CallKey;
use crate::json::JsonError;
use crate::value::Value;

/// A call as somebody asked for it: names and values as given, not checked.
///
/// The names are those of [`crate::CallKey`], in either spelling. What is wrong with them [`crate::Quickcall::validate`]
/// says, all at once, at the names that stand here.
///
/// ```
/// use quickcall::Call;
///
/// let call = Call::to_device("dddddddddddddddddddddddddddddddd", "(415) 555-0100").with("timeout", 20);
/// let same = r#"{"device": "dddddddddddddddddddddddddddddddd", "number": "(415) 555-0100", "timeout": 20}"#;
/// assert_eq!(call, Call::from_json(same).unwrap());
/// ```
///
/// Its `Debug` shows what is known to be no secret: not what a visitor is checked by, and nothing under a name that is not known.
#[derive(Clone, PartialEq, Eq)]
pub struct Call(Value);

impl fmt::Debug for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("Call");
        if let Value::Object(members) = &self.0 {
            for (name, value) in members {
                match CallKey::find(name) {
                    None | Some(CallKey::Verification) => shown.field(name, &"not shown"),
                    Some(_) => shown.field(name, value),
                };
            }
        }
        shown.finish()
    }
}

impl Call {
    /// A call that rings a device, then connects it to `number`.
    pub fn to_device(id: impl Into<String>, number: impl Into<String>) -> Call {
        Call(Value::from([("device", id.into()), ("number", number.into())]))
    }

    /// A call that rings every device of a user, then connects the one that answered to `number`.
    pub fn to_user(id: impl Into<String>, number: impl Into<String>) -> Call {
        Call(Value::from([("user", id.into()), ("number", number.into())]))
    }

    /// Reads a call that is written as a JSON object.
    ///
    /// # Errors
    /// [`JsonError`] when the text is not JSON. JSON that is no object is read, and refused when it is checked.
    pub fn from_json(text: &str) -> Result<Call, JsonError> {
        Value::from_json(text).map(Call)
    }

    /// The same call with one more key.
    #[must_use]
    pub fn with(mut self, key: impl Into<String>, value: impl Into<Value>) -> Call {
        if let Value::Object(members) = &mut self.0 {
            members.push((key.into(), value.into()));
        }
        self
    }

    /// What was given.
    pub(crate) fn value(&self) -> &Value {
        &self.0
    }
}

impl From<Value> for Call {
    fn from(value: Value) -> Call {
        Call(value)
    }
}
