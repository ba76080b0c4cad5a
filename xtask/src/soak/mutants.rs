//! Mutation testing of the core by cargo-mutants. What is left out is in `.cargo/mutants.toml`.

use std::fs;

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

use super::{commit, keep, kept, output_of, read, tool};
use crate::{command, project};

/// The part that is tried in the short form.
const SHORT: &str = "0/120";

/// How cargo-mutants ends when it tried all: none survived; some did; some took too long.
const TRIED: [i32; 3] = [0, 2, 3];

/// Tries a part of the mutants, and adds its figures to those of the other parts of the same commit.
///
/// # Errors
/// When the tests fail without a change, or a mutant survives that HACKING.md does not explain.
pub(super) fn run(shard: &str) -> Result<()> {
    let part = try_part(shard)?;
    let survivors = names(&part);
    let parts = shard.split('/').nth(1).unwrap_or_default();
    let all = with_part(kept("mutants"), &commit()?, parts, shard, part);
    keep("mutants", &all)?;
    all_explained(&survivors)
}

/// Tries a few of them, spread over the core.
///
/// # Errors
/// As [`run`].
pub(super) fn run_short() -> Result<()> {
    let part = try_part(SHORT)?;
    println!("{part}");
    all_explained(&names(&part))
}

/// The figures of a part.
fn try_part(shard: &str) -> Result<Value> {
    let mutants = tool::ensure("cargo-mutants")?;
    let folder = project::target_folder()?
        .join("soak")
        .join(format!("mutants-{}", shard.replace('/', "-")));
    // Those of an earlier run are no figures of this one.
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    fs::create_dir_all(&folder)?;
    let mut run = command::program(
        &mutants.to_string_lossy(),
        ["mutants", "--package", "quickcall", "--shard", shard],
    );
    run.args(["--timeout", "60", "--build-timeout", "300", "--output"])
        .arg(&folder);
    // Enough for a wrong core; a right one is tried with more.
    run.env("QUICKCALL_CASES", "300").env("PROPTEST_CASES", "60");
    let (status, output) = output_of(run)?;
    if !status.code().is_some_and(|code| TRIED.contains(&code)) {
        bail!("cargo mutants ended with {status}\n{output}");
    }
    let outcomes = folder.join("mutants.out/outcomes.json");
    let outcomes = fs::read_to_string(&outcomes).with_context(|| output)?;
    part(&serde_json::from_str(&outcomes)?)
}

fn all_explained(survivors: &[String]) -> Result<()> {
    let unexplained = unexplained(survivors, &read("HACKING.md")?);
    if !unexplained.is_empty() {
        bail!("HACKING.md does not explain: {}", unexplained.join("; "));
    }
    Ok(())
}

/// The figures of a run.
///
/// # Errors
/// When nothing was tried, or the tests failed without a change.
fn part(outcomes: &Value) -> Result<Value> {
    let all = outcomes["outcomes"].as_array().context("no outcomes")?;
    let baseline = all.iter().find(|outcome| outcome["scenario"] == "Baseline");
    if baseline.is_none_or(|baseline| baseline["summary"] != "Success") {
        bail!("the tests fail without a change");
    }
    let count = |name: &str| outcomes[name].as_u64().unwrap_or(0);
    if count("caught") + count("missed") + count("timeout") == 0 {
        bail!("no mutant was tried");
    }
    let survivors: Vec<_> = all
        .iter()
        .filter(|outcome| outcome["summary"] == "MissedMutant")
        .filter_map(|outcome| outcome["scenario"]["Mutant"]["name"].as_str())
        .collect();
    if survivors.len() as u64 != count("missed") {
        bail!("{} were missed, {} are named", count("missed"), survivors.len());
    }
    Ok(json!({
        "caught": count("caught"), "missed": count("missed"), "timeout": count("timeout"),
        "unviable": count("unviable"), "survivors": survivors,
    }))
}

/// The figures with one part more, where they are of the same commit and of as many parts; else with this part alone.
fn with_part(before: Option<Value>, commit: &str, parts: &str, shard: &str, part: Value) -> Value {
    let mut all = before
        .filter(|all| all["parts"] == parts && all["commit"] == commit)
        .unwrap_or_else(|| json!({ "parts": parts, "shards": {} }));
    all["shards"][shard] = part;
    all
}

