//! What a handler remembers: one call for one key, calls in flight, and what limits count.

#![cfg(not(target_arch = "wasm32"))]

use proptest::prelude::*;
use quickcall::{IdempotencyKey, Known, Memory, Reservation, Write, known};

#[path = "shared/a_reservation.rs"]
mod a_reservation;

use a_reservation::reservation;

/// Entries, as a store keeps them.
#[derive(Default)]
struct Store(std::collections::HashMap<String, String>);

impl Store {
    fn entries(&self, reservation: &Reservation) -> Vec<Option<String>> {
        reservation
            .names()
            .iter()
            .map(|name| self.0.get(name).cloned())
            .collect()
    }

    fn write(&mut self, reservation: &Reservation, writes: Vec<Write>) {
        let names = reservation.names();
        for Write { place, value, .. } in writes {
            match value {
                Some(value) => self.0.insert(names[place].clone(), value),
                None => self.0.remove(&names[place]),
            };
        }
    }

    fn reserve(&mut self, reservation: &Reservation, now: i64) -> Known {
        let (known, writes) = reservation.reserve(&self.entries(reservation), now);
        self.write(reservation, writes);
        known
    }

    fn known(&self, key: &str, fingerprint: &str, now: i64) -> Known {
        known(
            self.0.get(&["key:", key].concat()).map(String::as_str),
            fingerprint,
            now,
        )
    }
}

const DAY: i64 = 86_400_000;

#[test]
fn a_key_is_reserved_once_and_its_entry_stays_for_a_day() {
    let mut store = Store::default();
    let call = reservation("key-0001", "flight", &[]);
    assert_eq!(store.known("key-0001", "f", 0), Known::Nothing);
    assert_eq!(store.reserve(&call, 1_000), Known::Reserved { at: 1_000 });
    assert_eq!(store.reserve(&call, 1_001), Known::Open);
    assert_eq!(store.known("key-0001", "other", 1_001), Known::Mismatch);
    // Ring time and 15 seconds later nobody waits any more, and nobody dials.
    assert_eq!(store.known("key-0001", "f", 45_999), Known::Open);
    assert_eq!(store.known("key-0001", "f", 46_000), Known::Lost);
    assert_eq!(store.reserve(&call, 46_000), Known::Lost);
    // An answer that comes late is told all the same.
    let writes = call.settle(&store.entries(&call), 50_000, 1_000, (200, "{}".to_owned()), None);
    store.write(&call, writes);
    let settled = Known::Settled {
        status: 200,
        body: "{}".to_owned(),
    };
    assert_eq!(store.reserve(&call, 50_001), settled);
    // The first answer is the answer.
    let writes = call.settle(&store.entries(&call), 50_002, 1_000, (502, "no".to_owned()), None);
    store.write(&call, writes);
    assert_eq!(store.known("key-0001", "f", DAY + 999), settled);
    assert_eq!(store.known("key-0001", "f", DAY + 1_000), Known::Nothing);
    // An entry that cannot be read is no reason to dial.
    store.0.insert("key:key-0001".to_owned(), "?".to_owned());
    assert_eq!(store.reserve(&call, DAY + 1_000), Known::Lost);
}

#[test]
fn a_call_in_flight_keeps_the_same_one_away() {
    let mut store = Store::default();
    let first = reservation("key-0001", "flight", &[]);
    let second = reservation("key-0002", "flight", &[]);
    assert_eq!(store.reserve(&first, 0), Known::Reserved { at: 0 });
    assert_eq!(store.reserve(&second, 5_000), Known::Duplicate { wait: 60_000 });
    let settle = |store: &mut Store, unknown_since| {
        let answer = (504, String::new());
        let writes = first.settle(&store.entries(&first), 5_000, 0, answer, unknown_since);
        store.write(&first, writes);
    };
    // While nobody knows what became of it, the phone may ring: from when it was sent, after its token came.
    settle(&mut store, Some(3_000));
    assert_eq!(store.reserve(&second, 32_999), Known::Duplicate { wait: 1 });
    assert_eq!(store.reserve(&second, 33_000), Known::Reserved { at: 33_000 });

    // Nobody else calls while it waits for its tokens, rings and is not answered for.
    let mut store = Store::default();
    store.reserve(&first, 0);
    assert_eq!(store.reserve(&second, 64_999), Known::Duplicate { wait: 1 });
    assert_eq!(store.reserve(&second, 65_000), Known::Reserved { at: 65_000 });

    let mut store = Store::default();
    store.reserve(&first, 0);
    settle(&mut store, None);
    assert_eq!(store.reserve(&second, 5_000), Known::Reserved { at: 5_000 });
}

