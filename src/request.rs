//! The request that places a call.

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;
use core::fmt;

use crate::account::AccountId;
use crate::base_url::BaseUrl;
use crate::call_key::CallKey;
use crate::caller_id::CallerId;
use crate::checked_call::{CheckedCall, CheckedOptions};
use crate::decimal::integer;
use crate::handler_url::HandlerUrl;
use crate::issue::Issue;
use crate::json::Members;
use crate::media::Media;
use crate::percent;
use crate::reply::Asked;

/// The longest URL of a GET, in bytes.
pub const MAX_URL: usize = 8_000;

/// The method of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// A non-blocking call. It places the call all the same: never repeat it, prefetch it, or show it as a link.
    Get,
    /// A blocking call.
    Post,
}

impl Method {
    /// `GET` or `POST`.
    pub fn as_str(self) -> &'static str {
        match self {
            Method::Get => "GET",
            Method::Post => "POST",
        }
    }
}

/// A request, ready to be sent but for the token: that is added as the header `X-Auth-Token` when it is sent, and is
/// never part of this. Its `Debug` shows no body that goes to a handler: that may hold what a visitor is checked by.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Request {
    /// GET or POST.
    pub method: Method,
    /// The whole URL.
    pub url: String,
    /// The headers, without the token.
    pub headers: Vec<(&'static str, &'static str)>,
    /// The body of a POST, a JSON text.
    pub body: Option<String>,
    /// The number that is dialled.
    pub number: String,
    /// What may surprise.
    pub warnings: Vec<Issue>,
    /// What was asked for; the answer is understood by it.
    pub asked: Asked,
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let body = self.body.as_deref().filter(|_| !self.asked.through_handler);
        f.debug_struct("Request")
            .field("method", &self.method)
            .field("url", &self.url)
            .field("headers", &self.headers)
            .field("body", &body)
            .field("number", &self.number)
            .field("warnings", &self.warnings)
            .field("asked", &self.asked)
            .finish()
    }
}

impl Request {
    pub(crate) fn new(
        base_url: &BaseUrl,
        account_id: &AccountId,
        call: &CheckedCall,
        warnings: Vec<Issue>,
    ) -> Request {
        let endpoint = call.endpoint();
        let mut url = String::with_capacity(256);
        let parts = [
            base_url.as_str(),
            "/accounts/",
            account_id.as_str(),
            "/",
            endpoint.kind().path(),
            "/",
            endpoint.id(),
        ];
        url.extend(parts);
        url.push_str("/quickcall/");
        percent::encode(&mut url, call.number().as_str());
        let asked = Asked {
            blocking: call.is_blocking(),
            ring_time: call.ring_time(),
            through_handler: false,
        };
        let (method, headers, body) = if call.is_blocking() {
            // 4.x reads this one from the query only, for a POST too. Its default is true.
            if call.options.auto_answer == Some(false) {
                url.push_str("?auto_answer=false");
            }
            (
                Method::Post,
                vec![("Content-Type", "application/json")],
                Some(body(&call.options)),
            )
        } else {
            push_query(&mut url, &call.options);
            (Method::Get, Vec::new(), None)
        };
        Request {
            method,
            url,
            headers,
            body,
            number: call.number().as_str().to_owned(),
            warnings,
            asked,
        }
    }

    /// The request to a handler. The number is filtered here, so the filter is not sent on.
    #[inline(never)] // Few calls need it, and a first call waits for what is compiled.
    pub(crate) fn to_handler(url: &HandlerUrl, call: &CheckedCall, warnings: Vec<Issue>) -> Request {
        let mut body = String::new();
        let mut members = Members::open(&mut body);
        members.text(CallKey::Endpoint.name(), call.endpoint().id());
        members.text(CallKey::Number.name(), call.number().as_str());
        if !call.is_blocking() {
            members.flag(CallKey::Blocking.name(), false);
        }
        write_options(&mut members, &call.options, CallKey::name, CallerId::as_str);
        members.optional(CallKey::Verification.name(), call.verification.as_deref());
        members.close();
        Request {
            method: Method::Post,
            url: url.as_str().to_owned(),
            headers: vec![("Content-Type", "application/json")],
            body: Some(body),
            number: call.number().as_str().to_owned(),
            warnings,
            asked: Asked {
                blocking: call.is_blocking(),
                ring_time: call.ring_time(),
                through_handler: true,
            },
        }
    }
}

/// The parameters of a query: the options that were given, in documented order, then the vars in theirs.
#[inline(never)] // Few calls need it, and a first call waits for what is compiled.
fn push_query(url: &mut String, options: &CheckedOptions) {
    let mut separator = '?';
    let mut push = |key: &str, value: &str| {
        url.push(separator);
        percent::encode(url, key);
        url.push('=');
        percent::encode(url, value);
        separator = '&';
    };
    let flag = |value: bool| if value { "true" } else { "false" };
    let caller_id = |id: &Option<CallerId>| id.as_ref().map(CallerId::sent);
    let timeout = options.timeout.map(|timeout| integer(timeout.seconds().into()));
    for (key, value) in [
        (CallKey::AutoAnswer, options.auto_answer.map(flag)),
        (CallKey::CidName, caller_id(&options.cid_name).as_deref()),
        (CallKey::CidNumber, caller_id(&options.cid_number).as_deref()),
        (CallKey::IgnoreEarlyMedia, options.ignore_early_media.map(flag)),
        (CallKey::Media, options.media.map(Media::as_str)),
        (CallKey::TargetCallId, options.target_call_id.as_deref()),
        (CallKey::Timeout, timeout.as_deref()),
    ] {
        if let Some(value) = value {
            push(key.documented(), value);
        }
    }
    for (key, value) in options.custom_application_vars.iter() {
        push(key, value);
    }
}

/// The body: every option that was given, under its documented name and with its JSON type.
fn body(options: &CheckedOptions) -> String {
    let mut out = String::with_capacity(256);
    out.push_str("{\"data\":");
    let mut data = Members::open(&mut out);
    write_options(&mut data, options, CallKey::documented, |id| id.sent());
    data.close();
    out.push('}');
    out
}

/// Every option that was given but `blocking`, each under its `name` and with its JSON type.
fn write_options<'a, T: AsRef<str>>(
    members: &mut Members<'_>,
    options: &'a CheckedOptions,
    name: fn(CallKey) -> &'static str,
    caller_id: fn(&'a CallerId) -> T,
) {
    if let Some(value) = options.auto_answer {
        members.flag(name(CallKey::AutoAnswer), value);
    }
    for (key, id) in [
        (CallKey::CidName, &options.cid_name),
        (CallKey::CidNumber, &options.cid_number),
    ] {
        if let Some(id) = id {
            members.text(name(key), caller_id(id).as_ref());
        }
    }
    if !options.custom_application_vars.is_empty() {
        let mut vars = Members::open(members.key(name(CallKey::CustomApplicationVars)));
        for (key, value) in options.custom_application_vars.iter() {
            vars.text(key, value);
        }
        vars.close();
    }
    if let Some(value) = options.ignore_early_media {
        members.flag(name(CallKey::IgnoreEarlyMedia), value);
    }
    members.optional(name(CallKey::Media), options.media.map(Media::as_str));
    members.optional(name(CallKey::TargetCallId), options.target_call_id.as_deref());
    if let Some(timeout) = options.timeout {
        members.raw(name(CallKey::Timeout), &integer(timeout.seconds().into()));
    }
}
