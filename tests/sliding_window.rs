//! What a limit has counted, and when there is room again.

#![cfg(not(target_arch = "wasm32"))]

use proptest::prelude::*;
use quickcall::{Known, Memory, Path, RateLimit, Reservation, SlidingWindow, Value};

#[path = "shared/any_number.rs"]
mod any_number;

use any_number::any_number;

fn read(text: &str, limit: RateLimit, now: i64) -> SlidingWindow {
    SlidingWindow::from_text(text, limit, now).unwrap()
}

#[test]
fn no_count_is_too_large_to_be_counted() {
    let limit = RateLimit::read(&Value::from("200/s"), Path::Root).unwrap();
    let mut window = read("1000x4294967295,1x9999999999", limit, 1_500);
    assert_eq!(window.wait(limit, 1_500), Some(501));
    window.add(limit, 1_001);
    assert_eq!(window.wait(limit, 1_500), Some(501));
    // The last alone leaves room; what both are together does not.
    let window = read("1000x4294967295,1", limit, 1_500);
    assert_eq!(window.wait(limit, 1_500), Some(500));
}

#[test]
fn a_window_may_be_shorter_than_its_parts() {
    let text = r#"{"key": "0123456789abcdef", "fingerprint": "f", "flight": "a", "ringTime": 1000,
        "limits": [{"name": "total:100:", "count": 200, "window": 100}]}"#;
    let first = Reservation::from_json(text).unwrap();
    let second = Reservation::from_json(&text.replace("0123", "4567").replace("\"a\"", "\"b\"")).unwrap();
    let mut memory = Memory::default();
    assert_eq!(memory.reserve(&first, 1_000), Known::Reserved { at: 1_000 });
    assert_eq!(memory.reserve(&second, 1_000), Known::Reserved { at: 1_000 });
}

#[test]
fn a_window_is_a_text() {
    let limit = |text: &str| RateLimit::read(&Value::from(text), Path::Root).unwrap();
    let large = limit("200/s");
    let mut window = SlidingWindow::default();
    // The parts of a second are 7 ms long. A clock that was set back changes nothing.
    for now in [1_001, 1_005, 1_002, 1_008, 1_021, 1_019, 1_022] {
        window.add(large, now);
    }
    assert_eq!(window.to_text(), "1005x3,3,13x2,1");
    for now in [1_022, 2_004] {
        assert_eq!(read(&window.to_text(), large, now), window);
    }
    for (text, now, expected) in [
        ("1005x3,3", 2_005, "1008"),
        ("1005x3,3", 2_008, ""),
        ("1000", 1_999, "1000"),
        ("1000", 2_000, ""),
        ("1000,0,5", 1_500, "1000,0,5"),
        ("1000x12", 1_500, "1000x12"),
    ] {
        assert_eq!(read(text, large, now).to_text(), expected, "{text}");
    }
    for unreadable in [
        "", "?", "x3", "1000x", "1000x3x3", "1000,", ",1000", "1000,,5", "1000?5", "1000,x3", "-1", " 1000",
        "{}", "null",
    ] {
        assert_eq!(
            SlidingWindow::from_text(unreadable, large, 1_500),
            None,
            "{unreadable}"
        );
    }
    // Of a small limit each is kept by itself, up to 128.
    for (limit, text) in [(limit("128/s"), "1001,1"), (limit("129/s"), "1002x2")] {
        let mut window = SlidingWindow::default();
        window.add(limit, 1_001);
        window.add(limit, 1_002);
        assert_eq!(window.to_text(), text);
    }
    for (taken_back, expected, last) in [
        (1_000, "1005x2,3", Some(1_008)),
        (1_005, "1005x2,3", Some(1_008)),
        (1_006, "1005x3", Some(1_005)),
        (1_008, "1005x3", Some(1_005)),
        (1_009, "1005x3,3", Some(1_008)),
    ] {
        let mut window = read("1005x3,3", large, 1_010);
        window.remove(large, taken_back, 1_010);
        assert_eq!(
            (window.to_text().as_str(), window.last()),
            (expected, last),
            "{taken_back}"
        );
    }
    let mut window = read("1005", large, 1_010);
    window.remove(large, 1_005, 1_010);
    assert_eq!(window, SlidingWindow::default());
    // What left the window takes no other one with it.
    let mut window = read("1005", large, 1_010);
    window.remove(large, 900, 900 + large.window());
    assert_eq!(window.to_text(), "1005");
    // For how long one more has to wait.
    let two = limit("2/s");
    for (text, now, wait) in [
        ("1000", 1_500, None),
        ("1000,200", 1_500, Some(500)),
        ("1000x2", 1_999, Some(1)),
        ("1000x2", 2_000, None),
        ("1000,200,100", 1_500, Some(700)),
    ] {
        let window = read(text, two, 1_200);
        assert_eq!(window.wait(two, now), wait, "{text}");
    }
}

