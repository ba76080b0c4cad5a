//! The quickcall route.

use crate::api::{Understood, bare, with_cors};
use crate::calls::Received;
use crate::channel::{Fate, Life, Rung};
use crate::connection::Connection;
use crate::endpoint::{self, Endpoint};
use crate::envelope::Answer;
use crate::forwarded::Forwarded;
use crate::options::{self, Crash, Options};
use crate::originate;
use crate::release::Release;
use crate::scenario::{self, Happening};
use crate::server::Shared;
use axum::body::{Body, Bytes};
use axum::http::{HeaderValue, Method, Response, StatusCode};
use serde_json::{Map, Value, json};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::oneshot;

/// How long a phone rings before it is answered, in seconds.
const ANSWERED_AFTER: f64 = 1.0;

/// The same for a slow one.
const SLOW: f64 = 15.0;

/// For how long the server waits until its switch takes a command, in seconds (`mod_kazoo:bgapi/3`).
const COMMAND_AWAITED: f64 = 5.0;

/// For how long the server keeps a connection on which nothing comes, in seconds. It does not look whether an answer
/// is awaited.
const LONGEST_SILENCE: f64 = 120.0;

/// Places a call, or does what the number and the endpoint choose instead.
pub(crate) async fn answer(
    shared: &Arc<Shared>,
    connection: &Connection,
    understood: &Understood<'_>,
    (kind, id, number): (&str, &str, &str),
) -> Response<Body> {
    // The route leads here only for an endpoint that there is.
    let Some(endpoint) = endpoint::find(kind, id) else {
        return bare(404);
    };
    let release = shared.config.release;
    let asked = understood.asked;
    let blocking = understood.method == Method::POST;
    let mut received = asked.received(shared);
    let envelope = |answer: Answer| with_cors(answer.into_response(asked, release));
    let Ok((options, shown)) = read(understood, blocking, number, release) else {
        shared.calls.add(received);
        return envelope(crash(blocking, release, endpoint));
    };
    received.options = Some(options.clone());
    let scenario = scenario::of_number(number);
    let happening = scenario.map_or(Happening::Answers, |scenario| scenario.happening);
    received.scenario = scenario.map(|scenario| scenario.digits);
    if let Some(response) = without_call(shared, endpoint, happening, &received, envelope) {
        shared.calls.add(received);
        return response;
    }
    if happening == Happening::ClosedBeforeCall {
        shared.calls.add(received);
        connection.end_with(b"").await
    }
    let call_ids: Vec<String> = (0..endpoint.devices).map(|_| originate::call_id()).collect();
    let request = originate::request(endpoint, number, &shown, &options, &call_ids);
    let breaks = number.contains([' ', '\'', '^']) || kills(&options, release);
    let refusal = match (endpoint.refusal, happening) {
        (Some(cause), _) | (None, Happening::Refused(cause)) => Some(cause),
        _ => None,
    };
    if !breaks && refusal.is_none() {
        received.dialled = Some(number.to_owned());
        received.call_ids.clone_from(&call_ids);
    }
    let forwarded = call_ids.first().filter(|_| happening == Happening::Forwarded);
    let life = Life {
        forwarded: forwarded.map(|rung| Forwarded::new(rung)),
        call_ids,
        number: number.to_owned(),
        vars: request["custom_application_vars"].clone(),
        sent_vars: Value::Object(options.custom_application_vars.clone()),
        early_media: happening == Happening::EarlyMedia,
        fate: match (refusal, happening) {
            (Some(cause), _) => Fate::Refused(cause),
            (None, Happening::Unanswered) => Fate::Unanswered(options.timeout as f64),
            (None, Happening::Slow) => Fate::Answered(SLOW),
            (None, _) => Fate::Answered(ANSWERED_AFTER),
        },
    };
    let ringing = (!breaks).then(|| life.begin(Arc::clone(shared)));
    received.originate = Some(request.clone());
    shared.calls.add(received);
    let call = Call {
        shared,
        connection,
        endpoint,
        blocking,
        timeout: options.timeout,
        ringing,
        request,
    };
    if options.custom_application_vars.keys().any(|key| !key.is_ascii()) {
        return with_cors(text(200, "text/plain", "failure in request, contact support"));
    }
    if !blocking && asked.header("if-none-match") == Some(entity_tag(endpoint).as_str()) {
        return with_cors(bare(304));
    }
    if breaks || refusal.is_some() {
        return envelope(call.answer().await);
    }
    call.respond(happening, envelope).await
}

