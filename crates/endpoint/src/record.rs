//! Commands on the record: load, decide, append, and once more when somebody
//! else was quicker.

use crate::call::Call;
use crate::problem::Problem;
use crate::store::events::{self, Appended, Event, Idempotency, Stamp};
use akses_domain::access::{Access, AccessEvent, Broken, Command, Recorded, Refusal, decide};
use akses_domain::authority::Authorities;
use akses_domain::ids::{AccessId, AccountId};
use akses_domain::meeting::OPEN_MAX;
use akses_domain::time::Instant;

/// How often a command is decided anew because somebody else's event came
/// first. Every round somebody made progress; more than this is a fault.
const ROUNDS_MAX: u32 = 8;

/// How a command ended.
#[derive(Debug)]
pub struct Done {
    /// The access after it.
    pub access: Access,
    /// True when this very request had been carried out before (REG-5).
    pub replayed: bool,
}

/// Loads an access from its history.
///
/// # Errors
/// 404 when there is none.
pub fn load(id: AccessId) -> Result<Access, Problem> {
    replay_history(id, &history_of(id)?)?.ok_or_else(Problem::not_found)
}

/// The same with its events, oldest first, for who tells how it came about.
///
/// # Errors
/// 404 when there is none.
pub fn load_told(id: AccessId) -> Result<(Access, Vec<Recorded>), Problem> {
    let history = recorded(id, &history_of(id)?)?;
    let access = Access::replay(id, &history).map_err(|b| broken(id, &b))?;
    Ok((access.ok_or_else(Problem::not_found)?, history))
}

/// Carries out a command on an access: [`decide`], append, fold. When somebody
/// else's event came first the command meets the new state, so the answer says
/// what is true now (VER-4). A request that was carried out before is answered
/// from the record (REG-5).
///
/// # Errors
/// What the domain refuses, or what the store could not do.
pub fn command(
    call: &Call,
    actor: AccountId,
    id: AccessId,
    command: impl FnOnce(Option<&Access>) -> Result<Command, Problem>,
) -> Result<Done, Problem> {
    keyed(call, actor, id, call.idempotency()?, command)
}

/// As [`command`], for one of many commands of a request, which cannot all stand
/// under its key.
///
/// # Errors
/// As [`command`].
pub fn keyed(
    call: &Call,
    actor: AccountId,
    id: AccessId,
    idempotency: Option<Idempotency>,
    command: impl FnOnce(Option<&Access>) -> Result<Command, Problem>,
) -> Result<Done, Problem> {
    if let Some(done) = done_before(actor, idempotency.as_ref())? {
        return Ok(done);
    }
    let mut history = history_of(id)?;
    let mut access = replay_history(id, &history)?;
    let command = command(access.as_ref())?;
    for _ in 0..ROUNDS_MAX {
        let events = decide(access.as_ref(), command.clone(), call.now())?;
        match append(call, actor, id, access, &events, idempotency.as_ref())? {
            Attempt::Done(done) => return Ok(*done),
            Attempt::Stale => {
                history = history_of(id)?;
                access = replay_history(id, &history)?;
            }
        }
    }
    Err(Problem::overtaken(format!(
        "access {id}: {ROUNDS_MAX} stale versions in a row"
    )))
}

/// Appends an event of a subject that has no commands: an account, a document,
/// reference data.
///
/// # Errors
/// What the store could not do.
pub fn append_plain(call: &Call, actor: &str, event: &Event) -> Result<Appended, Problem> {
    Ok(events::append(event, &call.stamp(actor))?)
}

/// The stamp of a person's change, with its key; and the subject that this very
/// change was about before, when it was sent a second time.
///
/// # Errors
/// What is wrong with the key.
pub fn stamp(call: &Call, person: AccountId) -> Result<(Stamp, Option<String>), Problem> {
    let actor = person.to_string();
    let mut stamp = call.stamp(&actor);
    stamp.idempotency = call.idempotency()?;
    let Some(key) = &stamp.idempotency else {
        return Ok((stamp, None));
    };
    match events::replay(&actor, key)? {
        None => Ok((stamp, None)),
        Some(Appended::Replayed(earlier)) => Ok((stamp, Some(earlier.event.subject))),
        Some(_) => Err(key_reused()),
    }
}

