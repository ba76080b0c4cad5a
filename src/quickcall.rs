//! A configuration that was checked, and what can be done with it.

use alloc::string::String;
use alloc::vec::Vec;

use crate::account::AccountId;
use crate::base_url::BaseUrl;
use crate::call::Call;
use crate::call_key::CallKey;
use crate::checked_call::{Check, CheckedCall, Place};
use crate::decimal::Whole;
use crate::endpoint::{Endpoint, EndpointKind};
use crate::error::QuickcallError;
use crate::given::{Fields, required, unknown_setting};
use crate::handler_url::HandlerUrl;
use crate::issue::{Issue, IssueCode};
use crate::number_filter::LastPattern;
use crate::path::Path;
use crate::request::{MAX_URL, Request};
use crate::text;
use crate::token;
use crate::value::Value;
use crate::visitor_call::MAX_VISITOR_BODY;

/// The names of a configuration. Of some only the type is judged here: the class of JavaScript knows what to do with them.
const KEYS: &[&str] = &[
    "baseUrl",
    "accountId",
    "authToken",
    "handler",
    "user",
    "device",
    "endpoint",
    "options",
    "fetch",
    "cooldown",
    "deadlineMargin",
    "allowTokenInBrowser",
    "allowBrowserRepeat",
    "allowInsecure",
];

/// Where the defaults of every call stand in a configuration.
const OPTIONS: &Path<'_> = &Path::Step(&Path::Root, "options");

/// The longest cool-down and deadline margin, in seconds.
const LONGEST_WAIT: i64 = 86_400;

/// How long over the ring time an answer is awaited, in milliseconds, where nothing is said.
const DEADLINE_MARGIN: u64 = 10_000;

/// A configuration as it was given: names and values, not checked. Its `Debug` shows no token, and nothing that may be one.
///
/// Its keys: `baseUrl` and `accountId`, or `handler`; `user`, `device` or `endpoint`, who rings where a call does not say; `options`, an object
/// with the defaults of every call, under the names of [`crate::CallKey`]; `cooldown` and `deadlineMargin`, in seconds, 0 to 86,400;
/// `allowInsecure` and `allowBrowserRepeat`. `authToken`, `fetch` and `allowTokenInBrowser` are judged by their type only: this crate sends
/// nothing and needs no token.
///
/// ```
/// use quickcall::{Config, Quickcall, Value};
///
/// let config = Config::new("https://kazoo.example.com:8443/v2", "0123456789abcdef0123456789abcdef")
///     .with("user", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")
///     .with("options", Value::from([("timeout", 20)]));
/// assert!(Quickcall::new(&config).is_ok());
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Config {
    value: Value,
    in_page: bool,
}

impl Config {
    /// The configuration of an account on a server.
    pub fn new(base_url: impl Into<String>, account_id: impl Into<String>) -> Config {
        let value = Value::from([("baseUrl", base_url.into()), ("accountId", account_id.into())]);
        Config {
            value,
            in_page: false,
        }
    }

    /// The configuration of a handler, which knows server, token and endpoints, and places calls for who knows none.
    ///
    /// ```
    /// use quickcall::{Call, Config, Quickcall, Value};
    ///
    /// let quickcall = Quickcall::new(&Config::handler("https://edge.example.com/call"))?;
    /// let call = Call::from(Value::from([("endpoint", "sales"), ("number", "+1 (415) 555-0100")]));
    /// let request = quickcall.build(&call)?;
    /// assert_eq!(request.body.as_deref(), Some(r#"{"endpoint":"sales","number":"+14155550100"}"#));
    /// # Ok::<(), quickcall::QuickcallError>(())
    /// ```
    ///
    /// Send the request without a token, with the `Origin` of a page that the handler allows, and with a header `Idempotency-Key` of 8 to 128
    /// letters, digits, `_` and `-` (a [`crate::IdempotencyKey`]), new for each call.
    /// With the same key it may be sent again when the answer is lost: the handler places one call. Its answer is
    /// `{ "state", "callIds", "requestId" }`, or `{ "error": { "code", "outcome", "message", … } }`. It is no [`crate::Reply`] of a
    /// server: as one it is `bad_response`, and claims nothing.
    pub fn handler(url: impl Into<String>) -> Config {
        Config {
            value: Value::from([("handler", url.into())]),
            in_page: false,
        }
    }

