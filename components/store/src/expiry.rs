//! The sweep (EXP-3).

use crate::Store;
use crate::bindings::exports::inaproc::akses::expiry::{CutOff, Error, Guest, InstantMs};
use crate::database::database;

impl Guest for Store {
    fn expire_due(now: InstantMs, cut_off: CutOff, limit: u32) -> Result<u32, Error> {
        let parameters =
            [now.into(), cut_off.wib.into(), cut_off.wita.into(), cut_off.wit.into(), limit.into()];
        let sql = include_str!("../sql/expiry_by_end.sql");
        let expired = database()?.change(sql, &parameters)?;
        u32::try_from(expired).map_err(|_| Error::Corrupt("more rows than the limit".to_owned()))
    }
}
