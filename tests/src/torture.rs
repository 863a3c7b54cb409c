//! `kill -9` at random moments under load: what was acknowledged is there,
//! exactly once and in its order, and the files are sound.
//!
//! Each writer has an access of its own and leads it round and round: give up,
//! upload a decree, ask again, approve. Every step carries its own
//! `Idempotency-Key`. A step whose answer did not come is sent again after the
//! restart with the same key, as a careful client does; whether it had been
//! recorded or not, it must end as one event.

use crate::database::Recorded;
use crate::random::Random;
use crate::world::{Access, LATER, Person, World, text};
use crate::{client::Call, pdf};
use serde_json::json;
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;
use std::thread;
use std::time::{Duration, Instant};

/// How the service is treated.
#[derive(Debug, Clone, Copy)]
pub struct Torture {
    /// How often it is killed.
    pub rounds: u32,
    /// How many write at the same time.
    pub writers: usize,
    /// The load lasts at most this long before a kill.
    pub load_ms_max: u64,
    /// Makes the moments of the kills repeat.
    pub seed: u64,
}

/// What happened.
#[derive(Debug, Clone, Copy, Default)]
pub struct Report {
    /// How often the service was killed.
    pub kills: u32,
    /// Steps that were acknowledged before a kill.
    pub acknowledged: u64,
    /// Steps whose answer was lost although they had been recorded.
    pub answers_lost: u64,
    /// Steps that a kill came before.
    pub steps_lost: u64,
    /// Decrees that were acknowledged and read again.
    pub documents: u64,
    /// The slowest start after a kill.
    pub slowest_start_ms: u64,
}

/// One step of a writer, as it was sent.
struct Step {
    /// The event that it records.
    kind: &'static str,
    key: String,
    call: Call,
}

/// A step that is in the record by its answer.
struct Acknowledged {
    kind: &'static str,
    key: String,
    version: u32,
}

struct Writer {
    person: Person,
    verifier: Person,
    access: Access,
    /// The history before the torture.
    begun_with: u32,
    acknowledged: Vec<Acknowledged>,
    /// The step whose answer did not come.
    unanswered: Option<Step>,
    /// Decrees by id, with the SHA-256 of what was uploaded.
    documents: Vec<(String, String)>,
}

impl Torture {
    /// Does it.
    ///
    /// # Panics
    /// When anything acknowledged is missing, doubled or damaged.
    pub fn run(self) -> Report {
        let world = World::new();
        let mut writers: Vec<_> = (0..self.writers).map(|_| Writer::new(&world)).collect();
        let mut report = Report::default();
        let mut random = Random::new(self.seed);
        for round in 1..=self.rounds {
            let load = Duration::from_millis(1 + random.below(self.load_ms_max));
            thread::scope(|scope| {
                for writer in &mut writers {
                    scope.spawn(move || writer.write_until_the_end());
                }
                thread::sleep(load);
                world.host.kill();
            });
            report.kills += 1;
            let begun = Instant::now();
            world.host.start_again();
            let start_ms = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
            report.slowest_start_ms = report.slowest_start_ms.max(start_ms);
            world.database().is_sound();
            for writer in &mut writers {
                writer.settle(&world, &mut report);
                writer.check(&world, round);
            }
        }
        for writer in &writers {
            writer.read_documents_again();
            report.acknowledged += writer.acknowledged.len() as u64;
            report.documents += writer.documents.len() as u64;
        }
        report.acknowledged -= report.answers_lost + report.steps_lost;
        world.host.stop();
        world.database().is_sound();
        report
    }
}

impl Writer {
    fn new(world: &World) -> Self {
        let person = world.person();
        let access = person.active(world, "PPK", "BARAT", LATER);
        Self {
            verifier: world.verifier("BARAT"),
            begun_with: access.version(),
            person,
            access,
            acknowledged: Vec::new(),
            unanswered: None,
            documents: Vec::new(),
        }
    }

    /// Step after step until the service does not answer any more.
    fn write_until_the_end(&mut self) {
        while let Some(step) = self.next_step() {
            if !self.take(step) {
                return;
            }
        }
    }

