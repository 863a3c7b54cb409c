//! A mail server to try things with: it takes every letter over SMTP on
//! loopback, delivers none of them, and shows what it holds on a page and as JSON.
//!
//! `akses up --demo` starts one beside the service; `akses mailbox` starts one
//! alone, for tests that want a server which refuses, dawdles or asks for a name.

mod letters;
pub(crate) mod page;
mod smtp;

use std::future::ready;
use std::net::SocketAddr;
use std::path::PathBuf;

use anyhow::Context;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::stand_in;

pub use letters::{Attachment, Letter, Letters, MESSAGES_BYTES_MAX, MESSAGES_MAX};
pub use smtp::Misfortunes;

/// Where a mailbox listens and what it does with letters.
#[derive(Clone, Debug)]
pub struct MailboxOptions {
    /// The SMTP server's address.
    pub listen_smtp: SocketAddr,
    /// The page's address.
    pub listen_http: SocketAddr,
    /// Keeps every letter as a file there too, over restarts.
    pub folder: Option<PathBuf>,
    /// How it misbehaves.
    pub misfortunes: Misfortunes,
}

/// A mailbox that runs until it is stopped.
pub struct Mailbox {
    /// Where it takes letters.
    pub smtp: SocketAddr,
    /// Where it shows them.
    pub http: SocketAddr,
    /// What it holds.
    pub letters: Letters,
    stop: watch::Sender<bool>,
    tasks: Vec<JoinHandle<()>>,
}

impl Mailbox {
    /// Opens both sockets; when this returns, letters are taken.
    pub async fn start(options: MailboxOptions) -> anyhow::Result<Mailbox> {
        let folder = options.folder.as_deref();
        let letters = Letters::open(folder).context("cannot open the mailbox's folder")?;
        let smtp_listener = listen(options.listen_smtp).await?;
        let http_listener = listen(options.listen_http).await?;
        let (stop, stopped) = watch::channel(false);
        let smtp = smtp_listener.local_addr()?;
        let http = http_listener.local_addr()?;
        let tasks = vec![
            tokio::spawn(smtp::serve(
                smtp_listener,
                letters.clone(),
                options.misfortunes,
                stopped.clone(),
            )),
            tokio::spawn(stand_in::serve(http_listener, stopped, {
                let letters = letters.clone();
                move |request| ready(page::answer(&request, &letters))
            })),
        ];
        Ok(Mailbox {
            smtp,
            http,
            letters,
            stop,
            tasks,
        })
    }

    /// Stops listening; a letter that was acknowledged stays kept.
    pub async fn stop(self) {
        // Both tasks hold a receiver, so this reaches them.
        let _ = self.stop.send(true);
        for task in self.tasks {
            let _ = task.await;
        }
    }
}

async fn listen(address: SocketAddr) -> anyhow::Result<TcpListener> {
    TcpListener::bind(address)
        .await
        .with_context(|| format!("the mailbox cannot listen on {address}"))
}

#[cfg(test)]
mod tests;
