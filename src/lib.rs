//! Places click-to-call calls on a Kazoo phone system: *ring this user's or device's phone; once it is answered,
//! connect it to this number*.
//!
//! This crate sends nothing. It checks a call, makes the request of it, and reads what the server really said:
//! [`Call`] (what is wanted) → checked by [`Quickcall::build`] → [`Request`] → [`Reply`] (what the server said) → [`Placed`] or
//! [`QuickcallError`]. Send the request with the HTTP client of your choice, once, without retries and redirects.
//!
//! ```
//! use quickcall::{Asked, Call, Config, Quickcall, Reply, State, Token};
//!
//! let config = Config::new("https://kazoo.example.com:8443/v2", "0123456789abcdef0123456789abcdef");
//! let quickcall = Quickcall::new(&config)?;
//!
//! let call = Call::to_device("dddddddddddddddddddddddddddddddd", "(415) 555-0100").with("timeout", 20);
//! let request = quickcall.build(&call)?;
//! assert_eq!(request.method.as_str(), "POST");
//! assert_eq!(request.body.as_deref(), Some(r#"{"data":{"timeout":20}}"#));
//!
//! // Send it with the headers of the request and `("X-Auth-Token", token.expose())`. Then:
//! let token = Token::new("a-token").ok_or("not a token")?;
//! let body = br#"{"status": "success", "data": {
//!     "application_name": "transfer", "application_response": "SUCCESS", "application_data": {"route": "4155550100"},
//!     "endpoints": [{"outbound_call_id": "0123456789abcdef0123456789abcdef0123-quickcall"}]}}"#;
//! let reply = Reply {
//!     status: 200, body: Some(body), request_id: None, retry_after: None, took: 4_000, token: Some(&token),
//! };
//! let placed = reply.outcome(request.asked)?;
//! assert_eq!(placed.state, State::Started);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # When no answer comes
//! A server keeps the answer to a blocking call back for [`Asked::ring_time`]: wait some seconds longer. A connection that fails, also within the
//! head of the answer, and a wait that ends say nothing of the call. So never send it again, and tell them as what they are:
//!
//! ```
//! use quickcall::{ErrorCode, Outcome, QuickcallError};
//!
//! let failed = QuickcallError::from(ErrorCode::Network); // or `ErrorCode::Timeout`
//! assert_eq!(failed.outcome, Outcome::Unknown);
//! ```
//!
//! An answer whose body was cut off, or is larger than [`MAX_BODY`], is a [`Reply`] with `body: None`, or with the bytes up to one
//! more than that. Statuses of 400 and more, and redirects, are replies, too: many clients make errors of them unless told otherwise.
//!
//! # What differs from the API document
//! Servers differ from their document, and this crate builds what works:
//! * `number_filter` changes only what phones show. What is dialled is the number in the path, so it is filtered here.
//! * 200 does not mean that a call exists. Only a confirmed call with a call id is [`Placed`].
//! * A `timeout` of 3 is 30 on the server; a literal `%` in a caller id is decoded twice there; `auto_answer` is read
//!   from the query only. Each has its warning or is taken care of.
//!
//! # Features
//! None is needed. `js`: the bindings for JavaScript, of which the npm package is made, on `wasm32` only. On every other target it adds
//! nothing. `edge`: those of the [`Handler`], too. `events`: those of [`Watch`] only. `bindings` is what these share. `module` is for the
//! build of the npm package only: it brings an allocator and a panic handler, so on `wasm32` nothing that has `std` can be linked with it.

#![cfg_attr(all(target_arch = "wasm32", feature = "module"), no_std)]
#![cfg_attr(not(all(target_arch = "wasm32", feature = "bindings")), forbid(unsafe_code))]
#![cfg_attr(
    not(test),
    deny(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::unreachable,
        clippy::indexing_slicing,
        clippy::string_slice
    )
)]

extern crate alloc;

mod account;
mod base_url;
mod by_name;
mod call;
mod call_event;
mod call_id;
mod call_key;
mod caller_id;
mod calls_by_name;
mod change;
mod checked_call;
mod country_code;
mod curl;
mod custom_application_vars;
mod decimal;
mod destination;
mod emergency_number;
mod endpoint;
mod error;
mod fingerprint;
mod flight;
mod found;
mod given;
mod handler;
mod handler_config;
mod handler_url;
mod hangup_cause;
mod idempotency_key;
mod ip_address;
mod issue;
mod joined;
mod json;
mod key_entry;
mod masked_number;
mod media;
mod memory;
mod nearest;
mod noun;
mod number;
mod number_filter;
mod origin;
mod originate;
mod path;
mod pattern;
mod percent;
mod progress;
mod quickcall;
mod rate_limit;
mod refusal;
mod reply;
mod request;
mod reservation;
mod ring_time;
mod shown;
mod sliding_window;
mod text;
mod token;
mod value;
mod visitor;
mod visitor_call;
mod watch;
mod windows;

#[cfg(all(target_arch = "wasm32", feature = "bindings"))]
#[allow(unsafe_code, reason = "wasm-bindgen's macro and the allocator need it")]
pub mod js;

pub use account::AccountId;
pub use base_url::BaseUrl;
pub use call::Call;
pub use call_event::{CallEvent, EventMessage, Happened, OWN_ID};
pub use call_id::CallId;
pub use call_key::CallKey;
pub use caller_id::CallerId;
pub use checked_call::CheckedCall;
pub use custom_application_vars::{CustomApplicationVars, MAX_VARS};
pub use decimal::Decimal;
pub use destination::Destinations;
pub use endpoint::{Endpoint, EndpointKind};
pub use error::{ErrorCode, Outcome, QuickcallError};
pub use handler::{Allowed, Handler, Judged, Visit, judge_method};
pub use handler_url::HandlerUrl;
pub use hangup_cause::HangupCause;
pub use idempotency_key::{IdempotencyKey, trace};
pub use issue::{Issue, IssueCode, IssueParts, Severity};
pub use json::{JsonError, MAX_DEPTH};
pub use masked_number::masked;
pub use media::Media;
pub use memory::Memory;
pub use number::{MAX_NUMBER, Number};
pub use number_filter::{MAX_PATTERN, MAX_PATTERN_INPUT, NumberFilter, Pattern};
pub use origin::Origin;
pub use originate::Originate;
pub use path::Path;
pub use progress::{Progress, ProgressState, Step};
pub use quickcall::{Config, Quickcall};
pub use rate_limit::RateLimit;
pub use refusal::{Refusal, RefusalCode};
pub use reply::{Asked, MAX_BODY, Placed, Reply, State};
pub use request::{MAX_URL, Method, Request};
pub use reservation::{Known, Reservation, Write, known};
pub use ring_time::Timeout;
pub use sliding_window::SlidingWindow;
pub use token::Token;
pub use value::Value;
pub use visitor::Visitor;
pub use watch::Watch;

/// Runs what the README shows.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
mod readme {}
