//! The handler: who may call whom from a public page. It decides; what carries the decision out is not here.
//!
//! The checks are made in this order, and the first that fails is the answer: method and content type, size, origin,
//! shape and key, (a key that is known is answered by its entry,) endpoint, options, destination, (the site's own check,)
//! (limits and reservation). Those in parentheses need something else than the request and are made between.

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

use crate::call::Call;
use crate::call_key::CallKey;
use crate::checked_call::CheckedCall;
use crate::country_code::without_trunk_prefix;
use crate::decimal::integer;
use crate::endpoint::{Endpoint, EndpointKind};
use crate::error::QuickcallError;
use crate::handler_config::HandlerConfig;
use crate::idempotency_key::IdempotencyKey;
use crate::issue::{Issue, IssueCode};
use crate::joined::joined;
use crate::masked_number::masked;
use crate::path::Path;
use crate::refusal::{Refusal, RefusalCode};
use crate::request::Request;
use crate::reservation::Reservation;
use crate::ring_time::Timeout;
use crate::value::Value;
use crate::visitor::Visitor;
use crate::visitor_call::{MAX_VISITOR_BODY, VisitorCall};

/// The longest margin where an answer must come soon, in milliseconds.
const SHORT_MARGIN: u64 = 4_000;

/// A handler's configuration, checked.
///
/// ```
/// use quickcall::{Handler, RefusalCode, Value, Visitor};
///
/// let handler = Handler::new(&Value::from_json(r#"{
///     "baseUrl": "https://kazoo.example.com:8443/v2", "accountId": "0123456789abcdef0123456789abcdef",
///     "authToken": "function", "endpoints": {"sales": {"user": "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"}},
///     "origins": ["https://www.example.com"], "destinations": {"allow": ["+1415"]},
///     "limits": {"perVisitor": "3/min"}
/// }"#)?, None)?;
///
/// let body = br#"{"endpoint": "sales", "number": "+1 415 555 0100"}"#;
/// let judge = |body| handler.judge(Some("https://www.example.com"), Some("0123456789abcdef"), body);
/// let judged = judge(body).unwrap();
/// let request = judged.allowed.unwrap().request;
/// assert_eq!(request.number, "+14155550100");
/// let visitor = Visitor::new("192.0.2.7");
/// let reservation = handler.reservation(&judged.visit, &request.number, request.asked.ring_time, &visitor);
/// assert_eq!(reservation.flight, "sales 14155550100 192.0.2.7");
///
/// let judged = judge(br#"{"endpoint": "sales", "number": "+1 900 555 0100"}"#).unwrap();
/// assert_eq!(judged.allowed.unwrap_err().code, RefusalCode::DestinationRefused);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Handler {
    config: HandlerConfig,
    answer_within: Option<u16>,
}

/// What a request with a right shape asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Visit {
    /// The key of the call.
    pub key: IdempotencyKey,
    /// What the key stands for, as 16 hexadecimal digits.
    pub fingerprint: String,
    /// The endpoint's name, where the handler knows it.
    pub endpoint: Option<String>,
}

/// A request that was looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Judged {
    /// What it asks for. Whatever is said of it, a key that is known is answered by its entry.
    pub visit: Visit,
    /// The call, where it is allowed.
    pub allowed: Result<Allowed, Refusal>,
    /// The number as logs may hold it, where there is one that could be dialled.
    pub masked: Option<String>,
}

/// A call that passed every check of the request itself.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Allowed {
    /// What is sent to the server.
    pub request: Request,
    /// How long the answer of the server is awaited, in milliseconds.
    pub deadline: u64,
}

impl Handler {
    /// Checks a configuration. `visitor`, `verify`, `log` and `fetch` stand in it as `Value::Other("function")`, where they are
    /// given; `authToken` may be any text. Where `answer_within` is given, the runtime ends a request after so many seconds, and phones
    /// ring shorter.
    ///
    /// # Errors
    /// `invalid`, with every issue at once.
    pub fn new(config: &Value, answer_within: Option<u16>) -> Result<Handler, QuickcallError> {
        Ok(Handler {
            config: HandlerConfig::read(config)?,
            answer_within,
        })
    }

    /// Whether a page of this origin may ask: exactly one of those that were given.
    pub fn allows_origin(&self, origin: &str) -> bool {
        self.config.allows_origin(origin)
    }

    /// Whether calls are only judged, and never placed.
    pub fn is_dry_run(&self) -> bool {
        self.config.is_dry_run()
    }

    /// Judges a request whose method and content type are right: its size, its origin, its shape and its key; then
    /// endpoint, options and destination.
    ///
    /// # Errors
    /// A [`Refusal`] where the size, the origin, the shape or the key is not right.
    pub fn judge(&self, origin: Option<&str>, key: Option<&str>, body: &[u8]) -> Result<Judged, Refusal> {
        if body.len() > MAX_VISITOR_BODY {
            return Err(Refusal::from(RefusalCode::TooLarge));
        }
        if !origin.is_some_and(|origin| self.allows_origin(origin)) {
            return Err(Refusal::from(RefusalCode::OriginRefused));
        }
        let call = VisitorCall::read(key, body, self.config.filter())?;
        let endpoint = self.config.endpoint(&call.alias);
        let checked = match endpoint {
            None => Err(Refusal::from(RefusalCode::UnknownEndpoint)),
            Some(endpoint) => self.check(&call, endpoint),
        };
        let masked = checked.as_ref().ok().map(|(checked, _)| masked(checked.number()));
        Ok(Judged {
            visit: Visit {
                key: call.key,
                fingerprint: call.fingerprint.to_hexadecimal(),
                endpoint: endpoint.map(|_| call.alias),
            },
            allowed: checked.and_then(|(checked, names)| self.allow(checked, &names)),
            masked,
        })
    }

