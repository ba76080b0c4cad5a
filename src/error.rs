//! What went wrong, and what that means for the call.

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;

use crate::decimal::integer;
use crate::hangup_cause::HangupCause;
use crate::issue::{self, Issue};
use crate::json::Members;

/// What an error means for the call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// No call exists or will exist. The phone may have rung: the hangup cause tells.
    NotPlaced,
    /// Nobody knows. Trying again may ring the phone twice.
    Unknown,
}

impl Outcome {
    /// `not_placed` or `unknown`.
    pub fn as_str(self) -> &'static str {
        match self {
            Outcome::NotPlaced => "not_placed",
            Outcome::Unknown => "unknown",
        }
    }
}

macro_rules! error_codes {
    ($($(#[$doc:meta])* $name:ident = $text:literal, $outcome:ident, $message:literal;)*) => {
        /// What kind of error it is. The codes are stable: a program may rely on them.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum ErrorCode { $($(#[$doc])* $name,)* }

        impl ErrorCode {
            /// Every code.
            pub const ALL: &'static [ErrorCode] = &[$(ErrorCode::$name,)*];

            /// The code as it is written in JavaScript and JSON.
            pub fn as_str(self) -> &'static str {
                match self { $(ErrorCode::$name => $text,)* }
            }

            /// What it means for the call.
            pub fn outcome(self) -> Outcome {
                match self { $(ErrorCode::$name => Outcome::$outcome,)* }
            }

            /// What happened, what it means for the call, and what to do.
            pub fn message(self) -> &'static str {
                match self { $(ErrorCode::$name => $message,)* }
            }
        }
    };
}

error_codes! {
    /// Something is wrong with the call or the configuration; nothing was sent.
    Invalid = "invalid", NotPlaced, "No call was placed: something that was given is wrong.";
    /// The token function failed.
    TokenFailed = "token_failed", NotPlaced,
        "The call was not placed: there is no usable token. A token is 1 to 8,192 visible ASCII characters, given \
         within 10 seconds.";
    /// The same call is under way, or was placed a moment ago.
    Duplicate = "duplicate", NotPlaced,
        "This call was not placed: the same call is under way, has just ended, or may still be ringing. Wait, or say \
         `again: true` when it may ring twice.";
    /// 401.
    Unauthorized = "unauthorized", NotPlaced,
        "The call was not placed: the server refused the token. It may have expired. Get a new one.";
    /// 403.
    Forbidden = "forbidden", NotPlaced,
        "The call was not placed: the token may not place calls here. Ask whoever runs the phone system.";
    /// 404.
    NotFound = "not_found", NotPlaced,
        "The call was not placed: the server does not know the account, the endpoint or the route. Check the base URL \
         and the ids.";
    /// 429.
    RateLimited = "rate_limited", NotPlaced,
        "The call was not placed: the server was asked too often. Wait a little, then call again.";
    /// Any other 4xx but 408.
    Rejected = "rejected", NotPlaced,
        "The call was not placed: the server refused the request. The status tells why. Where no call ever succeeds, check \
         the base URL.";
    /// The endpoint has no phone that could ring.
    NoEndpoints = "no_endpoints", NotPlaced,
        "The call was not placed: no phone of this endpoint can ring. Is a device switched on, registered and not in \
         do-not-disturb?";
    /// The switch could not start the call, or nobody took it.
    OriginateFailed = "originate_failed", NotPlaced,
        "The call was not connected: the phone could not be reached, or nobody took it. The hangup cause tells why.";
    /// Any other 5xx, and 408.
    ServerError = "server_error", Unknown,
        "Nobody knows whether the call was placed: the server failed. Look at the phone before you call again.";
    /// A 2xx that confirms no call.
    Unconfirmed = "unconfirmed", Unknown,
        "Nobody knows whether the call was placed: the server said success and confirmed no call. Look at the phone \
         before you call again.";
    /// Not an answer of a Kazoo server.
    BadResponse = "bad_response", Unknown,
        "Nobody knows whether the call was placed: the answer is not one of a Kazoo server. Look at the phone before \
         you call again, and check the base URL.";
    /// The connection failed after the request may have left.
    Network = "network", Unknown,
        "Nobody knows whether the call was placed: the connection failed before the answer. Look at the phone before \
         you call again. Where no call ever succeeds, check the base URL.";
    /// No answer within the deadline.
    Timeout = "timeout", Unknown,
        "Nobody knows whether the call was placed: no answer came in time. Look at the phone before you call again. \
         Where no call ever succeeds, check the base URL.";
    /// The caller's signal, after sending. (Before sending the outcome is `not_placed`.)
    Aborted = "aborted", Unknown,
        "Nobody knows whether the call was placed: waiting for the answer was ended. That does not end the call. Look \
         at the phone before you call again.";
}

