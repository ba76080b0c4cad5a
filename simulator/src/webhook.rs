//! Webhooks: each event posted to a URL.

use axum::body::Body;
use axum::http::{Request, Uri};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use std::error::Error;
use tokio::net::TcpStream;

/// Posts what an event says. Nobody is told when it fails, as with a server.
pub(crate) fn post(url: &Uri, name: &str, data: &Value, vars: &Value) {
    let mut payload = data.clone();
    payload["hook_event"] = Value::from(name.to_ascii_lowercase());
    // Here the names stand as they were sent.
    if payload["custom_application_vars"] != serde_json::json!({}) {
        payload["custom_application_vars"] = vars.clone();
    }
    if let Value::Object(members) = &mut payload {
        members.remove("event_name");
        members.remove("event_category");
    }
    let url = url.clone();
    tokio::spawn(async move { drop(send(url, payload.to_string()).await) });
}

async fn send(url: Uri, body: String) -> Result<(), Box<dyn Error + Send + Sync>> {
    let authority = url.authority().ok_or("no host")?.to_string();
    // An IPv6 address has brackets in a URL only.
    let host = url.host().unwrap_or("127.0.0.1").trim_matches(['[', ']']);
    let stream = TcpStream::connect((host, url.port_u16().unwrap_or(80))).await?;
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await?;
    tokio::spawn(connection);
    let target = url.path_and_query().map_or("/", |path| path.as_str());
    let request = Request::post(target)
        .header("host", authority)
        .header("content-type", "application/json")
        .body(Body::from(body))?;
    sender.send_request(request).await?;
    Ok(())
}
