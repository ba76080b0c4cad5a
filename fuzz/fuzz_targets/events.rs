//! Messages of the server's websocket, one a line: what is told of a call never goes back and ends at most once.
#![no_main]

use libfuzzer_sys::fuzz_target;
use quickcall::{EventMessage, ProgressState, Watch};

const CALL_ID: &str = "0123456789abcdef0123456789abcdef0123-quickcall";

fuzz_target!(|text: &str| {
    let mut watch = Watch::default();
    let call = watch.begin("own");
    watch.name(call, &[CALL_ID.to_owned()]);
    let mut last: Option<ProgressState> = None;
    for text in text.split('\n') {
        let EventMessage::Event(event) = EventMessage::read(text) else {
            continue;
        };
        for (_, step) in watch.take(event) {
            assert!(last.is_none_or(|last| last < step.state));
            last = Some(step.state);
        }
    }
});
