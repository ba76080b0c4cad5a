//! Where things are in the work tree.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use anyhow::{Context, Result};

use crate::command;

/// The root of the repository.
pub(crate) fn root() -> &'static Path {
    static ROOT: OnceLock<PathBuf> = OnceLock::new();
    ROOT.get_or_init(|| {
        // Where cargo runs this program, and not where it compiled it: it does not compile again what was moved, nor what another clone
        // with the same target folder has compiled.
        let crate_folder =
            std::env::var_os("CARGO_MANIFEST_DIR").map_or(env!("CARGO_MANIFEST_DIR").into(), PathBuf::from);
        crate_folder
            .parent()
            .map_or(crate_folder.clone(), Path::to_path_buf)
    })
}

/// A path below the root, written with `/`.
pub(crate) fn path(below_root: &str) -> PathBuf {
    root().join(below_root)
}

/// Cargo's target folder. Asked from cargo, because a setting or a variable can move it.
///
/// # Errors
/// When cargo does not answer.
pub(crate) fn target_folder() -> Result<PathBuf> {
    let answer = command::output(command::cargo(["metadata", "--no-deps", "--format-version", "1"]))?;
    let metadata: serde_json::Value = serde_json::from_str(&answer).context("cargo metadata is not JSON")?;
    let folder = metadata["target_directory"]
        .as_str()
        .context("cargo metadata names no target folder")?;
    Ok(PathBuf::from(folder))
}