enum Attempt {
    Done(Box<Done>),
    Stale,
}

/// Appends the events of one command; the key goes with the last, so that it
/// stands for all of them.
fn append(
    call: &Call,
    actor: AccountId,
    id: AccessId,
    mut access: Option<Access>,
    events: &[AccessEvent],
    idempotency: Option<&Idempotency>,
) -> Result<Attempt, Problem> {
    for (index, event) in events.iter().enumerate() {
        let recorded = Recorded {
            version: access.as_ref().map_or(1, |a| a.version + 1),
            actor: actor.to_string(),
            at: call.now(),
            event: event.clone(),
        };
        let next = Access::apply(id, access, &recorded).map_err(|b| Problem::internal(b.0))?;
        let mut stamp = call.stamp(&recorded.actor);
        if index + 1 == events.len() {
            stamp.idempotency = idempotency.cloned();
        }
        match events::append(&to_store(id, &next, &recorded), &stamp)? {
            Appended::Recorded => access = Some(next),
            Appended::Stale(_) => return Ok(Attempt::Stale),
            Appended::Replayed(earlier) => {
                return replayed(&earlier.event).map(|done| Attempt::Done(Box::new(done)));
            }
            Appended::KeyReused => return Err(key_reused()),
            Appended::Refused(name) if name == "access-exists" => {
                return Err(Refusal::AccessExists.into());
            }
            // ALL-4: the other access became active after this one was judged.
            Appended::Refused(name) if name == "role-conflict" => {
                return Err(Problem::conflict(
                    "role-conflict",
                    "Baru saja akses lain orang ini disetujui, yang tidak boleh dirangkap \
                     dengan peran ini. Muat ulang antrean.",
                ));
            }
            Appended::Refused(name) if name == "meeting-not-held" => {
                return Err(meeting_not_held());
            }
            Appended::Refused(name) if name == "too-many-meetings" => {
                return Err(too_many_meetings());
            }
            Appended::Refused(name) if name == "own-letter" => return Err(own_letter()),
            Appended::Refused(name) if name == "row-struck" => {
                return Err(Problem::conflict(
                    "row-struck",
                    "Baris ini baru saja dicoret dari suratnya.",
                ));
            }
            Appended::Refused(name) => {
                return Err(Problem::internal(format!("the record refused: {name}")));
            }
        }
    }
    let access = access.ok_or_else(|| Problem::internal("a command made no event"))?;
    Ok(Attempt::Done(Box::new(Done {
        access,
        replayed: false,
    })))
}

/// Carries out a command that a timer has; none when it came too late, because
/// something else happened to the access first.
///
/// # Errors
/// What the store could not do.
pub fn by_timer(stamp: &Stamp, id: AccessId, command: Command) -> Result<Option<Access>, Problem> {
    let mut access = replay_history(id, &history_of(id)?)?;
    let now = Instant::from_ms(stamp.at);
    let Ok(decided) = decide(access.as_ref(), command, now) else {
        return Ok(None);
    };
    for event in decided {
        let recorded = Recorded {
            version: access.as_ref().map_or(1, |a| a.version + 1),
            actor: stamp.actor.clone(),
            at: now,
            event,
        };
        let next = Access::apply(id, access, &recorded).map_err(|b| Problem::internal(b.0))?;
        match events::append(&to_store(id, &next, &recorded), stamp)? {
            Appended::Recorded => access = Some(next),
            Appended::Stale(_) => return Ok(None),
            other => {
                return Err(Problem::internal(format!("access {id}: {other:?}")));
            }
        }
    }
    Ok(access)
}

