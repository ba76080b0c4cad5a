//! Starting other programs.

use std::ffi::OsStr;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::project;

/// The cargo that runs this program, in the root of the repository.
pub(crate) fn cargo<'a>(arguments: impl IntoIterator<Item = &'a str>) -> Command {
    at_root(
        std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()),
        arguments,
    )
}

/// A program found on the path, started in the root of the repository.
pub(crate) fn program<'a>(name: &str, arguments: impl IntoIterator<Item = &'a str>) -> Command {
    at_root(name, arguments)
}

/// A script on the path that npm installed (`npm` itself), which on Windows is a `.cmd` file.
pub(crate) fn script<'a>(name: &str, arguments: impl IntoIterator<Item = &'a str>) -> Command {
    at_root(script_name(name), arguments)
}

/// A tool of the project's own `node_modules`, in the version of `package-lock.json`. Never one of the path.
pub(crate) fn node_tool<'a>(name: &str, arguments: impl IntoIterator<Item = &'a str>) -> Command {
    at_root(
        project::path("node_modules/.bin").join(script_name(name)),
        arguments,
    )
}

fn at_root<'a>(program: impl AsRef<OsStr>, arguments: impl IntoIterator<Item = &'a str>) -> Command {
    let mut command = Command::new(program);
    command
        .current_dir(project::root())
        .args(arguments)
        .stdin(Stdio::null());
    command
}

fn script_name(name: &str) -> String {
    if cfg!(windows) {
        format!("{name}.cmd")
    } else {
        name.to_owned()
    }
}

/// Runs a command that writes to the terminal.
///
/// # Errors
/// When it cannot be started or does not end with 0.
pub(crate) fn run(mut command: Command) -> Result<()> {
    let status = command
        .status()
        .with_context(|| format!("cannot start {}", shown(&command)))?;
    if !status.success() {
        bail!("{} ended with {status}", shown(&command));
    }
    Ok(())
}

/// Runs a command and gives what it wrote to its standard output.
///
/// # Errors
/// When it cannot be started, does not end with 0 (its error output is in the message), or writes no UTF-8.
pub(crate) fn output(mut command: Command) -> Result<String> {
    let output = command
        .output()
        .with_context(|| format!("cannot start {}", shown(&command)))?;
    if !output.status.success() {
        let error = String::from_utf8_lossy(&output.stderr);
        bail!(
            "{} ended with {}\n{}",
            shown(&command),
            output.status,
            error.trim_end()
        );
    }
    String::from_utf8(output.stdout).with_context(|| format!("{} wrote no UTF-8", shown(&command)))
}

/// The command as a person would type it, for messages.
pub(crate) fn shown(command: &Command) -> String {
    let mut line = PathBuf::from(command.get_program())
        .file_name()
        .unwrap_or(command.get_program())
        .to_string_lossy()
        .into_owned();
    for argument in command.get_args() {
        line.push(' ');
        line.push_str(&argument.to_string_lossy());
    }
    line
}
