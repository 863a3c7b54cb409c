//! A PDF file: its frame, its cross-reference data, its pages.

use crate::lexer::{Lexer, trim_space_start};
use crate::packed::Allowance;
use crate::{DECODED_BYTES_MAX, NotADecree, REVISIONS_MAX, XREF_ENTRIES_MAX};
use hayro_syntax::object::{Array, Dict, FromBytes, MaybeRef, ObjRef, Object};
use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

/// The end marker stands within so many bytes of the end. What comes after it
/// was added on the way, by mail programs for example.
const TRAILING_BYTES_MAX: usize = 1024;

/// `startxref` and its number stand within so many bytes before the end marker.
const FOOT_BYTES_MAX: usize = 128;

/// How long a dictionary may be. Those of the structure list some thousand
/// pages or subsections at most.
const DICT_BYTES_MAX: usize = 256 * 1024;

/// A file without the byte order mark or the empty lines before its header;
/// none when it does not begin as a PDF does. Offsets count from the header.
pub(crate) fn trim_to_header(content: &[u8]) -> Option<&[u8]> {
    let content = content.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(content);
    let file = trim_space_start(content);
    let version = file.strip_prefix(b"%PDF-")?;
    matches!(version, [b'1' | b'2', b'.', b'0'..=b'9', ..]).then_some(file)
}

/// Judges a file that begins with its header.
pub(crate) fn check(file: &[u8]) -> Result<(), NotADecree> {
    File::open(file)?.check_pages()
}

/// Where an object lies.
#[derive(Clone, Copy)]
enum Place {
    /// At an offset in the file.
    Offset(usize),
    /// In an object stream, as its n-th object.
    Packed { container: u32, index: u32 },
}

/// An object stream after decoding.
struct Container {
    content: Vec<u8>,
    /// Number and offset of each object.
    objects: Vec<(u32, usize)>,
    /// The offsets in their order.
    bounds: Vec<usize>,
}

/// A complete file whose cross-reference data has been read.
struct File<'a> {
    bytes: &'a [u8],
    places: HashMap<u32, Place>,
    /// Where objects and cross-reference sections begin, in order: an object
    /// ends at the next of them at the latest.
    bounds: Vec<usize>,
    containers: HashMap<u32, Container>,
    packed_objects_left: usize,
    allowance: Allowance,
    catalog: ObjRef,
}

impl<'a> File<'a> {
    /// Reads the frame and all cross-reference data.
    fn open(bytes: &'a [u8]) -> Result<Self, NotADecree> {
        let start = xref_start(bytes).ok_or(NotADecree::Damaged)?;
        if is_cut_linearized(bytes) {
            return Err(NotADecree::Damaged);
        }
        let mut xref = Xref::new(bytes);
        xref.read_all(start)?;
        if xref.encrypted {
            return Err(NotADecree::Encrypted);
        }
        let mut bounds: Vec<usize> = xref
            .places
            .values()
            .filter_map(|place| place.offset())
            .collect();
        bounds.extend(xref.sections);
        bounds.sort_unstable();
        bounds.dedup();
        Ok(Self {
            bytes,
            places: xref.places,
            bounds,
            containers: HashMap::new(),
            packed_objects_left: XREF_ENTRIES_MAX,
            allowance: xref.allowance,
            catalog: xref.catalog.ok_or(NotADecree::Damaged)?,
        })
    }

    /// Walks the page tree: at least one page, and each readable with its
    /// content. References to objects that the file does not have are empty by
    /// definition and break nothing.
    fn check_pages(&mut self) -> Result<(), NotADecree> {
        let catalog = self
            .object(self.catalog.obj_number)?
            .ok_or(NotADecree::Damaged)?;
        let root = dict(&catalog)?
            .get_ref("Pages")
            .ok_or(NotADecree::Damaged)?;
        let mut seen = HashSet::from([self.catalog.obj_number]);
        let mut waiting = vec![root.obj_number];
        let mut pages = 0_usize;
        while let Some(number) = waiting.pop() {
            if !seen.insert(number) {
                continue;
            }
            let Some(node) = self.object(number)? else {
                continue;
            };
            let node = dict(&node)?;
            if node.contains_key("Kids") {
                waiting.extend(self.references(&node, "Kids", &mut seen)?);
            } else {
                pages += 1;
                for content in self.references(&node, "Contents", &mut seen)? {
                    if seen.insert(content) {
                        self.object(content)?;
                    }
                }
            }
        }
        if pages == 0 {
            Err(NotADecree::Damaged)
        } else {
            Ok(())
        }
    }

