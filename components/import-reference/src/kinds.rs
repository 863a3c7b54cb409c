//! The kinds of rows, and the event that each is recorded by.

use crate::{RowError, RowFault};
use akses_domain::access::{Command, Refusal, Subject, decide};
use akses_domain::calendar::HolidayKind;
use akses_domain::form::{ANY_ROLE, BadField};
use akses_domain::ids::{AccessId, AccountId, InstitutionId, WorkUnitId};
use akses_domain::meeting::ROOMS_MAX;
use akses_domain::person::ServiceNumber;
use akses_domain::reference::{INSTITUTION_KINDS, VerifiedBy};
use akses_domain::time::{Date, Zone};
use akses_endpoint::accesses::{from_word, zone};
use akses_endpoint::store::{accesses, accounts, calendar, conflicts, forms, meetings, reference};
use akses_endpoint::{Problem, form, password};
use chrono::Datelike;
use serde::Deserialize;
use serde_json::{Value, json};
use uuid::Uuid;

/// The first is what an account is that nobody called anything.
const PROFILES: [&str; 2] = ["non-supplier", "supplier"];

/// What a row means for the record.
pub(crate) enum Change {
    /// It is recorded already.
    Nothing,
    /// One event; version 1 makes something new.
    Record {
        subject: String,
        version: u32,
        kind: &'static str,
        data: Value,
        institution: Option<String>,
    },
}

/// A row of one kind.
pub(crate) trait Kind {
    /// Checks the row against what is recorded.
    fn change(self) -> Result<Change, RowFault>;
}

pub(crate) fn wrong(field: &'static str, detail: impl Into<String>) -> RowFault {
    RowFault::Wrong(RowError {
        field,
        detail: detail.into(),
    })
}

pub(crate) fn require(field: &'static str, value: &str) -> Result<(), RowFault> {
    if value.is_empty() {
        Err(wrong(field, "Wajib diisi."))
    } else {
        Ok(())
    }
}

pub(crate) fn one_of(field: &'static str, value: &str, choices: &[&str]) -> Result<(), RowFault> {
    if choices.contains(&value) {
        return Ok(());
    }
    Err(wrong(
        field,
        format!("Isi dengan salah satu dari: {}.", choices.join(", ")),
    ))
}

/// A new id, or the one that is recorded, with the version that follows.
pub(crate) fn next(existing: Option<(String, u32)>) -> (String, u32) {
    existing.map_or_else(
        || (Uuid::now_v7().hyphenated().to_string(), 1),
        |(id, version)| (id, version + 1),
    )
}

#[derive(Deserialize)]
pub(crate) struct Role {
    code: String,
    name: String,
    authority: String,
    verified_by: String,
    decree: String,
    registrable: bool,
}

impl Kind for Role {
    fn change(self) -> Result<Change, RowFault> {
        require("code", &self.code)?;
        require("name", &self.name)?;
        one_of(
            "authority",
            &self.authority,
            &["none", "vai", "directorate", "operator"],
        )?;
        one_of(
            "verified_by",
            &self.verified_by,
            &["institution", "national"],
        )?;
        one_of(
            "decree",
            &self.decree,
            &["surat-tanda-jabatan", "surat-pengangkatan", "sk-st"],
        )?;
        self.keeps_verification_national()?;
        let existing = reference::role_by_code(&self.code)?;
        if existing
            .as_ref()
            .is_some_and(|role| role.authority != self.authority)
        {
            return Err(wrong(
                "authority",
                "Wewenang peran yang sudah tercatat tidak dapat diubah; buat peran baru.",
            ));
        }
        let same = existing.as_ref().is_some_and(|role| {
            role.name == self.name
                && role.authority == self.authority
                && role.verified_by == self.verified_by
                && role.decree == self.decree
                && role.registrable == self.registrable
        });
        if same {
            return Ok(Change::Nothing);
        }
        let (subject, version) = next(existing.map(|role| (role.id, role.version)));
        let data = json!({
            "code": self.code, "name": self.name, "authority": self.authority,
            "verified_by": self.verified_by, "decree": self.decree, "registrable": self.registrable,
        });
        Ok(Change::Record {
            subject,
            version,
            kind: "role-recorded",
            data,
            institution: None,
        })
    }
}

