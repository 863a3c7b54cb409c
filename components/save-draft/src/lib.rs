//! `PUT /api/drafts/:role`: keeps a form half filled, one for each role. What is
//! wrong with it is said and kept all the same: nothing typed is lost.

use akses_domain::time::Zone;
use akses_endpoint::accesses::Moment;
use akses_endpoint::draft::{Review, review};
use akses_endpoint::form::registrable;
use akses_endpoint::store::accounts;
use akses_endpoint::store::drafts::{self, Draft, Saved};
use akses_endpoint::{Call, Fields, Problem, Reply, Response, serve_admitted};
use serde::Serialize;
use serde_json::Value;
use spin_sdk::http::{Method, Request};
use spin_sdk::http_service;
use uuid::Uuid;

/// The role in `/api/drafts/:role`.
const ROLE_SEGMENT: usize = 2;

/// Twice our longest form.
const DRAFT_BYTES_MAX: usize = 8 * 1024;

/// What is no part of a draft: the path names the role, and the tick is given
/// anew each time (REG-5).
const NOT_KEPT: [&str; 2] = ["role", "confirmed"];

#[derive(Serialize)]
struct Kept {
    role: String,
    /// For `If-Match` of the next save.
    revision: String,
    saved: Moment,
    #[serde(flatten)]
    review: Review,
}

#[http_service]
async fn save_draft(request: Request) -> Response {
    let anybody = |_: &_| Ok(());
    serve_admitted(request, Method::PUT, DRAFT_BYTES_MAX, anybody, save).await
}

async fn save(call: Call) -> Result<Reply, Problem> {
    let person = call.person()?.to_string();
    let role = registrable(call.segment(ROLE_SEGMENT))?.code;
    let Fields(mut typed) = call.json()?;
    typed.retain(|name, _| !NOT_KEPT.contains(&name.as_str()));
    let account = accounts::by_id(&person)?.ok_or_else(Problem::not_signed_in)?;
    let review = review(&account, &role, &typed)?;
    let draft = Draft {
        role,
        content: Value::Object(typed).to_string(),
        revision: Uuid::now_v7().hyphenated().to_string(),
        saved_at: call.now().ms(),
    };
    let replaces = call.if_match().map(str::to_owned);
    let kept = match drafts::save(&person, &draft, replaces.as_deref())? {
        Saved::Kept => draft,
        // An answer that was lost on its way: the same content stands already.
        Saved::Stale(Some(standing)) if standing.content == draft.content => standing,
        Saved::Stale(Some(_)) if replaces.is_none() => return Err(Problem::if_match_missing()),
        Saved::Stale(standing) => return Err(changed(standing)),
        Saved::TooMany => {
            return Err(Problem::conflict(
                "too-many-drafts",
                "Draf Anda sudah terlalu banyak. Kirim atau buang salah satu draf, lalu simpan lagi.",
            ));
        }
    };
    let etag = format!("\"{}\"", kept.revision);
    Reply::json(&Kept {
        role: kept.role,
        revision: kept.revision,
        saved: Moment::new(
            akses_domain::time::Instant::from_ms(kept.saved_at),
            Zone::Wib,
        ),
        review,
    })?
    .header("etag", &etag)
}

fn changed(standing: Option<Draft>) -> Problem {
    match standing {
        Some(draft) => Problem::stale(
            "draft-changed",
            "Draf ini sudah berubah, mungkin di jendela lain. Muat draf terbaru, lalu ulangi.",
        )
        .with("revision", draft.revision),
        None => Problem::stale(
            "draft-gone",
            "Draf ini sudah dikirim atau dibuang, mungkin di jendela lain. Simpan tanpa If-Match untuk membuat draf baru.",
        ),
    }
}
