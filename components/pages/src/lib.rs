//! The pages: files of `static/`, which the host mounts at `/`, and a page that
//! says so when there is none.

mod compressed;
mod name;
mod version;

use akses_endpoint::identity::{REQUEST_ID_HEADER, sha256_hex};
use akses_endpoint::{Problem, Response, refuse};
use bytes::Bytes;
use name::{FileName, TYPE_HTML};
use spin_sdk::http::{FullBody, HeaderMap, HeaderName, HeaderValue, Method, Request, StatusCode};
use spin_sdk::http_service;
use std::fs::File;
use std::io::Read;

/// No page needs more; a larger file in `static/` is a mistake.
const FILE_BYTES_MAX: u64 = 2 * 1024 * 1024;

/// What a page may do: show what this service itself sends. No inline script,
/// no inline style, nothing from elsewhere. A decree that a page fetched it may
/// show in a frame (`blob:`), which nothing from elsewhere can fill.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
    img-src 'self'; font-src 'self'; connect-src 'self'; frame-src blob:; base-uri 'none'; \
    frame-ancestors 'none'; form-action 'self'";

/// The one page whose form leaves this service: it posts a signed assertion to
/// the platform that was chosen (PLA-3), on this machine or by TLS.
const PLATFORM_PAGE: &str = "platform.html";

/// Where that form may go besides.
const PLATFORM_FORM_ACTION: &str = " https: http://127.0.0.1:*";

/// Which state of the pages is served; an open page compares it with its own.
const VERSION_FILE: &str = "versi.json";

/// Browsers keep pages but ask each time whether they still hold: a page and
/// its style sheet always belong together.
const CACHE_CONTROL: &str = "no-cache";

/// What people see when even the 404 page is missing.
const NOT_FOUND_TEXT: &str = "Halaman ini tidak ada.\n";

#[http_service]
async fn pages(request: Request) -> Response {
    let path = request.uri().path();
    if name::is_for_programs(path) {
        return refused(request.headers(), Problem::not_found());
    }
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        let problem = Problem::new(
            StatusCode::METHOD_NOT_ALLOWED,
            "method-not-allowed",
            "Alamat ini hanya dapat dibaca.",
        );
        return refused(request.headers(), problem.with_header("allow", "GET, HEAD"));
    }
    let page = FileName::from_path(path).and_then(find);
    page.unwrap_or_else(not_found)
        .answer(request.method(), request.headers())
}

fn find(name: FileName) -> Option<Page> {
    let content = match name.as_str() {
        VERSION_FILE => version::of_all_files(),
        file => read(file),
    };
    Some(Page {
        status: StatusCode::OK,
        content_type: name.content_type(),
        content: content?,
        form_action: match name.as_str() {
            PLATFORM_PAGE => PLATFORM_FORM_ACTION,
            _ => "",
        },
    })
}

/// The content of a file of `static/`; none when there is none of that name.
fn read(name: &str) -> Option<Bytes> {
    let file = File::open(format!("/{name}")).ok()?;
    if !file.metadata().ok()?.is_file() {
        return None;
    }
    let mut content = Vec::new();
    file.take(FILE_BYTES_MAX + 1)
        .read_to_end(&mut content)
        .ok()?;
    (content.len() as u64 <= FILE_BYTES_MAX).then(|| content.into())
}

fn not_found() -> Page {
    let content = read("404.html");
    Page {
        status: StatusCode::NOT_FOUND,
        content_type: if content.is_some() {
            TYPE_HTML
        } else {
            "text/plain; charset=utf-8"
        },
        content: content.unwrap_or(Bytes::from_static(NOT_FOUND_TEXT.as_bytes())),
        form_action: "",
    }
}

fn refused(headers: &HeaderMap, problem: Problem) -> Response {
    let request_id = headers
        .get(REQUEST_ID_HEADER)
        .and_then(|id| id.to_str().ok());
    refuse(problem, request_id.unwrap_or_default())
}

struct Page {
    status: StatusCode,
    content_type: &'static str,
    content: Bytes,
    /// Where its forms may go besides this service; with a leading space.
    form_action: &'static str,
}

