//! Institutions, work units, roles. Pages go by name; the cursor `after` is the
//! id of the last entry of the page before.

use crate::bindings::exports::inaproc::akses::reference::{
    Error, Guest, Id, Institution, Role, WorkUnit,
};
use crate::database::{all, database, optional};
use crate::row::Row;
use crate::search::{prefix_query, prefix_query_in};
use crate::{PAGE_ROWS_MAX, Store, page};
use spin_sdk::sqlite::Value;

impl Guest for Store {
    fn institutions(
        search: String,
        kind: Option<String>,
        after: Option<String>,
        limit: u32,
    ) -> Result<Vec<Institution>, Error> {
        let parameters = vec![kind.into(), after.into(), page(limit)];
        let rows = list_or_search(
            parameters,
            prefix_query(&search),
            include_str!("../sql/institution_list.sql"),
            include_str!("../sql/institution_search.sql"),
        )?;
        all(rows, institution)
    }

    fn work_units(
        institution: Id,
        search: String,
        after: Option<String>,
        limit: u32,
    ) -> Result<Vec<WorkUnit>, Error> {
        let query = prefix_query_in(&institution, &search);
        let parameters = vec![institution.into(), after.into(), page(limit)];
        let rows = list_or_search(
            parameters,
            query,
            include_str!("../sql/work_unit_list.sql"),
            include_str!("../sql/work_unit_search.sql"),
        )?;
        all(rows, work_unit)
    }

    fn roles() -> Result<Vec<Role>, Error> {
        let sql = include_str!("../sql/role_list.sql");
        all(database()?.query(sql, &[PAGE_ROWS_MAX.into()])?, role)
    }

    fn work_unit_by_id(id: Id) -> Result<Option<WorkUnit>, Error> {
        find(include_str!("../sql/work_unit_by_id.sql"), id, work_unit)
    }

    fn role_by_code(code: String) -> Result<Option<Role>, Error> {
        find(include_str!("../sql/role_by_code.sql"), code, role)
    }

    fn institution_by_code(code: String) -> Result<Option<Institution>, Error> {
        find(
            include_str!("../sql/institution_by_code.sql"),
            code,
            institution,
        )
    }

    fn work_unit_by_code(code: String) -> Result<Option<WorkUnit>, Error> {
        find(
            include_str!("../sql/work_unit_by_code.sql"),
            code,
            work_unit,
        )
    }
}

/// Two statements, because a list walks an index in the order of names and a
/// search sorts what it found.
fn list_or_search(
    mut parameters: Vec<Value>,
    query: Option<String>,
    list: &str,
    search: &str,
) -> Result<Vec<Row>, Error> {
    let database = database()?;
    let Some(query) = query else {
        return Ok(database.query(list, &parameters)?);
    };
    parameters.push(query.into());
    Ok(database.query(search, &parameters)?)
}

fn find<T>(
    sql: &str,
    key: String,
    read: impl FnOnce(&mut Row) -> Result<T, Error>,
) -> Result<Option<T>, Error> {
    optional(database()?.first(sql, &[key.into()])?, read)
}

fn institution(row: &mut Row) -> Result<Institution, Error> {
    Ok(Institution {
        id: row.take()?,
        code: row.take()?,
        name: row.take()?,
        kind: row.take()?,
        zone: row.take()?,
        version: row.take()?,
    })
}

fn work_unit(row: &mut Row) -> Result<WorkUnit, Error> {
    Ok(WorkUnit {
        id: row.take()?,
        code: row.take()?,
        institution: row.take()?,
        institution_code: row.take()?,
        name: row.take()?,
        zone: row.take()?,
        address: row.take()?,
        version: row.take()?,
    })
}

fn role(row: &mut Row) -> Result<Role, Error> {
    Ok(Role {
        id: row.take()?,
        code: row.take()?,
        name: row.take()?,
        authority: row.take()?,
        verified_by: row.take()?,
        decree: row.take()?,
        registrable: row.take()?,
        duty: row.take()?,
        version: row.take()?,
    })
}
