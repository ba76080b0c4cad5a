//! The request that places a call.

use crate::account::AccountId;
use crate::base_url::BaseUrl;
use crate::call_key::CallKey;
use crate::caller_id::CallerId;
use crate::checked_call::{CheckedCall, CheckedOptions};
use crate::decimal::integer;
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
/// never part of this.
#[derive(Clone, Debug, PartialEq, Eq)]
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

impl Request {
    pub(crate) fn new(
        base_url: &BaseUrl,
        account_id: &AccountId,
        call: &CheckedCall,
        warnings: Vec<Issue>,
    ) -> Request {
        let endpoint = call.endpoint();
        let mut url = String::new();
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
            let mut separator = '?';
            for (key, value) in query(&call.options) {
                url.push(separator);
                percent::encode(&mut url, key);
                url.push('=');
                percent::encode(&mut url, &value);
                separator = '&';
            }
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
}

/// The parameters of a query: the options that were given, in documented order, then the vars in theirs.
fn query(options: &CheckedOptions) -> Vec<(&str, String)> {
    let flag = |value: bool| if value { "true" } else { "false" }.to_owned();
    let of_options = [
        (CallKey::AutoAnswer, options.auto_answer.map(flag)),
        (CallKey::CidName, options.cid_name.as_ref().map(CallerId::sent)),
        (
            CallKey::CidNumber,
            options.cid_number.as_ref().map(CallerId::sent),
        ),
        (CallKey::IgnoreEarlyMedia, options.ignore_early_media.map(flag)),
        (
            CallKey::Media,
            options.media.map(|media| media.as_str().to_owned()),
        ),
        (CallKey::TargetCallId, options.target_call_id.clone()),
        (
            CallKey::Timeout,
            options.timeout.map(|timeout| integer(timeout.seconds().into())),
        ),
    ];
    let vars = options
        .custom_application_vars
        .iter()
        .map(|(key, value)| (key, value.to_owned()));
    of_options
        .into_iter()
        .filter_map(|(key, value)| Some((key.documented(), value?)))
        .chain(vars)
        .collect()
}

/// The body: every option that was given, under its documented name and with its JSON type.
fn body(options: &CheckedOptions) -> String {
    let mut out = String::from("{\"data\":");
    let mut data = Members::open(&mut out);
    if let Some(value) = options.auto_answer {
        data.flag(CallKey::AutoAnswer.documented(), value);
    }
    data.optional(
        CallKey::CidName.documented(),
        options.cid_name.as_ref().map(CallerId::sent).as_deref(),
    );
    data.optional(
        CallKey::CidNumber.documented(),
        options.cid_number.as_ref().map(CallerId::sent).as_deref(),
    );
    if !options.custom_application_vars.is_empty() {
        let mut vars = Members::open(data.key(CallKey::CustomApplicationVars.documented()));
        for (key, value) in options.custom_application_vars.iter() {
            vars.text(key, value);
        }
        vars.close();
    }
    if let Some(value) = options.ignore_early_media {
        data.flag(CallKey::IgnoreEarlyMedia.documented(), value);
    }
    data.optional(CallKey::Media.documented(), options.media.map(Media::as_str));
    data.optional(
        CallKey::TargetCallId.documented(),
        options.target_call_id.as_deref(),
    );
    if let Some(timeout) = options.timeout {
        data.raw(CallKey::Timeout.documented(), &integer(timeout.seconds().into()));
    }
    data.close();
    out.push('}');
    out
}
