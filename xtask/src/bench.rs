//! `cargo xtask bench`: what the package costs, beside what people would use instead. The measuring is done in Node, by the
//! scripts in `benches/`. Its figures are kept in `benches/figures`, and `docs/performance.md` is written from them.

use anyhow::Result;
use clap::{Args, ValueEnum};

use crate::browser::CHROMIUM;
use crate::{command, core_module, kinds, node_modules, package};

/// Which kinds are measured.
#[derive(Args)]
pub(crate) struct Options {
    /// The kinds. None is all of them.
    #[arg(value_enum)]
    kinds: Vec<Kind>,
}

/// A kind of measurement.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Kind {
    /// The files of the package against their budgets.
    Sizes,
    /// What a browser loads to place a call.
    Bytes,
    /// From import to the first built request, in Node, workerd and Chromium.
    ColdStart,
    /// `build()` and `validate()`, done often.
    Warm,
    /// Where the bytes of the module and the time of `build()` go.
    Profile,
    /// Ordinary and catastrophic patterns.
    Patterns,
    /// Time and memory against the size of a call and the number of calls.
    Growth,
    /// The handler in workerd.
    Edge,
}

/// The script that measures sizes and fails when one is over its budget.
pub(crate) const SIZES: &str = "benches/sizes.js";
/// The page that is written.
pub(crate) const REPORT: &str = "benches/report.js";

/// Builds the package, measures the kinds, one after the other, then writes the page.
///
/// # Errors
/// When a size is over its budget, a client does something else than the others, or a step fails.
pub(crate) fn run(options: &Options) -> Result<()> {
    package::build()?;
    node_modules::ensure_edge_engines()?;
    node_modules::ensure_peers()?;
    let kinds = kinds::chosen(&options.kinds);
    kinds::run_each("bench", kinds, REPORT, |kind| kind.measure())
}

impl Kind {
    fn measure(self) -> Result<()> {
        let mut node = match self {
            Kind::Sizes => command::program("node", [SIZES, "--keep"]),
            Kind::Profile => {
                let folder = core_module::build_named()?;
                command::program("node", ["benches/profile.js", &folder.to_string_lossy()])
            }
            _ => command::program("node", ["benches/run.js", &kinds::name(self).replace('-', " ")]),
        };
        if self == Kind::ColdStart {
            node.env("QUICKCALL_CHROMIUM", CHROMIUM.ensure()?.program);
        }
        command::run(node)
    }
}
