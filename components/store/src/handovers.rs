//! Who carries on when an access ends (EXP-6).

use crate::bindings::exports::inaproc::akses::handovers::{
    Candidate, End, Error, Guest, Id, InstantMs, Open, Place, Stretch,
};
use crate::database::{all, database, optional};
use crate::row::Row;
use crate::{PAGE_ROWS_MAX, Store, page};
use spin_sdk::sqlite::Value;

/// How many who could carry on are answered: a list to choose from.
const CANDIDATES_MAX: u32 = 100;

/// One person is an official of few places; more is a mistake of the caller.
const PLACES_MAX: usize = 64;

impl Guest for Store {
    fn candidates(
        work_unit: Id,
        role: String,
        account: Option<Id>,
        besides: Option<Id>,
    ) -> Result<Vec<Candidate>, Error> {
        let parameters = [
            work_unit.into(),
            role.into(),
            account.into(),
            besides.into(),
            CANDIDATES_MAX.into(),
        ];
        let sql = include_str!("../sql/handover_candidates.sql");
        all(database()?.query(sql, &parameters)?, candidate)
    }

    fn open_at(places: Vec<Place>, after: Option<Id>, limit: u32) -> Result<Vec<Open>, Error> {
        if places.len() > PLACES_MAX {
            return Err(Error::Unavailable(format!(
                "more than {PLACES_MAX} places in one query"
            )));
        }
        let database = database()?;
        let after = after.unwrap_or_default();
        let mut found = Vec::new();
        for place in places {
            let (sql, place) = match place {
                Place::WorkUnit(id) => (include_str!("../sql/handover_open_unit.sql"), id),
                Place::Institution(id) => {
                    (include_str!("../sql/handover_open_institution.sql"), id)
                }
            };
            let parameters = [place.into(), after.as_str().into(), page(limit)];
            found.extend(all(database.query(sql, &parameters)?, open)?);
        }
        // Each place gave its first, so none has more to give before this page ends.
        found.sort_by(|a: &Open, b| a.access.cmp(&b.access));
        found.dedup_by(|a, b| a.access == b.access);
        found.truncate(limit.min(PAGE_ROWS_MAX) as usize);
        Ok(found)
    }

    fn walk(after: Option<i64>, before: InstantMs, limit: u32) -> Result<Stretch, Error> {
        let database = database()?;
        let after = match after {
            Some(after) => after,
            None => {
                let walked = database.first(include_str!("../sql/handover_walked.sql"), &[])?;
                optional(walked, |row| row.take())?.unwrap_or_default()
            }
        };
        let parameters = [after.into(), before.into(), limit.into()];
        let stretch = database.first(include_str!("../sql/handover_stretch.sql"), &parameters)?;
        let (through, count) = optional(stretch, |row| {
            Ok((row.take::<Option<i64>>()?, row.take::<u32>()?))
        })?
        .unwrap_or_default();
        let through = through.unwrap_or(after);
        let parameters: [Value; 2] = [after.into(), through.into()];
        let ends = database.query(include_str!("../sql/handover_ends.sql"), &parameters)?;
        Ok(Stretch {
            after,
            through,
            full: count == limit && through > after,
            ends: all(ends, end)?,
        })
    }

    fn walked(through: i64) -> Result<(), Error> {
        let sql = include_str!("../sql/handover_walk_on.sql");
        database()?.change(sql, &[through.into()])?;
        Ok(())
    }
}

fn candidate(row: &mut Row) -> Result<Candidate, Error> {
    Ok(Candidate {
        access: row.take()?,
        account: row.take()?,
        account_name: row.take()?,
        role: row.take()?,
        role_name: row.take()?,
        zone: row.take()?,
        ends_at: row.take()?,
    })
}

fn open(row: &mut Row) -> Result<Open, Error> {
    Ok(Open {
        access: row.take()?,
        account: row.take()?,
        account_name: row.take()?,
        role: row.take()?,
        role_name: row.take()?,
        institution: row.take()?,
        work_unit: row.take()?,
        work_unit_name: row.take()?,
        zone: row.take()?,
        standing: row.take()?,
        valid_until: row.take()?,
        packages: row.take()?,
    })
}

fn end(row: &mut Row) -> Result<End, Error> {
    Ok(End {
        access: row.take()?,
        role: row.take()?,
        role_name: row.take()?,
        work_unit: row.take()?,
        work_unit_name: row.take()?,
        institution: row.take()?,
        zone: row.take()?,
        valid_until: row.take()?,
        at: row.take()?,
    })
}
