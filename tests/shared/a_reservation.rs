//! A call that a handler reserves.

use quickcall::{IdempotencyKey, Path, RateLimit, Reservation, Value};

/// It rings for 30 s, and its answer is awaited for 40.
pub(crate) fn reservation(key: &str, flight: &str, limits: &[(&str, &str)]) -> Reservation {
    let limits = limits
        .iter()
        .map(|(name, limit)| {
            (
                (*name).to_owned(),
                RateLimit::read(&Value::from(*limit), Path::Root).unwrap(),
            )
        })
        .collect();
    let reservation = Reservation {
        key: IdempotencyKey::new(key).unwrap(),
        fingerprint: "f".to_owned(),
        flight: flight.to_owned(),
        ring_time: 30_000,
        deadline: 40_000,
        limits,
    };
    assert_eq!(
        Reservation::from_json(&reservation.to_json()).as_ref(),
        Some(&reservation)
    );
    reservation
}
