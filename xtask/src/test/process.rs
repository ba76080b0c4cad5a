//! Running a command into a log, for no longer than its limit.

use std::fs::File;
use std::io::Write as _;
use std::path::Path;
use std::process::{Child, Command};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};

use crate::command;

/// Runs a command and adds what it prints to the log. The inner result is the reason of a failure.
///
/// # Errors
/// When the log cannot be written.
pub(crate) fn run(mut command: Command, log: &Path, limit: Duration) -> Result<Result<(), String>> {
    let mut file = File::options()
        .create(true)
        .append(true)
        .open(log)
        .with_context(|| format!("cannot write {}", log.display()))?;
    writeln!(file, "$ {}", command::shown(&command))?;
    command.stdout(file.try_clone()?).stderr(file.try_clone()?);
    let mut child = match command.spawn() {
        Ok(child) => child,
        Err(error) => {
            let reason = format!("cannot start {}: {error}", command::shown(&command));
            writeln!(file, "{reason}")?;
            return Ok(Err(reason));
        }
    };
    let start = Instant::now();
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(if status.success() {
                Ok(())
            } else {
                Err(format!("ended with {status}"))
            });
        }
        if start.elapsed() > limit {
            end(&mut child);
            let reason = format!("was ended after {} s without a result", limit.as_secs());
            writeln!(file, "{reason}")?;
            return Ok(Err(reason));
        }
        thread::sleep(Duration::from_millis(50));
    }
}

/// Ends a child and everything that it started.
fn end(child: &mut Child) {
    if cfg!(windows) {
        let _ = command::output(command::program(
            "taskkill",
            ["/T", "/F", "/PID", &child.id().to_string()],
        ));
    } else {
        let processes =
            command::output(command::program("ps", ["-A", "-o", "pid=,ppid="])).unwrap_or_default();
        for process in descendants(child.id(), &processes) {
            let _ = command::output(command::program("kill", ["-KILL", &process.to_string()]));
        }
    }
    let _ = child.kill();
    let _ = child.wait();
}

/// The processes that `ancestor` started, directly or not, by a list of `process parent` lines.
fn descendants(ancestor: u32, processes: &str) -> Vec<u32> {
    let pairs: Vec<(u32, u32)> = processes
        .lines()
        .filter_map(|line| {
            let mut numbers = line.split_whitespace().filter_map(|text| text.parse().ok());
            Some((numbers.next()?, numbers.next()?))
        })
        .collect();
    let mut found = vec![ancestor];
    let mut next = 0;
    while let Some(&parent) = found.get(next) {
        found.extend(
            pairs
                .iter()
                .filter(|(process, of)| *of == parent && *process != parent)
                .map(|pair| pair.0),
        );
        next += 1;
    }
    found.split_off(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn descendants_are_children_and_their_children_only() {
        let processes = "  1 0\n 10 1\n 11 10\n 12 11\n 13 10\n 20 1\n 21 20\n";
        assert_eq!(descendants(10, processes), [11, 13, 12]);
        assert_eq!(descendants(21, processes), [0; 0]);
    }

    #[cfg(unix)]
    #[test]
    fn a_command_over_its_limit_is_ended_with_what_it_started() {
        let log = std::env::temp_dir().join(format!("xtask-process-{}.log", std::process::id()));
        let command = command::program("sh", ["-c", "sleep 61 & echo child $!; wait"]);
        // A shell takes its time to start on a busy machine.
        let reason = run(command, &log, Duration::from_secs(5)).unwrap().unwrap_err();
        let output = std::fs::read_to_string(&log).unwrap();
        std::fs::remove_file(&log).unwrap();
        assert!(reason.starts_with("was ended after"), "{reason}");
        let child = output
            .lines()
            .find_map(|line| line.strip_prefix("child "))
            .unwrap();
        let runs = || {
            let state =
                command::output(command::program("ps", ["-o", "stat=", "-p", child])).unwrap_or_default();
            !state.trim().is_empty() && !state.trim().starts_with('Z')
        };
        let ended = Instant::now();
        while runs() {
            assert!(
                ended.elapsed() < Duration::from_secs(30),
                "process {child} still runs"
            );
            thread::sleep(Duration::from_millis(50));
        }
    }

    #[test]
    fn a_command_that_cannot_start_is_a_failure() {
        let log = std::env::temp_dir().join(format!("xtask-missing-{}.log", std::process::id()));
        let reason = run(
            command::program("no-such-program-here", []),
            &log,
            Duration::from_secs(1),
        )
        .unwrap();
        std::fs::remove_file(&log).unwrap();
        assert!(
            reason
                .unwrap_err()
                .starts_with("cannot start no-such-program-here")
        );
    }
}
