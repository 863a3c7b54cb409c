//! `POST /api/collective?document=`: a Kepala UKPBJ's letter for many people, with
//! its CSV file as the body. Every row is judged at once; what is wrong with one
//! stands beside it. Nothing is filed yet: the answer is a draft.

use akses_collective::{
    FILE_BYTES_MAX, LetterView, Notes, Reader, RowError, Typed, When, read, recognise,
};
use akses_domain::duty::{Duties, Duty};
use akses_domain::ids::{AccessId, DocumentId, InstitutionId, RequestId};
use akses_endpoint::accesses::duties;
use akses_endpoint::identity::signed_in;
use akses_endpoint::store::events::{self, Appended, Event};
use akses_endpoint::{Call, Problem, Reply, Response, config, form, record, serve_admitted};
use serde_json::{Value, json};
use spin_sdk::http::{Method, Request, StatusCode};
use spin_sdk::http_service;
use std::collections::BTreeSet;
use uuid::Uuid;

#[http_service]
async fn check_collective(request: Request) -> Response {
    serve_admitted(request, Method::POST, FILE_BYTES_MAX, signed_in, check).await
}

async fn check(call: Call) -> Result<Reply, Problem> {
    let person = call.person()?;
    let institution = institution(&call, &duties(person, call.now())?)?;
    let document = call
        .query("document")
        .and_then(|id| id.parse::<DocumentId>().ok());
    let document = document.ok_or_else(|| {
        Problem::field(
            "document",
            "unknown-document",
            "Unggah dahulu suratnya sebagai PDF, lalu sebutkan nomornya.",
        )
    })?;
    let document = form::own_document("document", document, person)?;
    let typed =
        read(call.body()).map_err(|bad| Problem::field("file", "bad-file", &bad.detail()))?;
    let (stamp, earlier) = record::stamp(&call, person)?;
    if let Some(id) = earlier {
        return created(&id);
    }
    let id = Uuid::now_v7();
    let when = When {
        now: call.now(),
        cut_off: config::cut_off()?,
    };
    let event = Event {
        subject: id.to_string(),
        version: 1,
        kind: "collective-checked".to_owned(),
        data: json!({ "document": document, "rows": rows(&typed, institution, document, when)? })
            .to_string(),
        institution: Some(institution.to_string()),
    };
    let id = match events::append(&event, &stamp)? {
        Appended::Recorded => event.subject,
        Appended::Replayed(earlier) => earlier.event.subject,
        Appended::KeyReused => return Err(record::key_reused()),
        Appended::Refused(name) if name == "too-many-letters" => return Err(too_many()),
        other => return Err(Problem::internal(format!("letter {id}: {other:?}"))),
    };
    created(&id)
}

fn created(id: &str) -> Result<Reply, Problem> {
    let view = LetterView::load(id, &Reader::Author, &Notes::new(), true)?;
    Reply::created(&format!("/api/collective/{id}"), &view)
}

/// The record counts them (`collective_checks_are_few`).
fn too_many() -> Problem {
    Problem::new(
        StatusCode::TOO_MANY_REQUESTS,
        "too-many-letters",
        "Anda sudah memeriksa 20 berkas dalam 24 jam terakhir. Lanjutkan draf yang sudah ada, \
         atau coba lagi besok.",
    )
}

/// The institution whose Kepala UKPBJ this person is; of several, the one that the
/// call names.
fn institution(call: &Call, duties: &Duties) -> Result<InstitutionId, Problem> {
    let headed: BTreeSet<_> = duties
        .holding(Duty::UkpbjHead)
        .map(|holding| holding.institution)
        .collect();
    let named = call.query("institution");
    let mut fitting = headed
        .iter()
        .filter(|id| named.as_ref().is_none_or(|named| *named == id.to_string()));
    match (fitting.next(), fitting.next()) {
        (Some(one), None) => Ok(*one),
        (Some(_), Some(_)) => Err(Problem::field(
            "institution",
            "invalid-field",
            "Anda Kepala UKPBJ di beberapa instansi; sebutkan instansinya.",
        )),
        (None, _) => Err(Problem::forbidden(
            "not-a-ukpbj-head",
            "Hanya Kepala UKPBJ dengan akses yang masih aktif yang dapat mengajukan surat kolektif.",
        )),
    }
}

/// The rows as the record keeps them: whom and what they name, never an address that
/// was typed (ALL-2). Ids of what filing makes are given now, so that it can be
/// repeated.
fn rows(
    typed: &[Typed],
    institution: InstitutionId,
    document: DocumentId,
    when: When,
) -> Result<Vec<Value>, Problem> {
    let institution = institution.to_string();
    let mut seen = BTreeSet::new();
    let mut rows = Vec::with_capacity(typed.len());
    for row in typed {
        let (known, asked, mut errors) = recognise(row, &institution)?;
        let request = RequestId::new(Uuid::now_v7());
        if let Some(asked) = &asked {
            errors.extend(asked.objection(request, document, when)?);
            let place = (asked.account, asked.role.code.clone(), asked.work_unit.id);
            if !seen.insert(place) {
                let detail = "Orang ini sudah ada di atas dengan peran dan satuan kerja yang sama.";
                errors.push(RowError::new("row", detail));
            }
        }
        rows.push(json!({
            "line": row.line, "account": known.account, "role": known.role,
            "work_unit": known.work_unit, "valid_until": row.valid_until, "errors": errors,
            "access": AccessId::new(Uuid::now_v7()), "request": request,
        }));
    }
    Ok(rows)
}
