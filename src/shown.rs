//! What is shown of a name or an id, by `{}`: as JavaScript and JSON have it. Nothing here can hold a secret.

use core::fmt::{Display, Formatter, Result};

use crate::account::AccountId;
use crate::call_id::CallId;
use crate::error::{ErrorCode, Outcome};
use crate::issue::{Issue, IssueCode, Severity};
use crate::number::Number;
use crate::refusal::RefusalCode;
use crate::reply::State;

macro_rules! as_text {
    ($($name:ty)*) => {$(
        impl Display for $name {
            fn fmt(&self, f: &mut Formatter<'_>) -> Result {
                f.write_str(self.as_str())
            }
        }
    )*};
}

as_text!(AccountId CallId ErrorCode IssueCode Number Outcome RefusalCode Severity State);

impl Display for Issue {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        if !self.path.is_empty() {
            write!(f, "{}: ", self.path.join("."))?;
        }
        f.write_str(&self.message)
    }
}
