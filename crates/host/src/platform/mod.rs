//! A platform to try things with: it takes the assertion that a browser posts to
//! it, verifies it with the keys that the service publishes, and shows who entered
//! with which access, or why not (PLA-3).
//!
//! It shares nothing with the service but the address of its keys, and it reads with
//! somebody else's library what the service wrote: what works here works for a
//! platform of somebody else.

mod keys;
mod page;
mod verify;

use std::net::SocketAddr;
use std::sync::Arc;

use anyhow::Context;
use chrono::{DateTime, Utc};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::stand_in;

use keys::Keys;
pub use verify::{Claims, Refused};
use verify::{Expected, Seen};

/// The time, asked anew for every assertion: a demo's clock can be moved.
pub type Now = Arc<dyn Fn() -> DateTime<Utc> + Send + Sync>;

/// One platform among those that this server stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// It is entered at `/masuk/CODE`.
    pub code: String,
    /// Whom assertions for it are meant for.
    pub audience: String,
}

/// What platforms are told about the service.
#[derive(Clone, Debug)]
pub struct PlatformOptions {
    /// Where browsers come to.
    pub listen: SocketAddr,
    /// Who signs, as assertions name it.
    pub issuer: String,
    /// Where the keys are published, over plain HTTP.
    pub keys: String,
    /// The platforms.
    pub places: Vec<Place>,
}

/// Platforms that run until they are stopped.
pub struct DemoPlatform {
    /// Where they listen.
    pub http: SocketAddr,
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
}

/// What a request meets.
struct Platform {
    issuer: String,
    places: Vec<Place>,
    keys: Keys,
    seen: Seen,
    now: Now,
}

impl DemoPlatform {
    /// Opens the socket; when this returns, assertions are taken.
    pub async fn start(options: PlatformOptions, now: Now) -> anyhow::Result<Self> {
        let listener = TcpListener::bind(options.listen)
            .await
            .with_context(|| format!("the demo platform cannot listen on {}", options.listen))?;
        let http = listener.local_addr()?;
        let (stop, stopped) = watch::channel(false);
        let platform = Platform {
            issuer: options.issuer,
            places: options.places,
            keys: Keys::at(&options.keys)?,
            seen: Seen::default(),
            now,
        };
        let platform = Arc::new(platform);
        let task = tokio::spawn(stand_in::serve(listener, stopped, move |request| {
            let platform = platform.clone();
            async move { page::answer(request, &platform).await }
        }));
        Ok(Self { http, stop, task })
    }

    /// Stops listening.
    pub async fn stop(self) {
        // The task holds a receiver, so this reaches it.
        let _ = self.stop.send(true);
        let _ = self.task.await;
    }
}

impl Platform {
    fn place(&self, code: &str) -> Option<&Place> {
        self.places.iter().find(|place| place.code == code)
    }

    /// Who enters, or why nobody does.
    async fn admit(&self, place: &Place, assertion: &str) -> Result<Claims, Refused> {
        let kid = verify::key_name(assertion)?;
        let key = self.keys.find(&kid).await?;
        let now_s = (self.now)().timestamp();
        let expected = Expected {
            issuer: &self.issuer,
            audience: &place.audience,
            now_s,
        };
        let claims = verify::verify(assertion, &key, &expected)?;
        // Last, so that only what is genuine takes room.
        self.seen.first_time(&claims, now_s)?;
        Ok(claims)
    }
}

#[cfg(test)]
mod tests;
