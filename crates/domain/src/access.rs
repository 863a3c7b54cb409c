//! The life of an access.
//!
//! ```text
//! register ─▶ Menunggu Verifikasi ─approve─▶ Aktif ─self-deactivate─▶ Tidak Aktif ─┐
//!                  │   ▲                       │                                    │
//!                reject │                      └─end date passes─▶ Kedaluwarsa ─────┤
//!                  ▼    └─register again                                            │
//!               Ditolak        Menunggu Verifikasi ◀────── submit reactivation ─────┘
//! ```
//!
//! Before its end an access can be extended (EXP-7): it stays Aktif until its old
//! date while that request waits, and approval sets the new one.
//!
//! [`decide`] answers a command with events or a [`Refusal`];
//! [`Access::evolve`] applies events. Neither asks for the time.

mod command;
mod event;
mod refusal;

pub use crate::handover::Handover;
pub use command::{Approval, Command, Deactivation, Registration, Renewal, Verifier};
pub use event::{AccessEvent, Decision, Form, RequestKind, Subject, Submitted, UnknownEvent};
pub use refusal::Refusal;

use crate::authority::{Authority, Capacity};
use crate::conflict::Clash;
use crate::deadline::Deadline;
use crate::form::FieldName;
use crate::handover::{NamedAs, Naming};
use crate::ids::{AccessId, AccountId, DocumentId, InstitutionId, RequestId, WorkUnitId};
use crate::person::Profile;
use crate::reference::{RoleCode, VerifiedBy};
use crate::time::{BadEndDate, CutOff, Date, Instant, Zone, check_end_date};
use chrono::Days;
use serde::{Deserialize, Serialize};
use std::fmt;

/// Verification takes at most 3x24 hours, elapsed, from submission (VER-3).
pub const VERIFICATION_HOURS: u32 = 3 * 24;

/// When the verification of a request is due, and how that came about (VER-3).
pub fn verification_deadline(submitted_at: Instant) -> Deadline {
    Deadline::elapsed(submitted_at, VERIFICATION_HOURS)
}

/// From so many days before its last day an access can be extended (ours): as far
/// ahead as an appeal reaches, and no further, because a decree that is older says
/// little about the time that it is for.
pub const EXTENSION_DAYS_MAX: u64 = 90;

/// The longest reason a verifier can give, in characters.
pub const REASON_CHARS_MAX: usize = 1_000;

/// Where an access stands, apart from a request that waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    /// Never approved, and its first request not decided yet.
    Unverified,
    /// Its registration was rejected.
    Rejected,
    /// Approved and not ended by an event. Whether it still works, its dates say.
    Active,
    /// Deactivated by its owner.
    Inactive,
    /// Expired.
    Expired,
}

/// The status that people see.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    /// Menunggu Verifikasi.
    Pending,
    /// Aktif: the only one that gives entry.
    Active,
    /// Ditolak.
    Rejected,
    /// Tidak Aktif.
    Inactive,
    /// Kedaluwarsa.
    Expired,
}

/// A request that waits for its verifier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pending {
    /// Its id.
    pub request: RequestId,
    /// Registration, reactivation or extension.
    pub kind: RequestKind,
    /// When "Kirim" was pressed.
    pub submitted_at: Instant,
    /// The end date asked for, as the decree has it.
    pub valid_until: Date,
    /// The decree.
    pub document: DocumentId,
    /// True once the national cut-off overtook it (EXP-4): the access shows as
    /// Kedaluwarsa, the request can still be decided.
    pub cut_off: bool,
    /// Whether it is verified in a meeting (MTG-1).
    pub by_meeting: bool,
}

impl Pending {
    /// When its verification is due (VER-3).
    pub fn deadline_at(&self) -> Instant {
        verification_deadline(self.submitted_at).at
    }
}

