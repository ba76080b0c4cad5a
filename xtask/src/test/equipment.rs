//! What the rows need on this machine, and its set-up.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde_json::{Value, json};

use crate::browser::{self, CHROMIUM, FIREFOX, WEBKIT};
use crate::{command, node_modules, project, wasm_target};

/// One thing that a row cannot do without.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Need {
    /// Node and the tools of `package.json`.
    NodeModules,
    /// The engines that the handler is tested in.
    EdgeEngines,
    /// Rust's WebAssembly target.
    WasmTarget,
    /// The runner of WebAssembly tests.
    TestRunner,
    /// Chromium and its driver.
    Chromium,
    /// Firefox.
    Firefox,
    /// WebKitGTK with its driver and a screen.
    WebKit,
    /// The runtimes that the packed package is tried in.
    Runtimes,
    /// The bundlers that the packed package is tried with.
    Bundlers,
    /// What the package is measured beside.
    Peers,
}

/// What is there, or why it is not.
pub(crate) struct Equipment {
    target: PathBuf,
    node_modules: Result<()>,
    edge_engines: Result<()>,
    wasm_target: Result<()>,
    test_runner: Result<PathBuf>,
    chromium: Result<Chromium>,
    firefox: Result<PathBuf>,
    webkit: Result<()>,
    runtimes: Result<()>,
    bundlers: Result<()>,
    peers: Result<()>,
}

/// Chromium for tests.
pub(crate) struct Chromium {
    /// The programs.
    pub(crate) installed: browser::Installed,
    /// The file of WebDriver capabilities that the runner of WebAssembly tests reads.
    pub(crate) capabilities: PathBuf,
}

impl Equipment {
    /// Sets up what is needed. What cannot be set up is kept with its reason.
    pub(crate) fn set_up(target: PathBuf, needs: &[Need]) -> Self {
        Self {
            node_modules: when_needed(needs, Need::NodeModules, node_modules::ensure),
            edge_engines: when_needed(needs, Need::EdgeEngines, node_modules::ensure_edge_engines),
            wasm_target: when_needed(needs, Need::WasmTarget, wasm_target::ensure),
            test_runner: when_needed(needs, Need::TestRunner, || build_test_runner(&target)),
            chromium: when_needed(needs, Need::Chromium, || ensure_chromium(&target)),
            firefox: when_needed(needs, Need::Firefox, || FIREFOX.ensure_program()),
            webkit: when_needed(needs, Need::WebKit, || WEBKIT.ensure().map(drop)),
            runtimes: when_needed(needs, Need::Runtimes, node_modules::ensure_runtimes),
            bundlers: when_needed(needs, Need::Bundlers, node_modules::ensure_bundlers),
            peers: when_needed(needs, Need::Peers, node_modules::ensure_peers),
            target,
        }
    }

    /// Why a need is not met, if so.
    pub(crate) fn missing(&self, need: Need) -> Option<String> {
        let error = match need {
            Need::NodeModules => self.node_modules.as_ref().err(),
            Need::EdgeEngines => self.edge_engines.as_ref().err(),
            Need::WasmTarget => self.wasm_target.as_ref().err(),
            Need::TestRunner => self.test_runner.as_ref().err(),
            Need::Chromium => self.chromium.as_ref().err(),
            Need::Firefox => self.firefox.as_ref().err(),
            Need::WebKit => self.webkit.as_ref().err(),
            Need::Runtimes => self.runtimes.as_ref().err(),
            Need::Bundlers => self.bundlers.as_ref().err(),
            Need::Peers => self.peers.as_ref().err(),
        };
        error.map(|error| format!("{error:#}"))
    }

    /// The runner of WebAssembly tests.
    ///
    /// # Errors
    /// When it could not be built. A row that has the need never sees that, nor the errors of the next.
    pub(crate) fn test_runner(&self) -> Result<&Path> {
        self.test_runner
            .as_deref()
            .map_err(|error| anyhow::anyhow!("{error:#}"))
    }

    /// Chromium.
    ///
    /// # Errors
    /// When it is missing.
    pub(crate) fn chromium(&self) -> Result<&Chromium> {
        self.chromium
            .as_ref()
            .map_err(|error| anyhow::anyhow!("{error:#}"))
    }

    /// Firefox.
    ///
    /// # Errors
    /// When it is missing.
    pub(crate) fn firefox(&self) -> Result<&Path> {
        self.firefox
            .as_deref()
            .map_err(|error| anyhow::anyhow!("{error:#}"))
    }

    /// A program that cargo builds for this machine in the profile of development.
    pub(crate) fn program(&self, name: &str) -> PathBuf {
        self.target
            .join("debug")
            .join(format!("{name}{}", std::env::consts::EXE_SUFFIX))
    }
}

fn when_needed<T>(needs: &[Need], need: Need, set_up: impl FnOnce() -> Result<T>) -> Result<T> {
    if needs.contains(&need) {
        set_up()
    } else {
        Err(anyhow::anyhow!("was not set up"))
    }
}

fn build_test_runner(target: &Path) -> Result<PathBuf> {
    const NAME: &str = "wasm-bindgen-test-runner";
    println!("setup: {NAME}");
    let build = [
        "build",
        "--package",
        "xtask",
        "--features",
        "test-runner",
        "--bin",
        NAME,
    ];
    command::output(command::cargo(build))?;
    Ok(target
        .join("debug")
        .join(format!("{NAME}{}", std::env::consts::EXE_SUFFIX)))
}

fn ensure_chromium(target: &Path) -> Result<Chromium> {
    let installed = CHROMIUM.ensure()?;
    let flags = fs::read_to_string(project::path("tests/js/harness/chromium-flags.json"))
        .context("the flags of Chromium cannot be read")?;
    let flags: Value = serde_json::from_str(&flags)?;
    let capabilities = target.join("webdriver-chromium.json");
    let content = json!({ "goog:chromeOptions": { "binary": installed.program, "args": flags } });
    fs::write(&capabilities, content.to_string())?;
    Ok(Chromium {
        installed,
        capabilities,
    })
}
