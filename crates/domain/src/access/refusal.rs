//! Why a command is not carried out.

use super::{Decision, Status};
use crate::conflict::Clash;
use crate::time::Date;

/// The rule that stands against a command. Texts for people are made where it
/// meets HTTP.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// There is no such access, or it is somebody else's: both look the same.
    UnknownAccess,
    /// There is no such request, or it lies outside the verifier's authority.
    UnknownRequest,
    /// There is an access for this account, role and work unit (REG-7).
    AccessExists,
    /// A request for it waits already.
    AlreadyWaiting,
    /// The role is not one that people ask for themselves.
    RoleNotRegistrable,
    /// An access that its owner holds excludes this role (ALL-4). Boxed, because
    /// refusals are handed around and this one is rare.
    RoleConflict(Box<Clash>),
    /// The confirmation tick is missing (REG-5).
    NotConfirmed,
    /// The first registrant of a work unit gives its address (REG-3).
    AddressMissing,
    /// The end date is over.
    EndDatePast,
    /// The end date lies too far ahead.
    EndDateTooFar,
    /// No access of this person gives authority to verify now (VER-1).
    NotAVerifier,
    /// Nobody decides their own request (VER-1).
    OwnRequest,
    /// Somebody else's decision stands (VER-4).
    AlreadyDecided(Decision),
    /// The request was replaced by a later one.
    NoLongerWaiting,
    /// A rejection needs a reason (VER-2).
    ReasonMissing,
    /// The reason is longer than [`super::REASON_CHARS_MAX`].
    ReasonTooLong,
    /// An approval needs the attestation (VER-2).
    NotAttested,
    /// The verifier can only shorten the time (VER-2).
    LaterThanDecree {
        /// The end date that was asked for.
        decree: Date,
    },
    /// Only an active access can be deactivated (EXP-1).
    NotActive {
        /// What it is.
        status: Status,
    },
    /// Somebody else carries on the open procurements (EXP-6).
    SuccessorIsOwner,
    /// What goes on needs no successor (EXP-6).
    NotEnded {
        /// What it is.
        status: Status,
    },
    /// Who carries on was named before (EXP-6).
    HandoverNamed,
    /// Only Tidak Aktif and Kedaluwarsa can be reactivated (EXP-5).
    NotReactivatable {
        /// What it is.
        status: Status,
    },
    /// Only an active access can be extended (EXP-7).
    NotExtendable {
        /// What it is.
        status: Status,
    },
    /// Its end lies further ahead than [`super::EXTENSION_DAYS_MAX`].
    ExtensionTooEarly {
        /// The first day on which it can be extended.
        from: Date,
    },
    /// An extension ends later than the access does now.
    NotLater {
        /// Its last day now.
        current: Date,
    },
    /// Its time is not over.
    NotDue,
}
