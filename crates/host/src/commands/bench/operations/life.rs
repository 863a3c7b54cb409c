//! The life of an access, and who carries its work on.

use std::sync::Arc;

use anyhow::Result;
use bytes::Bytes;
use serde_json::{Value, json};

use super::super::load::{Shot, body, string};
use super::super::people::People;
use super::super::service::office_day;
use super::{Answers, NOTHING, Round};

impl Round<'_> {
    /// From the draft of its form to its reactivation.
    pub(super) async fn life_of_an_access(&mut self, decree: &Bytes) -> Result<()> {
        let drafts = (0..self.counts.slow)
            .map(|index| self.people.draft(index))
            .collect();
        // A write of its own kind, with no event to compare with.
        self.run("save-draft", NOTHING, drafts).await?;

        let (first, forms) = self.people.registrations(self.counts.writes)?;
        let registered = self
            .run("register-access", "access-requested", forms)
            .await?;
        let owned = owned(self.people, first, registered);
        let verifier = self.people.verifier.clone();
        let approvals = owned.iter().map(|o| o.approval(&verifier)).collect();
        self.run("decide-verification", "request-approved", approvals)
            .await?;
        let extensions = owned.iter().map(Owned::extension).collect();
        self.run("submit-extension", "extension-requested", extensions)
            .await?;
        let deactivations = owned.iter().map(Owned::deactivation).collect();
        self.run("deactivate-access", "access-deactivated", deactivations)
            .await?;
        self.read("list-successors", owned[0].read("successors"))
            .await?;
        self.read("access-history", owned[0].read("history"))
            .await?;
        self.handovers(&owned).await?;
        let reactivations = owned.iter().map(Owned::reactivation).collect();
        self.run(
            "submit-reactivation",
            "reactivation-requested",
            reactivations,
        )
        .await?;
        self.own_things(decree).await
    }

    /// What was left open: of the head's own accesses and half of the others their owner
    /// says that nothing is, of the rest the head.
    async fn handovers(&mut self, owned: &[Owned]) -> Result<()> {
        let head = self.people.collective_head();
        let left = Shot::get("/api/handovers?limit=10", Some(&head));
        self.slow_read("list-handovers", left).await?;
        let (by_owner, by_head): (Vec<_>, Vec<_>) = owned
            .iter()
            .enumerate()
            .partition(|(index, owned)| index % 2 == 0 || owned.token == head);
        let none_open = body(&json!({ "handover": { "kind": "none-open" } }));
        let names = by_owner.iter().map(|(_, owned)| {
            let path = format!("/api/accesses/{}/handover", owned.access);
            Shot::post(path, Some(&owned.token), none_open.clone())
        });
        self.run("name-successor", "handover-named", names.collect())
            .await?;
        let assigns = by_head.iter().map(|(_, owned)| {
            let path = format!("/api/handovers/{}/successor", owned.access);
            Shot::post(path, Some(&head), none_open.clone())
        });
        self.run("assign-successor", "handover-named", assigns.collect())
            .await?;
        Ok(())
    }

    /// A decree, and a number that this person did not save the time before.
    async fn own_things(&mut self, decree: &Bytes) -> Result<()> {
        let upload = Shot::post(
            "/api/documents",
            Some(&self.people.tokens[0]),
            decree.clone(),
        );
        let uploads = vec![upload; self.counts.writes];
        self.run("upload-document", "document-stored", uploads)
            .await?;
        let save = |index| {
            let person = &self.people.tokens[self.people.person_of(index)];
            let number = json!({ "kind": "nrp", "number": format!("{index:08}") });
            Shot::put("/api/me/service-number", Some(person), body(&number))
        };
        let saves = (0..self.counts.writes).map(save).collect();
        self.run("save-service-number", "service-number-saved", saves)
            .await?;
        Ok(())
    }
}

/// An access with what its owner needs for the next commands.
struct Owned {
    access: String,
    request: String,
    token: Arc<str>,
    document: String,
}

/// The accesses that these answers to registrations are about.
fn owned(people: &People, first: usize, registered: Answers) -> Vec<Owned> {
    let owned = |(index, access): (usize, Value)| {
        let person = people.person_of(first + index);
        Owned {
            access: string(&access, "id"),
            request: string(&access["request"], "id"),
            token: people.tokens[person].clone(),
            document: people.documents[person].clone(),
        }
    };
    registered.into_iter().map(owned).collect()
}

impl Owned {
    fn read(&self, what: &str) -> Shot {
        Shot::get(
            format!("/api/accesses/{}/{what}", self.access),
            Some(&self.token),
        )
    }

    fn command(&self, command: &str, said: &Value) -> Shot {
        let path = format!("/api/accesses/{}/{command}", self.access);
        Shot::post(path, Some(&self.token), body(said))
    }

    fn approval(&self, verifier: &Arc<str>) -> Shot {
        let path = format!("/api/requests/{}/decision", self.request);
        let approval = json!({
            "decision": "approve", "attested": true, "valid_until": near().to_string(),
        });
        Shot::post(path, Some(verifier), body(&approval))
    }

    fn extension(&self) -> Shot {
        let form = json!({ "valid_until": "2031-12-31", "document": self.document });
        self.command("extension", &form)
    }

    fn deactivation(&self) -> Shot {
        let handover = json!({ "handover": {
            "kind": "unassigned", "packages": [{ "title": "Paket Bench" }],
        } });
        self.command("deactivation", &handover)
    }

    fn reactivation(&self) -> Shot {
        let form = json!({ "valid_until": "2031-12-31", "document": self.document });
        self.command("reactivation", &form)
    }
}

/// An end near enough to be extended, with some days for a clock that is moved.
fn near() -> chrono::NaiveDate {
    office_day() + chrono::TimeDelta::days(60)
}
