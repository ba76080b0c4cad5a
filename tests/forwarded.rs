//! A phone that is forwarded to a number: its leg gives way to that of the number.

#![cfg(not(target_arch = "wasm32"))]

use quickcall::{ProgressState, Watch};

#[path = "shared/events.rs"]
mod events;

use events::{event, read};

/// The leg that was rung, the other half of it, the leg of the number behind that, and the far party's.
const RUNG: &str = "a-quickcall";
const HALF: &str = "half";
const BEHIND: &str = "behind";
const FAR: &str = "far";

/// An event, with the half that the server names.
fn of_half(text: &str, half: &str) -> String {
    let mut message: serde_json::Value = serde_json::from_str(text).unwrap();
    message["data"]["channel_is_loopback"] = true.into();
    message["data"]["channel_loopback_other_leg_id"] = half.into();
    message.to_string()
}

fn plain(name: &str, leg: &str, other: &str) -> String {
    event(&format!("CHANNEL_{name}"), leg, Some(other), None, None)
}

fn ends(leg: &str, other: &str, cause: &str) -> String {
    event("CHANNEL_DESTROY", leg, Some(other), None, Some(cause))
}

/// The phone is rung and answered; the half is connected to the leg of the number.
fn answered() -> Vec<String> {
    let created = event("CHANNEL_CREATE", RUNG, Some(RUNG), Some("own"), None);
    vec![
        of_half(&created, HALF),
        // It bears the leg that was rung as its other one: it has its `origination_uuid`, too.
        of_half(&plain("CREATE", HALF, RUNG), RUNG),
        plain("CREATE", BEHIND, HALF),
        plain("ANSWER", BEHIND, HALF),
        of_half(&plain("ANSWER", HALF, BEHIND), RUNG),
        of_half(&plain("ANSWER", RUNG, RUNG), HALF),
        of_half(&plain("BRIDGE", HALF, BEHIND), RUNG),
    ]
}

/// Both halves of the leg end (`channel_on_hangup`).
fn gives_way(cause: &str) -> Vec<String> {
    vec![
        of_half(&ends(RUNG, RUNG, cause), HALF),
        of_half(&ends(HALF, BEHIND, cause), RUNG),
    ]
}

/// The far party answers the leg of the number, and hangs up. What stood on the leg that gave way stands on that one, too
/// (`switch_channel_caller_extension_masquerade`).
fn goes_on() -> Vec<String> {
    vec![
        plain("CREATE", FAR, BEHIND),
        plain("ANSWER", FAR, BEHIND),
        of_half(&plain("BRIDGE", BEHIND, FAR), HALF),
        ends(FAR, BEHIND, "NORMAL_CLEARING"),
        of_half(&ends(BEHIND, FAR, "NORMAL_CLEARING"), HALF),
    ]
}

/// The steps of these events: state, leg, other leg and cause.
fn steps(watch: &mut Watch, events: &[String]) -> Vec<String> {
    let steps = events.iter().flat_map(|text| watch.take(read(text)));
    steps
        .map(|(_, step)| {
            let cause = step.hangup_cause.map(|cause| cause.as_str().to_owned());
            let rest = [step.other_call_id, cause].into_iter().flatten();
            let words = [step.state.as_str().to_owned(), step.call_id].into_iter();
            words.chain(rest).collect::<Vec<_>>().join(" ")
        })
        .collect()
}

const FOLLOWED: [&str; 4] = [
    "ringing a-quickcall",
    "answered a-quickcall",
    "connected behind far",
    "ended behind far NORMAL_CLEARING",
];

#[test]
fn the_call_goes_on_by_the_leg_of_the_number() {
    // `BOWOUT` by Kazoo's `loopback.conf.xml`, `NORMAL_UNSPECIFIED` without it.
    for cause in ["BOWOUT", "NORMAL_UNSPECIFIED"] {
        let mut watch = Watch::default();
        watch.begin("own");
        let events = [answered(), gives_way(cause), goes_on()].concat();
        assert_eq!(steps(&mut watch, &events), FOLLOWED);
    }
}

