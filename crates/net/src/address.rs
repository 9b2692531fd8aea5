//! The address guard: which addresses no stranger may send us to.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A range of addresses, written `192.0.2.0/24`, `2001:db8::/32` or as one address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct AddressRange {
    network: IpAddr,
    prefix: u8,
}

/// Says whether an address may not be dialled: it is not plain global unicast, and `allow` does not name it.
///
/// An IPv6 address that carries an IPv4 address inside (mapped, NAT64) is judged by both: `allow` must cover the outer
/// form where that is forbidden, and the inner address is checked as well. The mapped form is the IPv4 address itself.
#[must_use]
pub fn is_forbidden(address: IpAddr, allow: &[AddressRange]) -> bool {
    let address = address.to_canonical();
    let allowed = allow.iter().any(|range| range.contains(address));
    match address {
        IpAddr::V4(v4) => !allowed && is_special_v4(v4),
        IpAddr::V6(v6) => {
            (!allowed && is_special_v6(v6))
                || embedded_v4(v6).is_some_and(|inner| is_forbidden(IpAddr::V4(inner), allow))
        }
    }
}

/// What the built-in ranges and the operator's own say together.
#[derive(Debug, Clone)]
pub(crate) struct Guard {
    allow: Vec<AddressRange>,
    deny: Vec<AddressRange>,
}

impl Guard {
    pub(crate) fn new(allow: &[AddressRange], deny: &[AddressRange]) -> Self {
        Self {
            allow: allow.to_vec(),
            deny: deny.to_vec(),
        }
    }

    pub(crate) fn forbids(&self, address: IpAddr) -> bool {
        let inner = match address.to_canonical() {
            IpAddr::V6(v6) => embedded_v4(v6).map(IpAddr::V4),
            IpAddr::V4(_) => None,
        };
        let denied = |address| self.deny.iter().any(|range| range.contains(address));
        denied(address) || inner.is_some_and(denied) || is_forbidden(address, &self.allow)
    }
}

impl AddressRange {
    /// Says whether an address lies in the range; an IPv4-mapped IPv6 address counts as IPv4.
    #[must_use]
    pub fn contains(&self, address: IpAddr) -> bool {
        match (self.network, address.to_canonical()) {
            (IpAddr::V4(network), IpAddr::V4(address)) => in_v4(address, network, self.prefix),
            (IpAddr::V6(network), IpAddr::V6(address)) => in_v6(address, network, self.prefix),
            _ => false,
        }
    }
}

// The IANA special-purpose registry, less what is globally reachable, plus metadata services on public addresses.
const SPECIAL_V4: [([u8; 4], u8); 17] = [
    ([0, 0, 0, 0], 8),
    ([10, 0, 0, 0], 8),
    ([100, 64, 0, 0], 10), // shared by carriers; also Alibaba's and Tencent's metadata
    ([127, 0, 0, 0], 8),
    ([168, 63, 129, 16], 32), // Azure's host services
    ([169, 254, 0, 0], 16),   // link-local; the usual metadata address
    ([172, 16, 0, 0], 12),
    ([192, 0, 0, 0], 24), // protocol assignments; also Oracle's metadata
    ([192, 0, 2, 0], 24),
    ([192, 88, 99, 0], 24), // 6to4 relays
    ([192, 168, 0, 0], 16),
    ([198, 18, 0, 0], 15), // benchmarks
    ([198, 51, 100, 0], 24),
    ([203, 0, 113, 0], 24),
    ([224, 0, 0, 0], 4),
    ([240, 0, 0, 0], 4),
    ([255, 255, 255, 255], 32),
];

fn is_special_v4(address: Ipv4Addr) -> bool {
    SPECIAL_V4
        .iter()
        .any(|(network, prefix)| in_v4(address, (*network).into(), *prefix))
}

fn is_special_v6(address: Ipv6Addr) -> bool {
    const GLOBAL: ([u16; 8], u8) = ([0x2000, 0, 0, 0, 0, 0, 0, 0], 3);
    const SPECIAL: [([u16; 8], u8); 4] = [
        ([0x2001, 0, 0, 0, 0, 0, 0, 0], 23), // Teredo, benchmarks, ORCHID
        ([0x2001, 0xdb8, 0, 0, 0, 0, 0, 0], 32),
        ([0x2002, 0, 0, 0, 0, 0, 0, 0], 16), // 6to4
        ([0x3fff, 0, 0, 0, 0, 0, 0, 0], 20), // documentation
    ];
    // Loopback, unspecified, compatible, NAT64, unique local, link-local and multicast all lie outside 2000::/3.
    !in_v6(address, GLOBAL.0.into(), GLOBAL.1)
        || SPECIAL
            .iter()
            .any(|(network, prefix)| in_v6(address, (*network).into(), *prefix))
}

/// The IPv4 address that a compatible, NAT64, 6to4 or Teredo address leads to.
fn embedded_v4(address: Ipv6Addr) -> Option<Ipv4Addr> {
    let [a, b, c, d, e, f, g, h] = address.segments();
    let of = |high: u16, low: u16| Ipv4Addr::from((u32::from(high) << 16) | u32::from(low));
    match (a, b) {
        (0, 0) if (c, d, e, f) == (0, 0, 0, 0) && (g, h) > (0, 1) => Some(of(g, h)),
        (0x64, 0xff9b) => Some(of(g, h)),
        (0x2002, _) => Some(of(b, c)),
        (0x2001, 0) => Some(of(!g, !h)),
        _ => None,
    }
}

