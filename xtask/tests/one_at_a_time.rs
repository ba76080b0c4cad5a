//! What a second run of a command does while the first one goes on.

#![cfg(unix)]

use std::error::Error;
use std::fs::{self, File};
use std::io::{BufRead as _, BufReader};
use std::os::unix::fs::PermissionsExt as _;
use std::process::{Command, Stdio};

/// Two that write the same logs would each count the tests of both.
#[test]
fn the_checks_wait_for_those_that_run() -> Result<(), Box<dyn Error>> {
    let root = std::env::temp_dir().join(format!("xtask-twice-{}", std::process::id()));
    fs::create_dir_all(&root)?;
    let cargo = root.join("cargo");
    let answer = format!("{{\"target_directory\": \"{}\"}}", root.display());
    fs::write(&cargo, format!("#!/bin/sh\necho '{answer}'\n"))?;
    fs::set_permissions(&cargo, fs::Permissions::from_mode(0o700))?;
    let first = File::create(root.join("test.lock"))?;
    first.lock()?;
    let mut second = Command::new(env!("CARGO_BIN_EXE_xtask"))
        .args(["test", "--quick"])
        .env("PATH", &root)
        .env("CARGO", &cargo)
        .env("CARGO_MANIFEST_DIR", root.join("xtask"))
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()?;
    let mut said = String::new();
    let read = BufReader::new(second.stdout.take().ok_or("no output")?).read_line(&mut said);
    second.kill()?;
    second.wait()?;
    fs::remove_dir_all(&root)?;
    read?;
    assert!(said.starts_with("setup: waiting for another run"), "{said}");
    Ok(())
}