/// The options as the server reads them, and the number as it shows it.
///
/// # Errors
/// [`Crash`] where the server's process dies on one of them.
fn read(
    understood: &Understood<'_>,
    blocking: bool,
    number: &str,
    release: Release,
) -> Result<(Options, String), Crash> {
    let empty = Map::new();
    let data = match &understood.data {
        Value::Object(data) => data,
        _ if blocking => return Err(Crash),
        _ => &empty,
    };
    let shown = shown(number, &understood.query)?;
    if shown.is_empty() {
        return Err(Crash);
    }
    Ok((options::read(data, &understood.query, release)?, shown))
}

/// What is answered where the switch is asked for no call; nothing where it is.
fn without_call(
    shared: &Shared,
    endpoint: &Endpoint,
    happening: Happening,
    received: &Received,
    envelope: impl FnOnce(Answer) -> Response<Body>,
) -> Option<Response<Body>> {
    if endpoint.devices == 0 {
        let data = json!({"message": "unspecified fault"});
        return Some(envelope(Answer::error(500, "unspecified_fault", data)));
    }
    match happening {
        Happening::Redirect(status) => {
            let mut response = with_cors(bare(status));
            let location = HeaderValue::from_static("/elsewhere");
            response.headers_mut().insert("location", location);
            Some(response)
        }
        Happening::Fails(status, message) => Some(envelope(Answer::error(status, message, json!({})))),
        Happening::RefusedOnce => {
            let before = shared.calls.all();
            let is_first = !before.iter().any(|call| call.scenario == received.scenario);
            is_first.then(|| envelope(Answer::error(401, "invalid_credentials", json!({}))))
        }
        _ => None,
    }
}

/// The entity tag of a GET's answer: that of the endpoint's document, whatever was called.
fn entity_tag(endpoint: &Endpoint) -> String {
    format!("\"{}\"", endpoint.id)
}

fn text(status: u16, kind: &'static str, body: &'static str) -> Response<Body> {
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or_default();
    let kind = HeaderValue::from_static(kind);
    response.headers_mut().insert("content-type", kind);
    response
}

/// A call that the switch was asked for.
struct Call<'a> {
    shared: &'a Shared,
    connection: &'a Connection,
    endpoint: &'static Endpoint,
    blocking: bool,
    timeout: u64,
    /// Nothing where the switch could not read its command.
    ringing: Option<oneshot::Receiver<Rung>>,
    request: Value,
}

