//! The memory of a handler in one process: what another process or machine does it does not know.

use alloc::string::String;
use core::fmt;

use crate::by_name::{ByName, Place};
use crate::change::Change;
use crate::flight::Flight;
use crate::idempotency_key::trace;
use crate::key_entry::KeyEntry;
use crate::rate_limit::RateLimit;
use crate::reservation::{Known, Reservation, flight_name, key_name, known_by, limit_name};
use crate::sliding_window::SlidingWindow;
use crate::windows::Windows;

/// How often what is over is thrown away, in milliseconds.
const SWEEP: i64 = 60_000;

/// Entries under their names. It ends with the process. They are kept as they are, and not as texts, which took most of the time of
/// a reservation. Every `now`, `at` and `unknown_since` is in milliseconds since 1970.
///
/// ```
/// use quickcall::{IdempotencyKey, Known, Memory, Reservation};
///
/// let call = Reservation {
///     key: IdempotencyKey::new("0123456789abcdef").ok_or("not a key")?, fingerprint: "f".into(), flight: "sales 14155550100 192.0.2.7".into(),
///     ring_time: 30_000, deadline: 40_000, limits: Vec::new(),
/// };
/// let mut memory = Memory::default();
/// assert_eq!(memory.reserve(&call, 1_000), Known::Reserved { at: 1_000 });
/// assert_eq!(memory.reserve(&call, 1_001), Known::Open);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Default)]
pub struct Memory {
    keys: ByName<KeyEntry>,
    flights: ByName<Flight>,
    windows: ByName<SlidingWindow>,
    swept: i64,
}

impl Memory {
    /// What is known of a key.
    pub fn known(&self, key: &str, fingerprint: &str, now: i64) -> Known {
        known_by(self.keys.get(key).into(), fingerprint, now)
    }

    /// Reserves a call, or says why not.
    pub fn reserve(&mut self, reservation: &Reservation, now: i64) -> Known {
        self.sweep(now);
        let (key, flight, mut windows) = self.places(reservation, now);
        let (known, changes) = reservation.begin(key.get().into(), flight.get().into(), &mut windows, now);
        key.change(changes.key);
        flight.change(changes.flight);
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
        let (key, flight, _) = self.places(reservation, now);
        let changes = reservation.end(key.get(), flight.get(), now, at, answer, unknown_since);
        key.change(changes.key);
        flight.change(changes.flight);
    }

    /// Takes back a call that was reserved `at` this time.
    pub fn release(&mut self, reservation: &Reservation, now: i64, at: i64) {
        let (key, flight, mut windows) = self.places(reservation, now);
        let changes = reservation.take_back(key.get(), flight.get(), &mut windows, now, at);
        key.change(changes.key);
        flight.change(changes.flight);
    }

    /// Where the entries of a reservation lie.
    fn places<'a>(
        &'a mut self,
        reservation: &'a Reservation,
        now: i64,
    ) -> (Place<'a, KeyEntry>, Place<'a, Flight>, KeptWindows<'a>) {
        let windows = KeptWindows {
            limits: &reservation.limits,
            all: &mut self.windows,
            now,
        };
        let key = self.keys.place(reservation.key.as_str());
        (key, self.flights.place(&reservation.flight), windows)
    }

    fn sweep(&mut self, now: i64) {
        // A clock that was ahead must not put it off.
        if !(0..SWEEP).contains(&now.saturating_sub(self.swept)) {
            self.swept = now;
            self.keys.forget(now);
            self.flights.forget(now);
            self.windows.forget(now);
        }
    }
}

/// The windows of a reservation's limits among those of all.
struct KeptWindows<'a> {
    limits: &'a [(String, RateLimit)],
    all: &'a mut ByName<SlidingWindow>,
    now: i64,
}

impl<'a> Windows<'a> for KeptWindows<'a> {
    fn look(&mut self, see: &mut dyn FnMut(&mut SlidingWindow, &'a str, RateLimit)) -> bool {
        for (name, limit) in self.limits {
            // Where nothing was counted is nothing to see.
            if let Some(window) = self.all.get_mut(name) {
                see(window, name, *limit);
            }
        }
        true
    }

    fn change(&mut self, change: &mut dyn FnMut(&mut SlidingWindow, RateLimit)) {
        for (place, (name, limit)) in self.limits.iter().enumerate() {
            // What a store would write last of one name counts.
            if self.limits.iter().skip(place + 1).any(|(later, _)| later == name) {
                continue;
            }
            let mut place = self.all.place(name);
            let mut window = place.take();
            window.forget(*limit, self.now);
            change(&mut window, *limit);
            place.change(Some(Change::of_window(window, *limit, self.now)));
        }
    }
}

/// Under the names that a store keeps them by, with the trace of a key in its place.
impl fmt::Debug for Memory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut all = f.debug_map();
        all.entries(
            self.keys
                .iter()
                .map(|(name, entry)| (key_name(&trace(name)), entry)),
        );
        all.entries(
            self.flights
                .iter()
                .map(|(name, flight)| (flight_name(name), flight)),
        );
        all.entries(
            self.windows
                .iter()
                .map(|(name, window)| (limit_name(name), window)),
        );
        all.finish()
    }
}