/// The authorities by which this person decides a request that came with a letter of
/// `author`: none in that one's place. Who filed the letter is refused by the record.
///
/// # Errors
/// 403 when no other authority covers the request.
pub fn over_letter(
    held: Authorities,
    author: AccountId,
    access: &Access,
) -> Result<Authorities, Problem> {
    let covers = |held: &Authorities| {
        held.over_request(access.verified_by, access.institution, access.account)
            .is_some()
    };
    let covered = covers(&held);
    let left = held.but_not_for(author);
    if covered && !covers(&left) {
        return Err(own_letter());
    }
    Ok(left)
}

fn own_letter() -> Problem {
    Problem::forbidden(
        "own-letter",
        "Pengajuan dari surat kolektif Anda sendiri, atau dari surat verifikator yang Anda \
         gantikan, diputus oleh verifikator lain.",
    )
}

fn meeting_not_held() -> Problem {
    Problem::conflict(
        "meeting-not-held",
        "Pengajuan penyedia baru dapat disetujui setelah rapatnya: panggil pemohon dari antrean \
         rapat, periksa Surat Tugasnya, lalu setujui. Menolak dapat dilakukan kapan saja.",
    )
}

fn too_many_meetings() -> Problem {
    Problem::conflict(
        "too-many-meetings",
        &format!(
            "Anda sudah menunggu {OPEN_MAX} rapat video. Ajukan yang berikutnya setelah salah satu \
             pengajuan itu diputus."
        ),
    )
}

fn to_store(id: AccessId, access: &Access, recorded: &Recorded) -> Event {
    let (kind, data) = recorded.event.to_parts();
    Event {
        subject: id.to_string(),
        version: recorded.version,
        kind,
        data,
        institution: Some(access.institution.to_string()),
    }
}

fn done_before(actor: AccountId, key: Option<&Idempotency>) -> Result<Option<Done>, Problem> {
    let Some(key) = key else { return Ok(None) };
    match events::replay(&actor.to_string(), key)? {
        None => Ok(None),
        Some(Appended::Replayed(earlier)) => replayed(&earlier.event).map(Some),
        Some(_) => Err(key_reused()),
    }
}

/// The access as it was right after that event, so that the answer is the one
/// that may have been lost on its way.
fn replayed(event: &Event) -> Result<Done, Problem> {
    let id: AccessId = event.subject.parse().map_err(|_| key_reused())?;
    let mut history = history_of(id)?;
    history.truncate(event.version as usize);
    let access = replay_history(id, &history)?.ok_or_else(key_reused)?;
    Ok(Done {
        access,
        replayed: true,
    })
}

/// 422: the key belongs to something else.
pub fn key_reused() -> Problem {
    Problem::new(
        spin_sdk::http::StatusCode::UNPROCESSABLE_ENTITY,
        "idempotency-key-reused",
        "Idempotency-Key ini sudah dipakai untuk permintaan lain. Pakai kunci baru.",
    )
}

/// The events of an access. An id of something else (an account, a document) is to who
/// asks as one that does not exist, and no fault of the record.
fn history_of(id: AccessId) -> Result<Vec<events::Recorded>, Problem> {
    let history = events::history(&id.to_string())?;
    let begins = |first: &events::Recorded| AccessEvent::begins_with(&first.event.kind);
    match history.first().is_none_or(begins) {
        true => Ok(history),
        false => Ok(Vec::new()),
    }
}

fn replay_history(id: AccessId, history: &[events::Recorded]) -> Result<Option<Access>, Problem> {
    Access::replay(id, &recorded(id, history)?).map_err(|b| broken(id, &b))
}

fn recorded(id: AccessId, history: &[events::Recorded]) -> Result<Vec<Recorded>, Problem> {
    history
        .iter()
        .map(|stored| {
            let event = AccessEvent::from_parts(&stored.event.kind, &stored.event.data)
                .map_err(|unknown| Problem::internal(format!("access {id}: {}", unknown.0)))?;
            Ok(Recorded {
                version: stored.event.version,
                actor: stored.actor.clone(),
                at: Instant::from_ms(stored.at),
                event,
            })
        })
        .collect()
}

fn broken(id: AccessId, broken: &Broken) -> Problem {
    Problem::internal(format!("access {id}: {}", broken.0))
}