    /// The same configuration with one more key.
    #[must_use]
    pub fn with(mut self, key: impl Into<String>, value: impl Into<Value>) -> Config {
        if let Value::Object(members) = &mut self.value {
            members.push((key.into(), value.into()));
        }
        self
    }

    /// A configuration of any value, used in a page of a browser or not: a page refuses calls that a browser may send
    /// twice by itself.
    pub fn from_value(value: Value, in_page: bool) -> Config {
        Config { value, in_page }
    }
}

impl core::fmt::Debug for Config {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let mut shown = f.debug_struct("Config");
        if let Value::Object(members) = &self.value {
            for (name, value) in members {
                // A URL may have a password or a token in it, and a name that is not known may be a slip in that of the token.
                let is_plain = |text: &str| !text.contains(['@', '?', '#']);
                match name.as_str() {
                    "options" => shown.field(name, &Call::from(value.clone())),
                    "authToken" => shown.field(name, &"not shown"),
                    "baseUrl" | "handler" if !value.as_text().is_some_and(is_plain) => {
                        shown.field(name, &"not shown")
                    }
                    known if KEYS.contains(&known) => shown.field(name, value),
                    _ => shown.field(name, &"not shown"),
                };
            }
        }
        shown.field("in_page", &self.in_page).finish()
    }
}

/// A checked configuration: it judges calls and makes requests of them. It sends nothing, and it holds no token.
///
/// ```
/// use quickcall::{Call, Config, Quickcall};
///
/// let config = Config::new("https://kazoo.example.com:8443/v2", "0123456789abcdef0123456789abcdef");
/// let quickcall = Quickcall::new(&config)?;
/// let request = quickcall.build(&Call::to_user("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "(415) 555-0100"))?;
/// assert_eq!(request.number, "4155550100");
/// # Ok::<(), quickcall::QuickcallError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Quickcall {
    target: Target,
    endpoint: Option<Endpoint>,
    options: Value,
    place: Place,
    cooldown: u64,
    deadline_margin: u64,
}

/// Where requests go.
#[derive(Clone, Debug)]
enum Target {
    Server(BaseUrl, AccountId),
    Handler(HandlerUrl),
}

impl Quickcall {
    /// Checks a configuration.
    ///
    /// # Errors
    /// `invalid`, with every issue at once.
    pub fn new(config: &Config) -> Result<Quickcall, QuickcallError> {
        let mut issues = Vec::new();
        let quickcall = Quickcall::read(config, &mut issues);
        match quickcall.filter(|_| !issues.iter().any(Issue::is_error)) {
            Some(quickcall) => Ok(quickcall),
            None => Err(QuickcallError::invalid(issues)),
        }
    }

    fn read(config: &Config, issues: &mut Vec<Issue>) -> Option<Quickcall> {
        let Value::Object(members) = &config.value else {
            issues.push(Issue::wrong_type(Path::Root, "object", &config.value));
            return None;
        };
        for (name, _) in members.iter().filter(|(name, _)| !KEYS.contains(&name.as_str())) {
            issues.push(unknown_setting(name, Path::of(name), KEYS));
        }
        let mut settings = Settings {
            value: &config.value,
            issues,
        };
        let allow_insecure = settings.flag("allowInsecure");
        let allow_browser_repeat = settings.flag("allowBrowserRepeat");
        settings.flag("allowTokenInBrowser");
        settings.judge_type("authToken", &["string", "function"], "string or function");
        settings.judge_type("fetch", &["function"], "function");
        let cooldown = settings.milliseconds("cooldown", 0);
        let deadline_margin = settings.milliseconds("deadlineMargin", DEADLINE_MARGIN);
        let through_handler = settings.get("handler").is_some();
        let target = if through_handler {
            settings.handler(allow_insecure)
        } else {
            settings.server(allow_insecure)
        };
        let endpoint = settings.endpoint(through_handler);
        let options = settings
            .get("options")
            .cloned()
            .unwrap_or(Value::Object(Vec::new()));
        let fields = Fields::read(&options, OPTIONS, CallKey::is_option, issues);
        let place = Place {
            through_handler,
            may_repeat: config.in_page && !through_handler,
            allow_browser_repeat,
        };
        let mut check = Check {
            call: Fields::none(),
            defaults: fields,
            place,
            issues: Vec::new(),
        };
        check.options(None);
        check.filter(&LastPattern::default());
        issues.extend(check.issues);
        Some(Quickcall {
            target: target?,
            endpoint,
            options,
            place,
            cooldown,
            deadline_margin,
        })
    }

