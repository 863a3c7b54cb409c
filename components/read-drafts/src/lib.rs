//! `GET /api/drafts`: what this person typed and did not send, and what was sent
//! and rejected, offered again with the reason beside the field (REG-6).

use akses_domain::access::AccessEvent;
use akses_domain::time::{Instant, Zone};
use akses_endpoint::accesses::{Moment, Named, zone};
use akses_endpoint::draft::{Review, review};
use akses_endpoint::store::accounts::{self, Account};
use akses_endpoint::store::drafts::{self, Draft, Rejected};
use akses_endpoint::store::reference;
use akses_endpoint::{Call, Problem, Reply, Response, serve};
use serde::Serialize;
use serde_json::{Map, Value};
use spin_sdk::http::{Method, Request};
use spin_sdk::http_service;

#[derive(Serialize)]
struct Drafts {
    drafts: Vec<Offer>,
}

#[derive(Serialize)]
struct Offer {
    role: Named,
    /// For `If-Match`; none while nothing was saved since the rejection.
    revision: Option<String>,
    saved: Option<Moment>,
    /// The form's fields as they were typed.
    values: Map<String, Value>,
    #[serde(flatten)]
    review: Review,
    rejection: Option<Rejection>,
}

/// Why a request with this form was rejected.
#[derive(Serialize)]
struct Rejection {
    access: String,
    reason: String,
    /// The field that the reason stands beside; none when it is about the whole.
    field: Option<String>,
    rejected: Moment,
}

#[http_service]
async fn read_drafts(request: Request) -> Response {
    serve(request, Method::GET, list).await
}

async fn list(call: Call) -> Result<Reply, Problem> {
    let person = call.person()?.to_string();
    let account = accounts::by_id(&person)?.ok_or_else(Problem::not_signed_in)?;
    let mut rejected = drafts::rejections(&person)?;
    let mut offers = Vec::new();
    for draft in drafts::of_account(&person)? {
        offers.push(saved(&account, draft, &mut rejected)?);
    }
    for row in &rejected {
        let role = row.role.clone();
        let (values, rejection) = again(row)?;
        offers.push(offer(&account, role, values, Some(rejection))?);
    }
    if let Some(role) = call.query("role") {
        offers.retain(|offer| offer.role.id == role);
    }
    Reply::json(&Drafts { drafts: offers })
}

/// A draft. If it goes on with a rejected form, the reason stays beside it, and
/// that form is not offered a second time.
fn saved(account: &Account, draft: Draft, rejected: &mut Vec<Rejected>) -> Result<Offer, Problem> {
    let values: Map<String, Value> = serde_json::from_str(&draft.content)
        .map_err(|error| Problem::internal(format!("a draft: {error}")))?;
    let unit = values.get("work_unit").and_then(Value::as_str);
    let same = |row: &Rejected| row.role == draft.role && Some(row.work_unit.as_str()) == unit;
    let rejection = match rejected.iter().position(same) {
        Some(index) => Some(again(&rejected.remove(index))?.1),
        None => None,
    };
    Ok(Offer {
        revision: Some(draft.revision),
        // A person has no zone of their own; the text says which one this is.
        saved: Some(Moment::new(Instant::from_ms(draft.saved_at), Zone::Wib)),
        ..offer(account, draft.role, values, rejection)?
    })
}

fn offer(
    account: &Account,
    role: String,
    values: Map<String, Value>,
    rejection: Option<Rejection>,
) -> Result<Offer, Problem> {
    let review = review(account, &role, &values)?;
    let name = reference::role_by_code(&role)?.map(|role| role.name);
    Ok(Offer {
        role: Named {
            name: name.unwrap_or_else(|| role.clone()),
            id: role,
        },
        revision: None,
        saved: None,
        values,
        review,
        rejection,
    })
}

/// What was typed into a form that was rejected, and why it was.
fn again(row: &Rejected) -> Result<(Map<String, Value>, Rejection), Problem> {
    let read = |kind, data| {
        AccessEvent::from_parts(kind, data)
            .map_err(|unknown| Problem::internal(format!("access {}: {unknown}", row.access)))
    };
    let asked = read("access-requested", &row.asked)?;
    let refused = read("request-rejected", &row.refused)?;
    let (
        AccessEvent::AccessRequested {
            subject,
            request,
            form,
        },
        AccessEvent::RequestRejected { reason, field, .. },
    ) = (asked, refused)
    else {
        return Err(Problem::internal("an event is not of its kind"));
    };
    let mut values: Map<String, Value> = form
        .typed()
        .into_iter()
        .map(|(name, text)| (name, text.into()))
        .collect();
    for (name, text) in [
        ("institution", subject.institution.to_string()),
        ("work_unit", subject.work_unit.to_string()),
        ("valid_until", request.valid_until.to_string()),
        ("document", request.document.to_string()),
    ] {
        values.insert(name.to_owned(), text.into());
    }
    let rejection = Rejection {
        access: row.access.clone(),
        reason,
        field: field.map(String::from),
        rejected: Moment::new(Instant::from_ms(row.at), zone(&row.zone)?),
    };
    Ok((values, rejection))
}
