//! Platforms, the roles that they admit, and the versions of their terms.

use crate::bindings::exports::inaproc::akses::platforms::{
    Admission, Error, Guest, Id, InstantMs, Platform, Standing, Terms,
};
use crate::database::{all, database, optional};
use crate::row::Row;
use crate::{PAGE_ROWS_MAX, Store};

impl Guest for Store {
    fn active() -> Result<Vec<Platform>, Error> {
        let sql = include_str!("../sql/platform_active.sql");
        all(database()?.query(sql, &[PAGE_ROWS_MAX.into()])?, platform)
    }

    fn by_code(code: String) -> Result<Option<Platform>, Error> {
        let sql = include_str!("../sql/platform_by_code.sql");
        optional(database()?.first(sql, &[code.into()])?, platform)
    }

    fn admissions() -> Result<Vec<Admission>, Error> {
        let sql = include_str!("../sql/platform_role_admitted.sql");
        all(database()?.query(sql, &[PAGE_ROWS_MAX.into()])?, admission)
    }

    fn admissions_of(platform: Id) -> Result<Vec<Admission>, Error> {
        let parameters = [platform.into(), PAGE_ROWS_MAX.into()];
        let sql = include_str!("../sql/platform_role_of_platform.sql");
        all(database()?.query(sql, &parameters)?, admission)
    }

    fn terms_in_force(account: Id, now: InstantMs) -> Result<Vec<Standing>, Error> {
        let parameters = [account.into(), now.into(), PAGE_ROWS_MAX.into()];
        let sql = include_str!("../sql/platform_terms_in_force.sql");
        all(database()?.query(sql, &parameters)?, standing)
    }

    fn terms_by_id(id: Id) -> Result<Option<Terms>, Error> {
        let sql = include_str!("../sql/platform_terms_by_id.sql");
        optional(database()?.first(sql, &[id.into()])?, terms)
    }

    fn terms_by_label(platform: Id, kind: String, label: String) -> Result<Option<Terms>, Error> {
        let parameters = [platform.into(), kind.into(), label.into()];
        let sql = include_str!("../sql/platform_terms_find.sql");
        optional(database()?.first(sql, &parameters)?, terms)
    }
}

fn platform(row: &mut Row) -> Result<Platform, Error> {
    Ok(Platform {
        id: row.take()?,
        code: row.take()?,
        name: row.take()?,
        description: row.take()?,
        entry_url: row.take()?,
        audience: row.take()?,
        active: row.take()?,
        version: row.take()?,
    })
}

fn admission(row: &mut Row) -> Result<Admission, Error> {
    Ok(Admission {
        id: row.take()?,
        platform: row.take()?,
        role: row.take()?,
        role_name: row.take()?,
        registrable: row.take()?,
        admitted: row.take()?,
        version: row.take()?,
    })
}

fn standing(row: &mut Row) -> Result<Standing, Error> {
    Ok(Standing {
        id: row.take()?,
        platform: row.take()?,
        kind: row.take()?,
        label: row.take()?,
        sha256: row.take()?,
        valid_from: row.take()?,
        accepted_at: row.take()?,
    })
}

fn terms(row: &mut Row) -> Result<Terms, Error> {
    Ok(Terms {
        id: row.take()?,
        platform: row.take()?,
        kind: row.take()?,
        label: row.take()?,
        text: row.take()?,
        url: row.take()?,
        sha256: row.take()?,
        valid_from: row.take()?,
    })
}
