//! What `akses up --demo` brings: example data, the people to sign in as, and the
//! marker that says "already imported".

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::Path;

use akses::platform::Place;
use anyhow::Context;
use chrono::NaiveDate;
use sha2::{Digest, Sha256};

use super::import::{Source, import_into};
use crate::progress;

/// The password of every demo account.
pub const PASSWORD: &str = "akses-demo-2026";

/// In the state folder: which demo data the database has.
const MARKER_FILE: &str = "demo-imported";

/// The example data is part of the program: the demo needs no other file.
const FILES: [(&str, &str); 12] = [
    ("roles", include_str!("../../demo/roles.csv")),
    (
        "role-conflicts",
        include_str!("../../demo/role-conflicts.csv"),
    ),
    ("institutions", include_str!("../../demo/institutions.csv")),
    ("work-units", include_str!("../../demo/work-units.csv")),
    ("form-fields", include_str!("../../demo/form-fields.csv")),
    ("accounts", include_str!("../../demo/accounts.csv")),
    ("accesses", include_str!("../../demo/accesses.csv")),
    ("holidays", include_str!("../../demo/holidays.csv")),
    ("office-hours", include_str!("../../demo/office-hours.csv")),
    ("platforms", include_str!("../../demo/platforms.csv")),
    (
        "platform-roles",
        include_str!("../../demo/platform-roles.csv"),
    ),
    (
        "platform-terms",
        include_str!("../../demo/platform-terms.csv"),
    ),
];

/// Stands in the files for the address of the demo's own platforms.
const PLATFORM_PLACEHOLDER: &str = "demo:/";

/// Whom to sign in as, on which page, and what there is to see then.
const PEOPLE: [(&str, &str, &str); 15] = [
    (
        "pegawai.baru@contoh.example",
        "/daftar-akses",
        "has no access yet: registers for one",
    ),
    (
        "ppk.kemenkeu@contoh.example",
        "/pengaturan/informasi-instansi",
        "PPK at Kementerian Keuangan: deactivates and reactivates",
    ),
    (
        "vai.kemenkeu@contoh.example",
        "/verifikasi",
        "verifies the requests of Kementerian Keuangan",
    ),
    (
        "ppk2.kemenkeu@contoh.example",
        "/pengaturan/informasi-instansi",
        "PPK beside ppk.kemenkeu, ends in 45 days: extends, carries on",
    ),
    (
        "kpa2.kemenkeu@contoh.example",
        "/serah-terima",
        "KPA of their unit: says who carries on what nobody does",
    ),
    (
        "ukpbj.kemenkeu@contoh.example",
        "/kolektif",
        "Kepala UKPBJ: collective letters, the coming wave, steps 2 and 9 of a password reset",
    ),
    (
        "kasatker.kemenkeu@contoh.example",
        "/reset/baru",
        "Kepala Satuan Kerja: asks for a password reset of ppk.kemenkeu (step 1)",
    ),
    (
        "lpse.kemenkeu@contoh.example",
        "/reset",
        "Kepala LPSE: steps 3 and 8",
    ),
    (
        "timlpse.kemenkeu@contoh.example",
        "/reset",
        "Tim LPSE: steps 4 to 7, 10 and 11",
    ),
    (
        "rangkap.kemenkes@contoh.example",
        "/platform",
        "two roles at Kementerian Kesehatan",
    ),
    (
        "ppk.papua@contoh.example",
        "/akses",
        "PPK at Provinsi Papua, soon at its end (WIT)",
    ),
    (
        "vai.papua@contoh.example",
        "/verifikasi",
        "verifies the requests of Provinsi Papua",
    ),
    (
        "direktorat@contoh.example",
        "/pemutusan",
        "national verifier: decides who becomes VAI; plans cut-offs, sees institutions without one",
    ),
    (
        "telkom@contoh.example",
        "/rapat/antrean",
        "national verifier of the operator, PT Telkom Indonesia",
    ),
    (
        "penyedia@contoh.example",
        "/daftar-akses",
        "a supplier's person: registers, and is verified in a video meeting",
    ),
];

