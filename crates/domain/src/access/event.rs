//! What happened to an access. Kinds and field names are a storage format: the
//! triggers of the store read them, and old events keep theirs for ever.

use crate::authority::Capacity;
use crate::form::FieldName;
use crate::handover::{Handover, NamedAs};
use crate::ids::{AccountId, DocumentId, InstitutionId, RequestId, WorkUnitId};
use crate::person::{Golongan, Npwp, Profile};
use crate::reference::{RoleCode, VerifiedBy};
use crate::time::{Date, Instant, Zone};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;

/// One thing that happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "data", rename_all = "kebab-case")]
pub enum AccessEvent {
    /// Somebody asked for it, the first time or again after a rejection.
    AccessRequested {
        /// Whose, as what, where.
        #[serde(flatten)]
        subject: Subject,
        /// The request.
        request: Submitted,
        /// The rest of the form.
        form: Form,
    },
    /// It was verified elsewhere and imported.
    AccessCarriedOver {
        /// Whose, as what, where.
        #[serde(flatten)]
        subject: Subject,
        /// Its last day.
        valid_until: Date,
    },
    /// Its owner asked for it again.
    ReactivationRequested {
        /// The request.
        request: Submitted,
        /// Who decides it.
        verified_by: VerifiedBy,
    },
    /// Its owner asked for more time before its end.
    ExtensionRequested {
        /// The request.
        request: Submitted,
        /// Who decides it.
        verified_by: VerifiedBy,
    },
    /// A verifier approved the request that waited.
    RequestApproved {
        /// Which.
        request: RequestId,
        /// In which capacity.
        decided_as: Capacity,
        /// Whose substitute decided, if one did.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        in_place_of: Option<AccountId>,
        /// The last day it works now.
        valid_until: Date,
    },
    /// A verifier rejected the request that waited.
    RequestRejected {
        /// Which.
        request: RequestId,
        /// In which capacity.
        decided_as: Capacity,
        /// Whose substitute decided, if one did.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        in_place_of: Option<AccountId>,
        /// Why.
        reason: String,
        /// Which field of the form is the reason, if it is one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        field: Option<FieldName>,
    },
    /// Its owner gave it up, and took an extension that waited back with it.
    AccessDeactivated {
        /// Who carries on.
        handover: Handover,
    },
    /// Who carries on was named after its end (EXP-6).
    HandoverNamed {
        /// Who carries on.
        handover: Handover,
        /// By whom.
        named_as: NamedAs,
    },
    /// Its time was over. Written by the sweep in SQL as well.
    AccessExpired {
        /// Whose it was, so that the sweep finds the recipient without a look-up.
        account: AccountId,
        /// The day that passed.
        valid_until: Option<Date>,
        /// Whether a reactivation or an extension waits on (EXP-4).
        overtook_request: bool,
    },
}

/// Whose, as what, where: what never changes about an access.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subject {
    /// Whose.
    pub account: AccountId,
    /// As what.
    pub role: RoleCode,
    /// Where.
    pub work_unit: WorkUnitId,
    /// The institution of the work unit.
    pub institution: InstitutionId,
    /// The institution's zone.
    pub zone: Zone,
    /// Who decides its requests.
    pub verified_by: VerifiedBy,
}

/// A request as it was submitted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Submitted {
    /// Its id.
    pub id: RequestId,
    /// The end date asked for.
    pub valid_until: Date,
    /// The decree.
    pub document: DocumentId,
    /// When its verification is due (VER-3).
    pub deadline_at: Instant,
}

impl Submitted {
    /// A request that is submitted at `now`.
    pub fn new(id: RequestId, valid_until: Date, document: DocumentId, now: Instant) -> Self {
        let deadline_at = super::verification_deadline(now).at;
        Self {
            id,
            valid_until,
            document,
            deadline_at,
        }
    }
}

/// What else a registration form holds.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Form {
    /// What kind of user asked; only suppliers are named in the record.
    #[serde(default, skip_serializing_if = "Profile::is_non_supplier")]
    pub profile: Profile,
    /// The user name on the platform used before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub previous_user_name: Option<String>,
    /// The work unit's address, from its first registrant (REG-3).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// The golongan, where it is asked for (REG-8).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub golongan: Option<Golongan>,
    /// The work unit's NPWP, where it is asked for (REG-8).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub npwp: Option<Npwp>,
    /// "Divisi/Unit Kerja".
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub division: Option<String>,
    /// Texts that the data of the forms asks for and no code knows (REG-2).
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub other: BTreeMap<String, String>,
}