impl Role {
    /// VER-1: whoever may verify is verified nationally, and nobody asks for
    /// national authority by a form.
    fn keeps_verification_national(&self) -> Result<(), RowFault> {
        if self.authority != "none" && self.verified_by != "national" {
            return Err(wrong(
                "verified_by",
                "Peran dengan wewenang verifikasi diverifikasi secara nasional: isi national.",
            ));
        }
        if self.registrable && matches!(self.authority.as_str(), "directorate" | "operator") {
            return Err(wrong(
                "registrable",
                "Peran verifikator nasional tidak dapat diajukan sendiri: isi false.",
            ));
        }
        Ok(())
    }
}

#[derive(Deserialize)]
pub(crate) struct Institution {
    code: String,
    name: String,
    kind: String,
    zone: String,
}

impl Kind for Institution {
    fn change(self) -> Result<Change, RowFault> {
        require("code", &self.code)?;
        require("name", &self.name)?;
        one_of("kind", &self.kind, &INSTITUTION_KINDS)?;
        one_of(
            "zone",
            &self.zone,
            &Zone::ALL
                .map(|zone| zone.to_string())
                .each_ref()
                .map(String::as_str),
        )?;
        let existing = reference::institution_by_code(&self.code)?;
        let same = existing.as_ref().is_some_and(|institution| {
            institution.name == self.name
                && institution.kind == self.kind
                && institution.zone == self.zone
        });
        if same {
            return Ok(Change::Nothing);
        }
        let (subject, version) = next(existing.map(|i| (i.id, i.version)));
        let data =
            json!({ "code": self.code, "name": self.name, "kind": self.kind, "zone": self.zone });
        let institution = Some(subject.clone());
        Ok(Change::Record {
            subject,
            version,
            kind: "institution-recorded",
            data,
            institution,
        })
    }
}

#[derive(Deserialize)]
pub(crate) struct WorkUnit {
    code: String,
    institution: String,
    name: String,
    address: Option<String>,
}

impl Kind for WorkUnit {
    fn change(self) -> Result<Change, RowFault> {
        require("code", &self.code)?;
        require("name", &self.name)?;
        let institution = reference::institution_by_code(&self.institution)?
            .ok_or_else(|| wrong("institution", "Kode instansi ini tidak dikenal."))?;
        let existing = reference::work_unit_by_code(&self.code)?;
        if existing
            .as_ref()
            .is_some_and(|unit| unit.institution != institution.id)
        {
            return Err(wrong(
                "institution",
                "Satuan kerja ini sudah tercatat pada instansi lain.",
            ));
        }
        let same = existing.as_ref().is_some_and(|unit| {
            unit.name == self.name && (self.address.is_none() || unit.address == self.address)
        });
        if same {
            return Ok(Change::Nothing);
        }
        let (subject, version) = next(existing.map(|unit| (unit.id, unit.version)));
        let data = json!({
            "code": self.code, "institution": institution.id, "name": self.name, "address": self.address,
        });
        let institution = Some(institution.id);
        Ok(Change::Record {
            subject,
            version,
            kind: "work-unit-recorded",
            data,
            institution,
        })
    }
}

/// A field of a form (REG-2).
#[derive(Deserialize)]
pub(crate) struct FormField {
    profile: String,
    role: String,
    field: String,
    position: u32,
    label: String,
    help: String,
    kind: String,
    need: String,
    source: Option<String>,
    chars_max: Option<u32>,
}

impl Kind for FormField {
    fn change(self) -> Result<Change, RowFault> {
        one_of("profile", &self.profile, &PROFILES)?;
        require("label", &self.label)?;
        if self.role != ANY_ROLE && reference::role_by_code(&self.role)?.is_none() {
            return Err(wrong(
                "role",
                "Kode peran ini tidak dikenal; isi * untuk semua peran.",
            ));
        }
        let existing = forms::find(&self.profile, &self.role, &self.field)?;
        let (id, version) = next(existing.as_ref().map(|row| (row.id.clone(), row.version)));
        let row = forms::Field {
            id,
            profile: self.profile,
            role: self.role,
            name: self.field,
            position: self.position,
            label: self.label,
            help: self.help,
            kind: self.kind,
            need: self.need,
            source: self.source,
            chars_max: self.chars_max,
            version,
        };
        check_field(&row)?;
        if existing.is_some_and(|existing| same_field(&existing, &row)) {
            return Ok(Change::Nothing);
        }
        let data = json!({
            "profile": row.profile, "role": row.role, "field": row.name,
            "position": row.position, "label": row.label, "help": row.help, "kind": row.kind,
            "need": row.need, "source": row.source, "chars_max": row.chars_max,
        });
        Ok(Change::Record {
            subject: row.id,
            version,
            kind: "form-field-recorded",
            data,
            institution: None,
        })
    }
}

