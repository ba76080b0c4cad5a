//! The commands of the project, run as `cargo xtask COMMAND`.

mod bench;
mod browser;
mod command;
mod core_module;
mod declarations;
mod demo;
mod glue;
mod imports;
mod inline_module;
mod kinds;
mod lock;
mod node_modules;
mod package;
mod project;
mod soak;
mod stamp;
mod test;
mod wasm_target;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// The commands of Quickcall. Each does all the set-up it needs.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Makes the npm package in pkg/, ready for `npm pack`.
    Build,
    /// Starts the simulator with the demo page and opens it in the browser. Ctrl-C ends it.
    Demo(demo::Options),
    /// Runs every check of the project. Logs are in target/test-logs.
    Test(test::Options),
    /// The long runs that try to break what is promised; writes docs/reliability.md.
    Soak(soak::Options),
    /// Measures the package beside what people would use instead; writes docs/performance.md.
    Bench(bench::Options),
}

fn main() -> ExitCode {
    let result = match Arguments::parse().command {
        Command::Build => package::build(),
        Command::Demo(options) => demo::run(&options),
        Command::Test(options) => test::run(&options),
        Command::Soak(options) => soak::run(&options),
        Command::Bench(options) => bench::run(&options),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
