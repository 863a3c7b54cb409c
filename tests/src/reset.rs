//! The people of a password reset (PWD-1) and what each of them does.

use crate::client::Answer;
use crate::world::{LATER, Person, WorkUnit, World, text};
use serde_json::{Value, json};

/// The day on which worlds begin: a Friday, 14.10 WIB.
pub const LETTER_DATE: &str = "2026-03-27";

/// The people of one institution's procedure, in a work unit of their own.
pub struct Cast {
    /// Whose head asks.
    pub unit: WorkUnit,
    /// Kepala Satuan Kerja of that unit (step 1).
    pub head: Person,
    /// Kepala UKPBJ (2, 9).
    pub ukpbj: Person,
    /// Kepala LPSE (3, 8).
    pub lpse: Person,
    /// Tim Pengelola LPSE (the other steps).
    pub team: Person,
    /// Whose password is reset,
    pub ppk: Person,
    /// and by which access.
    pub ppk_access: String,
    /// A Pejabat Pengadaan of the same unit,
    pub buyer: Person,
    /// and their access.
    pub buyer_access: String,
}

impl Cast {
    /// Everybody with an access in force.
    pub fn new(world: &World, institution: &str) -> Self {
        let (unit, office) = (world.work_unit(institution), world.work_unit(institution));
        let official = |role: &str, unit: &WorkUnit| {
            let person = world.person();
            let access = world.carry_over(&person, role, unit, LATER);
            (person, access)
        };
        let (ppk, ppk_access) = official("PPK", &unit);
        let (buyer, buyer_access) = official("PP", &unit);
        Self {
            head: official("KASATKER", &unit).0,
            ukpbj: official("KUKPBJ", &office).0,
            lpse: official("KLPSE", &office).0,
            team: official("TIMLPSE", &office).0,
            unit,
            ppk,
            ppk_access,
            buyer,
            buyer_access,
        }
    }

    /// Those who act sign in anew: sessions last half a day.
    pub fn sign_in(&mut self, world: &World) {
        for person in [
            &mut self.head,
            &mut self.ukpbj,
            &mut self.lpse,
            &mut self.team,
        ] {
            *person = world.sign_in(&person.email);
        }
    }

    /// Those who act.
    pub fn officials(&self) -> [&Person; 4] {
        [&self.head, &self.ukpbj, &self.lpse, &self.team]
    }

    /// PWD-1: whose step it is.
    pub fn actor(&self, step: u64) -> &Person {
        match step {
            1 => &self.head,
            2 | 9 => &self.ukpbj,
            3 | 8 => &self.lpse,
            _ => &self.team,
        }
    }

    /// Both officers, as a letter and the team name them; the first may be who cannot sign
    /// in and told this number.
    pub fn people(&self, pickup: Option<&str>) -> Value {
        json!([
            { "access": self.ppk_access, "pickup": pickup },
            { "access": self.buyer_access },
        ])
    }

    /// The PPK alone.
    pub fn ppk_alone(&self) -> Value {
        json!([{ "access": self.ppk_access }])
    }

    /// Step 1 about both of them.
    pub fn request(&self, pickup: Option<&str>) -> Value {
        self.request_about("B-7/SATKER/2026", &self.people(pickup))
    }

    /// Step 1, by a letter of this number.
    pub fn request_about(&self, letter_number: &str, people: &Value) -> Value {
        json!({
            "work_unit": self.unit.id, "document": self.head.upload_decree(),
            "letter_number": letter_number, "letter_date": LETTER_DATE,
            "people": people,
        })
    }

    /// Step 1; answers the ticket.
    #[track_caller]
    pub fn open(&self, pickup: Option<&str>) -> String {
        self.ask(&self.request(pickup))
    }

    /// Step 1 as it is said; answers the ticket.
    #[track_caller]
    pub fn ask(&self, request: &Value) -> String {
        let answer = self.head.post("/api/password-resets", request);
        let ticket = answer.expect(201).json();
        assert_eq!(ticket["next_step"], 2);
        text(&ticket["id"])
    }

    /// One try at a step of a ticket, as it has to look.
    pub fn attempt(&self, who: &Person, ticket: &str, step: u64, pickup: Option<&str>) -> Answer {
        self.attempt_about(who, ticket, step, &self.people(pickup))
    }

    /// The same of a ticket about `people`.
    pub fn attempt_about(&self, who: &Person, ticket: &str, step: u64, people: &Value) -> Answer {
        let at = |action: &str| format!("/api/password-resets/{ticket}/{action}");
        match step {
            1 => who.post(&at("advance"), &json!({ "step": 1 })),
            2 | 3 => who.post(
                &at("advance"),
                &json!({ "step": step, "note": "Mohon dikerjakan." }),
            ),
            4 => who.post(&at("advance"), &json!({ "step": 4, "people": people })),
            5 => who.post(&at("preparation"), &json!({})),
            6 => who.post(&at("delivery"), &json!({})),
            7 => who.post(
                &at("letter"),
                &json!({ "step": 7, "number": "S-7/LPSE/2026" }),
            ),
            8 => who.post(&at("letter"), &json!({ "step": 8 })),
            9 => {
                let sha256 = self.head.get(&at("")[..at("").len() - 1]);
                let sha256 = sha256.json()["letters"][0]["sha256"].clone();
                let sha256 = sha256.as_str().unwrap_or("0").to_owned();
                who.post(&at("signature"), &json!({ "sha256": sha256 }))
            }
            10 => who.post(
                &at("advance"),
                &json!({ "step": 10, "archive_number": "A-7/2026" }),
            ),
            11 => who.post(&at("dispatch"), &json!({})),
            other => panic!("{other} is no step"),
        }
    }

    /// A step by its actor.
    #[track_caller]
    pub fn step(&self, ticket: &str, step: u64, pickup: Option<&str>) -> Value {
        let answer = self.attempt(self.actor(step), ticket, step, pickup);
        answer.expect(200).json()
    }

    /// Steps 2 to this one.
    #[track_caller]
    pub fn steps_to(&self, ticket: &str, last: u64, pickup: Option<&str>) {
        for step in 2..=last {
            self.step(ticket, step, pickup);
        }
    }

    /// What the head of the LPSE sees.
    #[track_caller]
    pub fn read(&self, ticket: &str) -> Value {
        self.lpse
            .get(&format!("/api/password-resets/{ticket}"))
            .expect(200)
            .json()
    }
}
