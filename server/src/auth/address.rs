//! Where a request comes from.

use axum::extract::{ConnectInfo, Request, State};
use axum::http::HeaderMap;
use axum::middleware::Next;
use axum::response::Response;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;

/// The client's address, as far as it can be believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClientAddress {
    /// The client.
    pub ip: IpAddr,
    /// Whether the client is this machine, with no proxy between.
    pub is_local: bool,
}

impl ClientAddress {
    /// The throttle's key: an IPv6 customer holds a whole /64.
    pub fn throttle_key(&self) -> String {
        match self.ip {
            IpAddr::V4(ip) => format!("source:{ip}"),
            IpAddr::V6(ip) => {
                let [a, b, c, d, ..] = ip.segments();
                format!("source:{a:x}:{b:x}:{c:x}:{d:x}::/64")
            }
        }
    }
}

/// Middleware: works out the client's address and keeps it with the request.
pub async fn client_address(
    State(trusted): State<Arc<[IpAddr]>>,
    mut request: Request,
    next: Next,
) -> Response {
    let peer = request
        .extensions()
        .get::<ConnectInfo<SocketAddr>>()
        .map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |info| info.0.ip());
    let address = believe(peer.to_canonical(), request.headers(), &trusted);
    request.extensions_mut().insert(address);
    next.run(request).await
}

/// The right-most address of `X-Forwarded-For` that is no trusted proxy; anything to its left can
/// be invented by the client.
fn believe(peer: IpAddr, headers: &HeaderMap, trusted: &[IpAddr]) -> ClientAddress {
    let forwarded = headers.get_all("x-forwarded-for");
    let is_local = peer.is_loopback() && forwarded.iter().next().is_none();
    if !trusted.contains(&peer) {
        return ClientAddress { ip: peer, is_local };
    }
    let hops: Vec<IpAddr> = forwarded
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .filter_map(|hop| hop.trim().parse().ok())
        .collect();
    let client = hops.iter().rev().find(|hop| !trusted.contains(hop));
    ClientAddress {
        ip: client.copied().unwrap_or(peer),
        is_local,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(forwarded: &str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert("x-forwarded-for", forwarded.parse().unwrap());
        headers
    }

    #[test]
    fn a_stranger_cannot_choose_its_address() {
        let peer: IpAddr = "192.0.2.7".parse().unwrap();
        let address = believe(peer, &headers("10.9.9.9"), &[]);
        assert_eq!(address.ip, peer);
    }

    #[test]
    fn behind_a_proxy_the_last_untrusted_hop_counts() {
        let proxy: IpAddr = "10.0.0.5".parse().unwrap();
        let address = believe(proxy, &headers("1.1.1.1, 192.0.2.7, 10.0.0.5"), &[proxy]);
        assert_eq!(address.ip.to_string(), "192.0.2.7");
    }

    #[test]
    fn a_proxy_on_this_machine_is_not_this_machine_asking() {
        let peer: IpAddr = "127.0.0.1".parse().unwrap();
        assert!(believe(peer, &HeaderMap::new(), &[]).is_local);
        assert!(!believe(peer, &headers("192.0.2.7"), &[]).is_local);
    }

    #[test]
    fn an_ipv6_network_is_one_source() {
        let key = |text: &str| {
            let ip = text.parse().unwrap();
            ClientAddress {
                ip,
                is_local: false,
            }
            .throttle_key()
        };
        assert_eq!(key("2001:db8::1"), key("2001:db8::2"));
        assert_ne!(key("2001:db8::1"), key("2001:db8:0:1::1"));
    }
}
