//! `POST /api/password-resets/:id/signature`: step 9, the Kepala UKPBJ signs the
//! corrected text, named by its hash. The record says who signed what; the letter
//! becomes a PDF that the parties read.

use akses_domain::ids::DocumentId;
use akses_domain::reset::{Command, Letter, Output, Ticket};
use akses_domain::words;
use akses_endpoint::store::events::{Appended, Event};
use akses_endpoint::store::{accounts, documents, resets};
use akses_endpoint::{Call, Problem, Reply, Response, record, serve};
use akses_reset::view::TicketView;
use akses_reset::{Actor, done_before};
use serde::Deserialize;
use serde_json::json;
use spin_sdk::http::{Method, Request};
use spin_sdk::http_service;
use uuid::Uuid;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Body {
    /// Of the text that was read.
    sha256: String,
}

#[http_service]
async fn sign_reset_letter(request: Request) -> Response {
    serve(request, Method::POST, sign).await
}

async fn sign(call: Call) -> Result<Reply, Problem> {
    let actor = Actor::of(&call)?;
    let ticket = actor.ticket(&call)?;
    let body: Body = call.json()?;
    if let Some(ticket) = done_before(&call, &actor)? {
        return Reply::json(&TicketView::new(&call, &actor, &ticket)?);
    }
    let document = DocumentId::new(Uuid::now_v7());
    let signature = |document_sha256: String| {
        Command::Do(Output::Signature {
            letter_sha256: body.sha256.clone(),
            document,
            document_sha256,
        })
    };
    // Nothing is made for a signature that does not stand.
    actor.decide(Some(&ticket), signature(String::new()), call.now())?;
    let letter = ticket.letter().ok_or_else(Problem::not_found)?;
    let content = pdf(&call, &actor, &ticket, letter)?;
    let size_bytes = content.len();
    let sha256 = documents::put(content).await?;
    keep(&call, &actor, document, &sha256, size_bytes)?;
    let ticket = actor.act(&call, ticket, signature(sha256))?;
    Reply::json(&TicketView::new(&call, &actor, &ticket)?)
}

/// One that nobody signs in the end is nobody's and harmless.
fn keep(
    call: &Call,
    actor: &Actor,
    document: DocumentId,
    sha256: &str,
    size_bytes: usize,
) -> Result<(), Problem> {
    let owner = actor.account.to_string();
    let data = json!({
        "owner": owner, "sha256": sha256, "size_bytes": size_bytes,
        "name": "surat-pemberitahuan-reset-password.pdf",
    });
    let event = Event {
        subject: document.to_string(),
        version: 1,
        kind: "document-stored".to_owned(),
        data: data.to_string(),
        institution: None,
    };
    match record::append_plain(call, &owner, &event)? {
        Appended::Recorded => Ok(()),
        other => Err(Problem::internal(format!("document {document}: {other:?}"))),
    }
}

fn pdf(call: &Call, actor: &Actor, ticket: &Ticket, letter: &Letter) -> Result<Vec<u8>, Problem> {
    let id = ticket.id.to_string();
    let row = resets::ticket_by_id(&id)?
        .ok_or_else(|| Problem::internal(format!("ticket {id} was not folded")))?;
    let signer = accounts::by_id(&actor.account.to_string())?.ok_or_else(Problem::not_signed_in)?;
    let zone = ticket.request.zone;
    let note = format!(
        "Ditandatangani melalui Akses INAPROC oleh {} pada {}. SHA-256 naskah: {}. Tanda tangan \
         tercatat pada permohonan {id}.",
        signer.name,
        words::moment(call.now(), zone),
        letter.sha256
    );
    Ok(akses_letter::Letter {
        head: &[&row.institution_name, "Unit Kerja Pengadaan Barang/Jasa"],
        number: &letter.number,
        date: &words::date(zone.date_at(call.now())),
        subject: "Pemberitahuan Reset Password Akun PPK dan/atau Pejabat Pengadaan",
        to: &[&format!("Kepala {}", row.work_unit_name), "di tempat"],
        body: &letter.text,
        signer_title: "Kepala UKPBJ",
        signer: &signer.name,
        note: &note,
    }
    .pdf())
}
