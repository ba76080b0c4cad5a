//! The bindings of the class `Quickcall`.

use alloc::borrow::ToOwned;
use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

use super::decode;
use crate::decimal::integer;
use crate::issue;
use crate::number_filter::LastPattern;
use crate::{
    Asked, BaseUrl, Call, CheckedCall, Config, IdempotencyKey, NumberFilter, Quickcall, QuickcallError,
    Reply, Request, Token, Value,
};
use wasm_bindgen::prelude::wasm_bindgen;

/// A checked configuration, and the pattern of the last call. Nothing is borrowed to be changed: a trap would keep it so for ever.
#[wasm_bindgen]
pub struct Client {
    quickcall: Quickcall,
    last_pattern: LastPattern,
}

#[wasm_bindgen]
impl Client {
    /// Checks a packed configuration; throws a packed `QuickcallError`.
    #[wasm_bindgen(constructor)]
    pub fn new(config: &str, in_page: bool) -> Result<Client, String> {
        let config = Config::from_value(decode::value(config), in_page);
        Quickcall::new(&config)
            .map(|quickcall| Client {
                quickcall,
                last_pattern: LastPattern::default(),
            })
            .map_err(|error| error.to_json())
    }

    fn request(&self, call: &str) -> Result<(CheckedCall, Request), QuickcallError> {
        let call = Call::from(decode::value(call));
        let (checked, warnings) = self.quickcall.check_with(&call, &self.last_pattern)?;
        let request = self.quickcall.request(&checked, warnings)?;
        Ok((checked, request))
    }

    /// The issues of a packed call, as JSON.
    pub fn validate(&self, call: &str) -> String {
        let issues = match self.request(call) {
            Ok((_, request)) => request.warnings,
            Err(error) => error.issues,
        };
        let mut out = String::new();
        issue::write_all(&mut out, &issues);
        out
    }

    /// The request of a packed call with what sending it takes, a value a line: method, URL, body, number, warnings,
    /// whether the call is blocking, ring time, deadline, cool-down, endpoint; then a name and a value for each header.
    /// Nothing of it can hold a line break, so it needs no escapes: reading and writing those took most of the time.
    /// Throws a packed `QuickcallError`.
    pub fn build(&self, call: &str) -> Result<String, String> {
        let (checked, request) = self.request(call).map_err(|error| error.to_json())?;
        let endpoint = checked.endpoint();
        let mut warnings = String::new();
        if !request.warnings.is_empty() {
            issue::write_all(&mut warnings, &request.warnings);
        }
        let ring_time = integer(request.asked.ring_time.into());
        let deadline = milliseconds(self.quickcall.deadline(&request));
        let cooldown = milliseconds(self.quickcall.cooldown());
        let mut lines = vec![
            request.method.as_str(),
            &request.url,
            request.body.as_deref().unwrap_or(""),
            &request.number,
            &warnings,
            if request.asked.blocking { "blocking" } else { "" },
            &ring_time,
            &deadline,
            &cooldown,
            endpoint.kind().path(),
            endpoint.id(),
        ];
        for (name, value) in &request.headers {
            lines.push(name);
            lines.push(value);
        }
        lines.push("");
        Ok(lines.join("\n"))
    }
}

pub(super) fn milliseconds(value: u64) -> String {
    integer(i64::try_from(value).unwrap_or(i64::MAX))
}

/// The errors of a packed call by itself, as JSON: without a configuration and its defaults.
#[wasm_bindgen]
pub fn check_call(call: &str) -> String {
    let mut out = String::new();
    let checked = CheckedCall::check(&Call::from(decode::value(call)));
    let issues = checked.err().map(|error| error.issues).unwrap_or_default();
    let errors: Vec<_> = issues.into_iter().filter(crate::Issue::is_error).collect();
    issue::write_all(&mut out, &errors);
    out
}

/// What a reply means: a packed result, or throws a packed `QuickcallError`.
#[wasm_bindgen]
#[allow(
    clippy::too_many_arguments,
    reason = "an object would have to be packed first"
)]
pub fn outcome(
    blocking: bool,
    ring_time: u16,
    status: u16,
    body: Option<Box<[u8]>>,
    request_id: Option<String>,
    retry_after: Option<u32>,
    took: u32,
    token: &str,
) -> Result<String, String> {
    let token = Token::new(token);
    let reply = Reply {
        status,
        body: body.as_deref(),
        request_id: request_id.as_deref(),
        retry_after,
        took: took.into(),
        token: token.as_ref(),
    };
    reply
        .outcome(Asked { blocking, ring_time })
        .map(|placed| placed.to_json())
        .map_err(|error| error.to_json())
}

/// The base URL in `text`, checked; throws a packed `QuickcallError`.
#[wasm_bindgen]
pub fn base_url(text: &str, allow_insecure: bool) -> Result<String, String> {
    let base_url = BaseUrl::read(&Value::from(text), allow_insecure, crate::Path::of("baseUrl"));
    base_url
        .map(|url| url.as_str().to_owned())
        .map_err(|issue| QuickcallError::invalid(vec![issue]).to_json())
}

/// Whether this text can be an idempotency key.
#[wasm_bindgen]
pub fn is_idempotency_key(text: &str) -> bool {
    IdempotencyKey::new(text).is_some()
}

/// What is dialled for a packed number, by a packed filter or the usual one; throws a packed `QuickcallError`.
#[wasm_bindgen]
pub fn filter_number(number: &str, filter: Option<String>) -> Result<String, String> {
    let invalid = |issue| QuickcallError::invalid(vec![issue]).to_json();
    let filter = match filter {
        None => NumberFilter::default(),
        Some(filter) => {
            NumberFilter::read(&decode::value(&filter), crate::Path::of("numberFilter")).map_err(invalid)?
        }
    };
    let number =
        crate::Number::filter(&decode::value(number), &filter, crate::Path::of("number")).map_err(invalid)?;
    Ok(number.0.as_str().to_owned())
}

/// The curl command of a packed `{ method, url, headers, body }`; nothing where it is none.
#[wasm_bindgen]
pub fn to_curl(request: &str) -> Option<String> {
    let request = decode::value(request);
    let text = |key: &str| request.get(key).and_then(Value::as_text);
    let Some(Value::Object(headers)) = request.get("headers") else {
        return None;
    };
    let headers: Vec<(&str, &str)> = headers
        .iter()
        .filter_map(|(name, value)| Some((name.as_str(), value.as_text()?)))
        .collect();
    Some(crate::to_curl(
        text("method")?,
        text("url")?,
        &headers,
        text("body"),
    ))
}
