//! Events, and who is told of them. How they are told can be made worse on request.

use crate::endpoint::ACCOUNT_ID;
use crate::originate;
use crate::server::Shared;
use rand::Rng as _;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::mpsc::UnboundedSender;

/// The events that a binding can name, besides `*`.
pub(crate) const EVENTS: [&str; 6] = [
    "CHANNEL_CREATE",
    "CHANNEL_ANSWER",
    "CHANNEL_BRIDGE",
    "CHANNEL_DESTROY",
    "CHANNEL_HOLD",
    "CHANNEL_UNHOLD",
];

/// The most times that an event is told again.
const MOST_REPEATS: u32 = 100;

/// How events are told: `PUT /_simulator/events`.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Telling {
    /// Each event comes up to so many milliseconds late, divided by the speed where that is over 1, so that they come out of order.
    pub late: u64,
    /// The names of events that are not told.
    pub dropped: Vec<String>,
    /// How often each event is told again, up to 100 times.
    pub repeated: u32,
    /// Whether other people's calls on the account are told, too.
    pub foreign: bool,
    /// Nothing is told and nothing is answered, though sockets stay open.
    pub silent: bool,
    /// No new socket is taken.
    pub refused: bool,
}

/// What a socket is told.
pub(crate) enum Told {
    /// A message.
    Text(String),
    /// Its end.
    Close,
}

struct Subscriber {
    id: u64,
    bindings: Vec<String>,
    sender: UnboundedSender<Told>,
}

#[derive(Default)]
struct Inner {
    next: u64,
    telling: Telling,
    subscribers: Vec<Subscriber>,
}

/// The sockets and what they asked for.
#[derive(Default)]
pub(crate) struct Events(Mutex<Inner>);

impl Events {
    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn telling(&self) -> Telling {
        self.lock().telling.clone()
    }

    pub(crate) fn set_telling(&self, telling: Telling) {
        self.lock().telling = Telling {
            repeated: telling.repeated.min(MOST_REPEATS),
            ..telling
        };
    }

    /// Takes a socket; its number.
    pub(crate) fn add(&self, sender: UnboundedSender<Told>) -> u64 {
        let mut inner = self.lock();
        inner.next += 1;
        let id = inner.next;
        inner.subscribers.push(Subscriber {
            id,
            bindings: Vec::new(),
            sender,
        });
        id
    }

    pub(crate) fn remove(&self, id: u64) {
        self.lock().subscribers.retain(|subscriber| subscriber.id != id);
    }

    /// Changes what a socket asked for; all that it asked for now.
    pub(crate) fn bind(&self, id: u64, change: impl FnOnce(&mut Vec<String>)) -> Vec<String> {
        let mut inner = self.lock();
        let Some(subscriber) = inner
            .subscribers
            .iter_mut()
            .find(|subscriber| subscriber.id == id)
        else {
            return Vec::new();
        };
        change(&mut subscriber.bindings);
        subscriber.bindings.clone()
    }

    /// Ends every socket.
    pub(crate) fn close(&self) {
        for subscriber in self.lock().subscribers.drain(..) {
            drop(subscriber.sender.send(Told::Close));
        }
    }

    /// Tells an event to those who asked for it.
    pub(crate) fn tell(&self, shared: &Shared, name: &'static str, call_id: &str, data: Value) {
        let telling = self.telling();
        if telling.foreign {
            let other = originate::leg_id();
            let mut foreign = data.clone();
            foreign["call_id"] = Value::from(other.as_str());
            if foreign["other_leg_call_id"] == call_id {
                foreign["other_leg_call_id"] = Value::from(other.as_str());
            }
            foreign["custom_application_vars"] = json!({});
            self.send(shared, &telling, name, &other, &foreign);
        }
        if telling.silent || telling.dropped.iter().any(|dropped| dropped == name) {
            return;
        }
        for _ in 0..=telling.repeated {
            self.send(shared, &telling, name, call_id, &data);
        }
    }

    fn send(&self, shared: &Shared, telling: &Telling, name: &str, call_id: &str, data: &Value) {
        for subscriber in &self.lock().subscribers {
            let Some(binding) = subscriber
                .bindings
                .iter()
                .find(|binding| matches(binding, name, call_id))
            else {
                continue;
            };
            let text = json!({
                "action": "event", "name": name, "subscribed_key": binding, "subscription_key": binding,
                "routing_key": format!("call.{ACCOUNT_ID}.{name}.{call_id}"), "data": data
            })
            .to_string();
            let sender = subscriber.sender.clone();
            if telling.late == 0 {
                drop(sender.send(Told::Text(text)));
                continue;
            }
            let late = Duration::from_millis(rand::rng().random_range(0..=telling.late));
            let late = late.div_f64(shared.config.speed.max(1.0));
            tokio::spawn(async move {
                tokio::time::sleep(late).await;
                drop(sender.send(Told::Text(text)));
            });
        }
    }
}

/// Whether a binding `call.{EVENT or *}.{CALL_ID or *}` asks for this event.
fn matches(binding: &str, name: &str, call_id: &str) -> bool {
    let mut parts = binding.splitn(3, '.');
    parts.next() == Some("call")
        && parts.next().is_some_and(|event| event == "*" || event == name)
        && parts.next().is_some_and(|id| id == "*" || id == call_id)
}

/// Whether a binding can be asked for.
pub(crate) fn is_binding(binding: &str) -> bool {
    let parts: Vec<&str> = binding.splitn(3, '.').collect();
    matches!(parts[..], ["call", event, id] if (event == "*" || EVENTS.contains(&event)) && !id.is_empty())
}
