//! The property tests of the core, with many more cases than in every check.

use anyhow::{Result, bail};
use serde_json::json;

use super::{keep, output_of};
use crate::command;

/// How many cases each property is tried with.
const CASES: u32 = 100_000;

pub(super) fn run() -> Result<()> {
    let mut tests = command::cargo([
        "test",
        "--release",
        "--package",
        "quickcall",
        "--test",
        "properties",
        "--test",
        "progress",
    ]);
    tests.env("QUICKCALL_CASES", CASES.to_string());
    let (passed, output) = output_of(tests)?;
    if !passed {
        bail!("{output}");
    }
    let properties = output.lines().filter(|line| line.ends_with("... ok")).count();
    keep("properties", &json!({ "properties": properties, "cases": CASES }))
}