#[test]
fn what_comes_late_of_one_call_ends_nothing_of_another() {
    let mut store = Store::default();
    let mut memory = Memory::default();
    let call = |key: &str| reservation(key, "flight", &[]);
    let (first, second, third) = (call("key-0001"), call("key-0002"), call("key-0003"));
    // Another call with the key of the first.
    let other = Reservation {
        fingerprint: "other".to_owned(),
        ..first.clone()
    };
    let answer = || (200, "{}".to_owned());
    assert_eq!(store.reserve(&first, 0), Known::Reserved { at: 0 });
    assert_eq!(memory.reserve(&first, 0), Known::Reserved { at: 0 });
    assert_eq!(other.release(&store.entries(&other), 10, 0), []);
    memory.release(&other, 10, 0);
    let writes = other.settle(&store.entries(&other), 10, 0, answer(), None);
    store.write(&other, writes);
    memory.settle(&other, 10, 0, answer(), None);
    assert_eq!(store.known("key-0001", "f", 10), Known::Open);
    assert_eq!(memory.known("key-0001", "f", 10), Known::Open);

    // Its flight is over, and the same call was begun under another key.
    let mut store = Store::default();
    let mut memory = Memory::default();
    store.reserve(&first, 0);
    memory.reserve(&first, 0);
    assert_eq!(store.reserve(&second, 65_000), Known::Reserved { at: 65_000 });
    assert_eq!(memory.reserve(&second, 65_000), Known::Reserved { at: 65_000 });
    let (mut answered, mut memory_answered) = (Store(store.0.clone()), memory.clone());
    let writes = first.release(&store.entries(&first), 66_000, 0);
    store.write(&first, writes);
    memory.release(&first, 66_000, 0);
    let writes = first.settle(&answered.entries(&first), 66_000, 0, answer(), None);
    answered.write(&first, writes);
    memory_answered.settle(&first, 66_000, 0, answer(), None);
    let duplicate = Known::Duplicate { wait: 63_000 };
    for mut store in [store, answered] {
        assert_eq!(store.reserve(&third, 67_000), duplicate);
    }
    for mut memory in [memory, memory_answered] {
        assert_eq!(memory.reserve(&third, 67_000), duplicate);
    }
}

#[test]
fn limits_and_reservation_are_one_step() {
    let mut store = Store::default();
    let limits = [("visitor:a", "2/min"), ("total:", "3/hour")];
    let call = |count: i64, visitor: &str| {
        let limits = [(visitor, limits[0].1), limits[1]];
        reservation(&format!("key-{count:04}"), &format!("flight {count}"), &limits)
    };
    let limited = |wait, limit: &str| Known::Limited {
        wait,
        limit: limit.to_owned(),
    };
    assert_eq!(store.reserve(&call(1, "visitor:a"), 0), Known::Reserved { at: 0 });
    assert_eq!(
        store.reserve(&call(2, "visitor:a"), 10_000),
        Known::Reserved { at: 10_000 }
    );
    assert_eq!(
        store.reserve(&call(3, "visitor:a"), 20_000),
        limited(40_000, "visitor")
    );
    // A refusal is not counted, and leaves no entry of the key.
    assert_eq!(store.known("key-0003", "f", 20_000), Known::Nothing);
    assert_eq!(
        store.reserve(&call(4, "visitor:b"), 20_000),
        Known::Reserved { at: 20_000 }
    );
    assert_eq!(
        store.reserve(&call(5, "visitor:c"), 30_000),
        limited(3_570_000, "total")
    );
    // The longest wait is told.
    assert_eq!(
        store.reserve(&call(6, "visitor:a"), 50_000),
        limited(3_550_000, "total")
    );
    // What is taken back counts no more.
    let taken_back = call(4, "visitor:b");
    let writes = taken_back.release(&store.entries(&taken_back), 40_000, 20_000);
    store.write(&taken_back, writes);
    assert_eq!(store.known("key-0004", "f", 40_000), Known::Nothing);
    assert_eq!(
        store.reserve(&call(4, "visitor:b"), 40_000),
        Known::Reserved { at: 40_000 }
    );
    // What has an answer is never taken back.
    let answered = call(1, "visitor:a");
    let writes = answered.settle(&store.entries(&answered), 41_000, 0, (200, String::new()), None);
    store.write(&answered, writes);
    assert_eq!(answered.release(&store.entries(&answered), 42_000, 0), []);
}

