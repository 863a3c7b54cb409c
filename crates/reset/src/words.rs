//! What people read about a reset (ALL-3): who acts, the proposed letter, messages.

use akses_domain::duty::Duty;
use akses_domain::reset::Letter;
use akses_domain::time::{Instant, Zone};
use akses_domain::words;
use akses_endpoint::identity::sha256_hex;

/// A duty as people know it.
pub const fn duty(duty: Duty) -> &'static str {
    match duty {
        Duty::Vai => "Verifikator Akses Instansi",
        Duty::Directorate => "Direktorat Sistem Pengadaan Digital",
        Duty::Operator => "PT Telkom Indonesia",
        Duty::UkpbjHead => "Kepala UKPBJ",
        Duty::LpseHead => "Kepala LPSE",
        Duty::LpseTeam => "Tim Pengelola LPSE",
        Duty::WorkUnitHead => "Kepala Satuan Kerja",
        Duty::BudgetUser => "PA/KPA",
        Duty::CommitmentOfficer => "PPK",
        Duty::ProcurementOfficer => "Pejabat Pengadaan",
        Duty::Treasurer => "Bendahara",
    }
}

/// A text of the letter with what is signed of it.
pub fn letter(number: &str, text: &str) -> Letter {
    Letter {
        number: number.to_owned(),
        text: text.to_owned(),
        sha256: sha256_hex(format!("{number}\n{text}").as_bytes()),
    }
}

/// What the proposed letter tells about.
#[derive(Debug)]
pub struct Facts<'a> {
    /// Of the request letter.
    pub letter_number: &'a str,
    /// As people read it.
    pub letter_date: &'a str,
    /// The names and roles, as `Nama (Peran)`.
    pub people: &'a [String],
    /// When the messages were sent, and until when they open.
    pub sent_at: Instant,
    /// See `sent_at`.
    pub expires_at: Instant,
    /// The institution's.
    pub zone: Zone,
}

/// Step 7: the text that the service proposes from the record.
pub fn proposal(facts: &Facts<'_>) -> String {
    let mut people = String::new();
    for (number, person) in (1..).zip(facts.people) {
        people.push_str(&format!("{number}. {person}\n"));
    }
    format!(
        "Sehubungan dengan Surat Permohonan Reset Password nomor {} tanggal {}, dengan hormat \
         kami beritahukan bahwa permohonan reset password akun PPK dan/atau Pejabat Pengadaan \
         berikut sudah dikerjakan:\n\n{people}\nHak membuat kata sandi baru sudah disampaikan \
         melalui pesan internal kepada yang bersangkutan pada {} dan dapat dipakai satu kali \
         paling lambat {}. Kata sandi baru dibuat sendiri oleh pemilik akun; petugas tidak \
         mengetahuinya.\n\nDemikian disampaikan. Atas perhatian dan kerja samanya kami ucapkan \
         terima kasih.",
        facts.letter_number,
        facts.letter_date,
        words::moment(facts.sent_at, facts.zone),
        words::moment(facts.expires_at, facts.zone),
    )
}
