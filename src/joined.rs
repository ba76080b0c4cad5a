//! Texts, one behind the other.

use alloc::string::String;

/// One text of these. The standard library's `concat` has code for each length of what stands between the parts, though nothing
/// does: 1.1 kB of the module, most of it compiled before the first request.
#[inline(never)]
pub(crate) fn joined(parts: &[&str]) -> String {
    let mut all = String::with_capacity(parts.iter().map(|part| part.len()).sum());
    for part in parts {
        all.push_str(part);
    }
    all
}
