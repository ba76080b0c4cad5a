//! What a handler's configuration says.

use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

use crate::call_key::CallKey;
use crate::custom_application_vars::as_returned;
use crate::decimal::integer;
use crate::destination::Destinations;
use crate::endpoint::{Endpoint, EndpointKind};
use crate::error::QuickcallError;
use crate::given::{unknown_key, unknown_setting};
use crate::issue::{Issue, IssueCode};
use crate::joined::joined;
use crate::number::Number;
use crate::number_filter::NumberFilter;
use crate::origin::Origin;
use crate::path::Path;
use crate::quickcall::{Config, Quickcall};
use crate::rate_limit::RateLimit;
use crate::text;
use crate::value::Value;

/// The names of a handler's configuration that are those of a [`Config`], too.
const OF_QUICKCALL: &[&str] = &[
    "baseUrl",
    "accountId",
    "authToken",
    "options",
    "deadlineMargin",
    "allowInsecure",
];

/// The names of functions, which are called outside the core.
const FUNCTIONS: &[&str] = &["visitor", "verify", "log", "fetch"];

const KEYS: &[&str] = &[
    "baseUrl",
    "accountId",
    "authToken",
    "endpoints",
    "origins",
    "destinations",
    "options",
    "visitorOptions",
    "limits",
    "guard",
    "visitor",
    "verify",
    "log",
    "dryRun",
    "fetch",
    "deadlineMargin",
    "allowInsecure",
];

/// A handler's configuration, checked: what its owner allows.
#[derive(Clone, Debug)]
pub(crate) struct HandlerConfig {
    quickcall: Quickcall,
    endpoints: Vec<(String, Endpoint)>,
    origins: Vec<Origin>,
    destinations: Destinations,
    filter: NumberFilter,
    owners_vars: Vec<String>,
    visitor_options: Vec<CallKey>,
    limits: Limits,
    dry_run: bool,
}

/// How often calls may be placed.
#[derive(Clone, Debug, Default)]
pub(crate) struct Limits {
    pub(crate) visitor: Option<RateLimit>,
    pub(crate) destination: Option<RateLimit>,
    pub(crate) endpoint: Option<RateLimit>,
    pub(crate) total: Option<RateLimit>,
}

impl HandlerConfig {
    /// Reads a configuration, or says what is wrong with it, all at once.
    pub(crate) fn read(config: &Value) -> Result<HandlerConfig, QuickcallError> {
        let mut issues = Vec::new();
        let Value::Object(members) = config else {
            let issue = Issue::wrong_type(Path::Root, "object", config);
            return Err(QuickcallError::invalid(vec![issue]));
        };
        for (name, value) in members {
            let path = Path::of(name);
            if !KEYS.contains(&name.as_str()) {
                issues.push(unknown_setting(name, path, KEYS));
            } else if FUNCTIONS.contains(&name.as_str()) && value.type_name() != "function" {
                issues.push(Issue::wrong_type(path, "function", value));
            }
        }
        let of_quickcall = members
            .iter()
            .filter(|(name, _)| OF_QUICKCALL.contains(&name.as_str()))
            .cloned()
            .collect();
        let quickcall = Quickcall::new(&Config::from_value(Value::Object(of_quickcall), false))
            .map_err(|error| issues.extend(error.issues))
            .ok();
        if config.get("authToken").is_none() {
            let message = "A token is needed, or a function that gives one.";
            issues.push(Issue::error(IssueCode::Required, Path::of("authToken"), message));
        }
        let dry_run = dry_run(config.get("dryRun"), &mut issues);
        let destinations = destinations(config.get("destinations"), &mut issues);
        let options = config.get("options");
        let owners = |key: CallKey| {
            let options = options?;
            options.get(key.name()).or_else(|| options.get(key.documented()))
        };
        let filter = owners(CallKey::NumberFilter).map(|value| NumberFilter::read(value, Path::Root));
        let owners_vars = match owners(CallKey::CustomApplicationVars) {
            Some(Value::Object(vars)) => vars.iter().map(|(name, _)| as_returned(name)).collect(),
            _ => Vec::new(),
        };
        let endpoints = endpoints(config.get("endpoints"), &mut issues);
        let origins = origins(config, &mut issues);
        let visitor_options = visitor_options(config.get("visitorOptions"), &mut issues);
        let limits = limits(config.get("limits"), &mut issues);
        // Only now that all was read: what is wrong is told at once.
        match (quickcall, destinations) {
            (Some(quickcall), Some(destinations)) if !issues.iter().any(Issue::is_error) => {
                Ok(HandlerConfig {
                    quickcall,
                    endpoints,
                    origins,
                    destinations,
                    filter: filter.and_then(Result::ok).unwrap_or_default(),
                    owners_vars,
                    visitor_options,
                    limits,
                    dry_run,
                })
            }
            _ => Err(QuickcallError::invalid(issues)),
        }
    }

