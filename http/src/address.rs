//! Whose request is it: the client's address, behind a proxy or not.
//!
//! `X-Forwarded-For` is a list that anyone may begin and every proxy appends to. Only what our
//! own proxies wrote can be believed, so it is read from its end: the first address that is not a
//! trusted proxy is the client. Without `--trusted-proxy` the header means nothing.

use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    str::FromStr,
};

use axum::http::HeaderMap;

/// A network in CIDR notation (`10.0.0.0/8`, `fd00::/8`), or a single address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Network {
    base: IpAddr,
    /// Leading bits that count, 0 to 32 or 128.
    bits: u8,
}

impl Network {
    /// Whether `address` lies in the network. An IPv4 address that came in through an IPv6 socket
    /// (`::ffff:10.0.0.1`) is that IPv4 address.
    pub fn contains(&self, address: IpAddr) -> bool {
        match (self.base, address.to_canonical()) {
            (IpAddr::V4(base), IpAddr::V4(address)) => {
                masked_v4(base, self.bits) == masked_v4(address, self.bits)
            }
            (IpAddr::V6(base), IpAddr::V6(address)) => {
                masked_v6(base, self.bits) == masked_v6(address, self.bits)
            }
            _ => false,
        }
    }
}

impl FromStr for Network {
    type Err = String;

    /// The error is a sentence for the one who typed it.
    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || {
            format!("`{text}` is no address and no network; write 10.0.0.1, 10.0.0.0/8 or fd00::/8")
        };
        let (address, bits) = match text.split_once('/') {
            Some((address, bits)) => (address, Some(bits.parse::<u8>().map_err(|_| wrong())?)),
            None => (text, None),
        };
        let base = address.parse::<IpAddr>().map_err(|_| wrong())?;
        // With a prefix the notation stays as written: /96 of a mapped address has no IPv4 sense.
        let base = if bits.is_none() {
            base.to_canonical()
        } else {
            base
        };
        let most = if base.is_ipv4() { 32 } else { 128 };
        let bits = bits.unwrap_or(most);
        if bits > most {
            return Err(wrong());
        }
        Ok(Self { base, bits })
    }
}

fn masked_v4(address: Ipv4Addr, bits: u8) -> u32 {
    // A shift by the full width (bits = 0) has no value: nothing is left of the address.
    address
        .to_bits()
        .checked_shr(32 - u32::from(bits))
        .unwrap_or(0)
}

fn masked_v6(address: Ipv6Addr, bits: u8) -> u128 {
    address
        .to_bits()
        .checked_shr(128 - u32::from(bits))
        .unwrap_or(0)
}

/// What limits per address count by: an IPv4 address, or the /64 of an IPv6 address (one customer
/// gets at least a /64, so that counting single addresses would count nothing).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum AddressKey {
    /// The whole address.
    V4(Ipv4Addr),
    /// The first 64 bits.
    V6(u64),
}

impl From<IpAddr> for AddressKey {
    fn from(address: IpAddr) -> Self {
        match address.to_canonical() {
            IpAddr::V4(address) => AddressKey::V4(address),
            IpAddr::V6(address) => AddressKey::V6((address.to_bits() >> 64) as u64),
        }
    }
}

/// The client's address: the peer itself, or, when the peer is a trusted proxy, the last address
/// in `X-Forwarded-For` that is not one.
///
/// An unreadable entry ends the search: what stands before it cannot be believed either, and the
/// trusted hop after it is the answer. So the result is never an invention of the client.
pub fn client_address(peer: SocketAddr, headers: &HeaderMap, trusted: &[Network]) -> IpAddr {
    let is_trusted = |address: IpAddr| trusted.iter().any(|network| network.contains(address));
    let mut client = peer.ip().to_canonical();
    // Several header lines are one list, in order; read backwards.
    for line in headers.get_all("x-forwarded-for").iter().rev() {
        let Ok(line) = line.to_str() else {
            return client;
        };
        for hop in line.rsplit(',') {
            if !is_trusted(client) {
                return client;
            }
            match parse_hop(hop.trim()) {
                Some(address) => client = address,
                None => return client,
            }
        }
    }
    client
}