    /// Everything that is wrong with `call`, and what may surprise: every issue at once, none when all is well.
    ///
    /// ```
    /// use quickcall::{Call, Config, IssueCode, Quickcall};
    ///
    /// let config = Config::new("https://kazoo.example.com:8443/v2", "0123456789abcdef0123456789abcdef");
    /// let issues = Quickcall::new(&config)?.validate(&Call::to_device("dddddddddddddddddddddddddddddddd", "users"));
    /// assert_eq!(issues[0].code, IssueCode::Undialable);
    /// # Ok::<(), quickcall::QuickcallError>(())
    /// ```
    #[must_use]
    pub fn validate(&self, call: &Call) -> Vec<Issue> {
        match self.build(call) {
            Ok(request) => request.warnings,
            Err(error) => error.issues,
        }
    }

    /// The checked call, with what may surprise: who rings, what is dialled and for how long, to show it or to decide by it before
    /// there is a request. [`Quickcall::build`] makes that of the same call, and checks it itself: it also knows how long a request may
    /// be.
    ///
    /// # Errors
    /// `invalid`, with every issue at once.
    ///
    /// ```
    /// use quickcall::{Call, Config, EndpointKind, Quickcall};
    ///
    /// let config = Config::new("https://kazoo.example.com:8443/v2", "0123456789abcdef0123456789abcdef")
    ///     .with("user", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa");
    /// let call = Call::from_json(r#"{"number": "(415) 555-0100", "timeout": 20}"#)?;
    /// let (checked, warnings) = Quickcall::new(&config)?.check(&call)?;
    /// assert_eq!((checked.number().as_str(), checked.ring_time()), ("4155550100", 20));
    /// assert_eq!((checked.endpoint().kind(), warnings.len()), (EndpointKind::User, 0));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn check(&self, call: &Call) -> Result<(CheckedCall, Vec<Issue>), QuickcallError> {
        self.check_with(call, &LastPattern::default())
    }

    /// The same, for calls that may have the `last_pattern` again.
    pub(crate) fn check_with(
        &self,
        call: &Call,
        last_pattern: &LastPattern,
    ) -> Result<(CheckedCall, Vec<Issue>), QuickcallError> {
        // What is wrong with the defaults was said when they were given.
        let defaults = Fields::read(&self.options, OPTIONS, CallKey::is_option, &mut Vec::new());
        CheckedCall::with_defaults(call, defaults, self.endpoint.as_ref(), self.place, last_pattern)
    }

    /// The request that places `call`.
    ///
    /// # Errors
    /// `invalid`, with every issue at once.
    pub fn build(&self, call: &Call) -> Result<Request, QuickcallError> {
        let (checked, warnings) = self.check(call)?;
        self.request(&checked, warnings)
    }

    pub(crate) fn request(
        &self,
        call: &CheckedCall,
        warnings: Vec<Issue>,
    ) -> Result<Request, QuickcallError> {
        let request = match &self.target {
            Target::Server(base_url, account_id) => Request::new(base_url, account_id, call, warnings),
            Target::Handler(url) => Request::to_handler(url, call, warnings),
        };
        let (is_too_long, message, expected) = match &request.body {
            None => (
                request.url.len() > MAX_URL,
                "The URL of this non-blocking call is longer than 8,000 bytes. Give less, or make a blocking call.",
                "at most 8,000 bytes",
            ),
            Some(body) => (
                request.asked.through_handler && body.len() > MAX_VISITOR_BODY,
                "No handler reads more than 4,096 bytes, and this call has more. Give less.",
                "at most 4,096 bytes",
            ),
        };
        if is_too_long {
            let issue = Issue::error(IssueCode::TooLong, Path::Root, message).expected(expected);
            let mut issues = request.warnings;
            issues.push(issue);
            return Err(QuickcallError::invalid(issues));
        }
        Ok(request)
    }

    /// For how long the answer to `request` is to be awaited, in milliseconds: the ring time of a blocking call and the
    /// margin, or the margin alone.
    pub fn deadline(&self, request: &Request) -> u64 {
        request.asked.longest_wait() + self.deadline_margin
    }

    pub(crate) fn deadline_margin(&self) -> u64 {
        self.deadline_margin
    }

    /// For how long the same call is refused after one that ended well, in milliseconds.
    pub fn cooldown(&self) -> u64 {
        self.cooldown
    }
}

