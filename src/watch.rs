//! The calls that are watched on one websocket.

use alloc::vec::Vec;

use crate::call_event::{CallEvent, Happened};
use crate::calls_by_name::CallsByName;
use crate::progress::{Progress, Step};
use alloc::collections::{BTreeMap, VecDeque};

/// How many events of legs that nobody knows yet are kept: their ids may still come.
const KEPT: usize = 4_096;

/// How the id of a leg ends that a quickcall rang. The far party's leg has another id.
const RUNG: &str = "-quickcall";

/// The calls that are watched, and events that may become theirs.
///
/// The server tells events after a message for each of `CHANNEL_CREATE`, `CHANNEL_ANSWER`, `CHANNEL_BRIDGE` and `CHANNEL_DESTROY`, which
/// it answers by an [`EventMessage::Reply`](crate::EventMessage::Reply) with the same `request_id`:
///
/// ```json
/// {"action": "subscribe", "auth_token": "…", "request_id": "1", "data": {"account_id": "…", "binding": "call.CHANNEL_CREATE.*"}}
/// ```
///
/// ```
/// use quickcall::{EventMessage, OWN_ID, ProgressState, Watch};
///
/// let mut watch = Watch::default();
/// // The call is placed with this in its var `quickcall_id`, so that its events are known before its answer comes:
/// // `call.with("customApplicationVars", Value::from([(OWN_ID, "my-id")]))`.
/// let call = watch.begin("my-id");
///
/// let tell = |watch: &mut Watch, name: &str| {
///     let vars = format!(r#""custom_application_vars":{{"{OWN_ID}":"my-id"}}"#);
///     let data = format!(r#"{{"call_id":"0123456789abcdef0123456789abcdef-quickcall",{vars}}}"#);
///     match EventMessage::read(&format!(r#"{{"action":"event","name":"{name}","data":{data}}}"#)) {
///         EventMessage::Event(event) => watch.take(event),
///         _ => Vec::new(),
///     }
/// };
/// let steps = tell(&mut watch, "CHANNEL_CREATE");
/// assert_eq!(steps.len(), 1);
/// assert_eq!((steps[0].0, steps[0].1.state), (call, ProgressState::Ringing));
///
/// // Which legs there are comes with the answer. One that is gone, of which no event came, ends the call.
/// let legs = ["0123456789abcdef0123456789abcdef-quickcall".to_owned()];
/// assert_eq!(watch.name(call, &legs), []);
/// let ended = watch.gone(call, &legs[0]).unwrap();
/// assert_eq!((ended.state, ended.hangup_cause), (ProgressState::Ended, None));
/// watch.forget(call);
/// ```
#[derive(Clone, Debug, Default)]
pub struct Watch {
    next: u32,
    calls: BTreeMap<u32, Progress>,
    by_leg: CallsByName,
    by_own_id: CallsByName,
    unknown: VecDeque<CallEvent>,
}

impl Watch {
    /// Watches a call that is about to be placed with this in the var [`OWN_ID`](crate::OWN_ID); its number here.
    pub fn begin(&mut self, own_id: &str) -> u32 {
        self.next += 1;
        self.calls.insert(self.next, Progress::default());
        self.by_own_id.add(own_id, self.next);
        self.next
    }

    /// Says which legs a call has, and gives the steps that earlier events were: those of [`Placed`](crate::Placed), as they are, or texts.
    pub fn name(&mut self, call: u32, call_ids: &[impl AsRef<str>]) -> Vec<Step> {
        let mut steps = Vec::new();
        // One that is watched no more has no legs: nothing would ever forget them.
        if !self.calls.contains_key(&call) {
            return steps;
        }
        for id in call_ids {
            self.by_leg.add(id.as_ref(), call);
        }
        if !call_ids.is_empty() {
            // These are all: no event names another one.
            self.by_own_id.forget(call);
        }
        // What was told before they were known comes first: the end of a leg may be among it.
        steps.extend(self.catch_up().into_iter().map(|(_, step)| step));
        let progress = self.calls.get_mut(&call);
        steps.extend(progress.and_then(|of| of.name(call_ids)));
        steps
    }

