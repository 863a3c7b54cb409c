//! What a row asks for, judged with what holds now: when it is checked, and once
//! more when it is filed.
//!
//! The letter stands for the form: it is the decree of all its people, and its
//! signature is their confirmation. What the file has no column for is not asked;
//! so a work unit must have its address already (REG-3), and who registers by a
//! meeting (MTG-1) registers alone.

use crate::file::{RowError, Typed};
use akses_domain::access::{
    Access, Command, Form, Refusal, Registration, Renewal, Standing, Submitted, decide,
};
use akses_domain::ids::{AccountId, DocumentId, RequestId};
use akses_domain::reference::{Role, VerifiedBy, WorkUnit};
use akses_domain::time::{CutOff, Date, Instant};
use akses_endpoint::accesses::{cut_off_for, from_word, zone};
use akses_endpoint::conflicts::{self, Place};
use akses_endpoint::store::{accesses, accounts, reference};
use akses_endpoint::{Problem, form, record};

/// A row whose person, role and work unit are known.
#[derive(Debug, Clone)]
pub struct Asked {
    /// Whose access.
    pub account: AccountId,
    /// As what.
    pub role: Role,
    /// Where.
    pub work_unit: WorkUnit,
    /// Until when.
    pub valid_until: Date,
}

/// What was recognised of a row, whether or not something is wrong with it.
#[derive(Debug, Clone, Default)]
pub struct Known {
    /// The account.
    pub account: Option<String>,
    /// The role's code.
    pub role: Option<String>,
    /// The work unit's id.
    pub work_unit: Option<String>,
}

/// The moment and the rules of a judgement.
#[derive(Debug, Clone, Copy)]
pub struct When {
    /// Now.
    pub now: Instant,
    /// Since when past-due accesses expire by themselves, as configured.
    pub cut_off: CutOff,
}

/// Looks up what was typed, and judges it by the institution of the letter.
///
/// # Errors
/// What the store could not do.
pub fn recognise(
    typed: &Typed,
    institution: &str,
) -> Result<(Known, Option<Asked>, Vec<RowError>), Problem> {
    let mut errors = typed.errors.clone();
    let mut known = Known::default();
    let account = match typed.email.as_str() {
        "" => None,
        email => accounts::by_email(email)?,
    };
    match &account {
        Some(account) if account.profile != "supplier" => {
            known.account = Some(account.id.clone());
        }
        None if typed.email.is_empty() => {}
        // Suppliers register alone (MTG-1). Whether there is an account is not told.
        Some(_) | None => errors.push(RowError::new(
            "email",
            "Tidak ada pengguna dengan alamat ini yang dapat diajukan dengan surat. Periksa \
             alamatnya, atau minta yang bersangkutan mendaftar sendiri.",
        )),
    }
    let role = match typed.role.as_str() {
        "" => None,
        code => match form::registrable(code) {
            Ok(role) => Some(role),
            Err(problem) if problem.first_field().is_some() => {
                let detail = "Peran ini tidak dikenal atau tidak dapat didaftarkan. Pakai kode dari daftar peran.";
                errors.push(RowError::new("role", detail));
                None
            }
            Err(problem) => return Err(problem),
        },
    };
    known.role = role.as_ref().map(|role| role.code.clone());
    let unit = match typed.work_unit.as_str() {
        "" => None,
        code => {
            let unit = reference::work_unit_by_code(code)?;
            let own = unit.filter(|unit| unit.institution == institution);
            if own.is_none() {
                let detail = "Satuan kerja ini bukan bagian dari instansi Anda. Pakai kode dari daftar satuan kerja.";
                errors.push(RowError::new("work_unit", detail));
            }
            own
        }
    };
    known.work_unit = unit.as_ref().map(|unit| unit.id.clone());
    let asked = match (&known.account, role, unit, typed.valid_until) {
        (Some(account), Some(role), Some(unit), Some(valid_until)) => Some(Asked {
            account: account.parse().map_err(|_| corrupt(account))?,
            role: role_of(role)?,
            work_unit: unit_of(&unit)?,
            valid_until,
        }),
        _ => None,
    };
    Ok((known, asked, errors))
}

/// What a stored row asks for.
///
/// # Errors
/// None when reference data it stands on is gone; or what the store could not do.
pub fn again(
    account: &str,
    role: &str,
    unit: &str,
    valid_until: &str,
) -> Result<Option<Asked>, Problem> {
    let (Some(role), Some(unit)) = (
        reference::role_by_code(role)?,
        reference::work_unit_by_id(unit)?,
    ) else {
        return Ok(None);
    };
    Ok(Some(Asked {
        account: account.parse().map_err(|_| corrupt(account))?,
        role: role_of(role)?,
        work_unit: unit_of(&unit)?,
        valid_until: valid_until.parse().map_err(|_| corrupt(valid_until))?,
    }))
}

