//! Mutation testing of the core by cargo-mutants. What is left out is in `.cargo/mutants.toml`.

use std::fs;

use anyhow::{Context, Result};
use serde_json::{Value, json};

use super::{keep, output_of, tool};
use crate::{command, project};

/// Tries a part of the mutants, and adds its figures to those of the other parts.
pub(super) fn run(shard: &str) -> Result<()> {
    let mutants = tool::ensure("cargo-mutants")?;
    let folder = project::target_folder()?
        .join("soak")
        .join(format!("mutants-{}", shard.replace('/', "-")));
    fs::create_dir_all(&folder)?;
    let mut run = command::program(
        &mutants.to_string_lossy(),
        ["mutants", "--package", "quickcall", "--shard", shard],
    );
    run.args(["--timeout", "60", "--build-timeout", "300", "--output"])
        .arg(&folder);
    // Enough for a wrong core; a right one is tried with more.
    run.env("QUICKCALL_CASES", "300").env("PROPTEST_CASES", "60");
    // Survivors are figures, too: they do not make the run fail.
    let (_, output) = output_of(run)?;
    let outcomes = folder.join("mutants.out/outcomes.json");
    let outcomes = fs::read_to_string(&outcomes).with_context(|| output)?;
    let outcomes: Value = serde_json::from_str(&outcomes)?;
    let survivors: Vec<_> = outcomes["outcomes"]
        .as_array()
        .into_iter()
        .flatten()
        .filter(|outcome| outcome["summary"] == "MissedMutant")
        .filter_map(|outcome| outcome["scenario"]["Mutant"]["name"].as_str())
        .collect();
    let part = json!({
        "caught": outcomes["caught"], "missed": outcomes["missed"], "timeout": outcomes["timeout"],
        "unviable": outcomes["unviable"], "survivors": survivors,
    });
    let path = project::path("tests/soak/figures/mutants.json");
    let before = fs::read_to_string(path).unwrap_or_default();
    let mut all: Value = serde_json::from_str(&before).unwrap_or_default();
    let parts = shard.split('/').nth(1).unwrap_or_default();
    if all["parts"] != parts {
        all = json!({ "parts": parts, "shards": {} });
    }
    all["shards"][shard] = part;
    keep("mutants", &all)
}
