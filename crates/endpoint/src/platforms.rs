//! Platforms as people meet them: which access lets them in, why none does, and
//! what is still to be agreed to (PLA-1, PLA-2).

use crate::accesses::{DeadlineView, Moment, Named, status_of, zone};
use crate::call::Call;
use crate::config;
use crate::problem::Problem;
use crate::store::accesses::{self, Access};
use crate::store::platforms::{self, Admission, Platform, Standing};
use akses_assertion::{KeptKeys, Keyring};
use akses_domain::access::Status;
use akses_domain::ids::AccountId;
use akses_domain::platform::{Held, Reason, WayIn, WhyNot};
use akses_domain::reference::RoleCode;
use akses_domain::time::{CutOff, Instant, Zone};
use serde::Serialize;
use std::sync::{Arc, Mutex, PoisonError};

/// The code in `/api/platforms/:code/...`.
pub const CODE_SEGMENT: usize = 2;

/// People hold a handful of accesses; this bounds the work for whoever does not.
const ACCESSES_MAX: u32 = 1_000;

/// The two texts that each platform has.
const TERMS_KINDS: [&str; 2] = ["terms", "privacy"];

/// The active platform that the path names.
///
/// # Errors
/// 404 when there is none.
pub fn named(call: &Call) -> Result<Platform, Problem> {
    platforms::by_code(call.segment(CODE_SEGMENT))?
        .filter(|platform| platform.active)
        .ok_or_else(Problem::not_found)
}

/// A person's accesses at one moment: as rows for answers, and as the domain
/// judges them, in the same order.
pub struct Holder {
    rows: Vec<Access>,
    held: Vec<Held>,
}

impl Holder {
    /// Everything that `person` holds at `now`.
    ///
    /// # Errors
    /// What the store could not do.
    pub fn load(person: AccountId, now: Instant, cut_off: CutOff) -> Result<Self, Problem> {
        let rows = accesses::of_account(&person.to_string(), None, ACCESSES_MAX)?;
        let held = rows
            .iter()
            .map(|row| held(row, now, cut_off))
            .collect::<Result<_, _>>()?;
        Ok(Self { rows, held })
    }

    /// As the domain judges them.
    pub fn held(&self) -> &[Held] {
        &self.held
    }

    /// The row of an access that was judged.
    ///
    /// # Errors
    /// An internal problem when it is from another holder.
    pub fn row(&self, held: &Held) -> Result<&Access, Problem> {
        let place = self.held.iter().position(|own| own.access == held.access);
        place
            .and_then(|place| self.rows.get(place))
            .ok_or_else(|| Problem::internal("an access without its row"))
    }

    /// Accesses to choose from.
    ///
    /// # Errors
    /// What the store holds that the domain does not know.
    pub fn choices(&self, fitting: &[&Held]) -> Result<Vec<Choice>, Problem> {
        fitting
            .iter()
            .map(|held| Choice::new(self.row(held)?))
            .collect()
    }

    /// Why nothing lets them in, for people.
    ///
    /// # Errors
    /// What the store holds that the domain does not know.
    pub fn explain(
        &self,
        why: WhyNot<'_>,
        platform: &Platform,
        admitted: &[Admission],
        now: Instant,
    ) -> Result<Explanation, Problem> {
        let row = why.held.map(|held| self.row(held)).transpose()?;
        let moment = match (row, why.held) {
            (Some(row), Some(held)) => when(why.reason, held)
                .map(|at| Ok::<_, Problem>(Moment::new(at, zone(&row.zone)?)))
                .transpose()?,
            _ => None,
        };
        let late = why
            .held
            .and_then(|held| held.due_at)
            .is_some_and(|due| now >= due);
        let register: Vec<_> = admitted
            .iter()
            .filter(|admission| admission.registrable)
            .map(role_of)
            .collect();
        Ok(Explanation {
            detail: detail(why.reason, row, moment.as_ref(), late, platform, &register),
            reason: why.reason,
            rule: why.reason.rule(),
            way_in: why.reason.way_in(),
            access: row.map(|row| row.id.clone()),
            at: moment,
            derivation: row
                .filter(|_| why.reason == Reason::Waiting)
                .map(derivation)
                .transpose()?
                .flatten(),
            register: if why.reason == Reason::NoAdmittedRole {
                register
            } else {
                Vec::new()
            },
        })
    }
}

