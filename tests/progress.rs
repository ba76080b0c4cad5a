//! What became of a call, from events that are shuffled, dropped, repeated, and mixed with other people's.

#![cfg(not(target_arch = "wasm32"))]

use proptest::prelude::*;
use quickcall::{EventMessage, OWN_ID, ProgressState, Step, Watch};

#[path = "shared/cases.rs"]
mod cases;

use cases::cases;

/// An event as the server writes it.
fn event(
    name: &str,
    call_id: &str,
    other: Option<&str>,
    own_id: Option<&str>,
    cause: Option<&str>,
) -> String {
    let mut data = serde_json::json!({"call_id": call_id, "event_name": name, "custom_application_vars": {}});
    if let Some(other) = other {
        data["other_leg_call_id"] = other.into();
    }
    if let Some(own_id) = own_id {
        data["custom_application_vars"][OWN_ID] = own_id.into();
    }
    if let Some(cause) = cause {
        data["hangup_cause"] = cause.into();
        data["duration_seconds"] = "12".into();
    }
    serde_json::json!({"action": "event", "name": name, "data": data}).to_string()
}

/// What happens to a call in truth.
#[derive(Clone, Debug)]
struct Truth {
    legs: usize,
    answered: bool,
    connected: bool,
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
        if self.connected {
            events.push(event("CHANNEL_ANSWER", "far", Some(taken), later, None));
            events.push(event("CHANNEL_BRIDGE", taken, Some("far"), later, None));
        }
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
    (1..4usize, any::<[bool; 3]>(), causes).prop_map(|(legs, [answered, connected, stays], cause)| Truth {
        legs,
        answered,
        connected: answered && connected,
        stays,
        cause,
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
        let EventMessage::Event(event) = EventMessage::read(text) else {
            continue;
        };
        for (of, step) in watch.take(event) {
            assert_eq!(of, call, "an event of a stranger is none of the call");
            steps.push(step);
        }
    }
    if named >= events.len() {
        steps.extend(watch.name(call, &truth.legs()));
    }
    (watch, call, steps)
}

fn states(steps: &[Step]) -> Vec<ProgressState> {
    steps.iter().map(|step| step.state).collect()
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
        if !truth.connected {
            prop_assert!(!states.contains(&ProgressState::Connected));
        }
        if let Some(cause) = &steps[steps.len() - 1].hangup_cause {
            prop_assert!(cause == truth.cause || cause == "LOSE_RACE");
        }
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
        prop_assert_eq!(last.hangup_cause.as_deref(), Some(truth.cause));
        prop_assert_eq!(last.seconds, Some(12));
        if truth.connected {
            prop_assert_eq!(last.other_call_id.as_deref(), Some("far"));
        }
    }
}

#[test]
fn without_ids_a_call_ends_only_when_it_is_known_that_no_other_phone_rings() {
    let mut watch = Watch::default();
    let call = watch.begin("own");
    for (name, cause) in [("CHANNEL_CREATE", None), ("CHANNEL_DESTROY", Some("NO_ANSWER"))] {
        let EventMessage::Event(event) =
            EventMessage::read(&event(name, "a-quickcall", None, Some("own"), cause))
        else {
            panic!("no event");
        };
        let step = watch.take(event).first().map(|(_, step)| step.state);
        assert_eq!(step, cause.is_none().then_some(ProgressState::Ringing));
    }
    let end = watch.name(call, &[]);
    assert_eq!(end[0].hangup_cause.as_deref(), Some("NO_ANSWER"));
}

/// The steps of events in this order, each with its leg's name, after the legs `a` and `b` were named.
fn steps(named_first: bool, events: &[String]) -> Vec<Step> {
    let mut watch = Watch::default();
    let call = watch.begin("own");
    let legs = ["a".to_owned(), "b".to_owned()];
    let mut steps = Vec::new();
    if named_first {
        steps.extend(watch.name(call, &legs));
    }
    for text in events {
        if let EventMessage::Event(event) = EventMessage::read(text) {
            steps.extend(watch.take(event).into_iter().map(|(_, step)| step));
        }
    }
    if !named_first {
        steps.extend(watch.name(call, &legs));
    }
    steps
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
            (ProgressState::Ended, "b".to_owned(), Some("USER_BUSY".to_owned())),
        ]
    );
}

