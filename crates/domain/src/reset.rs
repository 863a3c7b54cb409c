//! The reset of forgotten passwords of PPK and Pejabat Pengadaan: eleven steps in
//! order, each by its actor of that institution (PWD-1, PWD-2).
//!
//! Who does a step and how long it may take is data ([`Procedure`]); what a step
//! leaves behind is typed here ([`Output`]). None of it is a secret: steps 5 and 6
//! give a person the right to choose a new password, and nothing that a clerk
//! could read or forward (PWD-3).

use crate::calendar::UnknownYear;
use crate::deadline::{Deadline, Office, StandardTime};
use crate::duty::{Duties, Duty};
use crate::ids::{AccessId, AccountId, DocumentId, InstitutionId, MessageId, TicketId, WorkUnitId};
use crate::time::{Date, Instant, Zone};
use serde::{Deserialize, Serialize};

/// Steps of the procedure. Each is exactly one event of the ticket, so a step's
/// number is the version of its event.
pub const STEPS: u8 = 11;

/// People in one request letter; larger units send a second letter.
pub const PEOPLE_MAX: usize = 20;

/// How long a person may choose a new password after step 6: over a weekend, and
/// no longer (ours).
pub const RIGHT_HOURS: i64 = 72;

/// How long a link works after its message was opened; opening it again makes a
/// new one (ours).
pub const LINK_MINUTES: i64 = 60;

/// Characters of a pickup number: 128 bits in hex.
pub const PICKUP_CHARS: usize = 32;

/// The shortest new password (ours).
pub const PASSWORD_CHARS_MIN: usize = 12;

/// The longest new password (ours).
pub const PASSWORD_CHARS_MAX: usize = 128;

/// The longest password in bytes of UTF-8, wherever one is sent: signing in has to
/// take every password that could be chosen.
pub const PASSWORD_BYTES_MAX: usize = 4 * PASSWORD_CHARS_MAX;

/// One step, as far as rules depend on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step {
    /// 1 to [`STEPS`].
    pub number: u8,
    /// Whose it is.
    pub actor: Duty,
    /// How long it may take.
    pub time: StandardTime,
}

/// The eleven steps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Procedure(Vec<Step>);

/// These are not the eleven steps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotAProcedure;

impl Procedure {
    /// From data.
    ///
    /// # Errors
    /// When they are not steps 1 to [`STEPS`] in order.
    pub fn new(steps: Vec<Step>) -> Result<Self, NotAProcedure> {
        let numbers = steps.iter().map(|step| step.number);
        if numbers.eq(1..=STEPS) {
            Ok(Self(steps))
        } else {
            Err(NotAProcedure)
        }
    }

    /// A step; none of another number.
    pub fn step(&self, number: u8) -> Option<&Step> {
        self.0.get(usize::from(number.checked_sub(1)?))
    }

    /// All of them.
    pub fn steps(&self) -> &[Step] {
        &self.0
    }

    /// Whether this person is the actor of a step there: the head of that work
    /// unit, or whoever has the duty in that institution.
    pub fn is_actor(&self, number: u8, duties: &Duties, place: Place) -> bool {
        self.step(number)
            .is_some_and(|step| place.is_held(step.actor, duties))
    }
}

/// Where a ticket belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// The institution whose UKPBJ and LPSE act.
    pub institution: InstitutionId,
    /// The work unit whose head asks.
    pub work_unit: WorkUnitId,
}

impl Place {
    fn is_held(self, duty: Duty, duties: &Duties) -> bool {
        duties.holding(duty).any(|holding| {
            holding.institution == self.institution
                && (duty != Duty::WorkUnitHead || holding.work_unit == self.work_unit)
        })
    }
}

/// Somebody whose password is reset.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// The PPK's or Pejabat Pengadaan's access.
    pub access: AccessId,
    /// Whose it is.
    pub account: AccountId,
    /// The number under which somebody who cannot sign in picks the message up: the
    /// hash of a code that only they have. None for who can still sign in.
    pub pickup: Option<String>,
}

/// Step 1: the request letter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Request {
    /// Whose UKPBJ and LPSE act.
    pub institution: InstitutionId,
    /// Whose head signed.
    pub work_unit: WorkUnitId,
    /// The institution's zone.
    pub zone: Zone,
    /// Whose passwords.
    pub people: Vec<Person>,
    /// The signed letter.
    pub document: DocumentId,
    /// Its number.
    pub letter_number: String,
    /// Its date: the first step counts from there.
    pub letter_date: Date,
}

