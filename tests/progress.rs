//! What became of a call, from events that are shuffled, dropped, repeated, and mixed with other people's.

#![cfg(not(target_arch = "wasm32"))]

use proptest::prelude::*;
use quickcall::{HangupCause, ProgressState, Step, Watch};

#[path = "shared/cases.rs"]
mod cases;
#[path = "shared/events.rs"]
mod events;
#[path = "shared/steps.rs"]
mod steps;
#[path = "shared/told.rs"]
mod told;

use cases::cases;
use events::{event, read};
use steps::{states, steps};
use told::told;

/// What happens to a call in truth.
#[derive(Clone, Debug)]
struct Truth {
    legs: usize,
    answered: bool,
    connected: bool,
    /// Whether the far party's line sends sound while it rings: it is bridged then.
    early: bool,
    /// Whether every event bears the call's own id, also those of the far party's leg.
    stays: bool,
    cause: &'static str,
}

impl Truth {
    fn leg(&self, place: usize) -> String {
        format!("leg-{place}-quickcall")
    }

    fn legs(&self) -> Vec<String> {
        (0..self.legs).map(|place| self.leg(place)).collect()
    }

    /// All events, in the order they happen.
    fn events(&self, own_id: &str) -> Vec<String> {
        let own = Some(own_id);
        let later = own.filter(|_| self.stays);
        let legs = self.legs();
        let mut events: Vec<String> = legs
            .iter()
            .map(|leg| event("CHANNEL_CREATE", leg, None, own, None))
            .collect();
        if !self.answered {
            events.extend(
                legs.iter()
                    .map(|leg| event("CHANNEL_DESTROY", leg, None, later, Some(self.cause))),
            );
            return events;
        }
        let taken = legs[0].as_str();
        events.push(event("CHANNEL_ANSWER", taken, None, own, None));
        let lost = |leg: &String| event("CHANNEL_DESTROY", leg, None, later, Some("LOSE_RACE"));
        events.extend(legs[1..].iter().map(lost));
        events.push(event("CHANNEL_CREATE", "far", Some(taken), later, None));
        let mut talk = Vec::new();
        if self.connected {
            talk.push(event("CHANNEL_ANSWER", "far", Some(taken), later, None));
        }
        if self.connected || self.early {
            talk.push(event("CHANNEL_BRIDGE", taken, Some("far"), later, None));
        }
        if self.early {
            talk.reverse();
        }
        events.extend(talk);
        events.push(event(
            "CHANNEL_DESTROY",
            "far",
            Some(taken),
            later,
            Some(self.cause),
        ));
        events.push(event(
            "CHANNEL_DESTROY",
            taken,
            Some("far"),
            later,
            Some(self.cause),
        ));
        events
    }
}

fn truth() -> impl Strategy<Value = Truth> {
    let causes = prop::sample::select(vec![
        "NORMAL_CLEARING",
        "USER_BUSY",
        "NO_ANSWER",
        "ORIGINATOR_CANCEL",
    ]);
    (1..4usize, any::<[bool; 4]>(), causes).prop_map(|(legs, [answered, connected, early, stays], cause)| {
        Truth {
            legs,
            answered,
            connected: answered && connected,
            early: answered && early,
            stays,
            cause,
        }
    })
}

/// What is done to each event: whether it is told, how often again, and when.
fn telling() -> impl Strategy<Value = Vec<(bool, u8, u32)>> {
    prop::collection::vec((prop::bool::weighted(0.8), 0..3u8, any::<u32>()), 16)
}

fn foreign(place: u32) -> String {
    let name = [
        "CHANNEL_CREATE",
        "CHANNEL_ANSWER",
        "CHANNEL_BRIDGE",
        "CHANNEL_DESTROY",
    ][place as usize % 4];
    event(
        name,
        &format!("stranger-{}", place % 3),
        Some("stranger-x"),
        Some("of-another"),
        None,
    )
}

