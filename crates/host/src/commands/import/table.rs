//! A CSV file as rows that know the line they came from, and as the chunks in
//! which they travel.

use anyhow::{Context, bail};
use chrono::{Days, NaiveDate};

/// Bytes of one chunk, its heading included.
const CHUNK_BYTES_MAX: usize = 256 * 1024;
/// What spreadsheet programs put before UTF-8.
const BYTE_ORDER_MARK: char = '\u{feff}';

/// A CSV file whose heading is the expected one.
#[derive(Debug)]
pub struct Table {
    /// The file's name, for messages.
    pub name: String,
    columns: &'static [&'static str],
    rows: Vec<Row>,
}

#[derive(Debug)]
struct Row {
    line: u64,
    fields: Vec<String>,
}

impl Table {
    /// Reads a file separated by commas, or by semicolons as spreadsheet programs
    /// with Indonesian settings write it.
    pub fn parse(name: &str, text: &str, columns: &'static [&'static str]) -> anyhow::Result<Self> {
        let text = text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(text);
        let mut reader = csv::ReaderBuilder::new()
            .delimiter(delimiter(text))
            .trim(csv::Trim::All)
            .from_reader(text.as_bytes());
        let heading = reader.headers().with_context(|| format!("in {name}"))?;
        if !heading.iter().eq(columns.iter().copied()) {
            let found: Vec<&str> = heading.iter().collect();
            bail!(
                "the first line of {name} must be\n  {}\nbut is\n  {}",
                columns.join(","),
                found.join(",")
            );
        }
        let mut rows = Vec::new();
        for record in reader.records() {
            let record = record.with_context(|| format!("in {name}"))?;
            rows.push(Row {
                line: record.position().map_or(0, |start| first_line(text, start)),
                fields: record.iter().map(str::to_owned).collect(),
            });
        }
        Ok(Table {
            name: name.to_owned(),
            columns,
            rows,
        })
    }

    /// Turns `+30` into the date thirty days after `today`, so that example data
    /// does not grow old. Real dates stay as they are.
    pub fn resolve_days(&mut self, column: &str, today: NaiveDate) -> anyhow::Result<()> {
        let Some(index) = self.columns.iter().position(|name| *name == column) else {
            return Ok(());
        };
        for row in &mut self.rows {
            let Some(days) = row.fields[index].strip_prefix('+') else {
                continue;
            };
            let days = days.parse().ok().map(Days::new);
            let date = days.and_then(|days| today.checked_add_days(days));
            let date = date.with_context(|| {
                let text = &row.fields[index];
                format!("{}:{}: {text:?} is no number of days", self.name, row.line)
            })?;
            row.fields[index] = date.to_string();
        }
        Ok(())
    }

    /// The rows in chunks of at most `rows_max`, each with the heading.
    pub fn chunks(&self, rows_max: usize) -> impl Iterator<Item = Chunk> + '_ {
        let mut rest = self.rows.as_slice();
        std::iter::from_fn(move || {
            if rest.is_empty() {
                return None;
            }
            let (chunk, taken) = self.chunk(rest, rows_max);
            rest = &rest[taken..];
            Some(chunk)
        })
    }

    fn chunk(&self, rows: &[Row], rows_max: usize) -> (Chunk, usize) {
        let mut text = csv_line(self.columns);
        let mut lines = Vec::new();
        for row in rows.iter().take(rows_max) {
            let line = csv_line(&row.fields);
            // A row that is too long alone still goes: the service says what it thinks.
            if !lines.is_empty() && text.len() + line.len() > CHUNK_BYTES_MAX {
                break;
            }
            let line_in_chunk = 1 + text.matches('\n').count() as u64;
            lines.push((line_in_chunk, row.line));
            text.push_str(&line);
        }
        let taken = lines.len();
        (Chunk { text, lines }, taken)
    }
}

/// Rows on their way to the service.
#[derive(Debug)]
pub struct Chunk {
    /// The CSV text with its heading.
    pub text: String,
    /// Where each row begins, in the chunk and in the file.
    lines: Vec<(u64, u64)>,
}

impl Chunk {
    /// The line of the file that a line of the chunk came from.
    pub fn file_line(&self, line_in_chunk: u64) -> u64 {
        let after = self
            .lines
            .partition_point(|(start, _)| *start <= line_in_chunk);
        let row = after.checked_sub(1).and_then(|index| self.lines.get(index));
        row.map_or(1, |(_, file_line)| *file_line)
    }
}

