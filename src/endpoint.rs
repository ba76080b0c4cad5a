//! The endpoint: whose phone rings.

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;

use crate::issue::{Issue, IssueCode};
use crate::joined::joined;
use crate::noun::is_noun;
use crate::path::Path;
use crate::text;
use crate::value::Value;

/// The longest name that a handler knows an endpoint by, in characters.
const MAX_ALIAS: usize = 64;

/// The two kinds of endpoint that a server places a quickcall for (groups answer 500 `init failed`), and the one that a
/// handler knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum EndpointKind {
    /// One device rings.
    Device,
    /// Every device of the user rings.
    User,
    /// A handler knows by this name who rings.
    Alias,
}

impl EndpointKind {
    /// The word of the path: `devices` or `users`; `aliases` stands in no path.
    pub fn path(self) -> &'static str {
        match self {
            EndpointKind::Device => "devices",
            EndpointKind::User => "users",
            EndpointKind::Alias => "aliases",
        }
    }
}

/// A device or a user, with an id of `[0-9A-Za-z_-]+` that is no word of the API; or the name that a handler knows one by.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Endpoint {
    kind: EndpointKind,
    id: String,
}

impl Endpoint {
    pub(crate) fn read(
        kind: EndpointKind,
        id: &Value,
        path: Path<'_>,
        warnings: &mut Vec<Issue>,
    ) -> Result<Endpoint, Issue> {
        let id = text::read(id, path)?;
        if kind == EndpointKind::Alias {
            if id.chars().nth(MAX_ALIAS).is_some() {
                let message = "The name of an endpoint has up to 64 characters.";
                return Err(Issue::error(IssueCode::TooLong, path, message).expected("at most 64 characters"));
            }
            let id = id.to_owned();
            return Ok(Endpoint { kind, id });
        }
        if is_hexadecimal_id(id) {
            let id = id.to_owned();
            return Ok(Endpoint { kind, id });
        }
        let strange =
            |character: char| !(character.is_ascii_alphanumeric() || matches!(character, '_' | '-'));
        text::refuse(id, path, strange, "an id has only letters, digits, `_` and `-`")?;
        if is_noun(id) {
            let message = joined(&["`", id, "` is a word of the server's API. It cannot be an id."]);
            return Err(Issue::error(IssueCode::Reserved, path, &message));
        }
        let endpoint = Endpoint {
            kind,
            id: id.to_owned(),
        };
        endpoint.warn_of_id(path, warnings);
        Ok(endpoint)
    }

    /// Warns of an id that is not as servers make them.
    pub(crate) fn warn_of_id(&self, path: Path<'_>, warnings: &mut Vec<Issue>) {
        if self.kind != EndpointKind::Alias && !is_hexadecimal_id(&self.id) {
            let message = "Ids have 32 characters of 0-9 and a-f on the servers we know. Is this one right?";
            warnings.push(Issue::warning(IssueCode::Unusual, path, message));
        }
    }

    /// Device, user or alias.
    pub fn kind(&self) -> EndpointKind {
        self.kind
    }

    /// The id, or the alias.
    pub fn id(&self) -> &str {
        &self.id
    }
}

/// Whether `id` is as servers make them: 32 of `[0-9a-f]`.
pub(crate) fn is_hexadecimal_id(id: &str) -> bool {
    id.len() == 32 && id.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}