/// An address as proxies write it: bare, with a port, or in brackets.
fn parse_hop(hop: &str) -> Option<IpAddr> {
    let address = hop
        .parse::<IpAddr>()
        .or_else(|_| hop.parse::<SocketAddr>().map(|address| address.ip()))
        .or_else(|_| {
            hop.trim_start_matches('[')
                .trim_end_matches(']')
                .parse::<IpAddr>()
        });
    address.ok().map(|address| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn networks(texts: &[&str]) -> Vec<Network> {
        texts.iter().map(|text| text.parse().unwrap()).collect()
    }

    #[test]
    fn networks_contain_what_they_say() {
        let check = |network: &str, address: &str, expected: bool| {
            let network: Network = network.parse().unwrap();
            assert_eq!(
                network.contains(address.parse().unwrap()),
                expected,
                "{network:?} {address}"
            );
        };
        check("10.0.0.1", "10.0.0.1", true);
        check("10.0.0.1", "10.0.0.2", false);
        check("10.0.0.0/8", "10.255.0.1", true);
        check("10.0.0.0/8", "11.0.0.1", false);
        check("192.168.1.128/25", "192.168.1.127", false);
        check("192.168.1.128/25", "192.168.1.200", true);
        check("0.0.0.0/0", "1.2.3.4", true);
        check("0.0.0.0/0", "::1", false);
        check("10.0.0.0/8", "::ffff:10.1.1.1", true);
        check("::ffff:10.0.0.1", "10.0.0.1", true);
        check("fd00::/8", "fdff::1", true);
        check("fd00::/8", "fe00::1", false);
        check("::/0", "2001:db8::1", true);
        check("2001:db8::/33", "2001:db8:8000::1", false);
    }

    #[test]
    fn what_is_no_network_is_refused() {
        for text in [
            "",
            "x",
            "10.0.0.0/33",
            "10.0.0.0/",
            "10.0.0/8",
            "::/129",
            "10.0.0.1/-1",
        ] {
            let error = text.parse::<Network>().unwrap_err();
            assert!(error.contains("10.0.0.0/8"), "{error}");
        }
    }

    #[test]
    fn ipv6_counts_by_its_first_64_bits() {
        let key = |text: &str| AddressKey::from(text.parse::<IpAddr>().unwrap());
        assert_eq!(key("2001:db8:0:1::1"), key("2001:db8:0:1:ffff::2"));
        assert_ne!(key("2001:db8:0:1::1"), key("2001:db8:0:2::1"));
        assert_ne!(key("10.0.0.1"), key("10.0.0.2"));
        assert_eq!(key("10.0.0.1"), key("::ffff:10.0.0.1"));
    }

    #[test]
    fn the_client_is_the_last_hop_that_is_not_ours() {
        let trusted = networks(&["10.0.0.0/8", "::1"]);
        let check = |peer: &str, lines: &[&str], expected: &str| {
            let mut headers = HeaderMap::new();
            for line in lines {
                headers.append("x-forwarded-for", line.parse().unwrap());
            }
            let address = client_address(peer.parse().unwrap(), &headers, &trusted);
            assert_eq!(
                address,
                expected.parse::<IpAddr>().unwrap(),
                "{peer} {lines:?}"
            );
        };
        // A stranger's header means nothing.
        check("9.9.9.9:1", &["1.1.1.1"], "9.9.9.9");
        check("10.0.0.1:1", &["1.1.1.1"], "1.1.1.1");
        check("[::1]:1", &["1.1.1.1"], "1.1.1.1");
        check("[::ffff:10.0.0.1]:1", &["1.1.1.1"], "1.1.1.1");
        // The client wrote 6.6.6.6 itself; our outer proxy appended 1.1.1.1.
        check("10.0.0.1:1", &["6.6.6.6, 1.1.1.1, 10.0.0.2"], "1.1.1.1");
        check("10.0.0.1:1", &["6.6.6.6", "1.1.1.1, 10.0.0.2"], "1.1.1.1");
        // Nothing but our own proxies: the outermost of them.
        check("10.0.0.1:1", &["10.0.0.3, 10.0.0.2"], "10.0.0.3");
        check("10.0.0.1:1", &[], "10.0.0.1");
        check("10.0.0.1:1", &["1.1.1.1, nonsense"], "10.0.0.1");
        check("10.0.0.1:1", &["1.1.1.1, nonsense, 10.0.0.2"], "10.0.0.2");
        check("10.0.0.1:1", &["1.1.1.1:4711"], "1.1.1.1");
        check("10.0.0.1:1", &["[2001:db8::1]:80"], "2001:db8::1");
        check("10.0.0.1:1", &["[2001:db8::1]"], "2001:db8::1");
    }
}