/// One role of one account at one work unit (REG-7).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Access {
    /// Its id.
    pub id: AccessId,
    /// Whose it is.
    pub account: AccountId,
    /// As what.
    pub role: RoleCode,
    /// Where.
    pub work_unit: WorkUnitId,
    /// The institution of the work unit.
    pub institution: InstitutionId,
    /// The zone whose days its end date counts in.
    pub zone: Zone,
    /// Who decides its requests.
    pub verified_by: VerifiedBy,
    /// Where it stands.
    pub standing: Standing,
    /// The last day it works; none before the first approval.
    pub valid_until: Option<Date>,
    /// The request that waits.
    pub pending: Option<Pending>,
    /// Why the last request was rejected, until the next one is submitted.
    pub rejection: Option<String>,
    /// The last decision, so that a second verifier can be told (VER-4).
    pub decided: Option<Decision>,
    /// Who carries on since its last end, once that was said (EXP-6).
    pub handover: Option<Handover>,
    /// The number of its last event.
    pub version: u32,
}

/// One event as the record has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recorded {
    /// 1 for the first.
    pub version: u32,
    /// Who caused it: an account id, or the name of a timer.
    pub actor: String,
    /// When.
    pub at: Instant,
    /// What happened.
    pub event: AccessEvent,
}

impl Access {
    /// Folds a whole history; none when it is empty. This is what the triggers
    /// of the store do in SQL.
    ///
    /// # Errors
    /// [`Broken`] when the events cannot be the history of an access.
    pub fn replay(id: AccessId, history: &[Recorded]) -> Result<Option<Self>, Broken> {
        history.iter().try_fold(None, |access, recorded| {
            Self::apply(id, access, recorded).map(Some)
        })
    }

    /// Folds one more event into what may not exist yet.
    ///
    /// # Errors
    /// [`Broken`] when the event does not follow this state.
    pub fn apply(id: AccessId, access: Option<Self>, recorded: &Recorded) -> Result<Self, Broken> {
        match access {
            None => Self::begin(id, recorded),
            Some(access) => access.evolve(recorded),
        }
    }

    fn begin(id: AccessId, recorded: &Recorded) -> Result<Self, Broken> {
        let (subject, standing, valid_until) = match &recorded.event {
            AccessEvent::AccessRequested { subject, .. } => (subject, Standing::Unverified, None),
            AccessEvent::AccessCarriedOver {
                subject,
                valid_until,
            } => (subject, Standing::Active, Some(*valid_until)),
            other => {
                return Err(Broken(format!(
                    "a history cannot begin with {}",
                    other.kind()
                )));
            }
        };
        let blank = Self {
            id,
            account: subject.account,
            role: subject.role.clone(),
            work_unit: subject.work_unit,
            institution: subject.institution,
            zone: subject.zone,
            verified_by: subject.verified_by,
            standing,
            valid_until,
            pending: None,
            rejection: None,
            decided: None,
            handover: None,
            version: 0,
        };
        blank.evolve(recorded)
    }

    /// The state after one more event.
    ///
    /// # Errors
    /// [`Broken`] when the event does not follow this state.
    pub fn evolve(mut self, recorded: &Recorded) -> Result<Self, Broken> {
        if recorded.version != self.version + 1 {
            return Err(Broken(format!(
                "version {} follows {}",
                recorded.version, self.version
            )));
        }
        if !self.can_be_followed_by(&recorded.event) {
            return Err(Broken(format!(
                "{} cannot follow version {}, standing {:?}, request waiting: {}",
                recorded.event.kind(),
                self.version,
                self.standing,
                self.pending.is_some()
            )));
        }
        self.version = recorded.version;
        match &recorded.event {
            AccessEvent::AccessRequested {
                subject,
                request,
                form,
            } => {
                // Asked again, it follows the reference data of its day.
                self.institution = subject.institution;
                self.zone = subject.zone;
                self.verified_by = subject.verified_by;
                self.await_decision(RequestKind::Registration, request, recorded.at);
                if let Some(pending) = &mut self.pending {
                    pending.by_meeting = form.profile == Profile::Supplier;
                }
            }
            AccessEvent::ReactivationRequested {
                request,
                verified_by,
            } => {
                self.verified_by = *verified_by;
                self.await_decision(RequestKind::Reactivation, request, recorded.at);
            }
            AccessEvent::ExtensionRequested {
                request,
                verified_by,
            } => {
                self.verified_by = *verified_by;
                self.await_decision(RequestKind::Extension, request, recorded.at);
            }
            AccessEvent::AccessCarriedOver { .. } => {}
            AccessEvent::RequestApproved {
                request,
                decided_as,
                valid_until,
                ..
            } => {
                self.settle(*request, *decided_as, recorded);
                self.standing = Standing::Active;
                self.valid_until = Some(*valid_until);
                self.rejection = None;
                self.handover = None;
            }
            AccessEvent::RequestRejected {
                request,
                decided_as,
                reason,
                ..
            } => {
                self.settle(*request, *decided_as, recorded);
                if self.standing == Standing::Unverified {
                    self.standing = Standing::Rejected;
                }
                self.rejection = Some(reason.clone());
            }
            AccessEvent::AccessDeactivated { handover } => {
                self.standing = Standing::Inactive;
                self.handover = Some(handover.clone());
                // Who gives an access up takes its extension back.
                if let Some(pending) = &self.pending {
                    self.settle(pending.request, Capacity::Owner, recorded);
                }
            }
            AccessEvent::HandoverNamed { handover, .. } => self.handover = Some(handover.clone()),
            AccessEvent::AccessExpired { .. } => {
                self.standing = Standing::Expired;
                if let Some(pending) = &mut self.pending {
                    pending.cut_off = true;
                }
            }
        }
        Ok(self)
    }