/// Imports the example data over HTTP, unless this state folder has it already.
pub async fn import_once(
    service: &str,
    token: &str,
    state_dir: &Path,
    today: NaiveDate,
    platforms: SocketAddr,
) -> anyhow::Result<()> {
    let marker = state_dir.join(MARKER_FILE);
    let files = files(platforms);
    let fingerprint = fingerprint(&files);
    let imported = std::fs::read_to_string(&marker);
    if imported.is_ok_and(|found| found == fingerprint) {
        return Ok(());
    }
    progress::note("importing the demo data");
    let sources = files.into_iter().map(|(kind, text)| Source {
        kind,
        name: format!("demo/{kind}.csv"),
        text,
    });
    import_into(service, token, sources.collect(), today)
        .await
        .context("the demo data was not imported")?;
    std::fs::write(&marker, fingerprint)
        .with_context(|| format!("cannot write {}", marker.display()))
}

/// The files with the address that the demo's platforms have this time.
fn files(platforms: SocketAddr) -> Vec<(&'static str, String)> {
    let address = format!("http://{platforms}/");
    let resolved = |(kind, text): (_, &str)| (kind, text.replace(PLATFORM_PLACEHOLDER, &address));
    FILES.into_iter().map(resolved).collect()
}

/// The platforms of the example data that the demo itself stands for.
pub fn platforms() -> anyhow::Result<Vec<Place>> {
    let text = FILES.iter().find(|(kind, _)| *kind == "platforms");
    let mut reader = csv::Reader::from_reader(text.map_or("", |(_, text)| text).as_bytes());
    let rows = reader.deserialize::<BTreeMap<String, String>>();
    let mut places = Vec::new();
    for row in rows {
        let row = row.context("the demo's platforms cannot be read")?;
        let column = |name: &str| row.get(name).cloned().unwrap_or_default();
        if column("entry_url").starts_with(PLATFORM_PLACEHOLDER) {
            places.push(Place {
                code: column("code"),
                audience: column("audience"),
            });
        }
    }
    Ok(places)
}