    /// Takes once more what was told of legs before anybody knew whose they are. What is still of nobody is kept.
    fn catch_up(&mut self) -> Vec<(u32, Step)> {
        let mut steps = Vec::new();
        loop {
            let mut is_new = false;
            for _ in 0..self.unknown.len() {
                let Some(event) = self.unknown.pop_front() else {
                    break;
                };
                is_new |= self.learn_of_behind(&event);
                steps.extend(self.apply(event));
            }
            if !is_new {
                return steps;
            }
        }
    }

    /// Takes an event: the calls it is of, and for each its step where it is one.
    pub fn take(&mut self, event: CallEvent) -> Vec<(u32, Step)> {
        let mut steps = Vec::new();
        if self.learn(&event) | self.learn_of_behind(&event) {
            // The end of a leg bears no id of the call's own, and may come first.
            steps = self.catch_up();
        }
        steps.extend(self.apply(event));
        steps
    }

    /// Takes an event of legs that are known, or keeps it.
    fn apply(&mut self, event: CallEvent) -> Vec<(u32, Step)> {
        let mut steps = Vec::new();
        let near = self.by_leg.of(&event.call_id);
        let other = event.other_call_id.as_ref();
        let mut far = other.map(|other| self.by_leg.of(other)).unwrap_or_default();
        far.retain(|call| !near.contains(call));
        if near.is_empty() && far.is_empty() {
            if self.unknown.len() == KEPT {
                self.unknown.pop_front();
            }
            self.unknown.push_back(event);
            return steps;
        }
        for call in near {
            let step = self.calls.get_mut(&call).and_then(|of| of.take(&event));
            steps.extend(step.map(|step| (call, step)));
        }
        for call in far {
            let step = self.calls.get_mut(&call).and_then(|of| of.take_far(&event));
            steps.extend(step.map(|step| (call, step)));
        }
        steps
    }

    /// Learns of a leg by the call's own id; whether it is a new one. In newer releases the far party's leg bears that, too: its
    /// other leg is the one that was rung.
    fn learn(&mut self, event: &CallEvent) -> bool {
        let own_id = event.own_id.as_ref();
        let calls = own_id.map(|own_id| self.by_own_id.of(own_id)).unwrap_or_default();
        let ids = [Some(&event.call_id), event.other_call_id.as_ref()];
        let Some(leg) = ids.into_iter().flatten().find(|id| id.ends_with(RUNG)) else {
            return false;
        };
        let mut is_new = false;
        for call in calls {
            if self.calls.get_mut(&call).is_some_and(|of| of.rung(leg)) {
                is_new |= self.by_leg.add(leg, call);
            }
        }
        is_new
    }

    /// Learns of the leg behind one that was rung; whether it is a new one. Where a phone is forwarded, what was rung is half of a leg
    /// that leads back into the server (mod_loopback). Its other half is connected to the leg of the number, which comes in the place of
    /// both once that was answered (`channel_on_execute`, `channel_write_frame`).
    fn learn_of_behind(&mut self, event: &CallEvent) -> bool {
        let (Happened::Bridged, Some(rung), Some(behind)) =
            (event.happened, &event.other_half, &event.other_call_id)
        else {
            return false;
        };
        let mut is_new = false;
        for call in self.by_leg.of(rung) {
            let progress = self.calls.get_mut(&call);
            if progress.is_some_and(|of| of.followed(rung, behind)) {
                is_new |= self.by_leg.add(behind, call);
            }
        }
        is_new
    }

    /// Takes that a leg of a call is there no more.
    pub fn gone(&mut self, call: u32, call_id: &str) -> Option<Step> {
        self.calls.get_mut(&call)?.gone(call_id)
    }

    /// What is known of a call.
    pub fn progress(&self, call: u32) -> Option<&Progress> {
        self.calls.get(&call)
    }

    /// Drops the events of legs that nobody knows: where no more calls begin.
    pub fn forget_strangers(&mut self) {
        self.unknown = VecDeque::new();
    }

    /// Watches a call no more.
    pub fn forget(&mut self, call: u32) {
        self.calls.remove(&call);
        self.by_leg.forget(call);
        self.by_own_id.forget(call);
    }
}
