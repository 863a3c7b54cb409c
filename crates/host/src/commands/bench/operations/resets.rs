//! The procedure of a password reset, for officers in turn.

use anyhow::{Context, Result};
use serde_json::{Value, json};

use super::super::load::{Connection, Shot, body, nothing, string};
use super::super::people::{HEAD, LPSE, Officer, TEAM, UKPBJ, pickup_code};
use super::{Answers, CONNECTIONS, NOTHING, Round, each};

/// What is measured with the same change of one person's account, which happens once at
/// a time, is measured at no more connections than somebody has devices.
const ONE_PERSON_CONNECTIONS: usize = 4;

/// A ticket with the number of the officer it is about.
struct Ticket {
    id: String,
    officer: usize,
}

impl Round<'_> {
    /// From the request to the new password; answers with one ticket.
    pub(super) async fn resets(&mut self) -> Result<String> {
        let mut tickets = self.request_resets().await?;
        // The others go on.
        let returned = tickets.split_off(tickets.len() / 2);
        let path = |id: &str| format!("/api/password-resets/{id}/return");
        let head = self.people.tokens[HEAD].clone();
        let ids = returned.iter().map(|ticket| &ticket.id);
        let returns = each(ids, path, &head, &json!({ "reason": "Uji" }));
        self.run("return-reset", "reset-returned", returns).await?;
        self.reset_steps(&tickets).await?;
        self.reset_messages().await?;
        let ticket = tickets.into_iter().next().context("a ticket was made")?;
        Ok(ticket.id)
    }

    async fn request_resets(&mut self) -> Result<Vec<Ticket>> {
        let people = &*self.people;
        let officers = people.officers.len();
        let unit = people.work_units.last().context("there are units")?;
        let request = |index: usize| {
            let letter = json!({
                "work_unit": unit, "document": people.documents[HEAD],
                "letter_number": "B-1", "letter_date": "2026-01-02",
                "people": [named(&people.officers[index % officers])],
            });
            let head = &people.tokens[HEAD];
            Shot::post("/api/password-resets", Some(head), body(&letter))
        };
        let requests = (0..2 * self.counts.slow).map(request).collect();
        let mut requested = self
            .run("request-reset", "reset-requested", requests)
            .await?;
        // Answers come as connections were done; officers stay in turn.
        requested.sort_by_key(|(index, _)| *index);
        let ticket = |(index, ticket): &(usize, Value)| Ticket {
            id: string(ticket, "id"),
            officer: index % officers,
        };
        Ok(requested.iter().map(ticket).collect())
    }

    /// Steps 2 to 11 of each.
    async fn reset_steps(&mut self, tickets: &[Ticket]) -> Result<()> {
        let note = |step: u8| json!({ "step": step, "note": "Mohon dikerjakan." });
        let draft = json!({ "step": 7, "number": "S-1", "text": "Sudah dikerjakan." });
        let archive = json!({ "step": 10, "archive_number": "A-1" });

        self.step(tickets, "advance-reset (2)", "advance", UKPBJ, &note(2))
            .await?;
        self.step(tickets, "advance-reset (3)", "advance", LPSE, &note(3))
            .await?;
        self.names(tickets).await?;
        self.step(tickets, "prepare-reset", "preparation", TEAM, &json!({}))
            .await?;
        self.step(tickets, "send-reset", "delivery", TEAM, &json!({}))
            .await?;
        self.step(tickets, "draft-reset-letter (7)", "letter", TEAM, &draft)
            .await?;
        let correction = json!({ "step": 8 });
        let written = self
            .step(
                tickets,
                "draft-reset-letter (8)",
                "letter",
                LPSE,
                &correction,
            )
            .await?;
        // All have the same text.
        let (_, ticket) = written.first().context("a letter was written")?;
        let signature = json!({ "sha256": ticket["letters"][0]["sha256"] });
        self.step(tickets, "sign-reset-letter", "signature", UKPBJ, &signature)
            .await?;
        self.step(tickets, "advance-reset (10)", "advance", TEAM, &archive)
            .await?;
        self.step(tickets, "send-reset-letter", "dispatch", TEAM, &json!({}))
            .await?;
        Ok(())
    }

    async fn step(
        &mut self,
        tickets: &[Ticket],
        operation: &'static str,
        action: &str,
        actor: usize,
        said: &Value,
    ) -> Result<Answers> {
        let path = |id: &str| format!("/api/password-resets/{id}/{action}");
        let ids = tickets.iter().map(|ticket| &ticket.id);
        let shots = each(ids, path, &self.people.tokens[actor], said);
        self.run(operation, "reset-step-done", shots).await
    }

    /// Step 4: the team types what it heard from each officer.
    async fn names(&mut self, tickets: &[Ticket]) -> Result<()> {
        let people = &*self.people;
        let typed = |ticket: &Ticket| {
            let officer = &people.officers[ticket.officer];
            let names = json!({ "step": 4, "people": [named(officer)] });
            let path = format!("/api/password-resets/{}/advance", ticket.id);
            Shot::post(path, Some(&people.tokens[TEAM]), body(&names))
        };
        let names = tickets.iter().map(typed).collect();
        self.run("advance-reset (4)", "reset-step-done", names)
            .await
            .map(drop)
    }

    /// What the officer opens, and who cannot sign in picks up.
    async fn reset_messages(&mut self) -> Result<()> {
        let officer = &self.people.officers[0];
        let mut connection = Connection::open(self.service.address).await?;
        let inbox = Shot::get("/api/messages?limit=100", Some(&officer.token));
        let inbox = connection.json(&inbox).await?;
        let letter = inbox["messages"]
            .as_array()
            .into_iter()
            .flatten()
            .find(|message| message["kind"] == "reset-letter")
            .context("a letter was sent")?;
        let open = Shot::post(
            format!("/api/messages/{}/open", string(letter, "id")),
            Some(&officer.token),
            nothing(),
        );
        let pick_up = pick_up(officer);
        self.read("open-message", open).await?;
        self.read("make-pickup-code", pickup_code()).await?;
        self.run_at(
            self.connections.min(ONE_PERSON_CONNECTIONS),
            "pick-up-message",
            "reset-link-opened",
            vec![pick_up; self.counts.slow],
        )
        .await?;
        Ok(())
    }

    /// The end of it, which uses the link up and ends the officer's sessions: it comes
    /// last and once.
    pub(super) async fn new_password(&mut self) -> Result<()> {
        if Some(&self.connections) != CONNECTIONS.last() {
            return Ok(());
        }
        let mut connection = Connection::open(self.service.address).await?;
        let opened = connection.json(&pick_up(&self.people.officers[0])).await?;
        let change = json!({
            "token": opened["link"]["token"], "password": "akses-bench-baru-2026",
        });
        let change = Shot::post("/api/password", None, body(&change));
        self.run("set-password", NOTHING, vec![change])
            .await
            .map(drop)
    }
}

/// With the code that only this officer has.
fn pick_up(officer: &Officer) -> Shot {
    let code = body(&json!({ "code": officer.code }));
    Shot::post("/api/message-pickups", None, code)
}

/// As a letter and the team name them.
fn named(officer: &Officer) -> Value {
    json!({ "access": officer.access, "pickup": officer.pickup })
}
