//! The checklist: a versioned list of questions. Every record pins the version it was made with, and a
//! new version never changes an old record.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::id::BadId;
use crate::document::Inspection;

/// Names one version of one checklist, such as `quality-2021@1`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ChecklistRef {
    /// The checklist.
    pub id: String,
    /// Its version, from 1.
    pub version: u32,
}

impl FromStr for ChecklistRef {
    type Err = BadId;
    fn from_str(text: &str) -> Result<Self, BadId> {
        let bad = BadId { what: "checklist reference" };
        let (id, version) = text.split_once('@').ok_or(bad)?;
        let known = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if id.is_empty() || id.len() > 64 || !id.chars().all(known) {
            return Err(bad);
        }
        let version: u32 = version.parse().map_err(|_| bad)?;
        if version.to_string() != text[id.len() + 1..] {
            return Err(bad);
        }
        Ok(Self { id: id.to_owned(), version })
    }
}

impl TryFrom<String> for ChecklistRef {
    type Error = BadId;
    fn try_from(text: String) -> Result<Self, BadId> {
        text.parse()
    }
}

impl From<ChecklistRef> for String {
    fn from(reference: ChecklistRef) -> Self {
        reference.to_string()
    }
}

impl fmt::Display for ChecklistRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}@{}", self.id, self.version)
    }
}

/// The id of an item, unique within its checklist, such as `premises`.
pub type ItemId = String;

/// A text in both languages.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Words {
    /// Chinese.
    pub zh: String,
    /// English.
    pub en: String,
}

/// A checklist.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checklist {
    /// Its id, such as `quality-2021`.
    pub id: String,
    /// Its version, from 1.
    pub version: u32,
    /// What it is called.
    pub title: Words,
    /// Its sections, in order.
    pub sections: Vec<Section>,
}

/// A part of a checklist that fills one screen of a phone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Section {
    /// Its id, such as `five_haves`.
    pub id: String,
    /// What it is called.
    pub title: Words,
    /// Asked only where all of these hold.
    #[serde(default)]
    pub when: Vec<Condition>,
    /// Its items, in order.
    pub items: Vec<Item>,
}

/// One question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    /// Its id.
    pub id: ItemId,
    /// How it is answered.
    pub kind: ItemKind,
    /// The question, as a coordinator would say it.
    pub title: Words,
    /// What counts.
    #[serde(default)]
    pub help: Words,
    /// Asked for before the record can be submitted.
    #[serde(default)]
    pub required: bool,
    /// Yes-or-no items only: whether *not applicable* is offered.
    #[serde(default)]
    pub not_applicable: bool,
    /// A photo is asked for.
    #[serde(default)]
    pub photo: bool,
    /// What can be chosen.
    #[serde(default)]
    pub choices: Vec<Choice>,
    /// Numbers and percentages only: the unit shown behind the value.
    #[serde(default)]
    pub unit: Words,
    /// Percentages only: a value under this many hundredths of a percent offers to raise a finding.
    #[serde(default)]
    pub finding_under: Option<i64>,
    /// Asked only where all of these hold.
    #[serde(default)]
    pub when: Vec<Condition>,
}

/// How an item is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ItemKind {
    /// Yes, no, and where offered not applicable.
    YesNo,
    /// One of the choices.
    Choice,
    /// Any of the choices.
    Choices,
    /// Free text.
    Text,
    /// A whole number, not negative.
    Number,
    /// A percentage from 0 to 100, kept in hundredths of a percent.
    Percent,
    /// A day.
    Date,
    /// The narrative of the record, which two people can write at once.
    Summary,
    /// A drawn signature, kept as evidence.
    Signature,
}

/// One thing to choose.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choice {
    /// Its id, unique within the item.
    pub id: String,
    /// What it is called.
    pub title: Words,
}

/// When something is asked: the item was answered, without conflict, with one of these choices (`is`)
/// or with none of these (`is_not`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Condition {
    /// A choice item earlier in the checklist.
    pub item: ItemId,
    /// Holds where the choice is one of these; an unanswered item is none of them.
    #[serde(default)]
    pub is: Vec<String>,
    /// Holds where the choice is none of these; so does an unanswered item.
    #[serde(default)]
    pub is_not: Vec<String>,
}

impl Condition {
    fn holds(&self, inspection: &Inspection) -> bool {
        let choice = inspection.choice(&self.item);
        let among = |ids: &[String]| choice.is_some_and(|id| ids.iter().any(|known| known == id));
        (self.is.is_empty() || among(&self.is)) && !among(&self.is_not)
    }
}

impl Checklist {
    /// What names this version.
    pub fn reference(&self) -> ChecklistRef {
        ChecklistRef { id: self.id.clone(), version: self.version }
    }

    /// The item with this id.
    pub fn item(&self, id: &str) -> Option<&Item> {
        self.sections.iter().flat_map(|section| &section.items).find(|item| item.id == id)
    }

    /// The items that are asked, as the record stands, in order.
    pub fn asked<'a>(&'a self, inspection: &'a Inspection) -> impl Iterator<Item = &'a Item> {
        let holds = |when: &[Condition]| when.iter().all(|c| c.holds(inspection));
        self.sections
            .iter()
            .filter(move |section| holds(&section.when))
            .flat_map(|section| &section.items)
            .filter(move |item| holds(&item.when))
    }
}
