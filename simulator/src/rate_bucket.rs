//! How often a client may ask: a bucket of 100 for each address and account, filled by 10 a second.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::Mutex;
use std::time::Instant;

const SIZE: f64 = 100.0;
const A_SECOND: f64 = 10.0;

/// What is left in each bucket, and since when.
type Levels = HashMap<(IpAddr, String), (f64, Instant)>;

/// The buckets, or none where nothing is limited.
#[derive(Debug)]
pub(crate) struct RateBucket(Option<Mutex<Levels>>);

impl RateBucket {
    pub(crate) fn new(limited: bool) -> RateBucket {
        RateBucket(limited.then(Mutex::default))
    }

    /// Takes `cost` out of the bucket, and says whether that much was in it.
    pub(crate) fn take(&self, client: IpAddr, account: &str, cost: f64) -> bool {
        let Some(buckets) = &self.0 else { return true };
        let mut buckets = buckets.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let now = Instant::now();
        let (level, since) = buckets.entry((client, account.to_owned())).or_insert((SIZE, now));
        *level = (*level + since.elapsed().as_secs_f64() * A_SECOND).min(SIZE);
        *since = now;
        let enough = *level >= cost;
        if enough {
            *level -= cost;
        }
        enough
    }
}