/// Reads the members of a configuration.
struct Settings<'a> {
    value: &'a Value,
    issues: &'a mut Vec<Issue>,
}

impl<'a> Settings<'a> {
    fn get(&self, name: &str) -> Option<&'a Value> {
        self.value.get(name)
    }

    fn flag(&mut self, name: &str) -> bool {
        match self.get(name) {
            None => false,
            Some(Value::Bool(value)) => *value,
            Some(value) => {
                self.issues
                    .push(Issue::wrong_type(Path::of(name), "boolean", value));
                false
            }
        }
    }

    /// Judges what only JavaScript works with.
    fn judge_type(&mut self, name: &str, types: &[&str], expected: &str) {
        if let Some(value) = self.get(name).filter(|value| !types.contains(&value.type_name())) {
            self.issues
                .push(Issue::wrong_type(Path::of(name), expected, value));
        }
    }

    fn milliseconds(&mut self, name: &str, default: u64) -> u64 {
        let path = Path::of(name);
        let number = match self.get(name) {
            None => return default,
            Some(Value::Number(number)) => number,
            Some(value) => {
                self.issues.push(Issue::wrong_type(path, "number", value));
                return default;
            }
        };
        let (code, message) = match number.milliseconds() {
            Whole::Number(milliseconds @ 0..) if milliseconds <= LONGEST_WAIT * 1_000 => {
                return u64::try_from(milliseconds).unwrap_or(default);
            }
            Whole::Number(..0) | Whole::Tiny => (IssueCode::TooSmall, "A duration must not be negative."),
            _ => (
                IssueCode::TooLarge,
                "The longest duration here is 86,400 seconds.",
            ),
        };
        self.issues.push(
            Issue::error(code, path, message)
                .expected("0 to 86400 seconds")
                .received(number.as_str()),
        );
        default
    }

    fn required<T>(
        &mut self,
        name: &str,
        read: impl FnOnce(&Value, Path<'_>) -> Result<T, Issue>,
    ) -> Option<T> {
        required(self.get(name), name, read)
            .map_err(|issue| self.issues.push(issue))
            .ok()
    }

    fn server(&mut self, allow_insecure: bool) -> Option<Target> {
        let path = Path::of("authToken");
        match self.get("authToken").and_then(Value::as_text) {
            Some("") => self.issues.push(text::empty(path)),
            Some(token) if !token::is_usable(token) => {
                let message = "A token has up to 8,192 visible ASCII characters.";
                self.issues
                    .push(Issue::error(IssueCode::NotAllowed, path, message));
            }
            _ => {}
        }
        let base_url = self.required("baseUrl", |value, path| {
            BaseUrl::read(value, allow_insecure, path)
        });
        let account_id = self.required("accountId", AccountId::read);
        Some(Target::Server(base_url?, account_id?))
    }

    fn handler(&mut self, allow_insecure: bool) -> Option<Target> {
        for name in ["baseUrl", "accountId", "authToken"] {
            if self.get(name).is_some() {
                let message =
                    "The handler knows the server and its token: leave this out, or leave out `handler`.";
                self.issues
                    .push(Issue::error(IssueCode::NotAllowed, Path::of(name), message));
            }
        }
        let url = self.required("handler", |value, path| {
            HandlerUrl::read(value, allow_insecure, path)
        });
        url.map(Target::Handler)
    }

    fn endpoint(&mut self, through_handler: bool) -> Option<Endpoint> {
        let kinds = [
            ("device", EndpointKind::Device),
            ("user", EndpointKind::User),
            ("endpoint", EndpointKind::Alias),
        ];
        let mut found = None;
        for (name, kind) in kinds {
            let Some(value) = self.get(name) else { continue };
            let path = Path::of(name);
            if (kind == EndpointKind::Alias) != through_handler {
                let key = match kind {
                    EndpointKind::Alias => CallKey::Endpoint,
                    _ => CallKey::User,
                };
                let message = key.misplaced();
                self.issues
                    .push(Issue::error(IssueCode::NotAllowed, path, message));
                continue;
            }
            if found.is_some() {
                let message = "Give a device or a user, not both.";
                self.issues
                    .push(Issue::error(IssueCode::NotAllowed, path, message));
            }
            match Endpoint::read(kind, value, path, self.issues) {
                Ok(endpoint) => found = Some(endpoint),
                Err(issue) => self.issues.push(issue),
            }
        }
        found
    }
}
