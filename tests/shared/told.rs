//! What a watch tells of one event.

use quickcall::{ProgressState, Watch};

use super::events::read;

/// Takes an event, and gives the call and the step: its state, its leg, the other leg.
pub(crate) fn told(watch: &mut Watch, text: &str) -> Option<(u32, ProgressState, String, Option<String>)> {
    let mut steps = watch.take(read(text)).into_iter();
    let (call, step) = steps.next()?;
    assert!(steps.next().is_none(), "only one call was to hear of it: {text}");
    Some((call, step.state, step.call_id, step.other_call_id))
}
