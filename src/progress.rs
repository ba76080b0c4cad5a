//! What became of a call, from events that come in any order, twice, or not at all.

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;

use crate::call_event::{CallEvent, Happened};
use crate::hangup_cause::HangupCause;

/// The most legs of a call that events add. `MOST_LEGS` in `pkg/src/watcher.js` allows as many to be followed.
const MOST_LEGS: usize = 1_000;

/// The cause of a device that stops ringing because another one was answered.
const LOST_RACE: &str = "LOSE_RACE";

/// How far a call has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ProgressState {
    /// A phone rings.
    Ringing,
    /// It was answered, and the number is being called.
    Answered,
    /// Both lines are connected, and the far party has answered. FreeSWITCH tells CHANNEL_BRIDGE of a line that sends sound while it
    /// rings, too (`switch_ivr_multi_threaded_bridge`), and nothing in it says which of the two it is. So a far leg that was seen to
    /// begin is awaited until its CHANNEL_ANSWER; of one that nobody heard of before, the bridge is all there is.
    Connected,
    /// It is over, or never came about.
    Ended,
}

impl ProgressState {
    /// Its name: `ringing`, `answered`, `connected` or `ended`.
    pub fn as_str(self) -> &'static str {
        match self {
            ProgressState::Ringing => "ringing",
            ProgressState::Answered => "answered",
            ProgressState::Connected => "connected",
            ProgressState::Ended => "ended",
        }
    }
}

/// A step of a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// How far it has come.
    pub state: ProgressState,
    /// The leg of the phone that rings or was answered.
    pub call_id: String,
    /// The leg it is or was connected to.
    pub other_call_id: Option<String>,
    /// Why it ended, where that is known.
    pub hangup_cause: Option<HangupCause>,
    /// For how long that leg was there, ringing included, in seconds, where that is known.
    pub seconds: Option<u32>,
}

/// A leg of the phones that were rung.
#[derive(Clone, Debug, Default)]
struct Leg {
    id: String,
    /// The leg in whose place this one comes, once that was answered and has ended.
    follows: Option<String>,
    created: bool,
    answered: bool,
    bridged: bool,
    other: Option<String>,
    ended: bool,
    cause: Option<HangupCause>,
    seconds: Option<u32>,
}

/// A leg of the far party.
#[derive(Clone, Debug)]
struct FarLeg {
    id: String,
    answered: bool,
}

impl Leg {
    /// Whether an event is of the half in whose place this leg comes.
    fn is_behind(&self, event: &CallEvent) -> bool {
        self.follows.is_some() && self.follows == event.other_half
    }

    fn lost_race(&self) -> bool {
        self.cause.as_ref().map(HangupCause::as_str) == Some(LOST_RACE)
    }
}

/// One call. It only gathers what is known of its legs, so that the order of events does not matter; a step is told when that
/// is further than what was told before.
///
/// ```
/// use quickcall::{EventMessage, Progress, ProgressState};
///
/// let mut progress = Progress::default();
/// progress.name(&["a".to_owned()]);
/// let mut tell = |name: &str| {
///     let text = format!(r#"{{"action":"event","name":"{name}","data":{{"call_id":"a"}}}}"#);
///     match EventMessage::read(&text) {
///         EventMessage::Event(event) => progress.take(&event).map(|step| step.state),
///         _ => None,
///     }
/// };
/// // The answer comes before the ringing: it never goes back.
/// assert_eq!(tell("CHANNEL_ANSWER"), Some(ProgressState::Answered));
/// assert_eq!(tell("CHANNEL_CREATE"), None);
/// assert_eq!(tell("CHANNEL_DESTROY"), Some(ProgressState::Ended));
/// ```
#[derive(Clone, Debug, Default)]
pub struct Progress {
    legs: Vec<Leg>,
    far: Vec<FarLeg>,
    /// Whether all legs are known.
    named: bool,
    told: Option<ProgressState>,
}