    /// Whether the record can hold this event next. Only the order is judged:
    /// rules about dates and people may change, what was recorded stays.
    fn can_be_followed_by(&self, event: &AccessEvent) -> bool {
        let waits = self.pending.is_some();
        match event {
            AccessEvent::AccessRequested { subject, .. } => {
                let first_or_again = self.version == 0 || self.standing == Standing::Rejected;
                first_or_again && !waits && self.is_about(subject)
            }
            AccessEvent::AccessCarriedOver { .. } => self.version == 0,
            AccessEvent::ReactivationRequested { .. } => {
                !waits && matches!(self.standing, Standing::Inactive | Standing::Expired)
            }
            AccessEvent::ExtensionRequested { .. } => !waits && self.standing == Standing::Active,
            AccessEvent::RequestApproved { request, .. }
            | AccessEvent::RequestRejected { request, .. } => {
                self.pending.as_ref().is_some_and(|p| p.request == *request)
            }
            AccessEvent::AccessDeactivated { .. } => self.standing == Standing::Active,
            AccessEvent::HandoverNamed { .. } => {
                matches!(self.standing, Standing::Inactive | Standing::Expired)
                    && !self.is_handed_over()
            }
            // EXP-4: the cut-off also takes along what waits from Tidak Aktif.
            AccessEvent::AccessExpired { .. } => match self.standing {
                Standing::Active => true,
                Standing::Inactive => waits,
                Standing::Unverified | Standing::Rejected | Standing::Expired => false,
            },
        }
    }

    /// Whether it is the one access of this account, role and work unit (REG-7).
    fn is_about(&self, subject: &Subject) -> bool {
        self.account == subject.account
            && self.role == subject.role
            && self.work_unit == subject.work_unit
    }

    fn await_decision(&mut self, kind: RequestKind, request: &Submitted, at: Instant) {
        self.rejection = None;
        self.pending = Some(Pending {
            request: request.id,
            kind,
            submitted_at: at,
            valid_until: request.valid_until,
            document: request.document,
            cut_off: false,
            by_meeting: false,
        });
    }

    fn settle(&mut self, request: RequestId, decided_as: Capacity, recorded: &Recorded) {
        self.pending = None;
        self.decided = Some(Decision {
            request,
            approved: matches!(recorded.event, AccessEvent::RequestApproved { .. }),
            by: recorded.actor.clone(),
            decided_as,
            at: recorded.at,
        });
    }

    /// The first moment at which it no longer works by its end date.
    pub fn ends_at(&self) -> Option<Instant> {
        self.valid_until.map(|day| self.zone.end_of(day))
    }

    /// Whether it stands as active although its time is over and automatic
    /// expiry is in force (EXP-2, EXP-4): what the sweep will record.
    pub fn is_overdue(&self, now: Instant, cut_off: CutOff) -> bool {
        is_overdue(self.standing, self.ends_at(), self.zone, now, cut_off)
    }

    /// The status that people see at `now`. Decided from the dates, whether or
    /// not a timer has run (EXP-2).
    pub fn status(&self, now: Instant, cut_off: CutOff) -> Status {
        let waits = self.pending.as_ref().is_some_and(|p| !p.cut_off);
        status(self.standing, waits, self.is_overdue(now, cut_off))
    }