impl Request {
    /// Where it belongs.
    pub fn place(&self) -> Place {
        Place {
            institution: self.institution,
            work_unit: self.work_unit,
        }
    }
}

/// What the team heard from a person in step 4.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Confirmed {
    /// The person's access.
    pub access: AccessId,
    /// The number that the person told the team.
    pub pickup: Option<String>,
}

/// A message to somebody, by its opaque id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// The message.
    pub id: MessageId,
    /// Whose box it lies in.
    pub account: AccountId,
}

/// The text of the notification letter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Letter {
    /// Its number.
    pub number: String,
    /// Its body.
    pub text: String,
    /// SHA-256 over both, hex: what is signed.
    pub sha256: String,
}

/// What a step after the first leaves behind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Output {
    /// Step 2: what the Kepala UKPBJ passes on to the Kepala LPSE.
    Disposition {
        /// In their words.
        note: String,
    },
    /// Step 3: the order to the team.
    Order {
        /// In the Kepala LPSE's words.
        note: String,
    },
    /// Step 4: whose passwords, confirmed with the people themselves.
    Names {
        /// Their accesses.
        accesses: Vec<AccessId>,
    },
    /// Step 5: they have the right to choose a new password, once step 6 is done.
    Prepared {
        /// Whose.
        accounts: Vec<AccountId>,
    },
    /// Step 6: the message lies in each one's box.
    Delivered {
        /// Until when they may choose a new password.
        expires_at: Instant,
        /// One for each.
        messages: Vec<Message>,
    },
    /// Step 7: the first version of the notification letter.
    Draft {
        /// It.
        letter: Letter,
    },
    /// Step 8: the second version; the same text when nothing was wrong.
    Correction {
        /// It.
        letter: Letter,
    },
    /// Step 9: who signed which text is the event's actor and this hash.
    Signature {
        /// Of the text that was signed.
        letter_sha256: String,
        /// The letter as PDF.
        document: DocumentId,
        /// SHA-256 of the PDF, hex.
        document_sha256: String,
    },
    /// Step 10: where the copy is kept.
    Archive {
        /// Under which number.
        archive_number: String,
        /// SHA-256 of the PDF that was kept, hex.
        document_sha256: String,
    },
    /// Step 11: the head of the work unit and the people were told.
    Dispatch {
        /// One for each.
        messages: Vec<Message>,
    },
}

impl Output {
    /// The step that leaves it.
    pub const fn step(&self) -> u8 {
        match self {
            Self::Disposition { .. } => 2,
            Self::Order { .. } => 3,
            Self::Names { .. } => 4,
            Self::Prepared { .. } => 5,
            Self::Delivered { .. } => 6,
            Self::Draft { .. } => 7,
            Self::Correction { .. } => 8,
            Self::Signature { .. } => 9,
            Self::Archive { .. } => 10,
            Self::Dispatch { .. } => 11,
        }
    }

    /// The field that is empty although the step has to leave it.
    fn missing(&self) -> Option<&'static str> {
        let empty = |field, text: &str| text.trim().is_empty().then_some(field);
        match self {
            Self::Disposition { note } | Self::Order { note } => empty("note", note),
            Self::Names { accesses } => accesses.is_empty().then_some("people"),
            Self::Prepared { accounts } => accounts.is_empty().then_some("people"),
            Self::Delivered { messages, .. } | Self::Dispatch { messages } => {
                messages.is_empty().then_some("messages")
            }
            Self::Draft { letter } | Self::Correction { letter } => {
                empty("number", &letter.number).or_else(|| empty("text", &letter.text))
            }
            Self::Signature { letter_sha256, .. } => empty("sha256", letter_sha256),
            Self::Archive { archive_number, .. } => empty("archive_number", archive_number),
        }
    }
}

/// What somebody wants to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Step 1.
    Request(Request),
    /// Step 4, with what the people told the team.
    Confirm(Vec<Confirmed>),
    /// Any other step.
    Do(Output),
    /// No step: it ends here, unfinished, for a reason.
    Return(String),
}

impl Command {
    /// The step that it is; none for a return.
    pub const fn step(&self) -> Option<u8> {
        match self {
            Self::Request(_) => Some(1),
            Self::Confirm(_) => Some(4),
            Self::Do(output) => Some(output.step()),
            Self::Return(_) => None,
        }
    }
}