impl Progress {
    /// Says which legs there are: the call ids of the server's answer. Without any, those that events told of are all.
    pub fn name(&mut self, call_ids: &[impl AsRef<str>]) -> Option<Step> {
        for id in call_ids {
            self.change(id.as_ref(), |_| {});
        }
        self.named = true;
        self.next()
    }

    /// Takes that there is such a leg, whatever becomes of it; whether it is one of the call now.
    pub(crate) fn rung(&mut self, call_id: &str) -> bool {
        let is_known = self.legs.iter().any(|leg| leg.id == call_id);
        if !is_known && self.legs.len() < MOST_LEGS {
            self.change(call_id, |_| {});
            return true;
        }
        is_known
    }

    /// Takes that another leg comes in the place of this one, once that has given way; whether it is one of the call now.
    pub(crate) fn followed(&mut self, call_id: &str, by: &str) -> bool {
        let is_behind = by != call_id && self.rung(by);
        if is_behind {
            self.change(by, |leg| leg.follows = Some(call_id.to_owned()));
        }
        is_behind
    }

    /// Takes an event of one of its legs.
    pub fn take(&mut self, event: &CallEvent) -> Option<Step> {
        self.change(&event.call_id, |leg| {
            match event.happened {
                Happened::Created => leg.created = true,
                Happened::Answered => leg.answered = true,
                Happened::Bridged => leg.bridged = true,
                Happened::Ended => {
                    leg.ended = true;
                    leg.answered |= event.was_answered;
                    leg.cause = leg.cause.take().or_else(|| event.hangup_cause.clone());
                    leg.seconds = leg.seconds.or(event.seconds);
                }
            }
            // One that is only about to be called may be named late.
            let is_sure = matches!(event.happened, Happened::Bridged | Happened::Ended);
            if event.other_call_id.is_some() && (is_sure || !leg.bridged) {
                leg.other.clone_from(&event.other_call_id);
            }
        });
        self.next()
    }

    /// Takes an event of the far party's leg, which names one of its legs as the other one.
    pub fn take_far(&mut self, event: &CallEvent) -> Option<Step> {
        let near = event.other_call_id.as_deref()?;
        match event.happened {
            Happened::Created => self.far_leg(&event.call_id, false),
            Happened::Answered => self.far_leg(&event.call_id, true),
            // The half of a leg that gives way, and no far party: by this the leg behind it was learnt of.
            Happened::Bridged if self.leg(near).is_some_and(|leg| leg.is_behind(event)) => {}
            // As with an event of the near leg: the last one that it was connected to.
            Happened::Bridged => self.change(near, |leg| {
                leg.bridged = true;
                leg.other = Some(event.call_id.clone());
            }),
            Happened::Ended => {}
        }
        self.next()
    }

    fn far_leg(&mut self, id: &str, answered: bool) {
        if let Some(leg) = self.far.iter_mut().find(|leg| leg.id == id) {
            leg.answered |= answered;
        } else if self.far.len() < MOST_LEGS {
            let id = id.to_owned();
            self.far.push(FarLeg { id, answered });
        }
    }

    /// Whether the far party's line still rings, as far as is known.
    fn is_far_ringing(&self, leg: &Leg) -> bool {
        self.far
            .iter()
            .any(|far| !far.answered && leg.other.as_ref() == Some(&far.id))
    }

    /// Takes that a leg is there no more: its end was not told.
    pub fn gone(&mut self, call_id: &str) -> Option<Step> {
        self.change(call_id, |leg| leg.ended = true);
        self.next()
    }

    /// The legs that have not ended, as far as is known.
    pub fn open_legs(&self) -> impl Iterator<Item = &str> {
        self.counted().filter(|leg| !leg.ended).map(|leg| leg.id.as_str())
    }

    /// All its legs.
    pub fn legs(&self) -> impl Iterator<Item = &str> {
        self.legs.iter().map(|leg| leg.id.as_str())
    }