    /// The objects that an entry refers to: one, or an array of them that may
    /// itself be an object.
    fn references(
        &mut self,
        of: &Dict<'_>,
        key: &str,
        seen: &mut HashSet<u32>,
    ) -> Result<Vec<u32>, NotADecree> {
        match of.get_raw::<Object<'_>>(key) {
            None => Ok(Vec::new()),
            Some(MaybeRef::NotRef(object)) => {
                Ok(object.into_array().map(numbers).unwrap_or_default())
            }
            Some(MaybeRef::Ref(one)) if !seen.insert(one.obj_number) => Ok(Vec::new()),
            Some(MaybeRef::Ref(one)) => {
                let object = self.object(one.obj_number)?.unwrap_or_default();
                let array = object
                    .starts_with(b"[")
                    .then(|| Array::from_bytes(&object))
                    .flatten();
                Ok(array.map(numbers).unwrap_or_default())
            }
        }
    }

    /// The bytes of an object after its head; none when the file has none of
    /// that number.
    fn object(&mut self, number: u32) -> Result<Option<Cow<'a, [u8]>>, NotADecree> {
        match self.places.get(&number).copied() {
            None => Ok(None),
            Some(Place::Offset(offset)) => {
                self.plain_object(number, offset).map(|o| Some(o.into()))
            }
            Some(Place::Packed { container, index }) => {
                self.open_container(container)?;
                let object = self.containers[&container].object(number, index)?;
                Ok(Some(object.to_vec().into()))
            }
        }
    }

    fn plain_object(&self, number: u32, offset: usize) -> Result<&'a [u8], NotADecree> {
        let next = self.bounds.partition_point(|bound| *bound <= offset);
        let end = self.bounds.get(next).copied().unwrap_or(self.bytes.len());
        let bytes = self
            .bytes
            .get(offset..end.min(self.bytes.len()))
            .ok_or(NotADecree::Damaged)?;
        let mut lexer = Lexer::new(bytes);
        if lexer.object_head() != Some(number) {
            return Err(NotADecree::Damaged);
        }
        Ok(lexer.rest())
    }

    fn open_container(&mut self, number: u32) -> Result<(), NotADecree> {
        if self.containers.contains_key(&number) {
            return Ok(());
        }
        let Some(Place::Offset(offset)) = self.places.get(&number).copied() else {
            return Err(NotADecree::Damaged);
        };
        let object = self.plain_object(number, offset)?;
        let head = dict(object)?;
        let data = stream_data(object, &head)?;
        let content = self.allowance.decode(&head, data)?;
        let container = Container::read(&head, content, &mut self.packed_objects_left)
            .ok_or(NotADecree::Damaged)?;
        self.containers.insert(number, container);
        Ok(())
    }
}

impl Container {
    fn read(head: &Dict<'_>, content: Vec<u8>, objects_left: &mut usize) -> Option<Self> {
        let count = head.get::<u32>("N")? as usize;
        let first = head.get::<u32>("First")? as usize;
        *objects_left = objects_left.checked_sub(count)?;
        let mut lexer = Lexer::new(content.get(..first)?);
        let mut objects = Vec::new();
        for _ in 0..count {
            let number = lexer.number()?;
            objects.push((number, first.checked_add(lexer.number()? as usize)?));
        }
        let mut bounds: Vec<usize> = objects.iter().map(|(_, offset)| *offset).collect();
        bounds.sort_unstable();
        // Objects that begin at one place would each be everything up to the next
        // place, read again for each of them.
        if bounds.windows(2).any(|pair| pair[0] == pair[1]) {
            return None;
        }
        Some(Self {
            content,
            objects,
            bounds,
        })
    }

    fn object(&self, number: u32, index: u32) -> Result<&[u8], NotADecree> {
        let (found, offset) = *self
            .objects
            .get(index as usize)
            .ok_or(NotADecree::Damaged)?;
        let next = self.bounds.partition_point(|bound| *bound <= offset);
        let end = self.bounds.get(next).copied().unwrap_or(self.content.len());
        match self.content.get(offset..end.min(self.content.len())) {
            Some(bytes) if found == number => Ok(Lexer::new(bytes).rest()),
            _ => Err(NotADecree::Damaged),
        }
    }
}

