//! Handovers (EXP-6): the member `handover` of three operations, who could carry on,
//! and who may say so beside the owner.

use crate::accesses::{AccessView, Named, duties};
use crate::config;
use crate::form::text;
use crate::officials::Officials;
use crate::problem::Problem;
use crate::store::{accounts, handovers};
use akses_domain::access::Access;
use akses_domain::duty::{Duties, Duty};
use akses_domain::handover::{
    Handover, NamedAs, PACKAGE_CODE_CHARS_MAX, PACKAGE_TITLE_CHARS_MAX, PACKAGES_MAX, Package,
};
use akses_domain::ids::AccountId;
use akses_domain::time::{CutOff, Instant};
use serde::{Deserialize, Serialize};

/// What is said about the open procurements.
#[derive(Debug, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
pub enum HandoverBody {
    /// Nothing is open.
    NoneOpen,
    /// Somebody carries on: by account, or by e-mail address.
    Successor {
        /// The account, as the list of successors names it.
        successor: Option<AccountId>,
        /// Or the address.
        successor_email: Option<String>,
        /// What is open.
        #[serde(default)]
        packages: Vec<PackageBody>,
    },
    /// Something is open, and nobody is known who carries on.
    Unassigned {
        /// What is open.
        #[serde(default)]
        packages: Vec<PackageBody>,
    },
}

/// An open procurement.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PackageBody {
    title: String,
    code: Option<String>,
    #[serde(default)]
    handed_over: bool,
}

impl HandoverBody {
    /// With the facts: a successor is another person who has an access in force at
    /// the work unit now, with a matching role. Judged at this moment; when that
    /// access ends too, its owner is asked in turn.
    ///
    /// # Errors
    /// 422 that names the field.
    pub fn judged(
        self,
        access: &Access,
        now: Instant,
        cut_off: CutOff,
    ) -> Result<Handover, Problem> {
        match self {
            Self::NoneOpen => Ok(Handover::NoneOpen),
            Self::Unassigned { packages } => {
                let packages = judged(packages)?;
                if packages.is_empty() {
                    return Err(Problem::field(
                        "handover.packages",
                        "packages-missing",
                        "Sebutkan paket yang belum selesai, agar PA/KPA dapat menunjuk penerusnya.",
                    ));
                }
                Ok(Handover::Unassigned { packages })
            }
            Self::Successor {
                successor,
                successor_email,
                packages,
            } => Ok(Handover::Successor {
                account: found(successor, successor_email, access, now, cut_off)?,
                packages: judged(packages)?,
            }),
        }
    }
}

fn judged(packages: Vec<PackageBody>) -> Result<Vec<Package>, Problem> {
    if packages.len() > PACKAGES_MAX {
        return Err(Problem::field(
            "handover.packages",
            "too-many",
            &format!("Sebutkan paling banyak {PACKAGES_MAX} paket."),
        ));
    }
    let package = |(index, package): (usize, PackageBody)| {
        let title = format!("handover.packages[{index}].title");
        let code = format!("handover.packages[{index}].code");
        Ok(Package {
            title: text(&title, Some(package.title), PACKAGE_TITLE_CHARS_MAX)?
                .ok_or_else(|| Problem::field(&title, "invalid-field", "Tulis nama paketnya."))?,
            code: text(&code, package.code, PACKAGE_CODE_CHARS_MAX)?,
            handed_over: package.handed_over,
        })
    };
    packages.into_iter().enumerate().map(package).collect()
}

