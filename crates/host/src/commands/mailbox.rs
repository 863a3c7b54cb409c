//! `akses mailbox`: a mail server to try things with, alone.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use akses::mailbox::{Mailbox, MailboxOptions, Misfortunes};
use clap::Args;

use super::up::until_stopped;
use crate::progress;

/// Options of `akses mailbox`.
#[derive(Args)]
pub struct MailboxArgs {
    /// Where to take mail; port 0 picks a free one
    #[arg(long, value_name = "IP:PORT", default_value = "127.0.0.1:2525")]
    listen_smtp: SocketAddr,
    /// Where to show it: a page, and JSON at /messages
    #[arg(long, value_name = "IP:PORT", default_value = "127.0.0.1:3001")]
    listen_http: SocketAddr,
    /// Keep every letter as an .eml file in this folder too
    #[arg(long, value_name = "FOLDER")]
    keep: Option<PathBuf>,
    /// Take mail only after AUTH with this name and password
    #[arg(long, value_name = "USER:PASSWORD", value_parser = user_and_password)]
    require_auth: Option<(String, String)>,
    /// Answer 451 (try later) to the first N letters
    #[arg(long, value_name = "N", default_value_t = 0)]
    fail_first: u32,
    /// Keep each letter at once but acknowledge it so much later
    #[arg(long, value_name = "MS", default_value_t = 0)]
    delay_ms: u64,
    /// Answer 550 (no such mailbox) to this recipient; may be repeated
    #[arg(long, value_name = "ADDRESS")]
    reject: Vec<String>,
}

fn user_and_password(text: &str) -> Result<(String, String), String> {
    let pair = text.split_once(':');
    let (user, password) = pair.ok_or("write it as USER:PASSWORD")?;
    Ok((user.to_owned(), password.to_owned()))
}

/// Runs `akses mailbox` until it is interrupted.
pub async fn run(args: MailboxArgs) -> anyhow::Result<()> {
    let mailbox = Mailbox::start(MailboxOptions {
        listen_smtp: args.listen_smtp,
        listen_http: args.listen_http,
        folder: args.keep,
        misfortunes: Misfortunes {
            require_auth: args.require_auth,
            fail_first: args.fail_first,
            delay: Duration::from_millis(args.delay_ms),
            reject: args.reject,
        },
    })
    .await?;
    progress::answer(format_args!("smtp: {}", mailbox.smtp));
    progress::answer(format_args!("http: {}", mailbox.http));
    until_stopped().await?;
    mailbox.stop().await;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_may_contain_colons() {
        let pair = user_and_password("akses:a:b").unwrap();
        assert_eq!(pair, ("akses".to_owned(), "a:b".to_owned()));
        assert!(user_and_password("akses").is_err());
    }
}