/// What was counted a year ahead keeps calls away for one window from when the clock is right, and no longer.
#[test]
fn a_clock_that_was_ahead_locks_no_limit() {
    const YEAR: i64 = 365 * DAY;
    let limits = [("visitor:a", "9/s"), ("total:", "2/min")];
    let call = |place: i64| reservation(&format!("key-{place:04}"), &format!("flight {place}"), &limits);
    let limited = |wait| Known::Limited {
        wait,
        limit: "total".to_owned(),
    };
    let mut store = Store::default();
    let mut memory = Memory::default();
    for (place, now, known) in [
        (1, YEAR, Known::Reserved { at: YEAR }),
        (2, YEAR + 1, Known::Reserved { at: YEAR + 1 }),
        (3, 5_000, limited(60_000)),
        (4, 5_001, limited(59_999)),
        (5, 64_999, limited(1)),
        (6, 65_000, Known::Reserved { at: 65_000 }),
        // Set back by a little, it is the same.
        (7, 65_001, Known::Reserved { at: 65_001 }),
        (8, 64_000, limited(60_000)),
        (9, 123_999, limited(1)),
        (10, 124_000, Known::Reserved { at: 124_000 }),
    ] {
        assert_eq!(store.reserve(&call(place), now), known, "{place}");
        assert_eq!(memory.reserve(&call(place), now), known, "{place}");
    }
    // Where no clock was ahead, a refusal writes nothing.
    let one = [("total:", "1/min")];
    let mut store = Store::default();
    store.reserve(&reservation("key-0001", "flight 1", &one), 5_000);
    let refused = reservation("key-0002", "flight 2", &one);
    let (known, writes) = refused.reserve(&store.entries(&refused), 5_000);
    assert_eq!((known, writes), (limited(60_000), vec![]));
}

#[test]
fn a_clock_that_was_ahead_locks_no_call() {
    let first = reservation("key-0001", "flight", &[]);
    let second = reservation("key-0002", "flight", &[]);
    // The longest that any call may be in flight: 600 s of ringing, and 35 s.
    for (until, wait, written) in [
        (640_000, 635_000, None),
        (640_001, 635_000, Some("640000 key-0001")),
        (DAY, 635_000, Some("640000 key-0001")),
    ] {
        let mut store = Store::default();
        let [_, name] = <[String; 2]>::try_from(first.names()).unwrap();
        store.0.insert(name, format!("{until} key-0001"));
        let (known, writes) = second.reserve(&store.entries(&second), 5_000);
        assert_eq!(known, Known::Duplicate { wait }, "{until}");
        let texts: Vec<_> = writes
            .iter()
            .map(|write| (write.place, write.value.as_deref(), write.expires))
            .collect();
        let expected: Vec<_> = written.iter().map(|text| (1, Some(*text), 640_000)).collect();
        assert_eq!(texts, expected, "{until}");
        store.write(&second, writes);
        assert_eq!(store.reserve(&second, 640_000), Known::Reserved { at: 640_000 });
    }
}