impl Call<'_> {
    /// A POST's answer comes when the ringing is over, a GET's at once, whatever becomes of it.
    async fn answer(self) -> Answer {
        if !self.blocking {
            return Answer::success(200, self.request);
        }
        let release = self.shared.config.release;
        let rung = async {
            match self.ringing {
                Some(ringing) => ringing.await.unwrap_or(Rung::Unanswered),
                None => {
                    self.shared.wait(self.timeout as f64).await;
                    Rung::Unanswered
                }
            }
        };
        let rung = tokio::select! {
            rung = rung => rung,
            () = self.shared.wait(LONGEST_SILENCE) => self.connection.end_with(b"").await,
        };
        match rung {
            Rung::Answered => {
                let mut data = self.request;
                data["application_response"] = Value::from("SUCCESS");
                Answer::success(if release == Release::V5 { 202 } else { 200 }, data)
            }
            Rung::Unanswered => crash(true, release, self.endpoint),
            Rung::Ended(cause) => refusal_of(cause, &self.request),
        }
    }

    /// What comes back of a call that was placed, as its scenario has it.
    async fn respond(
        self,
        happening: Happening,
        envelope: impl FnOnce(Answer) -> Response<Body>,
    ) -> Response<Body> {
        match happening {
            Happening::Slow if !self.blocking => {
                self.shared.wait(SLOW - ANSWERED_AFTER).await;
                envelope(self.answer().await)
            }
            Happening::ClosedBeforeAnswer => self.connection.end_with(b"").await,
            Happening::ClosedInHeaders => {
                self.connection
                    .end_with(b"HTTP/1.1 200 OK\r\ncontent-type: application/js")
                    .await
            }
            Happening::ClosedAfterAnswer => {
                let mut response = envelope(self.answer().await);
                let close = HeaderValue::from_static("close");
                response.headers_mut().insert("connection", close);
                response
            }
            Happening::NeverAnswers => std::future::pending().await,
            Happening::TakenLate if self.blocking => {
                self.shared.wait(COMMAND_AWAITED).await;
                // What 4.3 makes of it (`ecallmgr_originate:originate_execute/3`), and what master tells.
                let cause = match self.shared.config.release {
                    Release::V4_3 => "unspecified",
                    Release::V5 => "exception",
                };
                envelope(refusal_of(cause, &self.request))
            }
            Happening::CutOff => with_cors(cut_off()),
            Happening::Garbage(status, kind, body) => with_cors(text(status, kind, body)),
            Happening::Large => {
                let mut answer = self.answer().await;
                answer.envelope["padding"] = Value::from("x".repeat(2_000_000));
                envelope(answer)
            }
            _ => {
                let (blocking, tag) = (self.blocking, entity_tag(self.endpoint));
                let mut response = envelope(self.answer().await);
                if let (false, Ok(tag)) = (blocking, HeaderValue::from_str(&tag)) {
                    response.headers_mut().insert("etag", tag);
                }
                response
            }
        }
    }
}

/// The answer to a POST whose call did not come about, as far as the server knows.
fn refusal_of(cause: &str, request: &Value) -> Answer {
    let data = json!({"error_message": cause, "request": request});
    Answer::error(500, "quickcall initiation failed", data)
}

/// What a crash while a call is executed leads to: up to master a success with the endpoint's own document.
fn crash(blocking: bool, release: Release, endpoint: &Endpoint) -> Answer {
    match (blocking, release) {
        (false, _) => Answer::error(500, "init failed", json!({})),
        (true, Release::V4_3) => Answer::success(200, originate::document(endpoint)),
        (true, Release::V5) => Answer::error(500, "request execution failed", json!({})),
    }
}

/// Whether a value ends the switch's command: `=` in a var (up to master) or in the caller id's number; `'` or `^` in a
/// caller id.
fn kills(options: &Options, release: Release) -> bool {
    let in_vars = options
        .custom_application_vars
        .values()
        .any(|value| value.as_str().is_some_and(|v| v.contains('=')));
    (in_vars && release == Release::V4_3)
        || options
            .cid_number
            .as_ref()
            .is_some_and(|number| number.contains('='))
        || [&options.cid_name, &options.cid_number]
            .into_iter()
            .flatten()
            .any(|text| text.contains(['\'', '^']))
}

/// The number after the server's own filter, which only what is shown goes through.
///
/// # Errors
/// [`Crash`] for a pattern that does not compile.
fn shown(number: &str, query: &[(String, String)]) -> Result<String, Crash> {
    let filter = query
        .iter()
        .find(|(key, _)| key == "number_filter")
        .map(|(_, value)| value.as_str());
    match filter {
        None | Some("true") => Ok(number
            .chars()
            .filter(|c| !matches!(c, ' ' | ',' | '.' | '-' | '(' | ')'))
            .collect()),
        Some("false") => Ok(number.to_owned()),
        Some(pattern) => {
            let pattern = fancy_regex::Regex::new(pattern).map_err(|_| Crash)?;
            let captures = pattern.captures(number).ok().flatten();
            let group = captures.as_ref().and_then(|captures| captures.get(1));
            Ok(group.map_or(number, |group| group.as_str()).to_owned())
        }
    }
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
