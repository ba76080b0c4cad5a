//! Which lines and branches of the core its tests reach.

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
        let unreached: Vec<_> = unreached_lines(&file["segments"]);
        files.push(
            json!({ "file": name.to_string_lossy(), "summary": file["summary"], "unreached": unreached }),
        );
    }
    keep(
        "coverage",
        &json!({ "lines": data["totals"]["lines"], "branches": data["totals"]["branches"], "files": files }),
    )
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
