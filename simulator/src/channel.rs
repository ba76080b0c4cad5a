//! The life of a call: its legs, what each event says of them, and hanging up.

use crate::endpoint::ACCOUNT_ID;
use crate::forwarded::Forwarded;
use crate::originate;
use crate::release::Release;
use crate::server::Shared;
use crate::webhook;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tokio::sync::{Notify, oneshot};

/// Seconds from the year 0 to 1970, as the switch counts.
const GREGORIAN: u64 = 62_167_219_200;

/// How long the far party's phone rings, in seconds.
const FAR_PARTY_RINGS: f64 = 4.0;

/// How long a conversation lasts, in seconds.
const CONVERSATION: f64 = 20.0;

/// For how long both have been connected when the halves of a forwarded phone's leg give way, in seconds (`bowout_frame_count`).
const GIVES_WAY_AFTER: f64 = 2.0;

/// The cause of a leg that gives way, by Kazoo's `loopback.conf.xml`.
const GAVE_WAY: &str = "BOWOUT";

/// Causes of a switch that found no phone to ring: no leg comes about, and no event tells of one.
const NO_LEG: [&str; 3] = [
    "DESTINATION_OUT_OF_ORDER",
    "SUBSCRIBER_ABSENT",
    "USER_NOT_REGISTERED",
];

/// What became of the ringing.
#[derive(Debug)]
pub(crate) enum Rung {
    /// A phone was answered.
    Answered,
    /// None was, for the whole ring time.
    Unanswered,
    /// It ended before, with this cause.
    Ended(&'static str),
}

/// What becomes of a call that the switch was asked for.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Fate {
    /// The phone is answered after so many seconds; the rest of its devices stop ringing.
    Answered(f64),
    /// The switch gives up at once, with this cause.
    Refused(&'static str),
    /// Nobody answers for so many seconds.
    Unanswered(f64),
}

/// A leg that is there now.
#[derive(Clone, Debug)]
struct Leg {
    other: Option<String>,
    answered: bool,
    hang_up: Arc<Notify>,
}

/// The legs that are there now.
#[derive(Debug, Default)]
pub(crate) struct Channels(Mutex<BTreeMap<String, Leg>>);

impl Channels {
    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, Leg>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A leg as the channels API tells it.
    pub(crate) fn get(&self, call_id: &str) -> Option<Value> {
        self.lock().get(call_id).map(|leg| document(call_id, leg))
    }

    /// All legs.
    pub(crate) fn all(&self) -> Value {
        self.lock()
            .iter()
            .map(|(call_id, leg)| document(call_id, leg))
            .collect()
    }

    /// Hangs a leg up; whether it is there.
    pub(crate) fn hang_up(&self, call_id: &str) -> bool {
        let legs = self.lock();
        let leg = legs.get(call_id);
        if let Some(leg) = leg {
            leg.hang_up.notify_one();
        }
        leg.is_some()
    }
}

fn document(call_id: &str, leg: &Leg) -> Value {
    json!({
        "uuid": call_id, "answered": leg.answered, "direction": "outbound", "other_leg": leg.other,
        "account_id": ACCOUNT_ID, "switch": "simulated"
    })
}

/// A call that the switch was asked for, and whose events are told.
pub(crate) struct Life {
    /// The legs that ring.
    pub(crate) call_ids: Vec<String>,
    /// The number that the phone is connected to.
    pub(crate) number: String,
    /// The vars as they come back.
    pub(crate) vars: Value,
    /// The vars as they were sent.
    pub(crate) sent_vars: Value,
    /// Whether the far party's line sends sound while it rings: the switch connects it at once.
    pub(crate) early_media: bool,
    /// The legs behind the one that is rung, where its phone is forwarded to a number.
    pub(crate) forwarded: Option<Forwarded>,
    /// What becomes of it.
    pub(crate) fate: Fate,
}

/// Waits so many seconds, or until a leg is hung up; whether none was.
async fn stays(shared: &Shared, seconds: f64, hang_up: &Notify) -> bool {
    tokio::select! {
        () = shared.wait(seconds) => true,
        () = hang_up.notified() => false,
    }
}

impl Life {
    /// Lets it happen, in the server's time; what became of the ringing, once it is over.
    pub(crate) fn begin(self, shared: Arc<Shared>) -> oneshot::Receiver<Rung> {
        let (told, rung) = oneshot::channel();
        tokio::spawn(async move { self.happen(&shared, told).await });
        rung
    }

