//! What the package is made of: licences, sources, advisories, a build that can be repeated, and the bill of materials.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

use super::{keep, output_of, tool};
use crate::core_module::{self, MODULES};
use crate::{command, node_modules, project};

pub(super) fn run() -> Result<()> {
    node_modules::ensure()?;
    let deny = tool::ensure("cargo-deny")?;
    let deny = |checks: &[&str]| {
        let mut run = command::program(&deny.to_string_lossy(), ["--log-level", "error", "check"]);
        run.args(checks);
        output_of(run)
    };
    let (passed, output) = deny(&["bans", "licenses", "sources"])?;
    if !passed {
        bail!("{output}");
    }
    // The database of advisories is in a place of its own, which not every machine can reach.
    let (advisories, _) = deny(&["advisories"])?;
    let (signatures, said) = output_of(command::script("npm", ["audit", "signatures"]))?;
    keep(
        "supply-chain",
        &json!({
            "deny": "passed",
            "advisories": if advisories { "passed" } else { "could not run" },
            "signatures": if signatures { said.lines().find(|line| line.contains("verified")).unwrap_or("passed") } else { "could not run" },
            "crates": crates_in_the_module()?,
            "reproducible": twice()?,
        }),
    )
}

/// Builds the modules twice, each time from nothing and in another folder.
///
/// # Errors
/// When the bytes differ.
fn twice() -> Result<Value> {
    let mut builds = Vec::new();
    for name in ["first", "second"] {
        let target = project::target_folder()?.join("soak").join(name);
        if target.exists() {
            fs::remove_dir_all(&target)?;
        }
        println!("soak: a {name} build from nothing");
        builds.push(core_module::build_in(&target)?);
        fs::remove_dir_all(&target)?;
    }
    let (Some(first), Some(second)) = (builds.first(), builds.get(1)) else {
        bail!("nothing was built")
    };
    for (module, (one, other)) in MODULES.iter().zip(first.iter().zip(second)) {
        if one != other {
            bail!("two builds of {} differ", module.name);
        }
    }
    Ok(json!({ "modules": MODULES.len(), "bytes": first.iter().map(Vec::len).sum::<usize>() }))
}

/// Writes the bill of materials of the module as CycloneDX, and gives the names of its crates.
fn crates_in_the_module() -> Result<Vec<String>> {
    let tree = command::output(command::cargo([
        "tree",
        "--package",
        "quickcall",
        "--edges",
        "normal",
        "--target",
        "wasm32-unknown-unknown",
        "--prefix",
        "none",
        "--no-dedupe",
        "--format",
        "{p}|{l}",
        "--features",
        "edge",
    ]))?;
    let mut crates: Vec<_> = tree
        .lines()
        .filter_map(|line| {
            let (package, licence) = line.split_once('|')?;
            let mut words = package.split(' ');
            Some((
                words.next()?.to_owned(),
                words.next()?.trim_start_matches('v').to_owned(),
                licence.to_owned(),
            ))
        })
        .collect();
    crates.sort();
    crates.dedup();
    let components: Vec<_> = crates
        .iter()
        .map(|(name, version, licence)| {
            json!({
                "type": "library", "name": name, "version": version, "purl": format!("pkg:cargo/{name}@{version}"),
                "licenses": [{ "expression": licence }],
            })
        })
        .collect();
    let bill = json!({
        "bomFormat": "CycloneDX", "specVersion": "1.5", "version": 1,
        "metadata": { "component": { "type": "library", "name": "quickcall", "purl": "pkg:npm/quickcall" } },
        "components": components,
    });
    let path = project::path("docs/sbom.cdx.json");
    write(&path, &format!("{bill:#}\n"))?;
    Ok(crates
        .into_iter()
        .map(|(name, version, _)| format!("{name} {version}"))
        .collect())
}

fn write(path: &Path, text: &str) -> Result<()> {
    fs::write(path, text).with_context(|| format!("cannot write {}", path.display()))
}
