//! A stand-in for a Kazoo server on a real socket, for tests and demos of click-to-call clients.
//!
//! It plays the quickcall API: tokens, both methods, the server's real reading of options, and its real answers. What
//! happens to a call is chosen by the number ([`SCENARIOS`]) and the endpoint ([`ENDPOINTS`]). What was received and
//! what was really dialled is kept, so that a test can count calls.
//!
//! ```
//! # tokio::runtime::Runtime::new()?.block_on(async {
//! let simulator = simulator::Simulator::start(simulator::Config::default(), "127.0.0.1:0").await?;
//! assert!(simulator.address().starts_with("http://127.0.0.1:"));
//! assert!(simulator.calls().is_empty());
//! # Ok::<(), std::io::Error>(())
//! # })?;
//! # Ok::<(), std::io::Error>(())
//! ```

mod api;
mod authentication;
mod calls;
mod channel;
mod connection;
mod cors;
mod endpoint;
mod envelope;
mod events;
mod forwarded;
mod noun;
mod options;
mod originate;
mod quickcall;
mod rate_bucket;
mod release;
mod scenario;
mod server;
mod webhook;
mod websocket;

pub use authentication::{ACCOUNT_NAME, API_KEY, CREDENTIALS};
pub use calls::Received;
pub use endpoint::{ACCOUNT_ID, ENDPOINTS, Endpoint};
pub use events::Telling;
pub use options::Options;
pub use release::Release;
pub use scenario::{Happening, SCENARIOS, Scenario};
pub use server::{Config, TOKEN};

use server::Shared;
use std::net::SocketAddr;
use std::sync::Arc;
use tokio::net::{TcpListener, ToSocketAddrs};
use tokio::task::JoinHandle;

/// A running server. It ends when this is dropped.
pub struct Simulator {
    address: SocketAddr,
    events: SocketAddr,
    shared: Arc<Shared>,
    tasks: [JoinHandle<()>; 2],
}

impl Simulator {
    /// Starts a server at `address`; port 0 takes a free one.
    ///
    /// # Errors
    /// When the address, or the port of events there, cannot be had. The error says which.
    pub async fn start(config: Config, address: impl ToSocketAddrs) -> std::io::Result<Simulator> {
        let listener = listen(address, "the API").await?;
        let address = listener.local_addr()?;
        let events_listener = listen((address.ip(), config.events_port), "the events").await?;
        let events = events_listener.local_addr()?;
        let shared = Arc::new(Shared::new(config, events.port()));
        let tasks = [
            tokio::spawn(server::serve(listener, Arc::clone(&shared))),
            tokio::spawn(websocket::serve(events_listener, Arc::clone(&shared))),
        ];
        Ok(Simulator {
            address,
            events,
            shared,
            tasks,
        })
    }

    /// Where it listens: `http://127.0.0.1:PORT`. The API is at `/v2` there.
    pub fn address(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Where events are told: `ws://127.0.0.1:PORT`.
    pub fn events_address(&self) -> String {
        format!("ws://{}", self.events)
    }

    /// Says how events are told from now on.
    pub fn tell_events(&self, telling: Telling) {
        self.shared.events.set_telling(telling);
    }

    /// Ends every socket of events.
    pub fn close_sockets(&self) {
        self.shared.events.close();
    }

    /// Every request to the quickcall route, in order.
    pub fn calls(&self) -> Vec<Received> {
        self.shared.calls.all()
    }

    /// Lets every token expire that `api_auth` or `user_auth` gave.
    pub fn expire_tokens(&self) {
        self.shared.tokens.expire();
    }

    /// Forgets the requests so far.
    pub fn clear(&self) {
        self.shared.calls.clear();
    }
}

async fn listen(address: impl ToSocketAddrs, what: &str) -> std::io::Result<TcpListener> {
    TcpListener::bind(address).await.map_err(|error| {
        std::io::Error::new(error.kind(), format!("the port of {what} cannot be had: {error}"))
    })
}

impl Drop for Simulator {
    fn drop(&mut self) {
        self.tasks.iter().for_each(JoinHandle::abort);
        self.shared.events.close();
    }
}
