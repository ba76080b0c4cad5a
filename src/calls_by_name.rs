//! Which calls a name stands for.

use alloc::borrow::ToOwned;
use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;

/// Names, such as the ids of legs, each with the calls that it is of: several may follow one call.
#[derive(Clone, Debug, Default)]
pub(crate) struct CallsByName(BTreeMap<String, Vec<u32>>);

impl CallsByName {
    /// Adds a name of a call; whether it is a new one.
    pub(crate) fn add(&mut self, name: &str, call: u32) -> bool {
        let calls = self.0.entry(name.to_owned()).or_default();
        let is_new = !calls.contains(&call);
        if is_new {
            calls.push(call);
        }
        is_new
    }

    /// The calls of a name.
    pub(crate) fn of(&self, name: &str) -> Vec<u32> {
        self.0.get(name).cloned().unwrap_or_default()
    }

    /// Takes all names from a call.
    pub(crate) fn forget(&mut self, call: u32) {
        self.0.retain(|_, of| {
            of.retain(|of| *of != call);
            !of.is_empty()
        });
    }
}
