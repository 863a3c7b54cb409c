//! What can be asked of an access, with the facts that the rules need.

use super::event::{Form, Subject, Submitted};
use crate::authority::Authorities;
use crate::conflict::Clash;
use crate::form::FieldName;
use crate::handover::{Handover, Naming};
use crate::ids::{AccountId, RequestId};
use crate::reference::{Role, VerifiedBy, WorkUnit};
use crate::time::{CutOff, Date};

/// One thing that somebody, or the clock, wants done.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(
    clippy::large_enum_variant,
    reason = "one command is made for a request; only 64-bit targets find it large"
)]
pub enum Command {
    /// Ask for an access (REG-5).
    Register(Registration),
    /// Take over an access that was verified elsewhere, by import.
    CarryOver {
        /// Whose, as what, where.
        subject: Subject,
        /// Its end date, which may be past.
        valid_until: Date,
    },
    /// Approve the request that waits.
    Approve(Approval),
    /// Reject it.
    Reject {
        /// Which request the verifier saw.
        request: RequestId,
        /// Who rejects.
        verifier: Verifier,
        /// Why (VER-2).
        reason: String,
        /// Which field of the form it is about.
        field: Option<FieldName>,
    },
    /// Reject it because nobody came to its meeting (MTG-4). The only decision
    /// that time makes; nothing is ever approved by it (VER-3).
    RejectUnmet {
        /// Whose meeting it was.
        request: RequestId,
        /// What the person is told.
        reason: String,
    },
    /// Give it up (EXP-1).
    Deactivate(Deactivation),
    /// Say after its end who carries on (EXP-6).
    HandOver(Naming),
    /// Ask for it again (EXP-5).
    Reactivate(Renewal),
    /// Ask for more time before its end (EXP-7).
    Extend(Renewal),
    /// Record that its time is over (EXP-3).
    Expire {
        /// Since when that happens by itself.
        cut_off: CutOff,
    },
}

/// A form that was sent with "Kirim".
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Registration {
    /// Who asks.
    pub account: AccountId,
    /// As what.
    pub role: Role,
    /// Where.
    pub work_unit: WorkUnit,
    /// Until when, and by which decree.
    pub request: Submitted,
    /// The rest of the form.
    pub form: Form,
    /// The tick on the review page.
    pub confirmed: bool,
    /// What stands against it now (ALL-4).
    pub conflict: Option<Clash>,
}

impl Registration {
    pub(super) fn subject(&self) -> Subject {
        Subject {
            account: self.account,
            role: self.role.code.clone(),
            work_unit: self.work_unit.id,
            institution: self.work_unit.institution,
            zone: self.work_unit.zone,
            verified_by: self.role.verified_by,
        }
    }
}

/// Somebody who decides, with what they may decide now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verifier {
    /// Who.
    pub account: AccountId,
    /// Their authority at this moment.
    pub authorities: Authorities,
}

/// An approval (VER-2).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Approval {
    /// Which request the verifier saw.
    pub request: RequestId,
    /// Who approves.
    pub verifier: Verifier,
    /// That the end date matches the decree.
    pub attested: bool,
    /// An earlier end date than the one asked for.
    pub valid_until: Option<Date>,
    /// What stands against the access now (ALL-4).
    pub conflict: Option<Clash>,
}

/// A self-deactivation (EXP-1).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deactivation {
    /// Who asks.
    pub account: AccountId,
    /// Who carries on (EXP-6).
    pub handover: Handover,
    /// Since when past-due accesses expire by themselves.
    pub cut_off: CutOff,
}

/// A request for another end of an access that one has: its reactivation (EXP-5) or its
/// extension (EXP-7).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Renewal {
    /// Who asks.
    pub account: AccountId,
    /// Until when, and by which decree.
    pub request: Submitted,
    /// Who decides requests for this role today.
    pub verified_by: VerifiedBy,
    /// What stands against it now (ALL-4).
    pub conflict: Option<Clash>,
    /// Since when past-due accesses expire by themselves.
    pub cut_off: CutOff,
}
