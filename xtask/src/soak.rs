//! `cargo xtask soak`: the long runs that try to break what is promised. Each kind can be run by itself; its figures are kept in
//! `tests/soak/figures`, and `docs/reliability.md` is written from them.

mod coverage;
mod fuzz;
mod mutants;
mod properties;
mod supply_chain;
mod tool;

use std::fs;
use std::path::PathBuf;
use std::process::{Command, ExitStatus};
use std::sync::OnceLock;

use anyhow::{Context, Result, bail};
use clap::{Args, ValueEnum};
use serde_json::Value;

use crate::browser::{CHROMIUM, FIREFOX};
use crate::{command, kinds, node_modules, package, project};

/// Which kinds are run.
#[derive(Args)]
pub(crate) struct Options {
    /// The kinds. None is all of them, which takes hours.
    #[arg(value_enum)]
    kinds: Vec<Kind>,
    /// For how many minutes each target is fuzzed.
    // libFuzzer takes 0 for no end.
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..=1_440))]
    minutes: u32,
    /// Which of so many equal parts of the mutants is tried, as `0/4`. The figures of the parts are added up.
    #[arg(long, default_value = "0/1")]
    shard: String,
    /// A short form of fuzz, mutants, coverage and supply-chain, as the checks have it: no figures are kept.
    #[arg(long)]
    short: bool,
}

/// A kind of runs.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Kind {
    /// Calls over connections that fail, in Node, workerd, Chromium and Firefox.
    Faults,
    /// Answers as no server should give them.
    HostileReplies,
    /// Values as no program should give them.
    HostileInput,
    /// Patterns that take other engines forever.
    Patterns,
    /// Characters that mean something to a path, a header, JSON or a switch.
    Injection,
    /// Secrets, searched for wherever something can be read.
    Canaries,
    /// Memory, listeners and timers over much of everything.
    Endurance,
    /// The core's property tests, with many more cases.
    Properties,
    /// The core's fuzz targets.
    Fuzz,
    /// The core, changed in one place at a time: do the tests notice?
    Mutants,
    /// Which lines and branches of the core its tests reach.
    Coverage,
    /// Licences, sources and advisories of what is depended on; whether a build can be repeated; the bill of materials.
    SupplyChain,
}

/// The page that is written.
pub(crate) const REPORT: &str = "tests/soak/report.js";

/// Runs the kinds, one after the other, then writes the page.
///
/// # Errors
/// When a promise is broken, or a tool is missing and cannot be installed.
pub(crate) fn run(options: &Options) -> Result<()> {
    let kinds = kinds::chosen(&options.kinds);
    if options.short {
        return kinds.iter().try_for_each(|kind| kind.run_short());
    }
    commit()?;
    kinds::run_each("soak", kinds, REPORT, |kind| {
        kind.forget()?;
        kind.run(options)
    })
}

impl Kind {
    /// Removes the figures of the last run: those of a run that fails are none. Mutants are tried in parts, which keep theirs.
    fn forget(self) -> Result<()> {
        let path = figures(&kinds::name(self));
        if self == Kind::Mutants || !path.exists() {
            return Ok(());
        }
        fs::remove_file(&path).with_context(|| format!("cannot remove {}", path.display()))
    }

    fn run(self, options: &Options) -> Result<()> {
        match self {
            Kind::Properties => properties::run(),
            Kind::Fuzz => fuzz::run(options.minutes),
            Kind::Mutants => mutants::run(&options.shard),
            Kind::Coverage => coverage::run(),
            Kind::SupplyChain => supply_chain::run(),
            _ => self.run_in_node(),
        }
    }

    /// # Errors
    /// As the long run, and where a kind has no short form here: those in JavaScript have theirs in `tests/soak/soak.test.js`.
    fn run_short(self) -> Result<()> {
        match self {
            Kind::Fuzz => fuzz::run_short(),
            Kind::Mutants => mutants::run_short(),
            Kind::Coverage => coverage::run_short(),
            Kind::SupplyChain => supply_chain::run_short(),
            _ => bail!("{} has no short form", kinds::name(self)),
        }
    }

    /// What is written in JavaScript: everything that calls through the package.
    fn run_in_node(self) -> Result<()> {
        node_modules::ensure_edge_engines()?;
        package::build()?;
        command::run(command::cargo(["build", "--package", "simulator"]))?;
        let mut node = command::program("node", ["tests/soak/run.js"]);
        node.arg(kinds::name(self).replace('-', " "));
        let simulator = project::target_folder()?.join("debug/simulator");
        node.env(
            "QUICKCALL_SIMULATOR",
            simulator.with_extension(std::env::consts::EXE_EXTENSION),
        );
        node.env("QUICKCALL_COMMIT", commit()?);
        let has_pages = [
            Kind::Faults,
            Kind::Canaries,
            Kind::Endurance,
            Kind::HostileInput,
            Kind::HostileReplies,
        ];
        if has_pages.contains(&self) {
            node.env("QUICKCALL_CHROMIUM", CHROMIUM.ensure()?.program);
            node.env("QUICKCALL_FIREFOX", FIREFOX.ensure_program()?);
        }
        command::run(node)
    }
}

/// Where the figures of a kind are.
fn figures(kind: &str) -> PathBuf {
    project::path("tests/soak/figures").join(format!("{kind}.json"))
}

/// Keeps the figures of a kind, with the commit that they are of.
fn keep(kind: &str, found: &Value) -> Result<()> {
    let mut found = found.clone();
    found["commit"] = commit()?.into();
    let path = figures(kind);
    fs::create_dir_all(project::path("tests/soak/figures"))?;
    fs::write(&path, format!("{found:#}\n")).with_context(|| format!("cannot write {}", path.display()))
}

/// The figures that are kept of a kind.
fn kept(kind: &str) -> Option<Value> {
    serde_json::from_str(&fs::read_to_string(figures(kind)).ok()?).ok()
}

/// The commit that was checked out at the beginning, and whether what is tried differed from it.
fn commit() -> Result<String> {
    static COMMIT: OnceLock<String> = OnceLock::new();
    if let Some(known) = COMMIT.get() {
        return Ok(known.clone());
    }
    let commit = command::output(command::program("git", ["rev-parse", "--short=12", "HEAD"]))?;
    let changed = command::output(command::program(
        "git",
        [
            "status",
            "--porcelain",
            "--",
            "src",
            "pkg/src",
            "simulator",
            "tests/*.rs",
            "Cargo.lock",
        ],
    ))?;
    let more = if changed.trim().is_empty() {
        ""
    } else {
        ", changed"
    };
    Ok(COMMIT.get_or_init(|| format!("{}{more}", commit.trim())).clone())
}

/// A file of the project.
fn read(path: &str) -> Result<String> {
    fs::read_to_string(project::path(path)).with_context(|| format!("cannot read {path}"))
}

/// Runs a command to its end and gives what it wrote, also where it did not end with 0.
fn output_of(mut command: Command) -> Result<(ExitStatus, String)> {
    let output = command
        .output()
        .with_context(|| format!("cannot start {}", command::shown(&command)))?;
    let text = [output.stdout, output.stderr].concat();
    Ok((output.status, String::from_utf8_lossy(&text).into_owned()))
}
