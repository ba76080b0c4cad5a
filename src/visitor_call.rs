//! The call that a visitor asks a handler for: the body of the request, once its shape is known to be right.

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

use crate::call_key::CallKey;
use crate::fingerprint::Fingerprint;
use crate::given::Fields;
use crate::idempotency_key::IdempotencyKey;
use crate::issue::{Issue, IssueCode};
use crate::json;
use crate::number::Number;
use crate::number_filter::NumberFilter;
use crate::path::Path;
use crate::refusal::{Refusal, RefusalCode};
use crate::text;
use crate::value::Value;

/// The largest body, in bytes.
pub(crate) const MAX_VISITOR_BODY: usize = 4_096;

/// A request whose shape is right. Nothing is said yet of who may call whom.
#[derive(Clone, Debug)]
pub(crate) struct VisitorCall {
    pub(crate) key: IdempotencyKey,
    pub(crate) fingerprint: Fingerprint,
    pub(crate) alias: String,
    pub(crate) number: Value,
    /// Every other thing that was given, but the verification: how it was understood, its name as written, its value.
    pub(crate) options: Vec<(CallKey, String, Value)>,
}

impl VisitorCall {
    /// Reads a body. `filter` is what numbers go through here: two spellings of one number are the same call.
    pub(crate) fn read(
        key: Option<&str>,
        body: &[u8],
        filter: &NumberFilter,
    ) -> Result<VisitorCall, Refusal> {
        let mut issues = Vec::new();
        let key = key.and_then(IdempotencyKey::new);
        if key.is_none() {
            let message = "The header must be 8 to 128 letters, digits, `_` and `-`, new for each call.";
            let path = Path::of("Idempotency-Key");
            issues.push(Issue::error(IssueCode::Required, path, message));
        }
        let body = json::parse_given(body).map_err(|_| {
            let issue =
                Issue::error(IssueCode::WrongType, Path::Root, "The body is not JSON.").expected("object");
            refused(vec![issue])
        })?;
        find_repeated(&body, &Path::Root, &mut issues);
        let fields = Fields::read(&body, &Path::Root, CallKey::is_for_handler, &mut issues);
        let alias = needed(&fields, CallKey::Endpoint, &mut issues);
        let number = needed(&fields, CallKey::Number, &mut issues);
        if let Some(verification) = fields.get(CallKey::Verification)
            && verification.value.as_text().is_none()
        {
            issues.push(text::no_text(verification.path, verification.value));
        }
        if let Some(vars) = fields.get(CallKey::CustomApplicationVars)
            && !matches!(vars.value, Value::Object(_))
        {
            issues.push(Issue::wrong_type(vars.path, "object", vars.value));
        }
        let (Some(key), Some(alias), Some(number), true) = (key, alias, number, issues.is_empty()) else {
            return Err(refused(issues));
        };
        let options: Vec<_> = CallKey::ALL
            .iter()
            .filter(|key| !matches!(key, CallKey::Endpoint | CallKey::Number | CallKey::Verification))
            .filter_map(|key| {
                let given = fields.get(*key)?;
                Some((*key, given.path.name()?.to_owned(), given.value.clone()))
            })
            .collect();
        let number = Value::Text(number);
        let mut fingerprint = Fingerprint::default();
        fingerprint.add(CallKey::Endpoint.name(), &Value::from(alias.as_str()));
        fingerprint.add(CallKey::Number.name(), &dialled(&number, filter));
        for (key, _, value) in &options {
            fingerprint.add(key.name(), value);
        }
        Ok(VisitorCall {
            key,
            fingerprint,
            alias,
            number,
            options,
        })
    }
}

/// The text that must stand under this key.
fn needed(fields: &Fields<'_>, key: CallKey, issues: &mut Vec<Issue>) -> Option<String> {
    let path = Path::of(key.name());
    match fields.get(key).map(|field| field.value) {
        Some(Value::Text(text)) if !text.is_empty() => return Some(text.clone()),
        Some(Value::Text(_)) | None => {
            issues.push(Issue::error(IssueCode::Required, path, "This is needed."));
        }
        Some(other) => issues.push(text::no_text(path, other)),
    }
    None
}

/// The number that is dialled for this one; where none is, the number as it is.
fn dialled(number: &Value, filter: &NumberFilter) -> Value {
    match Number::filter(number, filter, Path::Root) {
        Ok((number, _)) => Value::from(number.as_str()),
        Err(_) => number.clone(),
    }
}

fn refused(issues: Vec<Issue>) -> Refusal {
    Refusal {
        issues,
        ..Refusal::from(RefusalCode::BadRequest)
    }
}

/// Finds names that stand twice in one object, below the first level: which of the two counts is not for a handler to
/// guess. (The first level is looked at when its names are understood.)
fn find_repeated(value: &Value, path: &Path<'_>, issues: &mut Vec<Issue>) {
    match value {
        Value::Object(members) => {
            for (place, (name, value)) in members.iter().enumerate() {
                let here = path.step(name);
                let before = members.iter().take(place).any(|(other, _)| other == name);
                if before && path.name().is_some() {
                    let message = "This name stands twice in one object.";
                    issues.push(Issue::error(IssueCode::DuplicateKey, here, message));
                }
                find_repeated(value, &here, issues);
            }
        }
        Value::List(items) => items.iter().for_each(|item| find_repeated(item, path, issues)),
        _ => {}
    }
}
