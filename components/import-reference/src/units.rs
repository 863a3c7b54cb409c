//! Institutions, their work units, and the roles that people have there.

use crate::RowFault;
use crate::kinds::{Change, Kind, next, one_of, require, wrong};
use akses_domain::duty::Duty;
use akses_domain::reference::INSTITUTION_KINDS;
use akses_domain::time::Zone;
use akses_endpoint::accesses::from_word;
use akses_endpoint::store::reference;
use serde::Deserialize;
use serde_json::json;

#[derive(Deserialize)]
pub(crate) struct Role {
    code: String,
    name: String,
    authority: String,
    verified_by: String,
    decree: String,
    registrable: bool,
    duty: Option<String>,
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
        let duty = self.duty()?;
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
                && role.duty == duty
        });
        if same {
            return Ok(Change::Nothing);
        }
        let (subject, version) = next(existing.map(|role| (role.id, role.version)));
        let data = json!({
            "code": self.code, "name": self.name, "authority": self.authority,
            "verified_by": self.verified_by, "decree": self.decree, "registrable": self.registrable,
            "duty": duty,
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
    /// What the role is called on for; those who verify are for that.
    fn duty(&self) -> Result<Option<String>, RowFault> {
        if self.authority != "none" {
            return match self.duty.as_deref() {
                None | Some("") => Ok(Some(self.authority.clone())),
                Some(duty) if duty == self.authority => Ok(Some(self.authority.clone())),
                Some(_) => Err(wrong(
                    "duty",
                    "Peran yang memverifikasi tidak bertugas lain.",
                )),
            };
        }
        let Some(duty) = self.duty.clone().filter(|duty| !duty.is_empty()) else {
            return Ok(None);
        };
        if matches!(duty.as_str(), "vai" | "directorate" | "operator") {
            return Err(wrong(
                "duty",
                "Tugas ini hanya untuk peran yang memverifikasi.",
            ));
        }
        from_word::<Duty>(&duty).map_err(|_| wrong("duty", "Tugas ini tidak dikenal."))?;
        Ok(Some(duty))
    }

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