impl Place {
    const fn offset(&self) -> Option<usize> {
        match self {
            Self::Offset(offset) => Some(*offset),
            Self::Packed { .. } => None,
        }
    }
}

/// The cross-reference data while it is read, newest section first.
struct Xref<'a> {
    bytes: &'a [u8],
    places: HashMap<u32, Place>,
    sections: Vec<usize>,
    entries: usize,
    allowance: Allowance,
    catalog: Option<ObjRef>,
    encrypted: bool,
}

impl<'a> Xref<'a> {
    fn new(bytes: &'a [u8]) -> Self {
        Self {
            bytes,
            places: HashMap::new(),
            sections: Vec::new(),
            entries: 0,
            allowance: Allowance::new(DECODED_BYTES_MAX),
            catalog: None,
            encrypted: false,
        }
    }

    /// Follows the chain of sections to the oldest.
    fn read_all(&mut self, start: usize) -> Result<(), NotADecree> {
        let mut next = Some(start);
        while let Some(offset) = next {
            next = self.read_section(offset).ok_or(NotADecree::Damaged)?;
        }
        Ok(())
    }

    /// Reads one section; where the one before it lies. None when it is broken.
    fn read_section(&mut self, offset: usize) -> Option<Option<usize>> {
        if self.sections.len() >= REVISIONS_MAX || self.sections.contains(&offset) {
            return None;
        }
        self.sections.push(offset);
        let bytes = self.bytes.get(offset..)?;
        let trailer = match Lexer::new(bytes).keyword(b"xref") {
            Some(()) => self.read_table(bytes)?,
            None => self.read_stream(bytes)?,
        };
        self.encrypted |= trailer.contains_key("Encrypt");
        self.catalog = self.catalog.or_else(|| trailer.get_ref("Root"));
        // A file for old and new readers: objects that the table hides from old ones.
        if let Some(hidden) = trailer.get::<u32>("XRefStm") {
            let hidden = hidden as usize;
            self.sections.push(hidden);
            self.read_stream(self.bytes.get(hidden..)?)?;
        }
        Some(trailer.get::<u32>("Prev").map(|prev| prev as usize))
    }

    /// `xref`, subsections of entries, `trailer` and its dictionary.
    fn read_table(&mut self, bytes: &'a [u8]) -> Option<Dict<'a>> {
        let mut lexer = Lexer::new(bytes);
        lexer.keyword(b"xref")?;
        while lexer.keyword(b"trailer").is_none() {
            let first = lexer.number()?;
            let count = lexer.number()?;
            for number in first..first.checked_add(count)? {
                let offset = lexer.number()?;
                lexer.number()?;
                let in_use = lexer.keyword(b"n").is_some();
                if !in_use {
                    lexer.keyword(b"f")?;
                }
                self.count_entry()?;
                // Offset 0 is the file's header: writers mean "not in use".
                if in_use && offset != 0 {
                    self.places
                        .entry(number)
                        .or_insert(Place::Offset(offset as usize));
                }
            }
        }
        dict(lexer.rest()).ok()
    }

    fn read_stream(&mut self, bytes: &'a [u8]) -> Option<Dict<'a>> {
        let mut lexer = Lexer::new(bytes);
        lexer.object_head()?;
        let object = lexer.rest();
        let head = dict(object).ok()?;
        let data = stream_data(object, &head).ok()?;
        let table = self.allowance.decode(&head, data).ok()?;
        let [kind_bytes, a_bytes, b_bytes] = head.get::<[u32; 3]>("W")?.map(|width| width as usize);
        let mut fields = Fields { rest: &table };
        for (first, count) in subsections(&head)? {
            for number in first..first.checked_add(count)? {
                self.count_entry()?;
                let kind = if kind_bytes == 0 {
                    1
                } else {
                    fields.next(kind_bytes)?
                };
                let (a, b) = (fields.next(a_bytes)?, fields.next(b_bytes)?);
                let place = match kind {
                    1 => Place::Offset(usize::try_from(a).ok()?),
                    2 => Place::Packed {
                        container: a.try_into().ok()?,
                        index: b.try_into().ok()?,
                    },
                    _ => continue,
                };
                self.places.entry(number).or_insert(place);
            }
        }
        Some(head)
    }

    fn count_entry(&mut self) -> Option<()> {
        self.entries += 1;
        (self.entries <= XREF_ENTRIES_MAX).then_some(())
    }
}

/// Fixed-width big-endian numbers.
struct Fields<'a> {
    rest: &'a [u8],
}

impl Fields<'_> {
    fn next(&mut self, width: usize) -> Option<u64> {
        const WIDTH_MAX: usize = 8;
        if width > WIDTH_MAX {
            return None;
        }
        let (field, rest) = self.rest.split_at_checked(width)?;
        self.rest = rest;
        Some(
            field
                .iter()
                .fold(0, |number, byte| number << 8 | u64::from(*byte)),
        )
    }
}

