//! In which work tree the commands work.

#![cfg(unix)]

use std::error::Error;
use std::os::unix::fs::PermissionsExt as _;
use std::process::Command;

/// Cargo takes a program for up to date that it compiled before its work tree was moved, or in another one with the same target folder.
#[test]
fn it_is_the_one_that_cargo_runs_them_in() -> Result<(), Box<dyn Error>> {
    let root = std::env::temp_dir().join(format!("xtask-root-{}", std::process::id()));
    std::fs::create_dir_all(&root)?;
    // The first that a build asks for. What it says is told, because no Node has such a version.
    let node = root.join("node");
    std::fs::write(&node, "#!/bin/sh\necho \"v1 in $(pwd -P)\"\n")?;
    std::fs::set_permissions(&node, std::fs::Permissions::from_mode(0o700))?;
    let ended = Command::new(env!("CARGO_BIN_EXE_xtask"))
        .arg("build")
        .env("PATH", &root)
        .env("CARGO_MANIFEST_DIR", root.join("xtask"))
        .output()?;
    let said = String::from_utf8(ended.stderr)?;
    let expected = format!("in {} ", root.canonicalize()?.display());
    std::fs::remove_dir_all(&root)?;
    assert!(said.contains(&expected), "{said}");
    Ok(())
}
