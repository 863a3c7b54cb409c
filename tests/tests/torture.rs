//! `kill -9` at random moments, as part of every test run. `cargo akses torture`
//! does the same for longer.

use akses_tests::torture::Torture;
use std::time::{SystemTime, UNIX_EPOCH};

/// How many rounds, when `cargo akses torture` asks for more than usual.
const ROUNDS_VARIABLE: &str = "AKSES_TORTURE_ROUNDS";

/// Rounds of every test run.
const ROUNDS_DEFAULT: u32 = 20;

#[test]
fn kills_at_random_moments_lose_and_double_nothing_acknowledged() {
    let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    let rounds = std::env::var(ROUNDS_VARIABLE).map_or(ROUNDS_DEFAULT, |rounds| {
        rounds.parse().expect("a number of rounds")
    });
    let torture = Torture {
        rounds,
        writers: 4,
        load_ms_max: 400,
        seed: since_epoch.as_secs(),
    };
    println!("{torture:?}");
    let report = torture.run();
    println!("{report:?}");
    assert_eq!(report.kills, torture.rounds);
    assert!(
        report.acknowledged > u64::from(torture.rounds),
        "there was no load: {report:?}"
    );
}
