//! The endpoints of the simulated account.

use serde::Serialize;

/// The one account.
pub const ACCOUNT_ID: &str = "0123456789abcdef0123456789abcdef";

/// A device or a user of the account.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Endpoint {
    /// `devices` or `users`.
    pub kind: &'static str,
    /// Its id.
    pub id: &'static str,
    /// What it is.
    pub title: &'static str,
    /// How many devices ring.
    pub devices: usize,
    /// Why none can be reached, where an originate fails.
    pub refusal: Option<&'static str>,
}

const fn endpoint(kind: &'static str, id: &'static str, title: &'static str, devices: usize) -> Endpoint {
    Endpoint {
        kind,
        id,
        title,
        devices,
        refusal: None,
    }
}

/// Every endpoint.
pub const ENDPOINTS: &[Endpoint] = &[
    endpoint("devices", "dddddddddddddddddddddddddddddddd", "a desk phone", 1),
    endpoint(
        "users",
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
        "a user with one device",
        1,
    ),
    endpoint(
        "users",
        "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb",
        "a user with three devices",
        3,
    ),
    endpoint(
        "users",
        "00000000000000000000000000000000",
        "a user without a device",
        0,
    ),
    endpoint(
        "devices",
        "d0000000000000000000000000000001",
        "a disabled device",
        0,
    ),
    endpoint(
        "devices",
        "d0000000000000000000000000000002",
        "a device in do-not-disturb",
        0,
    ),
    Endpoint {
        refusal: Some("USER_NOT_REGISTERED"),
        ..endpoint(
            "devices",
            "d0000000000000000000000000000003",
            "a device that is not registered",
            1,
        )
    },
];

/// The endpoint with this kind and id.
pub(crate) fn find(kind: &str, id: &str) -> Option<&'static Endpoint> {
    ENDPOINTS
        .iter()
        .find(|endpoint| endpoint.kind == kind && endpoint.id == id)
}