/// What happened to a ticket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// Step 1.
    Requested(Request),
    /// A later step.
    Done(Output),
    /// It ended unfinished, and why.
    Returned {
        /// In the words of who returned it.
        reason: String,
    },
}

/// Who did a step, and when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Done {
    /// The account.
    pub by: AccountId,
    /// When.
    pub at: Instant,
}

/// How a ticket ended unfinished.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Returned {
    /// By whom, and when.
    pub done: Done,
    /// Why.
    pub reason: String,
}

/// One run of the procedure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ticket {
    /// Its name.
    pub id: TicketId,
    /// What step 1 says.
    pub request: Request,
    /// Who did steps 1, 2 ...
    pub done: Vec<Done>,
    /// What steps 2, 3 ... left behind.
    pub outputs: Vec<Output>,
    /// That it ended unfinished.
    pub returned: Option<Returned>,
}

/// Why not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// There is none, or it is none of this person's business.
    UnknownTicket,
    /// The step is somebody else's.
    NotTheActor {
        /// The step.
        step: u8,
        /// Whose it is.
        actor: Duty,
    },
    /// It was done before.
    AlreadyDone {
        /// The step.
        step: u8,
        /// When.
        at: Instant,
    },
    /// Another one comes first.
    NotYet {
        /// The one whose turn it is.
        next: u8,
    },
    /// The step has to leave something behind.
    MissingOutput(&'static str),
    /// A letter about nobody.
    NoPeople,
    /// More than [`PEOPLE_MAX`].
    TooManyPeople,
    /// Somebody stands in the letter twice.
    TwicePerson,
    /// The letter's date has not come.
    LetterDateAhead,
    /// What the people told the team is not what the letter's request says.
    NamesDiffer,
    /// Nobody handles the reset of their own password after step 1 (ours).
    OwnReset,
    /// Whoever asked does not confirm, prepare and send as well (ours): one person
    /// with both duties could take any account over.
    OwnRequest {
        /// The step.
        step: u8,
    },
    /// It ended unfinished.
    Returned {
        /// When.
        at: Instant,
    },
    /// Only the actor of the current step, the head who asked and whom it concerns
    /// return it.
    NotTheirsToReturn,
    /// Another text than the corrected one.
    LetterChanged,
}

/// Decides what becomes of a command.
///
/// # Errors
/// [`Refusal`].
pub fn decide(
    procedure: &Procedure,
    ticket: Option<&Ticket>,
    command: Command,
    who: AccountId,
    duties: &Duties,
    now: Instant,
) -> Result<Event, Refusal> {
    let Some(step) = command.step() else {
        return give_back(procedure, ticket, command, who, duties);
    };
    let place = match (ticket, &command) {
        (Some(ticket), _) => ticket.request.place(),
        (None, Command::Request(request)) => request.place(),
        (None, _) => return Err(Refusal::UnknownTicket),
    };
    if let Some(ticket) = ticket
        && !ticket.is_party(procedure, who, duties)
    {
        return Err(Refusal::UnknownTicket);
    }
    let rule = procedure.step(step).ok_or(Refusal::UnknownTicket)?;
    if !place.is_held(rule.actor, duties) {
        let actor = rule.actor;
        return Err(Refusal::NotTheActor { step, actor });
    }
    if let Some(barred) = ticket.and_then(|ticket| ticket.bars(step, who)) {
        return Err(barred);
    }
    if let Some(returned) = ticket.and_then(|ticket| ticket.returned.as_ref()) {
        let at = returned.done.at;
        return Err(Refusal::Returned { at });
    }
    let next = ticket.map_or(1, Ticket::next_step);
    if let Some(done) = ticket.and_then(|ticket| ticket.done_at(step)) {
        return Err(Refusal::AlreadyDone { step, at: done.at });
    }
    if step != next {
        return Err(Refusal::NotYet { next });
    }
    match (ticket, command) {
        (_, Command::Request(request)) => {
            check_request(&request, now).map(|()| Event::Requested(request))
        }
        (Some(ticket), Command::Confirm(people)) => ticket.confirm(&people).map(Event::Done),
        (Some(ticket), Command::Do(output)) => {
            ticket.check(&output)?;
            Ok(Event::Done(output))
        }
        (None, _) | (_, Command::Return(_)) => Err(Refusal::UnknownTicket),
    }
}

