//! Values under names, each until it may be forgotten.

use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use alloc::collections::btree_map::{Entry, OccupiedEntry, VacantEntry};
use alloc::vec::Vec;
use core::mem;

use crate::change::Change;
use crate::fingerprint::Fingerprint;

/// Values under names. They are found by a digest of the name: a search compares numbers that lie side by side, where each text
/// would have to be fetched from elsewhere.
///
/// Names may have one digest, by chance or because somebody made them so. All but the first of them are found by their text, which
/// takes as long as it would for all without digests; to add one moves the addresses of those behind it. Only what was reserved is
/// kept, so the limits bound how many somebody can make. So the digest needs no secret.
#[derive(Clone)]
pub(crate) struct ByName<V> {
    /// By their digests.
    first: BTreeMap<u64, Box<Kept<V>>>,
    /// Those whose digest another name had, in the order of their names. Hardly ever is there one, and a tree would be 13 kB of code.
    others: Vec<Box<Kept<V>>>,
}

/// What is kept under a name. It lies in a box: so the trees move no more than an address, and the machine's code of all is the same.
#[derive(Clone)]
struct Kept<V> {
    name: Box<str>,
    value: V,
    /// In milliseconds since 1970.
    expires: i64,
}

/// The place of a name: it was looked for once, and what lies there is read and changed.
pub(crate) struct Place<'a, V> {
    name: &'a str,
    lies: Where<'a, V>,
}

enum Where<'a, V> {
    Nothing(VacantEntry<'a, u64, Box<Kept<V>>>),
    First(OccupiedEntry<'a, u64, Box<Kept<V>>>),
    /// Its digest is another name's: where it is among the others, or would be.
    Other(&'a mut Vec<Box<Kept<V>>>, Result<usize, usize>),
}

impl<V> Default for ByName<V> {
    fn default() -> ByName<V> {
        ByName {
            first: BTreeMap::new(),
            others: Vec::new(),
        }
    }
}

impl<V> ByName<V> {
    pub(crate) fn get(&self, name: &str) -> Option<&V> {
        let kept = match self.first.get(&digest(name)) {
            Some(kept) if *kept.name == *name => kept,
            _ => self.others.get(place_of(&self.others, name).ok()?)?,
        };
        Some(&kept.value)
    }

    pub(crate) fn get_mut(&mut self, name: &str) -> Option<&mut V> {
        let kept = match self.first.get_mut(&digest(name)) {
            Some(kept) if *kept.name == *name => kept,
            _ => {
                let place = place_of(&self.others, name).ok()?;
                self.others.get_mut(place)?
            }
        };
        Some(&mut kept.value)
    }

    pub(crate) fn place<'a>(&'a mut self, name: &'a str) -> Place<'a, V> {
        let other = || place_of(&self.others, name);
        let lies = match self.first.entry(digest(name)) {
            Entry::Occupied(entry) if *entry.get().name == *name => Where::First(entry),
            Entry::Occupied(_) => {
                let place = other();
                Where::Other(&mut self.others, place)
            }
            Entry::Vacant(entry) => match other() {
                Ok(place) => Where::Other(&mut self.others, Ok(place)),
                Err(_) => Where::Nothing(entry),
            },
        };
        Place { name, lies }
    }

    /// Forgets what may be forgotten.
    pub(crate) fn forget(&mut self, now: i64) {
        self.first.retain(|_, kept| kept.expires > now);
        self.others.retain(|kept| kept.expires > now);
    }

    /// All, in no order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &V)> {
        let all = self.first.values().chain(&self.others);
        all.map(|kept| (&*kept.name, &kept.value))
    }
}

impl<V> Place<'_, V> {
    pub(crate) fn get(&self) -> Option<&V> {
        let kept = match &self.lies {
            Where::Nothing(_) => return None,
            Where::First(entry) => entry.get(),
            Where::Other(others, place) => others.get((*place).ok()?)?,
        };
        Some(&kept.value)
    }

    fn get_mut(&mut self) -> Option<&mut Kept<V>> {
        Some(match &mut self.lies {
            Where::Nothing(_) => return None,
            Where::First(entry) => entry.get_mut(),
            Where::Other(others, place) => others.get_mut((*place).ok()?)?,
        })
    }

    /// Takes the value to change it; an empty one where there is none.
    pub(crate) fn take(&mut self) -> V
    where
        V: Default,
    {
        let kept = self.get_mut();
        kept.map(|kept| mem::take(&mut kept.value)).unwrap_or_default()
    }

    /// Changes what lies there. `None` leaves it as it is.
    pub(crate) fn change(mut self, change: Option<Change<V>>) {
        let Some(Change { value, expires }) = change else {
            return;
        };
        let Some(value) = value else {
            match self.lies {
                Where::First(entry) => drop(entry.remove()),
                Where::Other(others, Ok(place)) => drop(others.remove(place)),
                _ => {}
            }
            return;
        };
        if let Some(kept) = self.get_mut() {
            (kept.value, kept.expires) = (value, expires);
            return;
        }
        let name = self.name.into();
        let kept = Box::new(Kept { name, value, expires });
        match self.lies {
            Where::Nothing(entry) => drop(entry.insert(kept)),
            Where::Other(others, Err(place)) => others.insert(place, kept),
            _ => {}
        }
    }
}

