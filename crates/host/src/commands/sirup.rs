//! `akses sirup`: a stand-in for SiRUP to try things with, alone.

use std::net::SocketAddr;

use akses::sirup::{Mood, PASSWORD, Sirup, SirupOptions, User, demo_users};
use clap::Args;

use super::up::until_stopped;
use crate::progress;

/// Options of `akses sirup`.
#[derive(Args)]
pub struct SirupArgs {
    /// Where to listen; port 0 picks a free one
    #[arg(long, value_name = "IP:PORT", default_value = "127.0.0.1:3010")]
    listen: SocketAddr,
    /// Somebody it knows, NAME:PASSWORD:REGISTERED_ON or with :ID after it; may be
    /// repeated. The demo's people are always there
    #[arg(long = "user", value_name = "NAME:PASSWORD:YYYY-MM-DD")]
    users: Vec<User>,
    /// Answer everybody like this. Who asks as a user of that name is answered so too
    #[arg(long, value_name = "MOOD", value_enum)]
    mood: Option<Mood>,
}

/// Runs `akses sirup` until it is interrupted.
pub async fn run(args: SirupArgs) -> anyhow::Result<()> {
    let sirup = Sirup::start(SirupOptions {
        listen: args.listen,
        users: args.users,
        mood: args.mood,
    })
    .await?;
    print_people();
    progress::answer(format_args!("sirup: http://{}", sirup.address));
    until_stopped().await?;
    sirup.stop().await;
    Ok(())
}

/// Says whom there is to link with.
pub fn print_people() {
    progress::answer(format_args!("SiRUP users (password {PASSWORD}):"));
    let rows: Vec<_> = demo_users()
        .into_iter()
        .map(|user| {
            let role = user.role.unwrap_or_default();
            vec![user.user_name, role, user.registered_on.to_string()]
        })
        .collect();
    progress::table(&["user name", "role", "registered"], &rows);
}
