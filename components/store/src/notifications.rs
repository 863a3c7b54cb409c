//! The outbox, from the postman's side.
//!
//! A try is counted when the mail is leased, not when it is settled: a mail that
//! kills its postman each time (or meets a crash) comes to its bound as well. The
//! postman settles a mail as dead, without trying, when `attempts` has reached
//! the bound.

use crate::bindings::exports::inaproc::akses::notifications::{
    Delivery, Error, Guest, InstantMs, Mail,
};
use crate::database::{all, database};
use crate::row::Row;
use crate::{Store, page};

/// What is kept of an error text.
const LAST_ERROR_CHARS_MAX: usize = 500;

impl Guest for Store {
    fn lease(
        worker: String,
        now: InstantMs,
        leased_until: InstantMs,
        limit: u32,
    ) -> Result<Vec<Mail>, Error> {
        let database = database()?;
        let lease = [worker.into(), now.into(), leased_until.into(), page(limit)];
        let leased = database.query(include_str!("../sql/notification_lease.sql"), &lease)?;
        if leased.is_empty() {
            return Ok(Vec::new());
        }
        let ids = json_list(&all(leased, |row| row.take::<i64>())?);
        let mails = database.query(include_str!("../sql/notification_mail.sql"), &[ids.into()])?;
        all(mails, mail)
    }

    fn settle(id: i64, worker: String, now: InstantMs, delivery: Delivery) -> Result<bool, Error> {
        let (state, due_at, error) = match delivery {
            Delivery::Sent => ("sent", None, None),
            Delivery::Retry((at, error)) => ("queued", Some(at), Some(shortened(error))),
            Delivery::Dead(error) => ("dead", None, Some(shortened(error))),
        };
        let parameters = [
            id.into(),
            worker.into(),
            state.into(),
            due_at.into(),
            error.into(),
            now.into(),
        ];
        let settled =
            database()?.query(include_str!("../sql/notification_settle.sql"), &parameters)?;
        Ok(!settled.is_empty())
    }
}

fn json_list(ids: &[i64]) -> String {
    let ids: Vec<_> = ids.iter().map(i64::to_string).collect();
    format!("[{}]", ids.join(","))
}

fn shortened(error: String) -> String {
    error.chars().take(LAST_ERROR_CHARS_MAX).collect()
}

fn mail(row: &mut Row) -> Result<Mail, Error> {
    Ok(Mail {
        id: row.take()?,
        subject: row.take()?,
        version: row.take()?,
        template: row.take()?,
        recipient_email: row.take()?,
        recipient_name: row.take()?,
        event: row.take()?,
        at: row.take()?,
        attempts: row.take()?,
        role_name: row.take()?,
        work_unit_name: row.take()?,
        institution_name: row.take()?,
        zone: row.take()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_become_a_json_list() {
        assert_eq!(json_list(&[]), "[]");
        assert_eq!(json_list(&[1, -2, 3]), "[1,-2,3]");
    }

    #[test]
    fn errors_are_cut_at_a_character() {
        assert_eq!(
            shortened("é".repeat(1_000)).chars().count(),
            LAST_ERROR_CHARS_MAX
        );
    }
}