#[test]
fn an_entry_is_kept_for_as_long_as_it_counts() {
    let call = reservation("key-0001", "flight", &[("kind0:x", "2/min")]);
    let none = vec![None; 3];
    // Place and end of what is written, and whether something is.
    let kept = |writes: &[Write]| -> Vec<(usize, i64, bool)> {
        let kept = |write: &Write| (write.place, write.expires, write.value.is_some());
        writes.iter().map(kept).collect()
    };
    let (known, writes) = call.reserve(&none, 1_000);
    assert_eq!(known, Known::Reserved { at: 1_000 });
    assert_eq!(
        kept(&writes),
        [(0, DAY + 1_000, true), (1, 66_000, true), (2, 61_000, true)]
    );
    let entries: Vec<Option<String>> = writes.into_iter().map(|write| write.value).collect();
    for (now, unknown_since, until, in_flight) in [
        (33_999, Some(4_000), 34_000, true),
        (34_000, Some(4_000), 34_000, false),
        (5_000, None, 5_000, false),
        // The clock of who sent it is behind, and ahead.
        (5_000, Some(0), 31_000, true),
        (5_000, Some(9_000), 35_000, true),
    ] {
        let writes = call.settle(&entries, now, 1_000, (504, String::new()), unknown_since);
        assert_eq!(
            kept(&writes),
            [(0, DAY + 1_000, true), (1, until, in_flight)],
            "{now}"
        );
    }
    let back = call.release(&entries, 5_000, 1_000);
    assert_eq!(
        kept(&back),
        [(0, 5_000, false), (1, 5_000, false), (2, 5_000, false)]
    );
    // Another call was counted meanwhile.
    let other = reservation("key-0002", "other", &[("kind0:x", "2/min")]);
    let (_, writes) = other.reserve(&[None, None, entries[2].clone()], 2_000);
    let counted = writes[2].value.clone();
    let back = call.release(&[entries[0].clone(), entries[1].clone(), counted], 5_000, 1_000);
    assert_eq!(
        kept(&back),
        [(0, 5_000, false), (1, 5_000, false), (2, 62_000, true)]
    );
    assert_eq!(back[2].value.as_deref(), Some("2000"));
}

#[test]
fn what_cannot_be_read_reserves_nothing() {
    let call = reservation(
        "key-0001",
        "flight",
        &[("visitor:a", "2/min"), ("total:", "5/min")],
    );
    for place in [1, 2, 3] {
        for unreadable in [
            "",
            "garbage",
            "{}",
            "null",
            "-1",
            "9x",
            "9000000000 short",
            "9000000000 key 0001",
        ] {
            let mut entries = vec![None; 4];
            entries[place] = Some(unreadable.to_owned());
            let (known, writes) = call.reserve(&entries, 1_000);
            assert_eq!(
                (known, writes),
                (Known::Unreadable, vec![]),
                "{place} {unreadable}"
            );
        }
    }
    // A key that is known has its record all the same.
    let mut store = Store::default();
    assert_eq!(store.reserve(&call, 1_000), Known::Reserved { at: 1_000 });
    let unreadable = |name: &str| [("limit:", name), ("garbage", "")].map(|(a, b)| [a, b].concat());
    for name in ["visitor:a", "total:"] {
        let [name, text] = unreadable(name);
        store.0.insert(name, text);
    }
    assert_eq!(store.reserve(&call, 1_001), Known::Open);
    // It can be taken back, too: what cannot be read stays as it is.
    let writes = call.release(&store.entries(&call), 1_002, 1_000);
    assert_eq!(writes.iter().map(|write| write.place).collect::<Vec<_>>(), [0, 1]);
}