fn held(row: &Access, now: Instant, cut_off: CutOff) -> Result<Held, Problem> {
    let id = || Problem::internal(format!("the store holds `{}` as an access", row.id));
    Ok(Held {
        access: row.id.parse().map_err(|_| id())?,
        role: row.role.clone(),
        status: status_of(row, now, cut_off)?,
        due_at: row
            .pending
            .as_ref()
            .map(|pending| Instant::from_ms(pending.deadline_at)),
        ends_at: row.ends_at.map(Instant::from_ms),
    })
}

fn derivation(row: &Access) -> Result<Option<String>, Problem> {
    let zone = zone(&row.zone)?;
    let submitted_at = row.pending.as_ref().map(|pending| pending.submitted_at);
    Ok(submitted_at.map(|at| DeadlineView::of_verification(Instant::from_ms(at), zone).derivation))
}

/// The moment that a reason is about.
fn when(reason: Reason, held: &Held) -> Option<Instant> {
    match reason {
        Reason::Waiting => held.due_at,
        Reason::Expired | Reason::Inactive => held.ends_at,
        Reason::Rejected | Reason::NoAdmittedRole => None,
    }
}

fn detail(
    reason: Reason,
    row: Option<&Access>,
    moment: Option<&Moment>,
    late: bool,
    platform: &Platform,
    register: &[Named],
) -> String {
    let access = row.map_or_else(String::new, |row| {
        format!("Akses {} Anda di {}", row.role_name, row.work_unit_name)
    });
    let at = moment.map_or("", |moment| moment.text.as_str());
    match reason {
        Reason::Waiting if late => format!(
            "{access} masih menunggu verifikasi, padahal batas waktunya ({at}) sudah lewat. \
             Hubungi verifikator instansi Anda."
        ),
        Reason::Waiting => format!(
            "{access} masih menunggu verifikasi, paling lambat {at}. Keputusannya dikirim lewat surel."
        ),
        Reason::Expired => format!(
            "{access} berakhir pada {at}. Ajukan pengaktifan kembali dengan SK/ST yang baru."
        ),
        Reason::Inactive => format!(
            "{access} sudah dinonaktifkan. Ajukan pengaktifan kembali dengan SK/ST yang baru."
        ),
        Reason::Rejected => {
            let why = row.and_then(|row| row.rejection.as_deref()).unwrap_or("-");
            format!(
                "Pendaftaran {access} ditolak dengan alasan “{why}”. Perbaiki, lalu daftarkan lagi."
            )
        }
        Reason::NoAdmittedRole if register.is_empty() => format!(
            "Tidak ada akses Anda yang dapat masuk ke {}, dan perannya tidak dapat didaftarkan \
             sendiri. Hubungi Pusat Bantuan.",
            platform.name
        ),
        Reason::NoAdmittedRole => {
            let names: Vec<_> = register.iter().map(|role| role.name.as_str()).collect();
            format!(
                "Tidak ada akses Anda yang dapat masuk ke {}. Daftarkan akses dengan salah satu \
                 peran ini: {}.",
                platform.name,
                names.join(", ")
            )
        }
    }
}

/// The codes of admitted roles.
pub fn codes(admitted: &[Admission]) -> Vec<RoleCode> {
    admitted
        .iter()
        .map(|admission| admission.role.clone())
        .collect()
}

/// An admitted role with its name.
pub fn role_of(admission: &Admission) -> Named {
    Named {
        id: admission.role.clone(),
        name: admission.role_name.clone(),
    }
}

/// An access that lets its owner in.
#[derive(Debug, Serialize)]
pub struct Choice {
    id: String,
    role: Named,
    institution: Named,
    work_unit: Named,
    status: Status,
    valid_until: Option<String>,
    /// The first moment at which it no longer works.
    ends: Option<Moment>,
}

impl Choice {
    fn new(row: &Access) -> Result<Self, Problem> {
        let zone = zone(&row.zone)?;
        let named = |id: &str, name: &str| Named {
            id: id.to_owned(),
            name: name.to_owned(),
        };
        Ok(Self {
            id: row.id.clone(),
            role: named(&row.role, &row.role_name),
            institution: named(&row.institution, &row.institution_name),
            work_unit: named(&row.work_unit, &row.work_unit_name),
            status: Status::Active,
            valid_until: row.valid_until.clone(),
            ends: row
                .ends_at
                .map(|ms| Moment::new(Instant::from_ms(ms), zone)),
        })
    }
}

