//! What the operations around a password reset share (PWD-1..3): how a ticket is
//! loaded and moved, when its steps are due, and how it is shown.

pub mod calendar;
pub mod link;
pub mod people;
pub mod view;
pub mod words;

use akses_domain::deadline::StandardTime;
use akses_domain::duty::{Duties, Duty};
use akses_domain::ids::{AccountId, TicketId};
use akses_domain::reset::{
    Command, Done, Event, Output, Procedure, Refusal, Request, Step, Ticket, decide,
};
use akses_domain::time::Instant;
use akses_endpoint::accesses::{duties, from_word};
use akses_endpoint::store::events::{self, Appended, Stamp};
use akses_endpoint::store::resets;
use akses_endpoint::{Call, Problem, record};
use serde::Deserialize;
use serde_json::json;

pub use akses_endpoint::store::resets::Step as StepTexts;

/// The id in `/api/password-resets/:id/...`.
pub const ID_SEGMENT: usize = 2;

/// Letters of a note, an order or a remark.
pub const NOTE_CHARS_MAX: usize = 1_000;

/// Letters of a number of a letter or an archive.
pub const NUMBER_CHARS_MAX: usize = 100;

/// Letters of the notification letter.
pub const LETTER_CHARS_MAX: usize = 6_000;

/// Lines of it: with the breaks of long ones some fifteen pages, far fewer than a PDF
/// has.
pub const LETTER_LINES_MAX: usize = 500;

/// How often a change is tried anew because another came first.
const ROUNDS_MAX: u32 = 4;

/// The eleven steps: their texts, and what rules need of them.
#[derive(Debug)]
pub struct Steps {
    /// As data.
    pub texts: Vec<StepTexts>,
    /// For decisions.
    pub rules: Procedure,
}

/// The eleven steps, as the store has them.
///
/// # Errors
/// An internal problem when they are not eleven, or not of this domain.
pub fn steps() -> Result<Steps, Problem> {
    let texts = resets::procedure()?;
    let step = |text: &StepTexts| {
        let time = match text.clock.as_str() {
            "hours" => StandardTime::Hours(text.amount),
            "working-days" => StandardTime::WorkingDays(text.amount),
            "office-minutes" => StandardTime::OfficeMinutes(text.amount),
            other => return Err(Problem::internal(format!("`{other}` is no clock"))),
        };
        Ok(Step {
            number: u8::try_from(text.number).unwrap_or(u8::MAX),
            actor: from_word(&text.duty)?,
            time,
        })
    };
    let rules = texts.iter().map(step).collect::<Result<_, Problem>>()?;
    let rules = Procedure::new(rules)
        .map_err(|_| Problem::internal("the procedure does not have its eleven steps"))?;
    Ok(Steps { texts, rules })
}

/// Who does something to a ticket, and by what.
#[derive(Debug)]
pub struct Actor {
    /// The account.
    pub account: AccountId,
    /// What they are called on for.
    pub duties: Duties,
    /// The eleven steps.
    pub steps: Steps,
}

impl Actor {
    /// Whoever calls.
    ///
    /// # Errors
    /// 401 when nobody is signed in; what the store could not do.
    pub fn of(call: &Call) -> Result<Self, Problem> {
        let account = call.person()?;
        Ok(Self {
            account,
            duties: duties(account, call.now())?,
            steps: steps()?,
        })
    }

    /// The ticket in the path, if this person has a part in it; any other looks
    /// like none.
    ///
    /// # Errors
    /// 404.
    pub fn ticket(&self, call: &Call) -> Result<Ticket, Problem> {
        self.load(call.id(ID_SEGMENT)?)
    }

    /// A ticket by its id, likewise.
    ///
    /// # Errors
    /// 404.
    pub fn load(&self, id: TicketId) -> Result<Ticket, Problem> {
        load(id)?
            .filter(|ticket| ticket.is_party(&self.steps.rules, self.account, &self.duties))
            .ok_or_else(Problem::not_found)
    }

    /// What the rules say to a command, before anything costly is made for it.
    ///
    /// # Errors
    /// The refusal, for people.
    pub fn decide(
        &self,
        ticket: Option<&Ticket>,
        command: Command,
        now: Instant,
    ) -> Result<Event, Problem> {
        let rules = &self.steps.rules;
        let decided = decide(rules, ticket, command, self.account, &self.duties, now);
        decided.or_else(|refusal| match (refusal, ticket) {
            (Refusal::NotTheActor { step, actor }, Some(ticket)) => {
                Err(not_the_actor(step, actor, Some(&where_of(ticket, actor)?)))
            }
            (refusal, _) => Err(refused(refusal)),
        })
    }

