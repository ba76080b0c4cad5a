//! What the package is made of: licences, sources, advisories, a build that can be repeated, and the bill of materials.

use std::collections::BTreeSet;
use std::fs;
use std::process::ExitStatus;

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

use super::{keep, output_of, read, tool};
use crate::core_module::{self, MODULES};
use crate::{command, node_modules, project};

/// Where lock files of Rust are.
const CRATES: [&str; 2] = [".", "fuzz"];
/// Where lock files of npm are.
const TOOLS: [&str; 5] = [
    ".",
    "tests/edge",
    "tests/bundlers",
    "tests/runtimes",
    "benches/peers",
];

/// What needs no service: licences, sources and duplicates of all crates. (Tests hold the bill of materials and HACKING.md.)
pub(super) fn run_short() -> Result<()> {
    CRATES.iter().try_for_each(|folder| allowed(folder))
}

pub(super) fn run() -> Result<()> {
    node_modules::ensure()?;
    node_modules::ensure_edge_engines()?;
    let crates = crates_in_the_modules()?;
    let explained = explained_crates(&read("HACKING.md")?);
    let names: BTreeSet<_> = crates.iter().map(|one| one.name.clone()).collect();
    if explained != names {
        bail!("HACKING.md explains {explained:?}, in the modules are {names:?}");
    }
    let path = project::path(BILL);
    fs::write(&path, bill(&crates)?).with_context(|| format!("cannot write {}", path.display()))?;
    let mut advisories = Vec::new();
    for folder in CRATES {
        allowed(folder)?;
        let (status, output) = deny(folder, &["advisories"])?;
        advisories.push(
            of_advisories(status.success(), &output).with_context(|| format!("Cargo.lock in {folder}"))?,
        );
    }
    let mut audits = Vec::new();
    let mut signatures = Vec::new();
    for folder in TOOLS {
        let lock = format!("package-lock.json in {folder}");
        audits.push(of_audit(&npm(folder, &["audit", "--package-lock-only"])?).context(lock.clone())?);
        // Signatures are those of what is installed.
        if project::path(folder).join("node_modules").exists() {
            signatures.push(of_signatures(&npm(folder, &["audit", "signatures"])?).context(lock)?);
        }
    }
    keep(
        "supply-chain",
        &json!({
            "deny": "passed",
            "advisories": together(&advisories),
            "audits": together(&audits),
            "signatures": together(&signatures),
            "locks": CRATES.len() + TOOLS.len(),
            "crates": crates.iter().map(|one| format!("{} {}", one.name, one.version)).collect::<Vec<_>>(),
            "reproducible": twice()?,
        }),
    )
}

/// Runs checks of cargo-deny on a lock file.
fn deny(folder: &str, checks: &[&str]) -> Result<(ExitStatus, String)> {
    let deny = tool::ensure("cargo-deny")?;
    let mut run = command::program(
        &deny.to_string_lossy(),
        ["--log-level", "error", "--manifest-path"],
    );
    run.arg(project::path(folder).join("Cargo.toml"));
    run.arg("--config")
        .arg(project::path("deny.toml"))
        .arg("check")
        .args(checks);
    output_of(run)
}

/// # Errors
/// When a crate has a licence or a source that is not allowed, or is there in two versions.
fn allowed(folder: &str) -> Result<()> {
    let (status, output) = deny(folder, &["bans", "licenses", "sources"])?;
    if !status.success() {
        bail!("{folder}: {output}");
    }
    Ok(())
}

/// `npm` in a folder, and what it wrote to its standard output.
fn npm(folder: &str, arguments: &[&str]) -> Result<String> {
    let mut run = command::script("npm", arguments.iter().copied());
    run.args(["--json", "--fetch-retries=0"])
        .current_dir(project::path(folder));
    let output = run.output().context("cannot start npm")?;
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

const UNREACHABLE: &str = "could not run: the service cannot be reached";

/// The same word for all, or each of them.
fn together(found: &[&'static str]) -> String {
    let different: BTreeSet<_> = found.iter().copied().collect();
    different.into_iter().collect::<Vec<_>>().join("; ")
}

/// What a check for advisories found.
///
/// # Errors
/// When it found one, or failed otherwise than by not reaching its database.
fn of_advisories(passed: bool, output: &str) -> Result<&'static str> {
    if passed {
        return Ok("passed");
    }
    if output.contains("failed to fetch advisory database") {
        return Ok(UNREACHABLE);
    }
    bail!("{output}")
}

/// What an audit by npm found.
///
/// # Errors
/// When it found a vulnerability, or failed otherwise than by not reaching its service.
fn of_audit(said: &str) -> Result<&'static str> {
    let said: Value = serde_json::from_str(said).with_context(|| format!("npm wrote no JSON: {said}"))?;
    if is_unreachable(&said) {
        return Ok(UNREACHABLE);
    }
    match said["vulnerabilities"].as_object() {
        Some(found) if found.is_empty() => Ok("passed"),
        _ => bail!("{said:#}"),
    }
}