    async fn happen(self, shared: &Shared, told: oneshot::Sender<Rung>) {
        // Who placed a GET waits for no word: `told` may have nobody who hears it.
        if let Fate::Refused(cause) = self.fate
            && NO_LEG.contains(&cause)
        {
            drop(told.send(Rung::Ended(cause)));
            return;
        }
        let started = SystemTime::now();
        let hang_up = Arc::new(Notify::new());
        let rung = self.ring(shared, &hang_up).await;
        let cause = match rung {
            Rung::Ended(cause) => Some(cause),
            Rung::Unanswered => Some("NO_ANSWER"),
            Rung::Answered => None,
        };
        drop(told.send(rung));
        if let Some(cause) = cause {
            for call_id in self.call_ids.iter().chain(self.behind()) {
                self.destroy(shared, call_id, cause, started);
            }
            return;
        }
        let Some((taken, rest)) = self.call_ids.split_first() else {
            return;
        };
        let phone = self.answered(shared, taken, rest, started);
        let far = originate::leg_id();
        let phone = self.connect(shared, &hang_up, phone, &far, started).await;
        self.destroy(shared, &far, "NORMAL_CLEARING", started);
        self.destroy(shared, phone, "NORMAL_CLEARING", started);
        if phone == taken {
            for call_id in self.behind() {
                self.destroy(shared, call_id, "NORMAL_CLEARING", started);
            }
        }
    }

    /// Lets the devices ring, until one is answered, nobody does, or the call is hung up.
    async fn ring(&self, shared: &Shared, hang_up: &Arc<Notify>) -> Rung {
        for call_id in &self.call_ids {
            self.begin_leg(shared, call_id, None, hang_up);
        }
        if let Some(Forwarded { rung, half, behind }) = &self.forwarded {
            self.begin_leg(shared, half, Some(rung), hang_up);
            self.begin_leg(shared, behind, Some(half), hang_up);
        }
        let rings = match self.fate {
            Fate::Answered(seconds) | Fate::Unanswered(seconds) => seconds,
            Fate::Refused(_) => 0.0,
        };
        let hung_up = !stays(shared, rings, hang_up).await;
        match self.fate {
            _ if hung_up => Rung::Ended("ORIGINATOR_CANCEL"),
            Fate::Refused(cause) => Rung::Ended(cause),
            Fate::Unanswered(_) => Rung::Unanswered,
            Fate::Answered(_) => Rung::Answered,
        }
    }