    /// Step 1, on a ticket of this id.
    ///
    /// # Errors
    /// What the rules refuse, or what the store could not do.
    pub fn request(&self, call: &Call, id: TicketId, request: Request) -> Result<Ticket, Problem> {
        self.carry_out(call, id, None, Command::Request(request))
    }

    /// A later step of a ticket that was loaded. When somebody else's came first the
    /// command meets the ticket as it is then, so the answer says what is true now.
    ///
    /// # Errors
    /// As [`Self::request`].
    pub fn act(&self, call: &Call, ticket: Ticket, command: Command) -> Result<Ticket, Problem> {
        self.carry_out(call, ticket.id, Some(ticket), command)
    }

    fn carry_out(
        &self,
        call: &Call,
        id: TicketId,
        mut ticket: Option<Ticket>,
        command: Command,
    ) -> Result<Ticket, Problem> {
        let (stamp, before) = stamp(call, self.account)?;
        if let Some(before) = before {
            return self.load(before);
        }
        for _ in 0..ROUNDS_MAX {
            let event = self.decide(ticket.as_ref(), command.clone(), call.now())?;
            let done = Done {
                by: self.account,
                at: call.now(),
            };
            let next = Ticket::evolve(id, ticket, event.clone(), done)
                .ok_or_else(|| Problem::internal(format!("ticket {id}: no such step follows")))?;
            match events::append(&to_store(&next, &event)?, &stamp)? {
                Appended::Recorded => return Ok(next),
                Appended::Stale(_) => ticket = load(id)?,
                Appended::Replayed(earlier) => return self.load(parse(&earlier.event.subject)?),
                Appended::KeyReused => return Err(record::key_reused()),
                Appended::Refused(name) => {
                    return Err(Problem::internal(format!("ticket {id}: {name}")));
                }
            }
        }
        Err(Problem::overtaken(format!(
            "ticket {id}: {ROUNDS_MAX} stale versions in a row"
        )))
    }
}

/// The stamp of a change with its key; and the ticket that this very change was
/// about before, when it was sent a second time.
fn stamp(call: &Call, person: AccountId) -> Result<(Stamp, Option<TicketId>), Problem> {
    let (stamp, before) = record::stamp(call, person)?;
    let before = before.as_deref().map(parse).transpose()?;
    Ok((stamp, before))
}

/// The ticket this key stood for before; a step that makes something first asks
/// this before it makes it again.
///
/// # Errors
/// That the key belongs to something else.
pub fn done_before(call: &Call, actor: &Actor) -> Result<Option<Ticket>, Problem> {
    let (_, before) = stamp(call, actor.account)?;
    before.map(|id| actor.load(id)).transpose()
}

fn parse(subject: &str) -> Result<TicketId, Problem> {
    subject.parse().map_err(|_| record::key_reused())
}

/// A step's number is its event's version: each is done once, by whoever is first.
fn to_store(ticket: &Ticket, event: &Event) -> Result<events::Event, Problem> {
    let (kind, data) = match event {
        Event::Requested(request) => ("reset-requested", serde_json::to_string(request)),
        Event::Done(output) => ("reset-step-done", serde_json::to_string(output)),
        Event::Returned { reason } => (
            "reset-returned",
            serde_json::to_string(&json!({ "reason": reason })),
        ),
    };
    Ok(events::Event {
        subject: ticket.id.to_string(),
        version: u32::from(ticket.version()),
        kind: kind.to_owned(),
        data: data.map_err(|error| Problem::internal(error.to_string()))?,
        institution: Some(ticket.request.institution.to_string()),
    })
}

/// What a return says.
#[derive(Deserialize)]
struct Reason {
    reason: String,
}

/// Where a step's actor has to be: at the work unit, or in the institution.
fn where_of(ticket: &Ticket, actor: Duty) -> Result<String, Problem> {
    let row = resets::ticket_by_id(&ticket.id.to_string())?;
    let row = row.ok_or_else(Problem::not_found)?;
    Ok(match actor {
        Duty::WorkUnitHead => row.work_unit_name,
        _ => row.institution_name,
    })
}

fn not_the_actor(step: u8, actor: Duty, place: Option<&str>) -> Problem {
    let place = match (place, actor) {
        (Some(place), _) => place,
        (None, Duty::WorkUnitHead) => "satuan kerja pada permohonan ini",
        (None, _) => "instansi pada permohonan ini",
    };
    let detail = format!(
        "Langkah {step} hanya dapat dilakukan oleh {} {place}, dengan akses yang masih aktif.",
        words::duty(actor)
    );
    Problem::forbidden("not-your-step", &detail).with("step", step)
}

