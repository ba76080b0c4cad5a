//! What became of a call to a forwarded phone, from events that are shuffled, dropped and repeated.

#![cfg(not(target_arch = "wasm32"))]

use proptest::prelude::*;
use quickcall::{ProgressState, Step, Watch};

#[path = "shared/cases.rs"]
mod cases;
#[path = "shared/events.rs"]
mod events;

use cases::cases;
use events::{event, read};

const RUNG: &str = "a-quickcall";
const OTHER: &str = "b-quickcall";
const HALF: &str = "half";
const BEHIND: &str = "behind";
const FAR: &str = "far";

/// An event, with the half that the server names.
fn of_half(text: &str, half: &str) -> String {
    let mut message: serde_json::Value = serde_json::from_str(text).unwrap();
    message["data"]["channel_loopback_other_leg_id"] = half.into();
    message.to_string()
}

/// What happens to a call in truth.
#[derive(Clone, Debug)]
struct Truth {
    /// Whether the phone's leg gives way as soon as the number has answered, and not while both talk.
    at_once: bool,
    answered: bool,
    /// Whether the number's line sends sound while it rings: it is connected then.
    early: bool,
    /// Whether another phone rings, too.
    two: bool,
    /// Whether every event bears the call's own id.
    stays: bool,
    /// How far it comes: the number answers, the far party rings, it answers, and both talk for so long that the phone's leg gives way.
    far: u8,
    cause: &'static str,
    /// Which of the two that are left is the one that is connected to the other.
    far_first: bool,
}

impl Truth {
    fn legs(&self) -> Vec<String> {
        let n = if self.two { 2 } else { 1 };
        [RUNG, OTHER][..n].iter().map(|s| (*s).to_owned()).collect()
    }

    /// All events, in the order they happen.
    fn events(&self) -> Vec<String> {
        let own = Some("own");
        let later = own.filter(|_| self.stays);
        let e = |n: &str, leg: &str, other: &str, own| {
            event(&format!("CHANNEL_{n}"), leg, Some(other), own, None)
        };
        let end = |leg: &str, other: &str, cause: &str| {
            event("CHANNEL_DESTROY", leg, Some(other), later, Some(cause))
        };
        let mut v = vec![of_half(&e("CREATE", RUNG, RUNG, own), HALF)];
        if self.two {
            v.push(e("CREATE", OTHER, OTHER, own));
        }
        v.push(of_half(&e("CREATE", HALF, RUNG, later), RUNG));
        v.push(e("CREATE", BEHIND, HALF, later));
        let bridge = of_half(&e("BRIDGE", HALF, BEHIND, later), RUNG);
        if !self.answered {
            if self.early {
                v.push(bridge);
            }
            v.push(of_half(&end(RUNG, RUNG, "NO_ANSWER"), HALF));
            v.push(of_half(&end(HALF, BEHIND, "NO_ANSWER"), RUNG));
            v.push(end(BEHIND, HALF, "NO_ANSWER"));
            if self.two {
                v.push(end(OTHER, OTHER, "NO_ANSWER"));
            }
            return v;
        }
        if self.early {
            v.push(bridge.clone());
        }
        v.push(e("ANSWER", BEHIND, HALF, later));
        v.push(of_half(&e("ANSWER", HALF, BEHIND, later), RUNG));
        v.push(of_half(&e("ANSWER", RUNG, RUNG, own), HALF));
        if !self.early {
            v.push(bridge);
        }
        if self.two {
            v.push(end(OTHER, OTHER, "LOSE_RACE"));
        }
        let gives = [
            of_half(&end(RUNG, RUNG, self.cause), HALF),
            of_half(&end(HALF, BEHIND, self.cause), RUNG),
        ];
        if self.at_once {
            v.extend(gives.clone());
            if self.far > 0 {
                v.push(e("CREATE", FAR, BEHIND, later));
                if self.far > 1 {
                    v.push(e("ANSWER", FAR, BEHIND, later));
                    v.push(of_half(&e("BRIDGE", BEHIND, FAR, later), HALF));
                }
                v.push(end(FAR, BEHIND, "NORMAL_CLEARING"));
            }
            v.push(of_half(
                &end(BEHIND, if self.far > 0 { FAR } else { BEHIND }, "NORMAL_CLEARING"),
                HALF,
            ));
            return v;
        }
        if self.far > 0 {
            v.push(e("CREATE", FAR, RUNG, later));
            if self.far > 1 {
                v.push(e("ANSWER", FAR, RUNG, later));
                v.push(of_half(&e("BRIDGE", RUNG, FAR, later), HALF));
            }
            if self.far > 2 {
                v.push(if self.far_first {
                    e("BRIDGE", FAR, BEHIND, later)
                } else {
                    e("BRIDGE", BEHIND, FAR, later)
                });
                v.extend(gives.clone());
                v.push(end(FAR, BEHIND, "NORMAL_CLEARING"));
                v.push(end(BEHIND, FAR, "NORMAL_CLEARING"));
                return v;
            }
            v.push(end(FAR, RUNG, "NORMAL_CLEARING"));
        }
        v.push(of_half(&end(RUNG, RUNG, "NORMAL_CLEARING"), HALF));
        v.push(of_half(&end(HALF, BEHIND, "NORMAL_CLEARING"), RUNG));
        v.push(end(BEHIND, HALF, "NORMAL_CLEARING"));
        v
    }
}

