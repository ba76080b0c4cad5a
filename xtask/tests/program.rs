//! The program behind `cargo xtask`, as cargo starts it: in which work tree it works, beside another run, and without npm.

#![cfg(unix)]

use std::error::Error;
use std::fs::{self, File};
use std::io::{BufRead as _, BufReader};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

type Tested = Result<(), Box<dyn Error>>;

/// A work tree with nothing in it but what tests put there. It ends with the test.
struct Tree(PathBuf);

impl Tree {
    fn new(name: &str) -> Result<Tree, Box<dyn Error>> {
        // Nothing may be run from the temporary folder of some machines.
        let root =
            Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("xtask-{name}-{}", std::process::id()));
        fs::create_dir_all(&root)?;
        let tree = Tree(root.canonicalize()?);
        tree.program(
            "cargo",
            &format!("echo '{{\"target_directory\": \"{}\"}}'", tree.0.display()),
        )?;
        Ok(tree)
    }

    /// Puts a program there, as a script of a shell.
    fn program(&self, name: &str, script: &str) -> Tested {
        let path = self.0.join(name);
        fs::write(&path, format!("#!/bin/sh\n{script}\n"))?;
        Ok(fs::set_permissions(&path, fs::Permissions::from_mode(0o700))?)
    }

    /// The command, in this tree and with its programs alone.
    fn xtask(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
        command
            .args(arguments)
            .env("PATH", &self.0)
            .env("CARGO", self.0.join("cargo"))
            .env("CARGO_MANIFEST_DIR", self.0.join("xtask"));
        command
    }

    fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Tree {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Cargo takes a program for up to date that it compiled before its work tree was moved, or in another one with the same target folder.
#[test]
fn it_works_in_the_tree_that_cargo_runs_it_in() -> Tested {
    let tree = Tree::new("moved")?;
    // What it says is told, because there is no such version.
    tree.program("node", "echo \"v1 in $(pwd -P)\"")?;
    let ended = tree.xtask(&["build"]).output()?;
    let said = String::from_utf8(ended.stderr)?;
    assert!(
        said.contains(&format!("v1 in {} ", tree.path().display())),
        "{said}"
    );
    Ok(())
}

/// Two that write the same logs would each count the tests of both.
#[test]
fn the_checks_wait_for_those_that_run() -> Tested {
    let tree = Tree::new("twice")?;
    let first = File::create(tree.path().join("test.lock"))?;
    first.lock()?;
    let mut second = tree
        .xtask(&["test", "--quick"])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()?;
    let mut said = String::new();
    let read = BufReader::new(second.stdout.take().ok_or("no output")?).read_line(&mut said);
    second.kill()?;
    second.wait()?;
    read?;
    assert!(said.starts_with("setup: waiting for another run"), "{said}");
    Ok(())
}

/// Debian has it as a package of its own: who has Node.js may have no npm.
#[test]
fn it_says_that_npm_is_missing() -> Tested {
    let tree = Tree::new("no-npm")?;
    tree.program("node", "echo v99.0.0")?;
    for name in ["package.json", "package-lock.json"] {
        fs::write(tree.path().join(name), "{}")?;
    }
    let ended = tree.xtask(&["build"]).output()?;
    let said = String::from_utf8(ended.stderr)?;
    assert!(said.starts_with("error: npm is missing: install it"), "{said}");
    Ok(())
}
