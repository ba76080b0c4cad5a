//! The memory of a handler in one process: what another process or machine does it does not know.

use alloc::string::String;
use alloc::vec::Vec;

use crate::rate_limit::RateLimit;
use crate::reservation::{Known, Reservation, Write, known};
use crate::sliding_window::SlidingWindow;
use alloc::collections::BTreeMap;

/// How often what is over is thrown away, in milliseconds.
const SWEEP: i64 = 60_000;

/// Entries under their names. It ends with the process. What limits count is kept as it is, and not as text, which took most of
/// the time of a reservation. Every `now`, `at` and `unknown_since` is in milliseconds since 1970.
///
/// ```
/// use quickcall::{Known, Memory, Reservation};
///
/// let call = Reservation {
///     key: "0123456789abcdef".into(), fingerprint: "f".into(), flight: "sales 14155550100 192.0.2.7".into(),
///     ring_time: 30_000, deadline: 40_000, limits: Vec::new(),
/// };
/// let mut memory = Memory::default();
/// assert_eq!(memory.reserve(&call, 1_000), Known::Reserved { at: 1_000 });
/// assert_eq!(memory.reserve(&call, 1_001), Known::Open);
/// ```
#[derive(Clone, Debug, Default)]
pub struct Memory {
    entries: BTreeMap<String, (String, i64)>,
    windows: BTreeMap<String, (SlidingWindow, i64)>,
    swept: i64,
}

impl Memory {
    /// What is known of a key.
    pub fn known(&self, key: &str, fingerprint: &str, now: i64) -> Known {
        let entry = self.entries.get(&["key:", key].concat());
        known(entry.map(|(value, _)| value.as_str()), fingerprint, now)
    }

    /// Reserves a call, or says why not.
    pub fn reserve(&mut self, reservation: &Reservation, now: i64) -> Known {
        self.sweep(now);
        let names = reservation.own_names();
        let [entry, flight] = self.read(&names);
        let (known, writes, windows) =
            reservation.begin(entry, flight, || Some(self.windows(reservation, now)), now);
        self.write(names, writes);
        self.count(reservation, windows);
        known
    }

    /// Keeps the answer of a call that was reserved `at` this time, and sent at `unknown_since` where nobody knows what became of it.
    pub fn settle(
        &mut self,
        reservation: &Reservation,
        now: i64,
        at: i64,
        answer: (i64, String),
        unknown_since: Option<i64>,
    ) {
        let names = reservation.own_names();
        let [entry, flight] = self.read(&names);
        let writes = reservation.end(entry, flight, now, at, answer, unknown_since);
        self.write(names, writes);
    }

    /// Takes back a call that was reserved `at` this time.
    pub fn release(&mut self, reservation: &Reservation, now: i64, at: i64) {
        let names = reservation.own_names();
        let [entry, flight] = self.read(&names);
        let writes = reservation.take_back(entry, flight, now, at);
        if writes.is_empty() {
            return;
        }
        let mut windows = self.windows(reservation, now);
        windows.iter_mut().for_each(|window| window.remove(at));
        self.write(names, writes);
        self.count(reservation, windows);
    }

    fn read(&self, names: &[String; 2]) -> [Option<&str>; 2] {
        names
            .each_ref()
            .map(|name| self.entries.get(name).map(|(value, _)| value.as_str()))
    }

    /// What the limits of a reservation have counted.
    fn windows(&self, reservation: &Reservation, now: i64) -> Vec<SlidingWindow> {
        let window = |(name, limit): &(String, RateLimit)| {
            let window = self.windows.get(name).map(|(window, _)| window.at(*limit, now));
            window.unwrap_or_default()
        };
        reservation.limits.iter().map(window).collect()
    }

    fn count(&mut self, reservation: &Reservation, windows: Vec<SlidingWindow>) {
        for ((name, limit), window) in reservation.limits.iter().zip(windows) {
            match window.expires(*limit) {
                Some(expires) => self.windows.insert(name.clone(), (window, expires)),
                None => self.windows.remove(name),
            };
        }
    }

    fn write(&mut self, names: [String; 2], writes: Vec<Write>) {
        let mut names = names.map(Some);
        for Write {
            place,
            value,
            expires,
        } in writes
        {
            let Some(name) = names.get_mut(place).and_then(Option::take) else {
                continue;
            };
            match value {
                Some(value) => self.entries.insert(name, (value, expires)),
                None => self.entries.remove(&name),
            };
        }
    }

    fn sweep(&mut self, now: i64) {
        // A clock that was ahead must not put it off.
        if !(0..SWEEP).contains(&now.saturating_sub(self.swept)) {
            self.swept = now;
            self.entries.retain(|_, (_, expires)| *expires > now);
            self.windows.retain(|_, (_, expires)| *expires > now);
        }
    }
}
