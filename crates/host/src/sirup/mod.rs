//! A stand-in for SiRUP, to try things with: it speaks the contract of
//! `components/link-sirup/sirup-contract.json` over a real socket, with a few
//! made-up people, and misbehaves in every way we thought of when asked to.
//!
//! `akses up --demo` starts one beside the service; `akses sirup` starts one alone.

mod people;
mod server;

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use anyhow::Context;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::stand_in;

pub use people::{PASSWORD, User, demo_users};
pub use server::Mood;

/// Where a stand-in listens and whom it knows.
#[derive(Clone, Debug)]
pub struct SirupOptions {
    /// Its address.
    pub listen: SocketAddr,
    /// Who has a user name there; the demo's people come in addition.
    pub users: Vec<User>,
    /// How it answers everybody, whatever they ask.
    pub mood: Option<Mood>,
}

/// A stand-in that runs until it is stopped.
pub struct Sirup {
    /// Where it listens.
    pub address: SocketAddr,
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
}

impl Sirup {
    /// Opens the socket; when this returns, questions are answered.
    pub async fn start(options: SirupOptions) -> anyhow::Result<Self> {
        let listener = TcpListener::bind(options.listen)
            .await
            .with_context(|| format!("SiRUP's stand-in cannot listen on {}", options.listen))?;
        let address = listener.local_addr()?;
        let (stop, stopped) = watch::channel(false);
        let mut users = options.users;
        users.extend(demo_users());
        let desk = Arc::new(Desk {
            users,
            mood: options.mood,
            questions: AtomicU64::new(0),
        });
        let task = tokio::spawn(stand_in::serve(listener, stopped, move |request| {
            let desk = desk.clone();
            async move { server::answer(&desk, request).await }
        }));
        Ok(Self {
            address,
            stop,
            task,
        })
    }

    /// Stops answering.
    pub async fn stop(self) {
        // The task holds a receiver, so this reaches it.
        let _ = self.stop.send(true);
        let _ = self.task.await;
    }
}

/// What the stand-in knows.
struct Desk {
    users: Vec<User>,
    mood: Option<Mood>,
    questions: AtomicU64,
}

impl Desk {
    /// The user with this name and password, however the name is typed.
    fn find(&self, user_name: &str, password: &str) -> Option<&User> {
        let name = user_name.to_lowercase();
        let mut users = self.users.iter();
        users.find(|user| user.user_name.to_lowercase() == name && user.password == password)
    }

    fn note_question(&self) {
        self.questions.fetch_add(1, Ordering::Relaxed);
    }

    fn questions(&self) -> u64 {
        self.questions.load(Ordering::Relaxed)
    }
}

#[cfg(test)]
mod tests;