fn corrupt(text: &str) -> Problem {
    Problem::internal(format!("the store holds `{text}` in a collective letter"))
}

fn role_of(role: reference::Role) -> Result<Role, Problem> {
    Ok(Role {
        verified_by: from_word::<VerifiedBy>(&role.verified_by)?,
        registrable: role.registrable,
        code: role.code,
    })
}

fn unit_of(unit: &reference::WorkUnit) -> Result<WorkUnit, Problem> {
    Ok(WorkUnit {
        id: unit.id.parse().map_err(|_| corrupt(&unit.id))?,
        institution: unit
            .institution
            .parse()
            .map_err(|_| corrupt(&unit.institution))?,
        zone: zone(&unit.zone)?,
        has_address: unit.address.is_some(),
    })
}

impl Asked {
    /// The access that it is about, if there is one.
    ///
    /// # Errors
    /// What the store could not do.
    pub fn existing(&self) -> Result<Option<Access>, Problem> {
        let unit = self.work_unit.id.to_string();
        let found = accesses::find(&self.account.to_string(), &self.role.code, &unit)?;
        let Some(id) = found else { return Ok(None) };
        let id = id.parse().map_err(|_| corrupt(&id))?;
        record::load(id).map(Some)
    }

    /// A registration of what never was or was rejected, a reactivation of what
    /// ended.
    ///
    /// # Errors
    /// What the store could not do.
    pub fn command(
        &self,
        access: Option<&Access>,
        request: RequestId,
        document: DocumentId,
        when: When,
    ) -> Result<Command, Problem> {
        let place = Place {
            account: self.account,
            role: &self.role.code,
            work_unit: self.work_unit.id,
            zone: self.work_unit.zone,
        };
        let conflict = conflicts::against(place, when.now, when.cut_off)?;
        let request = Submitted::new(request, self.valid_until, document, when.now);
        let begins = access.is_none_or(|access| {
            matches!(access.standing, Standing::Unverified | Standing::Rejected)
        });
        let cut_off = match access {
            Some(access) => cut_off_for(access, when.now, when.cut_off)?,
            None => when.cut_off,
        };
        Ok(if begins {
            Command::Register(Registration {
                account: self.account,
                role: self.role.clone(),
                work_unit: self.work_unit,
                request,
                form: Form::default(),
                confirmed: true,
                conflict,
            })
        } else {
            Command::Reactivate(Renewal {
                account: self.account,
                request,
                verified_by: self.role.verified_by,
                conflict,
                cut_off,
            })
        })
    }

    /// What stands against it now, in words for who files it.
    ///
    /// # Errors
    /// What the store could not do.
    pub fn objection(
        &self,
        request: RequestId,
        document: DocumentId,
        when: When,
    ) -> Result<Option<RowError>, Problem> {
        let access = self.existing()?;
        let command = self.command(access.as_ref(), request, document, when)?;
        let refusal = decide(access.as_ref(), command, when.now).err();
        Ok(refusal.map(explain))
    }
}

/// A refusal, as it concerns somebody else: nothing of what they have elsewhere.
pub fn explain(refusal: Refusal) -> RowError {
    let row = |detail: &str| RowError::new("row", detail);
    match refusal {
        Refusal::AccessExists | Refusal::NotReactivatable { .. } => {
            row("Orang ini sudah memiliki akses aktif untuk peran dan satuan kerja ini.")
        }
        Refusal::AlreadyWaiting => {
            row("Pengajuan orang ini untuk peran dan satuan kerja ini sudah menunggu verifikasi.")
        }
        Refusal::AddressMissing => RowError::new(
            "work_unit",
            "Alamat satuan kerja ini belum ada; pendaftar pertamanya mendaftar sendiri.",
        ),
        Refusal::EndDatePast => RowError::new("valid_until", "Tanggal ini sudah lewat."),
        Refusal::RoleConflict(clash) => RowError::new(
            "role",
            &format!(
                "Orang ini tidak boleh merangkap {} dengan peran ini ({}).",
                clash.held.role_name, clash.source,
            ),
        ),
        other => {
            let problem = Problem::from(other);
            match problem.errors().first() {
                Some((field, detail)) => RowError::new(field, detail),
                None => row("Pengajuan untuk baris ini tidak dapat dibuat."),
            }
        }
    }
}