fn digest(name: &str) -> u64 {
    Fingerprint::of_text(name).number()
}

/// Where a name is among others, or would be.
fn place_of<V>(others: &[Box<Kept<V>>], name: &str) -> Result<usize, usize> {
    others.binary_search_by(|kept| (*kept.name).cmp(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two names with one digest, and another.
    const NAMES: [&str; 3] = ["8yn0iYCKYHlIj4-BwPqk", "GReLUrM4wMqfg9yzV3KQ", "other"];

    fn set(all: &mut ByName<u32>, name: &str, value: Option<u32>) {
        all.place(name).change(None);
        all.place(name).change(Some(Change { value, expires: 9 }));
        assert_eq!(all.place(name).get().copied(), value, "{name}");
    }

    fn values(all: &mut ByName<u32>) -> [Option<u32>; 3] {
        NAMES.map(|name| {
            let value = all.get(name).copied();
            assert_eq!(all.get_mut(name).copied(), value, "{name}");
            value
        })
    }

    #[test]
    fn names_with_one_digest_are_two() {
        let [first, second, _] = NAMES;
        assert_eq!(digest(first), digest(second));
        for [first, second] in [[first, second], [second, first]] {
            let mut all = ByName::default();
            for (name, value) in NAMES.into_iter().zip(1..) {
                set(&mut all, name, Some(value));
            }
            assert_eq!(values(&mut all), [Some(1), Some(2), Some(3)]);
            assert_eq!(all.iter().count(), 3);
            // One goes, the other stays where it is and can be changed; the first comes again.
            let mut both = all.clone();
            set(&mut both, first, None);
            assert_eq!((both.get(first), both.iter().count()), (None, 2));
            set(&mut both, second, Some(8));
            set(&mut both, first, Some(7));
            assert_eq!((both.get(first), both.get(second)), (Some(&7), Some(&8)));
            assert_eq!(both.iter().count(), 3);
            for name in NAMES {
                set(&mut both, name, None);
            }
            assert_eq!(values(&mut both), [None; 3]);
            // Each is forgotten in its own time.
            all.place(second).change(Some(Change {
                value: Some(5),
                expires: 10,
            }));
            all.forget(8);
            assert_eq!(all.iter().count(), 3);
            all.forget(9);
            assert_eq!(all.iter().collect::<Vec<_>>(), [(second, &5)]);
            all.forget(10);
            assert_eq!(all.iter().count(), 0);
        }
    }

    #[test]
    fn two_pairs_with_one_digest_each_are_four() {
        let [one, same, _] = NAMES;
        let [other, alike] = ["gMPflVXtwGDXbIhP73TX", "LtHf1prlU1bCeYZEdqWf"];
        // Whichever comes later is among the others, in whatever order they come.
        for names in [
            [one, other, same, alike],
            [same, alike, one, other],
            [other, one, alike, same],
            [alike, same, other, one],
        ] {
            let mut all = ByName::default();
            for (name, value) in names.into_iter().zip(1..) {
                set(&mut all, name, Some(value));
            }
            for (name, value) in names.into_iter().zip(1..) {
                assert_eq!(all.get(name), Some(&value), "{name}");
                assert_eq!(all.get_mut(name), Some(&mut { value }), "{name}");
                assert_eq!(all.place(name).get(), Some(&value), "{name}");
            }
            for name in names {
                set(&mut all, name, None);
            }
            assert_eq!(all.iter().count(), 0);
        }
    }

    #[test]
    fn a_value_is_taken_to_change_it() {
        let mut all = ByName::default();
        for name in NAMES {
            assert_eq!(all.place(name).take(), 0);
            assert_eq!(all.get(name), None);
            set(&mut all, name, Some(4));
            assert_eq!(all.place(name).take(), 4);
        }
    }
}
