//! The password-reset procedure (PWD-1..3).

use crate::bindings::exports::inaproc::akses::resets::{
    Course, Error, Guest, Id, InstantMs, Obstacle, Officer, Person, Right, Step, Ticket,
};
use crate::database::{all, database, optional};
use crate::row::Row;
use crate::{PAGE_ROWS_MAX, Store, page};

/// A thousand tickets are one report; one more says that there are more.
const REPORT_TICKETS_MAX: u32 = 1_001;

impl Guest for Store {
    fn procedure() -> Result<Vec<Step>, Error> {
        let sql = include_str!("../sql/reset_procedure.sql");
        all(database()?.query(sql, &[])?, step)
    }

    fn open(
        institution: Id,
        after: Option<(InstantMs, Id)>,
        limit: u32,
    ) -> Result<Vec<Ticket>, Error> {
        let (step_at, id) = after.unwrap_or_default();
        let parameters = [institution.into(), step_at.into(), id.into(), page(limit)];
        let sql = include_str!("../sql/reset_open.sql");
        all(database()?.query(sql, &parameters)?, ticket)
    }

    fn ticket_by_id(id: Id) -> Result<Option<Ticket>, Error> {
        let sql = include_str!("../sql/reset_ticket_by_id.sql");
        optional(database()?.first(sql, &[id.into()])?, ticket)
    }

    fn courses(
        institution: Id,
        since: InstantMs,
        until: InstantMs,
        limit: u32,
    ) -> Result<Vec<Course>, Error> {
        let limit = limit.min(REPORT_TICKETS_MAX);
        let parameters = [institution.into(), since.into(), until.into(), limit.into()];
        let sql = include_str!("../sql/reset_courses.sql");
        all(database()?.query(sql, &parameters)?, course)
    }

    fn people(ticket: Id) -> Result<Vec<Person>, Error> {
        let sql = include_str!("../sql/reset_people.sql");
        all(database()?.query(sql, &[ticket.into()])?, person)
    }

    fn officer_by_access(access: Id) -> Result<Option<Officer>, Error> {
        let sql = include_str!("../sql/reset_officer.sql");
        optional(database()?.first(sql, &[access.into()])?, officer)
    }

    fn officers_of_account(account: Id, work_unit: Id) -> Result<Vec<Officer>, Error> {
        let parameters = [account.into(), work_unit.into(), PAGE_ROWS_MAX.into()];
        let sql = include_str!("../sql/reset_officer_of_account.sql");
        all(database()?.query(sql, &parameters)?, officer)
    }

    fn obstacles(account: Id, institution: Id) -> Result<Vec<Obstacle>, Error> {
        let parameters = [account.into(), institution.into(), PAGE_ROWS_MAX.into()];
        let sql = include_str!("../sql/reset_foreign_access.sql");
        all(database()?.query(sql, &parameters)?, obstacle)
    }

    fn ticket_of_document(document: Id) -> Result<Option<Id>, Error> {
        let sql = include_str!("../sql/reset_ticket_of_document.sql");
        optional(database()?.first(sql, &[document.into()])?, Row::take)
    }

    fn by_pickup(pickup: String, now: InstantMs) -> Result<Option<Right>, Error> {
        let sql = include_str!("../sql/reset_right_by_pickup.sql");
        optional(database()?.first(sql, &[pickup.into(), now.into()])?, right)
    }

    fn by_link(link_sha256: String, now: InstantMs) -> Result<Option<Right>, Error> {
        let sql = include_str!("../sql/reset_right_by_link.sql");
        let parameters = [link_sha256.into(), now.into()];
        optional(database()?.first(sql, &parameters)?, right)
    }

    fn open_link(
        ticket: Id,
        account: Id,
        link_sha256: String,
        now: InstantMs,
        expires_at: InstantMs,
    ) -> Result<Option<InstantMs>, Error> {
        let parameters = [
            ticket.into(),
            account.into(),
            link_sha256.into(),
            now.into(),
            expires_at.into(),
        ];
        let sql = include_str!("../sql/reset_link_open.sql");
        optional(database()?.first(sql, &parameters)?, Row::take)
    }

    fn propose(
        proposal: Id,
        account: Id,
        link_sha256: String,
        password_hash: String,
    ) -> Result<(), Error> {
        let parameters = [
            proposal.into(),
            account.into(),
            link_sha256.into(),
            password_hash.into(),
        ];
        let sql = include_str!("../sql/password_propose.sql");
        database()?.change(sql, &parameters)?;
        Ok(())
    }

    fn withdraw(proposal: Id) -> Result<(), Error> {
        let sql = include_str!("../sql/password_withdraw.sql");
        database()?.change(sql, &[proposal.into()])?;
        Ok(())
    }

    fn last_change(account: Id) -> Result<Option<u32>, Error> {
        let sql = include_str!("../sql/password_last_change.sql");
        optional(database()?.first(sql, &[account.into()])?, Row::take)
    }
}

fn step(row: &mut Row) -> Result<Step, Error> {
    Ok(Step {
        number: row.take()?,
        duty: row.take()?,
        clock: row.take()?,
        amount: row.take()?,
        activity: row.take()?,
        requirement: row.take()?,
        output: row.take()?,
        remark: row.take()?,
    })
}

fn ticket(row: &mut Row) -> Result<Ticket, Error> {
    Ok(Ticket {
        id: row.take()?,
        institution: row.take()?,
        institution_name: row.take()?,
        work_unit: row.take()?,
        work_unit_name: row.take()?,
        zone: row.take()?,
        letter_number: row.take()?,
        letter_date: row.take()?,
        people: row.take()?,
        step: row.take()?,
        step_at: row.take()?,
    })
}

fn course(row: &mut Row) -> Result<Course, Error> {
    Ok(Course {
        letter_date: row.take()?,
        zone: row.take()?,
        returned: row.take()?,
        done: moments(&row.take::<String>()?)?,
    })
}

fn moments(json: &str) -> Result<Vec<InstantMs>, Error> {
    serde_json::from_str(json)
        .map_err(|error| Error::Corrupt(format!("the steps of a ticket: {error}")))
}

fn person(row: &mut Row) -> Result<Person, Error> {
    Ok(Person {
        access: row.take()?,
        account: row.take()?,
        name: row.take()?,
        role_name: row.take()?,
        used_at: row.take()?,
    })
}

fn officer(row: &mut Row) -> Result<Officer, Error> {
    Ok(Officer {
        access: row.take()?,
        account: row.take()?,
        work_unit: row.take()?,
        institution: row.take()?,
        zone: row.take()?,
        ends_at: row.take()?,
        known: row.take()?,
    })
}

fn obstacle(row: &mut Row) -> Result<Obstacle, Error> {
    Ok(Obstacle {
        institution: row.take()?,
        zone: row.take()?,
        ends_at: row.take()?,
    })
}

fn right(row: &mut Row) -> Result<Right, Error> {
    Ok(Right {
        ticket: row.take()?,
        account: row.take()?,
        expires_at: row.take()?,
    })
}
