//! The memory of a handler in one process: what another process or machine does it does not know.

use alloc::string::String;
use alloc::vec::Vec;

use crate::reservation::{Known, Reservation, Write, known};
use alloc::collections::BTreeMap;

/// How often what is over is thrown away, in milliseconds.
const SWEEP: i64 = 60_000;

/// Entries under their names. It ends with the process.
///
/// ```
/// use quickcall::{Known, Memory, Reservation};
///
/// let call = Reservation {
///     key: "0123456789abcdef".into(), fingerprint: "f".into(), flight: "sales 14155550100 192.0.2.7".into(),
///     ring_time: 30_000, limits: Vec::new(),
/// };
/// let mut memory = Memory::default();
/// assert_eq!(memory.reserve(&call, 1_000), Known::Reserved { at: 1_000 });
/// assert_eq!(memory.reserve(&call, 1_001), Known::Open);
/// ```
#[derive(Clone, Debug, Default)]
pub struct Memory {
    entries: BTreeMap<String, (String, i64)>,
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
        let names = reservation.names();
        let (known, writes) = reservation.reserve(&self.read(&names), now);
        self.write(names, writes);
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
        let mut names = reservation.names();
        names.truncate(2);
        let writes = reservation.settle(&self.read(&names), now, at, answer, unknown_since);
        self.write(names, writes);
    }

    /// Takes back a call that was reserved `at` this time.
    pub fn release(&mut self, reservation: &Reservation, now: i64, at: i64) {
        let names = reservation.names();
        let writes = reservation.release(&self.read(&names), now, at);
        self.write(names, writes);
    }

    fn read(&self, names: &[String]) -> Vec<Option<String>> {
        let value = |name: &String| self.entries.get(name).map(|(value, _)| value.clone());
        names.iter().map(value).collect()
    }

    fn write(&mut self, names: Vec<String>, writes: Vec<Write>) {
        let mut names: Vec<Option<String>> = names.into_iter().map(Some).collect();
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
        if now.saturating_sub(self.swept) >= SWEEP {
            self.swept = now;
            self.entries.retain(|_, (_, expires)| *expires > now);
        }
    }
}
