//! `GET /api/why`: "Mengapa saya tidak bisa masuk?", answered from the record. For
//! each access of the person, or for one (`?access=`), and for one platform when it
//! is named (`?platform=`): may they enter now; if not, since when, through whom, by
//! which rule, what to do next and until when.

mod text;

use akses_domain::access::{Access, Status, WaitsFor};
use akses_domain::ids::{AccessId, AccountId};
use akses_domain::time::{CutOff, Instant, Zone};
use akses_domain::why::{Cause, Facts, Terms, Why, why};
use akses_domain::words;
use akses_endpoint::accesses::{Moment, Named, cut_off_of, status_of, zone};
use akses_endpoint::conflicts::{self, Place};
use akses_endpoint::officials::Officials;
use akses_endpoint::platforms::{self as view, role_of};
use akses_endpoint::store::accesses::{self, Access as Row};
use akses_endpoint::store::platforms::{self, Admission, Platform};
use akses_endpoint::store::{accounts, cut_offs, meetings};
use akses_endpoint::{Call, Problem, Reply, Response, account, config, page, record, serve};
use akses_meeting::view::MeetingView;
use serde::Serialize;
use spin_sdk::http::{Method, Request};
use spin_sdk::http_service;
use text::{By, NextStep};

#[derive(Serialize)]
struct Answer {
    /// Whether one of all accesses of this person lets them in now.
    may_enter: bool,
    /// The whole answer in one sentence or two.
    detail: String,
    platform: Option<Named>,
    /// Signing in is held for a while after several wrong passwords.
    sign_in_rests_until: Option<Moment>,
    accesses: Vec<Item>,
    /// What to do when there is no access to speak of.
    next_step: Option<NextStep>,
    /// For `?after=`; none on the last page.
    next: Option<String>,
}

#[derive(Serialize)]
struct Item {
    access: String,
    role: Named,
    institution: Named,
    work_unit: Named,
    status: Status,
    status_text: &'static str,
    may_enter: bool,
    detail: String,
    /// None of these for an access that lets its owner in.
    cause: Option<Cause>,
    since: Option<Moment>,
    by: Option<By>,
    rule: Option<Rule>,
    /// By when a verifier has to decide (VER-3).
    until: Option<Until>,
    meeting: Option<MeetingView>,
    /// What would stand against asking again (ALL-4).
    obstacle: Option<Obstacle>,
    next_step: NextStep,
}

#[derive(Serialize)]
struct Rule {
    id: &'static str,
    text: &'static str,
    /// The letter, or the decree, that it rests on.
    basis: Option<String>,
}

#[derive(Serialize)]
struct Until {
    at: String,
    text: String,
    overdue: bool,
    derivation: String,
}

#[derive(Serialize)]
struct Obstacle {
    rule: &'static str,
    source: String,
    text: String,
}

/// What the question is about besides the accesses.
struct Question {
    now: Instant,
    configured: CutOff,
    person: AccountId,
    platform: Option<Platform>,
    /// What the platform admits, or all of them.
    admitted: Vec<Admission>,
    terms: Terms,
}

#[http_service]
async fn why_no_entry(request: Request) -> Response {
    serve(request, Method::GET, ask).await
}

async fn ask(call: Call) -> Result<Reply, Problem> {
    let person = call.person()?;
    let limit = call.limit()?;
    let question = Question::read(&call, person)?;
    let after: Option<AccessId> = call.after()?;
    let (rows, next, may_enter) = match call.query("access") {
        Some(named) => {
            let row = one_of(person, &named)?;
            let may_enter = question.lets_in(&row)?;
            (vec![row], None, may_enter)
        }
        None => {
            let behind = after.map(|id| id.to_string());
            let rows = accesses::of_account(&person.to_string(), behind.as_deref(), limit + 1)?;
            let (rows, next) = page::cut(rows, limit, |row| row.id.clone());
            (rows, next, question.lets_in_anywhere()?)
        }
    };
    let has_access = !rows.is_empty() || after.is_some() && has_any(person)?;
    let items = question.items(rows)?;
    let account = accounts::by_id(&person.to_string())?.ok_or_else(Problem::not_signed_in)?;
    let platform_name = question.platform.as_ref().map(|it| it.name.as_str());
    let next_step = (!has_access).then(|| question.register());
    Reply::json(&Answer {
        may_enter,
        detail: summary(&items, may_enter, has_access, platform_name),
        sign_in_rests_until: account::rests_until(&account, question.now)
            .map(|at| Moment::new(at, Zone::Wib)),
        accesses: items,
        next_step,
        next,
        platform: question.platform.map(|platform| Named {
            id: platform.code,
            name: platform.name,
        }),
    })
}

