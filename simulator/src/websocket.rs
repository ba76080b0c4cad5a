//! The websocket of events: what clients ask, and what they are answered.

use crate::endpoint::ACCOUNT_ID;
use crate::events::{Told, is_binding};
use crate::release::Release;
use crate::server::Shared;
use axum::Router;
use axum::extract::State;
use axum::extract::ws::{Message, WebSocket, WebSocketUpgrade};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use axum::routing::any;
use serde_json::{Value, json};
use std::sync::Arc;
use tokio::net::TcpListener;
use tokio::sync::mpsc::unbounded_channel;

/// Serves sockets until the program ends.
pub(crate) async fn serve(listener: TcpListener, shared: Arc<Shared>) {
    let router = Router::new().fallback(any(upgrade)).with_state(shared);
    drop(axum::serve(listener, router).await);
}

// A subprotocol that a client offers is not taken: browsers that offered one end the connection.
async fn upgrade(State(shared): State<Arc<Shared>>, upgrade: WebSocketUpgrade) -> Response {
    if shared.events.telling().refused {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    upgrade.on_upgrade(move |socket| talk(socket, shared))
}

async fn talk(mut socket: WebSocket, shared: Arc<Shared>) {
    let (sender, mut told) = unbounded_channel();
    let id = shared.events.add(sender);
    loop {
        tokio::select! {
            said = socket.recv() => {
                let Some(Ok(message)) = said else { break };
                let Message::Text(text) = message else { continue };
                if shared.events.telling().silent {
                    continue;
                }
                let answer = answer(&shared, id, &text).to_string();
                if socket.send(Message::Text(answer.into())).await.is_err() {
                    break;
                }
            }
            event = told.recv() => match event {
                Some(Told::Text(text)) => if socket.send(Message::Text(text.into())).await.is_err() { break },
                Some(Told::Close) | None => break,
            }
        }
    }
    shared.events.remove(id);
}

fn answer(shared: &Shared, socket: u64, text: &str) -> Value {
    let Ok(message) = serde_json::from_str::<Value>(text) else {
        return json!({"action": "reply", "status": "error", "data": {"errors": ["failed to parse JSON"]}});
    };
    let said = |key: &str| message.get(key).and_then(Value::as_str).unwrap_or("");
    let action = said("action");
    if action == "ping" {
        return json!({"response": "pong"});
    }
    let reply = |status: &str, data: Value| json!({"action": "reply", "request_id": message.get("request_id"), "status": status, "data": data});
    let refused = |error: String| reply("error", json!({"errors": [error]}));
    let token = said("auth_token");
    if !shared.tokens.opens(token) {
        return refused(format!("failed to authenticate token {token}"));
    }
    if action != "subscribe" && action != "unsubscribe" {
        return refused(format!("unknown action {action}"));
    }
    let data = message.get("data").cloned().unwrap_or_default();
    if data.get("account_id").and_then(Value::as_str) != Some(ACCOUNT_ID) {
        return refused("unauthorized for this account".to_owned());
    }
    let mut asked: Vec<String> = data
        .get("binding")
        .and_then(Value::as_str)
        .map(str::to_owned)
        .into_iter()
        .collect();
    // Releases before 5 do not know the list.
    if shared.config.release == Release::V5 {
        let list = data.get("bindings").and_then(Value::as_array);
        asked.extend(
            list.into_iter()
                .flatten()
                .filter_map(Value::as_str)
                .map(str::to_owned),
        );
    }
    if asked.is_empty() {
        return refused("no bindings were given".to_owned());
    }
    if let Some(wrong) = asked.iter().find(|binding| !is_binding(binding)) {
        return refused(format!("unmatched binding {wrong}"));
    }
    let (done, all) = if action == "subscribe" {
        let all = shared.events.bind(socket, |bindings| {
            bindings.retain(|bound| !asked.contains(bound));
            bindings.extend(asked.iter().cloned());
        });
        ("subscribed", all)
    } else {
        (
            "unsubscribed",
            shared
                .events
                .bind(socket, |bindings| bindings.retain(|bound| !asked.contains(bound))),
        )
    };
    reply("success", json!({done: asked, "subscriptions": all}))
}
