//! Handing requests and responses on with other headers, their bodies untouched.
//!
//! `spin_sdk`'s converted types are no help here: a request whose body was not
//! read yet goes on as it came, and changed headers are lost without a word.

use akses_endpoint::identity::IDENTITY_PREFIX;
use spin_sdk::wasip3::http::types::{ErrorCode, Fields, Request, Response, Trailers};
use spin_sdk::wasip3::wit_bindgen::{FutureReader, StreamReader};
use spin_sdk::wasip3::wit_future;

/// Headers a hop may not hand on, or that travel elsewhere: `host` goes as the
/// authority.
const HOP_HEADERS: [&str; 7] = [
    "connection",
    "keep-alive",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];

/// A body and what comes after it, not read yet.
pub(crate) struct Body {
    content: StreamReader<u8>,
    trailers: FutureReader<Result<Option<Trailers>, ErrorCode>>,
}

/// Header lines in their order.
pub(crate) struct Headers(Vec<(String, Vec<u8>)>);

impl Headers {
    /// The first value of a header, when it is text.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        let (_, value) = self.0.iter().find(|(n, _)| n.eq_ignore_ascii_case(name))?;
        str::from_utf8(value).ok()
    }

    /// All values of a header that are text.
    pub(crate) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0
            .iter()
            .filter(move |(n, _)| n.eq_ignore_ascii_case(name))
            .filter_map(|(_, value)| str::from_utf8(value).ok())
    }

    pub(crate) fn set(&mut self, name: &str, value: &str) {
        self.0.retain(|(n, _)| !n.eq_ignore_ascii_case(name));
        self.0.push((name.to_owned(), value.as_bytes().to_vec()));
    }

    pub(crate) fn set_if_missing(&mut self, name: &str, value: &str) {
        if !self.0.iter().any(|(n, _)| n.eq_ignore_ascii_case(name)) {
            self.set(name, value);
        }
    }

    /// Removes what only the gate may say, and what ends at this hop.
    pub(crate) fn cleanse(&mut self) {
        self.0.retain(|(name, _)| {
            let name = name.to_ascii_lowercase();
            !name.starts_with(IDENTITY_PREFIX)
                && name != "host"
                && !HOP_HEADERS.contains(&name.as_str())
        });
    }

    fn into_fields(self) -> Result<Fields, ErrorCode> {
        Fields::from_list(&self.0)
            .map_err(|error| ErrorCode::InternalError(Some(format!("headers: {error:?}"))))
    }
}

/// A request that came in, its body not read.
pub(crate) struct Received {
    pub(crate) headers: Headers,
    method: spin_sdk::wasip3::http::types::Method,
    scheme: Option<spin_sdk::wasip3::http::types::Scheme>,
    authority: Option<String>,
    path_with_query: String,
    body: Body,
}

impl Received {
    pub(crate) fn take(request: Request) -> Self {
        let headers = Headers(request.get_headers().copy_all());
        let authority = request
            .get_authority()
            .or_else(|| headers.get("host").map(str::to_owned));
        Self {
            method: request.get_method(),
            scheme: request.get_scheme(),
            authority,
            path_with_query: request
                .get_path_with_query()
                .unwrap_or_else(|| "/".to_owned()),
            body: {
                let (content, trailers) = Request::consume_body(request, done());
                Body { content, trailers }
            },
            headers,
        }
    }

    pub(crate) fn path(&self) -> &str {
        self.path_with_query.split('?').next().unwrap_or_default()
    }

    pub(crate) fn authority(&self) -> Option<&str> {
        self.authority.as_deref()
    }

    /// Whether it only reads.
    pub(crate) fn is_safe(&self) -> bool {
        use spin_sdk::wasip3::http::types::Method;
        matches!(self.method, Method::Get | Method::Head | Method::Options)
    }

    /// Sends it to the operation and opens the answer.
    pub(crate) async fn pass_on(self) -> Result<(u16, Headers, Body), ErrorCode> {
        let Body { content, trailers } = self.body;
        let (request, _sent) =
            Request::new(self.headers.into_fields()?, Some(content), trailers, None);
        let set = request
            .set_method(&self.method)
            .and_then(|()| request.set_scheme(self.scheme.as_ref()))
            .and_then(|()| request.set_authority(self.authority.as_deref()))
            .and_then(|()| request.set_path_with_query(Some(&self.path_with_query)));
        set.map_err(|()| ErrorCode::HttpRequestUriInvalid)?;
        let answer = spin_sdk::http::next(request).await?;
        let answer = answer
            .into_body()
            .take_unstarted()
            .ok_or_else(|| ErrorCode::InternalError(Some("the answer was begun".to_owned())))?;
        Ok(open(answer))
    }
}

/// Takes a response apart.
pub(crate) fn open(response: Response) -> (u16, Headers, Body) {
    let status = response.get_status_code();
    let headers = Headers(response.get_headers().copy_all());
    let (content, trailers) = Response::consume_body(response, done());
    (status, headers, Body { content, trailers })
}

/// Puts it together again.
pub(crate) fn respond(status: u16, headers: Headers, body: Body) -> Result<Response, ErrorCode> {
    let Body { content, trailers } = body;
    let (response, _sent) = Response::new(headers.into_fields()?, Some(content), trailers);
    response
        .set_status_code(status)
        .map_err(|()| ErrorCode::InternalError(Some(format!("status {status}"))))?;
    Ok(response)
}

/// "I have no complaint about the body": what whoever consumes one owes its sender.
fn done() -> FutureReader<Result<(), ErrorCode>> {
    let (_writer, reader) = wit_future::new(|| Ok(()));
    reader
}
