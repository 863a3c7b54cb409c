//! The last day of an institution's accesses, set by a letter.

use anyhow::Result;
use serde_json::{Value, json};

use super::super::load::{Shot, body, string};
use super::super::service::office_day;
use super::{NOTHING, Round, each};

impl Round<'_> {
    /// Letters for an institution that has nobody: what they say changes nothing for the
    /// operations that follow. Each is planned, changed and withdrawn; answers with one.
    pub(super) async fn cut_offs(&mut self) -> Result<String> {
        let letters = (0..self.counts.slow)
            .map(|index| self.cut_off_letter("plan", index))
            .collect();
        let planned = self.run("plan-cut-off", NOTHING, letters).await?;
        let change = |(index, plan): &(usize, Value)| {
            let action = format!("{}/change", string(plan, "id"));
            self.cut_off_letter(&action, *index)
        };
        let changes = planned.iter().map(change).collect();
        self.run("change-cut-off", NOTHING, changes).await?;
        let ids: Vec<_> = planned.iter().map(|(_, plan)| string(plan, "id")).collect();
        let path = |id: &str| format!("/api/cut-offs/{id}/withdrawal");
        let directorate = self.people.directorate.clone();
        let withdrawals = each(&ids, path, &directorate, &json!({ "reason": "Uji" }));
        self.run("withdraw-cut-off", NOTHING, withdrawals).await?;
        Ok(ids[0].clone())
    }

    /// A letter that nobody else has.
    fn cut_off_letter(&self, action: &str, index: usize) -> Shot {
        let today = office_day();
        let letter = json!({
            "letter_number": format!("uji/{}/{index}", self.connections),
            "letter_date": today - chrono::TimeDelta::days(1),
            "last_day": today + chrono::TimeDelta::days(30),
            "scope": { "kind": "institutions", "codes": ["BENCH-SEPI"] },
        });
        let path = format!("/api/cut-offs/{action}");
        Shot::post(path, Some(&self.people.directorate), body(&letter))
    }
}
