//! What is shown of a name or an id, by `{}`: as JavaScript and JSON have it. Nothing here can hold a secret.

use core::error::Error;
use core::fmt::{Display, Formatter, Result};

use crate::account::AccountId;
use crate::call_id::CallId;
use crate::call_key::CallKey;
use crate::endpoint::EndpointKind;
use crate::error::{ErrorCode, Outcome};
use crate::hangup_cause::HangupCause;
use crate::issue::{Issue, IssueCode, Severity};
use crate::number::Number;
use crate::progress::ProgressState;
use crate::refusal::{Refusal, RefusalCode};
use crate::reply::State;
use crate::request::Method;

macro_rules! as_text {
    ($($name:ty)*) => {$(
        impl Display for $name {
            fn fmt(&self, f: &mut Formatter<'_>) -> Result {
                f.write_str(self.as_str())
            }
        }
    )*};
}

as_text!(AccountId CallId ErrorCode HangupCause IssueCode Method Number Outcome ProgressState RefusalCode Severity State);

/// The name of the key by which a call says who rings: `device`, `user`, or `endpoint` for one that a handler knows.
impl Display for EndpointKind {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        let key = match self {
            EndpointKind::Device => CallKey::Device,
            EndpointKind::User => CallKey::User,
            EndpointKind::Alias => CallKey::Endpoint,
        };
        f.write_str(key.name())
    }
}

/// The message of the answer: what happened, what it means for the call, and what to do.
impl Display for Refusal {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        f.write_str(&self.message())
    }
}

impl Display for Issue {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        if !self.path.is_empty() {
            write!(f, "{}: ", self.path.join("."))?;
        }
        f.write_str(&self.message)
    }
}

impl Error for Issue {}
impl Error for Refusal {}
impl Error for RefusalCode {}

impl AsRef<str> for CallId {
    fn as_ref(&self) -> &str {
        self.as_str()
    }
}

impl AsRef<str> for Number {
    fn as_ref(&self) -> &str {
        self.as_str()
    }
}
