//! `GET /api/platforms`: "Pilih Platform" (PLA-1). Every active platform with the
//! roles that it admits, the accesses to enter it with now, and if there is none,
//! why not and what to do.

use akses_domain::platform::{fitting, why_not};
use akses_domain::time::Instant;
use akses_endpoint::accesses::Named;
use akses_endpoint::platforms::{Choice, Explanation, Holder, Terms, codes, role_of};
use akses_endpoint::store::platforms::{self, Admission, Platform, Standing};
use akses_endpoint::{Call, Problem, Reply, Response, config, serve};
use serde::Serialize;
use spin_sdk::http::{Method, Request};
use spin_sdk::http_service;

#[derive(Serialize)]
struct Page {
    platforms: Vec<Item>,
}

#[derive(Serialize)]
struct Item {
    code: String,
    name: String,
    description: String,
    /// The roles that it admits.
    roles: Vec<Named>,
    /// Whether one of the person's accesses fits now.
    can_enter: bool,
    /// Those that fit; exactly one needs no choice.
    accesses: Vec<Choice>,
    /// Why none fits.
    why_not: Option<Explanation>,
    /// Whether terms and privacy policy are accepted in the version in force (PLA-2).
    terms_accepted: bool,
}

#[http_service]
async fn list_platforms(request: Request) -> Response {
    serve(request, Method::GET, list).await
}

async fn list(call: Call) -> Result<Reply, Problem> {
    let person = call.person()?;
    let holder = Holder::load(person, call.now(), config::cut_off()?)?;
    let admissions = platforms::admissions()?;
    let in_force = platforms::terms_in_force(&person.to_string(), call.now().ms())?;
    let platforms = platforms::active()?
        .into_iter()
        .map(|platform| item(platform, &holder, &admissions, &in_force, call.now()))
        .collect::<Result<_, _>>()?;
    Reply::json(&Page { platforms })
}

fn item(
    platform: Platform,
    holder: &Holder,
    admissions: &[Admission],
    in_force: &[Standing],
    now: Instant,
) -> Result<Item, Problem> {
    let own = admissions.iter().filter(|it| it.platform == platform.id);
    let admitted: Vec<_> = own.cloned().collect();
    let roles = codes(&admitted);
    let fits = fitting(&roles, holder.held());
    let why_not = if fits.is_empty() {
        let why = why_not(&roles, holder.held());
        Some(holder.explain(why, &platform, &admitted, now)?)
    } else {
        None
    };
    Ok(Item {
        roles: admitted.iter().map(role_of).collect(),
        can_enter: !fits.is_empty(),
        accesses: holder.choices(&fits)?,
        why_not,
        terms_accepted: Terms::of(&platform, in_force).is_ok_and(|terms| terms.accepted()),
        code: platform.code,
        name: platform.name,
        description: platform.description,
    })
}
