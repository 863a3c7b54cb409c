//! A ticket as its parties see it. Pickup numbers are not shown: the team has to
//! hear them from the people (PWD-3).

use crate::calendar::{Calendar, Due};
use crate::words::{Facts, duty, proposal};
use crate::{Actor, StepTexts};
use akses_domain::ids::AccountId;
use akses_domain::reset::{Letter, Output, Step, Ticket};
use akses_domain::time::Instant;
use akses_domain::words;
use akses_endpoint::accesses::{Moment, Named};
use akses_endpoint::store::{accounts, resets};
use akses_endpoint::{Call, Problem};
use serde::Serialize;
use std::collections::BTreeMap;

/// One of the eleven steps, as data.
#[derive(Debug, Serialize)]
pub struct StepData {
    /// 1 to 11.
    pub number: u32,
    /// Whose duty it is.
    pub actor: String,
    /// The same for people.
    pub actor_text: &'static str,
    /// How long it may take.
    pub standard_time: String,
    /// What is done.
    pub activity: String,
    /// What it needs.
    pub requirement: String,
    /// What it leaves.
    pub output: String,
    /// What else there is to know.
    pub remark: Option<String>,
}

impl StepData {
    /// Of its rule and its texts.
    pub fn new(step: &Step, texts: &StepTexts) -> Self {
        Self {
            number: texts.number,
            actor: texts.duty.clone(),
            actor_text: duty(step.actor),
            standard_time: step.time.to_string(),
            activity: texts.activity.clone(),
            requirement: texts.requirement.clone(),
            output: texts.output.clone(),
            remark: texts.remark.clone(),
        }
    }
}

/// A step of one ticket.
#[derive(Debug, Serialize)]
pub struct StepView {
    /// What it is.
    #[serde(flatten)]
    pub data: StepData,
    /// `done`, `current` or `waiting`.
    pub state: &'static str,
    /// When it was done.
    pub done: Option<Moment>,
    /// By whom.
    pub by: Option<String>,
    /// What was written down.
    pub record: Option<String>,
    /// When it is due, and whether that was met.
    #[serde(flatten)]
    pub due: Due,
}

/// Somebody whose password is reset.
#[derive(Debug, Serialize)]
pub struct PersonView {
    /// The access.
    pub access: String,
    /// The name.
    pub name: String,
    /// The role.
    pub role: String,
    /// When they chose a new password.
    pub changed: Option<Moment>,
}

/// The notification letter.
#[derive(Debug, Serialize)]
pub struct LetterView {
    /// Its number.
    pub number: String,
    /// Its text.
    pub text: String,
    /// What is signed.
    pub sha256: String,
    /// 1 for the draft, 2 once it was corrected.
    pub version: u8,
}

/// A ticket.
#[derive(Debug, Serialize)]
pub struct TicketView {
    /// The ticket.
    pub id: String,
    /// Whose UKPBJ and LPSE act.
    pub institution: Named,
    /// Whose head asked.
    pub work_unit: Named,
    /// The request letter's number.
    pub letter_number: String,
    /// Its date.
    pub letter_date: String,
    /// It, for `GET /api/documents/:id`.
    pub document: String,
    /// Whose passwords.
    pub people: Vec<PersonView>,
    /// The step whose turn it is; none when all are done.
    pub next_step: Option<u8>,
    /// Whether that is the caller's.
    pub your_turn: bool,
    /// All eleven.
    pub steps: Vec<StepView>,
    /// The text that the service proposes for step 7.
    pub letter_proposal: Option<String>,
    /// The newest text of the notification letter, and the ones before it.
    pub letters: Vec<LetterView>,
    /// The signed letter, for `GET /api/documents/:id`.
    pub letter: Option<String>,
    /// That it ended unfinished, and why.
    pub returned: Option<ReturnedView>,
    /// Whether the caller may end it unfinished.
    pub may_return: bool,
}

/// A return.
#[derive(Debug, Serialize)]
pub struct ReturnedView {
    /// When.
    pub at: Moment,
    /// By whom.
    pub by: String,
    /// Why.
    pub reason: String,
}

