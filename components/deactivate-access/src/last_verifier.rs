//! The last VAI of an institution is asked to name a successor first: warned, not
//! blocked. Of two last ones who leave at the same moment each sees the other, and
//! nobody is asked; the daily look at all institutions finds them.

use akses_domain::access::Access;
use akses_domain::time::{CutOff, Instant};
use akses_endpoint::Problem;
use akses_endpoint::officials::Officials;
use akses_endpoint::store::duties::{self, Holding};

/// Refuses unless somebody else verifies for the institution, or the person knows
/// that nobody will.
///
/// # Errors
/// 409 `last-verifier`.
pub(crate) fn check(
    access: &Access,
    acknowledged: bool,
    now: Instant,
    cut_off: CutOff,
) -> Result<(), Problem> {
    if acknowledged {
        return Ok(());
    }
    let officials = Officials { now, cut_off };
    let (mut is_verifier, mut others) = (false, 0);
    for holding in duties::holders("vai", &access.institution.to_string())? {
        if officials.is_in_force(&holding.institution, &holding.zone, holding.ends_at)? {
            match is_this(&holding, access) {
                true => is_verifier = true,
                false => others += 1,
            }
        }
    }
    if is_verifier && others == 0 {
        return Err(last_verifier());
    }
    Ok(())
}

fn is_this(holding: &Holding, access: &Access) -> bool {
    holding.account == access.account.to_string()
        && holding.role == access.role
        && holding.work_unit == access.work_unit.to_string()
}

fn last_verifier() -> Problem {
    Problem::conflict(
        "last-verifier",
        "Anda VAI aktif terakhir di instansi ini: sesudah ini tidak ada yang memverifikasi \
         pengajuannya. Mintalah Kepala UKPBJ menunjuk VAI baru, dan tunggu sampai aksesnya Aktif. \
         Bila Anda tetap hendak menonaktifkan sekarang, nyatakan bahwa Anda mengetahuinya.",
    )
    .with("acknowledge", "last_verifier_acknowledged")
}
