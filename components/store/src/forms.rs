//! Forms as data.

use crate::bindings::exports::inaproc::akses::forms::{Error, Field, Guest};
use crate::database::{all, database, optional};
use crate::row::Row;
use crate::{Store, page};

/// More fields than a form that anybody would fill in.
const FIELDS_MAX: u32 = 100;

impl Guest for Store {
    fn fields(profile: String, role: String) -> Result<Vec<Field>, Error> {
        let parameters = [profile.into(), role.into(), page(FIELDS_MAX)];
        let sql = include_str!("../sql/form_fields.sql");
        all(database()?.query(sql, &parameters)?, field)
    }

    fn find(profile: String, role: String, name: String) -> Result<Option<Field>, Error> {
        let parameters = [profile.into(), role.into(), name.into()];
        let sql = include_str!("../sql/form_field_find.sql");
        optional(database()?.first(sql, &parameters)?, field)
    }

    fn known(name: String) -> Result<bool, Error> {
        let sql = include_str!("../sql/form_field_known.sql");
        let found = optional(database()?.first(sql, &[name.into()])?, |row| row.take())?;
        Ok(found.unwrap_or(false))
    }
}

fn field(row: &mut Row) -> Result<Field, Error> {
    Ok(Field {
        id: row.take()?,
        profile: row.take()?,
        role: row.take()?,
        name: row.take()?,
        position: row.take()?,
        label: row.take()?,
        help: row.take()?,
        kind: row.take()?,
        need: row.take()?,
        source: row.take()?,
        chars_max: row.take()?,
        version: row.take()?,
    })
}
