//! What will end (EXP-7).

use crate::Store;
use crate::bindings::exports::inaproc::akses::wave::{
    Ending, Error, Guest, Id, InstantMs, Institution, Total,
};
use crate::database::{all, database, optional};

impl Guest for Store {
    fn of_institution(
        institution: Id,
        after: InstantMs,
        until: InstantMs,
    ) -> Result<Vec<Ending>, Error> {
        let parameters = [institution.into(), after.into(), until.into()];
        let sql = include_str!("../sql/wave_of_institution.sql");
        all(database()?.query(sql, &parameters)?, |row| {
            Ok(Ending {
                ends_at: row.take()?,
                accesses: row.take()?,
                waiting: row.take()?,
            })
        })
    }

    fn of_zone(zone: String, after: InstantMs, until: InstantMs) -> Result<Vec<Total>, Error> {
        let parameters = [zone.into(), after.into(), until.into()];
        let sql = include_str!("../sql/wave_of_zone.sql");
        all(database()?.query(sql, &parameters)?, |row| {
            Ok(Total {
                ends_at: row.take()?,
                accesses: row.take()?,
            })
        })
    }

    fn by_id(institution: Id) -> Result<Option<Institution>, Error> {
        let sql = include_str!("../sql/wave_institution.sql");
        optional(database()?.first(sql, &[institution.into()])?, |row| {
            Ok(Institution {
                id: row.take()?,
                name: row.take()?,
                zone: row.take()?,
            })
        })
    }

    fn people(campaign: String) -> Result<Option<u32>, Error> {
        let sql = include_str!("../sql/appeal_people.sql");
        optional(database()?.first(sql, &[campaign.into()])?, |row| {
            row.take()
        })
    }
}
