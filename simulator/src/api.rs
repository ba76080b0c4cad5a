//! A request to the API: what is looked at before the quickcall route, in the server's order.

use crate::authentication;
use crate::calls::Received;
use crate::connection::Connection;
use crate::cors;
use crate::endpoint::{ACCOUNT_ID, ENDPOINTS};
use crate::envelope::Answer;
use crate::noun::is_noun;
use crate::options::percent_decode;
use crate::quickcall;
use crate::release::Release;
use crate::server::Shared;
use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, Method, Response, StatusCode};
use serde_json::{Map, Value, json};
use std::net::IpAddr;
use std::sync::Arc;

/// A request, as it came.
pub(crate) struct Asked<'a> {
    pub(crate) method: &'a Method,
    pub(crate) path: &'a str,
    pub(crate) query: &'a str,
    pub(crate) headers: &'a HeaderMap,
    pub(crate) body: &'a Bytes,
    pub(crate) client: IpAddr,
}

impl Asked<'_> {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// The token: of the header, or of the query, which makes a custom application var of it.
    pub(crate) fn token(&self) -> Option<String> {
        let in_query = || {
            let (_, token) = query(self.query)?
                .into_iter()
                .find(|(key, _)| key == "auth_token")?;
            Some(token)
        };
        self.header("x-auth-token").map(str::to_owned).or_else(in_query)
    }

    /// Keeps a request that is refused before it is understood, where it is one to the quickcall route.
    fn keep(&self, shared: &Shared) {
        if self.path.split('/').nth(6) == Some("quickcall") {
            shared.calls.add(self.received(shared));
        }
    }

    /// What is kept of it: of the token only whether it opens something.
    pub(crate) fn received(&self, shared: &Shared) -> Received {
        let headers = self.headers.iter().map(|(name, value)| {
            let text = String::from_utf8_lossy(value.as_bytes()).into_owned();
            let kept = match name.as_str() {
                "x-auth-token" if shared.tokens.opens(&text) => "the right one".to_owned(),
                "x-auth-token" => "a wrong one".to_owned(),
                _ => text,
            };
            (name.to_string(), kept)
        });
        let separator = if self.query.is_empty() { "" } else { "?" };
        Received {
            method: self.method.to_string(),
            target: [self.path, separator, self.query].concat(),
            headers: headers.collect(),
            body: String::from_utf8_lossy(self.body).into_owned(),
            time: std::time::SystemTime::now()
                .duration_since(std::time::UNIX_EPOCH)
                .map_or(0.0, |time| time.as_secs_f64()),
            ..Received::default()
        }
    }
}

/// What was asked for, after the server's decoding.
pub(crate) struct Understood<'a> {
    pub(crate) asked: &'a Asked<'a>,
    /// The method, or what a key named `verb` put in its place.
    pub(crate) method: Method,
    pub(crate) query: Vec<(String, String)>,
    /// The body's `data`, or nothing where there is no body.
    pub(crate) data: Value,
}

/// Answers a request whose body is too large.
pub(crate) fn refuse_body(shared: &Shared, asked: &Asked<'_>) -> Response<Body> {
    asked.keep(shared);
    let answer = Answer::error(413, "payload_too_large", json!({}));
    with_cors(answer.into_response(asked, shared.config.release))
}

/// Answers a request to the API.
pub(crate) async fn answer(
    shared: &Arc<Shared>,
    connection: &Connection,
    asked: &Asked<'_>,
) -> Response<Body> {
    // The path is split first, and each part decoded then.
    let parts = asked.path.split('/').skip(2);
    let parts: Option<Vec<String>> = parts.map(|part| decode(part, shared.config.release)).collect();
    let (Some(parts), Some(query)) = (parts, query(asked.query)) else {
        asked.keep(shared);
        // No envelope and no header for browsers, as seen.
        return bare(if asked.path.contains('%') { 500 } else { 400 });
    };
    let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
    let is_quickcall = parts.get(4) == Some(&"quickcall");
    let envelope = |answer: Answer| {
        if is_quickcall {
            shared.calls.add(asked.received(shared));
        }
        answer.into_response(asked, shared.config.release)
    };
    let envelope_of_body = match body(asked) {
        Ok(body) => body,
        Err(answer) => return with_cors(envelope(answer)),
    };
    let data = envelope_of_body
        .get("data")
        .cloned()
        .unwrap_or(Value::Object(Map::new()));
    let understood = Understood {
        method: method(asked, &query, &envelope_of_body, &data),
        asked,
        query,
        data,
    };
    match route(shared, &understood, &parts) {
        Ok(Route::Quickcall { kind, id, number }) => {
            quickcall::answer(shared, connection, &understood, (kind, id, number)).await
        }
        Ok(Route::Answer(answer)) | Err(answer) => with_cors(envelope(answer)),
    }
}

/// Where a path leads.
enum Route<'a> {
    Quickcall {
        kind: &'a str,
        id: &'a str,
        number: &'a str,
    },
    Answer(Answer),
}

