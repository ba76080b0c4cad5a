//! The property tests of the core, with many more cases than in every check.

use anyhow::{Result, bail};
use serde_json::json;

use super::{keep, output_of, read};
use crate::{command, project};

/// How many cases each property is tried with.
const CASES: u32 = 100_000;

/// Where they are.
const FILES: [&str; 8] = [
    "tests/properties.rs",
    "tests/progress.rs",
    "tests/forwarded_told.rs",
    "tests/visitor_call.rs",
    "tests/reservation.rs",
    "tests/memory.rs",
    "tests/sliding_window.rs",
    "src/pattern/tests.rs",
];

/// Tries them, with checks for overflow, which a release has not.
pub(super) fn run() -> Result<()> {
    let mut names = Vec::new();
    for file in FILES {
        let found = properties_in(&read(file)?);
        if found.is_empty() {
            bail!("there is no property in {file}");
        }
        names.extend(found);
    }
    let mut tests = command::cargo(["test", "--release", "--package", "quickcall", "--lib"]);
    for file in FILES {
        // The others are in the library.
        if let Some(name) = file.strip_prefix("tests/") {
            tests.args(["--test", name.trim_end_matches(".rs")]);
        }
    }
    tests.arg("--");
    tests.args(&names);
    tests.env("QUICKCALL_CASES", CASES.to_string());
    // For those that set no number of their own.
    tests.env("PROPTEST_CASES", CASES.to_string());
    tests.env("CARGO_PROFILE_RELEASE_OVERFLOW_CHECKS", "true");
    tests.env("CARGO_PROFILE_RELEASE_DEBUG_ASSERTIONS", "true");
    tests.env(
        "CARGO_TARGET_DIR",
        project::target_folder()?.join("soak").join("properties"),
    );
    let (status, output) = output_of(tests)?;
    if !status.success() {
        bail!("{output}");
    }
    for name in &names {
        let passed = |line: &str| line.starts_with("test ") && line.ends_with(&format!("{name} ... ok"));
        if !output.lines().any(passed) {
            bail!("{name} was not tried\n{output}");
        }
    }
    keep(
        "properties",
        &json!({ "properties": names.len(), "cases": CASES, "files": FILES }),
    )
}

/// The names of the tests within `proptest!`: only those are properties.
fn properties_in(source: &str) -> Vec<String> {
    let mut names = Vec::new();
    let mut is_within = false;
    for line in source.lines() {
        if line.starts_with("proptest!") {
            is_within = true;
        } else if line == "}" {
            is_within = false;
        } else if is_within && let Some(function) = line.strip_prefix("    fn ") {
            names.extend(function.split('(').next().map(str::to_owned));
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::{FILES, project, properties_in};
    use std::fs;

    #[test]
    fn every_file_with_a_property_is_tried() {
        for file in fs::read_dir(project::path("tests")).unwrap() {
            let path = file.unwrap().path();
            let name = format!("tests/{}", path.file_name().unwrap().to_string_lossy());
            let source = if path.is_file() {
                fs::read_to_string(&path).unwrap_or_default()
            } else {
                String::new()
            };
            assert_eq!(
                FILES.contains(&name.as_str()),
                name.ends_with(".rs") && !properties_in(&source).is_empty(),
                "{name}"
            );
        }
    }

    #[test]
    fn an_ordinary_test_is_no_property() {
        let source = "fn helper() {}\n\nproptest! {\n    #[test]\n    fn one(a in 0..2) {\n        fn inner() {}\n    }\n}\n\n#[test]\nfn plain() {\n    fn two() {}\n}\n";
        assert_eq!(properties_in(source), ["one"]);
    }
}
