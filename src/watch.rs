//! The calls that are watched on one websocket.

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;

use crate::call_event::{CallEvent, Happened};
use crate::progress::{Progress, Step};
use alloc::collections::{BTreeMap, VecDeque};

/// How many events of legs that nobody knows yet are kept: their ids may still come.
const KEPT: usize = 4_096;

/// The calls that are watched, and events that may become theirs.
#[derive(Clone, Debug, Default)]
pub struct Watch {
    next: u32,
    calls: BTreeMap<u32, Progress>,
    by_leg: BTreeMap<String, u32>,
    by_own_id: BTreeMap<String, u32>,
    unknown: VecDeque<CallEvent>,
}

impl Watch {
    /// Watches a call that is about to be placed with this in the var [`OWN_ID`](crate::OWN_ID); its number here.
    pub fn begin(&mut self, own_id: &str) -> u32 {
        self.next += 1;
        self.calls.insert(self.next, Progress::default());
        self.by_own_id.insert(own_id.to_owned(), self.next);
        self.next
    }

    /// Says which legs a call has, and gives the steps that earlier events were.
    pub fn name(&mut self, call: u32, call_ids: &[String]) -> Vec<Step> {
        let mut steps = Vec::new();
        // One that is watched no more has no legs: nothing would ever forget them.
        let Some(progress) = self.calls.get_mut(&call) else {
            return steps;
        };
        for id in call_ids {
            self.by_leg.insert(id.clone(), call);
        }
        // What was told before they were known comes first: the end of a leg may be among it.
        for event in &self.unknown {
            if call_ids.contains(&event.call_id) {
                steps.extend(progress.take(event));
            } else if let (Happened::Bridged, Some(other)) = (event.happened, &event.other_call_id)
                && call_ids.contains(other)
            {
                steps.extend(progress.bridged(other, &event.call_id));
            }
        }
        steps.extend(progress.name(call_ids));
        self.unknown.retain(|event| !call_ids.contains(&event.call_id));
        steps
    }

    /// Takes an event: the call it is of and its step, where it is a step of one.
    pub fn take(&mut self, event: CallEvent) -> Option<(u32, Step)> {
        let by_own_id = || self.by_own_id.get(event.own_id.as_deref()?).copied();
        let call = self.by_leg.get(&event.call_id).copied().or_else(by_own_id);
        if let Some(call) = call {
            // The far party's leg bears the same vars in newer releases. It is none that was rung.
            let is_far = event
                .other_call_id
                .as_ref()
                .is_some_and(|other| self.by_leg.get(other) == Some(&call))
                && !self.by_leg.contains_key(&event.call_id);
            if is_far {
                return self.far(call, &event);
            }
            self.by_leg.insert(event.call_id.clone(), call);
            let step = self.calls.get_mut(&call)?.take(&event)?;
            return Some((call, step));
        }
        let other = event
            .other_call_id
            .as_ref()
            .and_then(|other| self.by_leg.get(other))
            .copied();
        if let Some(call) = other {
            return self.far(call, &event);
        }
        if self.unknown.len() == KEPT {
            self.unknown.pop_front();
        }
        self.unknown.push_back(event);
        None
    }

    /// An event of the far party's leg: only that it was connected tells something.
    fn far(&mut self, call: u32, event: &CallEvent) -> Option<(u32, Step)> {
        let other = event
            .other_call_id
            .as_deref()
            .filter(|_| event.happened == Happened::Bridged)?;
        let step = self.calls.get_mut(&call)?.bridged(other, &event.call_id)?;
        Some((call, step))
    }

    /// Takes that a leg of a call is there no more.
    pub fn gone(&mut self, call: u32, call_id: &str) -> Option<Step> {
        self.calls.get_mut(&call)?.gone(call_id)
    }

    /// What is known of a call.
    pub fn progress(&self, call: u32) -> Option<&Progress> {
        self.calls.get(&call)
    }

    /// Watches a call no more.
    pub fn forget(&mut self, call: u32) {
        self.calls.remove(&call);
        self.by_leg.retain(|_, of| *of != call);
        self.by_own_id.retain(|_, of| *of != call);
    }
}
