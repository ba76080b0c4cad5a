//! The bindings of the class `Quickcall`.

use alloc::borrow::ToOwned;
use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

use super::{decode, told};
use crate::curl;
use crate::decimal::integer;
use crate::given::required;
use crate::issue;
use crate::number_filter::LastPattern;
use crate::{
    Asked, BaseUrl, Call, CheckedCall, Config, IdempotencyKey, Issue, NumberFilter, Quickcall,
    QuickcallError, Reply, Request, Token, Value,
};
use wasm_bindgen::prelude::wasm_bindgen;

/// A checked configuration, and the pattern of the last call. Nothing is borrowed to be changed: a trap would keep it so for ever.
#[wasm_bindgen]
pub struct Client {
    quickcall: Quickcall,
    last_pattern: LastPattern,
}

fn quickcall(config: &str, in_page: bool) -> Result<Quickcall, QuickcallError> {
    Quickcall::new(&Config::from_value(decode::value(config), in_page))
}

#[wasm_bindgen]
impl Client {
    /// Checks a packed configuration: nothing where something in it is wrong, which `refusal` says.
    pub fn checked(config: &str, in_page: bool) -> Option<Client> {
        Some(Client {
            quickcall: quickcall(config, in_page).ok()?,
            last_pattern: LastPattern::default(),
        })
    }

    /// The packed `QuickcallError` of a packed configuration; nothing where it is right.
    pub fn refusal(config: &str, in_page: bool) -> Option<String> {
        Some(quickcall(config, in_page).err()?.to_json())
    }

    fn request(&self, call: &str) -> Result<(CheckedCall, Request), QuickcallError> {
        let call = Call::from(decode::value(call));
        let (checked, warnings) = self.quickcall.check_with(&call, &self.last_pattern)?;
        let request = self.quickcall.request(&checked, warnings)?;
        Ok((checked, request))
    }

    fn lines(&self, call: &str) -> Result<String, QuickcallError> {
        let (checked, request) = self.request(call)?;
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
        let mut all = String::with_capacity(lines.iter().map(|line| line.len() + 1).sum());
        for line in lines {
            all.push_str(line);
            all.push('\n');
        }
        Ok(all)
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
    /// Or an error, as `told` tells it.
    pub fn build(&self, call: &str) -> String {
        told(self.lines(call))
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

/// What a reply means: a packed result, or an error, as `told` tells it.
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
) -> String {
    let token = Token::new(token);
    let reply = Reply {
        status,
        body: body.as_deref(),
        request_id: request_id.as_deref(),
        retry_after,
        took: took.into(),
        token: token.as_ref(),
    };
    let outcome = reply.outcome(Asked {
        blocking,
        ring_time,
        through_handler: false,
    });
    told(outcome.map(|placed| placed.to_json()))
}

/// The base URL in `text`, checked; or an error, as `told` tells it.
#[wasm_bindgen]
pub fn base_url(text: &str, allow_insecure: bool) -> String {
    let base_url = BaseUrl::read(&Value::from(text), allow_insecure, crate::Path::of("baseUrl"));
    let base_url = base_url.map(|url| url.as_str().to_owned());
    told(base_url.map_err(|issue| QuickcallError::invalid(vec![issue])))
}

/// Whether this text can be an idempotency key.
#[wasm_bindgen]
pub fn is_idempotency_key(text: &str) -> bool {
    IdempotencyKey::new(text).is_some()
}

/// What is dialled for a packed number, by a packed filter or the usual one; or an error, as `told` tells it.
#[wasm_bindgen]
pub fn filter_number(number: Option<String>, filter: Option<String>) -> String {
    let dialled = dialled(number.as_deref(), filter.as_deref());
    told(dialled.map_err(|issue| QuickcallError::invalid(vec![issue])))
}

fn dialled(number: Option<&str>, filter: Option<&str>) -> Result<String, Issue> {
    let filter = match filter {
        None => NumberFilter::default(),
        Some(filter) => NumberFilter::read(&decode::value(filter), crate::Path::of("numberFilter"))?,
    };
    let number = number.map(decode::value);
    let (number, _) = required(number.as_ref(), "number", |value, path| {
        crate::Number::filter(value, &filter, path)
    })?;
    Ok(number.as_str().to_owned())
}

/// The curl command of a packed `{ method, url, headers, body }`; nothing where it is none.
#[wasm_bindgen]
pub fn to_curl(request: &str) -> Option<String> {
    let request = decode::value(request);
    let text = |key: &str| request.get(key).and_then(Value::as_text);
    let Some(Value::Object(given)) = request.get("headers") else {
        return None;
    };
    let mut token = Some(curl::TOKEN);
    let mut headers: Vec<(&str, &str)> = Vec::new();
    for (name, value) in given {
        let Some(value) = value.as_text() else { continue };
        // It is one to a handler.
        if name.eq_ignore_ascii_case("idempotency-key") {
            token = None;
        }
        if !name.eq_ignore_ascii_case("x-auth-token") {
            headers.push((name, value));
        }
    }
    Some(curl::command(
        text("method")?,
        text("url")?,
        token,
        &headers,
        text("body"),
    ))
}