#[test]
fn the_leg_gives_way_before_the_answer_names_it_alone() {
    let mut watch = Watch::default();
    let call = watch.begin("own");
    let told = steps(&mut watch, &[answered(), gives_way("BOWOUT")].concat());
    assert_eq!(told, FOLLOWED[..2]);
    assert_eq!(watch.name(call, &[RUNG]), []);
    let progress = watch.progress(call).unwrap();
    assert_eq!(progress.open_legs().collect::<Vec<_>>(), [BEHIND]);
    assert_eq!(progress.legs().collect::<Vec<_>>(), [RUNG, BEHIND]);
    assert_eq!(steps(&mut watch, &goes_on()), FOLLOWED[2..]);
}

#[test]
fn a_call_that_is_followed_by_its_id_catches_up() {
    let mut watch = Watch::default();
    assert_eq!(
        steps(&mut watch, &[answered(), gives_way("BOWOUT")].concat()),
        [""; 0]
    );
    let call = watch.begin("another");
    let states: Vec<_> = watch.name(call, &[RUNG]).iter().map(|step| step.state).collect();
    assert_eq!(states, [ProgressState::Ringing, ProgressState::Answered]);
    assert_eq!(steps(&mut watch, &goes_on()), FOLLOWED[2..]);
}

#[test]
fn a_leg_that_was_connected_gives_way_while_both_talk() {
    let mut watch = Watch::default();
    watch.begin("own");
    let connected = [
        plain("CREATE", FAR, RUNG),
        plain("ANSWER", FAR, RUNG),
        of_half(&plain("BRIDGE", RUNG, FAR), HALF),
    ];
    // The two that are left are connected to each other (`switch_ivr_uuid_bridge`).
    let bridged = [plain("BRIDGE", FAR, BEHIND)];
    let ended = [
        ends(FAR, BEHIND, "NORMAL_CLEARING"),
        ends(BEHIND, FAR, "NORMAL_CLEARING"),
    ];
    let before = steps(&mut watch, &[&answered()[..], &connected, &bridged].concat());
    let first = [
        "ringing a-quickcall",
        "answered a-quickcall",
        "connected a-quickcall far",
    ];
    assert_eq!(before, first);
    assert_eq!(steps(&mut watch, &gives_way("BOWOUT")), [""; 0]);
    assert_eq!(steps(&mut watch, &ended), ["ended behind far NORMAL_CLEARING"]);
}

#[test]
fn the_end_of_the_number_is_the_end() {
    // Its user hangs up while the far party is being called.
    let mut watch = Watch::default();
    watch.begin("own");
    let hung_up = [ends(BEHIND, BEHIND, "NORMAL_CLEARING")];
    let told = steps(
        &mut watch,
        &[&answered()[..], &gives_way("BOWOUT"), &hung_up].concat(),
    );
    assert_eq!(told.last().unwrap(), "ended behind NORMAL_CLEARING");
    // It ends by itself, and takes the rest with it.
    let mut watch = Watch::default();
    watch.begin("own");
    let told = steps(
        &mut watch,
        &[&answered()[..], &hung_up, &gives_way("NORMAL_CLEARING")].concat(),
    );
    assert_eq!(told.last().unwrap(), "ended behind NORMAL_CLEARING");
}

#[test]
fn a_leg_that_was_not_answered_gives_way_to_none() {
    // The line of the number sends sound while it rings, and is connected for that.
    let mut events = answered();
    events.retain(|text| !text.contains("CHANNEL_ANSWER"));
    events.extend(gives_way("NO_ANSWER"));
    let mut watch = Watch::default();
    let call = watch.begin("own");
    assert_eq!(steps(&mut watch, &events), ["ringing a-quickcall"]);
    let progress = watch.progress(call).unwrap();
    assert_eq!(progress.open_legs().count(), 0);
    let ended: Vec<_> = watch.name(call, &[RUNG]);
    assert_eq!(ended.len(), 1);
    assert_eq!(ended[0].call_id, RUNG);
    assert_eq!(ended[0].hangup_cause.as_ref().unwrap().as_str(), "NO_ANSWER");
}

#[test]
fn a_number_that_is_forwarded_itself_is_followed_as_well() {
    let second = |name: &str, leg: &str, other: &str| of_half(&plain(name, leg, other), BEHIND);
    // The leg behind the first is half of another, whose other half is connected to the last one before.
    let behind = [
        plain("CREATE", "last", "half-2"),
        second("BRIDGE", "half-2", "last"),
    ];
    let mut events = [&behind[..], &answered(), &gives_way("BOWOUT")].concat();
    events.push(of_half(&ends(BEHIND, HALF, "BOWOUT"), "half-2"));
    let mut watch = Watch::default();
    let call = watch.begin("own");
    assert_eq!(steps(&mut watch, &events), FOLLOWED[..2]);
    let progress = watch.progress(call).unwrap();
    assert_eq!(progress.open_legs().collect::<Vec<_>>(), ["last"]);
    let ended = [ends("last", FAR, "NORMAL_CLEARING")];
    assert_eq!(steps(&mut watch, &ended), ["ended last NORMAL_CLEARING"]);
}