    /// One of the legs that rang is answered; gives the one that goes on: itself, or the number's where it is forwarded and gives way.
    fn answered<'a>(
        &'a self,
        shared: &Shared,
        taken: &'a str,
        rest: &[String],
        started: SystemTime,
    ) -> &'a str {
        if let Some(Forwarded { half, behind, .. }) = &self.forwarded {
            self.answer(shared, behind, json!({"other_leg_call_id": half}));
            self.change(shared, half, |leg| leg.other = Some(behind.clone()));
            self.answer(shared, half, json!({"other_leg_call_id": behind}));
        }
        self.answer(shared, taken, json!({}));
        for call_id in rest {
            self.destroy(shared, call_id, "LOSE_RACE", started);
        }
        let Some(Forwarded { half, behind, .. }) = &self.forwarded else {
            return taken;
        };
        self.bridge(shared, half, behind);
        if !Forwarded::gives_way_at_once(shared.config.release) {
            return taken;
        }
        self.give_way(shared, started);
        behind
    }

    /// Connects the phone with the far party, until the conversation is over or hung up; gives the phone's leg at the end.
    async fn connect<'a>(
        &'a self,
        shared: &Shared,
        hang_up: &Arc<Notify>,
        mut phone: &'a str,
        far: &str,
        started: SystemTime,
    ) -> &'a str {
        self.begin_leg(shared, far, Some(phone), hang_up);
        self.change(shared, phone, |leg| leg.other = Some(far.to_owned()));
        if self.early_media {
            // `switch_ivr_multi_threaded_bridge` does not wait for an answer then, and tells nothing more at the answer.
            self.bridge(shared, phone, far);
        }
        if !stays(shared, FAR_PARTY_RINGS, hang_up).await {
            return phone;
        }
        self.answer(shared, far, json!({"other_leg_call_id": phone}));
        if !self.early_media {
            self.bridge(shared, phone, far);
        }
        if let Some(Forwarded { rung, behind, .. }) = &self.forwarded
            && phone == rung
        {
            if !stays(shared, GIVES_WAY_AFTER, hang_up).await {
                return phone;
            }
            phone = behind;
            self.change(shared, far, |leg| leg.other = Some(behind.clone()));
            self.change(shared, behind, |leg| leg.other = Some(far.to_owned()));
            self.bridge(shared, far, behind);
            self.give_way(shared, started);
        }
        stays(shared, CONVERSATION, hang_up).await;
        phone
    }

    /// The legs behind the one that was rung.
    fn behind(&self) -> impl Iterator<Item = &String> {
        let legs = self.forwarded.iter();
        legs.flat_map(|legs| [&legs.half, &legs.behind])
    }

    /// The halves of a forwarded phone's leg end; the number's leg goes on.
    fn give_way(&self, shared: &Shared, started: SystemTime) {
        if let Some(Forwarded { rung, half, .. }) = &self.forwarded {
            self.destroy(shared, rung, GAVE_WAY, started);
            self.destroy(shared, half, GAVE_WAY, started);
        }
    }

    fn begin_leg(&self, shared: &Shared, call_id: &str, other: Option<&str>, hang_up: &Arc<Notify>) {
        let leg = Leg {
            other: other.map(str::to_owned),
            answered: false,
            hang_up: Arc::clone(hang_up),
        };
        shared.channels.lock().insert(call_id.to_owned(), leg);
        let more = other.map_or(json!({}), |other| json!({"other_leg_call_id": other}));
        self.tell(shared, "CHANNEL_CREATE", call_id, more);
    }

    fn answer(&self, shared: &Shared, call_id: &str, more: Value) {
        self.change(shared, call_id, |leg| leg.answered = true);
        self.tell(shared, "CHANNEL_ANSWER", call_id, more);
    }

    fn bridge(&self, shared: &Shared, call_id: &str, other: &str) {
        let more = json!({"other_leg_call_id": other});
        self.tell(shared, "CHANNEL_BRIDGE", call_id, more);
    }

    fn change(&self, shared: &Shared, call_id: &str, change: impl FnOnce(&mut Leg)) {
        if let Some(leg) = shared.channels.lock().get_mut(call_id) {
            change(leg);
        }
    }

    fn destroy(&self, shared: &Shared, call_id: &str, cause: &str, started: SystemTime) {
        let leg = shared.channels.lock().remove(call_id);
        let speed = shared.config.speed;
        let seconds = started.elapsed().unwrap_or(Duration::ZERO).as_secs_f64() * speed;
        let answered = leg.as_ref().is_some_and(|leg| leg.answered);
        let code = if cause == "NORMAL_CLEARING" {
            "sip:200"
        } else {
            "sip:480"
        };
        let mut more = json!({
            "hangup_cause": cause, "hangup_code": code, "duration_seconds": format!("{seconds:.0}"),
            "billing_seconds": if answered { format!("{seconds:.0}") } else { "0".to_owned() },
            "ringing_seconds": "1"
        });
        if let Some(other) = leg.and_then(|leg| leg.other) {
            more["other_leg_call_id"] = Value::from(other);
        }
        self.tell(shared, "CHANNEL_DESTROY", call_id, more);
    }

    /// Tells an event.
    fn tell(&self, shared: &Shared, name: &'static str, call_id: &str, more: Value) {
        let rang = self.call_ids.iter().any(|rung| rung == call_id);
        let unix = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default()
            .as_secs();
        let has_vars = shared.config.release == Release::V5
            || (rang && matches!(name, "CHANNEL_CREATE" | "CHANNEL_ANSWER"));
        let mut data = json!({
            "account_id": ACCOUNT_ID, "call_direction": "outbound", "call_id": call_id, "event_name": name,
            "event_category": "call_event", "to": self.number, "timestamp": (GREGORIAN + unix).to_string(),
            "custom_application_vars": if has_vars { self.vars.clone() } else { Value::Object(Map::new()) }
        });
        if rang && shared.config.release == Release::V4_3 {
            // Where it has no other leg, that is its own `origination_uuid` (`ecallmgr_fs_channel:get_other_leg/2`).
            data["other_leg_call_id"] = Value::from(call_id);
        }
        let halves = self.forwarded.as_ref();
        let said = halves.map(|of| of.said(shared.config.release, name, call_id));
        for more in [said.unwrap_or_default(), more] {
            if let (Value::Object(data), Value::Object(more)) = (&mut data, more) {
                data.extend(more);
            }
        }
        if let Some(url) = &shared.config.webhook {
            webhook::post(url, name, &data, &self.sent_vars);
        }
        shared.events.tell(shared, name, call_id, data);
    }
}
