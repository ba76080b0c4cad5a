//! A simulator on a real socket, and requests to it as bytes: no client hides what it writes.

use serde_json::Value;
use simulator::{ACCOUNT_ID, Config, Received, Release, Simulator, TOKEN};
use std::error::Error;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

pub(super) type Tested = Result<(), Box<dyn Error>>;

pub(super) const USER: &str = "users/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
pub(super) const DEVICE: &str = "devices/dddddddddddddddddddddddddddddddd";

/// A simulator, a thousand times as fast as a server.
pub(super) struct Kazoo(pub(super) Simulator);

/// An answer: its status, its headers in lower case, its body.
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) headers: String,
    pub(super) body: Vec<u8>,
}

impl Answer {
    pub(super) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }

    pub(super) fn has_cors(&self) -> bool {
        self.headers.contains("access-control-allow-origin: *")
    }

    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .lines()
            .find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
    }
}

impl Kazoo {
    pub(super) async fn start(release: Release) -> std::io::Result<Kazoo> {
        Kazoo::with(Config {
            release,
            rate_limit: false,
            ..Config::default()
        })
        .await
    }

    pub(super) async fn with(config: Config) -> std::io::Result<Kazoo> {
        Simulator::start(
            Config {
                // Where it is faster, a machine that is busy comes to the end of a connection before the answer.
                speed: 50.0,
                ..config
            },
            "127.0.0.1:0",
        )
        .await
        .map(Kazoo)
    }

    /// Everything that comes back until the connection ends.
    pub(super) async fn raw(&self, request: &[u8]) -> std::io::Result<Vec<u8>> {
        let address = self.0.address();
        let mut stream = TcpStream::connect(address.trim_start_matches("http://")).await?;
        stream.write_all(request).await?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await?;
        Ok(answer)
    }

    pub(super) async fn ask(
        &self,
        method: &str,
        target: &str,
        headers: &str,
        body: &str,
    ) -> Result<Answer, Box<dyn Error>> {
        let length = body.len();
        let request = format!(
            "{method} {target} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n{headers}content-length: {length}\r\n\r\n{body}"
        );
        let bytes = self.raw(request.as_bytes()).await?;
        let end = bytes
            .windows(4)
            .position(|window| window == b"\r\n\r\n")
            .ok_or("no answer")?;
        let (head, body) = bytes.split_at(end + 4);
        let head = String::from_utf8_lossy(head).to_lowercase();
        let status = head.split(' ').nth(1).ok_or("no status")?.parse()?;
        Ok(Answer {
            status,
            headers: head,
            body: body.to_vec(),
        })
    }

    /// Asks with the token for a path under the account.
    pub(super) async fn api(&self, method: &str, path: &str, body: &str) -> Result<Answer, Box<dyn Error>> {
        let target = format!("/v2/accounts/{ACCOUNT_ID}/{path}");
        let headers = format!("x-auth-token: {TOKEN}\r\ncontent-type: application/json\r\n");
        self.ask(method, &target, &headers, body).await
    }

    pub(super) fn last(&self) -> Received {
        self.0.calls().pop().unwrap_or_default()
    }

    pub(super) fn dials(&self) -> Vec<String> {
        self.0
            .calls()
            .into_iter()
            .filter_map(|call| call.dialled)
            .collect()
    }
}

pub(super) const BOTH: [Release; 2] = [Release::V4_3, Release::V5];
