//! The socket, and what every connection shares.

use crate::api::{self, Asked};
use crate::authentication::{ACCOUNT_NAME, API_KEY, CREDENTIALS, Tokens};
use crate::calls::Calls;
use crate::channel::Channels;
use crate::connection::Connection;
use crate::cors;
use crate::endpoint::{ACCOUNT_ID, ENDPOINTS};
use crate::events::{Events, Telling};
use crate::rate_bucket::RateBucket;
use crate::release::Release;
use crate::scenario::SCENARIOS;
use axum::Json;
use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Extension, Request, State};
use axum::http::{Method, Response, StatusCode, Uri};
use axum::routing::{delete, get};
use futures_util::StreamExt as _;
use serde_json::{Value, json};
use std::net::{IpAddr, Ipv4Addr};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tower_http::services::ServeDir;

/// The largest body that the server reads, in bytes.
const MAX_BODY: usize = 8_000_000;

/// How the server behaves.
#[derive(Clone, Debug)]
pub struct Config {
    /// The port of the websocket of events; 0 takes a free one.
    pub events_port: u16,
    /// The release that is played.
    pub release: Release,
    /// Every wait is divided by this.
    pub speed: f64,
    /// The token that is accepted.
    pub token: String,
    /// For how many seconds a token lives that `api_auth` or `user_auth` gave; as long as the server where it is left out.
    pub token_ttl: Option<f64>,
    /// Whether a GET without a token places a call, as releases before 5 allow where nobody turned it off.
    pub anonymous: bool,
    /// Whether a client is refused that asks too often.
    pub rate_limit: bool,
    /// Where each event is posted to: `http://127.0.0.1:PORT/path`.
    pub webhook: Option<Uri>,
    /// A folder served at `/`.
    pub www: Option<PathBuf>,
    /// A folder served at `/quickcall/`.
    pub package: Option<PathBuf>,
}

impl Default for Config {
    fn default() -> Config {
        Config {
            events_port: 0,
            release: Release::V4_3,
            speed: 1.0,
            token: TOKEN.to_owned(),
            token_ttl: None,
            anonymous: true,
            rate_limit: true,
            webhook: None,
            www: None,
            package: None,
        }
    }
}

/// The token where none is chosen. It opens nothing but this simulator.
pub const TOKEN: &str = "simulated-token";

/// What every connection shares.
pub(crate) struct Shared {
    pub(crate) config: Config,
    pub(crate) calls: Calls,
    pub(crate) tokens: Tokens,
    pub(crate) rate_bucket: RateBucket,
    pub(crate) channels: Channels,
    pub(crate) events: Events,
    events_port: u16,
}

impl Shared {
    pub(crate) fn new(config: Config, events_port: u16) -> Shared {
        let life = config
            .token_ttl
            .map(|seconds| Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX));
        Shared {
            calls: Calls::default(),
            tokens: Tokens::new(config.token.clone(), life),
            rate_bucket: RateBucket::new(config.rate_limit),
            channels: Channels::default(),
            events: Events::default(),
            events_port,
            config,
        }
    }

    /// Waits for so many seconds of the server's time.
    pub(crate) async fn wait(&self, seconds: f64) {
        tokio::time::sleep(Duration::from_secs_f64(seconds / self.config.speed.max(0.001))).await;
    }
}

/// Serves connections until the program ends.
pub(crate) async fn serve(listener: TcpListener, shared: Arc<Shared>) {
    let router = router(Arc::clone(&shared));
    // They end with the server, also those that are kept open.
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, client)) => {
                    let router = router.clone().layer(Extension(client.ip()));
                    connections.spawn(Connection::default().serve(stream, router));
                }
                // There are as many as the system allows: to ask again at once would keep a core busy.
                Err(_) => tokio::time::sleep(Duration::from_millis(100)).await,
            },
            Some(_) = connections.join_next() => {}
        }
    }
}

fn router(shared: Arc<Shared>) -> Router {
    let mut router = Router::new()
        .route("/_simulator/calls", get(calls).delete(clear))
        .route("/_simulator/about", get(about))
        .route("/_simulator/tokens", delete(expire))
        .route("/_simulator/events", get(telling).put(tell).delete(close))
        .route("/v2/{*path}", axum::routing::any(api));
    if let Some(folder) = &shared.config.package {
        router = router.nest_service("/quickcall", ServeDir::new(folder));
    }
    if let Some(folder) = &shared.config.www {
        router = router.fallback_service(ServeDir::new(folder));
    }
    router.with_state(shared)
}

async fn calls(State(shared): State<Arc<Shared>>) -> Json<Value> {
    Json(json!(shared.calls.all()))
}

async fn clear(State(shared): State<Arc<Shared>>) -> StatusCode {
    shared.calls.clear();
    StatusCode::NO_CONTENT
}

async fn expire(State(shared): State<Arc<Shared>>) -> StatusCode {
    shared.tokens.expire();
    StatusCode::NO_CONTENT
}

async fn telling(State(shared): State<Arc<Shared>>) -> Json<Telling> {
    Json(shared.events.telling())
}

async fn tell(State(shared): State<Arc<Shared>>, Json(telling): Json<Telling>) -> StatusCode {
    shared.events.set_telling(telling);
    StatusCode::NO_CONTENT
}

async fn close(State(shared): State<Arc<Shared>>) -> StatusCode {
    shared.events.close();
    StatusCode::NO_CONTENT
}

async fn about(State(shared): State<Arc<Shared>>) -> Json<Value> {
    Json(json!({
        "release": shared.config.release.as_str(), "accountId": ACCOUNT_ID, "token": shared.config.token,
        "apiKey": API_KEY, "credentials": CREDENTIALS, "accountName": ACCOUNT_NAME,
        "events": format!("ws://127.0.0.1:{}", shared.events_port), "endpoints": ENDPOINTS, "scenarios": SCENARIOS
    }))
}

async fn api(
    State(shared): State<Arc<Shared>>,
    Extension(connection): Extension<Connection>,
    client: Option<Extension<IpAddr>>,
    request: Request,
) -> Response<Body> {
    if request.method() == Method::OPTIONS {
        return cors::preflight(shared.config.release);
    }
    let (parts, body) = request.into_parts();
    // Of one that is too large nothing is kept.
    let (body, too_large) = match read(body).await {
        Ok(Some(body)) => (body, false),
        Ok(None) => (Bytes::new(), true),
        Err(_) => return api::bare(400),
    };
    let asked = Asked {
        method: &parts.method,
        path: parts.uri.path(),
        query: parts.uri.query().unwrap_or(""),
        headers: &parts.headers,
        body: &body,
        client: client.map_or(IpAddr::V4(Ipv4Addr::LOCALHOST), |Extension(client)| client),
    };
    if too_large {
        return api::refuse_body(&shared, &asked);
    }
    api::answer(&shared, &connection, &asked).await
}

/// A body; nothing where it is too large.
async fn read(body: Body) -> Result<Option<Bytes>, axum::Error> {
    let mut pieces = body.into_data_stream();
    let mut read = Vec::new();
    while let Some(piece) = pieces.next().await {
        read.extend_from_slice(&piece?);
        if read.len() > MAX_BODY {
            return Ok(None);
        }
    }
    Ok(Some(Bytes::from(read)))
}
