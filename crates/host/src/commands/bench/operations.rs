//! Every operation under load, in rounds of so many connections. Commands go in the
//! order of what they change, so that each finds what the one before it left.

mod collective;
mod cut_offs;
mod life;
mod meetings;
mod reads;
mod resets;
mod ticks;

use std::sync::Arc;

use anyhow::Result;
use bytes::Bytes;
use serde::Serialize;
use serde_json::{Value, json};

use super::load::{Figures, Shot, body, fire, nothing, warm};
use super::people::People;
use super::service::Service;
use crate::progress;

/// How many connections each operation is measured at.
pub(super) const CONNECTIONS: [usize; 3] = [1, 16, 64];

/// Fixed answers right before a read and again right after it: a fraction of its own.
const FIXED_PART: usize = 4;

/// What a read is compared with.
const FIXED: &str = "fixed";
/// Of what is compared with nothing.
const NOTHING: &str = "";

/// How many requests an operation gets at so many connections.
#[derive(Debug, Clone, Copy)]
pub(super) struct Counts {
    pub(super) reads: usize,
    pub(super) writes: usize,
    pub(super) slow: usize,
}

/// One operation's figures at one number of connections.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Measured {
    pub(super) operation: &'static str,
    /// What it is compared with: `fixed` answers, or the kind of event it records.
    pub(super) against: &'static str,
    /// Fixed answers per second, half of them right before it and half right after: a
    /// machine that is shared is not as fast at every moment.
    pub(super) fixed_per_second: Option<f64>,
    #[serde(flatten)]
    pub(super) figures: Figures,
}

/// Every operation at one number of connections.
pub(super) struct Round<'a> {
    service: &'a Service,
    connections: usize,
    counts: Counts,
    people: &'a mut People,
    measured: Vec<Measured>,
}

/// Successful answers, each with the index of its shot.
type Answers = Vec<(usize, Value)>;

impl<'a> Round<'a> {
    pub(super) fn new(
        service: &'a Service,
        connections: usize,
        counts: Counts,
        people: &'a mut People,
    ) -> Self {
        Self {
            service,
            connections,
            counts,
            people,
            measured: Vec::new(),
        }
    }

    /// Measures all of them.
    pub(super) async fn measure(mut self, decree: &Bytes) -> Result<Vec<Measured>> {
        self.life_of_an_access(decree).await?;
        self.collective_letters().await?;
        self.sirup().await?;
        let meeting = self.meetings().await?;
        self.substitutions().await?;
        self.entry().await?;
        let cut_off = self.cut_offs().await?;
        let ticket = self.resets().await?;
        self.reads(&meeting, &cut_off, &ticket).await?;
        self.ticks().await?;
        self.sessions().await?;
        self.new_password().await?;
        Ok(self.measured)
    }

    /// One operation. Answers to POST come back for those that follow.
    async fn run(
        &mut self,
        operation: &'static str,
        against: &'static str,
        shots: Vec<Shot>,
    ) -> Result<Answers> {
        self.run_at(self.connections, operation, against, shots)
            .await
    }

    async fn run_at(
        &mut self,
        connections: usize,
        operation: &'static str,
        against: &'static str,
        shots: Vec<Shot>,
    ) -> Result<Answers> {
        progress::note(format_args!("{operation} at {connections} connections"));
        let before = self.fixed_rate(connections, against).await?;
        // Last, because instances do not stay awake for long.
        if let Some(shot) = shots.first() {
            warm(self.service.address, connections, shot).await?;
        }
        let (figures, answers) = fire(self.service.address, connections, shots).await?;
        let after = self.fixed_rate(connections, against).await?;
        self.measured.push(Measured {
            operation,
            against,
            fixed_per_second: before.zip(after).map(|(a, b)| f64::midpoint(a, b)),
            figures,
        });
        Ok(answers)
    }

    /// One read again and again.
    async fn read(&mut self, operation: &'static str, shot: Shot) -> Result<()> {
        let shots = vec![shot; self.counts.reads];
        self.run(operation, FIXED, shots).await.map(drop)
    }

    /// The same, of what looks at more than a page or is not asked often.
    async fn slow_read(&mut self, operation: &'static str, shot: Shot) -> Result<()> {
        let shots = vec![shot; self.counts.slow];
        self.run(operation, FIXED, shots).await.map(drop)
    }

    async fn fixed_rate(&self, connections: usize, against: &str) -> Result<Option<f64>> {
        if against != FIXED {
            return Ok(None);
        }
        let shot = Shot::get("/bench/fixed", Some(&self.people.tokens[0]));
        let shots = vec![shot; self.counts.reads / FIXED_PART];
        let (figures, _) = fire(self.service.address, connections, shots).await?;
        Ok(Some(figures.per_second))
    }

    /// A whole conversation with SiRUP, whose end is no change.
    async fn sirup(&mut self) -> Result<()> {
        let links = (0..self.counts.slow)
            .map(|index| self.people.sirup_link(index))
            .collect();
        self.run("link-sirup", FIXED, links).await.map(drop)
    }

    /// Into a platform. Agreeing again is a read; nobody agrees to one version twice.
    async fn entry(&mut self) -> Result<()> {
        let verifier = self.people.verifier.clone();
        let versions = body(&json!({ "terms_version": "1", "privacy_version": "1" }));
        let acceptance = Shot::post("/api/platforms/BENCH/acceptance", Some(&verifier), versions);
        self.read("accept-terms", acceptance).await?;
        let entry = Shot::post("/api/platforms/BENCH/entry", Some(&verifier), nothing());
        let entries = vec![entry; self.counts.writes];
        self.run("enter-platform", "platform-entered", entries)
            .await
            .map(drop)
    }
}

/// The same command about each of `ids`.
fn each<'a>(
    ids: impl IntoIterator<Item = &'a String>,
    path: impl Fn(&str) -> String,
    who: &Arc<str>,
    said: &Value,
) -> Vec<Shot> {
    let said = body(said);
    ids.into_iter()
        .map(|id| Shot::post(path(id), Some(who), said.clone()))
        .collect()
}
