//! What the limits of a reservation have counted.

use alloc::string::String;
use alloc::vec::Vec;

use crate::change::Change;
use crate::rate_limit::RateLimit;
use crate::reservation::{OWN_NAMES, Write};
use crate::sliding_window::SlidingWindow;

/// The windows of a reservation's limits, wherever they are kept. They are changed where they lie: to copy them took a good part of
/// the time of a reservation.
pub(crate) trait Windows<'l> {
    /// Shows each window with the name of its limit. Who looks may set right what a clock that was ahead has counted, and must
    /// call `change` then. Says whether all can be read; where not, none is shown.
    fn look(&mut self, see: &mut dyn FnMut(&mut SlidingWindow, &'l str, RateLimit)) -> bool;

    /// Changes each window that can be read, after what counts no longer was forgotten.
    fn change(&mut self, change: &mut dyn FnMut(&mut SlidingWindow, RateLimit));
}

/// Windows of which a store keeps the texts.
pub(crate) struct StoredWindows<'l> {
    limits: &'l [(String, RateLimit)],
    entries: &'l [Option<String>],
    now: i64,
    /// As they were read, once somebody asked: a call that is known asks for none.
    windows: Option<Vec<Option<SlidingWindow>>>,
    changed: bool,
}

impl<'l> StoredWindows<'l> {
    /// Those of a reservation's limits, in all its entries.
    pub(crate) fn new(
        limits: &'l [(String, RateLimit)],
        entries: &'l [Option<String>],
        now: i64,
    ) -> StoredWindows<'l> {
        StoredWindows {
            limits,
            entries: entries.get(OWN_NAMES..).unwrap_or_default(),
            now,
            windows: None,
            changed: false,
        }
    }

    /// What to write, where they were changed. What cannot be read stays as it is.
    pub(crate) fn into_writes(self) -> Vec<Write> {
        let mut writes = Vec::new();
        if !self.changed {
            return writes;
        }
        let windows = self.windows.into_iter().flatten().zip(self.limits);
        for (place, (window, (_, limit))) in windows.enumerate() {
            if let Some(window) = window {
                let change = Change::of_window(window, *limit, self.now);
                writes.push(change.to_write(place + OWN_NAMES, SlidingWindow::to_text));
            }
        }
        writes
    }

    /// The windows. What counts no longer is not read.
    fn read(&mut self) -> &mut Vec<Option<SlidingWindow>> {
        let (limits, entries, now) = (self.limits, self.entries, self.now);
        let read = |(place, (_, limit)): (usize, &(String, RateLimit))| match entries.get(place) {
            Some(Some(text)) => SlidingWindow::from_text(text, *limit, now),
            _ => Some(SlidingWindow::default()),
        };
        self.windows
            .get_or_insert_with(|| limits.iter().enumerate().map(read).collect())
    }
}

impl<'l> Windows<'l> for StoredWindows<'l> {
    fn look(&mut self, see: &mut dyn FnMut(&mut SlidingWindow, &'l str, RateLimit)) -> bool {
        let limits = self.limits;
        let windows = self.read();
        if windows.contains(&None) {
            return false;
        }
        for (window, (name, limit)) in windows.iter_mut().flatten().zip(limits) {
            see(window, name, *limit);
        }
        true
    }

    fn change(&mut self, change: &mut dyn FnMut(&mut SlidingWindow, RateLimit)) {
        self.changed = true;
        let limits = self.limits;
        for (window, (_, limit)) in self.read().iter_mut().zip(limits) {
            if let Some(window) = window {
                change(window, *limit);
            }
        }
    }
}
