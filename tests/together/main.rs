//! All tests of the crate in one program, for `cargo mutants`: it links once for each mutant, not once for each file.

// What tests share is a module of each that needs it, here as where each is a program by itself.
#![allow(clippy::duplicate_mod)]

#[path = "../call_event.rs"]
mod call_event;
#[path = "../call_to_handler.rs"]
mod call_to_handler;
#[path = "../configuration.rs"]
mod configuration;
#[path = "../curl.rs"]
mod curl;
#[path = "../destination.rs"]
mod destination;
#[path = "../far_party.rs"]
mod far_party;
#[path = "../forwarded.rs"]
mod forwarded;
#[path = "../forwarded_told.rs"]
mod forwarded_told;
#[path = "../handler.rs"]
mod handler;
#[path = "../idempotency_key.rs"]
mod idempotency_key;
#[path = "../issues.rs"]
mod issues;
#[path = "../json.rs"]
mod json;
#[path = "../memory.rs"]
mod memory;
#[path = "../number.rs"]
mod number;
#[path = "../patterns.rs"]
mod patterns;
#[path = "../progress.rs"]
mod progress;
#[path = "../properties.rs"]
mod properties;
#[path = "../rate_limit.rs"]
mod rate_limit;
#[path = "../refusal.rs"]
mod refusal;
#[path = "../reply.rs"]
mod reply;
#[path = "../reservation.rs"]
mod reservation;
#[path = "../shown.rs"]
mod shown;
#[path = "../sliding_window.rs"]
mod sliding_window;
#[path = "../token.rs"]
mod token;
#[path = "../value.rs"]
mod value;
#[path = "../vectors.rs"]
mod vectors;
#[path = "../visitor.rs"]
mod visitor;
#[path = "../visitor_call.rs"]
mod visitor_call;
#[path = "../watch.rs"]
mod watch;
