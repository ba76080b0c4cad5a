//! The quickcall route.

use crate::calls::Received;
use crate::endpoint::{self, ACCOUNT_ID, Endpoint};
use crate::envelope::Answer;
use crate::options::{self, Options, percent_decode};
use crate::originate;
use crate::release::Release;
use crate::scenario::{self, Happening};
use crate::server::{Closer, Shared};
use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, HeaderValue, Method, Response, StatusCode};
use serde_json::{Map, Value, json};
use std::time::Duration;

/// How long a phone rings before it is answered, in seconds.
const ANSWERED_AFTER: f64 = 1.0;

/// A request, as it came.
pub(crate) struct Asked<'a> {
    pub(crate) method: &'a Method,
    pub(crate) path: &'a str,
    pub(crate) query: &'a str,
    pub(crate) headers: &'a HeaderMap,
    pub(crate) body: &'a Bytes,
}

/// Answers a request to the API.
pub(crate) async fn answer(shared: &Shared, closer: &Closer, asked: &Asked<'_>) -> Response<Body> {
    let token = asked
        .headers
        .get("x-auth-token")
        .and_then(|value| value.to_str().ok());
    let request_id = asked
        .headers
        .get("x-request-id")
        .and_then(|value| value.to_str().ok());
    let envelope = |answer: Answer| answer.into_response(token.unwrap_or(""), request_id);
    // The path is split first, and each part decoded then.
    let parts: Option<Vec<String>> = asked
        .path
        .split('/')
        .skip(2)
        .map(|part| decode(part, shared.config.release))
        .collect();
    let Some(parts) = parts else { return bare(500) };
    let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
    let ["accounts", account, kind, id, "quickcall", number] = parts.as_slice() else {
        return envelope(Answer::error(404, "not_found", json!({"message": "not found"})));
    };
    let mut received = Received {
        method: asked.method.to_string(),
        target: format!(
            "{}{}{}",
            asked.path,
            if asked.query.is_empty() { "" } else { "?" },
            asked.query
        ),
        headers: headers(asked.headers, &shared.config.token),
        body: String::from_utf8_lossy(asked.body).into_owned(),
        dialled: None,
        options: None,
        call_ids: Vec::new(),
    };
    let refuse = |received: Received, answer: Answer| {
        shared.calls.add(received);
        envelope(answer)
    };
    if *asked.method != Method::GET && *asked.method != Method::POST {
        return refuse(received, Answer::error(405, "method_not_allowed", json!({})));
    }
    let blocking = *asked.method == Method::POST;
    // 4.3 lets a GET without a token through.
    let anonymous = token.is_none() && !blocking && shared.config.release == Release::V4_3;
    if token != Some(shared.config.token.as_str()) && !anonymous {
        return refuse(
            received,
            Answer::error(
                401,
                "invalid_credentials",
                json!({"message": "invalid credentials"}),
            ),
        );
    }
    let unknown = |id: &str| {
        Answer::error(
            404,
            "bad_identifier",
            json!({"cause": id, "message": "bad identifier"}),
        )
    };
    if *account != ACCOUNT_ID {
        return refuse(received, unknown(account));
    }
    if !matches!(*kind, "devices" | "users") {
        return refuse(received, Answer::error(500, "init failed", json!({})));
    }
    let Some(endpoint) = endpoint::find(kind, id) else {
        return refuse(received, unknown(id));
    };
    let data = match body_data(asked) {
        Ok(data) => data,
        Err(answer) => return refuse(received, answer),
    };
    let Some(query) = query(asked.query) else {
        return bare(400);
    };
    let Ok(options) = options::read(&data, &query, shared.config.release) else {
        return refuse(received, crash(blocking, shared.config.release, endpoint));
    };
    received.options = Some(options.clone());
    if endpoint.devices == 0 {
        return refuse(
            received,
            Answer::error(500, "unspecified_fault", json!({"message": "unspecified fault"})),
        );
    }
    let happening = scenario::of_number(number);
    match happening {
        Happening::Redirect(status) => {
            shared.calls.add(received);
            let mut response = bare(status);
            response
                .headers_mut()
                .insert("location", HeaderValue::from_static("/elsewhere"));
            return response;
        }
        Happening::Fails(status, message) => {
            return refuse(received, Answer::error(status, message, json!({})));
        }
        _ => {}
    }
    let call_ids: Vec<String> = (0..endpoint.devices).map(|_| originate::call_id()).collect();
    let shown = shown(number, &query);
    let request = originate::request(endpoint, number, &shown, &options, &call_ids);
    let breaks = number.contains([' ', '\'', '^']) || kills(&options);
    let refusal = match (endpoint.refusal, happening) {
        (Some(cause), _) | (None, Happening::Refused(cause)) => Some(cause),
        _ => None,
    };
    if !breaks && refusal.is_none() {
        received.dialled = Some((*number).to_owned());
        received.call_ids = call_ids;
    }
    shared.calls.add(received);
    let call = Call {
        shared,
        closer,
        endpoint,
        blocking,
        timeout: options.timeout,
        request,
    };
    if breaks {
        return envelope(call.unanswered().await);
    }
    if let Some(cause) = refusal {
        return envelope(call.refused(cause));
    }
    match happening {
        Happening::Unanswered => envelope(call.unanswered().await),
        Happening::Slow => {
            shared.wait(15.0).await;
            envelope(call.answered().await)
        }
        Happening::ClosedBeforeAnswer => call.close().await,
        Happening::NeverAnswers => std::future::pending().await,
        Happening::CutOff => cut_off(),
        Happening::Garbage(status, kind, body) => {
            let mut response = Response::new(Body::from(body));
            *response.status_mut() = StatusCode::from_u16(status).unwrap_or_default();
            response
                .headers_mut()
                .insert("content-type", HeaderValue::from_static(kind));
            response
        }
        Happening::Large => {
            let mut answer = call.answered().await;
            answer.envelope["padding"] = Value::from("x".repeat(2_000_000));
            envelope(answer)
        }
        _ => envelope(call.answered().await),
    }
}

