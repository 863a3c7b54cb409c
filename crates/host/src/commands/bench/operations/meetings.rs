//! Meetings with suppliers, and who stands in for an absent verifier.

use std::sync::Arc;

use anyhow::{Context, Result};
use chrono::DateTime;
use serde_json::json;

use super::super::load::{Shot, nothing, string};
use super::super::people::MEETINGS;
use super::{NOTHING, Round, each};

/// Days ahead that an absence can begin on, less the ones that may pass meanwhile.
const ABSENCES_MAX: usize = 80;

/// A supplier with a request that waits for a meeting.
pub(super) type Waiting = (Arc<str>, String);

impl Round<'_> {
    /// From the request to the meeting that was missed; answers with one of them.
    pub(super) async fn meetings(&mut self) -> Result<Waiting> {
        let (first, forms) = self.people.suppliers_registrations(2 * MEETINGS)?;
        let asked = self
            .run("register-access (supplier)", NOTHING, forms)
            .await?;
        let requests: Vec<Waiting> = asked
            .iter()
            .map(|(index, access)| {
                let supplier = self.people.supplier_of(first + index).token.clone();
                (supplier, string(&access["request"], "id"))
            })
            .collect();
        let (joined, moved) = requests.split_at(requests.len() / 2);
        let verifier = self.people.verifier.clone();
        let by_supplier = |waiting: &[Waiting], command: &str| {
            let shot = |(supplier, request): &Waiting| {
                let path = format!("/api/requests/{request}/meeting/{command}");
                Shot::post(path, Some(supplier), nothing())
            };
            waiting.iter().map(shot).collect()
        };
        self.run(
            "join-meeting",
            "meeting-joined",
            by_supplier(joined, "join"),
        )
        .await?;
        let moves = by_supplier(moved, "reschedule");
        self.run("reschedule-meeting", "meeting-moved", moves)
            .await?;
        let call = Shot::post("/api/meetings/call-next", Some(&verifier), nothing());
        let called = self
            .run("call-next", "meeting-called", vec![call; joined.len()])
            .await?;
        // Whoever was called has some minutes to come.
        let absent_from = called
            .iter()
            .map(|(_, called)| string(&called["meeting"]["absent_from"], "at"))
            .map(|at| DateTime::parse_from_rfc3339(&at));
        let absent_from = absent_from.collect::<Result<Vec<_>, _>>()?;
        let all_absent = absent_from.into_iter().max().context("nobody was called")?;
        self.service.pass_until(all_absent).await?;
        let path = |request: &str| format!("/api/requests/{request}/meeting/absence");
        let ids = joined.iter().map(|(_, request)| request);
        let absences = each(ids, path, &verifier, &json!({}));
        self.run("mark-absence", "meeting-missed", absences).await?;
        Ok(joined[0].clone())
    }

    /// Absences of a day each, ended again so that the next round finds the days free.
    pub(super) async fn substitutions(&mut self) -> Result<()> {
        let days = 0..self.counts.slow.min(ABSENCES_MAX);
        let absences = days.map(|ahead| self.people.absence(ahead)).collect();
        let named = self
            .run("name-substitute", "substitute-named", absences)
            .await?;
        let ids: Vec<_> = named.iter().map(|(_, it)| string(it, "id")).collect();
        let path = |id: &str| format!("/api/substitutes/{id}/ending");
        let endings = each(&ids, path, &self.people.verifier, &json!({}));
        self.run("end-substitution", "substitution-ended", endings)
            .await?;
        Ok(())
    }
}
