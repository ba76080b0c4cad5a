//! `cargo xtask demo`: the simulator, the demo page, and a browser.

use std::io::{BufRead as _, BufReader};
use std::net::TcpListener;
use std::process::{Child, ChildStdin, Command, Stdio};

use anyhow::{Context, Result, bail};
use clap::Args;

use crate::{command, package};

/// What the demo runs against, and where.
#[derive(Args)]
pub(crate) struct Options {
    /// The base URL of a real Kazoo server, for the page's fields: `https://kazoo.example.com:8443/v2`. Without it the
    /// page calls the simulator.
    #[arg(long, value_name = "URL", value_parser = http_url)]
    kazoo: Option<String>,
    /// The port on this machine. A free one is taken when it is in use.
    #[arg(long, default_value_t = 8000, value_name = "N")]
    port: u16,
    /// Say the address only, and open no browser.
    #[arg(long)]
    no_open: bool,
}

/// Builds the package and the simulator, starts it, opens the page, and waits until the simulator ends.
///
/// # Errors
/// When a step fails, or the simulator ends by itself with an error.
pub(crate) fn run(options: &Options) -> Result<()> {
    package::build()?;
    println!("demo: building the simulator");
    command::run(command::cargo(["build", "--package", "simulator"]))?;
    let (mut simulator, _stdin, base) = start_simulator(free_port(options.port))?;
    let mut address = format!("{base}/");
    if let Some(kazoo) = &options.kazoo {
        address.push_str("?kazoo=");
        address.push_str(&encode_query_value(kazoo));
    }
    println!("demo: {address}");
    println!("demo: ctrl-C ends it");
    if !options.no_open {
        // Some openers return only when the browser ends.
        std::thread::spawn(move || {
            if open(&address).is_err() {
                println!("demo: no browser could be opened: open the address above in one");
            }
        });
    }
    let status = simulator.wait().context("cannot wait for the simulator")?;
    if !status.success() {
        bail!("the simulator ended with {status}");
    }
    Ok(())
}

/// The simulator, its standard input (it ends when that closes, so also when this program is killed), and its address.
fn start_simulator(port: u16) -> Result<(Child, ChildStdin, String)> {
    let mut command = command::cargo([
        "run",
        "--quiet",
        "--package",
        "simulator",
        "--",
        "--until-stdin-closes",
    ]);
    command.args(["--www", "www", "--package", "pkg", "--port", &port.to_string()]);
    command.stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut simulator = command.spawn().context("cannot start the simulator")?;
    let stdin = simulator
        .stdin
        .take()
        .context("the simulator has no standard input")?;
    let stdout = simulator
        .stdout
        .take()
        .context("the simulator has no standard output")?;
    let mut lines = BufReader::new(stdout).lines();
    for line in lines.by_ref() {
        let line = line.context("cannot read what the simulator says")?;
        if let Some(address) = line.strip_prefix("simulator listening on ") {
            let address = address.trim().to_owned();
            // Read on, so that the simulator never waits for somebody to read.
            std::thread::spawn(move || lines.map_while(Result::ok).for_each(|line| println!("{line}")));
            return Ok((simulator, stdin, address));
        }
        println!("{line}");
    }
    bail!("the simulator ended before it listened: {}", simulator.wait()?)
}

/// The port asked for, or 0 (any) when it is in use.
fn free_port(wanted: u16) -> u16 {
    match TcpListener::bind(("127.0.0.1", wanted)) {
        Ok(_) => wanted,
        Err(error) => {
            println!("demo: port {wanted} cannot be used ({error}); a free one is taken");
            0
        }
    }
}

fn open(address: &str) -> Result<()> {
    let mut opener = if cfg!(windows) {
        command::program("rundll32", ["url.dll,FileProtocolHandler", address])
    } else if cfg!(target_os = "macos") {
        command::program("open", [address])
    } else {
        command::program("xdg-open", [address])
    };
    silence(&mut opener);
    command::run(opener)
}

fn silence(command: &mut Command) {
    command.stdout(Stdio::null()).stderr(Stdio::null());
}

fn http_url(text: &str) -> Result<String, &'static str> {
    if text.starts_with("https://") || text.starts_with("http://") {
        Ok(text.to_owned())
    } else {
        Err("a base URL starts with https:// or http://")
    }
}

/// Percent-encoding of everything but the unreserved characters of RFC 3986.
fn encode_query_value(value: &str) -> String {
    let mut encoded = String::new();
    for byte in value.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_base_url_becomes_one_query_value() {
        assert_eq!(
            encode_query_value("https://kazoo.example.com:8443/v2?a=b&c#é"),
            "https%3A%2F%2Fkazoo.example.com%3A8443%2Fv2%3Fa%3Db%26c%23%C3%A9"
        );
    }

    #[test]
    fn a_port_in_use_gives_any_port() {
        let taken = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        assert_eq!(free_port(taken.local_addr().unwrap().port()), 0);
    }
}
