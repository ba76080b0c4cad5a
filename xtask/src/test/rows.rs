//! The table of checks.

use std::fs;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, bail};

use super::count::Counted::{self, AsOne, Tap, TestResults};
use super::equipment::Equipment;
use super::equipment::Need::{
    self, Bundlers, Chromium, EdgeEngines, Firefox, NodeModules, Peers, Runtimes, TestRunner, WasmTarget,
    WebKit,
};
use crate::command::{cargo, node_tool, program};
use crate::{bench, project, soak, wasm_target};

/// How long one command of a row may take. A clean machine compiles everything in the first of them, and the JavaScript tests, one file
/// after the other, took 25 minutes on two cores that had ten times as much to do.
pub(crate) const LIMIT: Duration = Duration::from_secs(40 * 60);

/// The features of all the bindings.
const BINDINGS: &str = "edge,events";

/// One check.
pub(crate) struct Row {
    /// Its name, and that of its log.
    pub(crate) name: &'static str,
    /// Left out by `--quick`.
    pub(crate) long: bool,
    /// What it cannot run without.
    pub(crate) needs: &'static [Need],
    /// How its tests are counted.
    pub(crate) counted: Counted,
    /// Its commands, run one after the other until one fails.
    pub(crate) commands: fn(&Equipment) -> Result<Vec<Command>>,
}

