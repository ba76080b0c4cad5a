//! Caller id: the name and the number that the dialled party sees.

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;

use crate::issue::{Issue, IssueCode, readable};
use crate::joined::joined;
use crate::path::Path;
use crate::text;
use crate::value::Value;

/// How long a caller id may be before servers and carriers cut it, in characters.
const USUAL_LENGTH: usize = 35;

/// What the switch takes out of a name before it is shown. (`'` and `^` are refused before.)
const NOT_SHOWN: &str = ",=^:<>${}[]+%\"";

/// A caller id name or number that reaches the server as it was given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallerId(String);

impl CallerId {
    /// Reads `cidName`.
    #[inline(never)] // Few calls need it, and a first call waits for what is compiled.
    pub(crate) fn name(value: &Value, path: Path<'_>, warnings: &mut Vec<Issue>) -> Result<CallerId, Issue> {
        let text = CallerId::text(value, path, warnings)?;
        if let Some(hidden) = text
            .chars()
            .find(|character| NOT_SHOWN.chars().any(|hidden| hidden == *character))
        {
            let name = readable(hidden);
            let message = joined(&[
                "The phone will not show ",
                &name,
                ": the switch drops it from a name.",
            ]);
            warnings.push(Issue::warning(IssueCode::NotShown, path, &message).received(&name));
        }
        Ok(CallerId(text.to_owned()))
    }

    /// Reads `cidNumber`.
    #[inline(never)] // Few calls need it, and a first call waits for what is compiled.
    pub(crate) fn number(
        value: &Value,
        path: Path<'_>,
        warnings: &mut Vec<Issue>,
    ) -> Result<CallerId, Issue> {
        let text = CallerId::text(value, path, warnings)?;
        text::refuse(
            text,
            path,
            |character| character == '=',
            "it kills the call on the server",
        )?;
        Ok(CallerId(text.to_owned()))
    }

    fn text<'a>(value: &'a Value, path: Path<'_>, warnings: &mut Vec<Issue>) -> Result<&'a str, Issue> {
        let text = text::read(value, path)?;
        let breaks = |character: char| matches!(character, '\'' | '^');
        text::refuse(text, path, breaks, "it breaks the switch's command").map_err(|issue| {
            let quote = issue.received.as_deref() == Some("'");
            if quote {
                issue.expected("\u{2019} (U+2019), which looks the same")
            } else {
                issue
            }
        })?;
        if text.chars().nth(USUAL_LENGTH).is_some() {
            let message = "Longer than 35 characters: servers and carriers may cut it.";
            warnings
                .push(Issue::warning(IssueCode::TooLong, path, message).expected("at most 35 characters"));
        }
        Ok(text)
    }

    /// The text as it was given.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The text as it is sent: the server percent-decodes a caller id once more after its normal decoding.
    pub(crate) fn sent(&self) -> String {
        self.0.replace(['%'], "%25")
    }
}
