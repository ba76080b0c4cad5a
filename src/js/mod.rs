//! The bindings for JavaScript: the core behind calls that take and give JSON texts.
//!
//! A JSON text crosses the boundary as one copy, and brings no code for objects of JavaScript into the module. What is
//! an object of JavaScript only (a promise, a signal, a fetch) stays on the other side, in the npm package: there a
//! trap in the module is an exception, not a promise that never settles.

use alloc::string::String;

#[cfg(feature = "module")]
mod allocator;
#[cfg(feature = "js")]
mod class;
#[cfg(feature = "js")]
mod decode;
#[cfg(feature = "events")]
pub mod events;
#[cfg(feature = "edge")]
pub mod handler;
#[cfg(feature = "module")]
mod trap;

#[cfg(feature = "js")]
pub use class::*;

use crate::joined::joined;
use crate::{ErrorCode, QuickcallError, Token};
use wasm_bindgen::prelude::wasm_bindgen;

/// The error with this code, as JSON; nothing for a code that the core does not know.
#[wasm_bindgen]
pub fn failure(code: &str) -> Option<String> {
    let code = ErrorCode::ALL.iter().find(|known| known.as_str() == code)?;
    Some(QuickcallError::new(*code).to_json())
}

/// Whether this text can be a token.
#[wasm_bindgen]
pub fn is_token(text: &str) -> bool {
    Token::new(text).is_some()
}

/// What was asked for as a text, or an error as a packed `QuickcallError` with a `!` before it, as nothing else begins. Thrown from here it
/// would cross as an object of JavaScript: by a table of those, and by functions of JavaScript that the module imports. A runtime compiles
/// a way to each of them when it starts the module: a twelfth of a cold start in Node.
#[cfg(feature = "js")]
fn told(result: Result<String, QuickcallError>) -> String {
    match result {
        Ok(text) => text,
        Err(error) => joined(&["!", &error.to_json()]),
    }
}