    /// What its owner can do next at `now`.
    pub fn next_steps(&self, now: Instant, cut_off: CutOff) -> &'static [NextStep] {
        let waits_for = WaitsFor::new(self.pending.as_ref().map(|pending| pending.by_meeting));
        let extendable = extendable(self.valid_until, self.zone, now);
        next_steps(self.status(now, cut_off), waits_for, extendable)
    }

    /// Whether nobody has to be asked any more who carries on (EXP-6).
    pub fn is_handed_over(&self) -> bool {
        self.handover.as_ref().is_some_and(Handover::settles)
    }

    /// Whether it lets its owner into a platform at `now`.
    pub fn gives_entry(&self, now: Instant, cut_off: CutOff) -> bool {
        self.status(now, cut_off) == Status::Active
    }
}

/// As [`Access::is_overdue`], for a row of a list.
pub fn is_overdue(
    standing: Standing,
    ends_at: Option<Instant>,
    zone: Zone,
    now: Instant,
    cut_off: CutOff,
) -> bool {
    standing == Standing::Active
        && ends_at.is_some_and(|end| now >= end.max(cut_off.in_force_from(zone)))
}

/// As [`Access::status`], for a row of a list. `waits`: a request waits that
/// the cut-off did not overtake.
pub fn status(standing: Standing, waits: bool, overdue: bool) -> Status {
    match standing {
        Standing::Active if overdue => Status::Expired,
        Standing::Active => Status::Active,
        _ if waits => Status::Pending,
        Standing::Unverified => Status::Pending,
        Standing::Rejected => Status::Rejected,
        Standing::Inactive => Status::Inactive,
        Standing::Expired => Status::Expired,
    }
}

/// What the owner can do next with an access in this status.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum NextStep {
    /// Wait for the verifier.
    Wait,
    /// Come to the meeting (MTG-1): `/api/requests/:id/meeting` says when.
    Meet,
    /// "Pilih Platform".
    Enter,
    /// "Perpanjang" (EXP-7).
    Extend,
    /// "Nonaktifkan" (EXP-1).
    Deactivate,
    /// "Hubungkan atau Buat Akses" once more (REG-6).
    RegisterAgain,
    /// "Aktifkan Kembali" (EXP-5).
    Reactivate,
}

/// What an access waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WaitsFor {
    /// No request waits.
    Nothing,
    /// Its verifier reads the documents.
    Decision,
    /// Its verifier meets the person (MTG-1).
    Meeting,
}

impl WaitsFor {
    /// From whether the request that waits, if one does, has a meeting. One that
    /// the cut-off overtook waits too.
    pub fn new(by_meeting: Option<bool>) -> Self {
        match by_meeting {
            None => Self::Nothing,
            Some(false) => Self::Decision,
            Some(true) => Self::Meeting,
        }
    }
}

/// The first day on which what is valid until `valid_until` can be extended.
pub fn extendable_from(valid_until: Date) -> Date {
    valid_until
        .checked_sub_days(Days::new(EXTENSION_DAYS_MAX))
        .unwrap_or(Date::MIN)
}

/// Whether the end of an active access is near enough to be extended at `now`.
pub fn extendable(valid_until: Option<Date>, zone: Zone, now: Instant) -> bool {
    valid_until.is_some_and(|day| zone.date_at(now) >= extendable_from(day))
}

/// The steps open to the owner; `extendable` is what [`extendable`] says.
pub fn next_steps(status: Status, waits_for: WaitsFor, extendable: bool) -> &'static [NextStep] {
    match (status, waits_for) {
        (Status::Active, WaitsFor::Nothing) if extendable => {
            &[NextStep::Enter, NextStep::Extend, NextStep::Deactivate]
        }
        (Status::Active, _) => &[NextStep::Enter, NextStep::Deactivate],
        (_, WaitsFor::Meeting) => &[NextStep::Meet],
        (_, WaitsFor::Decision) | (Status::Pending, _) => &[NextStep::Wait],
        (Status::Rejected, _) => &[NextStep::RegisterAgain],
        (Status::Inactive | Status::Expired, _) => &[NextStep::Reactivate],
    }
}