/// Watches a call whose events come in this order; its ids come before the event at `named`.
fn watch(truth: &Truth, events: &[String], named: usize) -> (Watch, u32, Vec<Step>) {
    let mut watch = Watch::default();
    let call = watch.begin("own");
    let mut steps = Vec::new();
    for (place, text) in events.iter().enumerate() {
        if place == named {
            steps.extend(watch.name(call, &truth.legs()));
        }
        for (of, step) in watch.take(read(text)) {
            assert_eq!(of, call, "an event of a stranger is none of the call");
            steps.push(step);
        }
    }
    if named >= events.len() {
        steps.extend(watch.name(call, &truth.legs()));
    }
    (watch, call, steps)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(cases(10_000)))]

    #[test]
    fn never_goes_back_and_always_ends(truth in truth(), telling in telling(), named in 0..20usize) {
        let mut told: Vec<(u32, String)> = Vec::new();
        for (text, (is_told, again, when)) in truth.events("own").into_iter().zip(&telling) {
            for repeat in 0..=*again {
                if *is_told {
                    told.push((when.wrapping_add(u32::from(repeat).wrapping_mul(0x9E37_79B9)), text.clone()));
                }
            }
            told.push((when.rotate_left(7), foreign(*when)));
        }
        told.sort();
        let events: Vec<String> = told.into_iter().map(|(_, text)| text).collect();
        let (mut watch, call, mut steps) = watch(&truth, &events, named);
        // After a gap the channels API says which legs are there no more.
        let open: Vec<String> =
            watch.progress(call).into_iter().flat_map(|progress| progress.open_legs()).map(str::to_owned).collect();
        steps.extend(open.iter().filter_map(|leg| watch.gone(call, leg)));
        let states = states(&steps);
        prop_assert!(states.windows(2).all(|pair| pair[0] < pair[1]), "{states:?}");
        prop_assert_eq!(states.last(), Some(&ProgressState::Ended));
        for step in &steps {
            prop_assert!(truth.legs().contains(&step.call_id), "{step:?}");
        }
        if !truth.answered {
            prop_assert!(!states.contains(&ProgressState::Answered) && !states.contains(&ProgressState::Connected));
        }
        // Of a far leg that nobody heard of before its bridge is not known that it rings.
        if !truth.connected && !truth.early {
            prop_assert!(!states.contains(&ProgressState::Connected));
        }
        if let Some(cause) = &steps[steps.len() - 1].hangup_cause {
            prop_assert!([truth.cause, "LOSE_RACE"].contains(&cause.as_str()));
        }
    }

    #[test]
    fn what_is_known_does_not_depend_on_the_order(
        (truth, events) in truth().prop_flat_map(|truth| {
            let events = Just(truth.events("own")).prop_shuffle();
            (Just(truth), events)
        }),
        until in 0..=16usize,
        named in any::<bool>(),
    ) {
        // Events of legs that nobody knows yet, and those behind them, are told of the same legs.
        let mut in_order = truth.events("own");
        let told = &events[..until.min(events.len())];
        in_order.retain(|event| told.contains(event));
        // Except how far it came, where the bridge was told and not the answer: the far leg may have been heard of only after it.
        let is_told = |name: &str, leg: &str| {
            let texts = [format!("\"name\":\"{name}\""), format!("\"call_id\":\"{leg}\"")];
            told.iter().any(|event| texts.iter().all(|text| event.contains(text)))
        };
        let is_unsure = is_told("CHANNEL_BRIDGE", "leg-0-quickcall") && !is_told("CHANNEL_ANSWER", "far");
        let known = |events: &[String]| {
                let mut watch = Watch::default();
            let call = watch.begin("own");
            let mut steps: Vec<Step> = Vec::new();
            for text in events {
                steps.extend(watch.take(read(text)).into_iter().map(|(_, step)| step));
            }
            if named {
                steps.extend(watch.name(call, &truth.legs()));
            }
            let progress = watch.progress(call).unwrap();
            let mut legs: Vec<String> = progress.legs().map(str::to_owned).collect();
            let mut open: Vec<String> = progress.open_legs().map(str::to_owned).collect();
            legs.sort();
            open.sort();
            let answered = progress.answered_leg().map(str::to_owned);
            let last = steps.pop().map(|step| {
                let state = match step.state {
                    ProgressState::Connected if is_unsure => ProgressState::Answered,
                    state => state,
                };
                (state, step.hangup_cause, step.seconds)
            });
            (legs, open, answered, last)
        };
        prop_assert_eq!(known(told), known(&in_order));
    }

    #[test]
    fn tells_everything_when_nothing_is_lost(truth in truth(), named in 0..20usize) {
        let (_, _, steps) = watch(&truth, &truth.events("own"), named);
        let mut expected = vec![ProgressState::Ringing];
        if truth.answered {
            expected.push(ProgressState::Answered);
        }
        if truth.connected {
            expected.push(ProgressState::Connected);
        }
        expected.push(ProgressState::Ended);
        prop_assert_eq!(states(&steps), expected);
        let last = &steps[steps.len() - 1];
        prop_assert_eq!(last.hangup_cause.as_ref().map(HangupCause::as_str), Some(truth.cause));
        prop_assert_eq!(last.seconds, Some(12));
        if truth.connected || truth.early {
            prop_assert_eq!(last.other_call_id.as_deref(), Some("far"));
        }
    }
}