/// The access of this person that is named.
fn one_of(person: AccountId, named: &str) -> Result<Row, Problem> {
    let id: AccessId = named.parse().map_err(|_| Problem::not_found())?;
    // A list begins behind an id: behind what would be next to this one.
    let just_before = format!("{id}~");
    let rows = accesses::of_account(&person.to_string(), Some(&just_before), 1)?;
    let row = rows.into_iter().find(|row| row.id == id.to_string());
    row.ok_or_else(Problem::not_found)
}

/// A page may lie behind the last access.
fn has_any(person: AccountId) -> Result<bool, Problem> {
    let first = accesses::of_account(&person.to_string(), None, 1)?;
    Ok(!first.is_empty())
}

/// What is nearest to entry speaks for all.
fn summary(items: &[Item], may_enter: bool, has_access: bool, platform: Option<&str>) -> String {
    if !has_access {
        return text::NO_ACCESS.to_owned();
    }
    if may_enter {
        return text::enters(platform);
    }
    let distance = |item: &&Item| item.cause.map_or(u8::MAX, text::distance);
    let nearest = items.iter().min_by_key(distance);
    nearest.map_or_else(String::new, |item| item.detail.clone())
}

impl Question {
    fn read(call: &Call, person: AccountId) -> Result<Self, Problem> {
        let now = call.now();
        let configured = config::cut_off()?;
        let Some(code) = call.query("platform") else {
            let open = platforms::active()?;
            let mut admitted = platforms::admissions()?;
            admitted.retain(|it| open.iter().any(|platform| platform.id == it.platform));
            return Ok(Self {
                now,
                configured,
                person,
                platform: None,
                admitted,
                terms: Terms::NotAsked,
            });
        };
        let platform = platforms::by_code(&code)?
            .filter(|platform| platform.active)
            .ok_or_else(Problem::not_found)?;
        let mut admitted = platforms::admissions_of(&platform.id)?;
        admitted.retain(|admission| admission.admitted);
        let terms = match view::Terms::load(&platform, person, now) {
            Ok(terms) if terms.accepted() => Terms::Accepted,
            Ok(_) => Terms::Open,
            Err(problem) if problem.kind() == "terms-missing" => Terms::Missing,
            Err(problem) => return Err(problem),
        };
        Ok(Self {
            now,
            configured,
            person,
            platform: Some(platform),
            admitted,
            terms,
        })
    }

    fn admits(&self, role: &str) -> bool {
        self.admitted.iter().any(|it| it.role == role)
    }

    /// As entering judges it.
    fn lets_in(&self, row: &Row) -> Result<bool, Problem> {
        let works = status_of(row, self.now, self.configured)? == Status::Active;
        Ok(self.is_ready() && self.admits(&row.role) && works)
    }