impl TicketView {
    /// The ticket as this person sees it now.
    ///
    /// # Errors
    /// What the store could not do.
    pub fn new(call: &Call, actor: &Actor, ticket: &Ticket) -> Result<Self, Problem> {
        let id = ticket.id.to_string();
        let row = resets::ticket_by_id(&id)?
            .ok_or_else(|| Problem::internal(format!("ticket {id} was not folded")))?;
        let people = resets::people(&id)?;
        let zone = ticket.request.zone;
        let next = Some(ticket.next_step()).filter(|_| !ticket.is_closed());
        let is_actor = |step| {
            actor
                .steps
                .rules
                .is_actor(step, &actor.duties, ticket.request.place())
        };
        let letters = letters(ticket);
        Ok(Self {
            institution: Named {
                id: row.institution,
                name: row.institution_name,
            },
            work_unit: Named {
                id: row.work_unit,
                name: row.work_unit_name,
            },
            letter_number: ticket.request.letter_number.clone(),
            letter_date: ticket.request.letter_date.to_string(),
            document: ticket.request.document.to_string(),
            next_step: next,
            your_turn: next
                .is_some_and(|step| is_actor(step) && ticket.bars(step, actor.account).is_none()),
            steps: steps(call, actor, ticket)?,
            letter_proposal: letter_proposal(ticket, &people).filter(|_| letters.is_empty()),
            letters,
            letter: ticket.signed().map(|(document, _)| document.to_string()),
            returned: returned(ticket)?,
            may_return: !ticket.is_closed()
                && ticket.may_return(&actor.steps.rules, actor.account, &actor.duties),
            people: people
                .into_iter()
                .map(|person| PersonView {
                    access: person.access,
                    name: person.name,
                    role: person.role_name,
                    changed: person
                        .used_at
                        .map(|at| Moment::new(Instant::from_ms(at), zone)),
                })
                .collect(),
            id,
        })
    }
}

fn returned(ticket: &Ticket) -> Result<Option<ReturnedView>, Problem> {
    let Some(returned) = &ticket.returned else {
        return Ok(None);
    };
    let by = accounts::by_id(&returned.done.by.to_string())?;
    Ok(Some(ReturnedView {
        at: Moment::new(returned.done.at, ticket.request.zone),
        by: by.map(|account| account.name).unwrap_or_default(),
        reason: returned.reason.clone(),
    }))
}

fn steps(call: &Call, actor: &Actor, ticket: &Ticket) -> Result<Vec<StepView>, Problem> {
    let calendar = Calendar::of_ticket(ticket, call.now())?;
    let zone = ticket.request.zone;
    let mut names: BTreeMap<AccountId, String> = BTreeMap::new();
    let mut views = Vec::new();
    for (step, texts) in actor.steps.rules.steps().iter().zip(&actor.steps.texts) {
        let done = ticket.done_at(step.number);
        let by = match done {
            None => None,
            Some(done) => Some(match names.get(&done.by) {
                Some(name) => name.clone(),
                None => {
                    let account = accounts::by_id(&done.by.to_string())?;
                    let name = account.map(|account| account.name).unwrap_or_default();
                    names.insert(done.by, name.clone());
                    name
                }
            }),
        };
        let deadline = ticket.deadline(step, &calendar.office());
        views.push(StepView {
            data: StepData::new(step, texts),
            state: match step.number {
                number if number < ticket.next_step() => "done",
                number if number == ticket.next_step() && !ticket.is_closed() => "current",
                _ => "waiting",
            },
            done: done.map(|done| Moment::new(done.at, zone)),
            by,
            record: ticket.output(step.number).and_then(record),
            due: Due::new(call, step, deadline, done.map(|done| done.at), zone),
        });
    }
    Ok(views)
}

/// What a step wrote down, as far as it is words.
fn record(output: &Output) -> Option<String> {
    match output {
        Output::Disposition { note } | Output::Order { note } => Some(note.clone()),
        Output::Archive { archive_number, .. } => Some(archive_number.clone()),
        Output::Signature { letter_sha256, .. } => Some(letter_sha256.clone()),
        _ => None,
    }
}

fn letters(ticket: &Ticket) -> Vec<LetterView> {
    let versions = ticket.outputs.iter().filter_map(|output| match output {
        Output::Draft { letter } => Some((1, letter)),
        Output::Correction { letter } => Some((2, letter)),
        _ => None,
    });
    let view = |(version, letter): (u8, &Letter)| LetterView {
        number: letter.number.clone(),
        text: letter.text.clone(),
        sha256: letter.sha256.clone(),
        version,
    };
    let mut letters: Vec<_> = versions.map(view).collect();
    letters.reverse();
    letters
}

/// The text that the service proposes for step 7; none before step 6.
pub fn letter_proposal(ticket: &Ticket, people: &[resets::Person]) -> Option<String> {
    let Some(Output::Delivered { expires_at, .. }) = ticket.output(6) else {
        return None;
    };
    let people: Vec<_> = people
        .iter()
        .map(|person| format!("{} ({})", person.name, person.role_name))
        .collect();
    Some(proposal(&Facts {
        letter_number: &ticket.request.letter_number,
        letter_date: &words::date(ticket.request.letter_date),
        people: &people,
        sent_at: ticket.done_at(6)?.at,
        expires_at: *expires_at,
        zone: ticket.request.zone,
    }))
}
