//! The socket, and what every connection shares.

use crate::calls::Calls;
use crate::cors;
use crate::endpoint::{ACCOUNT_ID, ENDPOINTS};
use crate::quickcall::{self, Asked};
use crate::release::Release;
use crate::scenario::SCENARIOS;
use axum::Json;
use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Extension, Request, State};
use axum::http::{Method, Response, StatusCode};
use axum::routing::get;
use hyper_util::rt::TokioIo;
use hyper_util::service::TowerToHyperService;
use serde_json::{Value, json};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::Notify;
use tower_http::services::ServeDir;

/// The largest body that the server reads, in bytes.
const MAX_BODY: usize = 8_000_000;

/// How the server behaves.
#[derive(Clone, Debug)]
pub struct Config {
    /// The release that is played.
    pub release: Release,
    /// Every wait is divided by this.
    pub speed: f64,
    /// The token that is accepted.
    pub token: String,
    /// A folder served at `/`.
    pub www: Option<PathBuf>,
    /// A folder served at `/quickcall/`.
    pub package: Option<PathBuf>,
}

impl Default for Config {
    fn default() -> Config {
        Config {
            release: Release::V4_3,
            speed: 1.0,
            token: TOKEN.to_owned(),
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
}

impl Shared {
    /// Waits for so many seconds of the server's time.
    pub(crate) async fn wait(&self, seconds: f64) {
        tokio::time::sleep(Duration::from_secs_f64(seconds / self.config.speed.max(0.001))).await;
    }
}

/// Ends the connection that a request came on.
#[derive(Clone, Default)]
pub(crate) struct Closer(Arc<Notify>);

impl Closer {
    pub(crate) fn close(&self) {
        self.0.notify_one();
    }
}

/// Serves connections until the program ends.
pub(crate) async fn serve(listener: TcpListener, shared: Arc<Shared>) {
    let router = router(Arc::clone(&shared));
    loop {
        let Ok((stream, _)) = listener.accept().await else {
            continue;
        };
        let closer = Closer::default();
        let service = TowerToHyperService::new(router.clone().layer(Extension(closer.clone())));
        tokio::spawn(async move {
            let connection =
                hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service);
            tokio::select! {
                _ = connection => {}
                () = closer.0.notified() => {}
            }
        });
    }
}

fn router(shared: Arc<Shared>) -> Router {
    let mut router = Router::new()
        .route("/_simulator/calls", get(calls).delete(clear))
        .route("/_simulator/about", get(about))
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

async fn about(State(shared): State<Arc<Shared>>) -> Json<Value> {
    Json(json!({
        "release": shared.config.release.as_str(), "accountId": ACCOUNT_ID, "token": shared.config.token,
        "endpoints": ENDPOINTS, "scenarios": SCENARIOS
    }))
}

async fn api(
    State(shared): State<Arc<Shared>>,
    Extension(closer): Extension<Closer>,
    request: Request,
) -> Response<Body> {
    if request.method() == Method::OPTIONS {
        return cors::preflight(shared.config.release);
    }
    let (parts, body) = request.into_parts();
    let body: Bytes = match axum::body::to_bytes(body, MAX_BODY).await {
        Ok(body) => body,
        Err(_) => {
            let mut response = Response::new(Body::empty());
            *response.status_mut() = StatusCode::PAYLOAD_TOO_LARGE;
            return response;
        }
    };
    let asked = Asked {
        method: &parts.method,
        path: parts.uri.path(),
        query: parts.uri.query().unwrap_or(""),
        headers: &parts.headers,
        body: &body,
    };
    let mut response = quickcall::answer(&shared, &closer, &asked).await;
    cors::allow(response.headers_mut());
    response
}