    /// What comes next in the life of this access; none when the service died
    /// while a decree was uploaded.
    fn next_step(&mut self) -> Option<Step> {
        let id = self.access.id();
        let key = uuid::Uuid::now_v7().to_string();
        let (kind, call) = match self.access.status().as_str() {
            "Aktif" => {
                let path = format!("/api/accesses/{id}/deactivation");
                let body = json!({ "handover": { "kind": "none-open" } });
                (
                    "access-deactivated",
                    self.person.call("POST", &path).json(&body),
                )
            }
            "Tidak Aktif" => {
                let document = self.upload(&key)?;
                let path = format!("/api/accesses/{id}/reactivation");
                let body = json!({ "valid_until": LATER, "document": document });
                (
                    "reactivation-requested",
                    self.person.call("POST", &path).json(&body),
                )
            }
            "Menunggu Verifikasi" => {
                let path = format!("/api/requests/{}/decision", self.access.request());
                let body = json!({ "decision": "approve", "attested": true });
                (
                    "request-approved",
                    self.verifier.call("POST", &path).json(&body),
                )
            }
            other => panic!("access {id} is {other}"),
        };
        Some(Step {
            kind,
            call: call.key(&key),
            key,
        })
    }

    fn upload(&mut self, name: &str) -> Option<String> {
        let content = pdf::decree(name);
        let call = self
            .person
            .call("POST", "/api/documents?name=sk.pdf")
            .body(content.clone());
        let id = text(&call.try_send().ok()?.expect(201).json()["id"]);
        let sha256 = Sha256::digest(&content)
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        self.documents.push((id.clone(), sha256));
        Some(id)
    }

    /// Sends a step; false when no answer came.
    fn take(&mut self, step: Step) -> bool {
        let Ok(answer) = step.call.clone().try_send() else {
            self.unanswered = Some(step);
            return false;
        };
        self.access = Access(answer.expect(200).json());
        let Step { kind, key, .. } = step;
        self.acknowledged.push(Acknowledged {
            kind,
            key,
            version: self.access.version(),
        });
        true
    }

    /// Sends the step again whose answer did not come.
    fn settle(&mut self, world: &World, report: &mut Report) {
        let Some(step) = self.unanswered.take() else {
            return;
        };
        let history = world.database().history(&self.access.id());
        if history
            .iter()
            .any(|event| event.key.as_ref() == Some(&step.key))
        {
            report.answers_lost += 1;
        } else {
            report.steps_lost += 1;
        }
        assert!(self.take(step), "the service runs again");
    }

    /// The record has what was acknowledged, as it was acknowledged, and no more.
    fn check(&self, world: &World, round: u32) {
        let history = world.database().history(&self.access.id());
        let since = &history[self.begun_with as usize..];
        assert_eq!(
            since.len(),
            self.acknowledged.len(),
            "round {round}: {:?}",
            kinds(&history)
        );
        for (event, acknowledged) in since.iter().zip(&self.acknowledged) {
            assert_eq!(event.version, acknowledged.version, "round {round}");
            assert_eq!(event.kind, acknowledged.kind, "round {round}");
            assert_eq!(
                event.key.as_deref(),
                Some(&*acknowledged.key),
                "round {round}"
            );
        }
        let keys: BTreeSet<_> = since.iter().map(|event| &event.key).collect();
        assert_eq!(keys.len(), since.len(), "round {round}: a key stands twice");
        let folded = format!(
            "SELECT version FROM access WHERE id = '{}'",
            self.access.id()
        );
        assert_eq!(
            world.database().number(&folded),
            history.len() as i64,
            "round {round}"
        );
        let mails = format!(
            "SELECT count(*) FROM notification AS n JOIN event AS e ON e.seq = n.event
             WHERE e.subject = '{}'",
            self.access.id()
        );
        assert_eq!(
            world.database().number(&mails),
            history.len() as i64,
            "round {round}"
        );
        assert_eq!(
            self.person.status(&self.access.id()),
            self.access.status(),
            "round {round}"
        );
    }

    fn read_documents_again(&self) {
        for (id, sha256) in &self.documents {
            let content = self
                .person
                .get(&format!("/api/documents/{id}"))
                .expect(200)
                .body;
            let read: String = Sha256::digest(&content)
                .iter()
                .map(|byte| format!("{byte:02x}"))
                .collect();
            assert_eq!(&read, sha256, "document {id}");
        }
    }
}

fn kinds(history: &[Recorded]) -> Vec<&str> {
    history.iter().map(|event| event.kind.as_str()).collect()
}
