//! `allowed_outbound_hosts`: which addresses the sockets of a component reach.

use std::net::{IpAddr, SocketAddr};
use std::ops::Range;

use anyhow::{Context, Result, bail, ensure};

use super::Variables;

/// The addresses one component may connect to. Empty means none.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct AllowedHosts(Vec<AllowedHost>);

/// What a socket is used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Transport {
    /// A TCP connection.
    Tcp,
    /// A UDP datagram.
    Udp,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct AllowedHost {
    transport: Option<Transport>,
    address: Option<IpAddr>,
    ports: Option<Range<u32>>,
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

    /// Whether this address may be reached with this transport.
    pub fn allow(&self, transport: Transport, address: SocketAddr) -> bool {
        self.0.iter().any(|host| {
            host.transport.is_none_or(|allowed| allowed == transport)
                && host.address.is_none_or(|allowed| allowed == address.ip())
                && host
                    .ports
                    .as_ref()
                    .is_none_or(|ports| ports.contains(&address.port().into()))
        })
    }
}

fn parse_entry(entry: &str) -> Result<AllowedHost> {
    let (scheme, rest) = entry
        .split_once("://")
        .context("it must have the form *://ADDRESS:PORT")?;
    let transport = match scheme {
        "*" => None,
        "tcp" => Some(Transport::Tcp),
        "udp" => Some(Transport::Udp),
        other => bail!(
            "the embedded host gives guests sockets only, so the scheme {other:?} allows nothing; \
             write *://ADDRESS:PORT, or run the application with Spin"
        ),
    };
    let rest = rest.strip_suffix('/').unwrap_or(rest);
    let (host, port) = rest.rsplit_once(':').context("the port is missing")?;
    Ok(AllowedHost {
        transport,
        address: parse_host(host)?,
        ports: parse_ports(port)?,
    })
}

fn parse_host(host: &str) -> Result<Option<IpAddr>> {
    if host == "*" {
        return Ok(None);
    }
    let bare = host
        .strip_prefix('[')
        .and_then(|host| host.strip_suffix(']'));
    let address = match bare {
        Some(v6) => v6.parse().map(IpAddr::V6).ok(),
        None => host.parse().map(IpAddr::V4).ok(),
    };
    ensure!(
        address.is_some(),
        "{host:?} is not an IP address; guests have no name resolution, so write the address itself"
    );
    Ok(address)
}

/// A port, a range whose end is excluded as on Spin, or `*`.
fn parse_ports(port: &str) -> Result<Option<Range<u32>>> {
    let number = |text: &str| -> Result<u32> {
        let port: u16 = text
            .parse()
            .with_context(|| format!("{text:?} is not a port"))?;
        Ok(port.into())
    };
    if port == "*" {
        return Ok(None);
    }
    if let Some((start, end)) = port.split_once("..") {
        return Ok(Some(number(start)?..number(end)?));
    }
    let port = number(port)?;
    Ok(Some(port..port + 1))
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
        ] {
            assert_eq!(allows(entry, address), expected, "{entry} {address}");
        }
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
