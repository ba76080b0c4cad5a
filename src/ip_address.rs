//! IP addresses, as far as a host's name needs them. Not read by `core::net`, whose parsers are 3.5 kB of the module.

/// The IPv4 address in `text`: four decimal numbers up to 255 without leading zeros.
pub(crate) fn ipv4(text: &str) -> Option<[u8; 4]> {
    let mut parts = text.split(['.']);
    let mut address = [0; 4];
    for octet in &mut address {
        let part = parts.next()?;
        let is_number = part.bytes().all(|byte| byte.is_ascii_digit());
        if !is_number || part.is_empty() || part.len() > 3 || part.len() > 1 && part.starts_with(['0']) {
            return None;
        }
        let value = part
            .bytes()
            .fold(0, |value, digit| value * 10 + u16::from(digit & 15));
        *octet = u8::try_from(value).ok()?;
    }
    parts.next().is_none().then_some(address)
}

/// The eight groups of the IPv6 address in `text`: `::` stands once at most, for one group or more, and the last two can be
/// written as an IPv4 address.
pub(crate) fn ipv6(text: &str) -> Option<[u16; 8]> {
    let mut groups = [0; 8];
    let mut length = 0;
    let mut push = |group: u16| {
        *groups.get_mut(length)? = group;
        length += 1;
        Some(length)
    };
    let mut gap = None;
    let mut rest = text;
    if let Some(behind) = rest.strip_prefix("::") {
        gap = Some(0);
        rest = behind;
    }
    while !rest.is_empty() {
        let end = rest.find([':']).unwrap_or(rest.len());
        let (part, behind) = rest.split_at_checked(end)?;
        let so_far = if part.contains(['.']) && behind.is_empty() {
            let [a, b, c, d] = ipv4(part)?;
            push(u16::from_be_bytes([a, b]))?;
            push(u16::from_be_bytes([c, d]))?
        } else {
            push(group(part)?)?
        };
        rest = match behind.strip_prefix("::") {
            Some(_) if gap.is_some() => return None,
            Some(behind) => {
                gap = Some(so_far);
                behind
            }
            None if behind == ":" => return None,
            None => behind.strip_prefix(':').unwrap_or(behind),
        };
    }
    let Some(gap) = gap else {
        return (length == 8).then_some(groups);
    };
    let left_out = 8_usize.checked_sub(length).filter(|&left_out| left_out > 0)?;
    let mut address = [0; 8];
    for (place, group) in groups.iter().take(length).enumerate() {
        *address.get_mut(if place < gap { place } else { place + left_out })? = *group;
    }
    Some(address)
}

/// One to four hexadecimal digits.
fn group(text: &str) -> Option<u16> {
    if text.is_empty() || text.len() > 4 {
        return None;
    }
    let mut value = 0;
    for character in text.chars() {
        value = value * 16 + u16::try_from(character.to_digit(16)?).ok()?;
    }
    Some(value)
}

/// Whether an IPv4 address is of this machine or of a private network (RFC 1122, RFC 1918).
pub(crate) fn is_private_v4(address: [u8; 4]) -> bool {
    matches!(
        address,
        [127, ..] | [10, ..] | [172, 16..=31, ..] | [192, 168, ..]
    )
}

/// Whether an IPv6 address is of this machine, of a private network (RFC 4193), or such an IPv4 address within.
pub(crate) fn is_private_v6(address: [u16; 8]) -> bool {
    match address {
        [0, 0, 0, 0, 0, 0xffff, first, second] => {
            let [a, b] = first.to_be_bytes();
            let [c, d] = second.to_be_bytes();
            is_private_v4([a, b, c, d])
        }
        [0, 0, 0, 0, 0, 0, 0, 1] => true,
        [first, ..] => first & 0xfe00 == 0xfc00,
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use core::net::{Ipv4Addr, Ipv6Addr};
    use proptest::prelude::*;

    use super::*;

    /// Texts that are addresses, and such that are nearly.
    fn near() -> impl Strategy<Value = String> {
        let written = any::<[u16; 8]>().prop_map(|groups| Ipv6Addr::from(groups).to_string());
        let with_zeros = proptest::collection::vec(prop_oneof![Just(0_u16), Just(1), any::<u16>()], 8)
            .prop_map(|groups| {
                let groups: [u16; 8] = groups.try_into().unwrap_or_default();
                Ipv6Addr::from(groups).to_string()
            });
        prop_oneof![
            written,
            with_zeros,
            "([0-9a-fA-F]{0,4}:){0,8}(:[0-9a-f]{0,5}){0,8}",
            "(::|:|1|f00:|0:|1\\.2\\.3\\.4|::ffff:){1,9}",
            "(::ffff:)?[0-9]{0,4}(\\.[0-9]{0,3}){3,4}",
            "(0|1|9|10|99|127|172|192|249|255|256|300|01|00|\\+1|-1| 1|é)(\\.(0|1|16|31|32|168|255|256|00)){2,4}",
            "[0-9a-f:.]{0,20}",
        ]
    }

    /// Texts that chance does not come to.
    #[test]
    fn nearly_whole_addresses_are_none() {
        for text in [
            "1:2:3:4:5:6:7:8",
            "1:2:3:4:5:6:7:8:",
            "1:2:3:4:5:6:7:8:9",
            "1::2:",
            "1:2:3:4::5:6:7:8",
            "1:2:3:4:5:6:7::",
            "::1:2:3:4:5:6:7",
            "::1:2:3:4:5:6:7:8",
            "1:2:3:4:5:6:1.2.3.4",
            "1:2:3:4:5:6:7:1.2.3.4",
            "1:2:3::5:6:1.2.3.4",
            "1.2.3.4::",
            "1::2::3",
            "::1::",
            "::::",
            ":1:2:3:4:5:6:7",
            "1:2:3:4:5:6:7:00008",
            "00001::",
        ] {
            let expected = text.parse::<Ipv6Addr>().ok();
            assert_eq!(ipv6(text), expected.map(|address| address.segments()), "{text}");
        }
        for text in [
            "1.2.3.4",
            "01.2.3.4",
            "1.2.3.00",
            "0.0.0.0",
            "1.2.3.0004",
            "1.2.3.256",
            "1.2.3",
            "1.2.3.4.5",
            "1.2..4",
        ] {
            let expected = text.parse::<Ipv4Addr>().ok();
            assert_eq!(ipv4(text), expected.map(|address| address.octets()), "{text}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 10_000, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn addresses_are_what_core_net_reads(text in near()) {
            let v4 = text.parse::<Ipv4Addr>().ok();
            prop_assert_eq!(ipv4(&text), v4.map(|address| address.octets()), "{}", text);
            let v6 = text.parse::<Ipv6Addr>().ok();
            prop_assert_eq!(ipv6(&text), v6.map(|address| address.segments()), "{}", text);
            let private = |address: Ipv4Addr| address.is_loopback() || address.is_private();
            if let Some(address) = v4 {
                prop_assert_eq!(is_private_v4(address.octets()), private(address));
            }
            if let Some(address) = v6 {
                let expected = match address.to_ipv4_mapped() {
                    Some(address) => private(address),
                    None => address.is_loopback() || address.is_unique_local(),
                };
                prop_assert_eq!(is_private_v6(address.segments()), expected, "{}", text);
            }
        }
    }
}
