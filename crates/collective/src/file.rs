//! The file: CSV as spreadsheets write it, with a byte order mark or without, with
//! commas or, under Indonesian settings, semicolons.

use akses_domain::time::Date;
use serde::{Deserialize, Serialize};

/// People in one letter: one request files and decides them all.
pub const ROWS_MAX: usize = 200;

/// The file; a row has under 300 bytes.
pub const FILE_BYTES_MAX: usize = 64 * 1024;

/// The columns, in the order of the template.
pub const COLUMNS: [&str; 4] = ["email", "role", "work_unit", "valid_until"];

/// What people fill in. The example is nobody.
pub const TEMPLATE: &str = "email,role,work_unit,valid_until\r\n\
    nama@instansi.example,PPK,KODE-SATKER,2027-12-31\r\n";

/// Longer texts are no value of any column.
const VALUE_CHARS_MAX: usize = 320;

/// What is wrong with a row, beside its column.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RowError {
    /// The column.
    pub field: String,
    /// What to do.
    pub detail: String,
}

impl RowError {
    /// One error.
    pub fn new(field: &str, detail: &str) -> Self {
        Self {
            field: field.to_owned(),
            detail: detail.to_owned(),
        }
    }
}

/// A row as it was typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Typed {
    /// The line of the file; the header is line 1.
    pub line: u32,
    /// Column by column.
    pub email: String,
    /// The role's code.
    pub role: String,
    /// The work unit's code.
    pub work_unit: String,
    /// The last day, if it is one.
    pub valid_until: Option<Date>,
    /// What can be said without looking anything up.
    pub errors: Vec<RowError>,
}

/// Why there are no rows at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BadFile {
    /// Spreadsheets of another age write other encodings.
    NotUtf8,
    /// The first line does not name the columns.
    BadHeader,
    /// A header and nothing else.
    Empty,
    /// More than [`ROWS_MAX`].
    TooManyRows,
}

impl BadFile {
    /// What to do.
    pub fn detail(self) -> String {
        match self {
            Self::NotUtf8 => {
                "Berkas tidak dapat dibaca. Simpan sebagai CSV UTF-8, lalu unggah lagi.".to_owned()
            }
            Self::BadHeader => format!(
                "Baris pertama harus berisi judul kolom: {}. Unduh templatnya.",
                COLUMNS.join(", ")
            ),
            Self::Empty => "Berkas belum berisi satu orang pun.".to_owned(),
            Self::TooManyRows => {
                format!("Satu surat memuat paling banyak {ROWS_MAX} orang. Bagi menjadi beberapa.")
            }
        }
    }
}

/// Reads the rows; whatever is wrong with one stands beside it.
///
/// # Errors
/// [`BadFile`] when there are none.
pub fn read(content: &[u8]) -> Result<Vec<Typed>, BadFile> {
    let text = std::str::from_utf8(content).map_err(|_| BadFile::NotUtf8)?;
    // The reader counts lines by their line feeds, and ends one before it came to it.
    let text = text
        .trim_start_matches('\u{feff}')
        .replace("\r\n", "\n")
        .replace('\r', "\n");
    let header = text.lines().next().unwrap_or_default();
    let delimiter = if header.contains(';') { b';' } else { b',' };
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter)
        .trim(csv::Trim::All)
        .flexible(true)
        .from_reader(text.as_bytes());
    let header = reader.headers().map_err(|_| BadFile::BadHeader)?.clone();
    let columns = columns(&header).ok_or(BadFile::BadHeader)?;
    let mut rows = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|_| BadFile::NotUtf8)?;
        if record.iter().all(str::is_empty) {
            continue;
        }
        if rows.len() == ROWS_MAX {
            return Err(BadFile::TooManyRows);
        }
        let line = record.position().map_or(0, csv::Position::line);
        let line = u32::try_from(line).unwrap_or(u32::MAX);
        rows.push(typed(line, &record, columns, header.len()));
    }
    if rows.is_empty() {
        return Err(BadFile::Empty);
    }
    Ok(rows)
}

/// Where each column stands; each once, and no others.
fn columns(header: &csv::StringRecord) -> Option<[usize; 4]> {
    let place = |name: &str| {
        let mut found = header
            .iter()
            .enumerate()
            .filter(|(_, title)| title.eq_ignore_ascii_case(name));
        let (index, _) = found.next()?;
        found.next().is_none().then_some(index)
    };
    let [email, role, unit, until] = COLUMNS.map(place);
    (header.len() == COLUMNS.len()).then_some([email?, role?, unit?, until?])
}

