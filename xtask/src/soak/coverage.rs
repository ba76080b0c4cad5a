//! Which lines and branches of the core its tests reach.

use std::collections::BTreeMap;
use std::env::consts::EXE_EXTENSION;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

use super::{keep, tool};
use crate::{command, project};

/// How much of the core the tests must reach, in percent.
const LEAST: [(&str, f64); 2] = [("lines", 98.0), ("branches", 96.0)];

/// The programs that read what the compiler's instruments write, and by which variable cargo-llvm-cov is told where each is.
const READERS: [(&str, &str); 2] = [("LLVM_COV", "llvm-cov"), ("LLVM_PROFDATA", "llvm-profdata")];

/// Measures, and keeps the figures.
///
/// # Errors
/// When a test fails, or less is reached than must be.
pub(super) fn run() -> Result<()> {
    let found = measure()?;
    enough(&found)?;
    keep("coverage", &found)
}

/// Measures only: there is no part of it that would say something of the whole.
///
/// # Errors
/// As [`run`].
pub(super) fn run_short() -> Result<()> {
    let found = measure()?;
    println!("{} {}", found["lines"], found["branches"]);
    enough(&found)
}

fn measure() -> Result<Value> {
    let coverage = tool::ensure("cargo-llvm-cov")?;
    let mut run = command::program(
        &coverage.to_string_lossy(),
        [
            "llvm-cov",
            "--package",
            "quickcall",
            "--tests",
            "--branch",
            "--json",
        ],
    );
    // Branches are counted by instruments that are not stable.
    run.env("RUSTC_BOOTSTRAP", "1");
    for (variable, program) in readers()? {
        run.env(variable, program);
    }
    let found: Value = serde_json::from_str(&command::output(run)?).context("no JSON")?;
    let data = &found["data"][0];
    let root = project::path("src");
    let mut files = Vec::new();
    for file in data["files"].as_array().into_iter().flatten() {
        let Some(name) = file["filename"].as_str() else {
            continue;
        };
        let Ok(name) = std::path::Path::new(name).strip_prefix(&root) else {
            continue;
        };
        files.push(json!({
            "file": name.to_string_lossy(), "summary": file["summary"],
            "unreached": unreached_lines(&file["segments"]), "branches": unreached_branches(&file["branches"]),
        }));
    }
    Ok(json!({
        "lines": data["totals"]["lines"], "branches": data["totals"]["branches"],
        "least": BTreeMap::from(LEAST), "files": files,
    }))
}

/// # Errors
/// When less is reached than must be.
fn enough(found: &Value) -> Result<()> {
    for (what, least) in LEAST {
        let reached = found[what]["percent"].as_f64().context("no figure")?;
        if reached < least {
            bail!("the tests reach {reached:.2} % of the core's {what}; {least} % must be");
        }
    }
    Ok(())
}

/// The readers that cargo-llvm-cov does not find by itself. It finds those of the toolchain, which are added where rustup made it;
/// the system's are taken where they are of the compiler's LLVM.
fn readers() -> Result<Vec<(&'static str, PathBuf)>> {
    let about = command::output(command::program("rustc", ["-vV"]))?;
    let said = |name: &str| {
        about
            .lines()
            .find_map(|line| line.strip_prefix(name))
            .map(str::trim)
    };
    let root = command::output(command::program("rustc", ["--print", "sysroot"]))?;
    let own = Path::new(root.trim())
        .join("lib/rustlib")
        .join(said("host:").unwrap_or_default())
        .join("bin");
    let is_set = |variable: &str| std::env::var_os(variable).is_some();
    let is_own = |program: &str| own.join(program).with_extension(EXE_EXTENSION).is_file();
    let version = said("LLVM version:").and_then(|version| version.split('.').next());
    let systems: Vec<_> = READERS
        .into_iter()
        .filter(|(variable, program)| !is_set(variable) && !is_own(program))
        .map(|(variable, program)| {
            let path = PathBuf::from(format!("/usr/bin/{program}-{}", version.unwrap_or_default()));
            (variable, path)
        })
        .collect();
    if systems.iter().all(|(_, path)| path.is_file()) {
        return Ok(systems);
    }
    println!("setup: llvm-tools");
    command::run(command::program("rustup", ["component", "add", "llvm-tools"]))
        .context("coverage needs llvm-cov and llvm-profdata of the compiler's LLVM")?;
    Ok(Vec::new())
}

/// The lines on which a part begins that no test reaches. A segment is its line, column, count, and whether it counts.
fn unreached_lines(segments: &Value) -> Vec<u64> {
    let mut lines: Vec<_> = segments
        .as_array()
        .into_iter()
        .flatten()
        .filter(|segment| segment[2] == 0 && segment[3] == true && segment[4] == true)
        .filter_map(|segment| segment[0].as_u64())
        .collect();
    lines.dedup();
    lines
}

/// The branches of which no test takes one side: line, column, and the side. A branch is where it begins and ends and how often
/// each side was taken; one of a generic function stands there for each type.
fn unreached_branches(branches: &Value) -> Vec<String> {
    let mut taken: BTreeMap<(u64, u64), (u64, u64)> = BTreeMap::new();
    for branch in branches.as_array().into_iter().flatten() {
        let number = |place: usize| branch[place].as_u64().unwrap_or(0);
        let sides = taken.entry((number(0), number(1))).or_default();
        sides.0 += number(4);
        sides.1 += number(5);
    }
    let never = |(line, column): (u64, u64), side: &str| format!("{line}:{column} never {side}");
    taken
        .into_iter()
        .flat_map(|(place, (yes, no))| {
            let yes = (yes == 0).then(|| never(place, "true"));
            yes.into_iter().chain((no == 0).then(|| never(place, "false")))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn less_than_must_be_fails() {
        let found = |lines: f64, branches: f64| {
            enough(&json!({ "lines": { "percent": lines }, "branches": { "percent": branches } }))
        };
        assert!(found(98.0, 96.0).is_ok());
        assert!(found(97.9, 100.0).is_err());
        assert!(found(100.0, 95.9).is_err());
        assert!(enough(&json!({})).is_err());
    }

    #[test]
    fn a_side_that_no_test_takes_is_named() {
        let branches = json!([
            [3, 8, 3, 20, 5, 0, 0, 0, 4],
            [4, 8, 4, 20, 0, 1, 0, 0, 4],
            [4, 8, 4, 20, 2, 0, 0, 0, 4]
        ]);
        assert_eq!(unreached_branches(&branches), ["3:8 never false"]);
        assert_eq!(
            unreached_lines(&json!([
                [7, 1, 0, true, true, false],
                [8, 1, 1, true, true, false]
            ])),
            [7]
        );
    }
}
