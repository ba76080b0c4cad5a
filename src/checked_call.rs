//! A call that was checked: every value in it is one that the server takes as it was meant.

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use crate::call::Call;
use crate::call_key::CallKey;
use crate::caller_id::CallerId;
use crate::custom_application_vars::{CustomApplicationVars, GivenVar, MAX_VARS, breaks_a_value};
use crate::endpoint::{Endpoint, EndpointKind};
use crate::error::QuickcallError;
use crate::given::{Fields, Given};
use crate::issue::{Issue, IssueCode};
use crate::joined::joined;
use crate::media::Media;
use crate::number::Number;
use crate::number_filter::{LastPattern, NumberFilter};
use crate::path::Path;
use crate::ring_time::{Timeout, ring_time};
use crate::text;
use crate::value::Value;

/// The longest ring time that a page may ask for without a handler, in seconds: before any server hangs up.
const LONGEST_IN_A_PAGE: u16 = 50;

/// The longest ring time of a blocking call that servers surely keep the connection open for, in seconds.
const LONGEST_CONNECTION: u16 = 110;

/// The longest verification, in characters. (A handler reads bodies of 4 KiB.)
const MAX_VERIFICATION: usize = 3_000;

/// The options that a query holds: of a non-blocking call those that were given, of a blocking one `autoAnswer: false`.
const IN_A_QUERY: &[CallKey] = &[
    CallKey::AutoAnswer,
    CallKey::CidName,
    CallKey::CidNumber,
    CallKey::IgnoreEarlyMedia,
    CallKey::Media,
    CallKey::TargetCallId,
    CallKey::Timeout,
];

/// What the place allows in which a call is made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Place {
    /// The call is sent to a handler, not to the server.
    pub(crate) through_handler: bool,
    /// The browser may send the call twice, and nothing stops the second: in a page or its worker, without a handler.
    pub(crate) may_repeat: bool,
    /// The owner of the page accepts that a browser may send a call twice.
    pub(crate) allow_browser_repeat: bool,
}

/// A call that can be placed. Its `Debug` shows not what a visitor is checked by.
#[derive(Clone, PartialEq, Eq)]
pub struct CheckedCall {
    pub(crate) endpoint: Endpoint,
    pub(crate) number: Number,
    pub(crate) options: CheckedOptions,
    pub(crate) verification: Option<String>,
}

impl fmt::Debug for CheckedCall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CheckedCall")
            .field("endpoint", &self.endpoint)
            .field("number", &self.number)
            .field("options", &self.options)
            .finish_non_exhaustive()
    }
}

/// The options of a call, checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct CheckedOptions {
    pub(crate) blocking: bool,
    pub(crate) auto_answer: Option<bool>,
    pub(crate) cid_name: Option<CallerId>,
    pub(crate) cid_number: Option<CallerId>,
    pub(crate) custom_application_vars: CustomApplicationVars,
    pub(crate) ignore_early_media: Option<bool>,
    pub(crate) media: Option<Media>,
    pub(crate) target_call_id: Option<String>,
    pub(crate) timeout: Option<Timeout>,
}

impl CheckedCall {
    /// Checks a call by itself: it must name its endpoint, there are no defaults, and nothing is said of the place it
    /// is made in. With it come warnings of what may surprise.
    ///
    /// # Errors
    /// `invalid`, with every issue at once.
    ///
    /// ```
    /// use quickcall::{Call, CheckedCall, IssueCode};
    ///
    /// let (call, _) = CheckedCall::check(&Call::to_device("dddddddddddddddddddddddddddddddd", "(415) 555-0100"))?;
    /// assert_eq!(call.number().as_str(), "4155550100");
    ///
    /// let error = CheckedCall::check(&Call::to_device("dddddddddddddddddddddddddddddddd", "users")).unwrap_err();
    /// assert_eq!(error.issues[0].code, IssueCode::Undialable);
    /// # Ok::<(), quickcall::QuickcallError>(())
    /// ```
    pub fn check(call: &Call) -> Result<(CheckedCall, Vec<Issue>), QuickcallError> {
        let last_pattern = &LastPattern::default();
        CheckedCall::with_defaults(call, Fields::none(), None, Place::default(), last_pattern)
    }

