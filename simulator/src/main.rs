//! `simulator`: a stand-in for a Kazoo server on this machine.

use axum::http::Uri;
use clap::Parser;
use clap::builder::{PathBufValueParser, TypedValueParser as _};
use simulator::{ACCOUNT_ID, API_KEY, Config, ENDPOINTS, Release, SCENARIOS, Simulator, TOKEN};
use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;
use tokio::io::AsyncReadExt as _;

/// A stand-in for a Kazoo server on this machine.
#[derive(Parser)]
#[command(after_help = scenarios())]
struct Arguments {
    /// The port; 0 takes a free one.
    #[arg(long, default_value_t = 8000)]
    port: u16,
    /// The port of the websocket of events; 0 takes a free one.
    #[arg(long, default_value_t = 0)]
    events_port: u16,
    /// The release of Kazoo that is played.
    #[arg(long, value_enum, default_value_t)]
    release: Release,
    /// Every wait is divided by this.
    #[arg(long, default_value_t = 1.0, value_parser = speed)]
    speed: f64,
    /// The token that is accepted.
    #[arg(long, default_value = TOKEN)]
    token: String,
    /// For how many seconds a token lives that `api_auth` or `user_auth` gave.
    #[arg(long, value_name = "SECONDS", value_parser = seconds)]
    token_ttl: Option<f64>,
    /// Refuse a GET without a token, which release 4.3 lets through.
    #[arg(long)]
    no_anonymous: bool,
    /// Let clients ask as often as they like.
    #[arg(long)]
    no_rate_limit: bool,
    /// Where each event is posted to: `http://127.0.0.1:PORT/path`.
    #[arg(long, value_name = "URL", value_parser = webhook)]
    webhook: Option<Uri>,
    /// A folder served at `/`; left out, the demo page `www`, where its package is built in `pkg`.
    #[arg(long, value_parser = PathBufValueParser::new().try_map(folder))]
    www: Option<PathBuf>,
    /// A folder served at `/quickcall/`; left out with `--www`, the package of the demo page.
    #[arg(long, value_parser = PathBufValueParser::new().try_map(folder))]
    package: Option<PathBuf>,
    /// End when the standard input closes.
    #[arg(long)]
    until_stdin_closes: bool,
}

fn speed(text: &str) -> Result<f64, &'static str> {
    match text.parse::<f64>() {
        Ok(speed) if speed.is_finite() && speed >= 0.001 => Ok(speed),
        _ => Err("it is a number from 0.001"),
    }
}

fn seconds(text: &str) -> Result<f64, &'static str> {
    match text.parse::<f64>() {
        Ok(seconds) if seconds.is_finite() && seconds >= 0.0 => Ok(seconds),
        _ => Err("it is a number from 0"),
    }
}

fn webhook(text: &str) -> Result<Uri, &'static str> {
    match text.parse::<Uri>() {
        Ok(url) if url.scheme_str() == Some("http") && url.host().is_some() => Ok(url),
        _ => Err("it is an http URL with a host"),
    }
}

fn folder(path: PathBuf) -> Result<PathBuf, &'static str> {
    if path.is_dir() {
        Ok(path)
    } else {
        Err("there is no such folder")
    }
}

fn scenarios() -> String {
    let scenarios = SCENARIOS
        .iter()
        .map(|scenario| format!("  …{}  {}\n", scenario.digits, scenario.title));
    let endpoints = ENDPOINTS
        .iter()
        .map(|endpoint| format!("  {}/{}  {}\n", endpoint.kind, endpoint.id, endpoint.title));
    ["What the last four digits of the number do:\n".to_owned()]
        .into_iter()
        .chain(scenarios)
        .chain(["\nThe endpoints:\n".to_owned()])
        .chain(endpoints)
        .chain([format!("\nThe account:  {ACCOUNT_ID}\nIts API key:  {API_KEY}\n")])
        .collect()
}

/// The demo page and its package, where the program is started in the repository and the package is built.
fn demo() -> (Option<PathBuf>, Option<PathBuf>) {
    let [www, package] = ["www", "pkg"].map(PathBuf::from);
    let is_there = www.join("index.html").is_file() && package.join("dist/index.js").is_file();
    (is_there.then_some(www), is_there.then_some(package))
}

#[tokio::main]
async fn main() -> ExitCode {
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> std::io::Result<()> {
    let Arguments {
        port,
        events_port,
        release,
        speed,
        token,
        token_ttl,
        no_anonymous,
        no_rate_limit,
        webhook,
        www,
        package,
        until_stdin_closes,
    } = Arguments::parse();
    let (www, package) = match (www, package) {
        (None, None) => demo(),
        given => given,
    };
    let has_page = www.is_some();
    let simulator = Simulator::start(
        Config {
            events_port,
            release,
            speed,
            token,
            token_ttl,
            anonymous: !no_anonymous,
            rate_limit: !no_rate_limit,
            webhook,
            www,
            package,
        },
        ("127.0.0.1", port),
    )
    .await?;
    let mut said = format!(
        "simulator listening on {}\nsimulator tells events on {}\n",
        simulator.address(),
        simulator.events_address()
    );
    if has_page {
        said.push_str(&format!("simulator serves a page on {}/\n", simulator.address()));
    }
    // At once, and whoever hears it: who has read the first line may hear no more.
    drop(std::io::stdout().write_all(said.as_bytes()));
    let stdin_closes = async {
        if !until_stdin_closes {
            return std::future::pending().await;
        }
        let mut bytes = [0; 64];
        while tokio::io::stdin()
            .read(&mut bytes)
            .await
            .is_ok_and(|count| count > 0)
        {}
    };
    tokio::select! {
        result = tokio::signal::ctrl_c() => result?,
        () = stdin_closes => {}
    }
    // The thread that reads the standard input cannot be ended.
    std::process::exit(0)
}
