//! The reply: what the server said, and what that means for the call.
//!
//! A status of 200 alone means nothing: a server answers 200 and `success` to a call that nobody confirmed.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use crate::call_id::CallId;
use crate::decimal::integer;
use crate::error::{ErrorCode, QuickcallError};
use crate::hangup_cause::HangupCause;
use crate::json::{self, Members};
use crate::originate::{Originate, Taken};
use crate::token::Token;
use crate::value::Value;

/// The largest body that is read, in bytes.
pub const MAX_BODY: usize = 1 << 20;

/// How much sooner than the ring time an answer may come and still mean that nobody answered, in milliseconds.
const ABOUT: u64 = 1_000;

/// What a server says in place of a cause where its switch did not take the command in time, or went away meanwhile. The command was
/// sent: a switch that is only slow carries it out, and the phone rings. (Kazoo's `mod_kazoo:bgapi/3` waits 5 seconds and says
/// `exception` or `timeout`; `ecallmgr_originate:originate_execute/3` of 4.3 makes `unspecified` of both.)
const NO_CAUSES: [&str; 3] = ["unspecified", "exception", "timeout"];

/// What was asked for: a reply means different things to different calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Asked {
    /// Whether the answer comes only when the phone was answered.
    pub blocking: bool,
    /// How long the phone rings, in seconds, as the server counts.
    pub ring_time: u16,
    /// Whether a handler is asked, and no server: its answer is no [`Reply`].
    pub through_handler: bool,
}

impl Asked {
    /// For how long the server may keep its answer back, in milliseconds: for the ring time of a blocking call.
    pub(crate) fn longest_wait(self) -> u64 {
        if self.blocking {
            u64::from(self.ring_time) * 1_000
        } else {
            0
        }
    }
}

/// What a server said. Its `Debug` shows nothing of the text: every body of a server repeats the token.
#[derive(Clone, Copy)]
pub struct Reply<'a> {
    /// The status; 0 for an answer that cannot be looked into.
    pub status: u16,
    /// The body, read up to one byte more than [`MAX_BODY`]; `None` where it was cut off.
    pub body: Option<&'a [u8]>,
    /// The header `X-Request-ID`.
    pub request_id: Option<&'a str>,
    /// The header `Retry-After`, in seconds.
    pub retry_after: Option<u32>,
    /// How long the answer took, in milliseconds.
    pub took: u64,
    /// The token that was sent: no text that holds it is taken over from the server.
    pub token: Option<&'a Token>,
}

/// How far a confirmed call is known to have come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// The endpoint's own phone was answered and the number is being connected.
    Started,
    /// The server took the request. Nothing is known of the phone.
    Accepted,
}

impl State {
    /// `started` or `accepted`.
    pub fn as_str(self) -> &'static str {
        match self {
            State::Started => "started",
            State::Accepted => "accepted",
        }
    }
}

/// A call that the server confirmed.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Placed {
    /// How far it is known to have come.
    pub state: State,
    /// The ids of its legs, one for each device that rings; at least one.
    pub call_ids: Vec<CallId>,
    /// The server's id of the request.
    pub request_id: Option<String>,
    /// The status of the answer.
    pub status: u16,
    /// What the server set out to do.
    pub originate: Originate,
}

impl Placed {
    /// The call as JSON, as JavaScript has it.
    pub fn to_json(&self) -> String {
        let mut out = String::new();
        let mut members = Members::open(&mut out);
        members.text("state", self.state.as_str());
        json::array(members.key("callIds"), &self.call_ids, |out, id| {
            json::string(out, id.as_str())
        });
        members.optional("requestId", self.request_id.as_deref());
        members.raw("status", &integer(self.status.into()));
        self.originate.write(members.key("originate"));
        members.close();
        out
    }
}

impl fmt::Debug for Reply<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reply")
            .field("status", &self.status)
            .field("body_length", &self.body.map(<[u8]>::len))
            .field("retry_after", &self.retry_after)
            .field("took", &self.took)
            .finish_non_exhaustive()
    }
}