    /// The leg that was answered, where one was: a proof that the call was placed.
    pub fn answered_leg(&self) -> Option<&str> {
        let answered = self.legs.iter().find(|leg| leg.answered || leg.bridged);
        answered.map(|leg| leg.id.as_str())
    }

    /// Does something to a leg, which is new where it was not known.
    fn change(&mut self, id: &str, change: impl FnOnce(&mut Leg)) {
        if let Some(leg) = self.legs.iter_mut().find(|leg| leg.id == id) {
            return change(leg);
        }
        let mut leg = Leg {
            id: id.to_owned(),
            ..Leg::default()
        };
        change(&mut leg);
        self.legs.push(leg);
    }

    fn leg(&self, id: &str) -> Option<&Leg> {
        self.legs.iter().find(|leg| leg.id == id)
    }

    /// Whether a leg was answered and gave way to another one, which goes on with its call. It is answered with the one behind it.
    fn gave_way(&self, leg: &Leg) -> bool {
        let goes_on = |other: &Leg| {
            other.follows.as_ref() == Some(&leg.id) && (leg.answered || leg.bridged || other.answered)
        };
        leg.ended && !leg.lost_race() && self.legs.iter().any(goes_on)
    }

    /// Whether a leg says how far the call is: one that gave way does no more, and the one in its place not before.
    #[inline(never)]
    fn counts(&self, leg: &Leg) -> bool {
        let is_there = match &leg.follows {
            Some(first) => self.leg(first).is_some_and(|first| self.gave_way(first)),
            None => true,
        };
        is_there && !self.gave_way(leg)
    }

    fn counted(&self) -> impl Iterator<Item = &Leg> {
        self.legs.iter().filter(|leg| self.counts(leg))
    }

    fn next(&mut self) -> Option<Step> {
        let (state, leg) = self.state()?;
        if self.told.is_some_and(|told| told >= state) {
            return None;
        }
        let is_ended = state == ProgressState::Ended;
        let step = Step {
            state,
            call_id: leg.id.clone(),
            // An event can name one that is only about to be called.
            other_call_id: leg
                .other
                .clone()
                .filter(|_| leg.bridged && state > ProgressState::Answered),
            hangup_cause: leg.cause.clone().filter(|_| is_ended),
            seconds: leg.seconds.filter(|_| is_ended),
        };
        self.told = Some(state);
        Some(step)
    }

    /// How far the call is, and by which leg.
    fn state(&self) -> Option<(ProgressState, &Leg)> {
        // One that came in the place of another is answered as that was.
        let is_answered = |leg: &Leg| leg.answered || leg.bridged || leg.follows.is_some();
        let taken = |leg: &&Leg| is_answered(leg) && !leg.lost_race();
        // Two phones can be answered at once: the call goes on while one of them is there.
        let farthest = self
            .counted()
            .filter(taken)
            .min_by_key(|leg| (leg.ended, !leg.bridged));
        if let Some(leg) = farthest {
            // One that is gone, and nobody said why, may have lost the race to one that is there.
            let is_sure = leg.bridged || leg.cause.is_some();
            let is_over = leg.ended && (is_sure || self.open_legs().next().is_none());
            let state = match leg {
                _ if is_over => ProgressState::Ended,
                _ if leg.bridged && !self.is_far_ringing(leg) => ProgressState::Connected,
                _ => ProgressState::Answered,
            };
            return Some((state, leg));
        }
        if self.named && self.counted().all(|leg| leg.ended) {
            // The one that says most: not that it stopped ringing for another, nor nothing, as a phone that never rang.
            let says = |leg: &&Leg| leg.cause.is_some() && !leg.lost_race();
            let legs = || self.counted();
            let leg = legs().find(says).or_else(|| legs().find(|leg| !leg.lost_race()));
            let leg = leg.or_else(|| legs().next());
            return leg.map(|leg| (ProgressState::Ended, leg));
        }
        let ringing = self.counted().find(|leg| leg.created);
        ringing.map(|leg| (ProgressState::Ringing, leg))
    }
}