impl Page {
    fn answer(self, method: &Method, headers: &HeaderMap) -> Response {
        let hash = sha256_hex(&self.content);
        let is_compressed = accepts_gzip(headers);
        let form = if is_compressed { "-gz" } else { "" };
        let tag = format!("\"{}{form}\"", &hash[..32]);
        let is_known = self.status == StatusCode::OK
            && headers
                .get_all("if-none-match")
                .iter()
                .any(|value| names(value, &tag));
        // What the browser has already is worth no work.
        let content = match is_compressed && !is_known {
            true => compressed::gzip(&hash, &self.content),
            false => self.content,
        };
        let length = content.len();
        let has_body = !is_known && *method != Method::HEAD;
        let body = if has_body { content } else { Bytes::new() };
        let mut response = Response::new(FullBody::new(body));
        *response.status_mut() = if is_known {
            StatusCode::NOT_MODIFIED
        } else {
            self.status
        };
        let headers = response.headers_mut();
        let mut set = |name, value: &str| {
            let value = HeaderValue::from_str(value).expect("these values are plain ASCII");
            headers.insert(HeaderName::from_static(name), value);
        };
        if self.content_type == TYPE_HTML {
            set(
                "content-security-policy",
                &format!("{CONTENT_SECURITY_POLICY}{}", self.form_action),
            );
        }
        set("cache-control", CACHE_CONTROL);
        set("vary", "accept-encoding");
        if self.status == StatusCode::OK {
            set("etag", &tag);
        }
        if !is_known {
            set("content-type", self.content_type);
            if is_compressed {
                set("content-encoding", "gzip");
            }
            // Without it Spin sends two packets, and keep-alive clients wait 40 ms.
            set("content-length", &length.to_string());
        }
        response
    }
}

/// Whether the browser says it takes gzip, and not with weight zero.
fn accepts_gzip(headers: &HeaderMap) -> bool {
    headers
        .get_all("accept-encoding")
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .any(|coding| {
            let (name, weight) = coding.split_once(';').unwrap_or((coding, ""));
            let weight = weight.trim().trim_start_matches("q=");
            name.trim() == "gzip" && !matches!(weight, "0" | "0.0" | "0.00" | "0.000")
        })
}

/// Whether an `If-None-Match` names this tag.
fn names(if_none_match: &HeaderValue, tag: &str) -> bool {
    if_none_match.to_str().is_ok_and(|tags| {
        tags.split(',')
            .map(|tag| tag.trim().trim_start_matches("W/"))
            .any(|known| known == tag || known == "*")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(content: &'static str) -> Page {
        Page {
            status: StatusCode::OK,
            content_type: TYPE_HTML,
            content: Bytes::from_static(content.as_bytes()),
            form_action: "",
        }
    }

    #[test]
    fn only_who_asks_for_gzip_gets_it_under_a_tag_of_its_own() {
        let plain = page("abc").answer(&Method::GET, &HeaderMap::new());
        assert!(!plain.headers().contains_key("content-encoding"));
        for (accept, is_compressed) in [
            ("gzip, deflate, br", true),
            ("br;q=1.0, gzip;q=0.8", true),
            ("gzip;q=0", false),
            ("identity", false),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert("accept-encoding", accept.parse().unwrap());
            let answer = page("abc").answer(&Method::GET, &headers);
            let headers = answer.headers();
            assert_eq!(headers.contains_key("content-encoding"), is_compressed);
            assert_eq!(headers["vary"], "accept-encoding");
            assert_eq!(headers["etag"] != plain.headers()["etag"], is_compressed);
        }
    }

    #[test]
    fn a_page_that_the_browser_has_is_not_sent_again() {
        let first = page("a").answer(&Method::GET, &HeaderMap::new());
        let tag = first.headers()["etag"].clone();
        for (if_none_match, status) in [
            (tag.to_str().unwrap().to_owned(), 304),
            (format!("\"other\", W/{}", tag.to_str().unwrap()), 304),
            ("*".to_owned(), 304),
            ("\"other\"".to_owned(), 200),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert("if-none-match", if_none_match.parse().unwrap());
            let again = page("a").answer(&Method::GET, &headers);
            assert_eq!(again.status(), status, "{if_none_match}");
            assert_eq!(again.headers()["etag"], tag);
            assert_eq!(again.headers().contains_key("content-type"), status == 200);
        }
        assert_ne!(
            page("b").answer(&Method::GET, &HeaderMap::new()).headers()["etag"],
            tag
        );
    }

    #[test]
    fn head_says_the_length_of_what_get_would_send() {
        let head = page("abc").answer(&Method::HEAD, &HeaderMap::new());
        assert_eq!(head.headers()["content-length"], "3");
    }
}
