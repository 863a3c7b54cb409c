//! Accesses as the triggers folded them.

use crate::bindings::exports::inaproc::akses::accesses::{
    Access, Authority, Error, Guest, HeldRole, Id, Pending, StandIn,
};
use crate::database::{all, database, optional};
use crate::row::Row;
use crate::{PAGE_ROWS_MAX, Store, page};

impl Guest for Store {
    fn of_account(account: Id, after: Option<Id>, limit: u32) -> Result<Vec<Access>, Error> {
        let parameters = [account.into(), after.into(), page(limit)];
        let sql = include_str!("../sql/access_of_account.sql");
        all(database()?.query(sql, &parameters)?, access)
    }

    fn held_roles(account: Id) -> Result<Vec<HeldRole>, Error> {
        let sql = include_str!("../sql/access_held_roles.sql");
        let parameters = [account.into(), PAGE_ROWS_MAX.into()];
        all(database()?.query(sql, &parameters)?, |row| {
            Ok(HeldRole {
                role: row.take()?,
                institution: row.take()?,
                zone: row.take()?,
                ends_at: row.take()?,
            })
        })
    }

    fn find(account: Id, role: String, work_unit: Id) -> Result<Option<Id>, Error> {
        let parameters = [account.into(), role.into(), work_unit.into()];
        let sql = include_str!("../sql/access_find.sql");
        optional(database()?.first(sql, &parameters)?, |row| row.take())
    }

    fn authorities(account: Id) -> Result<Vec<Authority>, Error> {
        let sql = include_str!("../sql/access_authorities.sql");
        all(database()?.query(sql, &[account.into()])?, authority)
    }

    fn planned_last_day(institution: Id) -> Result<Option<String>, Error> {
        let sql = include_str!("../sql/cut_off_last_day.sql");
        optional(database()?.first(sql, &[institution.into()])?, |row| {
            row.take()
        })
    }
}

fn access(row: &mut Row) -> Result<Access, Error> {
    let mut access = Access {
        id: row.take()?,
        account: row.take()?,
        role: row.take()?,
        role_name: row.take()?,
        institution: row.take()?,
        institution_name: row.take()?,
        work_unit: row.take()?,
        work_unit_name: row.take()?,
        zone: row.take()?,
        standing: row.take()?,
        valid_until: row.take()?,
        ends_at: row.take()?,
        rejection: row.take()?,
        rejection_field: row.take()?,
        version: row.take()?,
        pending: None,
    };
    access.pending = pending(row)?;
    Ok(access)
}

/// The columns of the request that waits; all of them null when none does.
fn pending(row: &mut Row) -> Result<Option<Pending>, Error> {
    let cut_off = row.take()?;
    let Some(request) = row.take()? else {
        return Ok(None);
    };
    Ok(Some(Pending {
        request,
        kind: row.take()?,
        submitted_at: row.take()?,
        deadline_at: row.take()?,
        valid_until: row.take()?,
        by_meeting: row.take()?,
        filed_by: row.take()?,
        cut_off,
    }))
}

fn authority(row: &mut Row) -> Result<Authority, Error> {
    Ok(Authority {
        kind: row.take()?,
        institution: row.take()?,
        zone: row.take()?,
        ends_at: row.take()?,
        stands_in: stands_in(row)?,
    })
}

/// The columns of an absence; all of them null for an authority of one's own.
fn stands_in(row: &mut Row) -> Result<Option<StandIn>, Error> {
    let Some(absent) = row.take()? else {
        return Ok(None);
    };
    Ok(Some(StandIn {
        absent,
        starts_at: row.take()?,
        until: row.take()?,
    }))
}