#[test]
fn without_ids_a_call_ends_only_when_it_is_known_that_no_other_phone_rings() {
    let mut watch = Watch::default();
    let call = watch.begin("own");
    for (name, cause) in [("CHANNEL_CREATE", None), ("CHANNEL_DESTROY", Some("NO_ANSWER"))] {
        let text = event(name, "a-quickcall", None, Some("own"), cause);
        let step = told(&mut watch, &text).map(|(_, state, ..)| state);
        assert_eq!(step, cause.is_none().then_some(ProgressState::Ringing));
    }
    let end = watch.name(call, &[] as &[&str]);
    assert_eq!(
        end[0].hangup_cause.as_ref().map(HangupCause::as_str),
        Some("NO_ANSWER")
    );
}

#[test]
fn a_phone_that_lost_the_race_does_not_end_the_call() {
    let events = [
        event("CHANNEL_ANSWER", "a", None, None, None),
        event("CHANNEL_DESTROY", "a", None, None, Some("LOSE_RACE")),
        event("CHANNEL_ANSWER", "b", None, None, None),
        event("CHANNEL_DESTROY", "b", None, None, Some("NORMAL_CLEARING")),
    ];
    let steps = steps(true, &events);
    assert_eq!(states(&steps), [ProgressState::Answered, ProgressState::Ended]);
    assert_eq!(steps[1].call_id, "b");
}

#[test]
fn a_call_goes_on_while_a_phone_is_there_that_may_have_won_the_race() {
    let begin = |event_before: Option<String>| {
        let mut watch = Watch::default();
        let call = watch.begin("own");
        watch.name(call, &["a", "b"]);
        told(&mut watch, &event("CHANNEL_ANSWER", "a", None, None, None));
        if let Some(text) = event_before {
            told(&mut watch, &text);
        }
        (watch, call)
    };
    // What was told while the socket was lost is not known: which of the two was taken, and why the other one went.
    let (mut watch, call) = begin(None);
    assert_eq!(watch.gone(call, "a"), None);
    let bridge = event("CHANNEL_BRIDGE", "b", Some("far"), None, None);
    let connected = (
        call,
        ProgressState::Connected,
        "b".to_owned(),
        Some("far".to_owned()),
    );
    assert_eq!(told(&mut watch, &bridge), Some(connected));
    assert_eq!(
        watch.gone(call, "b").map(|step| step.state),
        Some(ProgressState::Ended)
    );
    // It ends with the last one, at once where one was connected, and where somebody says why it ended.
    let (mut watch, call) = begin(None);
    assert_eq!(watch.gone(call, "a"), None);
    assert_eq!(
        watch.gone(call, "b").map(|step| step.state),
        Some(ProgressState::Ended)
    );
    let (mut watch, call) = begin(Some(event("CHANNEL_BRIDGE", "a", Some("far"), None, None)));
    assert_eq!(
        watch.gone(call, "a").map(|step| step.state),
        Some(ProgressState::Ended)
    );
    let (mut watch, _) = begin(None);
    let end = event("CHANNEL_DESTROY", "a", None, None, Some("NORMAL_CLEARING"));
    assert_eq!(
        told(&mut watch, &end).map(|(_, state, ..)| state),
        Some(ProgressState::Ended)
    );
}

#[test]
fn a_call_goes_on_while_one_of_two_answered_phones_is_there() {
    let events = [
        event("CHANNEL_ANSWER", "a", None, None, None),
        event("CHANNEL_ANSWER", "b", None, None, None),
        event("CHANNEL_DESTROY", "a", None, None, Some("NORMAL_CLEARING")),
        event("CHANNEL_BRIDGE", "b", Some("other"), None, None),
        event("CHANNEL_DESTROY", "b", None, None, Some("USER_BUSY")),
    ];
    let told: Vec<_> = steps(true, &events)
        .into_iter()
        .map(|step| (step.state, step.call_id, step.hangup_cause))
        .collect();
    assert_eq!(
        told,
        [
            (ProgressState::Answered, "a".to_owned(), None),
            (ProgressState::Connected, "b".to_owned(), None),
            (
                ProgressState::Ended,
                "b".to_owned(),
                HangupCause::new("USER_BUSY")
            ),
        ]
    );
}