fn truth() -> impl Strategy<Value = Truth> {
    (
        any::<[bool; 6]>(),
        0..4u8,
        prop::sample::select(vec!["BOWOUT", "NORMAL_UNSPECIFIED"]),
    )
        .prop_map(|([at_once, answered, early, two, stays, x], far, cause)| Truth {
            at_once,
            answered,
            early,
            two,
            stays,
            far,
            cause,
            far_first: x,
        })
}

/// Whether this is that event of a leg.
fn is(text: &str, name: &str, leg: &str) -> bool {
    text.contains(&format!("\"name\":\"CHANNEL_{name}\"")) && text.contains(&format!("\"call_id\":\"{leg}\""))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(cases(5_000)))]

    #[test]
    fn never_goes_back_and_ends_with_the_last_leg(
        truth in truth(),
        keys in prop::collection::vec((0..100u32, 0..3u8, any::<u32>()), 24),
        // How many places an event can be late.
        window in prop::sample::select(vec![1u32, 3, 6, 30]),
        lossy in any::<bool>(),
        named in 0..40usize,
    ) {
        let mut told: Vec<(u32, u32, String)> = Vec::new();
        for (place, (text, (lost, again, when))) in truth.events().into_iter().zip(&keys).enumerate() {
            if lossy && *lost < 20 {
                continue;
            }
            for repeat in 0..=*again {
                let when = when.wrapping_add(u32::from(repeat).wrapping_mul(0x9E37_79B9));
                let late = when % (window * 10);
                told.push((u32::try_from(place).unwrap() * 10 + late, when, text.clone()));
            }
        }
        told.sort();
        let events: Vec<String> = told.into_iter().map(|(_, _, text)| text).collect();
        let mut watch = Watch::default();
        let call = watch.begin("own");
        let mut steps: Vec<Step> = Vec::new();
        let mut ended_at = None;
        for (place, text) in events.iter().enumerate() {
            if place == named {
                steps.extend(watch.name(call, &truth.legs()));
            }
            for (of, step) in watch.take(read(text)) {
                prop_assert_eq!(of, call);
                steps.push(step);
            }
            if ended_at.is_none() && steps.last().is_some_and(|step| step.state == ProgressState::Ended) {
                ended_at = Some(place);
            }
        }
        if named >= events.len() {
            steps.extend(watch.name(call, &truth.legs()));
        }
        // After a gap the channels API says which legs are there no more.
        for _ in 0..4 {
            let open: Vec<String> = watch.progress(call).unwrap().open_legs().map(str::to_owned).collect();
            steps.extend(open.iter().filter_map(|leg| watch.gone(call, leg)));
        }
        let states: Vec<_> = steps.iter().map(|step| step.state).collect();
        prop_assert!(states.windows(2).all(|pair| pair[0] < pair[1]), "{:?}", states);
        prop_assert_eq!(states.last(), Some(&ProgressState::Ended));
        for step in &steps {
            prop_assert!([RUNG, OTHER, BEHIND].contains(&step.call_id.as_str()), "{:?}", step);
            prop_assert!(step.other_call_id.is_none() || step.other_call_id.as_deref() == Some(FAR), "{:?}", step);
        }
        let is_connected = truth.answered && (truth.far > 1);
        prop_assert!(is_connected || !states.contains(&ProgressState::Connected));
        prop_assert!(truth.answered || !states.contains(&ProgressState::Answered));
        if lossy {
            return Ok(());
        }
        // It does not end before the number's leg, where that and an answer were heard before the end of the phone's.
        let at = |name, leg| events.iter().position(|text| is(text, name, leg)).unwrap_or(usize::MAX);
        let heard = at("BRIDGE", HALF).max(at("ANSWER", RUNG).min(at("ANSWER", BEHIND)));
        if truth.answered && heard < at("DESTROY", RUNG) && let Some(ended) = ended_at {
            prop_assert!(at("DESTROY", BEHIND) <= ended, "{events:#?}");
            prop_assert_eq!(steps.last().map(|step| step.call_id.as_str()), Some(BEHIND));
        }
    }
}
