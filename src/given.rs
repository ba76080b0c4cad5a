//! Finds what was given under a name: its value, and where it stands as the caller wrote it.

use alloc::string::String;
use alloc::vec::Vec;

use crate::call_key::CallKey;
use crate::issue::{Issue, IssueCode};
use crate::joined::joined;
use crate::nearest::nearest;
use crate::path::Path;
use crate::value::Value;

/// A value and its path.
#[derive(Clone, Copy)]
pub(crate) struct Given<'a> {
    pub(crate) value: &'a Value,
    pub(crate) path: Path<'a>,
}

/// The members of an object, each under the key that it was understood as.
pub(crate) struct Fields<'a>(Vec<(CallKey, Given<'a>)>);

impl<'a> Fields<'a> {
    /// No field at all.
    pub(crate) fn none() -> Fields<'a> {
        Fields(Vec::new())
    }

    /// Reads the members of `object`, which stands at `path`; only `allowed` keys are known there.
    pub(crate) fn read(
        object: &'a Value,
        path: &'a Path<'a>,
        allowed: fn(CallKey) -> bool,
        issues: &mut Vec<Issue>,
    ) -> Fields<'a> {
        let Value::Object(members) = object else {
            issues.push(Issue::wrong_type(*path, "object", object));
            return Fields::none();
        };
        let mut fields: Vec<(CallKey, Given<'a>)> = Vec::new();
        for (name, value) in members {
            let path = path.step(name);
            let found = CallKey::find(name);
            let Some(key) = found.filter(|key| allowed(*key)) else {
                if let Some(key) = found {
                    // A call has a number, and its defaults have none.
                    let message = match allowed(CallKey::Number) {
                        true => key.misplaced(),
                        false => "Calls have this, and their defaults have not. Leave it out.",
                    };
                    issues.push(Issue::error(IssueCode::UnknownKey, path, message));
                    continue;
                }
                let names: Vec<&str> = CallKey::ALL
                    .iter()
                    .copied()
                    .filter(|key| allowed(*key))
                    .map(CallKey::name)
                    .collect();
                issues.push(unknown_key(name, path, &names));
                continue;
            };
            match fields.iter_mut().find(|(other, _)| *other == key) {
                None => fields.push((key, Given { value, path })),
                Some((_, judged)) => {
                    // What is judged, and what the issue names, is the documented spelling, whichever came first.
                    if name == key.documented() {
                        *judged = Given { value, path };
                    }
                    let message = joined(&["`", key.name(), "` was given twice. Leave one of them out."]);
                    issues.push(Issue::error(IssueCode::DuplicateKey, judged.path, &message));
                }
            }
        }
        Fields(fields)
    }

    pub(crate) fn get(&self, key: CallKey) -> Option<&Given<'a>> {
        self.0
            .iter()
            .find(|(other, _)| *other == key)
            .map(|(_, given)| given)
    }
}

/// An issue for a name that is none of `names`. What stood under it is not shown: it may be a secret.
#[inline(never)] // Few calls need it, and a first call waits for what is compiled.
pub(crate) fn unknown_key(name: &str, path: Path<'_>, names: &[&str]) -> Issue {
    let shown: String = name.chars().take(64).collect();
    let found = nearest(name, names);
    let message = match found {
        Some(found) => joined(&["There is no key `", &shown, "`. Is `", found, "` meant?"]),
        None => joined(&["There is no key `", &shown, "`. Leave it out."]),
    };
    let issue = Issue::error(IssueCode::UnknownKey, path, &message);
    if let Some(found) = found {
        issue.expected(found)
    } else {
        issue
    }
}

/// The same, of a configuration: calls have names there that stand in its `options`.
pub(crate) fn unknown_setting(name: &str, path: Path<'_>, names: &[&str]) -> Issue {
    if CallKey::find(name).is_some_and(CallKey::is_option) {
        let message = joined(&["There is no key `", name, "` here: give it in `options`."]);
        return Issue::error(IssueCode::UnknownKey, path, &message);
    }
    unknown_key(name, path, names)
}

/// Reads what must be given under this name of a configuration.
pub(crate) fn required<T>(
    given: Option<&Value>,
    name: &str,
    read: impl FnOnce(&Value, Path<'_>) -> Result<T, Issue>,
) -> Result<T, Issue> {
    let path = Path::of(name);
    match given {
        Some(value) => read(value, path),
        None => {
            let message = joined(&["`", name, "` is needed."]);
            Err(Issue::error(IssueCode::Required, path, &message))
        }
    }
}
