//! `cargo xtask test`: every check of the project, each a row with its time.

mod count;
mod equipment;
mod excerpt;
mod process;
mod rows;

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Context, Result};
use clap::Args;

use crate::{lock, project};
use count::Count;
use equipment::Equipment;
use rows::Row;

/// Which rows are run.
#[derive(Args)]
pub(crate) struct Options {
    /// Leave the long rows out, while developing.
    #[arg(long)]
    quick: bool,
    /// Do not fail for rows that cannot run on this machine. They are named all the same.
    #[arg(long)]
    allow_missing: bool,
}

/// What came of a row.
enum Outcome {
    Passed(Count),
    Failed {
        count: Count,
        log: PathBuf,
        reason: String,
    },
    Missing(String),
}

/// Sets everything up, runs all rows, shows what failed, and says `N passed, N failed`.
/// Ends the process with 1 when a row failed.
///
/// # Errors
/// When the logs cannot be written.
pub(crate) fn run(options: &Options) -> Result<()> {
    let begin = Instant::now();
    let target = project::target_folder()?;
    // What another run writes into the logs would be counted here, too.
    let _held = lock::hold(&target.join("test.lock"))?;
    let logs = target.join("test-logs");
    if logs.exists() {
        fs::remove_dir_all(&logs)?;
    }
    fs::create_dir_all(&logs).with_context(|| format!("cannot make {}", logs.display()))?;
    let rows: Vec<_> = rows::ALL
        .iter()
        .filter(|row| !(options.quick && row.long))
        .collect();
    let needs: Vec<_> = rows.iter().flat_map(|row| row.needs).copied().collect();
    let equipment = Equipment::set_up(target, &needs);

    let mut outcomes = Vec::new();
    for row in rows {
        say(&format!("{:<28} ...", row.name));
        let start = Instant::now();
        let outcome = run_row(row, &equipment, &logs)?;
        say(&format!(
            "{:<28} {:>6.1} s  {}",
            row.name,
            start.elapsed().as_secs_f64(),
            outcome.summary()
        ));
        outcomes.push((row.name, outcome));
    }

    show_logs(&outcomes);
    let total = total(&outcomes, options.allow_missing);
    say(&format!(
        "{} rows in {:.0} s; logs in {}",
        outcomes.len(),
        begin.elapsed().as_secs_f64(),
        logs.display()
    ));
    say(&format!("{} passed, {} failed", total.passed, total.failed));
    std::process::exit(i32::from(total.failed > 0));
}

/// Shows the log of each row that failed.
fn show_logs(outcomes: &[(&str, Outcome)]) {
    for (name, outcome) in outcomes {
        if let Outcome::Failed { log, .. } = outcome {
            let shown = excerpt::excerpt(&read(log));
            say(&format!("\n===== {name} ({})\n{shown}", log.display()));
        }
    }
}

/// Says which rows failed or could not run, and counts all tests.
fn total(outcomes: &[(&str, Outcome)], allow_missing: bool) -> Count {
    let mut total = Count::default();
    say("");
    for (name, outcome) in outcomes {
        match outcome {
            Outcome::Passed(count) => total.add(*count),
            Outcome::Failed { count, reason, .. } => {
                say(&format!("failed: {name}: {reason}"));
                total.add(*count);
            }
            Outcome::Missing(reason) => {
                say(&format!("cannot run on this machine: {name}: {reason}"));
                total.failed += u64::from(!allow_missing);
            }
        }
    }
    total
}

fn run_row(row: &Row, equipment: &Equipment, logs: &Path) -> Result<Outcome> {
    if let Some(reason) = row.needs.iter().find_map(|need| equipment.missing(*need)) {
        return Ok(Outcome::Missing(reason));
    }
    let log = logs.join(format!("{}.log", row.name.replace(' ', "-")));
    let mut failure = None;
    match (row.commands)(equipment) {
        Ok(commands) => {
            for command in commands {
                if let Err(error) = process::run(command, &log, rows::LIMIT)? {
                    failure = Some(error);
                    break;
                }
            }
        }
        Err(error) => {
            fs::write(&log, format!("{error:#}\n"))?;
            failure = Some(format!("{error:#}"));
        }
    }
    Ok(match row.counted.judge(&read(&log), failure) {
        Ok(count) => Outcome::Passed(count),
        Err((count, reason)) => Outcome::Failed { count, log, reason },
    })
}

impl Outcome {
    fn summary(&self) -> String {
        match self {
            Outcome::Passed(count) => format!("ok ({})", count.passed),
            Outcome::Failed { reason, .. } => format!("FAILED: {reason}"),
            Outcome::Missing(reason) => format!("CANNOT RUN: {reason}"),
        }
    }
}

/// What a command wrote. A log that cannot be read counts as an empty one: then no test passed.
fn read(log: &Path) -> String {
    String::from_utf8_lossy(&fs::read(log).unwrap_or_default()).into_owned()
}

/// One line of progress, seen at once also where standard output is a file or a pipe.
fn say(line: &str) {
    println!("{line}");
    let _ = std::io::stdout().flush();
}
