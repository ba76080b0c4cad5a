//! Kinds of runs that are chosen by name, and whose figures are written to a page: those of `soak` and those of `bench`.

use std::time::Instant;

use anyhow::{Result, bail};
use clap::ValueEnum;

use crate::command;

/// The name by which a kind is chosen.
pub(crate) fn name(kind: impl ValueEnum) -> String {
    kind.to_possible_value()
        .map_or_else(String::new, |value| value.get_name().to_owned())
}

/// The kinds that were chosen. None is all of them.
pub(crate) fn chosen<Kind: ValueEnum>(kinds: &[Kind]) -> &[Kind] {
    if kinds.is_empty() {
        Kind::value_variants()
    } else {
        kinds
    }
}

/// Runs each, also after one that failed, then the script that writes the page.
///
/// # Errors
/// When one failed, or the page cannot be written.
pub(crate) fn run_each<Kind: ValueEnum>(
    command: &str,
    kinds: &[Kind],
    report: &str,
    run: impl Fn(&Kind) -> Result<()>,
) -> Result<()> {
    let mut failed = Vec::new();
    for kind in kinds {
        let name = name(kind.clone());
        println!("{command}: {name}");
        let begin = Instant::now();
        match run(kind) {
            Ok(()) => println!(
                "{command}: {name} passed in {:.0} s",
                begin.elapsed().as_secs_f64()
            ),
            Err(error) => {
                println!("{command}: {name} FAILED: {error:#}");
                failed.push(name);
            }
        }
    }
    command::run(command::program("node", [report]))?;
    if !failed.is_empty() {
        bail!("failed: {}", failed.join(", "));
    }
    Ok(())
}
