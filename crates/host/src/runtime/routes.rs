//! Which component answers a path, and what it is told about the match: the
//! rules and the headers of Spin.

use std::net::SocketAddr;

use anyhow::{Result, anyhow};
use http::{HeaderMap, HeaderName, HeaderValue, Uri};
use routefinder::{Captures, RouteSpec, Router};

/// Routes to values of `T`.
pub struct Routes<T> {
    router: Router<Route<T>>,
}

struct Route<T> {
    /// As written in the manifest.
    raw: String,
    /// As Spin completes it: absolute, without a slash at the end.
    based: String,
    value: T,
}

impl<T> Routes<T> {
    /// Builds the routes from the patterns of the manifest.
    pub fn build(routes: impl IntoIterator<Item = (String, T)>) -> Result<Self> {
        let mut router = Router::new();
        for (raw, value) in routes {
            let based = based(&raw);
            let spec = spec(&based).map_err(|error| anyhow!("route {raw:?}: {error}"))?;
            let route = Route { raw, based, value };
            router
                .add(spec, route)
                .map_err(|error| anyhow!("{error}"))?;
        }
        Ok(Self { router })
    }

    /// The best match for a path: exact before parameters before wildcards.
    pub fn find<'a>(&'a self, path: &'a str) -> Option<Match<'a, T>> {
        let found = self.router.best_match(path)?;
        Some(Match {
            route: found.handler(),
            captures: found.captures(),
            path,
        })
    }
}

fn based(raw: &str) -> String {
    let absolute = if raw.starts_with('/') {
        raw.to_owned()
    } else {
        format!("/{raw}")
    };
    absolute
        .strip_suffix('/')
        .map(str::to_owned)
        .unwrap_or(absolute)
}

fn spec(based: &str) -> Result<RouteSpec, String> {
    match based.strip_suffix("/...") {
        Some(prefix) => format!("{prefix}/*").as_str().try_into(),
        None => based.try_into(),
    }
}

/// A path and the route it matched.
pub struct Match<'a, T> {
    route: &'a Route<T>,
    captures: Captures<'a, 'a>,
    path: &'a str,
}

impl<T> Match<'_, T> {
    /// What the route leads to.
    pub fn value(&self) -> &T {
        &self.route.value
    }

    /// The route as written in the manifest.
    pub fn raw_route(&self) -> &str {
        &self.route.raw
    }

    /// What `/...` stands for in this path, with its slash; Spin keeps a slash
    /// at the end, which routefinder drops.
    fn trailing(&self) -> String {
        let ends_with_slash = self.path.ends_with('/');
        match self.captures.wildcard() {
            None => String::new(),
            Some("") if ends_with_slash => "/".to_owned(),
            Some("") => String::new(),
            Some(rest) if ends_with_slash => format!("/{rest}/"),
            Some(rest) => format!("/{rest}"),
        }
    }

    /// Replaces everything named `spin-*` by what is true of this match.
    pub fn set_headers(&self, headers: &mut HeaderMap, uri: &Uri, host: &str, client: SocketAddr) {
        strip(headers);
        let path_and_query = uri.path_and_query().map_or("/", |it| it.as_str());
        let route = self.route;
        let prefix = route.raw.strip_suffix("/...").unwrap_or(&route.raw);
        let mut set = |name: HeaderName, value: &str| {
            // What cannot be a header value came from the path and is left out.
            if let Ok(value) = HeaderValue::from_str(value) {
                headers.insert(name, value);
            }
        };
        set(HeaderName::from_static("spin-path-info"), &self.trailing());
        set(
            HeaderName::from_static("spin-full-url"),
            &format!("http://{host}{path_and_query}"),
        );
        set(HeaderName::from_static("spin-matched-route"), &route.based);
        set(HeaderName::from_static("spin-base-path"), "/");
        set(
            HeaderName::from_static("spin-raw-component-route"),
            &route.raw,
        );
        set(HeaderName::from_static("spin-component-route"), prefix);
        set(
            HeaderName::from_static("spin-client-addr"),
            &client.to_string(),
        );
        for (name, value) in self.captures.iter() {
            let name = format!(
                "spin-path-match-{}",
                name.replace('_', "-").to_ascii_lowercase()
            );
            if let Ok(name) = name.parse() {
                set(name, value);
            }
        }
    }
}