/// A form stays one that people can send, whatever is imported.
fn check_field(row: &forms::Field) -> Result<(), RowFault> {
    const KINDS: [&str; 9] = [
        "role",
        "text",
        "institution-kind",
        "institution",
        "work-unit",
        "date",
        "document",
        "golongan",
        "npwp",
    ];
    const NEEDS: [&str; 5] = [
        "required",
        "optional",
        "prefilled",
        "first-registrant",
        "not-asked",
    ];
    one_of("kind", &row.kind, &KINDS)?;
    one_of("need", &row.need, &NEEDS)?;
    if let Some(source) = &row.source {
        one_of("source", source, &["role", "sirup-user-name"])?;
    }
    let field = form::field(row)
        .map_err(|_| wrong("field", "Isi dengan huruf kecil, angka, dan garis bawah."))?;
    field.check().map_err(|bad| match bad {
        BadField::Reserved => wrong("field", "Nama ini sudah dipakai untuk hal lain."),
        BadField::KindElsewhere => wrong(
            "kind",
            "Bidang ini tidak berjenis itu; bidang baru selalu berjenis text.",
        ),
        BadField::Essential => wrong(
            "need",
            "Tanpa bidang ini pengajuan tidak dapat diproses; keperluannya tidak dapat diubah.",
        ),
        BadField::NeedElsewhere => wrong("need", "Hanya alamat yang diminta dari pendaftar pertama."),
        BadField::Source => wrong(
            "source",
            "Sumber diisi hanya untuk bidang prefilled: role untuk peran, sirup-user-name untuk teks.",
        ),
        BadField::Bound => wrong("chars_max", "Bidang text berisi paling banyak 1 sampai 1000 huruf; bidang lain tanpa batas ini."),
    })
}

fn same_field(one: &forms::Field, other: &forms::Field) -> bool {
    one.position == other.position
        && one.label == other.label
        && one.help == other.help
        && one.kind == other.kind
        && one.need == other.need
        && one.source == other.source
        && one.chars_max == other.chars_max
}

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
        let password_hash = match &existing {
            Some(account) => account.password_hash.clone(),
            None => password::hash(&self.password)?,
        };
        let (subject, version) = next(existing.map(|account| (account.id, account.version)));
        let data = json!({
            "email": self.email, "name": self.name, "password_hash": password_hash,
            "service_number": service_number, "profile": profile,
        });
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

#[derive(Deserialize)]
pub(crate) struct RoleConflict {
    code: String,
    role: String,
    other_role: String,
    scope: String,
    source: String,
    valid_from: String,
    valid_until: Option<String>,
}

