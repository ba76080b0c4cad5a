//! A sliding window: when something happened, as far back as a limit looks.

use alloc::string::String;
use alloc::vec::Vec;

use crate::decimal::push_integer;
use crate::rate_limit::RateLimit;

/// In how many parts a window is kept where its limit allows more: what happened in one part leaves the window together.
const PARTS: i64 = 128;

/// What counts against a limit, and when it happened, in milliseconds since 1970, the oldest first; so is every `now`. In every span
/// of the limit's length, not only in whole minutes or hours, no more happen than it allows.
///
/// Of a limit over 128 only 128 times are kept, each the last of its part: then one more may have to wait up to a 128th
/// of the window longer than it must.
///
/// ```
/// use quickcall::{Path, RateLimit, SlidingWindow, Value};
///
/// let limit = RateLimit::read(&Value::from("2/min"), Path::Root).unwrap();
/// let mut window = SlidingWindow::default();
/// window.add(limit, 0);
/// window.add(limit, 50_000);
/// assert_eq!(window.wait(limit, 59_999), Some(1));
/// assert_eq!(window.wait(limit, 60_000), None);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SlidingWindow(Vec<Counted>);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Counted {
    time: i64,
    count: u32,
}

impl SlidingWindow {
    /// Reads what [`SlidingWindow::to_text`] wrote; what counts no longer at `now` is left out. Nothing where it is another text:
    /// nobody knows what was counted then.
    pub fn from_text(text: &str, limit: RateLimit, now: i64) -> Option<SlidingWindow> {
        let mut time = 0i64;
        let mut all = Vec::new();
        // A step, and behind an `x` a count. It is read so often that every part of a text would be felt.
        let (mut step, mut count) = (None, None);
        let mut has_digits = false;
        for byte in text.bytes().chain([b',']) {
            let number = match byte {
                b'x' if has_digits && count.is_none() => {
                    (count, has_digits) = (Some(0), false);
                    continue;
                }
                b'0'..=b'9' if count.is_some() => &mut count,
                b'0'..=b'9' => &mut step,
                b',' if has_digits => {
                    time = time.saturating_add(step.unwrap_or(0));
                    if now.saturating_sub(time) < limit.window() {
                        let count = u32::try_from(count.unwrap_or(1)).unwrap_or(u32::MAX);
                        all.push(Counted { time, count });
                    }
                    (step, count, has_digits) = (None, None, false);
                    continue;
                }
                _ => return None,
            };
            has_digits = true;
            let digit = i64::from(byte - b'0');
            *number = Some(number.unwrap_or(0i64).saturating_mul(10).saturating_add(digit));
        }
        Some(SlidingWindow(all))
    }

    /// The times as text: the first, then the steps to the next, with a count where it is not one: `1790000000000,50x3`.
    pub fn to_text(&self) -> String {
        let mut text = String::with_capacity(self.0.len() * 8);
        let mut before = 0;
        for Counted { time, count } in &self.0 {
            if !text.is_empty() {
                text.push(',');
            }
            push_integer(&mut text, time.saturating_sub(before));
            if *count != 1 {
                text.push('x');
                push_integer(&mut text, (*count).into());
            }
            before = *time;
        }
        text
    }

    /// For how many milliseconds one more has to wait; nothing where there is room now.
    pub fn wait(&self, limit: RateLimit, now: i64) -> Option<i64> {
        let mut counted = 0;
        for Counted { time, count } in self.0.iter().rev() {
            let ago = now.saturating_sub(*time);
            if ago >= limit.window() {
                break;
            }
            counted = u32::saturating_add(counted, *count);
            // There is room again when this has left the window.
            if counted >= limit.count() {
                return Some(limit.window().saturating_sub(ago));
            }
        }
        None
    }

    /// Counts one more.
    pub fn add(&mut self, limit: RateLimit, now: i64) {
        // A text may say a window that has fewer milliseconds than parts.
        let part = (limit.window() / PARTS).max(1);
        match self.0.last_mut() {
            Some(last) if i64::from(limit.count()) > PARTS && now / part <= last.time / part => {
                last.time = last.time.max(now);
                last.count = last.count.saturating_add(1);
            }
            // A clock that was set back must not make the steps negative.
            Some(last) => {
                let time = last.time.max(now);
                self.0.push(Counted { time, count: 1 });
            }
            None => self.0.push(Counted { time: now, count: 1 }),
        }
    }

    /// Takes back one that was counted at this time. What counts no longer at `now` is left alone: it may be forgotten, and another
    /// one would be taken for it.
    pub fn remove(&mut self, limit: RateLimit, time: i64, now: i64) {
        if now.saturating_sub(time) >= limit.window() {
            return;
        }
        let Some(place) = self.0.iter().position(|counted| counted.time >= time) else {
            return;
        };
        if let Some(counted) = self.0.get_mut(place) {
            counted.count = counted.count.saturating_sub(1);
            if counted.count == 0 {
                self.0.remove(place);
            }
        }
    }

    /// Takes what a clock that was ahead counted as if it were counted now, so that it keeps nobody away for longer than one
    /// window. Says whether there was any.
    pub(crate) fn pull_back(&mut self, now: i64) -> bool {
        let mut ahead = self
            .0
            .iter_mut()
            .rev()
            .take_while(|counted| counted.time > now)
            .peekable();
        let any = ahead.peek().is_some();
        ahead.for_each(|counted| counted.time = now);
        any
    }

    /// When the last one was counted, in milliseconds since 1970.
    pub fn last(&self) -> Option<i64> {
        self.0.last().map(|counted| counted.time)
    }

    /// When nothing counts any more, in milliseconds since 1970; nothing where nothing was counted.
    pub(crate) fn expires(&self, limit: RateLimit) -> Option<i64> {
        self.last().map(|last| last.saturating_add(limit.window()))
    }

    /// Forgets what counts no longer at `now`. Nothing does where the oldest counts.
    pub(crate) fn forget(&mut self, limit: RateLimit, now: i64) {
        let counts = |counted: &Counted| now.saturating_sub(counted.time) < limit.window();
        if !self.0.first().is_none_or(counts) {
            self.0.retain(counts);
        }
    }
}
