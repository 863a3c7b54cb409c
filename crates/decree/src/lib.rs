//! REG-4: a decree is a PDF of at most 2 MB, judged by its content and not by
//! its name or declared type.
//!
//! "A PDF" means here that a verifier will be able to open it: the file is
//! complete from its first to its last byte, its cross-reference data is sound,
//! and every page can be found through it. Programs that show PDFs repair much
//! of what is refused here, each in its own way; a decree that looks different
//! on two screens, or has lost its last pages on the way, is no decree.
//!
//! **Architecture Invariant:** time and memory are bounded for every input. An
//! object is read at most once and only within its own bytes, compressed data
//! grows to at most [`DECODED_BYTES_MAX`], and no reader here repairs.

mod file;
mod lexer;
mod packed;

use std::fmt;

/// The largest decree, in bytes (REG-4).
pub const DECREE_BYTES_MAX: usize = 2_097_152;

/// What all object streams and cross-reference streams of one file may inflate
/// to, in bytes. They hold text about pages, never the pages' content.
pub const DECODED_BYTES_MAX: usize = 16 * 1024 * 1024;

/// How many entries the cross-reference data of one file may have. A file of
/// 2 MB has room for fewer objects that deserve the name.
pub const XREF_ENTRIES_MAX: usize = 250_000;

/// How many times a file may have been saved on top of itself.
pub const REVISIONS_MAX: usize = 256;

/// Why a content is not accepted as a decree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotADecree {
    /// It has no bytes.
    Empty,
    /// It has more than [`DECREE_BYTES_MAX`] bytes.
    TooLarge,
    /// It is something else than a PDF, whatever its name says.
    NotAPdf,
    /// It begins like a PDF, but its end or its pages are missing.
    Damaged,
    /// Its content is encrypted, with or without a password to open it.
    Encrypted,
}

impl fmt::Display for NotADecree {
    /// What the person who uploaded it reads: what is wrong and what to do (ALL-3).
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Empty => "Berkas kosong. Pilih berkas PDF surat keputusan atau surat tugas Anda.",
            Self::TooLarge => {
                "Berkas lebih besar dari 2 MB (2.097.152 bita). Perkecil ukurannya, lalu unggah kembali."
            }
            Self::NotAPdf => {
                "Isi berkas bukan PDF. Simpan atau pindai dokumen sebagai PDF, lalu unggah kembali."
            }
            Self::Damaged => {
                "Berkas PDF rusak atau terpotong sehingga tidak dapat dibuka. \
                 Buat ulang PDF dari dokumen aslinya, lalu unggah kembali."
            }
            Self::Encrypted => {
                "Berkas PDF terkunci. Simpan tanpa kata sandi dan tanpa pembatasan, lalu unggah kembali."
            }
        })
    }
}

impl std::error::Error for NotADecree {}

/// Judges a content (REG-4).
///
/// # Errors
/// [`NotADecree`] says what is wrong with it.
pub fn check(content: &[u8]) -> Result<(), NotADecree> {
    if content.is_empty() {
        return Err(NotADecree::Empty);
    }
    if content.len() > DECREE_BYTES_MAX {
        return Err(NotADecree::TooLarge);
    }
    let from_header = file::trim_to_header(content).ok_or(NotADecree::NotAPdf)?;
    match file::check(from_header) {
        // Offsets count from the header, unless the writer put the space before
        // it there itself.
        Err(NotADecree::Damaged) if from_header.len() < content.len() => file::check(content),
        verdict => verdict,
    }
}
