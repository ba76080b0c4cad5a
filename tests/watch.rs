//! Which of the calls on one socket an event is of, and which legs a call gets by it.

#![cfg(not(target_arch = "wasm32"))]

use quickcall::{CallId, ProgressState, Watch};

#[path = "shared/events.rs"]
mod events;
#[path = "shared/told.rs"]
mod told;

use events::{event, read};
use told::told;

/// The legs of a call that are known.
fn legs(watch: &Watch, call: u32) -> Vec<String> {
    let progress = watch.progress(call).unwrap();
    progress.legs().map(str::to_owned).collect()
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
fn all_that_follow_one_call_hear_of_it() {
    let mut watch = Watch::default();
    let [first, second] = ["own-1", "own-2"].map(|own_id| watch.begin(own_id));
    for call in [first, second] {
        watch.name(call, &["a".to_owned()]);
    }
    let tell = |watch: &mut Watch, text: &str| -> Vec<(u32, ProgressState)> {
        let steps = watch.take(read(text)).into_iter();
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
    watch.name(call, &[] as &[CallId]);
    told(
        &mut watch,
        &event("CHANNEL_CREATE", "d-quickcall", None, Some("other"), None),
    );
    assert_eq!(legs(&watch, call), ["d-quickcall"]);
}

#[test]
fn what_was_told_of_a_leg_before_anybody_knew_it_counts() {
    let leg = "a-quickcall";
    let begin = || {
        let mut watch = Watch::default();
        let call = watch.begin("own");
        told(
            &mut watch,
            &event("CHANNEL_DESTROY", "stranger", None, None, None),
        );
        (watch, call)
    };
    let create = event("CHANNEL_CREATE", leg, None, Some("own"), None);
    // Its end bears no id of the call's own, and is told first.
    let (mut watch, call) = begin();
    let end = event("CHANNEL_DESTROY", leg, None, None, Some("USER_BUSY"));
    assert_eq!(told(&mut watch, &end), None);
    assert_eq!(
        told(&mut watch, &create).map(|(_, state, ..)| state),
        Some(ProgressState::Ringing)
    );
    assert_eq!(watch.progress(call).unwrap().open_legs().count(), 0);
    let ended = watch.name(call, &[] as &[&str]).remove(0);
    assert_eq!(ended.hangup_cause.unwrap().as_str(), "USER_BUSY");
    assert_eq!(ended.seconds, Some(12));
    // So is that it was connected, by either leg.
    for (of, other) in [(leg, "far"), ("far", leg)] {
        let (mut watch, call) = begin();
        let bridge = event("CHANNEL_BRIDGE", of, Some(other), None, None);
        assert_eq!(told(&mut watch, &bridge), None);
        let connected = (
            call,
            ProgressState::Connected,
            leg.to_owned(),
            Some("far".to_owned()),
        );
        assert_eq!(told(&mut watch, &create), Some(connected), "{of}");
        // What is still of nobody is kept.
        let other = watch.begin("other");
        assert_eq!(watch.name(other, &["stranger"]).len(), 1);
    }
}

#[test]
fn strangers_are_forgotten_at_a_word() {
    let mut watch = Watch::default();
    let call = watch.begin("own");
    for leg in ["stranger", "a-quickcall"] {
        told(&mut watch, &event("CHANNEL_ANSWER", leg, None, None, None));
    }
    watch.name(call, &["a-quickcall"]);
    watch.forget_strangers();
    assert!(!format!("{watch:?}").contains("stranger"), "{watch:?}");
    assert_eq!(legs(&watch, call), ["a-quickcall"]);
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
fn a_call_that_is_watched_no_more_gets_no_legs() {
    let mut watch = Watch::default();
    let call = watch.begin("own");
    watch.forget(call);
    assert!(watch.name(call, &["a".to_owned()]).is_empty());
    // Nothing would ever let go of them.
    assert!(!format!("{watch:?}").contains(r#""a""#), "{watch:?}");
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

#[test]
fn the_ids_of_an_answer_are_taken_as_they_are() {
    let id = "0123456789abcdef0123456789abcdef0123-quickcall";
    let call_ids = vec![CallId::new(id).unwrap()];
    let mut watch = Watch::default();
    let call = watch.begin("own");
    told(&mut watch, &event("CHANNEL_CREATE", id, None, None, None));
    let states: Vec<_> = watch
        .name(call, &call_ids)
        .into_iter()
        .map(|step| step.state)
        .collect();
    assert_eq!(states, [ProgressState::Ringing]);
    assert_eq!(legs(&watch, call), [id]);
}
