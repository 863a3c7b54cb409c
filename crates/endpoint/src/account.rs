//! Changes of an account, recorded one after the other.

use crate::call::Call;
use crate::problem::Problem;
use crate::record;
use crate::store::accounts::{self, Account};
use crate::store::events::{Appended, Event};

/// How often a change is recorded anew because another came first.
const ROUNDS_MAX: u32 = 16;

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
    let mut version = account.version;
    for _ in 0..ROUNDS_MAX {
        let event = Event {
            subject: account.id.clone(),
            version: version + 1,
            kind: kind.to_owned(),
            data: data.to_owned(),
            institution: None,
        };
        match record::append_plain(call, &account.id, &event)? {
            Appended::Stale(_) => {
                let current = accounts::by_id(&account.id)?.ok_or_else(Problem::not_signed_in)?;
                check(&current)?;
                version = current.version;
            }
            appended => return Ok(appended),
        }
    }
    Err(Problem::internal(format!(
        "{kind}: {ROUNDS_MAX} stale versions in a row"
    )))
}
