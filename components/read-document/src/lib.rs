//! `GET /api/documents/:id`: a decree, or a letter of a password reset. Only its owner,
//! those who verify a request that cites it, and the parties of the reset may read it.
//! Whom a collective letter names sees in their list who filed it, and not what it says
//! of the others. For everybody else it does not exist.

use akses_domain::ids::{AccountId, DocumentId};
use akses_domain::reference::VerifiedBy;
use akses_endpoint::accesses::{authorities, from_word};
use akses_endpoint::store::documents::{self, Document};
use akses_endpoint::store::resets;
use akses_endpoint::{Call, Problem, Reply, Response, serve};
use akses_reset::Actor;
use spin_sdk::http::{Method, Request};
use spin_sdk::http_service;

/// The id in `/api/documents/:id`.
const ID_SEGMENT: usize = 2;

#[http_service]
async fn read_document(request: Request) -> Response {
    serve(request, Method::GET, read).await
}

async fn read(call: Call) -> Result<Reply, Problem> {
    let person = call.person()?;
    let id: DocumentId = call.id(ID_SEGMENT)?;
    let document = documents::describe(&id.to_string())?.ok_or_else(Problem::not_found)?;
    if !may_read(&call, person, &document)? {
        return Err(Problem::not_found());
    }
    let content = documents::get(document.sha256.clone(), document.size_bytes)
        .await?
        .ok_or_else(|| Problem::internal(format!("document {id} has no content")))?;
    // A PDF can hold script: it is shown, but in a sandbox of its own.
    Reply::bytes("application/pdf", content)
        .header("content-security-policy", "sandbox; default-src 'none'")?
        .header("content-disposition", &disposition(&document.name))
}

fn may_read(call: &Call, person: AccountId, document: &Document) -> Result<bool, Problem> {
    if document.owner == person.to_string() {
        return Ok(true);
    }
    let authorities = authorities(person, call.now())?;
    if authorities.is_empty() {
        return is_of_own_reset(call, document);
    }
    let owner = document
        .owner
        .parse()
        .map_err(|_| Problem::internal("a document without an owner"))?;
    for concern in documents::concerns(&document.id)? {
        let verified_by: VerifiedBy = from_word(&concern.verified_by)?;
        let institution = concern
            .institution
            .parse()
            .map_err(|_| Problem::internal("a request without an institution"))?;
        if authorities
            .over_request(verified_by, institution, owner)
            .is_some()
        {
            return Ok(true);
        }
    }
    is_of_own_reset(call, document)
}

/// PWD-1: the letters of a password reset are its parties'; the request letter is kept
/// from the team until it heard the people themselves (PWD-3).
fn is_of_own_reset(call: &Call, document: &Document) -> Result<bool, Problem> {
    let Some(ticket) = resets::ticket_of_document(&document.id)? else {
        return Ok(false);
    };
    let ticket = ticket.parse();
    let ticket = ticket.map_err(|_| Problem::internal("a ticket's id is none"))?;
    let actor = Actor::of(call)?;
    match actor.load(ticket) {
        Ok(ticket) => {
            let (rules, who) = (&actor.steps.rules, actor.account);
            let is_request = ticket.request.document.to_string() == document.id;
            Ok(!is_request || !ticket.withholds_letter(rules, who, &actor.duties))
        }
        Err(problem) if problem.kind() == "not-found" => Ok(false),
        Err(problem) => Err(problem),
    }
}

/// The owner's file name, in the form that keeps every letter (RFC 8187).
fn disposition(name: &str) -> String {
    let encoded: String = name
        .bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'.' | b'-' | b'_' => {
                char::from(byte).to_string()
            }
            byte => format!("%{byte:02X}"),
        })
        .collect();
    format!("inline; filename*=UTF-8''{encoded}")
}
