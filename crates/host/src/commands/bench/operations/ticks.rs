//! What happens now and then: what schedulers and operators do, appeals, drafts given up,
//! and the begin and end of sessions.

use anyhow::Result;
use bytes::Bytes;
use serde_json::json;

use super::super::load::{Shot, body, string};
use super::super::people::sign_in_shot;
use super::super::service::{OPERATOR_TOKEN, tick};
use super::{CONNECTIONS, NOTHING, Round};

/// Of a role that nobody has a draft of.
const NO_DRAFT: &str = "/api/drafts/VAI/discard";

/// Each costs the hash of a password.
const SIGN_INS_MAX: usize = 100;

/// Timers that have next to nothing to do here.
const TIMERS: [&str; 6] = [
    "expire-accesses",
    "remind-ends",
    "close-meetings",
    "remind-verifiers",
    "watch-verifiers",
    "report-unassigned",
];

impl Round<'_> {
    /// Each of them finds next to nothing to do.
    pub(super) async fn ticks(&mut self) -> Result<()> {
        // One for each institution and week, so there is one to measure.
        if self.connections == CONNECTIONS[0] {
            let appeal = json!({ "institution": self.people.institution, "within_days": 90 });
            let verifier = &self.people.verifier;
            let appeal = Shot::post("/api/appeals", Some(verifier), body(&appeal));
            self.run("send-appeal", NOTHING, vec![appeal]).await?;
        }
        // Nothing to give up: what every tab does after the first one did it.
        let discard = Shot {
            if_match: Some("\"0\""),
            ..Shot::post(NO_DRAFT, Some(&self.people.tokens[0]), Bytes::new())
        };
        self.slow_read("discard-draft", discard).await?;
        let same = Bytes::from_static(b"code,name,kind,zone\nBENCH,Instansi Bench,Lembaga,WIB\n");
        let operator = OPERATOR_TOKEN.into();
        let import = Shot::post("/internal/import/institutions", Some(&operator), same);
        self.slow_read("import-reference", import).await?;
        for timer in TIMERS {
            self.slow_read(timer, tick(timer)).await?;
        }
        Ok(())
    }

    /// Of one person, again and again.
    pub(super) async fn sessions(&mut self) -> Result<()> {
        let sign_in = sign_in_shot("orang1");
        let sign_ins = vec![sign_in; self.counts.slow.min(SIGN_INS_MAX)];
        let sessions = self.run("sign-in", NOTHING, sign_ins).await?;
        let sign_outs = sessions.iter().map(|(_, session)| {
            let token = string(session, "token").into();
            Shot::post("/api/sign-out", Some(&token), Bytes::new())
        });
        self.run("sign-out", NOTHING, sign_outs.collect())
            .await
            .map(drop)
    }
}