#[test]
fn events_that_come_before_the_ids_are_not_lost() {
    let events = [
        event("CHANNEL_ANSWER", "b", None, None, None),
        event("CHANNEL_BRIDGE", "far", Some("b"), None, None),
    ];
    let steps = steps(false, &events);
    assert_eq!(
        states(&steps),
        [ProgressState::Answered, ProgressState::Connected]
    );
    assert_eq!(steps[1].other_call_id.as_deref(), Some("far"));
}

#[test]
fn a_leg_that_was_paid_for_was_answered_though_nobody_said_so() {
    let mut end: serde_json::Value = serde_json::from_str(&event(
        "CHANNEL_DESTROY",
        "a",
        None,
        None,
        Some("NORMAL_CLEARING"),
    ))
    .unwrap();
    end["data"]["billing_seconds"] = "7".into();
    // The end of `b` is lost, too.
    let steps = steps(true, &[end.to_string()]);
    assert_eq!(states(&steps), [ProgressState::Ended]);
}

#[test]
fn what_legs_there_are_is_known() {
    let mut watch = Watch::default();
    let call = watch.begin("own");
    watch.name(call, &["a".to_owned(), "b".to_owned()]);
    let known = |watch: &Watch| {
        let progress = watch.progress(call).unwrap();
        let open: Vec<&str> = progress.open_legs().collect();
        let answered = progress.answered_leg().unwrap_or("-");
        format!("{} {answered}", open.join(","))
    };
    assert_eq!(known(&watch), "a,b -");
    told(&mut watch, &event("CHANNEL_ANSWER", "b", None, None, None));
    assert_eq!(known(&watch), "a,b b");
    told(
        &mut watch,
        &event("CHANNEL_DESTROY", "a", None, None, Some("LOSE_RACE")),
    );
    assert_eq!(known(&watch), "b b");
    assert!(watch.gone(call, "b").is_some());
    assert_eq!(known(&watch), " b");
    // A leg that was connected was answered, too.
    let call = watch.begin("other");
    watch.name(call, &["c".to_owned()]);
    told(&mut watch, &event("CHANNEL_BRIDGE", "c", Some("far"), None, None));
    assert_eq!(watch.progress(call).unwrap().answered_leg(), Some("c"));
}

#[test]
fn the_cause_is_that_of_the_leg_that_says_most() {
    for causes in [
        ["LOSE_RACE", "NO_ANSWER"],
        ["NO_ANSWER", "LOSE_RACE"],
        ["NO_ANSWER", "USER_BUSY"],
    ] {
        let events: Vec<String> = ["a", "b"]
            .iter()
            .zip(causes)
            .map(|(leg, cause)| event("CHANNEL_DESTROY", leg, None, None, Some(cause)))
            .collect();
        let steps = steps(true, &events);
        assert_eq!(states(&steps), [ProgressState::Ended]);
        assert_eq!(
            steps[0].hangup_cause.as_ref().map(HangupCause::as_str),
            Some("NO_ANSWER"),
            "{causes:?}"
        );
    }
    // A phone that never rang says nothing.
    for legs in [["a", "b"], ["b", "a"]] {
        let mut watch = Watch::default();
        let call = watch.begin("own");
        watch.name(call, &legs);
        told(
            &mut watch,
            &event("CHANNEL_DESTROY", "b", None, None, Some("USER_BUSY")),
        );
        let ended = watch.gone(call, "a").unwrap();
        assert_eq!(ended.call_id, "b", "{legs:?}");
        assert_eq!(
            ended.hangup_cause.as_ref().map(HangupCause::as_str),
            Some("USER_BUSY")
        );
        assert_eq!(ended.seconds, Some(12));
    }
    // What a leg ended with stays, whatever comes again.
    let mut watch = Watch::default();
    let call = watch.begin("own");
    let end = |cause| event("CHANNEL_DESTROY", "a-quickcall", None, None, Some(cause));
    told(
        &mut watch,
        &event("CHANNEL_CREATE", "a-quickcall", None, Some("own"), None),
    );
    told(&mut watch, &end("USER_BUSY"));
    told(&mut watch, &end("NO_ANSWER"));
    let step = &watch.name(call, &[] as &[&str])[0];
    assert_eq!(
        step.hangup_cause.as_ref().map(HangupCause::as_str),
        Some("USER_BUSY")
    );
    assert_eq!(ProgressState::Ended.as_str(), "ended");
}
