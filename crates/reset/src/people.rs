//! Whose password an institution may reset at all. A reset opens the whole account, but
//! rests on one access at one work unit; so it is refused for who has more to lose
//! than this institution answers for, and for an access that only others ever touched
//! (PWD-3, ours).

use crate::{Actor, done_before};
use akses_domain::reset::{Command, Person, Place, Ticket};
use akses_endpoint::officials::Officials;
use akses_endpoint::store::resets::{self, Officer};
use akses_endpoint::{Call, Problem, config};

/// More such accesses than this are an obstacle unjudged: a page of the store.
const OBSTACLES_MAX: usize = 100;

/// Why not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Obstacle {
    /// There is no PPK's or Pejabat Pengadaan's access in force at that unit.
    NotAnOfficer,
    /// The account reaches further than the institution.
    Elsewhere,
    /// Somebody else filed the access, and nobody ever signed in.
    NeverSeen,
}

impl Obstacle {
    /// For programs.
    pub const fn kind(self) -> &'static str {
        match self {
            Self::NotAnOfficer => "not-an-officer",
            Self::Elsewhere => "account-reaches-further",
            Self::NeverSeen => "never-signed-in",
        }
    }

    /// For people, with what to do.
    pub const fn text(self) -> &'static str {
        match self {
            Self::NotAnOfficer => {
                "Pilih akses PPK atau Pejabat Pengadaan yang masih aktif pada satuan kerja ini."
            }
            Self::Elsewhere => {
                "Akun ini juga punya akses aktif di instansi lain atau tugas verifikator, sehingga \
                 tidak dapat direset oleh satu instansi. Orangnya menghubungi Pusat Bantuan INAPROC."
            }
            Self::NeverSeen => {
                "Orang ini belum pernah masuk dan aksesnya diajukan orang lain, sehingga nomor \
                 pengambilan tidak cukup. Orangnya menghubungi Pusat Bantuan INAPROC."
            }
        }
    }
}

/// Judges accesses at one moment.
#[derive(Debug, Clone, Copy)]
pub struct Judge(Officials);

impl Judge {
    /// At the moment of this call.
    ///
    /// # Errors
    /// An internal problem when the cut-off is not configured.
    pub fn new(call: &Call) -> Result<Self, Problem> {
        let (now, cut_off) = (call.now(), config::cut_off()?);
        Ok(Self(Officials { now, cut_off }))
    }

    /// Whether an access works, by its dates and the cut-off of its institution.
    ///
    /// # Errors
    /// What the store could not do.
    pub fn is_in_force(self, officer: &Officer) -> Result<bool, Problem> {
        let officials = self.0;
        officials.is_in_force(&officer.institution, &officer.zone, officer.ends_at)
    }

    /// What stands in the way of a person's reset there.
    ///
    /// # Errors
    /// What the store could not do.
    pub fn obstacle(self, person: &Person, place: Place) -> Result<Option<Obstacle>, Problem> {
        let officer = resets::officer_by_access(&person.access.to_string())?;
        let account = person.account.to_string();
        let Some(officer) = officer.filter(|officer| {
            officer.account == account && officer.work_unit == place.work_unit.to_string()
        }) else {
            return Ok(Some(Obstacle::NotAnOfficer));
        };
        if !self.is_in_force(&officer)? {
            return Ok(Some(Obstacle::NotAnOfficer));
        }
        if self.reaches_further(&account, &place.institution.to_string())? {
            return Ok(Some(Obstacle::Elsewhere));
        }
        Ok((person.pickup.is_some() && !officer.known).then_some(Obstacle::NeverSeen))
    }

    fn reaches_further(self, account: &str, institution: &str) -> Result<bool, Problem> {
        let found = resets::obstacles(account, institution)?;
        if found.len() >= OBSTACLES_MAX {
            return Ok(true);
        }
        for access in found {
            let officials = self.0;
            if officials.is_in_force(&access.institution, &access.zone, access.ends_at)? {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

/// Steps 5 and 6: what was true at the request may not be any more.
///
/// # Errors
/// What the rules refuse, or what stands in the way.
pub fn act(
    call: &Call,
    actor: &Actor,
    ticket: Ticket,
    command: Command,
) -> Result<Ticket, Problem> {
    if let Some(before) = done_before(call, actor)? {
        return Ok(before);
    }
    actor.decide(Some(&ticket), command.clone(), call.now())?;
    let judge = Judge::new(call)?;
    for person in &ticket.request.people {
        if let Some(obstacle) = judge.obstacle(person, ticket.request.place())? {
            return Err(Problem::conflict(
                "reset-not-possible",
                &format!(
                    "{} Kembalikan permohonan ini dengan alasan itu.",
                    match obstacle {
                        Obstacle::NotAnOfficer =>
                            "Akses salah satu orang dalam surat ini sudah tidak aktif pada satuan \
                             kerja ini.",
                        other => other.text(),
                    }
                ),
            )
            .with("access", person.access.to_string())
            .with("obstacle", obstacle.kind()));
        }
    }
    actor.act(call, ticket, command)
}
