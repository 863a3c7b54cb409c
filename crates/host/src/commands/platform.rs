//! `akses platform`: platforms to try entries with, alone.

use std::net::SocketAddr;
use std::sync::Arc;

use akses::platform::{DemoPlatform, Now, Place, PlatformOptions};
use chrono::{DateTime, TimeDelta, Utc};
use clap::Args;

use super::up::{instant, until_stopped};
use crate::progress;

/// Where a service publishes its keys.
pub const KEYS_PATH: &str = "/.well-known/jwks.json";

/// Options of `akses platform`.
#[derive(Args)]
pub struct PlatformArgs {
    /// The service's public_origin, which its assertions name as their issuer
    #[arg(long, value_name = "ORIGIN")]
    issuer: String,
    /// Where its keys are published [default: ISSUER/.well-known/jwks.json]
    #[arg(long, value_name = "http://...")]
    keys: Option<String>,
    /// A platform to stand for, entered at /masuk/CODE; may be repeated
    #[arg(long = "platform", value_name = "CODE=AUDIENCE", value_parser = place, required = true)]
    places: Vec<Place>,
    /// Where browsers come to; port 0 picks a free one
    #[arg(long, value_name = "IP:PORT", default_value = "127.0.0.1:3002")]
    listen: SocketAddr,
    /// Let its time start here, such as 2026-03-27T07:10:00Z
    #[arg(long, value_name = "RFC 3339", value_parser = instant)]
    clock: Option<DateTime<Utc>>,
}

fn place(text: &str) -> Result<Place, String> {
    let pair = text
        .split_once('=')
        .filter(|(code, audience)| !code.is_empty() && !code.contains('/') && !audience.is_empty());
    let (code, audience) = pair.ok_or("write it as CODE=AUDIENCE")?;
    Ok(Place {
        code: code.to_owned(),
        audience: audience.to_owned(),
    })
}

/// Runs `akses platform` until it is interrupted.
pub async fn run(args: PlatformArgs) -> anyhow::Result<()> {
    let ahead = args
        .clock
        .map_or(TimeDelta::zero(), |start| start - Utc::now());
    let now: Now = Arc::new(move || Utc::now() + ahead);
    let default_keys = || format!("{}{KEYS_PATH}", args.issuer);
    let options = PlatformOptions {
        listen: args.listen,
        keys: args.keys.clone().unwrap_or_else(default_keys),
        issuer: args.issuer,
        places: args.places,
    };
    let platform = DemoPlatform::start(options, now).await?;
    progress::answer(format_args!("platform: http://{}", platform.http));
    until_stopped().await?;
    platform.stop().await;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_audience_may_contain_anything_but_nothing() {
        let parsed = place("SPSE=https://spse.example/?a=b").unwrap();
        assert_eq!(parsed.code, "SPSE");
        assert_eq!(parsed.audience, "https://spse.example/?a=b");
        for wrong in ["SPSE", "SPSE=", "=x", "A/B=x"] {
            assert!(place(wrong).is_err(), "{wrong}");
        }
    }
}
