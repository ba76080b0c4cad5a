//! `cargo xtask bench`: what the package costs. The measuring is done in Node, by the scripts in `benches/`.

use anyhow::Result;

use crate::{command, node_modules, package};

/// Builds the package, then prints its sizes and times.
///
/// # Errors
/// When a size is over its budget, or a step fails.
pub(crate) fn run() -> Result<()> {
    package::build()?;
    let sizes = command::run(command::program("node", [SIZES]));
    command::run(command::program("node", ["benches/speed.js"]))?;
    node_modules::ensure_edge_engines()?;
    command::run(command::program("node", ["benches/edge.js"]))?;
    sizes
}

/// The script that measures sizes and fails when one is over its budget.
pub(crate) const SIZES: &str = "benches/sizes.js";