/// The record holds what cannot be: an operator has to look.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Broken(pub String);

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Broken {}

/// What a command does to an access at a moment: the events to record, in
/// order, or why not.
///
/// # Errors
/// A [`Refusal`] that says which rule stands against it.
pub fn decide(
    access: Option<&Access>,
    command: Command,
    now: Instant,
) -> Result<Vec<AccessEvent>, Refusal> {
    match (command, access) {
        (Command::Register(registration), access) => register(access, registration, now),
        (
            Command::CarryOver {
                subject,
                valid_until,
            },
            None,
        ) => carry_over(subject, valid_until, now),
        (Command::CarryOver { .. }, Some(_)) => Err(Refusal::AccessExists),
        (_, None) => Err(Refusal::UnknownAccess),
        (Command::Approve(approval), Some(access)) => approve(access, approval, now),
        (
            Command::Reject {
                request,
                verifier,
                reason,
                field,
            },
            Some(access),
        ) => reject(access, request, &verifier, reason, field),
        (Command::RejectUnmet { request, reason }, Some(access)) => {
            reject_unmet(access, request, reason)
        }
        (Command::Deactivate(deactivation), Some(access)) => deactivate(access, deactivation, now),
        (Command::HandOver(naming), Some(access)) => hand_over(access, naming, now),
        (Command::Reactivate(reactivation), Some(access)) => reactivate(access, reactivation, now),
        (Command::Extend(extension), Some(access)) => extend(access, extension, now),
        (Command::Expire { cut_off }, Some(access)) => expire(access, now, cut_off),
    }
}

/// REG-1..7: a first request, or another one after a rejection.
fn register(
    access: Option<&Access>,
    registration: Registration,
    now: Instant,
) -> Result<Vec<AccessEvent>, Refusal> {
    match access {
        None => {}
        Some(access) if !access.is_about(&registration.subject()) => {
            return Err(Refusal::UnknownAccess);
        }
        Some(access) if access.pending.is_some() => return Err(Refusal::AlreadyWaiting),
        Some(access) if access.standing == Standing::Rejected => {}
        Some(_) => return Err(Refusal::AccessExists),
    }
    if !registration.role.registrable {
        return Err(Refusal::RoleNotRegistrable);
    }
    excludes(registration.conflict.as_ref())?;
    if !registration.confirmed {
        return Err(Refusal::NotConfirmed);
    }
    let unit = registration.work_unit;
    let subject = registration.subject();
    let form = registration.form.without_blanks();
    if !unit.has_address && form.address.is_none() {
        return Err(Refusal::AddressMissing);
    }
    check_requested_end(registration.request.valid_until, unit.zone, now)?;
    Ok(vec![AccessEvent::AccessRequested {
        subject,
        request: registration.request,
        form,
    }])
}

/// An imported access may be past its end, so that the cut-off finds it
/// (EXP-4); too far ahead it is a typing mistake like any other.
fn carry_over(
    subject: Subject,
    valid_until: Date,
    now: Instant,
) -> Result<Vec<AccessEvent>, Refusal> {
    match check_end_date(valid_until, subject.zone, now) {
        Err(BadEndDate::TooFar) => Err(Refusal::EndDateTooFar),
        Ok(()) | Err(BadEndDate::Past) => Ok(vec![AccessEvent::AccessCarriedOver {
            subject,
            valid_until,
        }]),
    }
}

/// VER-1, VER-2, VER-4.
fn approve(access: &Access, approval: Approval, now: Instant) -> Result<Vec<AccessEvent>, Refusal> {
    let (pending, authority) = may_decide(access, approval.request, &approval.verifier)?;
    if !approval.attested {
        return Err(Refusal::NotAttested);
    }
    let valid_until = approval.valid_until.unwrap_or(pending.valid_until);
    if valid_until > pending.valid_until {
        return Err(Refusal::LaterThanDecree {
            decree: pending.valid_until,
        });
    }
    if valid_until < access.zone.date_at(now) {
        return Err(Refusal::EndDatePast);
    }
    if pending.kind == RequestKind::Extension {
        check_extends(access, valid_until)?;
    }
    excludes(approval.conflict.as_ref())?;
    Ok(vec![AccessEvent::RequestApproved {
        request: approval.request,
        decided_as: authority.capacity,
        in_place_of: authority.absent(),
        valid_until,
    }])
}

