//! The names of what a call can hold.

/// Something a call can hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CallKey {
    /// The id of the device whose phone rings: letters, digits, `_` and `-`. A text.
    Device,
    /// The id of the user whose devices ring: letters, digits, `_` and `-`. A text.
    User,
    /// The name that a handler knows the endpoint by. A text.
    Endpoint,
    /// The number to connect to, as a person writes it. A text; see [`crate::Number`].
    Number,
    /// Whether to wait until the phone was answered (a POST) or not (a GET). A boolean; left out it is true.
    Blocking,
    /// Whether the phone is told to answer by itself. A boolean; left out the server does. Ignored where a user has several devices.
    AutoAnswer,
    /// The caller id name that the dialled party sees. A text; over 35 characters there is a warning.
    CidName,
    /// The caller id number that the dialled party sees. A text; over 35 characters there is a warning.
    CidNumber,
    /// Data to go with the call's events: an object with up to [`crate::MAX_VARS`] texts, finite numbers and booleans.
    CustomApplicationVars,
    /// Whether early media is ignored. A boolean; left out the server ignores it.
    IgnoreEarlyMedia,
    /// `bypass`: the media runs between the phones; `process`: through the switch. A text.
    Media,
    /// How the number is made of what was given: `true`, `false`, or a pattern as a text. See [`crate::NumberFilter`].
    NumberFilter,
    /// A call that runs already, for the choice of the media server. A text.
    TargetCallId,
    /// How long the phone rings, in seconds: a whole number from 3 to 600. Left out it is 30 on a server, which also makes 30 of 3.
    Timeout,
    /// What a handler checks a visitor by. A text.
    Verification,
}

impl CallKey {
    /// Every key: who and whom first, then the options in the order of the API document.
    pub const ALL: &'static [CallKey] = &[
        CallKey::Device,
        CallKey::User,
        CallKey::Endpoint,
        CallKey::Number,
        CallKey::Blocking,
        CallKey::AutoAnswer,
        CallKey::CidName,
        CallKey::CidNumber,
        CallKey::CustomApplicationVars,
        CallKey::IgnoreEarlyMedia,
        CallKey::Media,
        CallKey::NumberFilter,
        CallKey::TargetCallId,
        CallKey::Timeout,
        CallKey::Verification,
    ];

    /// The key as it is written in JavaScript: `cidName`.
    pub fn name(self) -> &'static str {
        match self {
            CallKey::Device => "device",
            CallKey::User => "user",
            CallKey::Endpoint => "endpoint",
            CallKey::Number => "number",
            CallKey::Blocking => "blocking",
            CallKey::AutoAnswer => "autoAnswer",
            CallKey::CidName => "cidName",
            CallKey::CidNumber => "cidNumber",
            CallKey::CustomApplicationVars => "customApplicationVars",
            CallKey::IgnoreEarlyMedia => "ignoreEarlyMedia",
            CallKey::Media => "media",
            CallKey::NumberFilter => "numberFilter",
            CallKey::TargetCallId => "targetCallId",
            CallKey::Timeout => "timeout",
            CallKey::Verification => "verification",
        }
    }

    /// The key as the API document writes it: `cid-name`. The same as [`CallKey::name`] where it has no other.
    pub fn documented(self) -> &'static str {
        match self {
            CallKey::AutoAnswer => "auto_answer",
            CallKey::CidName => "cid-name",
            CallKey::CidNumber => "cid-number",
            CallKey::CustomApplicationVars => "custom_application_vars",
            CallKey::IgnoreEarlyMedia => "ignore-early-media",
            CallKey::NumberFilter => "number_filter",
            CallKey::TargetCallId => "target_call_id",
            _ => self.name(),
        }
    }

    /// Whether it may stand among the options of a configuration: all but who, whom and the verification.
    pub fn is_option(self) -> bool {
        self.is_for_server() && self.is_for_handler() && self != CallKey::Number
    }

    /// Whether it may stand in a call that is sent to the server.
    pub(crate) fn is_for_server(self) -> bool {
        !matches!(self, CallKey::Endpoint | CallKey::Verification)
    }

    /// Whether it may stand in a call that is sent to a handler, which keeps the ids of endpoints to itself.
    pub(crate) fn is_for_handler(self) -> bool {
        !matches!(self, CallKey::Device | CallKey::User)
    }

    /// What is said of it in a call that goes the other way: to a handler, or to the server.
    pub(crate) fn misplaced(self) -> &'static str {
        match self {
            CallKey::Device | CallKey::User => "A handler knows its endpoints by name: give an `endpoint`.",
            CallKey::Endpoint => "Only a handler knows endpoints by name: give a `device` or a `user`.",
            _ => "Only a handler takes this. Leave it out.",
        }
    }

    /// The key that is written `name`, in either spelling.
    pub fn find(name: &str) -> Option<CallKey> {
        // Every call asks for each of its names: a match takes a fifth of the time of a search through the lists.
        Some(match name {
            "device" => CallKey::Device,
            "user" => CallKey::User,
            "endpoint" => CallKey::Endpoint,
            "number" => CallKey::Number,
            "blocking" => CallKey::Blocking,
            "autoAnswer" | "auto_answer" => CallKey::AutoAnswer,
            "cidName" | "cid-name" => CallKey::CidName,
            "cidNumber" | "cid-number" => CallKey::CidNumber,
            "customApplicationVars" | "custom_application_vars" => CallKey::CustomApplicationVars,
            "ignoreEarlyMedia" | "ignore-early-media" => CallKey::IgnoreEarlyMedia,
            "media" => CallKey::Media,
            "numberFilter" | "number_filter" => CallKey::NumberFilter,
            "targetCallId" | "target_call_id" => CallKey::TargetCallId,
            "timeout" => CallKey::Timeout,
            "verification" => CallKey::Verification,
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_is_found_in_both_spellings() {
        for key in CallKey::ALL {
            assert_eq!(CallKey::find(key.name()), Some(*key));
            assert_eq!(CallKey::find(key.documented()), Some(*key));
        }
        assert_eq!(CallKey::find("cid_name"), None);
    }
}