impl Form {
    /// Keeps a text under its field's name.
    pub(crate) fn set(&mut self, name: &FieldName, text: String) {
        match name.as_str() {
            "previous_user_name" => self.previous_user_name = Some(text),
            "address" => self.address = Some(text),
            "division" => self.division = Some(text),
            name => _ = self.other.insert(name.to_owned(), text),
        }
    }

    /// The fields with what was typed into them, to be offered again (REG-6).
    pub fn typed(&self) -> BTreeMap<String, String> {
        let named = [
            ("previous_user_name", self.previous_user_name.clone()),
            ("address", self.address.clone()),
            ("golongan", self.golongan.map(String::from)),
            ("npwp", self.npwp.clone().map(String::from)),
            ("division", self.division.clone()),
        ];
        let named = named
            .into_iter()
            .filter_map(|(name, text)| Some((name.to_owned(), text?)));
        named.chain(self.other.clone()).collect()
    }

    /// A field with nothing but space in it was not filled in; the first
    /// address of a work unit is kept (REG-3), so it must be one.
    pub(super) fn without_blanks(self) -> Self {
        let filled = |field: Option<String>| {
            let text = field?.trim().to_owned();
            (!text.is_empty()).then_some(text)
        };
        Self {
            profile: self.profile,
            previous_user_name: filled(self.previous_user_name),
            address: filled(self.address),
            division: filled(self.division),
            ..self
        }
    }
}

/// Which kind of request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RequestKind {
    /// A first access, or another try after a rejection.
    Registration,
    /// The same access again.
    Reactivation,
    /// The same access for longer, while it still works (EXP-7).
    Extension,
}

/// How a request was decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// Which request.
    pub request: RequestId,
    /// Approved or rejected.
    pub approved: bool,
    /// By which account.
    pub by: String,
    /// In which capacity.
    pub decided_as: Capacity,
    /// When.
    pub at: Instant,
}

/// The record has an event of an access that this program does not know.
#[derive(Debug)]
pub struct UnknownEvent(pub String);

impl fmt::Display for UnknownEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "the record holds an event that this program does not know: {}",
            self.0
        )
    }
}

impl std::error::Error for UnknownEvent {}

impl AccessEvent {
    /// The kind, as the record keeps it.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::AccessRequested { .. } => "access-requested",
            Self::AccessCarriedOver { .. } => "access-carried-over",
            Self::ReactivationRequested { .. } => "reactivation-requested",
            Self::ExtensionRequested { .. } => "extension-requested",
            Self::RequestApproved { .. } => "request-approved",
            Self::RequestRejected { .. } => "request-rejected",
            Self::AccessDeactivated { .. } => "access-deactivated",
            Self::HandoverNamed { .. } => "handover-named",
            Self::AccessExpired { .. } => "access-expired",
        }
    }

    /// The kind and the JSON data, as the record keeps them.
    pub fn to_parts(&self) -> (String, String) {
        let value = serde_json::to_value(self).expect("events hold nothing that JSON cannot");
        let kind = value["kind"]
            .as_str()
            .expect("events are tagged")
            .to_owned();
        (kind, value["data"].to_string())
    }

    /// Whether a history that begins with an event of this kind is that of an access.
    pub fn begins_with(kind: &str) -> bool {
        matches!(kind, "access-requested" | "access-carried-over")
    }

    /// The inverse of [`AccessEvent::to_parts`].
    ///
    /// # Errors
    /// [`UnknownEvent`] for a kind or a form of data that is not ours.
    pub fn from_parts(kind: &str, data: &str) -> Result<Self, UnknownEvent> {
        let unknown = |error| UnknownEvent(format!("{kind}: {error}"));
        let data: serde_json::Value = serde_json::from_str(data).map_err(unknown)?;
        serde_json::from_value(serde_json::json!({ "kind": kind, "data": data })).map_err(unknown)
    }
}
