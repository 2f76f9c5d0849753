//! Which addresses events may be posted to. An endpoint is chosen by an admin of one company, and
//! must not become a way into the network that Crossdock stands in.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use url::{Host, Url};

/// https to public addresses; the hosts named here may be private and be spoken to in the clear.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AddressPolicy {
    hosts: Vec<String>,
}

impl AddressPolicy {
    /// Allows these hosts as well: `host` or `host:port`.
    pub fn allowing(hosts: &[String]) -> Self {
        let hosts = hosts.iter().map(|host| host.trim().to_ascii_lowercase());
        Self {
            hosts: hosts.filter(|host| !host.is_empty()).collect(),
        }
    }

    /// Whether the settings name the host of this address.
    pub fn allows(&self, url: &Url) -> bool {
        let (Some(host), Some(port)) = (url.host_str(), url.port_or_known_default()) else {
            return false;
        };
        let host = host.to_ascii_lowercase();
        let with_port = format!("{host}:{port}");
        self.hosts
            .iter()
            .any(|allowed| *allowed == host || *allowed == with_port)
    }

    /// The address, if events may go there; else why not. A name is resolved when it is called, and
    /// what it resolves to is judged by [`is_public`] then.
    pub fn check(&self, text: &str) -> Result<Url, String> {
        let url = Url::parse(text.trim())
            .map_err(|_| "Enter a complete address, for example https://example.com/hook.")?;
        if !matches!(url.scheme(), "https" | "http") {
            return Err("The address begins with https://.".to_owned());
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(
                "Leave user and password out of the address; the signature proves who sends."
                    .to_owned(),
            );
        }
        if self.allows(&url) {
            return Ok(url);
        }
        if url.scheme() != "https" {
            return Err(refusal("Only https:// is allowed."));
        }
        let public = match url.host() {
            Some(Host::Ipv4(ip)) => is_public(IpAddr::V4(ip)),
            Some(Host::Ipv6(ip)) => is_public(IpAddr::V6(ip)),
            Some(Host::Domain(name)) => !is_local_name(name),
            None => false,
        };
        if public {
            Ok(url)
        } else {
            Err(refusal("This address lies inside our own network."))
        }
    }
}

fn refusal(what: &str) -> String {
    format!("{what} If it is meant, the operator adds the host to CROSSDOCK_WEBHOOK_ALLOWED_HOSTS.")
}

fn is_local_name(name: &str) -> bool {
    let name = name.trim_end_matches('.').to_ascii_lowercase();
    !name.contains('.')
        || [".localhost", ".local", ".internal", ".home.arpa"]
            .iter()
            .any(|end| name.ends_with(end))
}

/// Whether an address belongs to the internet at large: not to this machine, a private network, a
/// provider's metadata service, or anything that stands for one of these.
pub fn is_public(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => is_public_v4(ip),
        IpAddr::V6(ip) => is_public_v6(ip),
    }
}

fn is_public_v4(ip: Ipv4Addr) -> bool {
    let [a, b, c, _] = ip.octets();
    let shared = a == 100 && (64..128).contains(&b);
    let special = a == 0 || (a == 192 && b == 0 && c == 0) || (a == 198 && (b == 18 || b == 19));
    !(ip.is_private()
        || ip.is_loopback()
        || ip.is_link_local()
        || ip.is_multicast()
        || ip.is_documentation()
        || shared
        || special
        || a >= 240)
}

fn is_public_v6(ip: Ipv6Addr) -> bool {
    let parts = ip.segments();
    let embedded = |high: u16, low: u16| {
        let ([a, b], [c, d]) = (high.to_be_bytes(), low.to_be_bytes());
        is_public_v4(Ipv4Addr::new(a, b, c, d))
    };
    match parts {
        // Unspecified, loopback, and IPv4 written as IPv6.
        [0, 0, 0, 0, 0, 0, high, low] => high != 0 && embedded(high, low),
        [0, 0, 0, 0, 0, 0xffff, high, low] => embedded(high, low),
        [0x64, 0xff9b, 0, 0, 0, 0, high, low] => embedded(high, low),
        [0x2002, high, low, ..] => embedded(high, low),
        // Teredo, documentation, local NAT64.
        [0x2001, 0, ..] | [0x2001, 0xdb8, ..] | [0x64, 0xff9b, 1, ..] => false,
        // Only 2000::/3 is given out to the internet.
        [first, ..] => first & 0xe000 == 0x2000,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_inside_the_network_are_refused_however_they_are_written() {
        let policy = AddressPolicy::default();
        for inside in [
            "https://127.0.0.1/x",
            "https://2130706433/x",
            "https://0x7f.1/x",
            "https://0/x",
            "https://10.1.2.3/x",
            "https://172.16.0.1/x",
            "https://192.168.1.1/x",
            "https://169.254.169.254/latest/meta-data",
            "https://100.64.0.1/x",
            "https://[::1]/x",
            "https://[::ffff:10.0.0.1]/x",
            "https://[::ffff:a00:1]/x",
            "https://[64:ff9b::a00:1]/x",
            "https://[2002:a00:1::]/x",
            "https://[fd00::1]/x",
            "https://[fe80::1]/x",
            "https://localhost/x",
            "https://db/x",
            "https://db.internal./x",
            "https://printer.local/x",
        ] {
            assert!(policy.check(inside).is_err(), "{inside}");
        }
    }

    #[test]
    fn only_https_without_credentials_is_allowed() {
        let policy = AddressPolicy::default();
        assert!(policy.check("https://hooks.example.com/a?b=c").is_ok());
        assert!(policy.check("https://[2a00:1450:4001::1]/a").is_ok());
        for refused in [
            "http://hooks.example.com/a",
            "https://user:word@hooks.example.com/a",
            "ftp://hooks.example.com/a",
            "hooks.example.com",
            "",
        ] {
            assert!(policy.check(refused).is_err(), "{refused}");
        }
    }

    #[test]
    fn hosts_named_in_the_settings_may_be_private_and_in_the_clear() {
        let policy = AddressPolicy::allowing(&["127.0.0.1:9000".into(), "ERP.lan".into()]);
        assert!(policy.check("http://127.0.0.1:9000/x").is_ok());
        assert!(policy.check("http://erp.lan:8080/x").is_ok());
        assert!(policy.check("http://127.0.0.1:9001/x").is_err());
        assert!(policy.check("http://127.0.0.1:9000@10.0.0.1/x").is_err());
    }
}
