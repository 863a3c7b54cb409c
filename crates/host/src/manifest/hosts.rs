//! `allowed_outbound_hosts`: which addresses a component reaches, by sockets and
//! by HTTP requests.

use std::net::{IpAddr, SocketAddr};
use std::ops::Range;

use anyhow::{Context, Result, bail, ensure};

use super::Variables;

/// Where HTTP is served unless a port is named.
const HTTP_PORT: u16 = 80;

/// The addresses one component may connect to. Empty means none.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct AllowedHosts(Vec<AllowedHost>);

/// What a connection is used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Transport {
    /// A TCP connection that the guest opens as a socket.
    Tcp,
    /// A UDP datagram.
    Udp,
    /// An HTTP request that the host sends for the guest.
    Http,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct AllowedHost {
    transport: Option<Transport>,
    host: Host,
    ports: Option<Range<u32>>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Host {
    Any,
    Address(IpAddr),
    /// In lower case. Only for HTTP, whose names the host resolves.
    Name(String),
}

impl AllowedHosts {
    /// Parses the entries of a component, after filling in variables.
    pub fn parse(entries: &[String], variables: &Variables) -> Result<Self> {
        let mut hosts = Vec::new();
        for entry in entries {
            let expanded = variables.expand(entry)?;
            // As on Spin: an empty variable switches an optional endpoint off.
            if expanded.is_empty() && entry.contains("{{") {
                continue;
            }
            let host = parse_entry(expanded.trim())
                .with_context(|| format!("allowed_outbound_hosts: {entry:?}"))?;
            hosts.push(host);
        }
        Ok(Self(hosts))
    }

    /// Whether nothing at all may be reached.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether a socket may reach this address with this transport.
    pub fn allow(&self, transport: Transport, address: SocketAddr) -> bool {
        self.0.iter().any(|allowed| {
            let host = match &allowed.host {
                Host::Any => true,
                Host::Address(ip) => *ip == address.ip(),
                Host::Name(_) => false,
            };
            host && allowed.admits(transport, address.port())
        })
    }

    /// Whether an HTTP request may go to this host, as a URL names it, and port.
    pub fn allow_http(&self, host: &str, port: u16) -> bool {
        let address = bare(host).unwrap_or(host).parse::<IpAddr>().ok();
        self.0.iter().any(|allowed| {
            let host = match &allowed.host {
                Host::Any => true,
                Host::Address(ip) => Some(*ip) == address,
                Host::Name(name) => host.eq_ignore_ascii_case(name),
            };
            host && allowed.admits(Transport::Http, port)
        })
    }
}

impl AllowedHost {
    fn admits(&self, transport: Transport, port: u16) -> bool {
        self.transport.is_none_or(|allowed| allowed == transport)
            && self
                .ports
                .as_ref()
                .is_none_or(|ports| ports.contains(&port.into()))
    }
}

fn parse_entry(entry: &str) -> Result<AllowedHost> {
    let (scheme, rest) = entry
        .split_once("://")
        .context("it must have the form *://ADDRESS:PORT or http://HOST:PORT")?;
    let transport = match scheme {
        "*" => None,
        "tcp" => Some(Transport::Tcp),
        "udp" => Some(Transport::Udp),
        "http" => Some(Transport::Http),
        "https" => bail!(
            "the embedded host speaks no TLS; name a proxy that does, on this machine, as \
             http://ADDRESS:PORT, or run the application with Spin"
        ),
        other => bail!(
            "the embedded host knows no scheme {other:?}; write *://ADDRESS:PORT or \
             http://HOST:PORT, or run the application with Spin"
        ),
    };
    let rest = rest.strip_suffix('/').unwrap_or(rest);
    let (host, ports) = match rest.rsplit_once(':') {
        Some((host, port)) if !rest.ends_with(']') => (host, parse_ports(port)?),
        _ if transport == Some(Transport::Http) => (rest, Some(single(HTTP_PORT))),
        _ => bail!("the port is missing"),
    };
    Ok(AllowedHost {
        transport,
        host: parse_host(host, transport)?,
        ports,
    })
}

fn parse_host(host: &str, transport: Option<Transport>) -> Result<Host> {
    if host == "*" {
        return Ok(Host::Any);
    }
    let address = match bare(host) {
        Some(v6) => v6.parse().map(IpAddr::V6).ok(),
        None => host.parse().map(IpAddr::V4).ok(),
    };
    if let Some(address) = address {
        return Ok(Host::Address(address));
    }
    ensure!(
        transport == Some(Transport::Http),
        "{host:?} is not an IP address; guests have no name resolution, so write the address itself"
    );
    ensure!(
        is_plain_name(host),
        "{host:?} is not the name of one host; the embedded host takes no patterns, networks or \
         names of Spin's own"
    );
    Ok(Host::Name(host.to_ascii_lowercase()))
}

/// What stands between the brackets of an IPv6 address in a URL.
fn bare(host: &str) -> Option<&str> {
    host.strip_prefix('[')?.strip_suffix(']')
}

/// A name that the system resolves; Spin gives `self` and `spin.internal` a
/// meaning of their own.
fn is_plain_name(name: &str) -> bool {
    let is_label = |label: &str| {
        !label.is_empty() && label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
    };
    // The last label of a name has a letter: `10.0.0` and `10.0.0.300` are addresses
    // gone wrong.
    let is_number = |label: &str| label.chars().all(|c| c.is_ascii_digit());
    let spins_own = ["self", "self.alt"].contains(&name) || name.ends_with("spin.internal");
    !spins_own && name.split('.').all(is_label) && !name.rsplit('.').next().is_some_and(is_number)
}

/// A port, a range whose end is excluded as on Spin, or `*`.
fn parse_ports(port: &str) -> Result<Option<Range<u32>>> {
    let number = |text: &str| -> Result<u16> {
        text.parse()
            .with_context(|| format!("{text:?} is not a port"))
    };
    if port == "*" {
        return Ok(None);
    }
    if let Some((start, end)) = port.split_once("..") {
        return Ok(Some(number(start)?.into()..number(end)?.into()));
    }
    Ok(Some(single(number(port)?)))
}

fn single(port: u16) -> Range<u32> {
    let port = u32::from(port);
    port..port + 1
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::path::Path;

    use super::super::Manifest;
    use super::*;

    fn variables(relay: &str) -> Variables {
        let text = "spin_manifest_version = 2\n[application]\nname = \"demo\"\n\
                    [variables]\nrelay = { default = \"\" }\n";
        let manifest = Manifest::parse(text, Path::new(".")).unwrap();
        let supplied = BTreeMap::from([("relay".to_owned(), relay.to_owned())]);
        Variables::resolve(&manifest, &supplied).unwrap()
    }

    fn hosts(entry: &str) -> Result<AllowedHosts> {
        AllowedHosts::parse(&[entry.to_owned()], &variables("127.0.0.1:2525"))
    }

    fn allows(entry: &str, address: &str) -> bool {
        hosts(entry)
            .unwrap()
            .allow(Transport::Tcp, address.parse().unwrap())
    }

    #[test]
    fn allows_exactly_what_is_written() {
        for (entry, address, expected) in [
            ("*://127.0.0.1:2525", "127.0.0.1:2525", true),
            ("*://127.0.0.1:2525", "127.0.0.1:2526", false),
            ("*://127.0.0.1:2525", "127.0.0.2:2525", false),
            ("*://127.0.0.1:2525", "[::1]:2525", false),
            ("*://{{ relay }}", "127.0.0.1:2525", true),
            ("*://*:25", "10.1.2.3:25", true),
            ("*://10.0.0.1:*", "10.0.0.1:9999", true),
            ("*://[::1]:25", "[::1]:25", true),
            ("tcp://127.0.0.1:25", "127.0.0.1:25", true),
            ("udp://127.0.0.1:25", "127.0.0.1:25", false),
            ("*://127.0.0.1:10..12", "127.0.0.1:11", true),
            ("*://127.0.0.1:10..12", "127.0.0.1:12", false),
            // HTTP is asked of the host; it opens no sockets.
            ("http://127.0.0.1:25", "127.0.0.1:25", false),
        ] {
            assert_eq!(allows(entry, address), expected, "{entry} {address}");
        }
    }

    #[test]
    fn allows_http_exactly_where_it_is_written() {
        for (entry, host, port, expected) in [
            ("http://127.0.0.1:8080", "127.0.0.1", 8080, true),
            ("http://127.0.0.1:8080/", "127.0.0.1", 8080, true),
            ("http://127.0.0.1:8080", "127.0.0.1", 8081, false),
            ("http://127.0.0.1:8080", "127.0.0.2", 8080, false),
            ("http://127.0.0.1:8080", "localhost", 8080, false),
            ("http://localhost:8080", "LOCALHOST", 8080, true),
            ("http://localhost:8080", "127.0.0.1", 8080, false),
            ("http://Sirup.Example", "sirup.example", 80, true),
            ("http://sirup.example", "sirup.example", 8080, false),
            ("http://sirup.example", "www.sirup.example", 80, false),
            ("http://sirup.example", "sirup.example.org", 80, false),
            ("http://[::1]:80", "[::1]", 80, true),
            ("http://[::1]", "[::1]", 80, true),
            ("http://*:*", "anywhere.example", 1, true),
            ("*://127.0.0.1:2525", "127.0.0.1", 2525, true),
            ("*://{{ relay }}", "127.0.0.1", 2525, true),
            ("http://{{ relay }}", "127.0.0.1", 2525, true),
            ("tcp://127.0.0.1:25", "127.0.0.1", 25, false),
        ] {
            let allowed = hosts(entry).unwrap().allow_http(host, port);
            assert_eq!(allowed, expected, "{entry} {host}:{port}");
        }
        assert!(!AllowedHosts::default().allow_http("127.0.0.1", 80));
    }

    #[test]
    fn refuses_what_it_cannot_enforce() {
        for entry in [
            "127.0.0.1:25",
            "https://example.com",
            "*://mail.example.com:25",
            "*://127.0.0.1",
            "*://127.0.0.1:99999",
            "*://self:80",
            "http://self",
            "http://self.alt:80",
            "http://other.spin.internal",
            "http://*.example.com",
            "http://10.0.0.0/8",
            "http://10.0.0:80",
            "http://sirup.example/path",
            "http://",
            "https://127.0.0.1:443",
            "ftp://127.0.0.1:21",
            "*://{{ unknown }}",
        ] {
            assert!(hosts(entry).is_err(), "{entry}");
        }
    }

    #[test]
    fn an_empty_variable_allows_nothing() {
        let entries = ["{{ relay }}".to_owned()];
        assert!(
            AllowedHosts::parse(&entries, &variables(""))
                .unwrap()
                .is_empty()
        );
        let entries = ["*://{{ relay }}".to_owned()];
        assert!(AllowedHosts::parse(&entries, &variables("")).is_err());
    }
}
