//! Drafts: the one thing here that is written without an event.

use crate::bindings::exports::inaproc::akses::drafts::{Draft, Error, Guest, Id, Rejected, Saved};
use crate::database::{Database, all, database, optional};
use crate::row::Row;
use crate::{Store, page};

/// Drafts of one account: more than a person has roles to ask for.
const DRAFTS_MAX: u32 = 20;

/// Rejected registrations that are offered again, the newest.
const REJECTED_MAX: u32 = 20;

impl Guest for Store {
    fn save(account: Id, draft: Draft, replaces: Option<Id>) -> Result<Saved, Error> {
        let database = database()?;
        let creates = replaces.is_none();
        let (sql, condition) = match replaces {
            Some(revision) => (include_str!("../sql/draft_replace.sql"), revision.into()),
            None => (include_str!("../sql/draft_create.sql"), DRAFTS_MAX.into()),
        };
        let parameters = [
            account.as_str().into(),
            draft.role.as_str().into(),
            draft.content.into(),
            draft.revision.into(),
            draft.saved_at.into(),
            condition,
        ];
        if database.first(sql, &parameters)?.is_some() {
            return Ok(Saved::Kept);
        }
        let standing = find(database, account, draft.role)?;
        if creates && standing.is_none() {
            return Ok(Saved::TooMany);
        }
        Ok(Saved::Stale(standing))
    }

    fn of_account(account: Id) -> Result<Vec<Draft>, Error> {
        let sql = include_str!("../sql/draft_list.sql");
        let parameters = [account.into(), page(DRAFTS_MAX)];
        all(database()?.query(sql, &parameters)?, read)
    }

    fn discard(account: Id, role: String, revision: Id) -> Result<bool, Error> {
        let database = database()?;
        let parameters = [
            account.as_str().into(),
            role.as_str().into(),
            revision.into(),
        ];
        let sql = include_str!("../sql/draft_discard.sql");
        if database.first(sql, &parameters)?.is_some() {
            return Ok(true);
        }
        Ok(find(database, account, role)?.is_none())
    }

    fn rejections(account: Id) -> Result<Vec<Rejected>, Error> {
        let sql = include_str!("../sql/draft_rejected.sql");
        let parameters = [account.into(), page(REJECTED_MAX)];
        all(database()?.query(sql, &parameters)?, rejected)
    }
}

fn find(database: &Database, account: Id, role: String) -> Result<Option<Draft>, Error> {
    let sql = include_str!("../sql/draft_find.sql");
    optional(database.first(sql, &[account.into(), role.into()])?, read)
}

fn read(row: &mut Row) -> Result<Draft, Error> {
    Ok(Draft {
        role: row.take()?,
        content: row.take()?,
        revision: row.take()?,
        saved_at: row.take()?,
    })
}

fn rejected(row: &mut Row) -> Result<Rejected, Error> {
    Ok(Rejected {
        access: row.take()?,
        role: row.take()?,
        work_unit: row.take()?,
        zone: row.take()?,
        asked: row.take()?,
        refused: row.take()?,
        at: row.take()?,
    })
}