proptest! {
    /// No time and no text is too much, and who has to wait waits for some time.
    #[test]
    fn no_number_overflows(
        text in prop_oneof!["[0-9]{1,30}", "[0-9]{1,20}(x[0-9]{1,12})?(,[0-9]{1,20}(x[0-9]{1,12})?){0,4}"],
        times in proptest::collection::vec(any_number(), 1..8),
        limit in prop_oneof![Just("1/s"), Just("3/day"), Just("200/s"), Just("10000/day")],
    ) {
        let limit = RateLimit::read(&Value::from(limit), Path::Root).unwrap();
        for mut window in [SlidingWindow::default(), read(&text, limit, times[0])] {
            for time in &times {
                if let Some(wait) = window.wait(limit, *time) {
                    prop_assert!(wait > 0, "{wait}");
                }
                window.add(limit, *time);
                let written = window.to_text();
                drop(SlidingWindow::from_text(&written, limit, *time));
            }
            for time in &times {
                window.remove(limit, *time, times[0]);
            }
        }
    }

    /// In no span of the limit's length does more happen than it allows, and what waits as it was told gets through.
    #[test]
    fn a_window_slides(steps in proptest::collection::vec(0i64..2_000, 1..200), count in 1u32..6) {
        let limit = RateLimit::read(&Value::from(format!("{count}/s")), Path::Root).unwrap();
        let mut text: Option<String> = None;
        let mut counted: Vec<i64> = Vec::new();
        let mut now = 1_790_000_000_000;
        for step in steps {
            now += step;
            let at = |time| text.as_ref().map_or_else(SlidingWindow::default, |text| read(text, limit, time));
            let mut window = at(now);
            match window.wait(limit, now) {
                Some(wait) => {
                    prop_assert!((1..=1_000).contains(&wait));
                    let of = |time| at(time).wait(limit, time);
                    prop_assert_eq!(of(now + wait), None);
                    prop_assert_eq!(of(now + wait - 1), Some(1));
                }
                None => {
                    window.add(limit, now);
                    counted.push(now);
                }
            }
            text = Some(window.to_text());
            let last = counted.iter().filter(|time| now - **time < 1_000).count();
            prop_assert!(last <= count as usize);
        }
    }

    /// A large limit is kept in parts: never too many, and never more than a part too late.
    #[test]
    fn a_large_window_slides_too(steps in proptest::collection::vec(0i64..8, 1..600)) {
        let limit = RateLimit::read(&Value::from("200/s"), Path::Root).unwrap();
        let mut text: Option<String> = None;
        let mut counted: Vec<i64> = Vec::new();
        let mut now = 1_790_000_000_000;
        for step in steps {
            now += step;
            let at = |time| text.as_ref().map_or_else(SlidingWindow::default, |text| read(text, limit, time));
            let mut window = at(now);
            let before = |span: i64| counted.iter().filter(|time| now - **time < span).count();
            match window.wait(limit, now) {
                Some(wait) => {
                    prop_assert!(before(1_000 + 8) >= 200, "{}", before(1_000 + 8));
                    let of = |time| at(time).wait(limit, time);
                    prop_assert_eq!(of(now + wait), None);
                }
                None => {
                    window.add(limit, now);
                    counted.push(now);
                }
            }
            let written = window.to_text();
            prop_assert!(counted.iter().filter(|time| now - **time < 1_000).count() <= 200);
            prop_assert!(written.len() < 129 * 8 + 16, "{}", written.len());
            text = Some(written);
        }
    }
}
