//! What was received, and what was really dialled.

use crate::options::Options;
use serde::Serialize;
use std::sync::Mutex;

/// A request to the quickcall route.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Received {
    /// Its method.
    pub method: String,
    /// The raw path and query.
    pub target: String,
    /// Its headers; of `x-auth-token` only whether it was the right one.
    pub headers: Vec<(String, String)>,
    /// Its body.
    pub body: String,
    /// When it came, in seconds since 1970.
    pub time: f64,
    /// The last four digits that chose what happened.
    pub scenario: Option<&'static str>,
    /// What was dialled; nothing where the endpoint's phone was not reached or the call was lost.
    pub dialled: Option<String>,
    /// What the switch was asked for, with the fields of the API document.
    pub originate: Option<serde_json::Value>,
    /// What the server understood.
    pub options: Option<Options>,
    /// The ids of the legs that ring.
    pub call_ids: Vec<String>,
}

/// Every request to the quickcall route, in order.
#[derive(Debug, Default)]
pub(crate) struct Calls(Mutex<Vec<Received>>);

impl Calls {
    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<Received>> {
        self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    /// Keeps a request. It is kept before its answer is written.
    pub(crate) fn add(&self, received: Received) {
        self.lock().push(received);
    }

    /// All of them.
    pub(crate) fn all(&self) -> Vec<Received> {
        self.lock().clone()
    }

    /// Forgets all of them.
    pub(crate) fn clear(&self) {
        self.lock().clear();
    }
}
