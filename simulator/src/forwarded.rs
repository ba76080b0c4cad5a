//! The legs of a phone that is forwarded to a number.

use crate::originate;
use crate::release::Release;
use serde_json::{Value, json};

/// What was rung is half of a leg that leads back into the server (mod_loopback). Its other half is connected to the number's leg.
/// Once the number has answered, both halves give way to that.
pub(crate) struct Forwarded {
    /// The leg that was rung.
    pub(crate) rung: String,
    /// The other half of it.
    pub(crate) half: String,
    /// The leg of the number.
    pub(crate) behind: String,
}

impl Forwarded {
    /// The legs behind one that is rung.
    pub(crate) fn new(rung: &str) -> Forwarded {
        Forwarded {
            rung: rung.to_owned(),
            half: originate::leg_id(),
            behind: originate::leg_id(),
        }
    }

    /// When the halves give way: at once (`channel_on_execute`), or when both have been connected for a while (`channel_write_frame`).
    pub(crate) fn gives_way_at_once(release: Release) -> bool {
        release == Release::V4_3
    }

    /// What an event says of halves. The number's leg takes over what stood on the one that gave way at once
    /// (`switch_channel_caller_extension_masquerade`).
    pub(crate) fn said(&self, release: Release, name: &str, call_id: &str) -> Value {
        let at_once = Forwarded::gives_way_at_once(release);
        let took_over = at_once && matches!(name, "CHANNEL_BRIDGE" | "CHANNEL_DESTROY");
        let (leg, other) = match call_id {
            id if id == self.rung || (id == self.behind && took_over) => ("A", &self.half),
            id if id == self.half => ("B", &self.rung),
            _ => return json!({}),
        };
        json!({
            "channel_is_loopback": true, "channel_loopback_leg": leg, "channel_loopback_other_leg_id": other,
            "channel_loopback_bowout": true, "channel_loopback_bowout_execute": at_once
        })
    }
}