fn typed(line: u32, record: &csv::StringRecord, columns: [usize; 4], width: usize) -> Typed {
    let mut errors = Vec::new();
    if record.len() != width {
        errors.push(RowError::new(
            "row",
            "Banyaknya kolom pada baris ini tidak sama dengan judulnya.",
        ));
    }
    let mut value = |number: usize| {
        let text = record.get(columns[number]).unwrap_or_default();
        let bad = |c: char| c.is_control();
        if text.is_empty() {
            errors.push(RowError::new(COLUMNS[number], "Kolom ini wajib diisi."));
        } else if text.chars().count() > VALUE_CHARS_MAX || text.contains(bad) {
            errors.push(RowError::new(
                COLUMNS[number],
                "Isi kolom ini tidak dapat dibaca.",
            ));
            return String::new();
        }
        text.to_owned()
    };
    let (email, role, work_unit, until) = (value(0), value(1), value(2), value(3));
    let valid_until = day(&until);
    if valid_until.is_none() && !until.is_empty() {
        errors.push(RowError::new(
            "valid_until",
            "Tanggal ini tidak ada. Tulis tahun-bulan-hari, misalnya 2027-12-31, atau 31/12/2027.",
        ));
    }
    Typed {
        line,
        email,
        role,
        work_unit,
        valid_until,
        errors,
    }
}

/// As the template has it, or as spreadsheets with Indonesian settings write days.
fn day(text: &str) -> Option<Date> {
    let formats = ["%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y"];
    let plain = text.len() <= 10 && text.chars().all(|c| c.is_ascii_digit() || "-/".contains(c));
    let mut days = formats
        .iter()
        .filter_map(|format| Date::parse_from_str(text, format).ok());
    days.find(|day| plain && (1_000..10_000).contains(&chrono::Datelike::year(day)))
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADER: &str = "email,role,work_unit,valid_until\n";

    #[test]
    fn the_template_can_be_sent_back() {
        let rows = read(TEMPLATE.as_bytes()).unwrap();
        assert_eq!(rows.len(), 1);
        assert_eq!((rows[0].line, rows[0].errors.len()), (2, 0));
        assert_eq!(rows[0].valid_until, "2027-12-31".parse().ok());
    }

    #[test]
    fn spreadsheets_write_byte_order_marks_semicolons_and_their_own_days() {
        let file = "\u{feff}Email;Role;Work_Unit;Valid_Until\r\n\
                    \"a@b.example\" ; PPK;X-1;31/12/2027\r\n;;;\r\n";
        let rows = read(file.as_bytes()).unwrap();
        assert_eq!(rows.len(), 1);
        assert_eq!(
            (rows[0].email.as_str(), rows[0].role.as_str()),
            ("a@b.example", "PPK")
        );
        assert_eq!(rows[0].valid_until, "2027-12-31".parse().ok());
        assert_eq!(rows[0].errors, []);
        let moved = "role,email,valid_until,work_unit\nPPK,a@b.example,01-02-2027,X-1\n";
        let rows = read(moved.as_bytes()).unwrap();
        assert_eq!(rows[0].work_unit, "X-1");
        assert_eq!(rows[0].valid_until, "2027-02-01".parse().ok());
    }

    #[test]
    fn what_is_wrong_with_a_row_names_its_columns() {
        let fields = |row: &str| -> Vec<String> {
            let rows = read(format!("{HEADER}{row}\n").as_bytes()).unwrap();
            rows[0]
                .errors
                .iter()
                .map(|error| error.field.clone())
                .collect()
        };
        assert_eq!(fields("a@b.example,PPK,X-1,2027-02-30"), ["valid_until"]);
        assert_eq!(fields("a@b.example,PPK,X-1,27-02-03"), ["valid_until"]);
        assert_eq!(fields(",PPK,,besok"), ["email", "work_unit", "valid_until"]);
        assert_eq!(fields("a@b.example,PPK,X-1"), ["row", "valid_until"]);
        assert_eq!(fields("a@b.example,PPK,X-1,2027-12-31,x"), ["row"]);
        let long = "x".repeat(VALUE_CHARS_MAX + 1);
        assert_eq!(fields(&format!("{long},PPK,X-1,2027-12-31")), ["email"]);
    }

    #[test]
    fn a_file_without_rows_says_why() {
        let row = "a@b.example,PPK,X-1,2027-12-31\n";
        for (file, why) in [
            (HEADER.as_bytes().to_vec(), BadFile::Empty),
            (b"".to_vec(), BadFile::BadHeader),
            (row.as_bytes().to_vec(), BadFile::BadHeader),
            (
                b"email,role,work_unit,valid_until,nip\n".to_vec(),
                BadFile::BadHeader,
            ),
            (
                b"email,email,work_unit,valid_until\n".to_vec(),
                BadFile::BadHeader,
            ),
            (b"email\xff,role".to_vec(), BadFile::NotUtf8),
            (
                format!("{HEADER}{}", row.repeat(ROWS_MAX + 1)).into_bytes(),
                BadFile::TooManyRows,
            ),
        ] {
            assert_eq!(read(&file), Err(why));
        }
        let full = format!("{HEADER}{}", row.repeat(ROWS_MAX));
        assert_eq!(read(full.as_bytes()).unwrap().len(), ROWS_MAX);
    }
}
