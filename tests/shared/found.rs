//! What a check found, as tests compare it.

use quickcall::Issue;

/// Codes and paths, such as `required device`, in their order.
pub(crate) fn found(issues: &[Issue]) -> Vec<String> {
    issues
        .iter()
        .map(|issue| format!("{} {}", issue.code.as_str(), issue.path.join(".")))
        .collect()
}
