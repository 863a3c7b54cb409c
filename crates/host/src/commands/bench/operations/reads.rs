//! What is read at any time. Reads of what a chapter made are in that chapter.

use anyhow::Result;

use super::super::load::Shot;
use super::super::people::UKPBJ;
use super::super::service::tick;
use super::meetings::Waiting;
use super::{NOTHING, Round};

/// Reads that look at all tickets or all that an institution has, which are more from
/// round to round: as many as of what is slow.
const LONG_READS: [&str; 4] = [
    "why-no-entry",
    "list-substitutes",
    "reset-report",
    "coming-wave",
];

impl Round<'_> {
    /// With what the operations before left.
    pub(super) async fn reads(
        &mut self,
        (supplier, request): &Waiting,
        cut_off: &str,
        ticket: &str,
    ) -> Result<()> {
        // There has to be a seal to read.
        self.run("seal-record", NOTHING, vec![tick("seal-record")])
            .await?;
        let people = &*self.people;
        let me = |path: &str| Shot::get(path, Some(&people.tokens[0]));
        let ukpbj = |path: &str| Shot::get(path, Some(&people.tokens[UKPBJ]));
        let verifier = |path: &str| Shot::get(path, Some(&people.verifier));
        let directorate = |path: &str| Shot::get(path, Some(&people.directorate));
        let officer = |path: &str| Shot::get(path, Some(&people.officers[0].token));
        let supplier = |path: &str| Shot::get(path, Some(supplier));
        let anybody = |path: &str| Shot::get(path, None);
        let of_cut_off = |what: &str| directorate(&format!("/api/cut-offs/{cut_off}/{what}"));
        let of_request = |what: &str| supplier(&format!("/api/requests/{request}/{what}"));
        let document = format!("/api/documents/{}", people.documents[0]);
        let ticket = format!("/api/password-resets/{ticket}");
        let reads = [
            ("who-am-i", me("/api/me")),
            ("list-accesses", me("/api/accesses?limit=10")),
            ("why-no-entry", me("/api/why?limit=10")),
            ("list-cut-offs", directorate("/api/cut-offs?limit=10")),
            ("preview-cut-off", of_cut_off("preview")),
            ("cut-off-report", of_cut_off("report")),
            ("list-requests", verifier("/api/requests?limit=10")),
            ("list-substitutes", verifier("/api/substitutes")),
            ("list-verifier-gaps", verifier("/api/verifier-gaps")),
            ("coming-wave", verifier("/api/coming-wave")),
            ("reference-data", me("/api/reference/institutions?q=be")),
            ("registration-form", me("/api/registration-form?role=PPK")),
            ("read-drafts", me("/api/drafts")),
            ("read-document", me(&document)),
            ("read-meeting", of_request("meeting")),
            ("waiting-room", of_request("waiting-room")),
            ("meeting-queue", verifier("/api/meetings?limit=10")),
            ("list-platforms", verifier("/api/platforms")),
            ("read-terms", verifier("/api/platforms/BENCH/terms")),
            ("collective-template", me("/api/collective-template")),
            ("reset-procedure", me("/api/reset-procedure")),
            ("read-reset", me(&ticket)),
            ("reset-board", me("/api/reset-board?limit=10")),
            ("reset-report", ukpbj("/api/reset-report")),
            ("list-messages", officer("/api/messages")),
            ("signing-keys", anybody("/.well-known/jwks.json")),
            ("latest-seal", anybody("/api/seals/latest")),
            ("api-description", anybody("/api/openapi.json")),
            ("pages", anybody("/")),
            ("health", anybody("/health")),
        ];
        for (operation, shot) in reads {
            if LONG_READS.contains(&operation) {
                self.slow_read(operation, shot).await?;
            } else {
                self.read(operation, shot).await?;
            }
        }
        Ok(())
    }
}
