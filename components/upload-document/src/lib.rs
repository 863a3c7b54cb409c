//! `POST /api/documents?name=sk.pdf`: a decree, as the body of the request (REG-4).
//!
//! The content is stored first and the record last, so a recorded document is
//! always there; content without a record is nobody's and harmless.

use akses_decree::{DECREE_BYTES_MAX, NotADecree, check};
use akses_domain::ids::DocumentId;
use akses_endpoint::identity::signed_in;
use akses_endpoint::store::documents;
use akses_endpoint::store::events::{Appended, Event};
use akses_endpoint::{Call, Problem, Reply, Response, form, record, serve_admitted};
use serde::Serialize;
use serde_json::json;
use spin_sdk::http::{Method, Request};
use spin_sdk::http_service;
use uuid::Uuid;

/// File names are shown to verifiers; longer ones help nobody.
const NAME_CHARS_MAX: usize = 120;

/// The name of a document whose owner gave none.
const NAME_DEFAULT: &str = "dokumen.pdf";

#[derive(Serialize)]
struct Stored {
    id: String,
    name: String,
    size_bytes: usize,
    sha256: String,
}

#[http_service]
async fn upload_document(request: Request) -> Response {
    serve_admitted(request, Method::POST, DECREE_BYTES_MAX, signed_in, upload).await
}

async fn upload(call: Call) -> Result<Reply, Problem> {
    let person = call.person()?;
    let name = form::text("name", call.query("name"), NAME_CHARS_MAX)?
        .unwrap_or_else(|| NAME_DEFAULT.to_owned());
    let content = call.body();
    check(content).map_err(refusal)?;
    let sha256 = documents::put(content.to_vec()).await?;
    let id = DocumentId::new(Uuid::now_v7());
    let size_bytes = content.len();
    let event = Event {
        subject: id.to_string(),
        version: 1,
        kind: "document-stored".to_owned(),
        data: json!({ "owner": person, "sha256": sha256, "size_bytes": size_bytes, "name": name })
            .to_string(),
        institution: None,
    };
    match record::append_plain(&call, &person.to_string(), &event)? {
        Appended::Recorded => {
            let stored = Stored {
                id: id.to_string(),
                name,
                size_bytes,
                sha256,
            };
            Reply::created(&format!("/api/documents/{id}"), &stored)
        }
        other => Err(Problem::internal(format!("document {id}: {other:?}"))),
    }
}

fn refusal(reason: NotADecree) -> Problem {
    let kind = match reason {
        NotADecree::Empty => "empty-document",
        NotADecree::TooLarge => return Problem::body_too_large(DECREE_BYTES_MAX),
        NotADecree::NotAPdf => "not-a-pdf",
        NotADecree::Damaged => "damaged-pdf",
        NotADecree::Encrypted => "encrypted-pdf",
    };
    Problem::field("document", kind, &reason.to_string())
}