#[test]
fn where_nothing_is_known_of_the_number_the_leg_is_all_there_is() {
    let mut events = answered();
    events.retain(|text| !text.contains("CHANNEL_BRIDGE"));
    events.extend(gives_way("BOWOUT"));
    let mut watch = Watch::default();
    let call = watch.begin("own");
    watch.name(call, &[RUNG]);
    let told = steps(&mut watch, &events);
    assert_eq!(told.last().unwrap(), "ended a-quickcall BOWOUT");
}

#[test]
fn the_other_phones_stop_ringing_and_the_call_goes_on() {
    let mut watch = Watch::default();
    let call = watch.begin("own");
    let another = "b-quickcall";
    let rings = event("CHANNEL_CREATE", another, None, Some("own"), None);
    let stops = ends(another, another, "LOSE_RACE");
    let events = [&answered()[..], &[rings, stops], &gives_way("BOWOUT"), &goes_on()].concat();
    watch.name(call, &[RUNG, another]);
    assert_eq!(steps(&mut watch, &events), FOLLOWED);
}

#[test]
fn the_leg_gives_way_before_its_answer_is_heard_or_without_it() {
    let answer = of_half(&plain("ANSWER", RUNG, RUNG), HALF);
    let mut before = answered();
    before.retain(|text| *text != answer);
    for late in [&[][..], &[answer]] {
        let mut watch = Watch::default();
        let call = watch.begin("own");
        watch.name(call, &[RUNG]);
        let events = [&before[..], &gives_way("BOWOUT"), late, &goes_on()].concat();
        // It is answered with the leg behind it.
        let told = [FOLLOWED[0], "answered behind", FOLLOWED[2], FOLLOWED[3]];
        assert_eq!(steps(&mut watch, &events), told);
    }
}

#[test]
fn a_forwarded_phone_that_was_answered_and_lost_the_race_gives_way_to_none() {
    let mut watch = Watch::default();
    let call = watch.begin("own");
    let another = "b-quickcall";
    watch.name(call, &[RUNG, another]);
    let rings = [event("CHANNEL_CREATE", another, None, Some("own"), None)];
    let stops = [ends(BEHIND, HALF, "NORMAL_CLEARING")];
    let taken = [
        event("CHANNEL_ANSWER", another, None, None, None),
        event("CHANNEL_BRIDGE", another, Some(FAR), None, None),
    ];
    let told = steps(
        &mut watch,
        &[&answered()[..], &rings, &gives_way("LOSE_RACE"), &stops, &taken].concat(),
    );
    assert_eq!(told, [FOLLOWED[0], FOLLOWED[1], "connected b-quickcall far"]);
}

#[test]
fn a_call_that_is_followed_by_both_ids_is_connected_to_the_far_party_only() {
    // Where the server's answer was lost, these are the ids of the call. Another watcher, which follows it, has heard all that was told.
    let mut watch = Watch::default();
    let call = watch.begin("own");
    steps(&mut watch, &answered());
    let ids: Vec<_> = watch.progress(call).unwrap().legs().map(str::to_owned).collect();
    assert_eq!(ids, [RUNG, BEHIND]);
    for heard in [0, answered().len()] {
        let mut watch = Watch::default();
        let call = watch.begin("another");
        let all = answered();
        let (before, after) = all.split_at(heard);
        assert_eq!(steps(&mut watch, before), [""; 0]);
        let mut states: Vec<_> = watch
            .name(call, &ids)
            .iter()
            .map(|step| step.state.as_str())
            .collect();
        let rest = [after, &gives_way("BOWOUT"), &goes_on()].concat();
        let rest = steps(&mut watch, &rest);
        states.extend(rest.iter().filter_map(|step| step.split(' ').next()));
        assert_eq!(states, ["ringing", "answered", "connected", "ended"]);
        assert_eq!(rest[rest.len() - 2..], FOLLOWED[2..]);
    }
}
