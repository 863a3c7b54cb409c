//! Registration forms (REG-2): which fields a profile and a role ask for is
//! data; what a field of each kind may hold is here.
//!
//! The page that shows a form and the operation that takes it work on the same
//! [`asked`] fields, so what is asked is what is enforced.

use crate::access::Form;
use crate::ids::{DocumentId, InstitutionId, WorkUnitId};
use crate::person::{BadNumber, Golongan, Npwp};
use crate::time::Date;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::fmt;
use std::str::FromStr;

/// The role of rows that stand for every role without rows of its own.
pub const ANY_ROLE: &str = "*";

/// The longest text that a form may ask for.
pub const TEXT_CHARS_MAX: u32 = 1_000;

/// The longest name of a field.
const NAME_CHARS_MAX: usize = 40;

/// Members of a form's JSON that are no fields.
const RESERVED: [&str; 3] = ["confirmed", "profile", "other"];

/// Fields that a request is made of, and the one need that each can have.
const ESSENTIAL: [(&str, Need); 6] = [
    ("role", Need::Prefilled),
    ("institution", Need::Required),
    ("work_unit", Need::Required),
    ("valid_until", Need::Required),
    ("document", Need::Required),
    ("address", Need::FirstRegistrant),
];

/// Which parser reads a field. All but [`FieldKind::Text`] have one field each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FieldKind {
    /// The role's code, chosen in the step before.
    Role,
    /// A text, bounded.
    Text,
    /// Narrows the list of institutions; the institution says it too.
    InstitutionKind,
    /// An institution's id.
    Institution,
    /// A work unit's id.
    WorkUnit,
    /// The last day, as `YYYY-MM-DD`.
    Date,
    /// An uploaded decree's id.
    Document,
    /// A golongan (REG-8).
    Golongan,
    /// An NPWP (REG-8).
    Npwp,
}

impl FieldKind {
    /// The one field of this kind; none for texts.
    const fn place(self) -> Option<&'static str> {
        match self {
            Self::Role => Some("role"),
            Self::Text => None,
            Self::InstitutionKind => Some("institution_kind"),
            Self::Institution => Some("institution"),
            Self::WorkUnit => Some("work_unit"),
            Self::Date => Some("valid_until"),
            Self::Document => Some("document"),
            Self::Golongan => Some("golongan"),
            Self::Npwp => Some("npwp"),
        }
    }

    const ALL: [Self; 9] = [
        Self::Role,
        Self::Text,
        Self::InstitutionKind,
        Self::Institution,
        Self::WorkUnit,
        Self::Date,
        Self::Document,
        Self::Golongan,
        Self::Npwp,
    ];
}

/// Whether a field is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Need {
    /// It must be filled in.
    Required,
    /// It may be left empty.
    Optional,
    /// It is known from an earlier step and stays as it is; asked as an optional
    /// one when it is not known.
    Prefilled,
    /// Required from the first person who registers at a work unit (REG-3).
    FirstRegistrant,
    /// It is no part of the form.
    NotAsked,
}

/// Where what is prefilled comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Source {
    /// The role of the step before.
    Role,
    /// The user name of the SiRUP account that was linked (SIR-1).
    SirupUserName,
}

/// A field's name: a member of the form's JSON.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct FieldName(String);

impl FieldName {
    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The text is no field's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotAFieldName;

impl fmt::Display for NotAFieldName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not a name of lower-case letters, digits and underscores")
    }
}

impl std::error::Error for NotAFieldName {}

impl FromStr for FieldName {
    type Err = NotAFieldName;

    fn from_str(text: &str) -> Result<Self, NotAFieldName> {
        let begins = text.starts_with(|c: char| c.is_ascii_lowercase());
        let is_plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_';
        if begins && text.len() <= NAME_CHARS_MAX && text.bytes().all(is_plain) {
            Ok(Self(text.to_owned()))
        } else {
            Err(NotAFieldName)
        }
    }
}

impl TryFrom<String> for FieldName {
    type Error = NotAFieldName;

    fn try_from(text: String) -> Result<Self, NotAFieldName> {
        text.parse()
    }
}

impl From<FieldName> for String {
    fn from(name: FieldName) -> Self {
        name.0
    }
}