/// What a check of signatures found.
///
/// # Errors
/// When one is wrong or missing, or the check failed otherwise than by not reaching its service.
fn of_signatures(said: &str) -> Result<&'static str> {
    let said: Value = serde_json::from_str(said).with_context(|| format!("npm wrote no JSON: {said}"))?;
    if is_unreachable(&said) {
        return Ok(UNREACHABLE);
    }
    let none = |name: &str| said[name].as_array().is_some_and(Vec::is_empty);
    if none("invalid") && none("missing") {
        return Ok("passed");
    }
    bail!("{said:#}")
}

/// Whether npm could not ask: nobody answered, or who answered has no such service.
fn is_unreachable(said: &Value) -> bool {
    const CODES: [&str; 6] = [
        "ENOTFOUND",
        "ECONNREFUSED",
        "ECONNRESET",
        "EAI_AGAIN",
        "ETIMEDOUT",
        "ENETUNREACH",
    ];
    let code = said["error"]["code"].as_str().or(said["code"].as_str());
    code.is_some_and(|code| CODES.contains(&code))
        || said["statusCode"].as_u64().is_some_and(|status| status >= 400)
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

/// A crate whose code lands in the modules.
struct Crate {
    name: String,
    version: String,
    licence: String,
}

/// The crates whose code lands in the modules: not those that only run while they are built.
fn crates_in_the_modules() -> Result<Vec<Crate>> {
    let tree = command::output(command::cargo([
        "tree",
        "--package",
        "quickcall",
        "--edges",
        "normal,no-proc-macro",
        "--target",
        "wasm32-unknown-unknown",
        "--prefix",
        "none",
        "--no-dedupe",
        "--format",
        "{p}|{l}",
        "--features",
        "edge,events",
    ]))?;
    let mut lines: Vec<_> = tree.lines().collect();
    lines.sort_unstable();
    lines.dedup();
    let crates = lines.into_iter().filter_map(|line| {
        let (package, licence) = line.split_once('|')?;
        let mut words = package.split(' ');
        Some(Crate {
            name: words.next()?.to_owned(),
            version: words.next()?.trim_start_matches('v').to_owned(),
            licence: licence.to_owned(),
        })
    });
    Ok(crates.filter(|one| one.name != "quickcall").collect())
}

/// The crates in the modules that HACKING.md explains.
fn explained_crates(hacking: &str) -> BTreeSet<String> {
    explained(hacking, "## What lands in the module")
}

/// The names in the first column of the table below a heading.
fn explained(hacking: &str, heading: &str) -> BTreeSet<String> {
    hacking
        .lines()
        .skip_while(|line| *line != heading)
        .skip_while(|line| !line.starts_with("|---"))
        .skip(1)
        .map_while(|line| line.strip_prefix("| ")?.split(" | ").next())
        .flat_map(|names| names.split(", ").map(str::to_owned))
        .collect()
}

const BILL: &str = "docs/sbom.cdx.json";

/// The bill of materials of the package, as CycloneDX.
fn bill(crates: &[Crate]) -> Result<String> {
    let manifest: Value = serde_json::from_str(&read("pkg/package.json")?)?;
    let package = manifest["version"]
        .as_str()
        .context("the package has no version")?;
    let components: Vec<_> = crates
        .iter()
        .map(|Crate { name, version, licence }| {
            json!({
                "type": "library", "name": name, "version": version, "purl": format!("pkg:cargo/{name}@{version}"),
                "licenses": [{ "expression": licence }],
            })
        })
        .collect();
    let bill = json!({
        "bomFormat": "CycloneDX", "specVersion": "1.5", "version": 1,
        "metadata": { "component": {
            "type": "library", "name": "quickcall", "version": package, "purl": format!("pkg:npm/quickcall@{package}"),
            "licenses": [{ "expression": manifest["license"] }],
        } },
        "components": components,
    });
    Ok(format!("{bill:#}\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_lands_in_the_modules_is_explained() {
        let crates = crates_in_the_modules().expect("cargo tree");
        let names: BTreeSet<_> = crates.into_iter().map(|one| one.name).collect();
        assert_eq!(explained_crates(&read("HACKING.md").expect("HACKING.md")), names);
    }

    #[test]
    fn what_tools_and_tests_use_is_explained() {
        let hacking = read("HACKING.md").expect("HACKING.md");
        let mut used = BTreeSet::new();
        for manifest in ["Cargo.toml", "fuzz/Cargo.toml"] {
            let of = [
                "metadata",
                "--no-deps",
                "--format-version",
                "1",
                "--manifest-path",
                manifest,
            ];
            let metadata = command::output(command::cargo(of)).expect("cargo metadata");
            let metadata: Value = serde_json::from_str(&metadata).expect("JSON");
            for package in metadata["packages"].as_array().expect("packages") {
                let dependencies = package["dependencies"].as_array().expect("dependencies");
                let foreign = dependencies.iter().filter(|one| one["path"].is_null());
                used.extend(foreign.filter_map(|one| one["name"].as_str().map(str::to_owned)));
            }
        }
        for folder in [".", "tests/runtimes", "tests/edge", "tests/bundlers"] {
            let manifest = read(&format!("{folder}/package.json")).expect("package.json");
            let manifest: Value = serde_json::from_str(&manifest).expect("JSON");
            used.extend(
                manifest["devDependencies"]
                    .as_object()
                    .expect("an object")
                    .keys()
                    .cloned(),
            );
        }
        used.remove("wasm-bindgen");
        assert_eq!(explained(&hacking, "## What tools and tests use"), used);
    }

    #[test]
    fn the_crate_packs_its_sources_and_nothing_else() {
        let list = command::cargo(["package", "--list", "--allow-dirty", "--package", "quickcall"]);
        for name in command::output(list).expect("cargo package").lines() {
            let is_source = name.starts_with("src/") && name.ends_with(".rs");
            let is_cargos = name.starts_with("Cargo.") || name == ".cargo_vcs_info.json";
            let is_told = ["README.md", "CHANGELOG.md", "LICENSE-APACHE", "LICENSE-MIT"].contains(&name);
            assert!(is_source || is_cargos || is_told, "{name}");
        }
    }

    #[test]
    fn the_bill_of_materials_is_of_today() {
        let crates = crates_in_the_modules().expect("cargo tree");
        let today = bill(&crates).expect("a bill");
        // The order of members is that of who builds serde_json.
        let value = |text: &str| serde_json::from_str::<Value>(text).expect("JSON");
        assert_eq!(value(&read(BILL).expect(BILL)), value(&today));
    }

    #[test]
    fn a_finding_is_no_service_that_cannot_be_reached() {
        assert_eq!(
            of_advisories(false, "[ERROR] failed to fetch advisory database https://x").ok(),
            Some(UNREACHABLE)
        );
        assert!(of_advisories(false, "error[vulnerability]: a crate").is_err());
        assert!(of_advisories(false, "").is_err());
        assert_eq!(of_audit(r#"{"statusCode":405}"#).ok(), Some(UNREACHABLE));
        assert_eq!(of_audit(r#"{"vulnerabilities":{}}"#).ok(), Some("passed"));
        assert!(of_audit(r#"{"vulnerabilities":{"a":{"severity":"low"}}}"#).is_err());
        assert!(of_audit("{}").is_err());
        assert_eq!(
            of_signatures(r#"{"error":{"code":"ENOTFOUND"}}"#).ok(),
            Some(UNREACHABLE)
        );
        assert_eq!(
            of_signatures(r#"{"invalid":[],"missing":[]}"#).ok(),
            Some("passed")
        );
        assert!(of_signatures(r#"{"invalid":[{"name":"a"}],"missing":[]}"#).is_err());
        assert!(of_signatures(r#"{"invalid":[],"missing":[{"name":"a"}]}"#).is_err());
        assert!(of_signatures(r#"{"error":{"code":"EUSAGE"}}"#).is_err());
    }
}