    /// The options and the number, checked as any call is; with them the names that the visitor wrote.
    fn check(&self, call: &VisitorCall, endpoint: &Endpoint) -> Result<(CheckedCall, Vec<String>), Refusal> {
        let mut issues = Vec::new();
        for (key, name, value) in &call.options {
            let path = Path::of(name);
            if !self.config.allows_option(*key) {
                let message = "This is not for visitors to set.";
                issues.push(Issue::error(IssueCode::NotAllowed, path, message));
            } else if let (CallKey::CustomApplicationVars, Value::Object(vars)) = (key, value) {
                let taken = vars.iter().filter(|(name, _)| self.config.sets_var(name));
                issues.extend(taken.map(|(name, _)| {
                    let message = "The site sets this var itself. Choose another name.";
                    Issue::error(IssueCode::Reserved, path.step(name), message)
                }));
            }
        }
        if !issues.is_empty() {
            return Err(invalid(issues));
        }
        let kind = match endpoint.kind() {
            EndpointKind::Device => CallKey::Device,
            _ => CallKey::User,
        };
        let mut members = vec![
            (kind.name().to_owned(), Value::from(endpoint.id())),
            (CallKey::Number.name().to_owned(), call.number.clone()),
        ];
        let options = call.options.iter();
        members.extend(options.map(|(_, name, value)| (name.clone(), value.clone())));
        let names = members.iter().skip(1).map(|(name, _)| name.clone()).collect();
        match self.config.quickcall().check(&Call::from(Value::Object(members))) {
            Ok((checked, _)) => Ok((checked, names)),
            Err(error) => Err(invalid(of_visitor(error.issues, &names))),
        }
    }

    fn allow(&self, mut checked: CheckedCall, names: &[String]) -> Result<Allowed, Refusal> {
        if !self.config.allows_number(checked.number()) {
            return Err(Refusal::from(RefusalCode::DestinationRefused));
        }
        let mut margin = self.config.quickcall().deadline_margin();
        if let Some(seconds) = self.answer_within {
            margin = margin.min(SHORT_MARGIN);
            let spent = u16::try_from(margin / 1_000).unwrap_or(seconds) + 1;
            let longest = seconds.saturating_sub(spent);
            if checked.ring_time() > longest {
                checked.options.timeout = Some(Timeout::new(longest));
            }
        }
        let request = self
            .config
            .quickcall()
            .request(&checked, Vec::new())
            .map_err(|error| invalid(of_visitor(error.issues, names)))?;
        Ok(Allowed {
            deadline: request.asked.longest_wait() + margin,
            request,
        })
    }

    /// What must be reserved before a call to `number` is placed; `ring_time` is in seconds.
    ///
    /// Limits key on the digits alone, without a trunk prefix behind a country code, which carriers leave out; and on the length of
    /// their window: of what two handlers with one guard count, the shorter one would forget what the longer one needs.
    pub fn reservation(&self, visit: &Visit, number: &str, ring_time: u16, visitor: &Visitor) -> Reservation {
        let endpoint = visit.endpoint.as_deref().unwrap_or("");
        let all: String = number.chars().filter(char::is_ascii_digit).collect();
        let digits = if number.starts_with(['+']) {
            without_trunk_prefix(&all)
        } else {
            all
        };
        let limits = self.config.limits();
        let limits = [
            ("visitor:", visitor.as_str(), limits.visitor),
            ("destination:", digits.as_str(), limits.destination),
            ("endpoint:", endpoint, limits.endpoint),
            ("total:", "", limits.total),
        ];
        Reservation {
            key: visit.key.clone(),
            fingerprint: visit.fingerprint.clone(),
            flight: joined(&[endpoint, " ", &digits, " ", visitor.as_str()]),
            ring_time: i64::from(ring_time) * 1_000,
            deadline: i64::from(ring_time) * 1_000
                + i64::try_from(self.config.quickcall().deadline_margin()).unwrap_or(0),
            limits: limits
                .into_iter()
                .filter_map(|(kind, name, limit)| {
                    let limit = limit?;
                    Some((joined(&[kind, &integer(limit.window()), ":", name]), limit))
                })
                .collect(),
        }
    }
}

/// Judges the method and the content type of a request.
///
/// # Errors
/// `method_not_allowed` or `unsupported_media_type`.
///
/// ```
/// use quickcall::{RefusalCode, judge_method};
///
/// assert_eq!(judge_method("POST", Some("application/json; charset=utf-8")), Ok(()));
/// assert_eq!(judge_method("GET", None), Err(RefusalCode::MethodNotAllowed));
/// assert_eq!(judge_method("POST", Some("text/plain")), Err(RefusalCode::UnsupportedMediaType));
/// ```
pub fn judge_method(method: &str, content_type: Option<&str>) -> Result<(), RefusalCode> {
    if method != "POST" {
        return Err(RefusalCode::MethodNotAllowed);
    }
    let media_type = content_type.and_then(|text| text.split(';').next()).unwrap_or("");
    if media_type.trim().eq_ignore_ascii_case("application/json") {
        Ok(())
    } else {
        Err(RefusalCode::UnsupportedMediaType)
    }
}

fn invalid(issues: Vec<Issue>) -> Refusal {
    Refusal {
        issues,
        ..Refusal::from(RefusalCode::Invalid)
    }
}

/// The errors in what the visitor wrote. What stands in the owner's configuration is nobody else's business.
fn of_visitor(issues: Vec<Issue>, names: &[String]) -> Vec<Issue> {
    let is_theirs = |issue: &Issue| issue.path.first().is_none_or(|name| names.contains(name));
    issues
        .into_iter()
        .filter(|issue| issue.is_error() && is_theirs(issue))
        .collect()
}