fn names(part: &Value) -> Vec<String> {
    part["survivors"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|name| name.as_str().map(str::to_owned))
        .collect()
}

/// The survivors that no entry under "Mutants that survive" explains: it names the file and what was changed, without the line,
/// which moves.
fn unexplained(survivors: &[String], hacking: &str) -> Vec<String> {
    let section = hacking
        .split("\n## ")
        .find_map(|section| section.strip_prefix("Mutants that survive\n"))
        .unwrap_or("");
    let entries: Vec<String> = section.split("\n* ").map(in_one_line).collect();
    let is_explained = |name: &str| {
        let (place, change) = name.split_once(": ").unwrap_or(("", name));
        let file = place.split(':').next().unwrap_or("");
        let change = in_one_line(change);
        entries
            .iter()
            .any(|entry| entry.contains(file) && entry.contains(&change))
    };
    survivors
        .iter()
        .filter(|name| !is_explained(name))
        .cloned()
        .collect()
}

fn in_one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAME: &str = "src/text.rs:12:5: replace is_plain -> bool with true";

    /// A file that was forgotten would leave mutants alive that its tests notice.
    #[test]
    fn all_tests_of_the_crate_are_together() {
        let together = read("tests/together/main.rs").unwrap();
        let files = fs::read_dir(project::path("tests")).unwrap();
        let mut names: Vec<String> = files
            .filter_map(|file| {
                file.ok()?
                    .file_name()
                    .to_str()?
                    .strip_suffix(".rs")
                    .map(str::to_owned)
            })
            // The bindings are tested in WebAssembly only.
            .filter(|name| name != "bindings")
            .collect();
        names.sort();
        let expected: String = names
            .iter()
            .map(|name| format!("\n#[path = \"../{name}.rs\"]\nmod {name};"))
            .collect();
        assert!(together.ends_with(&format!("{expected}\n")), "{expected}");
    }

    #[test]
    fn a_survivor_must_be_explained() {
        let survivors = [NAME.to_owned()];
        assert_eq!(unexplained(&survivors, "# Why\n\n## Other\n"), survivors);
        let explained = "# Why\n\n## Mutants that survive\n* `src/text.rs`: `replace is_plain -> bool\n  with true`: nothing asks.\n\n## More\n";
        assert!(unexplained(&survivors, explained).is_empty());
        assert_eq!(
            unexplained(&survivors, &explained.replace("text.rs", "other.rs")),
            survivors
        );
        assert_eq!(
            unexplained(&survivors, &explained.replace("Mutants", "Other")),
            survivors
        );
    }

    #[test]
    fn a_failed_baseline_is_no_figure() {
        let outcome = |scenario: Value, summary: &str| json!({ "scenario": scenario, "summary": summary });
        let run = |baseline: &str, missed: u64| {
            json!({
                "outcomes": [
                    outcome(json!("Baseline"), baseline),
                    outcome(json!({ "Mutant": { "name": NAME } }), "MissedMutant"),
                ],
                "caught": 1, "missed": missed, "timeout": 0, "unviable": 0,
            })
        };
        assert_eq!(
            part(&run("Success", 1)).map(|part| names(&part)).ok(),
            Some(vec![NAME.to_owned()])
        );
        assert!(part(&run("Failure", 1)).is_err());
        assert!(part(&run("Success", 2)).is_err());
        assert!(part(&json!({ "outcomes": [outcome(json!("Baseline"), "Success")] })).is_err());
    }

    #[test]
    fn parts_of_different_commits_are_not_added_up() {
        let first = with_part(None, "a", "2", "0/2", json!(1));
        let mut first = first;
        first["commit"] = "a".into();
        let same = with_part(Some(first.clone()), "a", "2", "1/2", json!(2));
        assert_eq!(same["shards"], json!({ "0/2": 1, "1/2": 2 }));
        let other = with_part(Some(first), "b", "2", "1/2", json!(2));
        assert_eq!(other["shards"], json!({ "1/2": 2 }));
    }
}
