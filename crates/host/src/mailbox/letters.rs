//! The letters a mailbox holds: parsed once when they arrive, bounded in number
//! and in bytes, and kept as `.eml` files too when a folder is given.

use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use mail_parser::{Message, MessageParser, MimeHeaders, PartType};
use serde::Serialize;

/// Letters kept at most; the oldest make room.
pub const MESSAGES_MAX: usize = 1_000;
/// Raw bytes of all letters kept at most; the oldest make room.
pub const MESSAGES_BYTES_MAX: usize = 64 * 1024 * 1024;

/// The ending of a kept letter's file name.
const FILE_ENDING: &str = "eml";

/// What came with a letter besides its text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Attachment {
    /// The file name the sender gave, or an empty string.
    pub name: String,
    /// The declared media type.
    pub content_type: String,
    /// Its decoded size.
    pub bytes: usize,
}

/// A letter as the page and the JSON list show it.
#[derive(Clone, Debug, Serialize)]
pub struct Letter {
    /// Counts up from 1 in the order of arrival.
    pub id: u64,
    /// The `From` header's address; the envelope's if there is none.
    pub from: String,
    /// Everyone the server was told to deliver to (the envelope, not the header).
    pub to: Vec<String>,
    /// The decoded subject.
    pub subject: String,
    /// The `Message-ID` without its angle brackets.
    pub message_id: String,
    /// The `Date` header in RFC 3339, if it is a date.
    pub date: Option<String>,
    /// The plain text part.
    pub text: Option<String>,
    /// The HTML part.
    pub html: Option<String>,
    /// Everything else.
    pub attachments: Vec<Attachment>,
    /// The letter as it came over the wire.
    #[serde(skip)]
    pub raw: Vec<u8>,
    /// Where it is kept, if it is.
    #[serde(skip)]
    file: Option<PathBuf>,
}

impl Letter {
    fn parse(id: u64, envelope_from: &str, envelope_to: Vec<String>, raw: Vec<u8>) -> Self {
        let mut letter = Letter {
            id,
            from: envelope_from.to_owned(),
            to: envelope_to,
            subject: String::new(),
            message_id: String::new(),
            date: None,
            text: None,
            html: None,
            attachments: Vec::new(),
            raw: Vec::new(),
            file: None,
        };
        // Bytes that are no message at all are still a letter that arrived.
        if let Some(message) = MessageParser::default().parse(&raw) {
            letter.read(&message);
        }
        letter.raw = raw;
        letter
    }

    fn read(&mut self, message: &Message<'_>) {
        let senders = message.from().and_then(|from| from.first());
        if let Some(address) = senders.and_then(|sender| sender.address()) {
            self.from = address.to_owned();
        }
        self.subject = message.subject().unwrap_or_default().to_owned();
        self.message_id = message.message_id().unwrap_or_default().to_owned();
        self.date = message.date().map(|date| date.to_rfc3339());
        self.text = text_part(message);
        self.html = html_part(message);
        self.attachments = message.attachments().map(attachment).collect();
    }
}

/// The part written as plain text; never one derived from the HTML part, so that
/// a letter without a text part is seen to have none.
fn text_part(message: &Message<'_>) -> Option<String> {
    message.text_bodies().find_map(|part| match &part.body {
        PartType::Text(text) => Some(text.to_string()),
        _ => None,
    })
}

fn html_part(message: &Message<'_>) -> Option<String> {
    message.html_bodies().find_map(|part| match &part.body {
        PartType::Html(html) => Some(html.to_string()),
        _ => None,
    })
}

fn attachment(part: &mail_parser::MessagePart<'_>) -> Attachment {
    let content_type = part.content_type().map(|declared| {
        let subtype = declared.subtype().unwrap_or("*");
        format!("{}/{subtype}", declared.ctype())
    });
    Attachment {
        name: part.attachment_name().unwrap_or_default().to_owned(),
        content_type: content_type.unwrap_or_else(|| "application/octet-stream".to_owned()),
        bytes: part.contents().len(),
    }
}

#[derive(Default)]
struct Shelf {
    letters: VecDeque<Arc<Letter>>,
    bytes: usize,
    last_id: u64,
}

impl Shelf {
    fn put(&mut self, letter: Letter) -> Vec<Arc<Letter>> {
        self.bytes += letter.raw.len();
        self.letters.push_back(Arc::new(letter));
        let mut dropped = Vec::new();
        while self.letters.len() > MESSAGES_MAX || self.bytes > MESSAGES_BYTES_MAX {
            let Some(oldest) = self.letters.pop_front() else {
                break;
            };
            self.bytes -= oldest.raw.len();
            dropped.push(oldest);
        }
        dropped
    }
}

