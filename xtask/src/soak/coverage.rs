//! Which lines and branches of the core its tests reach.

use std::collections::BTreeMap;
use std::path::PathBuf;

use anyhow::{Context, Result};
use serde_json::{Value, json};

use super::{keep, tool};
use crate::{command, project};

pub(super) fn run() -> Result<()> {
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
    for (variable, program) in [("LLVM_COV", "llvm-cov"), ("LLVM_PROFDATA", "llvm-profdata")] {
        if std::env::var_os(variable).is_none()
            && let Some(found) = reader(program)?
        {
            run.env(variable, found);
        }
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
    keep(
        "coverage",
        &json!({ "lines": data["totals"]["lines"], "branches": data["totals"]["branches"], "files": files }),
    )
}

/// The system's program that reads what this compiler's instruments write, where the toolchain has none of its own.
fn reader(program: &str) -> Result<Option<PathBuf>> {
    let about = command::output(command::program("rustc", ["-vV"]))?;
    let version = about.lines().find_map(|line| line.strip_prefix("LLVM version: "));
    let major = version
        .and_then(|version| version.split('.').next())
        .unwrap_or_default();
    let path = PathBuf::from(format!("/usr/bin/{program}-{major}"));
    Ok(path.is_file().then_some(path))
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
