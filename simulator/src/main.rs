//! Placed soon.
fn main() {}
