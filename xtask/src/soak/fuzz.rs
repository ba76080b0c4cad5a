//! The fuzz targets in `fuzz/`.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

use super::{keep, output_of, read, tool};
use crate::{command, project};

/// How long one input may take, in seconds.
const SLOW: u32 = 5;

/// The longest input of each target, in bytes: over the largest that is read.
const LONGEST: [(&str, usize); 6] = [
    ("call", 20_000),
    ("config", 20_000),
    ("events", (1 << 20) + 5_000),
    ("handler", 6_000),
    ("number", 3_000),
    ("reply", (1 << 20) + 5_000),
];

/// How long each target is fuzzed in the short form, in seconds.
const SHORT: u32 = 4;

/// Fuzzes each target for some minutes.
pub(super) fn run(minutes: u32) -> Result<()> {
    let found = fuzz_all(minutes * 60)?;
    keep(
        "fuzz",
        &json!({ "minutes": minutes, "targets": Value::Array(found) }),
    )
}

/// Fuzzes each target for some seconds: its seeds, and what is near to them.
pub(super) fn run_short() -> Result<()> {
    for target in fuzz_all(SHORT)? {
        println!("{target}");
    }
    Ok(())
}

/// What was tried, for each target.
fn fuzz_all(seconds: u32) -> Result<Vec<Value>> {
    let fuzz = tool::ensure("cargo-fuzz")?;
    let mut found = Vec::new();
    for target in targets()? {
        println!("soak: fuzzing {target}");
        let longest = LONGEST
            .iter()
            .find_map(|(name, longest)| (*name == target).then_some(longest))
            .with_context(|| format!("the longest input of {target} is not known"))?;
        let (seeds, given) = plant(&target)?;
        let corpus = project::path("fuzz/corpus").join(&target);
        fs::create_dir_all(&corpus)?;
        let mut run = command::program(
            &fuzz.to_string_lossy(),
            ["fuzz", "run", "--sanitizer", "none", &target],
        );
        run.arg(corpus).arg(seeds).arg("--");
        run.arg(format!("-max_total_time={seconds}"))
            .arg(format!("-max_len={longest}"))
            .arg(format!("-timeout={SLOW}"))
            .arg(format!("-dict={}", project::path("fuzz/words.dict").display()));
        // libFuzzer's instruments are not stable; no sanitizer is needed where all code is safe.
        run.env("RUSTC_BOOTSTRAP", "1");
        let (status, output) = output_of(run)?;
        if !status.success() {
            bail!("{output}");
        }
        let runs = output
            .lines()
            .rev()
            .find_map(|line| line.strip_prefix("Done ")?.split(' ').next()?.parse::<u64>().ok())
            .context("the fuzzer told no number of runs")?;
        found.push(json!({ "target": target, "runs": runs, "seeds": given, "longest": longest }));
    }
    Ok(found)
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

/// Writes what a target begins with, made of `tests/vectors`; the folder, and how many there are.
fn plant(target: &str) -> Result<(PathBuf, usize)> {
    let folder = project::target_folder()?.join("soak/seeds").join(target);
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    fs::create_dir_all(&folder)?;
    let seeds = seeds(target)?;
    if seeds.is_empty() {
        bail!("there is no seed for {target}");
    }
    for (index, seed) in seeds.iter().enumerate() {
        write(&folder.join(format!("{index}")), seed)?;
    }
    Ok((folder, seeds.len()))
}

fn seeds(target: &str) -> Result<Vec<Vec<u8>>> {
    let of = |name: &str| -> Result<Vec<Value>> {
        Ok(serde_json::from_str(&read(&format!(
            "tests/vectors/{name}.json"
        ))?)?)
    };
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    Ok(match target {
        "reply" => {
            let mut seeds: Vec<_> = of("reply")?.iter().map(|case| reply(case, &text(&case["body"]))).collect();
            let case = json!({ "status": 200, "blocking": true });
            for size in [1 << 20, (1 << 20) + 1] {
                let start = r#"{"data":{"application_name":"transfer","application_response":"SUCCESS","endpoints":[{"outbound_call_id":"0123456789abcdef0123456789abcdef0123-quickcall"}]},"status":"success","x":""#;
                let filler = "x".repeat(size - start.len() - 2);
                seeds.push(reply(&case, &format!("{start}{filler}\"}}")));
            }
            seeds
        }
        "call" => [of("request")?, of("option")?]
            .concat()
            .iter()
            .map(|case| case["call"].to_string().into_bytes())
            .collect(),
        "number" => of("number")?
            .iter()
            .map(|case| {
                let (source, flags) = match &case["numberFilter"] {
                    Value::Array(pattern) => (text(&pattern[1]), text(&pattern[2])),
                    Value::Null => ("(.+)".to_owned(), String::new()),
                    filter => (text(filter), String::new()),
                };
                [text(&case["number"]), source, flags].join("\n").into_bytes()
            })
            .collect(),
        "config" => of("base_url")?
            .iter()
            .map(|case| {
                let url = text(&case["baseUrl"]);
                let config = json!({ "baseUrl": url, "accountId": "0123456789abcdef0123456789abcdef", "options": { "timeout": 20 } });
                format!("0{url}\n{config}").into_bytes()
            })
            .collect(),
        "handler" => [r#""number":"+14155550100""#, r#""number":"+1415911","timeout":5"#, r#""number":"(0)1","cidName":"A""#]
            .iter()
            .map(|rest| {
                let lines = ["POST", "application/json", "https://www.example.com", "a-right-key-1"].join("\n");
                format!("{lines}\n{{\"endpoint\":\"sales\",{rest}}}").into_bytes()
            })
            .collect(),
        "events" => {
            let leg = "0123456789abcdef0123456789abcdef0123-quickcall";
            let events = ["CREATE", "ANSWER", "BRIDGE", "DESTROY"].map(|name| {
                json!({ "action": "event", "name": format!("CHANNEL_{name}"), "data": {
                    "call_id": leg, "event_name": format!("CHANNEL_{name}"), "other_leg_call_id": "b",
                    "custom_application_vars": { "quickcall_id": "own" }, "hangup_cause": "NORMAL_CLEARING",
                    "duration_seconds": "12", "billing_seconds": "12", "timestamp": "63962799524",
                } })
                .to_string()
            });
            let reply = r#"{"action":"reply","request_id":"r1","status":"success","data":{}}"#;
            vec![events.join("\n").into_bytes(), reply.into(), [reply, events[0].as_str()].join("\n").into_bytes()]
        }
        _ => Vec::new(),
    })
}

/// A reply as the target reads one: the status and how long it took, each as two bytes, how it was asked for, then the body.
fn reply(case: &Value, body: &str) -> Vec<u8> {
    let status = case["status"]
        .as_u64()
        .and_then(|status| u16::try_from(status).ok())
        .unwrap_or(200);
    let flags = u8::from(case["blocking"] == true);
    let head = [status.to_le_bytes(), 30_000_u16.to_le_bytes()].concat();
    [&head, &[flags][..], body.as_bytes()].concat()
}

fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    fs::write(path, bytes).with_context(|| format!("cannot write {}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_target_has_seeds_within_its_length() {
        for target in targets().expect("the targets") {
            let (_, longest) = LONGEST
                .iter()
                .find(|(name, _)| *name == target)
                .expect("a length");
            let seeds = seeds(&target).expect("seeds");
            assert!(!seeds.is_empty(), "{target}");
            assert!(seeds.iter().all(|seed| seed.len() <= *longest), "{target}");
        }
    }
}
