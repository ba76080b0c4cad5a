//! All tests of the crate in one program, for `cargo mutants`: it links once for each mutant, not once for each file.

#[path = "../configuration.rs"]
mod configuration;
#[path = "../edge.rs"]
mod edge;
#[path = "../handler.rs"]
mod handler;
#[path = "../messages.rs"]
mod messages;
#[path = "../patterns.rs"]
mod patterns;
#[path = "../progress.rs"]
mod progress;
#[path = "../properties.rs"]
mod properties;
#[path = "../reservation.rs"]
mod reservation;
#[path = "../vectors.rs"]
mod vectors;
