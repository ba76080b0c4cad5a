//! The originate request, with the fields of the API document.

use crate::endpoint::{ACCOUNT_ID, Endpoint};
use crate::options::Options;
use rand::Rng as _;
use serde_json::{Value, json};

/// A new id of 36 characters and `-quickcall`.
pub(crate) fn call_id() -> String {
    let random: String = (0..36)
        .filter_map(|_| char::from_digit(rand::rng().random_range(0..16), 16))
        .collect();
    format!("{random}-quickcall")
}

/// A new id of a leg that the switch makes by itself.
pub(crate) fn leg_id() -> String {
    format!("{:032x}", rand::rng().random::<u128>())
}

/// What the server sends to its switch; `shown` is the number after the server's own filter.
pub(crate) fn request(
    endpoint: &Endpoint,
    route: &str,
    shown: &str,
    options: &Options,
    call_ids: &[String],
) -> Value {
    let kind = if endpoint.kind == "users" {
        "user"
    } else {
        "device"
    };
    let legs: Vec<Value> = call_ids
        .iter()
        .map(|call_id| {
            let mut leg = json!({
                "outbound_call_id": call_id,
                "custom_channel_vars": {
                    "authorizing_id": endpoint.id, "account_id": ACCOUNT_ID,
                    "media_encryption_enforce_security": false, "sip_invite_domain": "simulated.example.com"
                },
                "custom_sip_headers": {"x_kazoo_aor": "sip:user_x@simulated.example.com"},
                "presence_id": "user_x@simulated.example.com", "codecs": ["PCMU", "PCMA"], "endpoint_id": endpoint.id, "to_did": shown,
                "to_realm": "simulated.example.com", "to_username": "user_x", "to_user": "user_x",
                "invite_format": "username"
            });
            // Where several devices ring, none is told to answer by itself.
            if call_ids.len() == 1 {
                leg["custom_channel_vars"]["auto_answer"] = Value::from(options.auto_answer);
            }
            leg
        })
        .collect();
    let returned = |(key, value): (&String, &Value)| (key.to_lowercase().replace('-', "_"), value.clone());
    let vars: serde_json::Map<String, Value> = options.custom_application_vars.iter().map(returned).collect();
    let mut request = json!({
        "export_custom_channel_vars": ["Account-ID", "Retain-CID", "Authorizing-ID", "Authorizing-Type"],
        "custom_channel_vars": {
            "authorizing_id": endpoint.id, "authorizing_type": kind, "inherit_codec": "false", "retain_cid": "true",
            "account_id": ACCOUNT_ID
        },
        "custom_application_vars": vars,
        "continue_on_fail": false,
        "dial_endpoint_method": "simultaneous",
        "outbound_callee_id_number": options.cid_number.as_deref().unwrap_or("1000"),
        "outbound_callee_id_name": options.cid_name.as_deref().unwrap_or("Simulated phone"),
        "outbound_caller_id_number": shown,
        "outbound_caller_id_name": "Device QuickCall",
        "media": options.media,
        "ignore_early_media": options.ignore_early_media,
        "timeout": options.timeout,
        "endpoints": legs,
        "application_data": {"route": route},
        "application_name": "transfer"
    });
    // An empty one is sent as none.
    if let (Some(""), Value::Object(members)) = (options.cid_number.as_deref(), &mut request) {
        members.shift_remove("outbound_callee_id_number");
    }
    request
}

/// The endpoint's own document: what the false success holds, with a SIP password.
pub(crate) fn document(endpoint: &Endpoint) -> Value {
    json!({
        "id": endpoint.id, "name": endpoint.title,
        "sip": {"username": "user_x", "password": "CANARY-sip-password"}
    })
}