fn found(
    successor: Option<AccountId>,
    email: Option<String>,
    access: &Access,
    now: Instant,
    cut_off: CutOff,
) -> Result<AccountId, Problem> {
    let (field, account) = match (successor, email) {
        (Some(account), None) => ("handover.successor", Some(account.to_string())),
        (None, Some(email)) => {
            let account = accounts::by_email(&email)?.map(|account| account.id);
            ("handover.successor_email", account)
        }
        _ => {
            return Err(Problem::field(
                "handover.successor",
                "invalid-field",
                "Sebutkan penerusnya dengan successor atau successor_email, salah satu saja.",
            ));
        }
    };
    let unknown = || {
        Problem::field(
            field,
            "unknown-successor",
            "Tidak ada orang ini yang berakses aktif pada satuan kerja yang sama dengan peran \
             yang sama atau setugas. Pilih dari daftar penerus.",
        )
    };
    let account = account.ok_or_else(unknown)?;
    if account == access.account.to_string() {
        return account.parse().map_err(|_| unknown());
    }
    let unit = access.work_unit.to_string();
    let theirs = handovers::candidates(&unit, &access.role, Some(&account), None)?;
    for candidate in theirs {
        if works(&candidate, access, now, cut_off)? {
            return account.parse().map_err(|_| unknown());
        }
    }
    Err(unknown())
}

/// Whether somebody at the unit of `access` works now; by an end of their own.
fn works(
    row: &handovers::Candidate,
    access: &Access,
    now: Instant,
    cut_off: CutOff,
) -> Result<bool, Problem> {
    let institution = access.institution.to_string();
    Officials { now, cut_off }.is_in_force(&institution, &row.zone, row.ends_at)
}

/// Somebody who could carry on, without anything but name and role (ALL-2).
#[derive(Debug, Serialize)]
pub struct Candidate {
    /// For `handover.successor`.
    pub account: String,
    /// Who.
    pub name: String,
    /// As what.
    pub role: Named,
}

/// Who could carry on now.
///
/// # Errors
/// What the store could not do.
pub fn candidates(
    access: &Access,
    now: Instant,
    cut_off: CutOff,
) -> Result<Vec<Candidate>, Problem> {
    let (unit, owner) = (access.work_unit.to_string(), access.account.to_string());
    let mut found: Vec<Candidate> = Vec::new();
    for row in handovers::candidates(&unit, &access.role, None, Some(&owner))? {
        let known = found.iter().any(|other| other.account == row.account);
        if !known && works(&row, access, now, cut_off)? {
            found.push(Candidate {
                account: row.account,
                name: row.account_name,
                role: Named {
                    id: row.role,
                    name: row.role_name,
                },
            });
        }
    }
    Ok(found)
}

/// As what this person may say who carries on the work of an access: its owner; the
/// PA or KPA of the work unit; the Kepala UKPBJ where the unit has neither. For
/// everybody else the access does not exist.
///
/// # Errors
/// 404, or what the store could not do.
pub fn named_as(person: AccountId, access: &Access, now: Instant) -> Result<NamedAs, Problem> {
    if person == access.account {
        return Ok(NamedAs::Owner);
    }
    official(&duties(person, now)?, access, now)
}

fn official(duties: &Duties, access: &Access, now: Instant) -> Result<NamedAs, Problem> {
    let mut units = duties.holding(Duty::BudgetUser);
    if units.any(|holding| holding.work_unit == access.work_unit) {
        return Ok(NamedAs::BudgetUser);
    }
    if duties.has_at(Duty::UkpbjHead, access.institution) {
        let cut_off = config::cut_off()?;
        let officials = Officials { now, cut_off };
        let unit = access.work_unit.to_string();
        if officials.of_unit(&unit, "budget-user")?.is_empty() {
            return Ok(NamedAs::UkpbjHead);
        }
    }
    Err(Problem::not_found())
}

/// An access after a handover was said, with what its PPK has to remember.
#[derive(Debug, Serialize)]
pub struct HandedOver {
    #[serde(flatten)]
    access: AccessView,
    /// Settling what was handed over is still to be done.
    reminder: Option<&'static str>,
}

impl HandedOver {
    /// What `access` is at `now`.
    ///
    /// # Errors
    /// What the store could not do.
    pub fn new(access: &Access, now: Instant, configured: CutOff) -> Result<Self, Problem> {
        let left = access.handover.as_ref();
        let reminder = "Ada paket yang sudah diserahterimakan: PPK berkoordinasi dengan \
            Bendahara setempat untuk memastikan pembayarannya dilaksanakan.";
        Ok(Self {
            access: AccessView::new(access, now, configured)?,
            reminder: left
                .is_some_and(Handover::leaves_payments)
                .then_some(reminder),
        })
    }
}