/// VER-1, VER-2, VER-4.
fn reject(
    access: &Access,
    request: RequestId,
    verifier: &Verifier,
    reason: String,
    field: Option<FieldName>,
) -> Result<Vec<AccessEvent>, Refusal> {
    let (_, authority) = may_decide(access, request, verifier)?;
    let reason = reason.trim().to_owned();
    if reason.is_empty() {
        return Err(Refusal::ReasonMissing);
    }
    if reason.chars().count() > REASON_CHARS_MAX {
        return Err(Refusal::ReasonTooLong);
    }
    Ok(vec![AccessEvent::RequestRejected {
        request,
        decided_as: authority.capacity,
        in_place_of: authority.absent(),
        reason,
        field,
    }])
}

/// MTG-4. Whatever was decided meanwhile stands.
fn reject_unmet(
    access: &Access,
    request: RequestId,
    reason: String,
) -> Result<Vec<AccessEvent>, Refusal> {
    let waits =
        |pending: &Pending| pending.request == request && pending.kind == RequestKind::Registration;
    if !access.pending.as_ref().is_some_and(waits) {
        return Err(Refusal::NoLongerWaiting);
    }
    Ok(vec![AccessEvent::RequestRejected {
        request,
        decided_as: Capacity::Clock,
        in_place_of: None,
        reason,
        field: None,
    }])
}

/// Whether this verifier decides this request now, and by which authority.
/// Outside one's authority a request looks like one that does not exist.
fn may_decide<'a>(
    access: &'a Access,
    request: RequestId,
    verifier: &Verifier,
) -> Result<(&'a Pending, Authority), Refusal> {
    if verifier.authorities.is_empty() {
        return Err(Refusal::NotAVerifier);
    }
    let authority = verifier
        .authorities
        .over_request(access.verified_by, access.institution, access.account)
        .ok_or(Refusal::UnknownRequest)?;
    if verifier.account == access.account {
        return Err(Refusal::OwnRequest);
    }
    match &access.pending {
        Some(pending) if pending.request == request => Ok((pending, authority)),
        _ => Err(access
            .decided
            .clone()
            .filter(|decision| decision.request == request)
            .map_or(Refusal::NoLongerWaiting, Refusal::AlreadyDecided)),
    }
}

/// EXP-1: at once, with the handover named (EXP-6). An extension that waits is
/// taken back with it: refusing would let a person who has left wait for a
/// verifier, and approving it later would bring back what they gave up.
fn deactivate(
    access: &Access,
    deactivation: Deactivation,
    now: Instant,
) -> Result<Vec<AccessEvent>, Refusal> {
    if access.account != deactivation.account {
        return Err(Refusal::UnknownAccess);
    }
    match access.status(now, deactivation.cut_off) {
        Status::Active => {}
        status => return Err(Refusal::NotActive { status }),
    }
    let handover = by_somebody_else(access, deactivation.handover)?;
    Ok(vec![AccessEvent::AccessDeactivated { handover }])
}

/// EXP-6, after the end and once; who left it to others may still name somebody.
/// An overdue access that no sweep has met yet expires first, as in [`reactivate`].
fn hand_over(access: &Access, naming: Naming, now: Instant) -> Result<Vec<AccessEvent>, Refusal> {
    if naming.named_as == NamedAs::Owner && naming.account != access.account {
        return Err(Refusal::UnknownAccess);
    }
    let overdue = access.is_overdue(now, naming.cut_off);
    if !overdue && !matches!(access.standing, Standing::Inactive | Standing::Expired) {
        return Err(Refusal::NotEnded {
            status: access.status(now, naming.cut_off),
        });
    }
    let said_again = access.handover.is_some() && !naming.handover.settles();
    if access.is_handed_over() || said_again {
        return Err(Refusal::HandoverNamed);
    }
    let mut events = Vec::with_capacity(2);
    if overdue {
        events.push(expired(access));
    }
    events.push(AccessEvent::HandoverNamed {
        handover: by_somebody_else(access, naming.handover)?
            .keeping_packages_of(access.handover.as_ref()),
        named_as: naming.named_as,
    });
    Ok(events)
}