/// Why a person cannot enter, and what to do.
#[derive(Debug, Serialize)]
pub struct Explanation {
    reason: Reason,
    /// For people.
    pub detail: String,
    rule: &'static str,
    way_in: WayIn,
    /// The access it is about.
    access: Option<String>,
    /// When it ended, or is decided.
    at: Option<Moment>,
    /// How the deadline of a request that waits came about (VER-3).
    derivation: Option<String>,
    /// The roles to register for, when that is the way in.
    register: Vec<Named>,
}

/// One of a platform's two texts, as a person meets it.
#[derive(Debug, Serialize)]
pub struct TermsView {
    kind: String,
    version: String,
    valid_from: Moment,
    /// When this person accepted this very version.
    accepted: Option<Moment>,
}

/// What a platform asks people to agree to.
pub struct Terms {
    /// The terms in force.
    pub terms: Standing,
    /// The privacy policy in force.
    pub privacy: Standing,
}

impl Terms {
    /// Picks a platform's two texts out of all that are in force.
    ///
    /// # Errors
    /// 503 when one is missing: nobody enters without having agreed (PLA-2).
    pub fn of(platform: &Platform, in_force: &[Standing]) -> Result<Self, Problem> {
        let [terms, privacy] = TERMS_KINDS.map(|kind| {
            let mut own = in_force.iter().filter(|text| text.platform == platform.id);
            own.find(|text| text.kind == kind).cloned()
        });
        match (terms, privacy) {
            (Some(terms), Some(privacy)) => Ok(Self { terms, privacy }),
            _ => Err(Problem::unavailable(
                "terms-missing",
                "Syarat dan Ketentuan atau Kebijakan Privasi platform ini belum tersedia, jadi \
                 platform ini belum dapat dimasuki. Coba lagi nanti, atau hubungi Pusat Bantuan.",
                format!(
                    "platform {} has no terms or no privacy policy in force; import platform-terms",
                    platform.code
                ),
            )),
        }
    }

    /// A person's account's view of a platform's texts.
    ///
    /// # Errors
    /// As [`Terms::of`], or what the store could not do.
    pub fn load(platform: &Platform, person: AccountId, now: Instant) -> Result<Self, Problem> {
        Self::of(
            platform,
            &platforms::terms_in_force(&person.to_string(), now.ms())?,
        )
    }

    /// Whether both are accepted in the version that is in force.
    pub fn accepted(&self) -> bool {
        self.terms.accepted_at.is_some() && self.privacy.accepted_at.is_some()
    }

    /// For answers; the national zone, because a text is the whole country's.
    pub fn views(&self) -> [TermsView; 2] {
        let moment = |ms| Moment::new(Instant::from_ms(ms), Zone::Wib);
        [&self.terms, &self.privacy].map(|text| TermsView {
            kind: text.kind.clone(),
            version: text.label.clone(),
            valid_from: moment(text.valid_from),
            accepted: text.accepted_at.map(moment),
        })
    }
}

/// The variable that holds the signing keys.
const SIGNING_KEYS: &str = "signing_keys";

/// The configured signing keys (PLA-3).
///
/// # Errors
/// 503 when there are none or they are wrong; the log says which.
pub fn signing_keys() -> Result<Arc<Keyring>, Problem> {
    static KEPT: Mutex<KeptKeys> = Mutex::new(KeptKeys::new());
    let text = config::variable(SIGNING_KEYS);
    let mut kept = KEPT.lock().unwrap_or_else(PoisonError::into_inner);
    match kept.of(text) {
        Ok(keys) if !keys.is_empty() => Ok(keys),
        Ok(_) => Err(no_signing_key("variable signing_keys is empty")),
        Err(bad) => Err(no_signing_key(&format!("variable signing_keys: {bad}"))),
    }
}

/// 503: nothing can be signed. `akses key new` makes what is missing.
pub fn no_signing_key(inside: &str) -> Problem {
    Problem::unavailable(
        "signing-key-missing",
        "Platform belum dapat dimasuki lewat layanan ini karena pengaturannya belum lengkap. \
         Coba lagi nanti, atau hubungi Pusat Bantuan.",
        format!("signing-key-missing: {inside}; `akses key new` prints a line for it"),
    )
}
