//! Who carries on when an access ends (EXP-6): the procurements that are open, and
//! the person named for them.
//!
//! Who matches is no code: the same role, or one with the same duty, because a KPA
//! carries on what a PA began, and which roles share a duty is data (`duty`). The
//! store finds those people; whether their access works, its dates say.

use crate::ids::AccountId;
use serde::{Deserialize, Serialize};

/// Open procurements of one handover; nobody signs off more by hand.
pub const PACKAGES_MAX: usize = 30;

/// A package's title, in characters.
pub const PACKAGE_TITLE_CHARS_MAX: usize = 200;

/// A package's RUP or package code, in characters.
pub const PACKAGE_CODE_CHARS_MAX: usize = 40;

/// Whose access ended names a successor within this time; after it the list goes to
/// the PA/KPA. Elapsed hours, as the time to verify: calendars may not be imported,
/// and the work waits on Sundays too.
pub const NAMING_HOURS: i64 = 3 * 24;

/// A procurement that is not finished.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Package {
    /// What it is called.
    pub title: String,
    /// Its RUP or package code, if it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// Whether the work was handed over ("serah terima"), so that payment is left.
    #[serde(default)]
    pub handed_over: bool,
}

/// Who carries on the unfinished procurements.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Handover {
    /// Nothing is open.
    NoneOpen,
    /// Somebody with a matching role at the same work unit.
    Successor {
        /// Who.
        account: AccountId,
        /// What is open; older events do not say.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        packages: Vec<Package>,
    },
    /// Something is open and the owner knows nobody: an end is never delayed for it.
    Unassigned {
        /// What is open.
        packages: Vec<Package>,
    },
}

impl Handover {
    /// Somebody with nothing named.
    pub fn to(account: AccountId) -> Self {
        Self::Successor {
            account,
            packages: Vec::new(),
        }
    }

    /// Whether nothing is left to be asked.
    pub fn settles(&self) -> bool {
        !matches!(self, Self::Unassigned { .. })
    }

    /// Who carries on, if somebody does.
    pub fn successor(&self) -> Option<AccountId> {
        match self {
            Self::Successor { account, .. } => Some(*account),
            Self::NoneOpen | Self::Unassigned { .. } => None,
        }
    }

    /// A successor who is named without a word about packages carries on those that
    /// were listed before (EXP-6): nothing that is open is lost by naming somebody.
    #[must_use]
    pub fn keeping_packages_of(self, before: Option<&Self>) -> Self {
        match self {
            Self::Successor { account, packages } if packages.is_empty() => Self::Successor {
                account,
                packages: before.map_or_else(Vec::new, |it| it.packages().to_vec()),
            },
            said => said,
        }
    }

    /// What is open.
    pub fn packages(&self) -> &[Package] {
        match self {
            Self::NoneOpen => &[],
            Self::Successor { packages, .. } | Self::Unassigned { packages } => packages,
        }
    }

    /// Whether a package waits for its payment only: the PPK and the Bendahara are
    /// still needed for it.
    pub fn leaves_payments(&self) -> bool {
        self.packages().iter().any(|package| package.handed_over)
    }
}

/// As what somebody names a successor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum NamedAs {
    /// Whose access ended.
    Owner,
    /// PA or KPA of the work unit.
    BudgetUser,
    /// Kepala UKPBJ, where the work unit has no PA or KPA.
    UkpbjHead,
}

/// A handover after the end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Naming {
    /// Who names.
    pub account: AccountId,
    /// As what; whether somebody is an official of the unit, duties say.
    pub named_as: NamedAs,
    /// Who carries on.
    pub handover: Handover,
    /// Since when past-due accesses expire by themselves.
    pub cut_off: crate::time::CutOff,
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn exp_6_payment_is_left_where_work_was_handed_over() {
        let package = |handed_over| Package {
            title: "Pengadaan server".to_owned(),
            code: None,
            handed_over,
        };
        let unassigned = |packages| Handover::Unassigned { packages };
        assert!(!Handover::NoneOpen.leaves_payments());
        assert!(!unassigned(vec![package(false)]).leaves_payments());
        assert!(unassigned(vec![package(false), package(true)]).leaves_payments());
    }

    #[test]
    fn exp_6_only_who_knows_nobody_leaves_it_to_others() {
        let somebody = AccountId::new(Uuid::from_u128(1));
        assert!(Handover::NoneOpen.settles());
        assert!(Handover::to(somebody).settles());
        assert!(!Handover::Unassigned { packages: vec![] }.settles());
        assert_eq!(Handover::to(somebody).successor(), Some(somebody));
    }

    #[test]
    fn handovers_recorded_before_packages_were_asked_for_are_read() {
        let old = r#"{"kind":"successor","account":"00000000-0000-0000-0000-000000000001"}"#;
        let read: Handover = serde_json::from_str(old).unwrap();
        assert_eq!(read, Handover::to(AccountId::new(Uuid::from_u128(1))));
        assert_eq!(serde_json::to_string(&read).unwrap(), old);
    }
}
