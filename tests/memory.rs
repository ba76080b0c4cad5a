//! What the memory of one process keeps and forgets. It says what a store says, whatever happens.

#![cfg(not(target_arch = "wasm32"))]

use std::collections::HashMap;

use proptest::prelude::*;
use quickcall::{IdempotencyKey, Known, Memory, Path, RateLimit, Reservation, Value, Write, known};

#[path = "shared/a_reservation.rs"]
mod a_reservation;
#[path = "shared/any_number.rs"]
mod any_number;

use a_reservation::reservation;
use any_number::any_number;

const DAY: i64 = 86_400_000;

/// Entries as a store keeps them, that forgets what is over when a memory does.
#[derive(Default)]
struct Store {
    entries: HashMap<String, (String, i64)>,
    swept: i64,
}

impl Store {
    fn step<T>(&mut self, call: &Reservation, step: impl FnOnce(&[Option<String>]) -> (T, Vec<Write>)) -> T {
        let names = call.names();
        let text = |name: &String| Some(self.entries.get(name)?.0.clone());
        let (result, writes) = step(&names.iter().map(text).collect::<Vec<_>>());
        for Write {
            place,
            value,
            expires,
        } in writes
        {
            match value {
                Some(value) => self.entries.insert(names[place].clone(), (value, expires)),
                None => self.entries.remove(&names[place]),
            };
        }
        result
    }

    fn reserve(&mut self, call: &Reservation, now: i64) -> Known {
        if !(0..60_000).contains(&now.saturating_sub(self.swept)) {
            self.swept = now;
            self.entries.retain(|_, (_, expires)| *expires > now);
        }
        self.step(call, |entries| call.reserve(entries, now))
    }

    fn known(&self, key: &str, fingerprint: &str, now: i64) -> Known {
        let entry = self.entries.get(&format!("key:{key}"));
        known(entry.map(|(text, _)| text.as_str()), fingerprint, now)
    }
}

/// A memory and a store, side by side.
#[derive(Default)]
struct Both {
    memory: Memory,
    store: Store,
}

impl Both {
    fn reserve(&mut self, call: &Reservation, now: i64) -> Known {
        let known = self.memory.reserve(call, now);
        assert_eq!(known, self.store.reserve(call, now));
        known
    }