    /// Whether any access of this person does.
    fn lets_in_anywhere(&self) -> Result<bool, Problem> {
        if !self.is_ready() {
            return Ok(false);
        }
        let officials = Officials {
            now: self.now,
            cut_off: self.configured,
        };
        for held in accesses::held_roles(&self.person.to_string())? {
            if self.admits(&held.role)
                && officials.is_in_force(&held.institution, &held.zone, held.ends_at)?
            {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn is_ready(&self) -> bool {
        matches!(self.terms, Terms::NotAsked | Terms::Accepted)
    }

    fn items(&self, rows: Vec<Row>) -> Result<Vec<Item>, Problem> {
        let places = rows.iter().map(|row| self.place(row));
        let places = places.collect::<Result<Vec<_>, _>>()?;
        let clashes = conflicts::of(&places, self.now, self.configured)?;
        let obstacles = clashes.into_iter().map(|clashes| {
            clashes
                .into_iter()
                .find(akses_domain::conflict::Clash::blocks)
        });
        let obstacles: Vec<_> = obstacles.collect();
        rows.into_iter()
            .zip(obstacles)
            .map(|(row, clash)| self.item(row, clash))
            .collect()
    }

    fn place<'a>(&self, row: &'a Row) -> Result<Place<'a>, Problem> {
        let corrupt = || Problem::internal(format!("access {} has no place", row.id));
        Ok(Place {
            account: self.person,
            role: &row.role,
            work_unit: row.work_unit.parse().map_err(|_| corrupt())?,
            zone: zone(&row.zone)?,
        })
    }

    fn item(
        &self,
        row: Row,
        clash: Option<akses_domain::conflict::Clash>,
    ) -> Result<Item, Problem> {
        let id: AccessId = row.id.parse().map_err(|_| Problem::not_found())?;
        let (access, history) = record::load_told(id)?;
        let cut_off = cut_off_of(&row.institution, self.configured)?;
        let why = why(&Facts {
            access: &access,
            history: &history,
            now: self.now,
            cut_off,
            admitted: self.admits(&row.role),
            terms: self.terms,
        });
        let status = access.status(self.now, cut_off);
        let meeting = self.meeting(&access)?;
        let told = match &why {
            None => text::Told::enters(&row, self.platform.as_ref()),
            Some(why) => text::Told::why(
                why,
                &text::Scene {
                    row: &row,
                    zone: access.zone,
                    now: self.now,
                    verified_by: access.verified_by,
                    platform: self.platform.as_ref(),
                    registrable: &self.registrable(),
                    meeting: meeting.as_ref(),
                    rejection: access.rejection.as_deref(),
                },
            ),
        };
        let asks_again = why.as_ref().is_some_and(text::asks_again);
        let obstacle = clash.filter(|_| asks_again).map(|clash| Obstacle {
            rule: "ALL-4",
            text: text::obstacle(&clash),
            source: clash.source,
        });
        Ok(Item {
            may_enter: why.is_none(),
            detail: told.detail,
            cause: why.as_ref().map(|why| why.cause),
            since: why
                .as_ref()
                .and_then(|why| why.since)
                .map(|at| Moment::new(at, access.zone)),
            by: told.by,
            rule: why
                .as_ref()
                .map(|why| rule(why, &row, cut_off))
                .transpose()?,
            until: why.as_ref().and_then(|why| self.until(why, access.zone)),
            meeting: meeting.filter(|_| {
                why.as_ref()
                    .is_some_and(|why| why.cause == Cause::MeetingAhead)
            }),
            obstacle,
            next_step: told.next,
            status,
            status_text: words::status(status),
            role: named(&row.role, &row.role_name),
            institution: named(&row.institution, &row.institution_name),
            work_unit: named(&row.work_unit, &row.work_unit_name),
            access: row.id,
        })
    }

    fn until(&self, why: &Why, zone: Zone) -> Option<Until> {
        let deadline = why.until.as_ref()?;
        Some(Until {
            at: deadline.at.rfc3339(zone),
            text: words::moment(deadline.at, zone),
            overdue: deadline.is_missed(self.now),
            derivation: deadline.derivation("diajukan", zone),
        })
    }

    fn meeting(&self, access: &Access) -> Result<Option<MeetingView>, Problem> {
        let pending = access.pending.as_ref();
        let waits_for = WaitsFor::new(pending.map(|pending| pending.by_meeting));
        let Some(pending) = pending.filter(|_| waits_for == WaitsFor::Meeting) else {
            return Ok(None);
        };
        meetings::of_request(&pending.request.to_string())?
            .map(|row| MeetingView::new(&row, self.now))
            .transpose()
    }

    /// The roles that people can ask for themselves.
    fn registrable(&self) -> Vec<Named> {
        let mut roles: Vec<Named> = Vec::new();
        for admission in self.admitted.iter().filter(|it| it.registrable) {
            if roles.iter().all(|known| known.id != admission.role) {
                roles.push(role_of(admission));
            }
        }
        roles
    }

    fn register(&self) -> NextStep {
        text::step(akses_domain::why::Next::Register, "", None, None)
    }
}

fn rule(why: &Why, row: &Row, cut_off: CutOff) -> Result<Rule, Problem> {
    let by_cut_off = matches!(why.cause, Cause::CutOff | Cause::CutOffWhileWaiting);
    let basis = if by_cut_off {
        let letter = cut_offs::of_institution(&row.institution)?;
        Some(text::basis(letter.as_ref(), cut_off))
    } else {
        None
    };
    let id = why.cause.rule();
    Ok(Rule {
        id,
        text: text::rule(why.cause),
        basis,
    })
}

fn named(id: &str, name: &str) -> Named {
    Named {
        id: id.to_owned(),
        name: name.to_owned(),
    }
}