/// A ticket that should not go on: the letter was wrong, or somebody's password was
/// to be reset who never asked.
fn give_back(
    procedure: &Procedure,
    ticket: Option<&Ticket>,
    command: Command,
    who: AccountId,
    duties: &Duties,
) -> Result<Event, Refusal> {
    let party = |ticket: &&Ticket| ticket.is_party(procedure, who, duties);
    let (Some(ticket), Command::Return(reason)) = (ticket.filter(party), command) else {
        return Err(Refusal::UnknownTicket);
    };
    if let Some(returned) = &ticket.returned {
        let at = returned.done.at;
        return Err(Refusal::Returned { at });
    }
    if let Some(done) = ticket.done_at(STEPS) {
        let at = done.at;
        return Err(Refusal::AlreadyDone { step: STEPS, at });
    }
    if !ticket.may_return(procedure, who, duties) {
        return Err(Refusal::NotTheirsToReturn);
    }
    if reason.trim().is_empty() {
        return Err(Refusal::MissingOutput("reason"));
    }
    Ok(Event::Returned { reason })
}

fn check_request(request: &Request, now: Instant) -> Result<(), Refusal> {
    let people = &request.people;
    if people.is_empty() {
        return Err(Refusal::NoPeople);
    }
    if people.len() > PEOPLE_MAX {
        return Err(Refusal::TooManyPeople);
    }
    let twice = |(index, person): (usize, &Person)| {
        let same = |other: &Person| {
            other.account == person.account
                || (other.pickup.is_some() && other.pickup == person.pickup)
        };
        people[..index].iter().any(same)
    };
    if people.iter().enumerate().any(twice) {
        return Err(Refusal::TwicePerson);
    }
    if request.letter_number.trim().is_empty() {
        return Err(Refusal::MissingOutput("letter_number"));
    }
    if request.letter_date > request.zone.date_at(now) {
        return Err(Refusal::LetterDateAhead);
    }
    Ok(())
}

impl Ticket {
    /// The state after an event; none for an event that cannot follow.
    pub fn evolve(id: TicketId, ticket: Option<Self>, event: Event, done: Done) -> Option<Self> {
        match (ticket, event) {
            (None, Event::Requested(request)) => Some(Self {
                id,
                request,
                done: vec![done],
                outputs: Vec::new(),
                returned: None,
            }),
            (Some(ticket), _) if ticket.is_closed() => None,
            (Some(mut ticket), Event::Done(output)) if output.step() == ticket.next_step() => {
                ticket.done.push(done);
                ticket.outputs.push(output);
                Some(ticket)
            }
            (Some(mut ticket), Event::Returned { reason }) => {
                ticket.returned = Some(Returned { done, reason });
                Some(ticket)
            }
            _ => None,
        }
    }

    /// The step whose turn it is; [`STEPS`] + 1 after the last one.
    pub fn next_step(&self) -> u8 {
        u8::try_from(self.done.len() + 1).unwrap_or(u8::MAX)
    }

    /// Whether all steps are done, or it was returned.
    pub fn is_closed(&self) -> bool {
        self.next_step() > STEPS || self.returned.is_some()
    }

    /// How many events made it: a step's number is its event's version, and a return
    /// takes the place of the step that it refuses.
    pub fn version(&self) -> u8 {
        self.next_step() - u8::from(self.returned.is_none())
    }

    /// Why somebody does not do a step although it is their duty there.
    pub fn bars(&self, step: u8, who: AccountId) -> Option<Refusal> {
        if step > 1 && self.concerns(who) {
            return Some(Refusal::OwnReset);
        }
        let asked = self.done_at(1).is_some_and(|done| done.by == who);
        (asked && matches!(step, 4..=6)).then_some(Refusal::OwnRequest { step })
    }

    /// Whether somebody may end it unfinished, as long as it is open.
    pub fn may_return(&self, procedure: &Procedure, who: AccountId, duties: &Duties) -> bool {
        let asked = self.done_at(1).is_some_and(|done| done.by == who);
        let is_actor = procedure.is_actor(self.next_step(), duties, self.request.place());
        asked || is_actor || self.concerns(who)
    }

    /// Whether the request letter is kept from this person: the numbers of those who
    /// cannot sign in are to be heard from them, so whoever compares them in step 4
    /// does not see what else might say one (PWD-3).
    pub fn withholds_letter(&self, procedure: &Procedure, who: AccountId, duties: &Duties) -> bool {
        self.done_at(4).is_none()
            && procedure.is_actor(4, duties, self.request.place())
            && self.bars(4, who).is_none()
    }

