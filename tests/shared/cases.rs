//! How often a property is tried.

/// How many cases are tried: `QUICKCALL_CASES`, or the number that every check takes.
pub(crate) fn cases(usual: u32) -> u32 {
    std::env::var("QUICKCALL_CASES")
        .map_or(usual, |cases| cases.parse().expect("QUICKCALL_CASES is a number"))
}
