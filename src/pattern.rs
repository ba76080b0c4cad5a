//! Patterns, for the option `numberFilter`: a regular expression whose first group is searched for in linear time.
//!
//! An own engine, because the one of the crate regex-lite was a quarter of the module. It takes the same language, but for
//! the flags `x` and `R`, white space that is no ASCII, and letters beyond ASCII whose case is ignored, and finds the same:
//! `pattern/tests.rs` holds one against the other.

mod class;
mod program;
mod search;
mod syntax;
#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests;

use program::Program;
pub(crate) use syntax::Fault;

/// Whose rules a pattern follows, where the two differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Dialect {
    /// A text: Perl's, as those of the server are.
    Perl,
    /// A `RegExp`: it finds what JavaScript finds, or is refused.
    JavaScript,
}

/// A compiled pattern.
#[derive(Clone, Debug)]
pub(crate) struct Regexp(Program);

impl Regexp {
    /// Compiles a pattern.
    pub(crate) fn compile(source: &str, dialect: Dialect, ignores_case: bool) -> Result<Regexp, Fault> {
        syntax::parse(source, dialect, ignores_case).map(Regexp)
    }

    /// Whether there is a group.
    pub(crate) fn has_group(&self) -> bool {
        self.0.has_group()
    }

    /// The first group of the leftmost match: where it starts, in bytes, and its text. Nothing where nothing matches, or where
    /// the group took no part in it.
    pub(crate) fn first_group<'a>(&self, text: &'a str) -> Option<(usize, &'a str)> {
        search::first_group(&self.0, text)
    }
}
