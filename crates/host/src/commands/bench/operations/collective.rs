//! Letters that ask for many accesses at once.

use anyhow::Result;
use serde_json::json;

use super::super::load::{Shot, string};
use super::{Round, each};

/// Of the 20 files that a Kepala UKPBJ checks in a day (migration 0010), what each of
/// the three rounds of the benchmark may take.
const CHECKS_MAX: usize = 20 / 3;

impl Round<'_> {
    /// From the check of a file to the verifier's decision on its letter.
    pub(super) async fn collective_letters(&mut self) -> Result<()> {
        let files = self
            .people
            .collective_files(self.counts.slow.min(CHECKS_MAX))?;
        let letters = self
            .run("check-collective", "collective-checked", files)
            .await?;
        let letters: Vec<_> = letters.iter().map(|(_, it)| string(it, "id")).collect();
        let head = self.people.collective_head();
        let verifier = self.people.verifier.clone();
        let path = |step: &'static str| move |id: &str| format!("/api/collective/{id}/{step}");

        // The second row of each is the first once more.
        let strikes = each(&letters, path("strike"), &head, &json!({ "lines": [3] }));
        self.run("strike-collective", "collective-struck", strikes)
            .await?;
        let filings = each(
            &letters,
            path("filing"),
            &head,
            &json!({ "confirmed": true }),
        );
        self.run("file-collective", "collective-filed", filings)
            .await?;
        let letter = Shot::get(format!("/api/collective/{}", letters[0]), Some(&head));
        self.read("read-collective", letter).await?;
        let approval = json!({ "decision": "approve", "attested": true });
        let decisions = each(&letters, path("decision"), &verifier, &approval);
        self.run("decide-collective", "request-approved", decisions)
            .await?;
        Ok(())
    }
}
