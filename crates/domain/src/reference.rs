//! Roles and work units, as far as rules depend on them. Both are data (REG-2):
//! a new role needs no new code.

use crate::ids::{InstitutionId, WorkUnitId};
use crate::time::Zone;
use serde::{Deserialize, Serialize};

/// A role's code, e.g. `PPK`.
pub type RoleCode = String;

/// Kinds of institutions ("Jenis Instansi").
pub const INSTITUTION_KINDS: [&str; 6] = [
    "Kementerian",
    "Lembaga",
    "Provinsi",
    "Kabupaten",
    "Kota",
    "Instansi Lainnya",
];

/// Who decides the requests for a role (VER-1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum VerifiedBy {
    /// The VAI of the institution.
    Institution,
    /// The Direktorat Sistem Pengadaan Digital or its operator.
    National,
}

/// What a person can be at a work unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Role {
    /// Its code.
    pub code: RoleCode,
    /// Who decides requests for it.
    pub verified_by: VerifiedBy,
    /// Whether people can ask for it themselves.
    pub registrable: bool,
}

/// A unit inside an institution.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WorkUnit {
    /// Its id.
    pub id: WorkUnitId,
    /// The institution it belongs to.
    pub institution: InstitutionId,
    /// The institution's time zone.
    pub zone: Zone,
    /// Whether somebody gave its address already (REG-3).
    pub has_address: bool,
}
