//! Rust's WebAssembly target.

use std::path::Path;

use anyhow::{Context, Result};

use crate::command;

/// The target's name.
pub(crate) const TRIPLE: &str = "wasm32-unknown-unknown";

/// Adds the target to the toolchain in use when it is missing.
///
/// # Errors
/// When it is missing and rustup is missing or cannot add it. The message says what to do.
pub(crate) fn ensure() -> Result<()> {
    let folder = command::output(command::program(
        "rustc",
        ["--print", "target-libdir", "--target", TRIPLE],
    ))?;
    if Path::new(folder.trim()).is_dir() {
        return Ok(());
    }
    println!("setup: adding Rust's target {TRIPLE}");
    command::run(command::program("rustup", ["target", "add", TRIPLE])).with_context(|| {
        format!(
            "the Rust target {TRIPLE} is missing and could not be added. Install Rust by rustup (https://rustup.rs) \
             and run `rustup target add {TRIPLE}`, or add the target by the package manager that Rust came from"
        )
    })
}
