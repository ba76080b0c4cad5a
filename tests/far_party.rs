//! Which leg is the far party's, and when a call is connected to it.

#![cfg(not(target_arch = "wasm32"))]

use quickcall::ProgressState;

#[path = "shared/events.rs"]
mod events;
#[path = "shared/steps.rs"]
mod steps;

use events::event;
use steps::{states, steps};

/// FreeSWITCH bridges a line that sends sound while it rings (`switch_ivr_multi_threaded_bridge`), and tells it by the same event.
#[test]
fn a_far_party_that_still_rings_is_not_connected() {
    let tell = |events: &[(&str, &str, &str)]| -> Vec<_> {
        let events: Vec<_> = events
            .iter()
            .map(|(name, leg, other)| event(name, leg, Some(other), None, None))
            .collect();
        let told = steps(true, &events).into_iter();
        told.map(|step| (step.state.as_str(), step.other_call_id))
            .collect()
    };
    let far = || Some("far".to_owned());
    let begins = [
        ("CHANNEL_CREATE", "a", "a"),
        ("CHANNEL_ANSWER", "a", "a"),
        ("CHANNEL_CREATE", "far", "a"),
    ];
    let bridge = ("CHANNEL_BRIDGE", "a", "far");
    let answer = ("CHANNEL_ANSWER", "far", "a");
    let ringing = [("ringing", None), ("answered", None)].to_vec();
    let connected = [ringing.clone(), [("connected", far())].to_vec()].concat();
    assert_eq!(tell(&[&begins[..], &[bridge]].concat()), ringing);
    assert_eq!(tell(&[&begins[..], &[answer]].concat()), ringing);
    assert_eq!(tell(&[&begins[..], &[bridge, answer]].concat()), connected);
    assert_eq!(tell(&[&begins[..], &[answer, bridge]].concat()), connected);
    // The bridge as the far leg tells it.
    let told_by_far = ("CHANNEL_BRIDGE", "far", "a");
    assert_eq!(tell(&[&begins[..], &[told_by_far]].concat()), ringing);
    assert_eq!(tell(&[&begins[..], &[told_by_far, answer]].concat()), connected);
    // Another line of the far party rings on.
    let another = ("CHANNEL_CREATE", "far-2", "a");
    assert_eq!(
        tell(&[&begins[..], &[another, answer, bridge]].concat()),
        connected
    );
    // Nothing was heard of its beginning.
    assert_eq!(tell(&[&begins[..2], &[bridge]].concat()), connected);
    // Another phone picks it up meanwhile: FreeSWITCH tells of that by the other phone's leg (`switch_ivr_intercept_session`).
    let picked_up = ("CHANNEL_BRIDGE", "another", "a");
    let connected = [
        ringing.clone(),
        [("connected", Some("another".to_owned()))].to_vec(),
    ]
    .concat();
    assert_eq!(tell(&[&begins[..], &[bridge, picked_up]].concat()), connected);
    assert_eq!(
        tell(&[&begins[..], &[bridge, told_by_far, picked_up]].concat()),
        connected
    );
    // It never was answered: it is named at the end, because sound was heard.
    let end = ("CHANNEL_DESTROY", "a", "far");
    let ended = [ringing, [("ended", far())].to_vec()].concat();
    assert_eq!(tell(&[&begins[..], &[bridge, end]].concat()), ended);
}

#[test]
fn a_leg_that_is_transferred_is_not_its_own_far_party() {
    // As Kazoo tells it: a leg that is connected to none names itself.
    let events = [
        event("CHANNEL_CREATE", "a", Some("a"), None, None),
        event("CHANNEL_ANSWER", "a", Some("a"), None, None),
        event("CHANNEL_BRIDGE", "a", Some("far"), None, None),
        event("CHANNEL_DESTROY", "far", Some("a"), None, Some("BLIND_TRANSFER")),
        event("CHANNEL_DESTROY", "a", Some("a"), None, Some("NORMAL_CLEARING")),
    ];
    let steps = steps(true, &events[..]);
    let others: Vec<Option<&str>> = steps.iter().map(|step| step.other_call_id.as_deref()).collect();
    assert_eq!(others, [None, None, Some("far"), Some("far")]);
    let alone = event("CHANNEL_BRIDGE", "a", Some("a"), None, None);
    let steps = self::steps(true, &[alone]);
    assert_eq!(states(&steps), [ProgressState::Connected]);
    assert_eq!(steps[0].other_call_id, None);
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
fn the_other_leg_stays_when_a_planned_one_is_named_late() {
    let events = [
        event("CHANNEL_CREATE", "a", Some("planned"), None, None),
        event("CHANNEL_BRIDGE", "a", Some("far"), None, None),
        event("CHANNEL_ANSWER", "a", Some("planned"), None, None),
        event("CHANNEL_DESTROY", "a", None, None, Some("NORMAL_CLEARING")),
    ];
    let others: Vec<_> = steps(true, &events)
        .into_iter()
        .map(|step| step.other_call_id)
        .collect();
    let far = Some("far".to_owned());
    assert_eq!(others, [None, far.clone(), far]);
    // A transfer tells another one.
    let again = event("CHANNEL_BRIDGE", "a", Some("third"), None, None);
    let [_, bridge, _, end] = events;
    let ended = steps(true, &[bridge, again, end]).pop().unwrap();
    assert_eq!(ended.other_call_id.as_deref(), Some("third"));
}