fn in_v4(address: Ipv4Addr, network: Ipv4Addr, prefix: u8) -> bool {
    let mask = u32::MAX.checked_shl(32 - u32::from(prefix)).unwrap_or(0);
    address.to_bits() & mask == network.to_bits() & mask
}

fn in_v6(address: Ipv6Addr, network: Ipv6Addr, prefix: u8) -> bool {
    let mask = u128::MAX.checked_shl(128 - u32::from(prefix)).unwrap_or(0);
    address.to_bits() & mask == network.to_bits() & mask
}

impl fmt::Display for AddressRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.network, self.prefix)
    }
}

impl FromStr for AddressRange {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let fault = || format!("`{text}` is not an address or a range such as `127.0.0.1/32`");
        let (address, prefix) = match text.split_once('/') {
            Some((address, prefix)) => (address, Some(prefix.parse().map_err(|_| fault())?)),
            None => (text, None),
        };
        let network: IpAddr = address.parse().map_err(|_| fault())?;
        let longest = if network.is_ipv4() { 32 } else { 128 };
        let prefix = prefix.unwrap_or(longest);
        if prefix > longest {
            return Err(fault());
        }
        Ok(Self { network, prefix })
    }
}

impl From<AddressRange> for String {
    fn from(range: AddressRange) -> Self {
        range.to_string()
    }
}

impl TryFrom<String> for AddressRange {
    type Error = String;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn forbidden(address: &str, allow: &[&str]) -> bool {
        let allow: Vec<_> = allow.iter().map(|range| range.parse().unwrap()).collect();
        is_forbidden(address.parse().unwrap(), &allow)
    }

    #[test]
    fn only_plain_global_unicast_may_be_dialled() {
        for address in [
            "0.0.0.0",
            "0.1.2.3",
            "10.0.0.1",
            "100.64.0.1",
            "100.100.100.200",
            "127.0.0.1",
            "127.255.255.254",
            "168.63.129.16",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.192",
            "192.0.2.7",
            "192.88.99.1",
            "192.168.1.1",
            "198.18.0.1",
            "198.19.255.1",
            "198.51.100.9",
            "203.0.113.9",
            "224.0.0.1",
            "239.255.255.255",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::7f00:1",
            "::10.0.0.1",
            "::ffff:127.0.0.1",
            "::ffff:10.1.2.3",
            "::ffff:169.254.169.254",
            "64:ff9b::7f00:1",
            "64:ff9b::808:808",
            "64:ff9b:1::1",
            "100::1",
            "2001::1",
            "2001:0:4136:e378:8000:63bf:3fff:fdd2",
            "2001:2::1",
            "2001:db8::1",
            "2002:7f00:1::",
            "2002:808:808::1",
            "3fff::1",
            "5f00::1",
            "fc00::1",
            "fd00:ec2::254",
            "fe80::1",
            "fec0::1",
            "ff02::1",
        ] {
            assert!(forbidden(address, &[]), "{address} must be forbidden");
        }
        for address in [
            "1.1.1.1",
            "9.255.255.255",
            "11.0.0.0",
            "100.63.255.255",
            "100.128.0.0",
            "126.0.0.1",
            "128.0.0.1",
            "172.15.255.255",
            "172.32.0.0",
            "192.0.1.1",
            "198.17.255.255",
            "198.20.0.0",
            "223.5.5.5",
            "2400:3200::1",
            "2606:4700::1111",
            "::ffff:223.5.5.5",
        ] {
            assert!(!forbidden(address, &[]), "{address} must be allowed");
        }
    }

    #[test]
    fn what_is_allowed_is_allowed_exactly() {
        let lab = ["127.0.0.1/32"];
        assert!(!forbidden("127.0.0.1", &lab));
        assert!(!forbidden("::ffff:127.0.0.1", &lab));
        for address in [
            "127.0.0.2",
            "::ffff:127.0.0.2",
            "::1",
            "::127.0.0.1",
            "64:ff9b::7f00:1",
        ] {
            assert!(forbidden(address, &lab), "{address}");
        }
        assert!(!forbidden("10.9.8.7", &["10.0.0.0/8"]));
        assert!(!forbidden("::1", &["::1"]));
        // A NAT64 network may be allowed, and then leads only to what may be reached anyway.
        let nat64 = ["64:ff9b::/96"];
        assert!(!forbidden("64:ff9b::808:808", &nat64));
        assert!(forbidden("64:ff9b::a00:1", &nat64));
        assert!(!forbidden("9.9.9.9", &["0.0.0.0/0"]) && !forbidden("10.0.0.1", &["0.0.0.0/0"]));
    }

    #[test]
    fn an_operators_own_ban_wins() {
        let range = |text: &str| text.parse::<AddressRange>().unwrap();
        let guard = Guard::new(
            &[range("127.0.0.0/8")],
            &[range("127.0.0.9"), range("8.8.8.0/24")],
        );
        assert!(!guard.forbids("127.0.0.1".parse().unwrap()));
        for address in ["127.0.0.9", "8.8.8.8", "::ffff:8.8.8.8"] {
            assert!(guard.forbids(address.parse().unwrap()), "{address}");
        }
    }

    #[test]
    fn ranges_read_back() {
        for text in ["127.0.0.1/32", "64:ff9b::/96", "0.0.0.0/0"] {
            assert_eq!(text.parse::<AddressRange>().unwrap().to_string(), text);
        }
        for bad in [
            "",
            "localhost",
            "1.2.3.4/33",
            "::/129",
            "1.2.3/8",
            "1.2.3.4/",
            "1.2.3.4/-1",
        ] {
            assert!(bad.parse::<AddressRange>().is_err(), "{bad}");
        }
    }
}