fn route<'a>(shared: &Shared, understood: &Understood<'_>, parts: &[&'a str]) -> Result<Route<'a>, Answer> {
    match parts {
        ["api_auth"] | ["user_auth"] if understood.method != Method::PUT => Err(not_allowed()),
        ["api_auth"] => {
            return Ok(Route::Answer(authentication::by_api_key(
                shared,
                &understood.data,
            )));
        }
        ["user_auth"] => {
            return Ok(Route::Answer(authentication::by_credentials(
                shared,
                &understood.data,
            )));
        }
        ["accounts", ..] => Ok(()),
        _ => Err(Answer::error(404, "not_found", json!({"message": "not found"}))),
    }?;
    let is_quickcall = parts.get(4) == Some(&"quickcall");
    authentication::check(shared, understood, is_quickcall)?;
    let account = parts.get(1).copied().unwrap_or("");
    let cost = if is_quickcall { 2.0 } else { 1.0 };
    if !shared.rate_bucket.take(understood.asked.client, account, cost) {
        return Err(Answer::error(
            429,
            "too_many_requests",
            json!({"message": "too many requests"}),
        ));
    }
    let unknown = |id: &str| {
        Answer::error(
            404,
            "bad_identifier",
            json!({"cause": id, "message": "bad identifier"}),
        )
    };
    if account != ACCOUNT_ID {
        return Err(unknown(account));
    }
    let is_get = understood.method == Method::GET;
    match parts.get(2..).unwrap_or_default() {
        ["channels"] if is_get => Ok(Route::Answer(Answer::success(200, shared.channels.all()))),
        ["channels", id] if is_get => match shared.channels.get(id) {
            Some(leg) => Ok(Route::Answer(Answer::success(200, leg))),
            None => Err(unknown(id)),
        },
        ["channels", id] if understood.method == Method::POST => {
            let is_hang_up = understood.data.get("action") == Some(&Value::from("hangup"));
            match is_hang_up && shared.channels.hang_up(id) {
                true => Ok(Route::Answer(Answer::success(200, understood.data.clone()))),
                false => Err(unknown(id)),
            }
        }
        ["channels", ..] => Err(not_allowed()),
        // The last noun of a path is what is asked for.
        [.., noun] if parts.len() > 3 && is_noun(noun) => match *noun {
            "users" | "devices" if is_get => Ok(Route::Answer(list(noun))),
            "users" | "devices" => Err(not_allowed()),
            _ => Err(Answer::error(404, "not_found", json!({"message": "not found"}))),
        },
        [kind @ ("users" | "devices")] if is_get => Ok(Route::Answer(list(kind))),
        [kind @ ("users" | "devices"), id, "quickcall", number] => {
            if !is_get && understood.method != Method::POST {
                return Err(not_allowed());
            }
            if crate::endpoint::find(kind, id).is_none() {
                return Err(unknown(id));
            }
            Ok(Route::Quickcall { kind, id, number })
        }
        [.., "quickcall", _] => Err(Answer::error(500, "init failed", json!({}))),
        _ => Err(Answer::error(404, "not_found", json!({"message": "not found"}))),
    }
}

fn not_allowed() -> Answer {
    Answer::error(
        405,
        "method_not_allowed",
        json!({"message": "method not allowed"}),
    )
}

fn list(kind: &str) -> Answer {
    let of_kind = ENDPOINTS.iter().filter(|endpoint| endpoint.kind == kind);
    let summaries: Vec<Value> = of_kind
        .map(|endpoint| json!({"id": endpoint.id, "name": endpoint.title}))
        .collect();
    Answer::success(200, json!(summaries))
}

/// The method, or what a key named `verb` puts in its place: in the query, the envelope or the data.
fn method(
    asked: &Asked<'_>,
    query: &[(String, String)],
    envelope: &Map<String, Value>,
    data: &Value,
) -> Method {
    let in_query = query
        .iter()
        .find(|(key, _)| key == "verb")
        .map(|(_, value)| value.as_str());
    let in_body = || {
        envelope
            .get("verb")
            .or_else(|| data.get("verb"))
            .and_then(Value::as_str)
    };
    in_query
        .or_else(in_body)
        .and_then(|verb| verb.to_ascii_uppercase().parse().ok())
        .unwrap_or_else(|| asked.method.clone())
}

fn decode(part: &str, release: Release) -> Option<String> {
    let once = percent_decode(part)?;
    if release == Release::V4_3 {
        percent_decode(&once)
    } else {
        Some(once)
    }
}

fn query(query: &str) -> Option<Vec<(String, String)>> {
    query
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let (key, value) = pair.split_once('=').unwrap_or((pair, "true"));
            Some((
                percent_decode(&key.replace('+', " "))?,
                percent_decode(&value.replace('+', " "))?,
            ))
        })
        .collect()
}

/// The envelope of the request's body; empty where there is no body.
fn body(asked: &Asked<'_>) -> Result<Map<String, Value>, Answer> {
    if asked.body.is_empty() {
        return Ok(Map::new());
    }
    if asked
        .header("content-type")
        .is_some_and(|kind| kind.starts_with("text/"))
    {
        return Err(Answer::error(415, "unsupported_media_type", json!({})));
    }
    let invalid = |data: Value| Err(Answer::error(400, "validation error", data));
    match serde_json::from_slice::<Value>(asked.body) {
        Ok(Value::Object(envelope)) if envelope.contains_key("data") => Ok(envelope),
        Ok(Value::Object(_)) => invalid(json!({"data": {"required": {"message": "data is required"}}})),
        _ => invalid(json!({"json": {"invalid": {"message": "not JSON", "target": "body"}}})),
    }
}

pub(crate) fn with_cors(mut response: Response<Body>) -> Response<Body> {
    cors::allow(response.headers_mut());
    response
}

/// An answer without a body.
pub(crate) fn bare(status: u16) -> Response<Body> {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or_default();
    response
}
