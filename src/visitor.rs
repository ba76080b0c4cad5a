//! Who asks: what limits are counted by.

use alloc::borrow::ToOwned;
use alloc::string::{String, ToString};

use core::net::{IpAddr, Ipv6Addr};

use crate::joined::joined;

/// The longest name that is kept, in characters.
const MAX_NAME: usize = 128;

/// Where no platform vouches for an address, all visitors are one.
const UNKNOWN: &str = "unknown";

/// A visitor: an IPv4 address, the first 64 bits of an IPv6 address (a household or a phone has them all), or any other
/// name that a site gives its visitors.
///
/// ```
/// use quickcall::Visitor;
///
/// assert_eq!(Visitor::new("2001:db8:1:2:3:4:5:6").as_str(), "2001:db8:1:2::/64");
/// assert_eq!(Visitor::new("::ffff:192.0.2.7").as_str(), "192.0.2.7");
/// assert_eq!(Visitor::new("session-4711").as_str(), "session-4711");
/// assert_eq!(Visitor::new("").as_str(), "unknown");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Visitor(String);

impl Visitor {
    /// The visitor with this address or name.
    pub fn new(text: &str) -> Visitor {
        let text = text.trim();
        let address = text.split('%').next().and_then(|address| address.parse().ok());
        Visitor(match address {
            Some(IpAddr::V4(address)) => address.to_string(),
            Some(IpAddr::V6(address)) => match address.to_ipv4_mapped() {
                Some(address) => address.to_string(),
                None => network(address),
            },
            None if text.is_empty() => UNKNOWN.to_owned(),
            None => text.chars().take(MAX_NAME).collect(),
        })
    }

    /// What limits are counted by.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn network(address: Ipv6Addr) -> String {
    let [a, b, c, d, ..] = address.segments();
    joined(&[Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).to_string().as_str(), "/64"])
}