/// All checks, in the order they are run. Later rows use the package that `package build` made.
pub(crate) const ALL: &[Row] = &[
    Row {
        name: "rustfmt",
        long: false,
        needs: &[],
        counted: AsOne,
        commands: |_| Ok(vec![cargo(["fmt", "--all", "--", "--check"])]),
    },
    Row {
        name: "clippy",
        long: false,
        needs: &[],
        counted: AsOne,
        commands: |_| {
            Ok(vec![cargo([
                "clippy",
                "--workspace",
                "--all-targets",
                "--",
                "-D",
                "warnings",
            ])])
        },
    },
    Row {
        name: "clippy wasm32",
        long: false,
        needs: &[WasmTarget],
        counted: AsOne,
        commands: |_| {
            Ok(vec![
                wasm_clippy(&["--all-targets", "--features", BINDINGS]),
                wasm_clippy(&[]),
            ])
        },
    },
    Row {
        name: "cargo test",
        long: false,
        needs: &[],
        counted: TestResults,
        commands: |_| {
            // The tests of xtask start its program. Beside the rest it would have other features of its libraries, and so be compiled
            // anew in the place of the one that runs this.
            let rest = cargo(["test", "--workspace", "--exclude", "xtask", "--no-fail-fast"]);
            Ok(vec![
                rest,
                cargo(["test", "--package", "xtask", "--no-fail-fast"]),
            ])
        },
    },
    Row {
        name: "crate as a dependency",
        long: true,
        needs: &[WasmTarget],
        counted: AsOne,
        commands: |_| {
            let on = ["build", "--package", "dependent", "--target", wasm_target::TRIPLE];
            Ok(vec![cargo(["run", "--package", "dependent"]), cargo(on)])
        },
    },
    Row {
        name: "cargo doc",
        long: true,
        needs: &[WasmTarget],
        counted: AsOne,
        commands: |_| {
            let host = cargo(["doc", "--workspace", "--no-deps"]);
            let wasm = cargo([
                "doc",
                "--package",
                "quickcall",
                "--no-deps",
                "--features",
                BINDINGS,
                "--target",
                wasm_target::TRIPLE,
            ]);
            Ok([host, wasm]
                .map(|mut command| {
                    command.env("RUSTDOCFLAGS", "-D warnings");
                    command
                })
                .into())
        },
    },
    Row {
        name: "package build",
        long: false,
        needs: &[NodeModules, WasmTarget],
        counted: AsOne,
        commands: |_| {
            let this = std::env::current_exe().context("cannot find this program")?;
            Ok(vec![program(&this.to_string_lossy(), ["build"])])
        },
    },
    Row {
        name: "package sizes",
        long: false,
        needs: &[NodeModules],
        counted: AsOne,
        commands: |_| Ok(vec![program("node", [bench::SIZES])]),
    },
    Row {
        name: "package lint",
        long: false,
        needs: &[NodeModules],
        counted: AsOne,
        commands: |_| {
            Ok(vec![
                node_tool("publint", ["run", "pkg", "--strict"]),
                node_tool("attw", ["--pack", "pkg", "--no-color"]),
            ])
        },
    },
    Row {
        name: "wasm tests in Node",
        long: false,
        needs: &[NodeModules, WasmTarget, TestRunner],
        counted: TestResults,
        commands: |equipment| {
            let mut command = wasm_tests(equipment)?;
            command.env("WASM_BINDGEN_TEST_ONLY_NODE", "1");
            Ok(vec![command])
        },
    },
    Row {
        name: "wasm tests in Chromium",
        long: true,
        needs: &[WasmTarget, TestRunner, Chromium],
        counted: TestResults,
        commands: |equipment| {
            let chromium = equipment.chromium()?;
            let mut command = wasm_tests(equipment)?;
            command
                .env("WASM_BINDGEN_TEST_ONLY_WEB", "1")
                .env("WASM_BINDGEN_USE_BROWSER", "1");
            command.env("WASM_BINDGEN_TEST_WEBDRIVER_JSON", &chromium.capabilities);
            command.env("CHROMEDRIVER", &chromium.installed.driver);
            // Seconds for one file of tests, with the start of a page on a busy machine. The default is 20.
            command.env("WASM_BINDGEN_TEST_TIMEOUT", "120");
            Ok(vec![command])
        },
    },
    Row {
        name: "Biome",
        long: false,
        needs: &[NodeModules],
        counted: AsOne,
        commands: |_| {
            Ok(vec![node_tool(
                "biome",
                ["ci", "--error-on-warnings", "--colors=off"],
            )])
        },
    },
    Row {
        name: "TypeScript",
        long: false,
        needs: &[NodeModules],
        counted: AsOne,
        commands: |_| Ok(vec![node_tool("tsc", ["--project", "tsconfig.json"])]),
    },
    Row {
        name: "JavaScript tests",
        long: false,
        needs: &[NodeModules, Chromium],
        counted: Tap,
        commands: |equipment| {
            let mut tests = program("node", ["--test", "--test-reporter=tap"]);
            tests.args(javascript_tests("tests/js")?);
            tests.env("QUICKCALL_SIMULATOR", equipment.program("simulator"));
            tests.env("QUICKCALL_CHROMIUM", &equipment.chromium()?.installed.program);
            Ok(vec![cargo(["build", "--package", "simulator"]), tests])
        },
    },
    Row {
        name: "edge engines",
        long: true,
        needs: &[NodeModules, EdgeEngines, Chromium, Firefox],
        counted: Tap,
        commands: |equipment| {
            let mut tests = program("node", ["--test", "--test-reporter=tap", "--test-concurrency=1"]);
            tests.args(javascript_tests("tests/edge")?);
            tests.env("QUICKCALL_SIMULATOR", equipment.program("simulator"));
            tests.env("QUICKCALL_CHROMIUM", &equipment.chromium()?.installed.program);
            tests.env("QUICKCALL_FIREFOX", equipment.firefox()?);
            Ok(vec![
                cargo(["build", "--package", "simulator"]),
                node_tool("tsc", ["--project", "tests/edge/tsconfig.json"]),
                tests,
            ])
        },
    },
    Row {
        name: "under fire, in short",
        long: true,
        needs: &[NodeModules, EdgeEngines, Chromium, Firefox],
        counted: Tap,
        commands: |equipment| {
            let mut tests = program(
                "node",
                ["--test", "--test-reporter=tap", "tests/soak/soak.test.js"],
            );
            tests.env("QUICKCALL_SIMULATOR", equipment.program("simulator"));
            tests.env("QUICKCALL_CHROMIUM", &equipment.chromium()?.installed.program);
            tests.env("QUICKCALL_FIREFOX", equipment.firefox()?);
            Ok(vec![
                cargo(["build", "--package", "simulator"]),
                node_tool("tsc", ["--project", "tests/soak/tsconfig.json"]),
                tests,
            ])
        },
    },
    Row {
        name: "fuzzing, in short",
        long: true,
        needs: &[],
        counted: AsOne,
        commands: |_| short_soak("fuzz"),
    },
    Row {
        name: "mutants, in short",
        long: true,
        needs: &[],
        counted: AsOne,
        commands: |_| short_soak("mutants"),
    },
    Row {
        name: "coverage",
        long: true,
        needs: &[],
        counted: AsOne,
        commands: |_| short_soak("coverage"),
    },
    Row {
        name: "licences and sources",
        long: true,
        needs: &[],
        counted: AsOne,
        commands: |_| short_soak("supply-chain"),
    },
    Row {
        name: "page of reliability",
        long: true,
        needs: &[NodeModules],
        counted: AsOne,
        commands: |_| Ok(vec![program("node", [soak::REPORT, "--check"])]),
    },
    Row {
        name: "speed, as ratios",
        long: true,
        needs: &[NodeModules, EdgeEngines, Peers],
        counted: Tap,
        commands: |_| {
            Ok(vec![
                node_tool("tsc", ["--project", "benches/tsconfig.json"]),
                program(
                    "node",
                    ["--test", "--test-reporter=tap", "benches/ratios.test.js"],
                ),
            ])
        },
    },
    Row {
        name: "page of performance",
        long: true,
        needs: &[NodeModules],
        counted: AsOne,
        commands: |_| Ok(vec![program("node", [bench::REPORT, "--check"])]),
    },
    Row {
        name: "runtimes and browsers",
        long: true,
        needs: &[NodeModules, EdgeEngines, Runtimes, Chromium, Firefox, WebKit],
        counted: Tap,
        commands: |equipment| {
            let mut tests = program("node", ["--test", "--test-reporter=tap", "--test-concurrency=1"]);
            tests.args(javascript_tests("tests/runtimes")?);
            tests.env("QUICKCALL_SIMULATOR", equipment.program("simulator"));
            tests.env("QUICKCALL_CHROMIUM", &equipment.chromium()?.installed.program);
            tests.env("QUICKCALL_FIREFOX", equipment.firefox()?);
            Ok(vec![
                cargo(["build", "--package", "simulator"]),
                node_tool("tsc", ["--project", "tests/runtimes/tsconfig.json"]),
                tests,
            ])
        },
    },
    Row {
        name: "bundlers",
        long: true,
        needs: &[NodeModules, Runtimes, Bundlers, Chromium],
        counted: Tap,
        commands: |equipment| {
            let mut tests = program("node", ["--test", "--test-reporter=tap"]);
            tests.args(javascript_tests("tests/bundlers")?);
            tests.env("QUICKCALL_SIMULATOR", equipment.program("simulator"));
            tests.env("QUICKCALL_CHROMIUM", &equipment.chromium()?.installed.program);
            Ok(vec![cargo(["build", "--package", "simulator"]), tests])
        },
    },
    Row {
        name: "README's table of runtimes",
        long: true,
        needs: &[NodeModules],
        counted: AsOne,
        commands: |_| Ok(vec![program("node", ["tests/runtimes/table.js", "--check"])]),
    },
];