    pub(crate) fn with_defaults(
        call: &Call,
        defaults: Fields<'_>,
        endpoint: Option<&Endpoint>,
        place: Place,
        last_pattern: &LastPattern,
    ) -> Result<(CheckedCall, Vec<Issue>), QuickcallError> {
        let mut issues = Vec::new();
        let allowed = if place.through_handler {
            CallKey::is_for_handler
        } else {
            CallKey::is_for_server
        };
        let fields = Fields::read(call.value(), &Path::Root, allowed, &mut issues);
        if !matches!(call.value(), Value::Object(_)) {
            return Err(QuickcallError::invalid(issues));
        }
        let mut check = Check {
            call: fields,
            defaults,
            place,
            issues,
        };
        match check.call(endpoint, last_pattern) {
            Some(checked) if !check.issues.iter().any(Issue::is_error) => Ok((checked, check.issues)),
            _ => Err(QuickcallError::invalid(check.issues)),
        }
    }

    /// Whose phone rings.
    pub fn endpoint(&self) -> &Endpoint {
        &self.endpoint
    }

    /// What is dialled.
    pub fn number(&self) -> &Number {
        &self.number
    }

    /// Whether the answer is awaited until the phone was answered.
    pub fn is_blocking(&self) -> bool {
        self.options.blocking
    }

    /// How long the phone rings, in seconds, as the server counts: 3, or nothing, is 30 there.
    pub fn ring_time(&self) -> u16 {
        ring_time(self.options.timeout)
    }
}

/// Looks at one thing after the other and collects what is wrong.
pub(crate) struct Check<'a> {
    pub(crate) call: Fields<'a>,
    pub(crate) defaults: Fields<'a>,
    pub(crate) place: Place,
    pub(crate) issues: Vec<Issue>,
}

impl<'a> Check<'a> {
    /// The call, where nothing is wrong with it. `default_endpoint` rings where the call names none.
    fn call(
        &mut self,
        default_endpoint: Option<&Endpoint>,
        last_pattern: &LastPattern,
    ) -> Option<CheckedCall> {
        let endpoint = self.endpoint(default_endpoint);
        let number = self.number(last_pattern);
        let options = self.options(endpoint.as_ref().map(Endpoint::kind));
        let verification = self.read(CallKey::Verification, |value, path, _| {
            let text = text::read(value, path)?;
            if text.chars().nth(MAX_VERIFICATION).is_some() {
                let message = "A verification has up to 3,000 characters.";
                return Err(
                    Issue::error(IssueCode::TooLong, path, message).expected("at most 3,000 characters")
                );
            }
            Ok(text.to_owned())
        });
        Some(CheckedCall {
            endpoint: endpoint?,
            number: number?,
            options,
            verification,
        })
    }