/// The ranges of object numbers that a cross-reference stream describes.
fn subsections(head: &Dict<'_>) -> Option<Vec<(u32, u32)>> {
    let Some(index) = head.get::<Array<'_>>("Index") else {
        return Some(vec![(0, head.get::<u32>("Size")?)]);
    };
    let numbers: Vec<u32> = index.iter::<u32>().take(XREF_ENTRIES_MAX).collect();
    Some(
        numbers
            .chunks_exact(2)
            .map(|pair| (pair[0], pair[1]))
            .collect(),
    )
}

/// Where the newest cross-reference section lies, if the file ends as a
/// complete one does: `startxref`, its offset, `%%EOF`, and nothing after it
/// that looks like the beginning of another revision.
fn xref_start(bytes: &[u8]) -> Option<usize> {
    let tail_start = bytes.len().saturating_sub(TRAILING_BYTES_MAX);
    let end = tail_start + find_last(&bytes[tail_start..], b"%%EOF")?;
    if find_last(&bytes[end..], b"obj").is_some() {
        return None;
    }
    let foot = &bytes[end.saturating_sub(FOOT_BYTES_MAX)..end];
    let mut lexer = Lexer::new(&foot[find_last(foot, b"startxref")?..]);
    lexer.keyword(b"startxref")?;
    let start = lexer.number()?;
    lexer.rest().is_empty().then_some(start as usize)
}

/// A linearized file names its own length in its first object, and can be cut
/// where it looks complete.
fn is_cut_linearized(bytes: &[u8]) -> bool {
    const HEAD_BYTES_MAX: usize = 1024;
    let head = &bytes[..bytes.len().min(HEAD_BYTES_MAX)];
    let mut lexer = Lexer::new(head);
    lexer.object_head().is_some()
        && Dict::from_bytes(lexer.rest())
            .filter(|first| first.contains_key("Linearized"))
            .and_then(|first| first.get::<u32>("L"))
            .is_some_and(|length| bytes.len() < length as usize)
}

/// The dictionary that the bytes begin with.
fn dict(bytes: &[u8]) -> Result<Dict<'_>, NotADecree> {
    let bytes = &bytes[..bytes.len().min(DICT_BYTES_MAX)];
    Dict::from_bytes(bytes).ok_or(NotADecree::Damaged)
}

/// The data of a stream whose dictionary the object begins with. Its length
/// may be an object of its own; then its end marker ends it.
fn stream_data<'a>(object: &'a [u8], head: &Dict<'_>) -> Result<&'a [u8], NotADecree> {
    let after_head = object.get(head.data().len()..).unwrap_or_default();
    let data = Lexer::new(after_head)
        .stream_data()
        .ok_or(NotADecree::Damaged)?;
    let length = match head.get::<u32>("Length") {
        Some(length) => Some(length as usize),
        None => find_last(data, b"endstream"),
    };
    length
        .and_then(|length| data.get(..length))
        .ok_or(NotADecree::Damaged)
}

fn numbers(array: Array<'_>) -> Vec<u32> {
    array
        .raw_iter()
        .filter_map(|item| item.as_obj_ref())
        .map(|reference| reference.obj_number)
        .collect()
}

fn find_last(bytes: &[u8], needle: &[u8]) -> Option<usize> {
    bytes
        .windows(needle.len())
        .rposition(|window| window == needle)
}