/// One field of a form, as the data has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// Its name.
    pub name: FieldName,
    /// Which parser reads it.
    pub kind: FieldKind,
    /// Whether it is asked for.
    pub need: Need,
    /// Where it comes from when it is prefilled.
    pub source: Option<Source>,
    /// The longest text, for [`FieldKind::Text`].
    pub chars_max: Option<u32>,
}

/// What is wrong with a row of a form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BadField {
    /// The name belongs to something else than a field.
    Reserved,
    /// A kind other than text has one field, and a field that the code knows has
    /// one kind.
    KindElsewhere,
    /// What a request is made of cannot be optional.
    Essential,
    /// Only the address is asked of first registrants.
    NeedElsewhere,
    /// A source belongs to what is prefilled, and to nothing else.
    Source,
    /// A text has a bound, and only a text.
    Bound,
}

impl Field {
    /// Whether a form may have this row. What a request cannot be without stays
    /// in every form, whatever is imported.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn check(&self) -> Result<(), BadField> {
        let name = self.name.as_str();
        if RESERVED.contains(&name) {
            return Err(BadField::Reserved);
        }
        let place_of_name = FieldKind::ALL
            .into_iter()
            .find(|kind| kind.place() == Some(name));
        if place_of_name.unwrap_or(FieldKind::Text) != self.kind {
            return Err(BadField::KindElsewhere);
        }
        match ESSENTIAL.iter().find(|(essential, _)| *essential == name) {
            Some((_, need)) if *need != self.need => return Err(BadField::Essential),
            None if self.need == Need::FirstRegistrant => return Err(BadField::NeedElsewhere),
            _ => {}
        }
        let fits = match (self.need, self.source) {
            (Need::Prefilled, Some(Source::Role)) => self.kind == FieldKind::Role,
            (Need::Prefilled, Some(Source::SirupUserName)) => self.kind == FieldKind::Text,
            (Need::Prefilled, None) | (_, Some(_)) => false,
            (_, None) => true,
        };
        if !fits {
            return Err(BadField::Source);
        }
        let bounded = match (self.kind, self.chars_max) {
            (FieldKind::Text, Some(chars)) => (1..=TEXT_CHARS_MAX).contains(&chars),
            (FieldKind::Text, None) | (_, Some(_)) => false,
            (_, None) => true,
        };
        if bounded {
            Ok(())
        } else {
            Err(BadField::Bound)
        }
    }
}

/// What a form's fields depend on beside the data.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Facts {
    /// The code of the role that was chosen.
    pub role: String,
    /// The user name of the linked SiRUP account, if one is linked.
    pub sirup_user_name: Option<String>,
    /// Whether the work unit has an address; none before one is chosen.
    pub has_address: Option<bool>,
}

/// A field as this person meets it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// The field.
    pub field: Field,
    /// Whether it is asked for here and now. [`Need::FirstRegistrant`] is left
    /// only while no work unit is chosen, [`Need::Prefilled`] only with a value.
    pub need: Need,
    /// What it is prefilled with.
    pub value: Option<String>,
}

/// The fields as they are asked under these facts.
pub fn asked(fields: impl IntoIterator<Item = Field>, facts: &Facts) -> Vec<Asked> {
    let ask = |field: Field| {
        let value = field.source.and_then(|source| match source {
            Source::Role => Some(facts.role.clone()),
            Source::SirupUserName => facts.sirup_user_name.clone(),
        });
        let need = match (field.need, facts.has_address) {
            (Need::Prefilled, _) if value.is_none() => Need::Optional,
            (Need::FirstRegistrant, Some(true)) => Need::NotAsked,
            (Need::FirstRegistrant, Some(false)) => Need::Required,
            (need, _) => need,
        };
        Asked { field, need, value }
    };
    fields.into_iter().map(ask).collect()
}

/// What is wrong with a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// It is required and empty.
    Missing,
    /// The same of the address, which only first registrants are asked for.
    AddressMissing,
    /// This form has no such field.
    NotAsked,
    /// It is something else than text.
    NotText,
    /// It is longer than this many characters.
    TooLong(u32),
    /// It holds characters that cannot be shown.
    ControlCharacters,
    /// It is no id.
    NotAnId,
    /// It is no calendar day in its usual spelling.
    NotADay,
    /// It is no golongan.
    NotAGolongan,
    /// It is no NPWP.
    NotAnNpwp(BadNumber),
    /// It is known already, and differently.
    NotAsPrefilled,
}

/// One field that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wrong {
    /// Which: a name as it came, which may be no [`FieldName`].
    pub field: String,
    /// Why.
    pub fault: Fault,
}

