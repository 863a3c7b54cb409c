//! Rules between roles, and the accesses that they concern.

use crate::Store;
use crate::bindings::exports::inaproc::akses::conflicts::{Clash, Error, Guest, Holder, Rule};
use crate::database::{all, database, optional};
use crate::row::Row;

/// Holders of one question: as many as a page of the queue has.
const HOLDERS_MAX: usize = crate::PAGE_ROWS_MAX as usize;

impl Guest for Store {
    fn clashes(of: Vec<Holder>) -> Result<Vec<Clash>, Error> {
        if of.len() > HOLDERS_MAX {
            return Err(Error::Unavailable(format!(
                "more than {HOLDERS_MAX} holders in one query"
            )));
        }
        let holders: Vec<_> = of.iter().map(|h| [&h.account, &h.role]).collect();
        let holders = serde_json::to_string(&holders).expect("texts are JSON");
        let sql = include_str!("../sql/conflict_clashes.sql");
        all(database()?.query(sql, &[holders.into()])?, clash)
    }

    fn rule_by_code(code: String) -> Result<Option<Rule>, Error> {
        let sql = include_str!("../sql/conflict_by_code.sql");
        optional(database()?.first(sql, &[code.into()])?, rule)
    }
}

fn clash(row: &mut Row) -> Result<Clash, Error> {
    Ok(Clash {
        of: Holder {
            account: row.take()?,
            role: row.take()?,
        },
        rule: row.take()?,
        source: row.take()?,
        scope: row.take()?,
        valid_from: row.take()?,
        valid_until: row.take()?,
        access: row.take()?,
        role_name: row.take()?,
        institution: row.take()?,
        work_unit: row.take()?,
        work_unit_name: row.take()?,
        zone: row.take()?,
        ends_at: row.take()?,
    })
}

fn rule(row: &mut Row) -> Result<Rule, Error> {
    Ok(Rule {
        id: row.take()?,
        code: row.take()?,
        role: row.take()?,
        other_role: row.take()?,
        source: row.take()?,
        scope: row.take()?,
        valid_from: row.take()?,
        valid_until: row.take()?,
        version: row.take()?,
    })
}
