//! The verifier's queue.

use crate::bindings::exports::inaproc::akses::requests::{
    Cursor, Error, Guest, Id, Letter, Request, Scope,
};
use crate::database::{Database, all, database, optional};
use crate::row::Row;
use crate::{PAGE_ROWS_MAX, Store, page};

/// One person verifies for few institutions; more is a mistake of the caller.
const SCOPES_MAX: usize = 64;

impl Guest for Store {
    fn waiting(
        scopes: Vec<Scope>,
        besides: Id,
        after: Option<Cursor>,
        limit: u32,
    ) -> Result<Vec<Request>, Error> {
        if scopes.len() > SCOPES_MAX {
            return Err(Error::Unavailable(format!(
                "more than {SCOPES_MAX} scopes in one query"
            )));
        }
        let database = database()?;
        let after = after.unwrap_or(Cursor {
            deadline_at: i64::MIN,
            request: String::new(),
        });
        let mut requests = Vec::new();
        for scope in scopes {
            requests.extend(of_scope(database, scope, &besides, &after, limit)?);
        }
        Ok(merged(requests, limit))
    }

    fn access_of(request: Id) -> Result<Option<Id>, Error> {
        let sql = include_str!("../sql/request_access.sql");
        optional(database()?.first(sql, &[request.into()])?, |row| row.take())
    }
}

fn of_scope(
    database: &Database,
    scope: Scope,
    besides: &str,
    after: &Cursor,
    limit: u32,
) -> Result<Vec<Request>, Error> {
    let shared = [
        after.deadline_at.into(),
        after.request.as_str().into(),
        besides.into(),
        page(limit),
    ];
    let rows = match scope {
        Scope::Institution(institution) => {
            let parameters: Vec<_> = std::iter::once(institution.into()).chain(shared).collect();
            database.query(
                include_str!("../sql/request_waiting_institution.sql"),
                &parameters,
            )?
        }
        Scope::National => {
            database.query(include_str!("../sql/request_waiting_national.sql"), &shared)?
        }
    };
    all(rows, request)
}

/// The first `limit` of all scopes together, each once even if a scope was named
/// twice. No scope can have more to give before the end of this page, because
/// each gave its first `limit`.
fn merged(mut requests: Vec<Request>, limit: u32) -> Vec<Request> {
    requests.sort_by(|a, b| (a.deadline_at, &a.id).cmp(&(b.deadline_at, &b.id)));
    requests.dedup_by(|a, b| a.id == b.id);
    requests.truncate(limit.min(PAGE_ROWS_MAX) as usize);
    requests
}

fn request(row: &mut Row) -> Result<Request, Error> {
    Ok(Request {
        id: row.take()?,
        access: row.take()?,
        kind: row.take()?,
        account: row.take()?,
        account_name: row.take()?,
        role: row.take()?,
        role_name: row.take()?,
        institution: row.take()?,
        institution_name: row.take()?,
        work_unit: row.take()?,
        work_unit_name: row.take()?,
        zone: row.take()?,
        submitted_at: row.take()?,
        deadline_at: row.take()?,
        valid_until: row.take()?,
        document: row.take()?,
        verified_by: row.take()?,
        version: row.take()?,
        form: row.take()?,
        step: row.take()?,
        meets_rule: row.take()?,
        letter: letter(row)?,
    })
}

/// The columns of the letter; the first is null without one.
fn letter(row: &mut Row) -> Result<Option<Letter>, Error> {
    let Some(id) = row.take()? else {
        return Ok(None);
    };
    Ok(Some(Letter {
        id,
        filed_by_name: row.take()?,
    }))
}