impl Kind for RoleConflict {
    fn change(self) -> Result<Change, RowFault> {
        require("code", &self.code)?;
        require("source", &self.source)?;
        one_of("scope", &self.scope, &["account", "work-unit", "package"])?;
        for (field, role) in [("role", &self.role), ("other_role", &self.other_role)] {
            if reference::role_by_code(role)?.is_none() {
                return Err(wrong(field, "Kode peran ini tidak dikenal."));
            }
        }
        if self.role == self.other_role {
            return Err(wrong("other_role", "Isi dengan peran yang lain."));
        }
        let valid_from = day("valid_from", &self.valid_from)?;
        let valid_until = self
            .valid_until
            .as_deref()
            .map(|text| day("valid_until", text));
        let valid_until = valid_until.transpose()?;
        if valid_until.is_some_and(|last| last < valid_from) {
            return Err(wrong(
                "valid_until",
                "Hari terakhir mendahului hari pertama.",
            ));
        }
        let existing = conflicts::rule_by_code(&self.code)?;
        let pair = |a: &str, b: &str| [a.min(b).to_owned(), a.max(b).to_owned()];
        let asked = pair(&self.role, &self.other_role);
        if existing
            .as_ref()
            .is_some_and(|rule| pair(&rule.role, &rule.other_role) != asked)
        {
            return Err(wrong(
                "code",
                "Aturan ini sudah tercatat untuk peran lain; pakai kode baru.",
            ));
        }
        let valid_until = valid_until.map(|last| last.to_string());
        let same = existing.as_ref().is_some_and(|rule| {
            rule.scope == self.scope
                && rule.source == self.source
                && rule.valid_from == valid_from.to_string()
                && rule.valid_until == valid_until
        });
        if same {
            return Ok(Change::Nothing);
        }
        let (subject, version) = next(existing.map(|rule| (rule.id, rule.version)));
        let data = json!({
            "code": self.code, "role": self.role, "other_role": self.other_role,
            "scope": self.scope, "source": self.source,
            "valid_from": valid_from, "valid_until": valid_until,
        });
        Ok(Change::Record {
            subject,
            version,
            kind: "role-conflict-recorded",
            data,
            institution: None,
        })
    }
}

/// The years that a decree can be about: others are typing mistakes.
const HOLIDAY_YEARS: std::ops::RangeInclusive<i32> = 2020..=2099;

#[derive(Deserialize)]
pub(crate) struct Holiday {
    date: String,
    name: String,
    kind: String,
    source: String,
}

impl Kind for Holiday {
    /// ALL-5. A day that a later decree takes back is imported as `revoked`.
    fn change(self) -> Result<Change, RowFault> {
        let date = Date::parse_from_str(&self.date, "%Y-%m-%d").ok();
        let date = date
            .filter(|date| HOLIDAY_YEARS.contains(&date.year()))
            .ok_or_else(|| {
                wrong(
                    "date",
                    "Bukan tanggal tahun-bulan-hari, atau tahunnya keliru.",
                )
            })?
            .to_string();
        require("name", &self.name)?;
        require("source", &self.source)?;
        one_of("kind", &self.kind, &["national", "joint-leave", "revoked"])?;
        from_word::<HolidayKind>(&self.kind)?;
        let existing = calendar::holidays(&date, &date)?.pop();
        let same = existing.as_ref().is_some_and(|holiday| {
            holiday.name == self.name && holiday.kind == self.kind && holiday.source == self.source
        });
        if same {
            return Ok(Change::Nothing);
        }
        let (subject, version) = next(existing.map(|holiday| (holiday.id, holiday.version)));
        let data = json!({
            "date": date, "name": self.name, "kind": self.kind, "source": self.source,
        });
        Ok(Change::Record {
            subject,
            version,
            kind: "holiday-recorded",
            data,
            institution: None,
        })
    }
}

#[derive(Deserialize)]
pub(crate) struct MeetingRooms {
    institution: String,
    rooms: u32,
}

impl Kind for MeetingRooms {
    /// How many meetings an institution's verifiers hold at the same time (MTG-1).
    fn change(self) -> Result<Change, RowFault> {
        if !(1..=ROOMS_MAX).contains(&self.rooms) {
            let detail = format!("Isi dengan angka 1 sampai {ROOMS_MAX}.");
            return Err(wrong("rooms", detail));
        }
        let institution = reference::institution_by_code(&self.institution)?
            .ok_or_else(|| wrong("institution", "Kode instansi ini tidak dikenal."))?;
        if meetings::rooms(&institution.id)? == self.rooms {
            return Ok(Change::Nothing);
        }
        Ok(Change::Record {
            subject: institution.id.clone(),
            version: institution.version + 1,
            kind: "meeting-rooms-recorded",
            data: json!({ "rooms": self.rooms }),
            institution: Some(institution.id),
        })
    }
}

fn day(field: &'static str, text: &str) -> Result<Date, RowFault> {
    text.parse().map_err(|_| wrong(field, "Bukan tanggal."))
}

fn id<T: std::str::FromStr>(text: &str) -> Result<T, Problem> {
    text.parse()
        .map_err(|_| Problem::internal(format!("the store holds `{text}` as an id")))
}