fn by_somebody_else(access: &Access, handover: Handover) -> Result<Handover, Refusal> {
    if handover.successor() == Some(access.account) {
        return Err(Refusal::SuccessorIsOwner);
    }
    Ok(handover)
}

/// EXP-5. An overdue access that no sweep has met yet expires first, so that
/// the record tells the story in its order.
fn reactivate(
    access: &Access,
    reactivation: Renewal,
    now: Instant,
) -> Result<Vec<AccessEvent>, Refusal> {
    if access.account != reactivation.account {
        return Err(Refusal::UnknownAccess);
    }
    if access.pending.is_some() {
        return Err(Refusal::AlreadyWaiting);
    }
    match access.status(now, reactivation.cut_off) {
        Status::Inactive | Status::Expired => {}
        status => return Err(Refusal::NotReactivatable { status }),
    }
    excludes(reactivation.conflict.as_ref())?;
    check_requested_end(reactivation.request.valid_until, access.zone, now)?;
    let mut events = Vec::with_capacity(2);
    if access.is_overdue(now, reactivation.cut_off) {
        events.push(expired(access));
    }
    events.push(AccessEvent::ReactivationRequested {
        request: reactivation.request,
        verified_by: reactivation.verified_by,
    });
    Ok(events)
}

/// EXP-7. Whoever is past the end asks for a reactivation instead.
fn extend(access: &Access, extension: Renewal, now: Instant) -> Result<Vec<AccessEvent>, Refusal> {
    if access.account != extension.account {
        return Err(Refusal::UnknownAccess);
    }
    if access.pending.is_some() {
        return Err(Refusal::AlreadyWaiting);
    }
    match access.status(now, extension.cut_off) {
        Status::Active => {}
        status => return Err(Refusal::NotExtendable { status }),
    }
    if !extendable(access.valid_until, access.zone, now) {
        return Err(Refusal::ExtensionTooEarly {
            from: access.valid_until.map_or(Date::MAX, extendable_from),
        });
    }
    excludes(extension.conflict.as_ref())?;
    check_requested_end(extension.request.valid_until, access.zone, now)?;
    check_extends(access, extension.request.valid_until)?;
    Ok(vec![AccessEvent::ExtensionRequested {
        request: extension.request,
        verified_by: extension.verified_by,
    }])
}

/// An extension moves the end later, or it is none.
fn check_extends(access: &Access, valid_until: Date) -> Result<(), Refusal> {
    match access.valid_until {
        Some(current) if valid_until <= current => Err(Refusal::NotLater { current }),
        _ => Ok(()),
    }
}

/// EXP-3; EXP-4 takes along whose reactivation was waiting at the cut-off.
fn expire(access: &Access, now: Instant, cut_off: CutOff) -> Result<Vec<AccessEvent>, Refusal> {
    let in_force_from = cut_off.in_force_from(access.zone);
    let overtaken = access.standing == Standing::Inactive
        && now >= in_force_from
        && access.ends_at().is_some_and(|end| end <= in_force_from)
        && access
            .pending
            .as_ref()
            .is_some_and(|p| p.submitted_at < in_force_from);
    if access.is_overdue(now, cut_off) || overtaken {
        Ok(vec![expired(access)])
    } else {
        Err(Refusal::NotDue)
    }
}

fn expired(access: &Access) -> AccessEvent {
    AccessEvent::AccessExpired {
        account: access.account,
        valid_until: access.valid_until,
        overtook_request: access.pending.is_some(),
    }
}

/// ALL-4: at registration, at reactivation and at approval.
fn excludes(conflict: Option<&Clash>) -> Result<(), Refusal> {
    match conflict {
        Some(clash) if clash.blocks() => Err(Refusal::RoleConflict(Box::new(clash.clone()))),
        _ => Ok(()),
    }
}

fn check_requested_end(day: Date, zone: Zone, now: Instant) -> Result<(), Refusal> {
    check_end_date(day, zone, now).map_err(|bad| match bad {
        BadEndDate::Past => Refusal::EndDatePast,
        BadEndDate::TooFar => Refusal::EndDateTooFar,
    })
}

#[cfg(test)]
mod tests;