/// Nobody outside may claim to be the host.
fn strip(headers: &mut HeaderMap) {
    let foreign: Vec<HeaderName> = headers
        .keys()
        .filter(|name| name.as_str().starts_with("spin-"))
        .cloned()
        .collect();
    for name in foreign {
        headers.remove(name);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn routes() -> Routes<&'static str> {
        let patterns = [
            ("/api/accesses", "list"),
            ("/api/accesses/registration", "register"),
            ("/api/accesses/:id/deactivation", "deactivate"),
            ("/api/documents/:id", "document"),
            ("/static/...", "static"),
            ("/...", "pages"),
        ];
        Routes::build(patterns.map(|(route, value)| (route.to_owned(), value))).unwrap()
    }

    #[test]
    fn finds_what_spin_finds() {
        let routes = routes();
        for (path, expected) in [
            ("/", "pages"),
            ("/api/accesses", "list"),
            ("/api/accesses/", "list"),
            ("/api/accesses/registration", "register"),
            ("/api/accesses/7/deactivation", "deactivate"),
            ("/api/accesses/7", "pages"),
            ("/api/documents/abc", "document"),
            ("/api/documents/a/b", "pages"),
            ("/static/a/b", "static"),
        ] {
            let found = routes.find(path).map(|found| *found.value());
            assert_eq!(found, Some(expected), "{path}");
        }
    }

    #[test]
    fn without_a_wildcard_unknown_paths_match_nothing() {
        let routes = Routes::build([("/a".to_owned(), ())]).unwrap();
        assert!(routes.find("/b").is_none());
    }

    #[test]
    fn a_route_that_cannot_be_parsed_is_named() {
        let Err(error) = Routes::build([("/a/:/b".to_owned(), ())]) else {
            panic!("a parameter has a name");
        };
        assert!(error.to_string().contains("/a/:/b"), "{error}");
    }

    fn headers_for(path: &str) -> HeaderMap {
        let routes = routes();
        let uri: Uri = path.parse().unwrap();
        let mut headers = HeaderMap::new();
        headers.insert("spin-client-addr", HeaderValue::from_static("1.1.1.1:1"));
        headers.insert("spin-path-match-admin", HeaderValue::from_static("yes"));
        headers.insert("accept", HeaderValue::from_static("*/*"));
        let found = routes.find(uri.path()).unwrap();
        found.set_headers(
            &mut headers,
            &uri,
            "example.com",
            "127.0.0.1:5000".parse().unwrap(),
        );
        headers
    }

    #[test]
    fn sets_the_headers_of_spin_and_believes_none_from_outside() {
        let headers = headers_for("/api/documents/abc?x=1");
        for (name, value) in [
            ("spin-full-url", "http://example.com/api/documents/abc?x=1"),
            ("spin-path-info", ""),
            ("spin-matched-route", "/api/documents/:id"),
            ("spin-base-path", "/"),
            ("spin-raw-component-route", "/api/documents/:id"),
            ("spin-component-route", "/api/documents/:id"),
            ("spin-client-addr", "127.0.0.1:5000"),
            ("spin-path-match-id", "abc"),
            ("accept", "*/*"),
        ] {
            assert_eq!(headers[name], value, "{name}");
        }
        assert!(!headers.contains_key("spin-path-match-admin"));
        assert_eq!(headers.get_all("spin-client-addr").iter().count(), 1);
    }

    #[test]
    fn tells_a_wildcard_what_it_stands_for() {
        for (path, info, route) in [
            ("/static/a/b", "/a/b", "/static"),
            ("/static/a/", "/a/", "/static"),
            ("/x", "/x", ""),
            ("/", "/", ""),
        ] {
            let headers = headers_for(path);
            assert_eq!(headers["spin-path-info"], info, "{path}");
            assert_eq!(headers["spin-component-route"], route, "{path}");
        }
    }
}