    /// What was given for `key`: in the call, or else among the defaults.
    fn given(&self, key: CallKey) -> Option<Given<'a>> {
        self.call.get(key).or_else(|| self.defaults.get(key)).copied()
    }

    /// Reads what was given for `key`; what `read` finds wrong is kept.
    fn read<T>(
        &mut self,
        key: CallKey,
        read: impl FnOnce(&'a Value, Path<'_>, &mut Vec<Issue>) -> Result<T, Issue>,
    ) -> Option<T> {
        let given = self.given(key)?;
        read(given.value, given.path, &mut self.issues)
            .map_err(|issue| self.issues.push(issue))
            .ok()
    }

    fn endpoint(&mut self, default: Option<&Endpoint>) -> Option<Endpoint> {
        let device = self.call.get(CallKey::Device).copied();
        let user = self.call.get(CallKey::User).copied();
        if let (Some(_), Some(user)) = (&device, &user) {
            let message = "Give a device or a user, not both.";
            self.issues
                .push(Issue::error(IssueCode::NotAllowed, user.path, message));
        }
        let kinds = [
            (CallKey::Device, EndpointKind::Device),
            (CallKey::User, EndpointKind::User),
            (CallKey::Endpoint, EndpointKind::Alias),
        ];
        let mut found = None;
        let mut is_given = false;
        for (key, kind) in kinds {
            if self.call.get(key).is_some() {
                is_given = true;
                let endpoint = self.read(key, |value, path, issues| {
                    Endpoint::read(kind, value, path, issues)
                });
                found = found.or(endpoint);
            }
        }
        if is_given {
            return found;
        }
        let Some(default) = default else {
            let (key, message) = if self.place.through_handler {
                (
                    CallKey::Endpoint,
                    "Say whose phone is to ring: give an `endpoint` that the handler knows.",
                )
            } else {
                (
                    CallKey::Device,
                    "Say whose phone is to ring: give a `device` or a `user`.",
                )
            };
            self.issues
                .push(Issue::error(IssueCode::Required, Path::of(key.name()), message));
            return None;
        };
        // A configuration that is right tells no warnings: each call that it matters to does.
        let name = match default.kind() {
            EndpointKind::Device => CallKey::Device.name(),
            _ => CallKey::User.name(),
        };
        default.warn_of_id(Path::of(name), &mut self.issues);
        Some(default.clone())
    }

    /// How the number is made of what was given, where nothing is wrong with that.
    pub(crate) fn filter(&mut self, last_pattern: &LastPattern) -> Option<NumberFilter> {
        match self.given(CallKey::NumberFilter) {
            None => Some(NumberFilter::default()),
            Some(_) => self.read(CallKey::NumberFilter, |value, path, _| {
                NumberFilter::read_with(value, path, last_pattern)
            }),
        }
    }

    fn number(&mut self, last_pattern: &LastPattern) -> Option<Number> {
        let filter = self.filter(last_pattern);
        let Some(number) = self.call.get(CallKey::Number).copied() else {
            let message = "A number to call is needed.";
            self.issues.push(Issue::error(
                IssueCode::Required,
                Path::of(CallKey::Number.name()),
                message,
            ));
            return None;
        };
        let filtered = match filter {
            Some(filter) => Number::filter(number.value, &filter, number.path).map(Some),
            // With a wrong filter there is no number, but what is wrong with it can be said.
            None => Number::given(number.value, number.path).map(|_| None),
        };
        match filtered {
            Ok(filtered) => filtered.map(|(number, warnings)| {
                self.issues.extend(warnings);
                number
            }),
            Err(issue) => {
                self.issues.push(issue);
                None
            }
        }
    }

    /// The options, those of them that are right; `endpoint` is who rings, where that is known.
    pub(crate) fn options(&mut self, endpoint: Option<EndpointKind>) -> CheckedOptions {
        let blocking = self.read(CallKey::Blocking, boolean).unwrap_or(true);
        let auto_answer = self.read(CallKey::AutoAnswer, boolean);
        let cid_name = self.read(CallKey::CidName, CallerId::name);
        let cid_number = self.read(CallKey::CidNumber, CallerId::number);
        let custom_application_vars = self.vars(blocking, auto_answer);
        let ignore_early_media = self.read(CallKey::IgnoreEarlyMedia, boolean);
        let media = self.read(CallKey::Media, |value, path, _| {
            let text = text::read(value, path)?;
            Media::find(text).ok_or_else(|| {
                Issue::error(
                    IssueCode::NotAllowed,
                    path,
                    "The media runs as `bypass` or `process`, written so.",
                )
                .expected("\"bypass\" or \"process\"")
            })
        });
        let target_call_id = self.read(CallKey::TargetCallId, |value, path, _| {
            text::read(value, path).map(str::to_owned)
        });
        let timeout = self.read(CallKey::Timeout, Timeout::read);
        if !blocking {
            self.refuse_as_var(CallKey::CidName, cid_name.as_ref().map(CallerId::as_str));
            self.refuse_as_var(CallKey::CidNumber, cid_number.as_ref().map(CallerId::as_str));
            self.refuse_as_var(CallKey::TargetCallId, target_call_id.as_deref());
        }
        if let (Some(EndpointKind::User), Some(given)) = (endpoint, self.given(CallKey::AutoAnswer)) {
            let message = "A user with more than one device: the server ignores this there.";
            self.issues
                .push(Issue::warning(IssueCode::Ignored, given.path, message));
        }
        self.judge_waiting(blocking, timeout);
        CheckedOptions {
            blocking,
            auto_answer,
            cid_name,
            cid_number,
            custom_application_vars,
            ignore_early_media,
            media,
            target_call_id,
            timeout,
        }
    }

    /// In a query every value becomes a custom application var: what none of those may hold loses the call there, too.
    #[inline(never)] // Few calls need it, and a first call waits for what is compiled.
    fn refuse_as_var(&mut self, key: CallKey, text: Option<&str>) {
        let (Some(text), Some(given)) = (text, self.given(key)) else {
            return;
        };
        let why = "in a non-blocking call the server says success and no phone rings. Leave it out, or make a blocking \
                   call";
        if let Err(issue) = text::refuse(text, given.path, breaks_a_value, why) {
            self.issues.push(issue);
        }
    }

    fn vars(&mut self, blocking: bool, auto_answer: Option<bool>) -> CustomApplicationVars {
        let of_call = self.call.get(CallKey::CustomApplicationVars).copied();
        let of_defaults = self.defaults.get(CallKey::CustomApplicationVars).copied();
        if of_call.is_none() && of_defaults.is_none() {
            return CustomApplicationVars::default();
        }
        self.vars_of(of_call, of_defaults, blocking, auto_answer)
    }

    #[inline(never)] // Few calls need it, and a first call waits for what is compiled.
    fn vars_of(
        &mut self,
        of_call: Option<Given<'a>>,
        of_defaults: Option<Given<'a>>,
        blocking: bool,
        auto_answer: Option<bool>,
    ) -> CustomApplicationVars {
        let mut vars: Vec<GivenVar<'_>> = Vec::new();
        let count_path = of_call.or(of_defaults).map(|given| given.path);
        for (given, is_default) in [(&of_defaults, true), (&of_call, false)] {
            let Some(given) = given else { continue };
            let Value::Object(members) = given.value else {
                self.issues
                    .push(Issue::wrong_type(given.path, "object", given.value));
                continue;
            };
            let count_of_defaults = if is_default { 0 } else { vars.len() };
            for (key, value) in members {
                let var = GivenVar {
                    key,
                    value,
                    path: given.path.step(key),
                    is_default,
                };
                // A var of the call takes the place of the default one with its key, once: what the call gives twice is told.
                let mut defaults = vars.iter_mut().take(count_of_defaults);
                match defaults.find(|other| other.is_default && other.key == key) {
                    Some(other) => *other = var,
                    None => vars.push(var),
                }
            }
        }
        if let (true, Some(path)) = (vars.len() > MAX_VARS, count_path) {
            let message = "A call may have up to 64 custom application vars.";
            self.issues
                .push(Issue::error(IssueCode::TooLarge, path, message).expected("at most 64"));
            // What is wrong with the first ones is told, too. There may be very many.
            vars.truncate(MAX_VARS);
        }
        let mut options: Vec<&str> = Vec::new();
        for key in IN_A_QUERY {
            let is_sent = match key {
                CallKey::AutoAnswer if blocking => auto_answer == Some(false),
                _ => !blocking && self.given(*key).is_some(),
            };
            if is_sent {
                options.push(key.documented());
            }
        }
        CustomApplicationVars::read(&vars, !blocking, &options, &mut self.issues)
    }

    /// Judges how long an answer is awaited: browsers and servers both give up, each in its own way.
    fn judge_waiting(&mut self, blocking: bool, timeout: Option<Timeout>) {
        let seconds = timeout.map(Timeout::seconds).unwrap_or(0);
        for (key, may_repeat) in [
            (CallKey::Blocking, !blocking),
            (CallKey::Timeout, seconds > LONGEST_IN_A_PAGE),
        ] {
            let (true, Some(given)) = (may_repeat && self.place.may_repeat, self.given(key)) else {
                continue;
            };
            let why = "When a connection ends before the answer, a browser sends the request again by itself, and the \
                       phone rings twice. A page places blocking calls with a `timeout` up to 50 only.";
            self.issues.push(if self.place.allow_browser_repeat {
                Issue::warning(IssueCode::MayRepeat, given.path, why)
            } else {
                let remedies =
                    " Use a handler (`handler`), or accept a repeat with `allowBrowserRepeat: true`.";
                Issue::error(IssueCode::NotAllowed, given.path, &joined(&[why, remedies]))
            });
        }
        if let (true, Some(given)) = (
            blocking && seconds > LONGEST_CONNECTION,
            self.given(CallKey::Timeout),
        ) {
            let message = "Servers close a connection that waits longer than 60 or 120 seconds. The phone may ring on \
                           and nobody learns what became of the call.";
            self.issues
                .push(Issue::warning(IssueCode::TooLarge, given.path, message).expected("at most 110"));
        }
    }
}

fn boolean(value: &Value, path: Path<'_>, _: &mut Vec<Issue>) -> Result<bool, Issue> {
    match value {
        Value::Bool(value) => Ok(*value),
        _ => Err(Issue::wrong_type(path, "boolean", value)),
    }
}