/// A call that the switch was asked for.
struct Call<'a> {
    shared: &'a Shared,
    closer: &'a Closer,
    endpoint: &'static Endpoint,
    blocking: bool,
    timeout: u64,
    request: Value,
}

impl Call<'_> {
    async fn answered(self) -> Answer {
        let mut data = self.request;
        if !self.blocking {
            return Answer::success(200, data);
        }
        self.shared.wait(ANSWERED_AFTER).await;
        data["application_response"] = Value::from("SUCCESS");
        Answer::success(
            if self.shared.config.release == Release::V5 {
                202
            } else {
                200
            },
            data,
        )
    }

    fn refused(self, cause: &str) -> Answer {
        if self.blocking {
            let data = json!({"error_message": cause, "request": self.request});
            return Answer::error(500, "quickcall initiation failed", data);
        }
        Answer::success(200, self.request)
    }

    async fn unanswered(self) -> Answer {
        if !self.blocking {
            return Answer::success(200, self.request);
        }
        self.shared.wait(self.timeout as f64).await;
        crash(true, self.shared.config.release, self.endpoint)
    }

    async fn close(self) -> Response<Body> {
        self.closer.close();
        std::future::pending().await
    }
}

/// What a crash while a call is executed leads to: up to master a success with the endpoint's own document.
fn crash(blocking: bool, release: Release, endpoint: &Endpoint) -> Answer {
    match (blocking, release) {
        (false, _) => Answer::error(500, "init failed", json!({})),
        (true, Release::V4_3) => Answer::success(200, originate::document(endpoint)),
        (true, Release::V5) => Answer::error(500, "request execution failed", json!({})),
    }
}

/// Whether a value ends the switch's command: `=` in a var or in the caller id's number.
fn kills(options: &Options) -> bool {
    let in_vars = options
        .custom_application_vars
        .values()
        .any(|value| value.as_str().is_some_and(|v| v.contains('=')));
    in_vars
        || options
            .cid_number
            .as_ref()
            .is_some_and(|number| number.contains('='))
}

/// The number after the server's own filter, which only what is shown goes through.
fn shown(number: &str, query: &[(String, String)]) -> String {
    match query
        .iter()
        .find(|(key, _)| key == "number_filter")
        .map(|(_, value)| value.as_str())
    {
        None | Some("true") => number
            .chars()
            .filter(|c| !matches!(c, ' ' | ',' | '.' | '-' | '(' | ')'))
            .collect(),
        _ => number.to_owned(),
    }
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

fn body_data(asked: &Asked<'_>) -> Result<Map<String, Value>, Answer> {
    if asked.body.is_empty() {
        return Ok(Map::new());
    }
    if asked
        .headers
        .get("content-type")
        .is_some_and(|kind| kind.as_bytes().starts_with(b"text/"))
    {
        return Err(Answer::error(415, "unsupported_media_type", json!({})));
    }
    match serde_json::from_slice::<Value>(asked.body) {
        Ok(Value::Object(mut envelope)) => match envelope.remove("data") {
            Some(Value::Object(data)) => Ok(data),
            _ => Err(Answer::error(
                400,
                "validation error",
                json!({"data": {"required": {"message": "data is required"}}}),
            )),
        },
        _ => Err(Answer::error(
            400,
            "validation error",
            json!({"json": {"invalid": {"message": "not JSON"}}}),
        )),
    }
}

fn headers(headers: &HeaderMap, token: &str) -> Vec<(String, String)> {
    let value = |name: &str, value: &HeaderValue| match name {
        "x-auth-token" => if value.as_bytes() == token.as_bytes() {
            "the right one"
        } else {
            "a wrong one"
        }
        .to_owned(),
        _ => String::from_utf8_lossy(value.as_bytes()).into_owned(),
    };
    headers
        .iter()
        .map(|(name, given)| (name.to_string(), value(name.as_str(), given)))
        .collect()
}

/// An answer without a body.
fn bare(status: u16) -> Response<Body> {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or_default();
    response
}

/// The start of an answer that ends before its length.
fn cut_off() -> Response<Body> {
    let start = Ok::<_, std::io::Error>(Bytes::from_static(b"{\"data\": {\"application_name\": \"tra"));
    let later = async {
        // The start is to arrive before the connection ends.
        tokio::time::sleep(Duration::from_millis(50)).await;
        Err(std::io::Error::other("cut off"))
    };
    let stream = futures_util::StreamExt::chain(
        futures_util::stream::iter([start]),
        futures_util::stream::once(later),
    );
    let mut response = Response::new(Body::from_stream(stream));
    response
        .headers_mut()
        .insert("content-length", HeaderValue::from_static("5000"));
    response
        .headers_mut()
        .insert("content-type", HeaderValue::from_static("application/json"));
    response
}