/// All letters of one mailbox; clones share them.
#[derive(Clone, Default)]
pub struct Letters {
    shelf: Arc<Mutex<Shelf>>,
    folder: Option<Arc<Path>>,
}

impl Letters {
    /// An empty mailbox, or with `folder` the one that was kept there.
    pub fn open(folder: Option<&Path>) -> std::io::Result<Self> {
        let mut letters = Letters::default();
        let Some(folder) = folder else {
            return Ok(letters);
        };
        std::fs::create_dir_all(folder)?;
        for file in kept_files(folder)? {
            let raw = std::fs::read(&file)?;
            letters.read_back(raw, file);
        }
        letters.folder = Some(folder.into());
        Ok(letters)
    }

    /// The envelope is not in the file, so the header says who it was for.
    fn read_back(&self, raw: Vec<u8>, file: PathBuf) {
        let mut shelf = self.shelf();
        shelf.last_id += 1;
        let mut letter = Letter::parse(shelf.last_id, "", Vec::new(), raw);
        if let Some(parsed) = MessageParser::default().parse(&letter.raw) {
            let to = parsed.to().into_iter().flat_map(|to| to.iter());
            letter.to = to
                .filter_map(|to| to.address().map(str::to_owned))
                .collect();
        }
        letter.file = Some(file);
        forget_files(&shelf.put(letter));
    }

    /// Takes a letter in. With a folder it is in its file before this returns,
    /// because the sender is told "delivered" right after.
    pub fn add(&self, from: &str, to: Vec<String>, raw: Vec<u8>) -> std::io::Result<()> {
        let mut shelf = self.shelf();
        let id = shelf.last_id + 1;
        let mut letter = Letter::parse(id, from, to, raw);
        if let Some(folder) = &self.folder {
            let file = folder.join(file_name(id));
            std::fs::write(&file, &letter.raw)?;
            letter.file = Some(file);
        }
        shelf.last_id = id;
        forget_files(&shelf.put(letter));
        Ok(())
    }

    /// Every letter, in the order of arrival.
    pub fn all(&self) -> Vec<Arc<Letter>> {
        self.shelf().letters.iter().cloned().collect()
    }

    /// One letter.
    pub fn get(&self, id: u64) -> Option<Arc<Letter>> {
        let shelf = self.shelf();
        shelf.letters.iter().find(|letter| letter.id == id).cloned()
    }

    /// Empties the mailbox, its folder included.
    pub fn clear(&self) {
        let mut shelf = self.shelf();
        shelf.bytes = 0;
        let letters: Vec<_> = shelf.letters.drain(..).collect();
        forget_files(&letters);
    }

    /// No code panics while it holds the lock; a poisoned one is still whole.
    fn shelf(&self) -> MutexGuard<'_, Shelf> {
        self.shelf.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Names sort in the order of arrival, over restarts as well.
fn file_name(id: u64) -> String {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    let millis = now.map_or(0, |elapsed| elapsed.as_millis());
    format!("{millis:015}-{id:06}.{FILE_ENDING}")
}

/// The newest files of the folder, oldest first.
fn kept_files(folder: &Path) -> std::io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|ending| ending == FILE_ENDING) {
            files.push(path);
        }
    }
    files.sort();
    let surplus = files.len().saturating_sub(MESSAGES_MAX);
    Ok(files.split_off(surplus))
}