/// What a form says, read by kind. What is wrong or missing is none.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Answers {
    /// The institution's kind, when it was sent along.
    pub institution_kind: Option<String>,
    /// Where.
    pub institution: Option<InstitutionId>,
    /// Where.
    pub work_unit: Option<WorkUnitId>,
    /// Until when.
    pub valid_until: Option<Date>,
    /// By which decree.
    pub document: Option<DocumentId>,
    /// The rest. Its profile is not the form's to say.
    pub form: Form,
}

/// Reads what was given for the fields that are asked: the answers, and
/// everything that is wrong, in the order of the form.
pub fn read(asked: &[Asked], given: &Map<String, Value>) -> (Answers, Vec<Wrong>) {
    let mut answers = Answers::default();
    let mut wrong = Vec::new();
    for ask in asked {
        let name = ask.field.name.as_str();
        if let Err(fault) = answer(&mut answers, ask, given.get(name)) {
            let field = name.to_owned();
            wrong.push(Wrong { field, fault });
        }
    }
    let is_asked = |name: &str| asked.iter().any(|ask| ask.field.name.as_str() == name);
    let others = given.keys().filter(|name| !is_asked(name));
    wrong.extend(others.map(|name| Wrong {
        field: name.clone(),
        fault: Fault::NotAsked,
    }));
    (answers, wrong)
}

fn answer(answers: &mut Answers, ask: &Asked, given: Option<&Value>) -> Result<(), Fault> {
    let given = match given {
        None | Some(Value::Null) => "",
        Some(Value::String(text)) => text.trim(),
        Some(_) => return Err(Fault::NotText),
    };
    let text = match (&ask.value, ask.need) {
        (Some(value), Need::Prefilled) if given.is_empty() => value,
        (Some(value), Need::Prefilled) if given != value => return Err(Fault::NotAsPrefilled),
        _ => given,
    };
    if text.is_empty() {
        return match ask.need {
            // The institution itself says of which kind it is.
            Need::Required if ask.field.kind == FieldKind::InstitutionKind => Ok(()),
            Need::Required if ask.field.need == Need::FirstRegistrant => Err(Fault::AddressMissing),
            Need::Required => Err(Fault::Missing),
            _ => Ok(()),
        };
    }
    take(answers, &ask.field, ask.need, text)
}

fn take(answers: &mut Answers, field: &Field, need: Need, text: &str) -> Result<(), Fault> {
    let id = |_| Fault::NotAnId;
    match field.kind {
        FieldKind::Role => {}
        FieldKind::InstitutionKind => answers.institution_kind = Some(text.to_owned()),
        FieldKind::Institution => answers.institution = Some(text.parse().map_err(id)?),
        FieldKind::WorkUnit => answers.work_unit = Some(text.parse().map_err(id)?),
        FieldKind::Document => answers.document = Some(text.parse().map_err(id)?),
        FieldKind::Date => answers.valid_until = Some(day(text)?),
        FieldKind::Golongan => {
            let golongan: Golongan = text.parse().map_err(|_| Fault::NotAGolongan)?;
            answers.form.golongan = Some(golongan);
        }
        FieldKind::Npwp => {
            let npwp: Npwp = text.parse().map_err(Fault::NotAnNpwp)?;
            answers.form.npwp = Some(npwp);
        }
        FieldKind::Text => {
            let text = bounded(text, field.chars_max.unwrap_or(TEXT_CHARS_MAX))?;
            // An address that is not asked any more lost a race (REG-3): that is
            // nobody's mistake, and the one that is kept stays.
            if need != Need::NotAsked {
                answers.form.set(&field.name, text);
            }
        }
    }
    Ok(())
}

fn bounded(text: &str, chars_max: u32) -> Result<String, Fault> {
    if text.chars().count() > chars_max as usize {
        return Err(Fault::TooLong(chars_max));
    }
    if text.chars().any(|c| c.is_control() && c != '\n') {
        return Err(Fault::ControlCharacters);
    }
    Ok(text.to_owned())
}

/// A day in its one spelling; chrono alone also takes `2027-2-3`.
fn day(text: &str) -> Result<Date, Fault> {
    Date::parse_from_str(text, "%Y-%m-%d")
        .ok()
        .filter(|day| day.to_string() == text)
        .ok_or(Fault::NotADay)
}

#[cfg(test)]
mod tests;
