//! Accounts, and accesses that were verified elsewhere.

use crate::RowFault;
use crate::kinds::{Change, Kind, day, next, one_of, require, wrong};
use akses_domain::access::{Command, Refusal, Subject, decide};
use akses_domain::ids::{AccessId, AccountId, InstitutionId, WorkUnitId};
use akses_domain::person::ServiceNumber;
use akses_domain::reference::VerifiedBy;
use akses_endpoint::accesses::{from_word, zone};
use akses_endpoint::store::{accesses, accounts, reference};
use akses_endpoint::{Problem, password};
use serde::Deserialize;
use serde_json::json;
use uuid::Uuid;

/// The first is what an account is that nobody called anything.
pub(crate) const PROFILES: [&str; 2] = ["non-supplier", "supplier"];

#[derive(Deserialize)]
pub(crate) struct Account {
    email: String,
    name: String,
    password: String,
    nip: Option<String>,
    profile: Option<String>,
}

impl Kind for Account {
    /// A password that is recorded already is not looked at again: hashing is
    /// what takes time here, and people change theirs.
    fn change(self) -> Result<Change, RowFault> {
        require("name", &self.name)?;
        require("password", &self.password)?;
        if !self.email.contains('@') {
            return Err(wrong("email", "Bukan alamat surel."));
        }
        let service_number = self
            .nip
            .map(|text| text.parse::<ServiceNumber>())
            .transpose()
            .map_err(|_| wrong("nip", "Bukan NIP, NI PPPK, atau NRP."))?
            .map(|number| number.to_string());
        let existing = accounts::by_email(&self.email)?;
        let profile = self.profile.unwrap_or_else(|| {
            let known = existing.as_ref().map(|account| account.profile.clone());
            known.unwrap_or_else(|| PROFILES[0].to_owned())
        });
        one_of("profile", &profile, &PROFILES)?;
        // What is in the profile already is the person's own word (PRO-1).
        let service_number = existing
            .as_ref()
            .and_then(|account| account.service_number.clone())
            .or(service_number);
        let same = existing.as_ref().is_some_and(|account| {
            account.name == self.name
                && account.service_number == service_number
                && account.profile == profile
        });
        if same {
            return Ok(Change::Nothing);
        }
        let mut data = json!({
            "email": self.email, "name": self.name,
            "service_number": service_number, "profile": profile,
        });
        // A known account keeps its password, which may be one that its owner chose:
        // then no event has it (PWD-3).
        if existing.is_none() {
            data["password_hash"] = password::hash(&self.password)?.into();
        }
        let (subject, version) = next(existing.map(|account| (account.id, account.version)));
        Ok(Change::Record {
            subject,
            version,
            kind: "account-recorded",
            data,
            institution: None,
        })
    }
}

#[derive(Deserialize)]
pub(crate) struct Access {
    email: String,
    role: String,
    work_unit: String,
    valid_until: String,
}

impl Kind for Access {
    /// Only accesses that are not there yet are carried over: from then on an
    /// access lives by its own events.
    fn change(self) -> Result<Change, RowFault> {
        let valid_until = day("valid_until", &self.valid_until)?;
        let account = accounts::by_email(&self.email)?
            .ok_or_else(|| wrong("email", "Tidak ada akun dengan alamat ini."))?;
        let role = reference::role_by_code(&self.role)?
            .ok_or_else(|| wrong("role", "Kode peran ini tidak dikenal."))?;
        let unit = reference::work_unit_by_code(&self.work_unit)?
            .ok_or_else(|| wrong("work_unit", "Kode satuan kerja ini tidak dikenal."))?;
        if accesses::find(&account.id, &role.code, &unit.id)?.is_some() {
            return Ok(Change::Nothing);
        }
        let command = Command::CarryOver {
            subject: Subject {
                account: id::<AccountId>(&account.id)?,
                role: role.code,
                work_unit: id::<WorkUnitId>(&unit.id)?,
                institution: id::<InstitutionId>(&unit.institution)?,
                zone: zone(&unit.zone)?,
                verified_by: from_word::<VerifiedBy>(&role.verified_by)?,
            },
            valid_until,
        };
        let event = decide(None, command, akses_endpoint::now())
            .map_err(|refusal| match refusal {
                Refusal::EndDateTooFar => wrong("valid_until", "Tanggal ini terlalu jauh."),
                refusal => RowFault::Store(refusal.into()),
            })?
            .pop()
            .ok_or_else(|| Problem::internal("carrying over made no event"))?;
        let (_, data) = event.to_parts();
        Ok(Change::Record {
            subject: AccessId::new(Uuid::now_v7()).to_string(),
            version: 1,
            kind: "access-carried-over",
            data: serde_json::from_str(&data).map_err(|e| Problem::internal(e.to_string()))?,
            institution: Some(unit.institution),
        })
    }
}

fn id<T: std::str::FromStr>(text: &str) -> Result<T, Problem> {
    text.parse()
        .map_err(|_| Problem::internal(format!("the store holds `{text}` as an id")))
}
