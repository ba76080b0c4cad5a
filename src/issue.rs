//! What is wrong with a call or a configuration, as data.

use alloc::borrow::ToOwned;
use alloc::boxed::Box;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use core::ops::Deref;

use crate::joined::joined;
use crate::json::{self, Members};
use crate::path::Path;

/// How much an issue matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Severity {
    /// The call is not sent.
    Error,
    /// The call is sent; the server does something else than was asked, or may.
    Warning,
}

impl Severity {
    /// `error` or `warning`.
    pub fn as_str(self) -> &'static str {
        match self {
            Severity::Error => "error",
            Severity::Warning => "warning",
        }
    }
}

macro_rules! issue_codes {
    ($($(#[$doc:meta])* $name:ident = $text:literal,)*) => {
        /// What kind of issue it is. The codes are stable: a program may rely on them.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum IssueCode { $($(#[$doc])* $name,)* }

        impl IssueCode {
            /// Every code.
            pub const ALL: &'static [IssueCode] = &[$(IssueCode::$name,)*];

            /// The code as it is written in JavaScript and JSON.
            pub fn as_str(self) -> &'static str {
                match self { $(IssueCode::$name => $text,)* }
            }
        }
    };
}

issue_codes! {
    /// It must be given, and not empty.
    Required = "required",
    /// There is no such key; the nearest is in `expected`.
    UnknownKey = "unknown_key",
    /// One thing was given twice, for example under both of its spellings.
    DuplicateKey = "duplicate_key",
    /// It is of another type than it must be.
    WrongType = "wrong_type",
    /// The number is too small.
    TooSmall = "too_small",
    /// The number is too large, or there are too many.
    TooLarge = "too_large",
    /// The text is too long.
    TooLong = "too_long",
    /// The value is none of those that are allowed, or not allowed together with another.
    NotAllowed = "not_allowed",
    /// It holds a character that would break the call, the request or the switch's command.
    UnsafeCharacter = "unsafe_character",
    /// The name has a meaning of its own on the server.
    Reserved = "reserved",
    /// The base URL, or the address of a handler, a websocket or a page (`origins`), is not one.
    InvalidUrl = "invalid_url",
    /// The pattern does not compile.
    NumberFilterInvalid = "number_filter_invalid",
    /// The pattern uses what cannot be searched for in linear time, or what is not known here.
    NumberFilterUnsupported = "number_filter_unsupported",
    /// The pattern has no capture group.
    NumberFilterNoGroup = "number_filter_no_group",
    /// The pattern does not match, or its first group is empty or takes no part.
    NumberFilterNoMatch = "number_filter_no_match",
    /// The number cannot be dialled as it is.
    Undialable = "undialable",
    /// A warning: the server makes another value of it.
    Changed = "changed",
    /// A warning: the server does not look at it here.
    Ignored = "ignored",
    /// A warning: the phone does not show all of it.
    NotShown = "not_shown",
    /// A warning: two keys are one to the server.
    Collision = "collision",
    /// A warning: it is allowed and seldom right.
    Unusual = "unusual",
    /// A warning: the browser may send the request twice.
    MayRepeat = "may_repeat",
}

/// One thing that is wrong, or may surprise: its parts are read as `issue.code`, `issue.path`.
///
/// It is one pointer, because nearly every function of this crate may return one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Issue(Box<IssueParts>);

/// What an [`Issue`] says.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct IssueParts {
    /// Whether the call is stopped by it.
    pub severity: Severity,
    /// What kind of issue it is.
    pub code: IssueCode,
    /// Where it is, as the caller wrote it: `["customApplicationVars", "page"]`.
    pub path: Vec<String>,
    /// What is wrong and what to do, for a person.
    pub message: String,
    /// What should stand there.
    pub expected: Option<String>,
    /// What stood there: a type, a number or a single character. Never a secret.
    pub received: Option<String>,
}

impl Deref for Issue {
    type Target = IssueParts;

    fn deref(&self) -> &IssueParts {
        &self.0
    }
}

impl Issue {
    // Texts are copied here and not where they stand: an issue is rare, and there are many of them in the code.
    #[inline(never)]
    pub(crate) fn error(code: IssueCode, path: Path<'_>, message: &str) -> Issue {
        Issue(Box::new(IssueParts {
            severity: Severity::Error,
            code,
            path: path.to_vec(),
            message: message.to_owned(),
            expected: None,
            received: None,
        }))
    }

    #[inline(never)]
    pub(crate) fn warning(code: IssueCode, path: Path<'_>, message: &str) -> Issue {
        let mut issue = Issue::error(code, path, message);
        issue.0.severity = Severity::Warning;
        issue
    }

    #[inline(never)]
    pub(crate) fn expected(mut self, expected: &str) -> Issue {
        self.0.expected = Some(expected.to_owned());
        self
    }

    #[inline(never)]
    pub(crate) fn received(mut self, received: &str) -> Issue {
        self.0.received = Some(received.to_owned());
        self
    }

    pub(crate) fn wrong_type(path: Path<'_>, expected: &str, value: &crate::Value) -> Issue {
        let received = value.type_name();
        Issue::error(
            IssueCode::WrongType,
            path,
            &joined(&["This must be of type ", expected, ", not ", received, "."]),
        )
        .expected(expected)
        .received(received)
    }

    /// Whether it stops the call.
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }

    /// The issue as JSON, as JavaScript has it.
    pub fn to_json(&self) -> String {
        let mut out = String::new();
        self.write(&mut out);
        out
    }

    pub(crate) fn write(&self, out: &mut String) {
        let mut members = Members::open(out);
        members.text("severity", self.severity.as_str());
        members.text("code", self.code.as_str());
        json::array(members.key("path"), &self.path, |out, step| {
            json::string(out, step)
        });
        members.text("message", &self.message);
        members.optional("expected", self.expected.as_deref());
        members.optional("received", self.received.as_deref());
        members.close();
    }
}

/// Writes issues as a JSON array.
pub(crate) fn write_all(out: &mut String, issues: &[Issue]) {
    json::array(out, issues, |out, issue| issue.write(out));
}

/// Says behind a message which errors were found, each after its path where it has one.
pub(crate) fn tell_errors(message: &mut String, issues: &[Issue]) {
    for issue in issues.iter().filter(|issue| issue.is_error()) {
        message.push(' ');
        let start = message.len();
        for (place, step) in issue.path.iter().enumerate() {
            if place > 0 {
                message.push('.');
            }
            message.push_str(step);
        }
        if message.len() > start {
            message.push_str(": ");
        }
        message.push_str(&issue.message);
    }
}

/// A character as a person can read it: itself, or `U+200B` where nothing would be seen.
pub(crate) fn readable(character: char) -> String {
    if character.is_ascii_graphic() || (!character.is_ascii() && character.is_alphanumeric()) {
        return character.to_string();
    }
    let code = u32::from(character);
    let digits = match code {
        ..=0xFFFF => 4,
        0x1_0000..=0xF_FFFF => 5,
        _ => 6,
    };
    let digits = (0..digits)
        .rev()
        .filter_map(|place| char::from_digit((code >> (place * 4)) & 0xF, 16));
    let name: String = digits.map(|digit| digit.to_ascii_uppercase()).collect();
    match character {
        ' ' => "a space".to_owned(),
        _ => joined(&["U+", &name]),
    }
}
