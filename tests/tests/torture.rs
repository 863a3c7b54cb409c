//! `kill -9` at random moments, as part of every test run. `cargo akses torture`
//! does the same for longer.

use akses_tests::torture::Torture;
use std::time::{SystemTime, UNIX_EPOCH};

#[test]
fn twenty_kills_at_random_moments_lose_and_double_nothing_acknowledged() {
    let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    let torture = Torture {
        rounds: 20,
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