/// A ticket from its history.
///
/// # Errors
/// An internal problem when the record holds what the domain does not know.
pub fn load(id: TicketId) -> Result<Option<Ticket>, Problem> {
    let broken = |what: &str| Problem::internal(format!("ticket {id}: {what}"));
    let mut ticket = None;
    for stored in events::history(&id.to_string())? {
        let event = match stored.event.kind.as_str() {
            "reset-requested" => serde_json::from_str(&stored.event.data).map(Event::Requested),
            "reset-step-done" => {
                serde_json::from_str::<Output>(&stored.event.data).map(Event::Done)
            }
            "reset-returned" => {
                serde_json::from_str::<Reason>(&stored.event.data).map(|data| Event::Returned {
                    reason: data.reason,
                })
            }
            // An id of something else is no ticket.
            _ => return Ok(None),
        };
        let event = event.map_err(|_| broken("an event cannot be read"))?;
        let done = Done {
            by: stored
                .actor
                .parse()
                .map_err(|_| broken("an actor is no account"))?,
            at: Instant::from_ms(stored.at),
        };
        let next = Ticket::evolve(id, ticket, event, done);
        ticket = Some(next.ok_or_else(|| broken("an event does not follow"))?);
    }
    Ok(ticket)
}

/// Why not, for people.
pub fn refused(refusal: Refusal) -> Problem {
    match refusal {
        Refusal::UnknownTicket => Problem::not_found(),
        Refusal::NotTheActor { step, actor } => not_the_actor(step, actor, None),
        Refusal::AlreadyDone { step, at } => Problem::conflict(
            "step-already-done",
            &format!("Langkah {step} sudah selesai. Muat ulang permohonan ini."),
        )
        .with("step", step)
        .with("done_at_ms", at.ms()),
        Refusal::NotYet { next } => Problem::conflict(
            "step-out-of-order",
            &format!("Langkah {next} harus selesai lebih dahulu."),
        )
        .with("next_step", next),
        Refusal::MissingOutput(field) => {
            Problem::field(field, "missing-output", "Bidang ini wajib diisi.")
        }
        Refusal::NoPeople => Problem::field(
            "people",
            "missing-output",
            "Sebutkan paling sedikit satu PPK atau Pejabat Pengadaan.",
        ),
        Refusal::TooManyPeople => Problem::field(
            "people",
            "too-many-people",
            &format!(
                "Satu surat memuat paling banyak {} orang; kirim surat kedua untuk yang lain.",
                akses_domain::reset::PEOPLE_MAX
            ),
        ),
        Refusal::TwicePerson => Problem::field(
            "people",
            "twice",
            "Satu orang atau satu nomor pengambilan muncul dua kali.",
        ),
        Refusal::LetterDateAhead => Problem::field(
            "letter_date",
            "date-ahead",
            "Tanggal surat belum tiba. Periksa tanggalnya.",
        ),
        Refusal::NamesDiffer => Problem::field(
            "people",
            "names-differ",
            "Nama atau nomor pengambilan tidak sama dengan yang diketik Kepala Satuan Kerja. \
             Tanyakan lagi langsung kepada orangnya. Bila tetap berbeda, kembalikan permohonan \
             ini dengan alasannya; Satuan Kerja lalu mengirim permohonan baru.",
        ),
        Refusal::OwnReset => Problem::forbidden(
            "own-reset",
            "Permohonan ini tentang akun Anda sendiri. Petugas lain yang mengerjakannya.",
        ),
        Refusal::OwnRequest { step } => Problem::forbidden(
            "own-request",
            &format!(
                "Langkah {step} tidak dapat dilakukan oleh orang yang mengajukan permohonan ini. \
                 Anggota Tim Pengelola LPSE yang lain mengerjakannya."
            ),
        )
        .with("step", step),
        Refusal::Returned { at } => Problem::conflict(
            "reset-returned",
            "Permohonan ini sudah dikembalikan dan tidak dilanjutkan. Satuan Kerja dapat \
             mengirim permohonan baru.",
        )
        .with("returned_at_ms", at.ms()),
        Refusal::NotTheirsToReturn => Problem::forbidden(
            "not-yours-to-return",
            "Yang dapat mengembalikan permohonan ini: petugas langkah yang sedang berjalan, \
             Kepala Satuan Kerja yang mengajukan, dan orang yang akunnya direset.",
        ),
        Refusal::LetterChanged => Problem::conflict(
            "letter-changed",
            "Surat ini bukan versi terakhir. Muat ulang, baca lagi, lalu ulangi.",
        ),
    }
}