    /// Who did a step.
    pub fn done_at(&self, step: u8) -> Option<&Done> {
        self.done.get(usize::from(step.checked_sub(1)?))
    }

    /// What a step after the first left.
    pub fn output(&self, step: u8) -> Option<&Output> {
        self.outputs.get(usize::from(step.checked_sub(2)?))
    }

    /// The newest text of the notification letter.
    pub fn letter(&self) -> Option<&Letter> {
        self.outputs.iter().rev().find_map(|output| match output {
            Output::Draft { letter } | Output::Correction { letter } => Some(letter),
            _ => None,
        })
    }

    /// The signed letter.
    pub fn signed(&self) -> Option<(DocumentId, &str)> {
        match self.output(9) {
            Some(Output::Signature {
                document,
                document_sha256,
                ..
            }) => Some((*document, document_sha256)),
            _ => None,
        }
    }

    /// Whether it is about this person's password.
    pub fn concerns(&self, who: AccountId) -> bool {
        self.request.people.iter().any(|p| p.account == who)
    }

    /// Who may know of it: whom it concerns, and who has a step to do there.
    pub fn is_party(&self, procedure: &Procedure, who: AccountId, duties: &Duties) -> bool {
        let place = self.request.place();
        let acts = |step: &Step| place.is_held(step.actor, duties);
        self.concerns(who) || procedure.steps().iter().any(acts)
    }

    /// When a step is due: counted from the end of the one before, the first one
    /// from the beginning of the letter's day. None before its turn.
    ///
    /// # Errors
    /// [`UnknownYear`] when a year on the way was not imported; no date is better
    /// than a wrong one.
    pub fn deadline(
        &self,
        step: &Step,
        office: &Office<'_>,
    ) -> Result<Option<Deadline>, UnknownYear> {
        let from = match step.number {
            1 => Some(self.request.zone.start_of(self.request.letter_date)),
            number => self.done_at(number - 1).map(|done| done.at),
        };
        from.map(|from| office.deadline(from, step.time))
            .transpose()
    }

    /// Step 4: the head of the work unit and the people themselves say the same, and
    /// the team was not told what the head said. So neither can put a number of
    /// their own in a person's place.
    fn confirm(&self, people: &[Confirmed]) -> Result<Output, Refusal> {
        if people.is_empty() {
            return Err(Refusal::MissingOutput("people"));
        }
        let asked = &self.request.people;
        let agrees = |person: &Person| {
            let same = |said: &&Confirmed| said.access == person.access;
            people
                .iter()
                .find(same)
                .is_some_and(|said| said.pickup == person.pickup)
        };
        if people.len() != asked.len() || !asked.iter().all(agrees) {
            return Err(Refusal::NamesDiffer);
        }
        let accesses = asked.iter().map(|person| person.access).collect();
        Ok(Output::Names { accesses })
    }

    fn check(&self, output: &Output) -> Result<(), Refusal> {
        if let Some(field) = output.missing() {
            return Err(Refusal::MissingOutput(field));
        }
        match output {
            // Both are about what came before, not about what somebody sends.
            Output::Signature { letter_sha256, .. }
                if self.letter().map(|letter| &letter.sha256) != Some(letter_sha256) =>
            {
                Err(Refusal::LetterChanged)
            }
            Output::Archive {
                document_sha256, ..
            } if self.signed().map(|(_, sha256)| sha256) != Some(document_sha256) => {
                Err(Refusal::LetterChanged)
            }
            _ => Ok(()),
        }
    }
}

/// Why a password cannot be a new one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BadPassword {
    /// Fewer than [`PASSWORD_CHARS_MIN`].
    TooShort,
    /// More than [`PASSWORD_CHARS_MAX`].
    TooLong,
    /// Control characters: no keyboard can be relied on to repeat them.
    Unprintable,
    /// One character, again and again.
    Monotonous,
}

/// Checks a new password by itself; that it is another than the old one only its
/// hash can tell.
///
/// # Errors
/// [`BadPassword`].
pub fn check_password(password: &str) -> Result<(), BadPassword> {
    let chars = password.chars().count();
    let first = password.chars().next();
    match chars {
        chars if chars < PASSWORD_CHARS_MIN => Err(BadPassword::TooShort),
        chars if chars > PASSWORD_CHARS_MAX => Err(BadPassword::TooLong),
        _ if password.chars().any(char::is_control) => Err(BadPassword::Unprintable),
        _ if password.chars().all(|c| Some(c) == first) => Err(BadPassword::Monotonous),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests;
