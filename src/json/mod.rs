//! JSON: reading what a server or a caller wrote, writing what is sent.
//!
//! An own reader, because it comes into the WebAssembly module: it makes no float, tells half of a surrogate pair,
//! keeps the order of keys and those that stand twice, and is held against serde_json by the tests.

mod read;
mod write;

pub use read::{JsonError, MAX_DEPTH};
pub(crate) use read::{parse, parse_bytes, parse_given, parse_told};
pub(crate) use write::{Members, array, string};