    /// What checks calls and makes their requests.
    pub(crate) fn quickcall(&self) -> &Quickcall {
        &self.quickcall
    }

    /// The endpoint with this name.
    pub(crate) fn endpoint(&self, alias: &str) -> Option<&Endpoint> {
        let found = self.endpoints.iter().find(|(name, _)| name == alias);
        found.map(|(_, endpoint)| endpoint)
    }

    /// Whether a page of this origin may ask.
    pub(crate) fn allows_origin(&self, origin: &str) -> bool {
        self.origins.iter().any(|allowed| allowed.as_str() == origin)
    }

    /// Whether visitors may call this number.
    pub(crate) fn allows_number(&self, number: &Number) -> bool {
        self.destinations.allow(number)
    }

    /// Whether visitors may set this option.
    pub(crate) fn allows_option(&self, key: CallKey) -> bool {
        self.visitor_options.contains(&key)
    }

    /// Whether the owner sets this var, in whatever spelling.
    pub(crate) fn sets_var(&self, name: &str) -> bool {
        self.owners_vars.contains(&as_returned(name))
    }

    /// What numbers go through.
    pub(crate) fn filter(&self) -> &NumberFilter {
        &self.filter
    }

    /// How often calls may be placed.
    pub(crate) fn limits(&self) -> &Limits {
        &self.limits
    }

    /// Whether calls are only judged.
    pub(crate) fn is_dry_run(&self) -> bool {
        self.dry_run
    }
}

fn needed(name: &str) -> Issue {
    let message = joined(&["`", name, "` is needed: without it nobody may call."]);
    Issue::error(IssueCode::Required, Path::of(name), &message)
}

fn dry_run(given: Option<&Value>, issues: &mut Vec<Issue>) -> bool {
    match given {
        None => false,
        Some(Value::Bool(value)) => *value,
        Some(value) => {
            issues.push(Issue::wrong_type(Path::of("dryRun"), "boolean", value));
            false
        }
    }
}

fn destinations(given: Option<&Value>, issues: &mut Vec<Issue>) -> Option<Destinations> {
    let Some(value) = given else {
        issues.push(needed("destinations"));
        return None;
    };
    Destinations::read(value, Path::of("destinations"))
        .map_err(|found| issues.extend(found))
        .ok()
}

fn endpoints(given: Option<&Value>, issues: &mut Vec<Issue>) -> Vec<(String, Endpoint)> {
    let path = Path::of("endpoints");
    let members = match given {
        Some(Value::Object(members)) if !members.is_empty() => members,
        Some(Value::Object(_)) | None => {
            issues.push(needed("endpoints"));
            return Vec::new();
        }
        Some(other) => {
            issues.push(Issue::wrong_type(path, "object", other));
            return Vec::new();
        }
    };
    let mut read = Vec::new();
    for (alias, value) in members {
        let path = path.step(alias);
        let named = Endpoint::read(EndpointKind::Alias, &Value::from(alias.as_str()), path, issues);
        let endpoint = match value {
            Value::Object(ids) => match ids.as_slice() {
                [(name, id)] if name == "user" => {
                    Endpoint::read(EndpointKind::User, id, path.step(name), issues)
                }
                [(name, id)] if name == "device" => {
                    Endpoint::read(EndpointKind::Device, id, path.step(name), issues)
                }
                // A variable of the environment that is missing: `undefined` is absent.
                [] => {
                    let message =
                        "The id of a `user` or a `device` is needed. One that is `undefined` is none.";
                    Err(Issue::error(IssueCode::Required, path, message))
                }
                _ => {
                    let message = "An endpoint is a `user` or a `device`, one of them.";
                    Err(Issue::error(IssueCode::NotAllowed, path, message))
                }
            },
            other => Err(Issue::wrong_type(path, "object", other)),
        };
        match named.and(endpoint) {
            Ok(endpoint) => read.push((alias.clone(), endpoint)),
            Err(issue) => issues.push(issue),
        }
    }
    read
}

