//! The fuzz targets in `fuzz/`.

use std::fs;

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

use super::{keep, output_of, tool};
use crate::{command, project};

/// Fuzzes each target for some minutes.
pub(super) fn run(minutes: u32) -> Result<()> {
    let fuzz = tool::ensure("cargo-fuzz")?;
    let mut found = Vec::new();
    for target in targets()? {
        println!("soak: fuzzing {target}");
        let mut run = command::program(
            &fuzz.to_string_lossy(),
            ["fuzz", "run", "--sanitizer", "none", &target, "--"],
        );
        run.arg(format!("-max_total_time={}", minutes * 60))
            .arg("-max_len=4000");
        // libFuzzer's instruments are not stable; no sanitizer is needed where all code is safe.
        run.env("RUSTC_BOOTSTRAP", "1");
        let (passed, output) = output_of(run)?;
        if !passed {
            bail!("{output}");
        }
        let runs = output
            .lines()
            .rev()
            .find_map(|line| line.strip_prefix("Done ")?.split(' ').next()?.parse::<u64>().ok())
            .context("the fuzzer told no number of runs")?;
        found.push(json!({ "target": target, "runs": runs }));
    }
    keep(
        "fuzz",
        &json!({ "minutes": minutes, "targets": Value::Array(found) }),
    )
}

/// The targets, by name.
fn targets() -> Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(project::path("fuzz/fuzz_targets"))? {
        let path = entry?.path();
        names.extend(path.file_stem().map(|name| name.to_string_lossy().into_owned()));
    }
    names.sort();
    Ok(names)
}