/// A file that cannot be removed is a letter too many, not a failure.
fn forget_files(letters: &[Arc<Letter>]) {
    for file in letters.iter().filter_map(|letter| letter.file.as_ref()) {
        let _ = std::fs::remove_file(file);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOTH_PARTS: &str = "From: Akses <akses@contoh.example>\r\n\
        To: Demo <demo@contoh.example>\r\n\
        Subject: =?utf-8?B?UGVuZ2FqdWFuIGRpdGVyaW1hIOKAkyBBa3Nlcw==?=\r\n\
        Message-ID: <satu@contoh.example>\r\n\
        Date: Fri, 27 Mar 2026 14:10:00 +0700\r\n\
        MIME-Version: 1.0\r\n\
        Content-Type: multipart/alternative; boundary=b\r\n\r\n\
        --b\r\nContent-Type: text/plain; charset=utf-8\r\n\
        Content-Transfer-Encoding: quoted-printable\r\n\r\n\
        Berlaku s.d. 31=E2=80=AFDesember\r\n\
        --b\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<p>Berlaku</p>\r\n\
        --b--\r\n";

    fn to(address: &str) -> Vec<String> {
        vec![address.to_owned()]
    }

    #[test]
    fn decodes_headers_and_both_parts() {
        let letters = Letters::default();
        letters
            .add("x@y", to("demo@contoh.example"), BOTH_PARTS.into())
            .unwrap();
        let letter = letters.get(1).unwrap();
        assert_eq!(letter.from, "akses@contoh.example");
        assert_eq!(letter.to, ["demo@contoh.example"]);
        assert_eq!(letter.subject, "Pengajuan diterima – Akses");
        assert_eq!(letter.message_id, "satu@contoh.example");
        assert_eq!(letter.date.as_deref(), Some("2026-03-27T14:10:00+07:00"));
        assert_eq!(
            letter.text.as_deref().map(str::trim_end),
            Some("Berlaku s.d. 31\u{202f}Desember")
        );
        assert_eq!(
            letter.html.as_deref().map(str::trim_end),
            Some("<p>Berlaku</p>")
        );
        assert!(letter.attachments.is_empty());
    }

    #[test]
    fn does_not_invent_a_part_that_was_not_sent() {
        let letters = Letters::default();
        let html_only = "Content-Type: text/html\r\n\r\n<b>hanya html</b>\r\n";
        letters.add("a@b", to("c@d"), html_only.into()).unwrap();
        let text_only = "Subject: x\r\n\r\nhanya teks\r\n";
        letters.add("a@b", to("c@d"), text_only.into()).unwrap();
        letters.add("a@b", to("c@d"), Vec::new()).unwrap();
        assert_eq!(letters.get(1).unwrap().text, None);
        assert_eq!(letters.get(2).unwrap().html, None);
        assert_eq!(letters.get(3).unwrap().from, "a@b");
    }

    #[test]
    fn lists_attachments_with_their_size() {
        let mixed = "Content-Type: multipart/mixed; boundary=b\r\n\r\n\
            --b\r\nContent-Type: text/plain\r\n\r\nhalo\r\n\
            --b\r\nContent-Type: application/pdf\r\n\
            Content-Disposition: attachment; filename=\"sk.pdf\"\r\n\
            Content-Transfer-Encoding: base64\r\n\r\nJVBERg==\r\n--b--\r\n";
        let letters = Letters::default();
        letters.add("a@b", to("c@d"), mixed.into()).unwrap();
        let expected = Attachment {
            name: "sk.pdf".to_owned(),
            content_type: "application/pdf".to_owned(),
            bytes: 4,
        };
        assert_eq!(letters.get(1).unwrap().attachments, [expected]);
    }

    #[test]
    fn keeps_at_most_the_newest() {
        let letters = Letters::default();
        for _ in 0..MESSAGES_MAX + 3 {
            letters.add("a@b", to("c@d"), b"x".to_vec()).unwrap();
        }
        let all = letters.all();
        assert_eq!(all.len(), MESSAGES_MAX);
        assert_eq!(all[0].id, 4);
        assert!(letters.get(3).is_none());
    }

    #[test]
    fn keeps_at_most_so_many_bytes() {
        let letters = Letters::default();
        let third = vec![b'x'; MESSAGES_BYTES_MAX / 3 + 1];
        for _ in 0..3 {
            letters.add("a@b", to("c@d"), third.clone()).unwrap();
        }
        assert_eq!(letters.all().len(), 2);
    }

    #[test]
    fn a_kept_mailbox_comes_back_and_clears_away() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("mailbox");
        let letters = Letters::open(Some(&path)).unwrap();
        letters
            .add("x@y", to("demo@contoh.example"), BOTH_PARTS.into())
            .unwrap();
        letters.add("x@y", to("c@d"), b"kedua".to_vec()).unwrap();

        let again = Letters::open(Some(&path)).unwrap();
        let all = again.all();
        assert_eq!(all.len(), 2);
        assert_eq!(all[0].message_id, "satu@contoh.example");
        assert_eq!(all[0].to, ["demo@contoh.example"]);
        assert_eq!(all[0].raw, BOTH_PARTS.as_bytes());

        again.clear();
        assert!(again.all().is_empty());
        assert_eq!(std::fs::read_dir(&path).unwrap().count(), 0);
    }
}
