//! The tools of cargo that these runs need.

use std::path::PathBuf;

use anyhow::Result;

use crate::{command, project};

/// A subcommand of cargo, installed below the target folder where the machine has none.
///
/// # Errors
/// When it cannot be installed.
pub(super) fn ensure(name: &str) -> Result<PathBuf> {
    let program = format!("{name}{}", std::env::consts::EXE_SUFFIX);
    let on_path = std::env::var_os("PATH").and_then(|path| {
        std::env::split_paths(&path)
            .map(|folder| folder.join(&program))
            .find(|path| path.is_file())
    });
    if let Some(found) = on_path {
        return Ok(found);
    }
    let root = project::target_folder()?.join("tools");
    let installed = root.join("bin").join(&program);
    if !installed.is_file() {
        println!("setup: {name}");
        let mut install = command::cargo(["install", "--locked", name]);
        install.arg("--root").arg(&root);
        command::run(install)?;
    }
    Ok(installed)
}