/// Changed example data is imported again; what is there already stays as it is.
fn fingerprint(files: &[(&str, String)]) -> String {
    let mut hash = Sha256::new();
    for (kind, text) in files {
        hash.update(kind);
        hash.update([0]);
        hash.update(text);
        hash.update([0]);
    }
    let digest = hash.finalize();
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Says who there is to sign in as.
pub fn print_people() {
    progress::answer(format_args!(
        "demo accounts (password {PASSWORD}; more in crates/host/demo):"
    ));
    let rows: Vec<_> = PEOPLE
        .iter()
        .map(|(email, page, what)| [email, page, what].map(|it| (*it).to_owned()).to_vec())
        .collect();
    progress::table(&["e-mail", "page", "what there is to see"], &rows);
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// The rows of a demo file as maps from column to field.
    fn rows(kind: &str) -> Vec<BTreeMap<String, String>> {
        let (_, text) = FILES.iter().find(|(name, _)| *name == kind).unwrap();
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        reader.deserialize().map(Result::unwrap).collect()
    }

    /// The values of a column, which must all differ.
    fn keys(kind: &str, column: &str) -> BTreeSet<String> {
        let rows = rows(kind);
        let keys: BTreeSet<_> = rows.iter().map(|row| row[column].clone()).collect();
        assert_eq!(keys.len(), rows.len(), "{kind}.{column} has doubles");
        keys
    }

    #[track_caller]
    fn assert_refers(kind: &str, column: &str, to: &BTreeSet<String>) {
        for row in rows(kind) {
            assert!(to.contains(&row[column]), "{kind}: {row:?}");
        }
    }

    #[test]
    fn every_reference_leads_somewhere() {
        let institutions = keys("institutions", "code");
        let units = keys("work-units", "code");
        let roles = keys("roles", "code");
        let accounts = keys("accounts", "email");
        assert_refers("work-units", "institution", &institutions);
        assert_refers("accesses", "work_unit", &units);
        assert_refers("accesses", "role", &roles);
        assert_refers("accesses", "email", &accounts);
        assert_refers("role-conflicts", "role", &roles);
        assert_refers("role-conflicts", "other_role", &roles);
        let mut of_forms = roles.clone();
        of_forms.insert("*".to_owned());
        assert_refers("form-fields", "role", &of_forms);
        for unit in akses::sirup::demo_users()
            .into_iter()
            .filter_map(|user| user.work_unit_code)
        {
            assert!(units.contains(&unit), "SiRUP's {unit}");
        }
        for (email, page, _) in PEOPLE {
            assert!(accounts.contains(email), "{email}");
            let file = format!("{}/../../static{page}.html", env!("CARGO_MANIFEST_DIR"));
            assert!(Path::new(&file).is_file(), "{file}");
        }
        let platforms = keys("platforms", "code");
        assert_refers("platform-roles", "platform", &platforms);
        assert_refers("platform-roles", "role", &roles);
        assert_refers("platform-terms", "platform", &platforms);
        keys("platforms", "audience");
    }

    #[test]
    fn pla_1_every_platform_admits_somebody_has_both_texts_and_leads_to_the_demo() {
        let address = "127.0.0.1:3002".parse().unwrap();
        let resolved = files(address);
        let (_, text) = resolved
            .iter()
            .find(|(kind, _)| *kind == "platforms")
            .unwrap();
        let places = platforms().unwrap();
        assert_eq!(places.len(), rows("platforms").len());
        for place in places {
            let code = place.code;
            assert!(text.contains(&format!(",http://127.0.0.1:3002/masuk/{code},")));
            let admits = |row: &BTreeMap<String, String>| row["platform"] == code;
            assert!(rows("platform-roles").iter().any(admits), "{code}");
            for kind in ["terms", "privacy"] {
                let has = |row: &BTreeMap<String, String>| admits(row) && row["kind"] == kind;
                assert!(rows("platform-terms").iter().any(has), "{code} {kind}");
            }
        }
        // Another address is another import.
        let elsewhere = files("127.0.0.1:4002".parse().unwrap());
        assert_ne!(fingerprint(&resolved), fingerprint(&elsewhere));
    }

    #[test]
    fn every_institution_has_units_a_known_kind_and_a_zone() {
        let units = rows("work-units");
        for institution in rows("institutions") {
            let code = &institution["code"];
            let own = units.iter().filter(|unit| &unit["institution"] == code);
            assert!((3..=8).contains(&own.count()), "{code}");
            let kinds = [
                "Kementerian",
                "Lembaga",
                "Provinsi",
                "Kabupaten",
                "Kota",
                "Instansi Lainnya",
            ];
            assert!(kinds.contains(&institution["kind"].as_str()), "{code}");
            assert!(["WIB", "WITA", "WIT"].contains(&institution["zone"].as_str()));
        }
        let zones: BTreeSet<_> = rows("institutions")
            .iter()
            .map(|row| row["zone"].clone())
            .collect();
        assert_eq!(zones.len(), 3);
    }

    #[test]
    fn people_are_clearly_made_up() {
        for account in rows("accounts") {
            assert!(account["name"].starts_with("Demo "), "{account:?}");
            assert!(account["email"].ends_with("@contoh.example"));
            assert_eq!(account["password"], PASSWORD);
            let nip = &account["nip"];
            // Nobody was born on 1 January 1900 and serves (REG-8: 18 digits).
            assert!(nip.is_empty() || (nip.len() == 18 && nip.starts_with("19000101")));
        }
    }

    #[test]
    fn there_are_verifiers_for_what_the_demo_asks_for() {
        let accesses = rows("accesses");
        let holds = |role: &str| {
            accesses
                .iter()
                .filter(|access| access["role"] == role)
                .count()
        };
        assert!(holds("VAI") >= 5);
        assert_eq!((holds("VND"), holds("VNT")), (1, 1));
        let ends_soon = accesses.iter().any(|access| access["valid_until"] == "+2");
        assert!(ends_soon);
    }
}