/// Why a call did not come about, as far as is known. It holds no secret and is safe to log.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct QuickcallError {
    /// What kind of error it is.
    pub code: ErrorCode,
    /// What it means for the call.
    pub outcome: Outcome,
    /// What happened, what it means for the call, and what to do.
    pub message: String,
    /// What was wrong with the call, where the code is `invalid`.
    pub issues: Vec<Issue>,
    /// The status of the answer, where there was one.
    pub status: Option<u16>,
    /// The server's id of the request, for its operator.
    pub request_id: Option<String>,
    /// Why the phone was not reached: `USER_BUSY`, `NO_ANSWER`, …
    pub hangup_cause: Option<HangupCause>,
    /// After how many seconds to try again, where the server said so.
    pub retry_after: Option<u32>,
    /// The answer came at about the ring time: most likely nobody answered.
    pub unanswered: bool,
}

/// An error of what went wrong outside of this crate, such as [`ErrorCode::Network`] where the connection failed.
///
/// ```
/// use quickcall::{ErrorCode, Outcome, QuickcallError};
///
/// assert_eq!(QuickcallError::from(ErrorCode::Network).outcome, Outcome::Unknown);
/// ```
impl From<ErrorCode> for QuickcallError {
    fn from(code: ErrorCode) -> QuickcallError {
        QuickcallError::new(code)
    }
}

impl QuickcallError {
    pub(crate) fn new(code: ErrorCode) -> QuickcallError {
        QuickcallError {
            code,
            outcome: code.outcome(),
            message: code.message().to_owned(),
            issues: Vec::new(),
            status: None,
            request_id: None,
            hangup_cause: None,
            retry_after: None,
            unanswered: false,
        }
    }

    /// The error of a call or a configuration that `issues` are found in.
    pub(crate) fn invalid(issues: Vec<Issue>) -> QuickcallError {
        let mut message = String::from(ErrorCode::Invalid.message());
        issue::tell_errors(&mut message, &issues);
        QuickcallError {
            message,
            issues,
            ..QuickcallError::new(ErrorCode::Invalid)
        }
    }

    /// The error as JSON, as JavaScript has it.
    pub fn to_json(&self) -> String {
        let mut out = String::new();
        let mut members = Members::open(&mut out);
        members.text("code", self.code.as_str());
        members.text("outcome", self.outcome.as_str());
        members.text("message", &self.message);
        issue::write_all(members.key("issues"), &self.issues);
        if let Some(status) = self.status {
            members.raw("status", &integer(status.into()));
        }
        members.optional("requestId", self.request_id.as_deref());
        members.optional("hangupCause", self.hangup_cause.as_ref().map(HangupCause::as_str));
        if let Some(seconds) = self.retry_after {
            members.raw("retryAfter", &integer(seconds.into()));
        }
        if self.unanswered {
            members.flag("unanswered", true);
        }
        members.close();
        out
    }
}

impl core::fmt::Display for QuickcallError {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(&self.message)
    }
}

impl core::error::Error for QuickcallError {}