#[test]
fn under_what_is_no_key_nothing_is_reserved() {
    let json = reservation("key-0001", "flight", &[]).to_json();
    for key in ["", "short", "key 0001", "kéy-0001", &"k".repeat(129)] {
        assert_eq!(IdempotencyKey::new(key), None);
        let other = json.replace(r#""key":"key-0001""#, &format!(r#""key":"{key}""#));
        assert_ne!(other, json);
        assert_eq!(Reservation::from_json(&other), None, "{key}");
    }
}

#[test]
fn a_call_flies_for_as_long_as_its_answer_is_awaited() {
    for (deadline, flies) in [(0, 65_000), (40_000, 65_000), (45_000, 65_000), (90_000, 110_000)] {
        let mut store = Store::default();
        let [first, second] = ["key-0001", "key-0002"].map(|key| Reservation {
            deadline,
            ..reservation(key, "flight", &[])
        });
        store.reserve(&first, 0);
        assert_eq!(store.reserve(&second, flies - 1), Known::Duplicate { wait: 1 });
        assert_eq!(store.reserve(&second, flies), Known::Reserved { at: flies });
    }
    // A handler of an earlier version does not say how long.
    let earlier = reservation("key-0001", "flight", &[])
        .to_json()
        .replace(r#""deadline":40000,"#, "");
    assert_eq!(Reservation::from_json(&earlier).unwrap().deadline, 0);
    // What a clock that was ahead has written ends with the longest call, or with one as long as this.
    for (deadline, wait) in [(40_000, 635_000), (900_000, 920_000)] {
        let call = Reservation {
            deadline,
            ..reservation("key-0002", "flight", &[])
        };
        let entries = [None, Some("9000000000 key-0001".to_owned())];
        assert_eq!(call.reserve(&entries, 0).0, Known::Duplicate { wait });
    }
}

proptest! {
    /// Entries of a store may say any number.
    #[test]
    fn no_number_of_an_entry_overflows(
        (at, until, flight, counted) in ("-?[0-9]{1,20}", "-?[0-9]{1,20}", any::<i64>(), "[0-9]{1,30}"),
        now in prop_oneof![any::<i64>(), Just(i64::MIN), Just(i64::MAX), Just(0)],
        unknown_since in any::<Option<i64>>(),
    ) {
        let call = reservation("key-0001", "flight", &[("total:", "1/day")]);
        let key = format!(r#"{{"fingerprint":"f","at":{at},"until":{until}}}"#);
        for entries in [
            [None, None, Some(counted)],
            [None, Some(format!("{flight} key-0001")), None],
            [Some(key), None, None],
        ] {
            if let Known::Duplicate { wait } | Known::Limited { wait, .. } = call.reserve(&entries, now).0 {
                prop_assert!(wait > 0, "{wait}");
            }
            let writes = call.settle(&entries, now, flight, (200, String::new()), unknown_since);
            prop_assert!(writes.len() < 3);
            call.release(&entries, now, flight);
        }
    }

    /// The memory of one process says what a store would have said.
    #[test]
    fn a_memory_says_what_a_store_says(
        steps in proptest::collection::vec((0usize..8, 0usize..3, 0i64..20_000, 0u8..8), 1..120),
    ) {
        let limits = [("visitor:a", "2/min"), ("visitor:b", "3/min"), ("visitor:c", "150/min")];
        let mut memory = Memory::default();
        let mut store = Store::default();
        let mut reserved: Vec<(Reservation, i64)> = Vec::new();
        let mut now = 1_790_000_000_000;
        for (place, (back, visitor, step, action)) in steps.into_iter().enumerate() {
            now += step;
            let earlier = reserved.iter().rev().nth(back);
            let (call, at) = match earlier {
                Some((call, at)) if action > 3 => (call.clone(), *at),
                _ => {
                    let limits = [limits[visitor], ("total:", "20/hour"), ("endpoint:e", "9000/day")];
                    let call = reservation(&format!("key-{place:04}"), &format!("flight {visitor}{back}"), &limits);
                    (call, now)
                }
            };
            match action {
                0..=4 => {
                    let known = memory.reserve(&call, now);
                    prop_assert_eq!(&known, &store.reserve(&call, now));
                    if let Known::Reserved { at } = known {
                        reserved.push((call.clone(), at));
                    }
                }
                5 => {
                    memory.release(&call, now, at);
                    let writes = call.release(&store.entries(&call), now, at);
                    store.write(&call, writes);
                }
                _ => {
                    let unknown_since = (action == 6).then_some(at + 1);
                    let answer = (200, "{}".to_owned());
                    memory.settle(&call, now, at, answer.clone(), unknown_since);
                    let writes = call.settle(&store.entries(&call), now, at, answer, unknown_since);
                    store.write(&call, writes);
                }
            }
            let key = call.key.as_str();
            prop_assert_eq!(memory.known(key, "f", now), store.known(key, "f", now));
        }
    }
}