/// Empty lines before a row count as its beginning for the reader, not for people.
fn first_line(text: &str, start: &csv::Position) -> u64 {
    let rest = usize::try_from(start.byte())
        .ok()
        .and_then(|byte| text.as_bytes().get(byte..));
    let empty = rest.unwrap_or_default().iter();
    let ends = empty
        .take_while(|byte| matches!(byte, b'\r' | b'\n'))
        .filter(|byte| **byte == b'\n');
    start.line() + ends.count() as u64
}

fn delimiter(text: &str) -> u8 {
    let heading = text.lines().next().unwrap_or_default();
    if heading.contains(';') && !heading.contains(',') {
        b';'
    } else {
        b','
    }
}

fn csv_line(fields: &[impl AsRef<[u8]>]) -> String {
    let mut writer = csv::Writer::from_writer(Vec::new());
    // Writing UTF-8 fields into memory cannot fail.
    let written = writer.write_record(fields).is_ok();
    debug_assert!(written);
    let bytes = writer.into_inner().unwrap_or_default();
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    const COLUMNS: &[&str] = &["code", "name"];

    fn table(text: &str) -> Table {
        Table::parse("x.csv", text, COLUMNS).unwrap()
    }

    fn chunks(table: &Table, rows_max: usize) -> Vec<Chunk> {
        table.chunks(rows_max).collect()
    }

    #[test]
    fn every_chunk_repeats_the_heading() {
        let table = table("code,name\na,1\nb,2\nc,3\n");
        let texts: Vec<_> = chunks(&table, 2).into_iter().map(|c| c.text).collect();
        assert_eq!(texts, ["code,name\na,1\nb,2\n", "code,name\nc,3\n"]);
    }

    #[test]
    fn lines_of_a_chunk_lead_back_to_the_file() {
        // The second row spans lines 3 and 4, and an empty line follows it.
        let table = table("code,name\na,1\nb,\"dua\nbaris\"\n\nc,3\nd,4\n");
        let chunks = chunks(&table, 3);
        assert_eq!(chunks[0].text, "code,name\na,1\nb,\"dua\nbaris\"\nc,3\n");
        let lines = [1, 2, 3, 4, 5].map(|line| chunks[0].file_line(line));
        assert_eq!(lines, [1, 2, 3, 3, 6]);
        assert_eq!(chunks[1].file_line(2), 7);
    }

    #[test]
    fn lines_are_counted_with_either_ending() {
        let table = table("code,name\r\na,1\r\n\r\nb,2\r\n");
        let chunk = &chunks(&table, 9)[0];
        assert_eq!([2, 3].map(|line| chunk.file_line(line)), [2, 4]);
    }

    #[test]
    fn chunks_are_bounded_in_bytes() {
        let long = "x".repeat(CHUNK_BYTES_MAX / 2);
        let table = table(&format!("code,name\na,{long}\nb,{long}\nc,{long}\n"));
        let chunks = chunks(&table, 500);
        assert_eq!(chunks.len(), 3);
        assert!(chunks.iter().all(|c| c.text.len() <= CHUNK_BYTES_MAX));
    }

    #[test]
    fn reads_what_spreadsheets_write() {
        let table = table("\u{feff}code;name\r\na; Badan, Pusat \r\n");
        let chunk = &chunks(&table, 9)[0];
        assert_eq!(chunk.text, "code,name\na,\"Badan, Pusat\"\n");
    }

    #[test]
    fn refuses_another_heading_and_ragged_rows() {
        let heading = Table::parse("x.csv", "kode,nama\na,1\n", COLUMNS).unwrap_err();
        assert!(heading.to_string().contains("code,name"), "{heading}");
        let ragged = Table::parse("x.csv", "code,name\na\n", COLUMNS).unwrap_err();
        assert!(format!("{ragged:#}").contains("line: 2"), "{ragged:#}");
        assert!(Table::parse("x.csv", "", COLUMNS).is_err());
    }

    #[test]
    fn days_are_counted_from_today() {
        let today = NaiveDate::from_ymd_opt(2026, 12, 30).unwrap();
        let mut relative = table("code,name\na,+3\nb,2027-05-01\nc,+0\n");
        relative.resolve_days("name", today).unwrap();
        let text = &chunks(&relative, 9)[0].text;
        assert_eq!(
            text,
            "code,name\na,2027-01-02\nb,2027-05-01\nc,2026-12-30\n"
        );
        assert!(
            table("code,name\na,+x\n")
                .resolve_days("name", today)
                .is_err()
        );
        assert!(
            table("code,name\na,+99999999999\n")
                .resolve_days("name", today)
                .is_err()
        );
    }
}
