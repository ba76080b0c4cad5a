//! Where a value stands, as the caller wrote it.

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;

/// The way to a value: `customApplicationVars`, then `page`. It is made of borrowed parts, because most paths are never
/// told: nothing was wrong there.
///
/// ```
/// use quickcall::Path;
///
/// let vars = Path::of("customApplicationVars");
/// assert_eq!(vars.step("page").to_vec(), ["customApplicationVars", "page"]);
/// assert!(Path::Root.to_vec().is_empty());
/// ```
#[derive(Clone, Copy, Debug)]
pub enum Path<'a> {
    /// The value itself.
    Root,
    /// What stands under a name in the value at another path.
    Step(&'a Path<'a>, &'a str),
}

impl<'a> Path<'a> {
    /// What stands under a name in the value itself.
    pub fn of(name: &'a str) -> Path<'a> {
        Path::Step(&Path::Root, name)
    }

    /// What stands here under a name.
    pub fn step(&'a self, name: &'a str) -> Path<'a> {
        Path::Step(self, name)
    }

    /// The name of the last step; nothing for the value itself.
    pub(crate) fn name(self) -> Option<&'a str> {
        match self {
            Path::Root => None,
            Path::Step(_, name) => Some(name),
        }
    }

    /// The names of all steps.
    pub fn to_vec(self) -> Vec<String> {
        let mut names = Vec::new();
        let mut path = self;
        while let Path::Step(before, name) = path {
            names.push(name.to_owned());
            path = *before;
        }
        names.reverse();
        names
    }
}