#[test]
fn all_that_follow_one_call_hear_of_it() {
    let mut watch = Watch::default();
    let [first, second] = ["own-1", "own-2"].map(|own_id| watch.begin(own_id));
    for call in [first, second] {
        watch.name(call, &["a".to_owned()]);
    }
    let tell = |watch: &mut Watch, text: &str| -> Vec<(u32, ProgressState)> {
        let EventMessage::Event(event) = EventMessage::read(text) else {
            panic!("no event: {text}");
        };
        let steps = watch.take(event).into_iter();
        steps.map(|(call, step)| (call, step.state)).collect()
    };
    let both = |state| vec![(first, state), (second, state)];
    let answer = event("CHANNEL_ANSWER", "a", None, None, None);
    assert_eq!(tell(&mut watch, &answer), both(ProgressState::Answered));
    // Also of what the far party's leg tells.
    let bridge = event("CHANNEL_BRIDGE", "far", Some("a"), None, None);
    assert_eq!(tell(&mut watch, &bridge), both(ProgressState::Connected));
    watch.forget(first);
    let end = event("CHANNEL_DESTROY", "a", None, None, Some("NORMAL_CLEARING"));
    assert_eq!(tell(&mut watch, &end), [(second, ProgressState::Ended)]);
    watch.forget(second);
    assert!(!format!("{watch:?}").contains(r#""a""#), "{watch:?}");
}

/// The legs of a call that are known.
fn legs(watch: &Watch, call: u32) -> Vec<String> {
    let progress = watch.progress(call).unwrap();
    progress.legs().map(str::to_owned).collect()
}

#[test]
fn the_far_partys_leg_names_the_one_that_was_rung() {
    let own = Some("own");
    let near = "a-quickcall";
    for (name, cause) in [
        ("CHANNEL_CREATE", None),
        ("CHANNEL_ANSWER", None),
        ("CHANNEL_DESTROY", Some("USER_BUSY")),
    ] {
        let mut watch = Watch::default();
        let call = watch.begin("own");
        // Without its other leg nobody knows what it is.
        assert_eq!(told(&mut watch, &event(name, "far", None, own, cause)), None);
        assert!(legs(&watch, call).is_empty(), "{name}");
        assert_eq!(
            told(&mut watch, &event(name, "far", Some(near), own, cause)),
            None
        );
        assert_eq!(legs(&watch, call), [near], "{name}");
        assert_eq!(watch.progress(call).unwrap().open_legs().count(), 1);
        // Only an event of that leg says what becomes of it.
        let answer = event("CHANNEL_ANSWER", near, None, None, None);
        let step = told(&mut watch, &answer).map(|(_, state, leg, _)| (state, leg));
        assert_eq!(step, Some((ProgressState::Answered, near.to_owned())));
    }
    // The other leg of the one that was rung is the far party's.
    let mut watch = Watch::default();
    let call = watch.begin("own");
    told(&mut watch, &event("CHANNEL_BRIDGE", near, Some("far"), own, None));
    told(&mut watch, &event("CHANNEL_BRIDGE", "far", Some(near), own, None));
    assert_eq!(legs(&watch, call), [near]);
    let connected = event("CHANNEL_BRIDGE", "far", Some("b-quickcall"), own, None);
    let step = told(&mut watch, &connected);
    assert_eq!(step, None, "it was told before");
    assert_eq!(legs(&watch, call), [near, "b-quickcall"]);
}

#[test]
fn no_event_adds_a_leg_to_those_that_the_server_named() {
    let mut watch = Watch::default();
    let call = watch.begin("own");
    watch.name(call, &["a-quickcall".to_owned()]);
    for (leg, other) in [
        ("b-quickcall", None),
        ("far", Some("c-quickcall")),
        ("far", Some("a-quickcall")),
    ] {
        let text = event("CHANNEL_CREATE", leg, other, Some("own"), None);
        assert_eq!(told(&mut watch, &text), None, "{leg} {other:?}");
    }
    assert_eq!(legs(&watch, call), ["a-quickcall"]);
    // Where none were named they go on to come.
    let call = watch.begin("other");
    watch.name(call, &[]);
    told(
        &mut watch,
        &event("CHANNEL_CREATE", "d-quickcall", None, Some("other"), None),
    );
    assert_eq!(legs(&watch, call), ["d-quickcall"]);
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
fn the_other_leg_is_told_once_it_is_connected() {
    let ring = [
        event("CHANNEL_CREATE", "a", Some("planned"), None, None),
        event("CHANNEL_ANSWER", "a", Some("planned"), None, None),
    ];
    let end = event("CHANNEL_DESTROY", "a", None, None, Some("NORMAL_CLEARING"));
    let others = |bridge: Option<String>| -> Vec<_> {
        let events: Vec<_> = ring.iter().cloned().chain(bridge).chain([end.clone()]).collect();
        let told = steps(true, &events).into_iter();
        told.map(|step| step.other_call_id).collect()
    };
    assert_eq!(others(None), [None, None, None]);
    let far = Some("far".to_owned());
    for (leg, other) in [("a", "far"), ("far", "a")] {
        let bridge = event("CHANNEL_BRIDGE", leg, Some(other), None, None);
        assert_eq!(
            others(Some(bridge)),
            [None, None, far.clone(), far.clone()],
            "{leg}"
        );
    }
}

#[test]
fn events_add_a_thousand_legs_and_no_more() {
    let mut watch = Watch::default();
    let call = watch.begin("own");
    let create = |place: usize| {
        let leg = format!("{place}-quickcall");
        event("CHANNEL_CREATE", &leg, None, Some("own"), None)
    };
    for place in 0..1_500 {
        told(&mut watch, &create(place));
    }
    assert_eq!(legs(&watch, call).len(), 1_000);
    // Those that are known go on, and one that the server names is there, too.
    let answer = event("CHANNEL_ANSWER", "7-quickcall", None, Some("own"), None);
    let step = told(&mut watch, &answer).map(|(_, state, ..)| state);
    assert_eq!(step, Some(ProgressState::Answered));
    watch.name(call, &["1400-quickcall".to_owned()]);
    assert_eq!(legs(&watch, call).len(), 1_001);
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
fn an_own_id_is_as_short_as_an_id() {
    let read =
        |own_id: &str| match EventMessage::read(&event("CHANNEL_CREATE", "leg", None, Some(own_id), None)) {
            EventMessage::Event(event) => event.own_id,
            _ => panic!("no event"),
        };
    assert_eq!(read("ours").as_deref(), Some("ours"));
    assert_eq!(read(&"x".repeat(100_000)), None);
}

/// Takes an event, and gives the call and the step: its state, its leg, the other leg.
fn told(watch: &mut Watch, text: &str) -> Option<(u32, ProgressState, String, Option<String>)> {
    let EventMessage::Event(event) = EventMessage::read(text) else {
        panic!("no event: {text}");
    };
    let mut steps = watch.take(event).into_iter();
    let (call, step) = steps.next()?;
    assert!(steps.next().is_none(), "only one call was to hear of it: {text}");
    Some((call, step.state, step.call_id, step.other_call_id))
}

#[test]
fn calls_on_one_socket_are_told_apart() {
    use ProgressState::{Answered, Connected, Ended, Ringing};
    let mut watch = Watch::default();
    let first = watch.begin("own-1");
    let second = watch.begin("own-2");
    assert_eq!((first, second), (1, 2));
    let mut tell = |name: &str, leg: &str, other: Option<&str>, own: Option<&str>| {
        told(&mut watch, &event(name, leg, other, own, None))
    };
    let step = |call, state, leg: &str, other: Option<&str>| {
        Some((call, state, leg.to_owned(), other.map(str::to_owned)))
    };
    let own = Some("own-2");
    assert_eq!(
        tell("CHANNEL_CREATE", "b-quickcall", None, own),
        step(2, Ringing, "b-quickcall", None)
    );
    assert_eq!(
        tell("CHANNEL_CREATE", "a-quickcall", None, Some("own-1")),
        step(1, Ringing, "a-quickcall", None)
    );
    assert_eq!(
        tell("CHANNEL_ANSWER", "a-quickcall", None, Some("own-3")),
        step(1, Answered, "a-quickcall", None)
    );
    // The far party's leg bears the same var. It is none that was rung.
    assert_eq!(tell("CHANNEL_CREATE", "far", Some("b-quickcall"), own), None);
    assert_eq!(tell("CHANNEL_ANSWER", "far", Some("b-quickcall"), own), None);
    assert_eq!(
        tell("CHANNEL_BRIDGE", "far", Some("b-quickcall"), own),
        step(2, Connected, "b-quickcall", Some("far"))
    );
    assert_eq!(tell("CHANNEL_DESTROY", "far", Some("b-quickcall"), own), None);
    // A leg that was rung stays one when it is connected to another that was.
    assert_eq!(
        tell("CHANNEL_BRIDGE", "a-quickcall", Some("a2"), None),
        step(1, Connected, "a-quickcall", Some("a2"))
    );
    assert_eq!(
        tell("CHANNEL_DESTROY", "b-quickcall", Some("far"), None),
        step(2, Ended, "b-quickcall", Some("far"))
    );
    let legs = |watch: &Watch, call| -> Vec<String> {
        let progress = watch.progress(call).unwrap();
        progress.legs().map(str::to_owned).collect()
    };
    assert_eq!(legs(&watch, 1), ["a-quickcall"]);
    assert_eq!(legs(&watch, 2), ["b-quickcall"]);
    // What is forgotten is watched no more, and everything else is.
    assert_eq!(watch.begin("own-4"), 3);
    watch.forget(1);
    assert!(watch.progress(1).is_none() && watch.progress(2).is_some());
    assert_eq!(watch.gone(1, "a-quickcall"), None);
    for (leg, own) in [("a-quickcall", None), ("a3-quickcall", Some("own-1"))] {
        let text = event("CHANNEL_DESTROY", leg, None, own, None);
        assert_eq!(told(&mut watch, &text), None, "{leg}");
        assert!(watch.progress(1).is_none());
    }
    let text = event("CHANNEL_CREATE", "d-quickcall", None, Some("own-4"), None);
    assert_eq!(told(&mut watch, &text), step(3, Ringing, "d-quickcall", None));
    let text = event("CHANNEL_ANSWER", "d-quickcall", None, None, None);
    watch.forget(2);
    assert_eq!(told(&mut watch, &text), step(3, Answered, "d-quickcall", None));
    assert_eq!(watch.gone(3, "d-quickcall").map(|step| step.state), Some(Ended));
}

#[test]
fn a_call_that_is_watched_no_more_gets_no_legs() {
    let mut watch = Watch::default();
    let call = watch.begin("own");
    watch.forget(call);
    assert!(watch.name(call, &["a".to_owned()]).is_empty());
    // Nothing would ever let go of them.
    assert!(!format!("{watch:?}").contains(r#""a""#), "{watch:?}");
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
        assert_eq!(steps[0].hangup_cause.as_deref(), Some("NO_ANSWER"), "{causes:?}");
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
    let step = &watch.name(call, &[])[0];
    assert_eq!(step.hangup_cause.as_deref(), Some("USER_BUSY"));
    assert_eq!(ProgressState::Ended.as_str(), "ended");
}

#[test]
fn events_of_strangers_are_kept_up_to_a_bound() {
    // The oldest of 4,096 is still there; one more, and it is not.
    for (strangers, is_kept) in [(4_095, true), (4_096, false)] {
        let mut watch = Watch::default();
        let call = watch.begin("own");
        told(&mut watch, &event("CHANNEL_ANSWER", "a", None, None, None));
        for place in 0..strangers {
            let text = event("CHANNEL_ANSWER", &format!("s{place}"), None, None, None);
            assert_eq!(told(&mut watch, &text), None);
        }
        let steps = watch.name(call, &["a".to_owned()]);
        assert_eq!(!steps.is_empty(), is_kept, "{strangers}");
        // What was kept of others is still there.
        let other = watch.begin("other");
        assert_eq!(watch.name(other, &["s4000".to_owned()]).len(), 1);
        let other = watch.begin("again");
        assert_eq!(watch.name(other, &["s4000".to_owned()]), []);
    }
}