/// The short form of a kind of long runs.
fn short_soak(kind: &str) -> Result<Vec<Command>> {
    let this = std::env::current_exe().context("cannot find this program")?;
    Ok(vec![program(&this.to_string_lossy(), ["soak", "--short", kind])])
}

fn wasm_clippy(arguments: &[&str]) -> Command {
    let mut command = cargo([
        "clippy",
        "--package",
        "quickcall",
        "--target",
        wasm_target::TRIPLE,
    ]);
    command.args(arguments).args(["--", "-D", "warnings"]);
    command
}

/// The tests in `tests/*.rs` that are made with `wasm_bindgen_test`.
fn wasm_tests(equipment: &Equipment) -> Result<Command> {
    let mut command = cargo([
        "test",
        "--package",
        "quickcall",
        "--target",
        wasm_target::TRIPLE,
        "--features",
        BINDINGS,
        "--test",
        "*",
        "--no-fail-fast",
    ]);
    command.env(
        "CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER",
        equipment.test_runner()?,
    );
    Ok(command)
}

/// The files `FOLDER/*.test.js`. Named one by one, because Node 20 knows no patterns.
fn javascript_tests(folder: &str) -> Result<Vec<String>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(project::path(folder)).with_context(|| format!("cannot list {folder}"))? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        if name.ends_with(".test.js") {
            files.push(format!("{folder}/{name}"));
        }
    }
    if files.is_empty() {
        bail!("there is no *.test.js in {folder}");
    }
    files.sort();
    Ok(files)
}