impl Reply<'_> {
    /// What this reply means for the call that was `asked` for.
    ///
    /// # Errors
    /// A [`QuickcallError`] for everything but a confirmed call; its outcome says whether a call may exist. What a handler answered is
    /// `bad_response`, of which the outcome is unknown.
    ///
    /// ```
    /// use quickcall::{Asked, ErrorCode, Outcome, Reply};
    ///
    /// let asked = Asked { blocking: true, ring_time: 30, through_handler: false };
    /// let body = br#"{"status": "success", "data": {"sip": {"password": "..."}}}"#;
    /// let reply =
    ///     Reply { status: 200, body: Some(body), request_id: None, retry_after: None, took: 30_010, token: None };
    /// let error = reply.outcome(asked).unwrap_err();
    /// assert_eq!((error.code, error.outcome), (ErrorCode::Unconfirmed, Outcome::Unknown));
    /// assert!(error.unanswered);
    /// ```
    pub fn outcome(&self, asked: Asked) -> Result<Placed, QuickcallError> {
        let taken = Taken {
            secret: self.token.map(Token::expose),
        };
        let envelope = self.envelope();
        let request_id = self.request_id.map(Value::from);
        let of_body = envelope.as_ref().and_then(|envelope| envelope.get("request_id"));
        let usable = |id| taken.text(id).filter(|id| is_request_id(id));
        let request_id = usable(of_body).or_else(|| usable(request_id.as_ref()));
        let failed = |code| QuickcallError {
            status: (self.status > 0).then_some(self.status),
            request_id: request_id.clone(),
            retry_after: self.retry_after,
            ..QuickcallError::new(code)
        };
        let failure = match self.status {
            _ if asked.through_handler => Some(ErrorCode::BadResponse),
            200..=299 => None,
            401 => Some(ErrorCode::Unauthorized),
            403 => Some(ErrorCode::Forbidden),
            404 => Some(ErrorCode::NotFound),
            429 => Some(ErrorCode::RateLimited),
            500 => Some(
                envelope
                    .as_ref()
                    .and_then(definite)
                    .unwrap_or(ErrorCode::ServerError),
            ),
            408 | 501..=599 => Some(ErrorCode::ServerError),
            400..=499 => Some(ErrorCode::Rejected),
            _ => Some(ErrorCode::BadResponse),
        };
        if let Some(code) = failure {
            let with_cause = envelope.as_ref().filter(|_| code == ErrorCode::OriginateFailed);
            return Err(QuickcallError {
                hangup_cause: with_cause.and_then(|envelope| hangup_cause(envelope, &taken)),
                ..failed(code)
            });
        }
        let Some(envelope @ Value::Object(_)) = &envelope else {
            return Err(failed(ErrorCode::BadResponse));
        };
        match confirmed(envelope, asked) {
            Some((data, call_ids)) => Ok(Placed {
                state: if asked.blocking {
                    State::Started
                } else {
                    State::Accepted
                },
                call_ids,
                request_id,
                status: self.status,
                originate: Originate::read(data, &taken),
            }),
            None => Err(QuickcallError {
                unanswered: asked.blocking
                    && self.took.saturating_add(ABOUT) >= u64::from(asked.ring_time) * 1_000,
                ..failed(ErrorCode::Unconfirmed)
            }),
        }
    }

    /// The body as JSON, where it is.
    fn envelope(&self) -> Option<Value> {
        let body = self.body.filter(|body| body.len() <= MAX_BODY)?;
        json::parse_bytes(body).ok()
    }
}

fn text_is(value: Option<&Value>, text: &str) -> bool {
    value.and_then(Value::as_text) == Some(text)
}

/// The originate request and the call ids of an answer that confirms a call.
fn confirmed(envelope: &Value, asked: Asked) -> Option<(&Value, Vec<CallId>)> {
    let data = envelope.get("data")?;
    let success = text_is(envelope.get("status"), "success")
        && text_is(data.get("application_name"), "transfer")
        && (!asked.blocking || text_is(data.get("application_response"), "SUCCESS"));
    let Some(Value::List(endpoints)) = data.get("endpoints").filter(|_| success) else {
        return None;
    };
    let id = |endpoint: &Value| CallId::new(endpoint.get("outbound_call_id")?.as_text()?);
    let call_ids: Vec<CallId> = endpoints.iter().filter_map(id).collect();
    (!call_ids.is_empty()).then_some((data, call_ids))
}

/// The two answers of status 500 that say for certain that no call exists: the first one where it does not say that nobody knows.
fn definite(envelope: &Value) -> Option<ErrorCode> {
    let message = envelope
        .get("message")
        .filter(|_| text_is(envelope.get("status"), "error"));
    match message.and_then(Value::as_text) {
        Some("quickcall initiation failed") => {
            let cause = error_message(envelope)
                .and_then(Value::as_text)
                .unwrap_or_default();
            (!NO_CAUSES.contains(&cause)).then_some(ErrorCode::OriginateFailed)
        }
        Some("unspecified_fault") => Some(ErrorCode::NoEndpoints),
        _ => None,
    }
}

fn error_message(envelope: &Value) -> Option<&Value> {
    envelope.get("data")?.get("error_message")
}

fn hangup_cause(envelope: &Value, taken: &Taken<'_>) -> Option<HangupCause> {
    let cause = taken.text(error_message(envelope))?;
    HangupCause::new(&cause)
}

fn is_request_id(text: &str) -> bool {
    !text.is_empty() && text.len() <= 128 && text.bytes().all(|byte| byte.is_ascii_graphic())
}
