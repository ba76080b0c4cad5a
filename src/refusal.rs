//! What a handler says when it places no call, does not know what became of one, or cannot tell what becomes of it.

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;

use crate::decimal::integer;
use crate::error::Outcome;
use crate::issue::{self, Issue};
use crate::json::Members;

macro_rules! refusal_codes {
    ($($(#[$doc:meta])* $name:ident = $text:literal, $status:literal, $outcome:ident, $message:literal;)*) => {
        /// Why a handler places no call, does not know what became of one, or cannot tell. The codes are stable: a program may
        /// rely on them.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum RefusalCode { $($(#[$doc])* $name,)* }

        impl RefusalCode {
            /// Every code.
            pub const ALL: &'static [RefusalCode] = &[$(RefusalCode::$name,)*];

            /// The code as it is written in JSON.
            pub fn as_str(self) -> &'static str {
                match self { $(RefusalCode::$name => $text,)* }
            }

            /// The status of the answer.
            pub fn status(self) -> u16 {
                match self { $(RefusalCode::$name => $status,)* }
            }

            /// What it means for the call.
            pub fn outcome(self) -> Outcome {
                match self { $(RefusalCode::$name => Outcome::$outcome,)* }
            }

            fn message(self) -> &'static str {
                match self { $(RefusalCode::$name => $message,)* }
            }
        }
    };
}

refusal_codes! {
    /// Not a POST.
    MethodNotAllowed = "method_not_allowed", 405, NotPlaced,
        "The call was not placed: a handler of calls takes POST only.";
    /// Not JSON.
    UnsupportedMediaType = "unsupported_media_type", 415, NotPlaced,
        "The call was not placed: the request must be `application/json`.";
    /// More than 4 KiB.
    TooLarge = "too_large", 413, NotPlaced,
        "The call was not placed: the request is larger than 4,096 bytes.";
    /// The page is none of those that may place calls.
    OriginRefused = "origin_refused", 403, NotPlaced,
        "The call was not placed: this page may not place calls here. The handler's `origins` must name its origin. What is no page \
         must send one of them as `Origin`.";
    /// The body or the key has not the shape of a call.
    BadRequest = "bad_request", 400, NotPlaced,
        "The call was not placed: the request is not understood.";
    /// The key was used for another call.
    KeyMismatch = "key_mismatch", 422, NotPlaced,
        "This call was not placed: another call has this `Idempotency-Key`. Make a new one for each call.";
    /// The handler has no endpoint of this name.
    UnknownEndpoint = "unknown_endpoint", 404, NotPlaced,
        "The call was not placed: the handler knows no endpoint of this name.";
    /// No call with this key is known here, so that there is none to follow.
    UnknownCall = "unknown_call", 404, Unknown,
        "No call with this key is known here, so that there is none to follow.";
    /// The call is known, but nothing more is heard of it.
    NotFollowed = "not_followed", 503, Unknown,
        "The call cannot be followed: nothing can be heard of it at the moment, or somebody follows it already. That says \
         nothing of the call.";
    /// Something is wrong with an option or the number, or a visitor may not set it.
    Invalid = "invalid", 400, NotPlaced,
        "The call was not placed: something in it is wrong.";
    /// This number may not be called.
    DestinationRefused = "destination_refused", 403, NotPlaced,
        "The call was not placed: this number may not be called from here. If it has no `+`, write it with `+` and the country code.";
    /// The site's own check did not pass.
    VerificationFailed = "verification_failed", 403, NotPlaced,
        "The call was not placed: the check of the visitor failed. Try again.";
    /// The same visitor is calling the same number already.
    Duplicate = "duplicate", 409, NotPlaced,
        "This call was not placed: the same call is under way, or may still be ringing. Wait a little.";
    /// Too many calls.
    Limited = "limited", 429, NotPlaced,
        "The call was not placed: there were too many calls. Wait, then call again.";
    /// The handler cannot do its work.
    Unavailable = "unavailable", 503, NotPlaced,
        "This request placed no call: calls cannot be placed here at the moment. Try again later, with the same key.";
    /// Every check passed, and the handler is told to place nothing.
    DryRun = "dry_run", 503, NotPlaced,
        "The call was not placed: every check passed, and this is a dry run.";
    /// The first request with this key has no answer yet.
    InProgress = "in_progress", 409, Unknown,
        "Nobody knows yet whether the call is placed: it is under way. Ask again with the same key.";
    /// The first request with this key never got an answer.
    Unknown = "unknown", 504, Unknown,
        "Nobody knows whether the call was placed: it was begun, and its end is not known. Look at the phone before you \
         call again.";
}

/// A refusal, as it is answered.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Refusal {
    /// Why.
    pub code: RefusalCode,
    /// What was wrong with the request.
    pub issues: Vec<Issue>,
    /// After how many seconds to try again, where that is known.
    pub retry_after: Option<u32>,
}

impl Refusal {
    /// The body of the answer.
    ///
    /// ```
    /// use quickcall::{Refusal, RefusalCode};
    ///
    /// let refusal = Refusal::from(RefusalCode::OriginRefused);
    /// assert!(refusal.to_json().starts_with(r#"{"error":{"code":"origin_refused","outcome":"not_placed","message":"#));
    /// ```
    pub fn to_json(&self) -> String {
        let message = self.message();
        let mut out = String::new();
        let mut body = Members::open(&mut out);
        let mut error = Members::open(body.key("error"));
        error.text("code", self.code.as_str());
        error.text("outcome", self.code.outcome().as_str());
        error.text("message", &message);
        issue::write_all(error.key("issues"), &self.issues);
        if let Some(seconds) = self.retry_after {
            error.raw("retryAfter", &integer(seconds.into()));
        }
        error.close();
        body.close();
        out
    }

    /// What happened, what it means for the call, and what to do.
    pub(crate) fn message(&self) -> String {
        let mut message = self.code.message().to_owned();
        issue::tell_errors(&mut message, &self.issues);
        message
    }
}

impl From<RefusalCode> for Refusal {
    fn from(code: RefusalCode) -> Refusal {
        Refusal {
            code,
            issues: Vec::new(),
            retry_after: None,
        }
    }
}
