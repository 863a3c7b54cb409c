//! Substitutes of absent verifiers as people see them (VER-1).

use crate::accesses::{Moment, Named, zone};
use crate::problem::Problem;
use crate::store::substitutes::Substitution;
use akses_domain::time::{Instant, Zone};
use serde::Serialize;

/// An absence and who stands in.
#[derive(Debug, Serialize)]
pub struct SubstitutionView {
    /// Its id.
    pub id: String,
    /// Where.
    pub institution: Named,
    /// The VAI who is absent.
    pub absent: Named,
    /// Who verifies instead.
    pub substitute: Named,
    /// The first day of the absence.
    pub from: String,
    /// The last day.
    pub until: String,
    /// Whose days these are.
    pub zone: Zone,
    /// For programs.
    pub state: State,
    /// For people.
    pub state_text: &'static str,
    /// When it was ended before its time.
    pub ended: Option<Moment>,
}

/// Where it stands at a moment. What the substitute may do is decided from the
/// accesses behind it as well.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// It has not begun.
    Planned,
    /// The VAI is absent.
    Running,
    /// It ended with its last day.
    Over,
    /// The VAI ended it.
    Ended,
}

impl State {
    /// The state of a row at `now`.
    pub fn of(row: &Substitution, now: Instant) -> Self {
        match row {
            row if row.ended_at.is_some() => Self::Ended,
            row if now.ms() >= row.ends_at => Self::Over,
            row if now.ms() >= row.starts_at => Self::Running,
            _ => Self::Planned,
        }
    }

    const fn text(self) -> &'static str {
        match self {
            Self::Planned => "Belum Mulai",
            Self::Running => "Berlangsung",
            Self::Over => "Selesai",
            Self::Ended => "Diakhiri",
        }
    }
}

impl SubstitutionView {
    /// What it is at `now`.
    ///
    /// # Errors
    /// An internal problem when its zone is none.
    pub fn new(row: Substitution, now: Instant) -> Result<Self, Problem> {
        let zone = zone(&row.zone)?;
        let state = State::of(&row, now);
        Ok(Self {
            id: row.id,
            institution: named(row.institution, row.institution_name),
            absent: named(row.absent, row.absent_name),
            substitute: named(row.substitute, row.substitute_name),
            from: row.first_day,
            until: row.last_day,
            zone,
            state,
            state_text: state.text(),
            ended: row
                .ended_at
                .map(|at| Moment::new(Instant::from_ms(at), zone)),
        })
    }
}

fn named(id: String, name: String) -> Named {
    Named { id, name }
}
