//! The steps of one call, whose phones are the legs `a` and `b`.

use quickcall::{ProgressState, Step, Watch};

use super::events::read;

/// The steps of events in this order, after the legs `a` and `b` were named.
pub(crate) fn steps(named_first: bool, events: &[String]) -> Vec<Step> {
    let mut watch = Watch::default();
    let call = watch.begin("own");
    let legs = ["a".to_owned(), "b".to_owned()];
    let mut steps = Vec::new();
    if named_first {
        steps.extend(watch.name(call, &legs));
    }
    for text in events {
        steps.extend(watch.take(read(text)).into_iter().map(|(_, step)| step));
    }
    if !named_first {
        steps.extend(watch.name(call, &legs));
    }
    steps
}

pub(crate) fn states(steps: &[Step]) -> Vec<ProgressState> {
    steps.iter().map(|step| step.state).collect()
}