    fn settle(&mut self, call: &Reservation, now: i64, at: i64, unknown_since: Option<i64>) {
        let answer = || (200, format!(r#"{{"at":{at}}}"#));
        self.memory.settle(call, now, at, answer(), unknown_since);
        self.store.step(call, |entries| {
            ((), call.settle(entries, now, at, answer(), unknown_since))
        });
    }

    fn release(&mut self, call: &Reservation, now: i64, at: i64) {
        self.memory.release(call, now, at);
        self.store
            .step(call, |entries| ((), call.release(entries, now, at)));
    }

    /// Both know the same of every key.
    fn agree(&self, now: i64) {
        for key in KEYS {
            for fingerprint in FINGERPRINTS {
                let known = self.memory.known(key, fingerprint, now);
                assert_eq!(known, self.store.known(key, fingerprint, now), "{key}");
            }
        }
    }

    /// Both keep as many entries of each kind.
    fn keep_as_many(&self) {
        let kept = format!("{:?}", self.memory);
        for kind in ["\"key:", "\"flight:", "\"limit:"] {
            let names = self.store.entries.keys();
            let expected = names.filter(|name| name.starts_with(&kind[1..])).count();
            assert_eq!(kept.matches(kind).count(), expected, "{kind} {kept}");
        }
    }
}

// The first two have one digest (FNV-1a), the next two another.
const KEYS: [&str; 7] = [
    "8yn0iYCKYHlIj4-BwPqk",
    "GReLUrM4wMqfg9yzV3KQ",
    "gMPflVXtwGDXbIhP73TX",
    "LtHf1prlU1bCeYZEdqWf",
    "key-0001",
    "key-0002",
    "key_0003",
];
const FLIGHTS: [&str; 4] = ["gMPflVXtwGDXbIhP73TX", "LtHf1prlU1bCeYZEdqWf", "a", "b"];
const FINGERPRINTS: [&str; 2] = ["f", "\"g\""];
// Of one name the limits may differ, as those of two handlers.
const LIMITS: [(&str, &str); 10] = [
    ("8yn0iYCKYHlIj4-BwPqk", "2/min"),
    ("GReLUrM4wMqfg9yzV3KQ", "3/min"),
    ("visitor:a", "1/s"),
    ("visitor:a", "5/hour"),
    ("visitor:b", "4/day"),
    ("total:", "6/min"),
    ("large:", "150/s"),
    ("large:", "200/min"),
    ("large:", "128/min"),
    ("huge:", "9000/day"),
];

fn call(key: &str, flight: &str, fingerprint: &str, limits: &[usize], long: bool) -> Reservation {
    let limit = |place: &usize| {
        let (name, limit) = LIMITS[*place];
        let limit = RateLimit::read(&Value::from(limit), Path::Root).unwrap();
        (name.to_owned(), limit)
    };
    Reservation {
        key: IdempotencyKey::new(key).unwrap(),
        fingerprint: fingerprint.to_owned(),
        flight: flight.to_owned(),
        ring_time: if long { 600_000 } else { 30_000 },
        deadline: if long { 900_000 } else { 40_000 },
        limits: limits.iter().map(limit).collect(),
    }
}

#[test]
fn a_memory_keeps_an_entry_for_a_day() {
    let mut memory = Memory::default();
    let call = reservation("key-0001", "flight", &[]);
    assert_eq!(memory.known("key-0001", "f", 0), Known::Nothing);
    assert_eq!(memory.reserve(&call, 1_000), Known::Reserved { at: 1_000 });
    assert_eq!(memory.known("key-0001", "f", 1_001), Known::Open);
    assert_eq!(memory.known("key-0001", "g", 1_001), Known::Mismatch);
    assert_eq!(memory.known("key-0002", "f", 1_001), Known::Nothing);
    memory.settle(&call, 5_000, 1_000, (200, "{}".to_owned()), None);
    let settled = Known::Settled {
        status: 200,
        body: "{}".to_owned(),
    };
    assert_eq!(memory.known("key-0001", "f", DAY + 999), settled);
    // Looking after other calls throws nothing away that still counts.
    let other = reservation("key-0002", "other", &[]);
    assert_eq!(memory.reserve(&other, DAY), Known::Reserved { at: DAY });
    assert_eq!(memory.reserve(&call, DAY + 999), settled);
    assert_eq!(
        memory.reserve(&call, DAY + 1_000),
        Known::Reserved { at: DAY + 1_000 }
    );
}

#[test]
fn a_memory_takes_back_what_never_left() {
    let mut memory = Memory::default();
    let limits = [("kind0:x", "2/min"), ("kind1:x", "1/s")];
    let call = reservation("key-0001", "flight", &limits);
    let again = reservation("key-0002", "flight", &limits);
    assert_eq!(memory.reserve(&call, 0), Known::Reserved { at: 0 });
    assert_eq!(memory.reserve(&again, 10), Known::Duplicate { wait: 64_990 });
    // Not that of another time.
    memory.release(&call, 20, 1);
    assert_eq!(memory.known("key-0001", "f", 20), Known::Open);
    memory.release(&call, 20, 0);
    assert_eq!(memory.known("key-0001", "f", 20), Known::Nothing);
    assert_eq!(memory.reserve(&again, 30), Known::Reserved { at: 30 });
    let other = reservation("key-0003", "other", &limits);
    assert_eq!(
        memory.reserve(&other, 40),
        Known::Limited {
            wait: 990,
            limit: "kind1".to_owned()
        }
    );
}

#[test]
fn a_memory_forgets_what_is_over() {
    let mut memory = Memory::default();
    let size = |memory: &Memory| format!("{memory:?}").matches("flight:").count();
    for (place, now) in [0, 15_000, 59_000, 55_000].into_iter().enumerate() {
        let call = reservation(&format!("key-000{place}"), &format!("flight {place}"), &[]);
        memory.reserve(&call, now);
    }
    assert_eq!(size(&memory), 4);
    // The flights end at 65, 80, 124 and 120 s. It is looked once in a minute.
    for (now, expected) in [
        (60_000, 4),
        (119_999, 4),
        (120_000, 1),
        (179_999, 1),
        (180_000, 0),
    ] {
        let known = reservation("key-0000", "none", &[]);
        memory.reserve(&known, now);
        assert_eq!(size(&memory), expected, "{now}");
    }
    assert_eq!(memory.known("key-0002", "f", 180_000), Known::Lost);
}

#[test]
fn a_memory_forgets_what_counts_no_longer() {
    let mut memory = Memory::default();
    for (now, limits, windows, counted) in [
        (0, &[("visitor:a", "9/min")][..], 1, 1),
        (1_000, &[("visitor:a", "9/min")], 1, 2),
        (60_000, &[("visitor:a", "9/min")], 1, 2),
        (119_999, &[], 1, 2),
        (120_000, &[], 0, 0),
    ] {
        let call = reservation(&format!("key-{now:06}"), &format!("flight {now}"), limits);
        assert_eq!(memory.reserve(&call, now), Known::Reserved { at: now });
        let text = format!("{memory:?}");
        let found = ["visitor:a", "Counted"].map(|name| text.matches(name).count());
        assert_eq!(found, [windows, counted], "{now}");
    }
}

#[test]
fn a_memory_forgets_what_is_over_after_its_clock_was_set_back() {
    let mut memory = Memory::default();
    let size = |memory: &Memory| format!("{memory:?}").matches("flight:").count();
    let call = |place: i64| reservation(&format!("key-{place:04}"), &format!("flight {place}"), &[]);
    memory.reserve(&call(1), 9 * DAY);
    memory.reserve(&call(2), 0);
    assert_eq!(size(&memory), 2);
    memory.reserve(&call(2), 119_999);
    // That of the right time ended at 65 s.
    assert_eq!(size(&memory), 1);
    // By a millisecond, too, and not where it stands still: this one ends at 40 s.
    let mut memory = Memory::default();
    memory.reserve(&call(1), 60_000);
    memory.settle(&call(1), 10_000, 0, (504, String::new()), Some(10_000));
    memory.reserve(&call(1), 60_000);
    assert_eq!(size(&memory), 1);
    memory.reserve(&call(1), 59_999);
    assert_eq!(size(&memory), 0);
}

#[derive(Clone, Debug)]
enum Action {
    Reserve,
    /// The call that many before, again.
    Again(usize),
    /// Its answer: how long after it was reserved it was sent, where nobody knows what became of it.
    Settle(usize, Option<i64>),
    Release(usize),
    /// That of another time.
    SettleAt(usize, i64),
    ReleaseAt(usize, i64),
    /// That many calls, and so many milliseconds from one to the next.
    Burst(usize, i64),
}

fn an_action() -> impl Strategy<Value = Action> {
    let unknown = prop_oneof![Just(None), (-50_000i64..50_000).prop_map(Some)];
    prop_oneof![
        6 => Just(Action::Reserve),
        2 => (0usize..4).prop_map(Action::Again),
        3 => (0usize..4, unknown).prop_map(|(back, unknown)| Action::Settle(back, unknown)),
        2 => (0usize..4).prop_map(Action::Release),
        1 => (0usize..4, -9i64..9).prop_map(|(back, off)| Action::SettleAt(back, off)),
        1 => (0usize..4, -9i64..9).prop_map(|(back, off)| Action::ReleaseAt(back, off)),
        1 => (1usize..260, 0i64..9).prop_map(|(count, step)| Action::Burst(count, step)),
    ]
}

/// How the clock goes on, or back.
fn a_step() -> impl Strategy<Value = i64> {
    prop_oneof![
        3 => 0i64..9,
        6 => 0i64..20_000,
        2 => 0i64..3_600_000,
        1 => (DAY - 9)..(DAY + 9),
        1 => -9i64..0,
        2 => -40_000i64..0,
        1 => -2 * DAY..0,
        1 => Just(365 * DAY),
        1 => Just(-365 * DAY),
    ]
}

fn a_call() -> impl Strategy<Value = Reservation> {
    let limits = proptest::collection::vec(0..LIMITS.len(), 0..5);
    let places = (0..KEYS.len(), 0..FLIGHTS.len(), 0..FINGERPRINTS.len());
    (places, limits, proptest::bool::weighted(0.1)).prop_map(|((key, flight, fingerprint), limits, long)| {
        call(
            KEYS[key],
            FLIGHTS[flight],
            FINGERPRINTS[fingerprint],
            &limits,
            long,
        )
    })
}

proptest! {
    /// No time is too much for a memory or a store, and who has to wait waits for some time.
    #[test]
    fn no_number_is_too_much_for_a_memory(
        (ring_time, deadline, window) in (any_number(), any_number(), any_number()),
        count in any::<u32>(),
        times in proptest::collection::vec((any_number(), any_number(), any_number()), 1..6),
    ) {
        let limits = format!(r#"[{{"name": "total:", "count": {count}, "window": {}}}]"#, window >> 11);
        let json = call(KEYS[0], FLIGHTS[0], "f", &[1], false).to_json();
        let (head, _) = json.split_once(r#""limits":"#).unwrap();
        let read = Reservation::from_json(&[head, r#""limits":"#, &limits, "}"].concat()).unwrap();
        let mut both = Both::default();
        for (place, (now, at, sent)) in times.into_iter().enumerate() {
            let limited = [call(KEYS[0], "", "", &[2, 6], false).limits, read.limits.clone()].concat();
            let key = format!("key-{place:04}");
            let call = Reservation { key: IdempotencyKey::new(key.as_str()).unwrap(), ring_time, deadline, limits: limited, ..read.clone() };
            let of_store = both.store.reserve(&call, now);
            for known in [both.memory.reserve(&call, now), of_store] {
                if let Known::Duplicate { wait } | Known::Limited { wait, .. } = known {
                    prop_assert!(wait > 0, "{wait}");
                }
            }
            both.settle(&call, now, at, Some(sent));
            both.release(&call, now, at);
            drop(both.memory.known(&key, "f", at));
            drop(both.store.known(&key, "f", at));
        }
    }

    /// With clocks that go back and ahead, calls again and with another key, and answers that come late or never.
    #[test]
    fn a_memory_and_a_store_agree(
        steps in proptest::collection::vec((a_step(), a_call(), an_action()), 1..60),
    ) {
        let mut both = Both::default();
        let mut reserved: Vec<(Reservation, i64)> = Vec::new();
        let mut now = 1_790_000_000_000;
        for (place, (step, new, action)) in steps.into_iter().enumerate() {
            now += step;
            let earlier = |back: usize| reserved.iter().rev().nth(back).cloned();
            let other = || (new.clone(), now);
            match action {
                Action::Reserve => {
                    if let Known::Reserved { at } = both.reserve(&new, now) {
                        reserved.push((new, at));
                    }
                }
                Action::Again(back) => {
                    both.reserve(&earlier(back).unwrap_or_else(other).0, now);
                }
                Action::Settle(back, sent_after) => {
                    let (call, at) = earlier(back).unwrap_or_else(other);
                    both.settle(&call, now, at, sent_after.map(|after| at + after));
                }
                Action::SettleAt(back, off) => {
                    let (call, at) = earlier(back).unwrap_or_else(other);
                    both.settle(&call, now, at + off, None);
                }
                Action::Release(back) => {
                    let (call, at) = earlier(back).unwrap_or_else(other);
                    both.release(&call, now, at);
                }
                Action::ReleaseAt(back, off) => {
                    let (call, at) = earlier(back).unwrap_or_else(other);
                    both.release(&call, now, at + off);
                }
                Action::Burst(count, step) => {
                    for number in 0..count {
                        let name = format!("burst_{place}_{number}");
                        let call = call(&name, &name, "f", &[6, 7, 8, 9], false);
                        if let Known::Reserved { at } = both.reserve(&call, now) {
                            reserved.push((call, at));
                        }
                        now += step;
                    }
                }
            }
            both.agree(now);
        }
        both.keep_as_many();
    }
}
