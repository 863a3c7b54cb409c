//! Whom the stand-in knows. None of them exists.

use std::str::FromStr;

use anyhow::Context;
use chrono::NaiveDate;
use serde::Serialize;

/// The password of all demo users.
pub const PASSWORD: &str = "sirup-demo-2019";

/// Somebody with a user name in SiRUP.
#[derive(Clone, Debug, Serialize)]
pub struct User {
    /// SiRUP's own number for the person; it outlives changes of the name.
    pub user_id: String,
    /// What the person types.
    pub user_name: String,
    /// Never in an answer.
    #[serde(skip)]
    pub password: String,
    /// The day of the registration there, which SIR-1 asks for.
    pub registered_on: NaiveDate,
    /// The person's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub full_name: Option<String>,
    /// The role there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
    /// The work unit there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub work_unit_code: Option<String>,
}

/// `NAME:PASSWORD:YYYY-MM-DD`, and `:ID` after it when SiRUP's number matters. The
/// password may contain colons.
impl FromStr for User {
    type Err = anyhow::Error;

    fn from_str(text: &str) -> anyhow::Result<Self> {
        const FORM: &str = "write it as NAME:PASSWORD:YYYY-MM-DD or NAME:PASSWORD:YYYY-MM-DD:ID";
        let (user_name, rest) = text.split_once(':').context(FORM)?;
        let (before, last) = rest.rsplit_once(':').context(FORM)?;
        let (password, day, user_id) = match last.parse::<NaiveDate>() {
            Ok(day) => (before, day, format!("id-{}", user_name.to_lowercase())),
            Err(_) => {
                let (password, day) = before.rsplit_once(':').context(FORM)?;
                (password, day.parse().context(FORM)?, last.to_owned())
            }
        };
        Ok(Self {
            user_id,
            user_name: user_name.to_owned(),
            password: password.to_owned(),
            registered_on: day,
            full_name: None,
            role: None,
            work_unit_code: None,
        })
    }
}

/// The demo's users: user name, day of registration, name, role, work unit.
const DEMO: [(&str, &str, &str, &str, &str); 4] = [
    (
        "pa.kemenkeu",
        "2019-03-04",
        "Demo Pengguna Anggaran",
        "PA",
        "KEMENKEU-DJA",
    ),
    (
        "kpa.papua",
        "2021-11-15",
        "Demo Kuasa Pengguna Anggaran",
        "KPA",
        "PROV-PAPUA-DISDIK",
    ),
    (
        "ppk.lama",
        "2024-07-31",
        "Demo PPK Hari Terakhir",
        "PPK",
        "",
    ),
    ("ppk.baru", "2024-08-01", "Demo PPK Terlambat", "PPK", ""),
];

/// Who there is to link with in the demo.
pub fn demo_users() -> Vec<User> {
    let given = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    let users = DEMO.iter().enumerate();
    users
        .map(|(number, (user_name, day, full_name, role, unit))| User {
            user_id: format!("demo-{}", number + 1),
            user_name: (*user_name).to_owned(),
            password: PASSWORD.to_owned(),
            registered_on: day.parse().expect("the demo's days exist"),
            full_name: given(full_name),
            role: given(role),
            work_unit_code: given(unit),
        })
        .collect()
}
