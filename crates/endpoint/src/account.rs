//! Changes of an account, recorded one after the other.

use crate::call::Call;
use crate::problem::Problem;
use crate::record;
use crate::store::accounts::{self, Account};
use crate::store::events::{Appended, Event};
use akses_domain::time::Instant;

/// How often a change is recorded anew because another came first.
pub const ROUNDS_MAX: u32 = 16;

/// After this many failures in a row nobody can sign in for a while.
pub const FAILURES_MAX: u32 = 5;

/// How long, counted from the last failure. The fold of `sign-in-failed` forgets
/// after the same time.
pub const REST_MS: i64 = 15 * 60 * 1000;

/// Until when nobody can sign in to this account; none when it can be done.
pub fn rests_until(account: &Account, now: Instant) -> Option<Instant> {
    let until = Instant::from_ms(account.last_failure_at.unwrap_or_default() + REST_MS);
    (account.failed_sign_ins >= FAILURES_MAX && now < until).then_some(until)
}

/// Appends an event of an account, caused by its owner. When another came first,
/// `check` meets the account as it is then, and may still refuse.
///
/// # Errors
/// What `check` says, or what the store could not do.
pub fn append(
    call: &Call,
    account: &Account,
    kind: &str,
    data: &str,
    check: impl Fn(&Account) -> Result<(), Problem>,
) -> Result<Appended, Problem> {
    append_at(call, account, kind, data, check).map(|(appended, _)| appended)
}

/// As [`append`]; says also which version the event has, if it stands.
///
/// # Errors
/// As [`append`].
pub fn append_at(
    call: &Call,
    account: &Account,
    kind: &str,
    data: &str,
    check: impl Fn(&Account) -> Result<(), Problem>,
) -> Result<(Appended, u32), Problem> {
    let mut version = account.version;
    for _ in 0..ROUNDS_MAX {
        match append_after(call, &account.id, version, kind, data)? {
            Appended::Stale(_) => {
                let current = accounts::by_id(&account.id)?.ok_or_else(Problem::not_signed_in)?;
                check(&current)?;
                version = current.version;
            }
            appended => return Ok((appended, version + 1)),
        }
    }
    Err(restless(kind))
}

/// Appends an event of an account once, right after this version of it.
///
/// # Errors
/// What the store could not do.
pub fn append_after(
    call: &Call,
    account: &str,
    version: u32,
    kind: &str,
    data: &str,
) -> Result<Appended, Problem> {
    let event = Event {
        subject: account.to_owned(),
        version: version + 1,
        kind: kind.to_owned(),
        data: data.to_owned(),
        institution: None,
    };
    record::append_plain(call, account, &event)
}

/// That something else came first again and again.
pub fn restless(kind: &str) -> Problem {
    Problem::overtaken(format!("{kind}: {ROUNDS_MAX} stale versions in a row"))
}