fn origins(config: &Value, issues: &mut Vec<Issue>) -> Vec<Origin> {
    let path = Path::of("origins");
    let allow_insecure = config.get("allowInsecure") == Some(&Value::Bool(true));
    each(
        config.get("origins"),
        path,
        || Some(needed("origins")),
        issues,
        |item, path| Origin::read(item, allow_insecure, path),
    )
}

fn visitor_options(given: Option<&Value>, issues: &mut Vec<Issue>) -> Vec<CallKey> {
    let names: Vec<&str> = CallKey::ALL
        .iter()
        .filter(|key| is_for_visitors(**key))
        .map(|key| key.name())
        .collect();
    let path = Path::of("visitorOptions");
    each(
        given,
        path,
        || None,
        issues,
        |item, path| {
            let Some(name) = item.as_text() else {
                return Err(text::no_text(path, item));
            };
            match CallKey::find(name) {
                Some(key) if is_for_visitors(key) => Ok(key),
                Some(_) => {
                    let message = "A visitor never sets this.";
                    Err(Issue::error(IssueCode::NotAllowed, path, message))
                }
                None => Err(unknown_key(name, path, &names)),
            }
        },
    )
}

fn is_for_visitors(key: CallKey) -> bool {
    key.is_option() && key != CallKey::NumberFilter
}

/// Reads a list; `missing` is what is wrong where there is none, or an empty one.
fn each<T>(
    given: Option<&Value>,
    path: Path<'_>,
    missing: impl Fn() -> Option<Issue>,
    issues: &mut Vec<Issue>,
    read: impl Fn(&Value, Path<'_>) -> Result<T, Issue>,
) -> Vec<T> {
    let items = match given {
        None => &[][..],
        Some(Value::List(items)) => items,
        Some(other) => {
            issues.push(Issue::wrong_type(path, "array", other));
            return Vec::new();
        }
    };
    if items.is_empty() {
        issues.extend(missing());
    }
    let mut all = Vec::new();
    for (place, item) in items.iter().enumerate() {
        let place = integer(i64::try_from(place).unwrap_or(i64::MAX));
        match read(item, path.step(&place)) {
            Ok(item) => all.push(item),
            Err(issue) => issues.push(issue),
        }
    }
    all
}

fn limits(given: Option<&Value>, issues: &mut Vec<Issue>) -> Limits {
    const NAMES: &[&str] = &["perVisitor", "perDestination", "perEndpoint", "total"];
    let path = Path::of("limits");
    let Some(value) = given else {
        return Limits::default();
    };
    let Value::Object(members) = value else {
        issues.push(Issue::wrong_type(path, "object", value));
        return Limits::default();
    };
    for (name, _) in members.iter().filter(|(name, _)| !NAMES.contains(&name.as_str())) {
        issues.push(unknown_key(name, path.step(name), NAMES));
    }
    let mut limit = |name: &str| {
        let limit = RateLimit::read(value.get(name)?, path.step(name));
        limit.map_err(|issue| issues.push(issue)).ok()
    };
    Limits {
        visitor: limit("perVisitor"),
        destination: limit("perDestination"),
        endpoint: limit("perEndpoint"),
        total: limit("total"),
    }
}
