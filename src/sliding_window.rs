//! A sliding window: when something happened, as far back as a limit looks.

use crate::decimal::integer;
use crate::rate_limit::RateLimit;

/// The times in milliseconds, the oldest first, of what counts against a limit. In every span of the limit's length, not
/// only in whole minutes or hours, no more happen than it allows.
///
/// ```
/// use quickcall::{RateLimit, SlidingWindow, Value};
///
/// let limit = RateLimit::read(&Value::from("2/min"), &[]).unwrap();
/// let mut window = SlidingWindow::default();
/// window.add(0);
/// window.add(50_000);
/// assert_eq!(window.wait(limit, 59_999), Some(1));
/// assert_eq!(window.wait(limit, 60_000), None);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SlidingWindow(Vec<i64>);

impl SlidingWindow {
    /// Reads what [`SlidingWindow::to_text`] wrote; what counts no longer at `now` is left out.
    pub fn from_text(text: &str, limit: RateLimit, now: i64) -> SlidingWindow {
        let mut time = 0i64;
        let times = text.split(',').filter_map(|step| step.parse::<i64>().ok());
        let times = times.map(|step| {
            time = time.saturating_add(step);
            time
        });
        SlidingWindow(
            times
                .filter(|time| now.saturating_sub(*time) < limit.window())
                .collect(),
        )
    }

    /// The times as text: the first, then the steps to the next.
    pub fn to_text(&self) -> String {
        let mut text = String::new();
        let mut before = 0;
        for time in &self.0 {
            if !text.is_empty() {
                text.push(',');
            }
            text.push_str(&integer(time - before));
            before = *time;
        }
        text
    }

    /// For how many milliseconds one more has to wait; nothing where there is room now.
    pub fn wait(&self, limit: RateLimit, now: i64) -> Option<i64> {
        let counting = |time: &&i64| now.saturating_sub(**time) < limit.window();
        let count = usize::try_from(limit.count()).unwrap_or(usize::MAX);
        // There is room again when all but `count - 1` of them have left the window.
        let leaves = self
            .0
            .iter()
            .filter(counting)
            .rev()
            .nth(count.saturating_sub(1))?;
        Some(leaves + limit.window() - now)
    }

    /// Counts one more.
    pub fn add(&mut self, now: i64) {
        // A clock that was set back must not make the steps negative.
        let last = self.0.last().copied().unwrap_or(now);
        self.0.push(now.max(last));
    }

    /// Takes back one that was counted at this time.
    pub fn remove(&mut self, time: i64) {
        if let Some(place) = self.0.iter().rposition(|counted| *counted == time) {
            self.0.remove(place);
        }
    }

    /// When the last one was counted.
    pub fn last(&self) -> Option<i64> {
        self.0.last().copied()
    }
}
