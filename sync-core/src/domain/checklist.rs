//! The checklist: a versioned list of questions. Every record pins the version it was made with, and a
//! new version never changes an old record.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;
use std::sync::OnceLock;

use serde::{Deserialize, Serialize};

use time::{Date, Month};

use super::Day;
use super::id::BadId;
use crate::commands::{Answer, YesNo};
use crate::document::Inspection;
use crate::tree;

/// An answer's text, and a note, may have at most this many characters.
pub const TEXT_CHARS_MAX: usize = 2_000;
/// A number may be at most this.
pub const NUMBER_MAX: i64 = 1_000_000_000;
/// A percentage may be at most this many hundredths of a percent.
pub const PERCENT_MAX: i64 = 10_000;
/// A date is not before this day: earlier ones are slips of the finger.
pub const DAY_MIN: Day = calendar_day(1949, Month::October, 1);
/// A date is not after this day.
pub const DAY_MAX: Day = calendar_day(2199, Month::December, 31);

const fn calendar_day(year: i32, month: Month, day: u8) -> Day {
    match Date::from_calendar_date(year, month, day) {
        Ok(date) => Day(date),
        Err(_) => panic!("BUG: a limit is no day of the calendar"),
    }
}

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

impl Item {
    /// Whether this is an answer the item can have: of its kind, among its choices, within the limits. A
    /// blank text and no choice at all are no answers; an answer is taken back by clearing it.
    pub fn accepts(&self, answer: &Answer) -> bool {
        match (self.kind, answer) {
            (ItemKind::YesNo, Answer::YesNo(YesNo::NotApplicable)) => self.not_applicable,
            (ItemKind::YesNo, Answer::YesNo(_)) => true,
            (ItemKind::Choice, Answer::Choice(id)) => self.offers(id),
            (ItemKind::Choices, Answer::Choices(ids)) => {
                !ids.is_empty() && ids.is_sorted_by(|a, b| a < b) && ids.iter().all(|id| self.offers(id))
            }
            (ItemKind::Text, Answer::Text(text)) => {
                !text.trim().is_empty() && text.chars().count() <= TEXT_CHARS_MAX
            }
            (ItemKind::Number, Answer::Number(number)) => (0..=NUMBER_MAX).contains(number),
            (ItemKind::Percent, Answer::Percent(percent)) => (0..=PERCENT_MAX).contains(percent),
            (ItemKind::Date, Answer::Date(day)) => (DAY_MIN..=DAY_MAX).contains(day),
            _ => false,
        }
    }

    fn offers(&self, id: &str) -> bool {
        self.choices.iter().any(|choice| choice.id == id)
    }
}

/// What is wrong with a checklist; found before it is used, never while somebody fills it in.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Flaw {
    /// Two sections or two items share an id, or an item's choices do.
    #[error("the id {0} is used twice")]
    DuplicateId(String),
    /// Something people read has no words in one of the languages.
    #[error("{0} has no words")]
    NoWords(String),
    /// An item to choose from offers nothing, or another item offers choices.
    #[error("the choices of {0} do not fit its kind")]
    Choices(String),
    /// A setting is used on an item of a kind that doesn't know it.
    #[error("a setting of {0} does not fit its kind")]
    Setting(String),
    /// A condition names no earlier choice item, or a choice which that item doesn't offer.
    #[error("a condition of {0} can never be judged")]
    Condition(String),
}

impl Checklist {
    /// Finds the first thing that is wrong with the checklist itself.
    pub fn check(&self) -> Result<(), Flaw> {
        let mut sections = BTreeSet::new();
        let mut earlier: Vec<&Item> = Vec::new();
        for section in &self.sections {
            if !sections.insert(&section.id) {
                return Err(Flaw::DuplicateId(section.id.clone()));
            }
            spoken(&section.title, &section.id)?;
            judgeable(&section.when, &earlier, &section.id)?;
            for item in &section.items {
                if earlier.iter().any(|known| known.id == item.id) {
                    return Err(Flaw::DuplicateId(item.id.clone()));
                }
                spoken(&item.title, &item.id)?;
                judgeable(&item.when, &earlier, &item.id)?;
                item.check()?;
                earlier.push(item);
            }
        }
        Ok(())
    }
}

impl Item {
    fn check(&self) -> Result<(), Flaw> {
        let chosen = matches!(self.kind, ItemKind::Choice | ItemKind::Choices);
        if chosen == self.choices.is_empty() {
            return Err(Flaw::Choices(self.id.clone()));
        }
        let mut ids = BTreeSet::new();
        for choice in &self.choices {
            if !ids.insert(&choice.id) {
                return Err(Flaw::DuplicateId(format!("{}.{}", self.id, choice.id)));
            }
            spoken(&choice.title, &choice.id)?;
        }
        let measured = matches!(self.kind, ItemKind::Number | ItemKind::Percent);
        let fits = (!self.not_applicable || self.kind == ItemKind::YesNo)
            && (self.finding_under.is_none() || self.kind == ItemKind::Percent)
            && (self.unit == Words::default() || measured);
        if fits { Ok(()) } else { Err(Flaw::Setting(self.id.clone())) }
    }
}

fn spoken(words: &Words, of: &str) -> Result<(), Flaw> {
    if words.zh.is_empty() || words.en.is_empty() { Err(Flaw::NoWords(of.to_owned())) } else { Ok(()) }
}

fn judgeable(when: &[Condition], earlier: &[&Item], of: &str) -> Result<(), Flaw> {
    let known = |condition: &Condition| {
        earlier.iter().any(|item| {
            item.id == condition.item
                && item.kind == ItemKind::Choice
                && condition.is.iter().chain(&condition.is_not).all(|id| item.offers(id))
        })
    };
    if when.iter().all(known) { Ok(()) } else { Err(Flaw::Condition(of.to_owned())) }
}

/// The checklist with this id and version, where this build carries it.
pub fn built_in(reference: &ChecklistRef) -> Option<&'static Checklist> {
    all_built_in().iter().find(|known| known.id == reference.id && known.version == reference.version)
}

/// The newest version this build carries of the checklist with this id.
pub fn newest(id: &str) -> Option<&'static Checklist> {
    all_built_in().iter().filter(|known| known.id == id).max_by_key(|known| known.version)
}

fn all_built_in() -> &'static [Checklist] {
    static ALL: OnceLock<Vec<Checklist>> = OnceLock::new();
    ALL.get_or_init(|| {
        tree::from_json(include_str!(concat!(env!("OUT_DIR"), "/checklists.json")))
            .expect("BUG: the built-in checklists are well formed")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn quality() -> Checklist {
        newest("quality-2021").expect("built in").clone()
    }

    fn item(id: &str) -> Item {
        quality().item(id).unwrap_or_else(|| panic!("no item {id}")).clone()
    }

    fn ids(ids: &[&str]) -> Answer {
        Answer::Choices(ids.iter().map(|id| (*id).to_owned()).collect())
    }

    #[test]
    fn every_built_in_checklist_is_without_flaw_and_found_by_its_reference() {
        for checklist in all_built_in() {
            assert_eq!(checklist.check(), Ok(()), "{}", checklist.reference());
            assert_eq!(built_in(&checklist.reference()), Some(checklist));
        }
        assert_eq!(built_in(&"quality-2021@99".parse().unwrap()), None);
    }

    #[test]
    fn the_items_of_quality_2021_are_those_that_records_already_speak_of() {
        let quality = quality();
        let ids: Vec<&str> =
            quality.sections.iter().flat_map(|s| &s.items).map(|item| item.id.as_str()).collect();
        let expected = "visit_outcome operating_status shell_grounds main_business member_count \
            premises signboard rules account_books governance_bodies \
            members_assembly_held assembly_minutes_kept board_duties_defined supervisory_board_duties_defined \
            accounting_rules_followed bookkeeper statements_published statements_last_published \
            member_accounts_kept member_contributions_recorded reserve_shares_recorded traded_volume_recorded \
            charter_adopted charter_followed \
            distribution_plan_approved reserve_fund_rate returned_by_volume_rate reserve_fund_use \
            registration_matches annual_report_filed filed_with_township file_complete \
            brand sales_channels facilities_needed alliance \
            guidance_registration guidance_operation guidance_marketing requests \
            summary met_person met_person_signature";
        assert_eq!(ids, expected.split_whitespace().collect::<Vec<_>>());
    }

    #[test]
    fn not_applicable_is_offered_for_every_yes_no_item_but_the_five_haves() {
        for section in quality().sections {
            for item in section.items.iter().filter(|item| item.kind == ItemKind::YesNo) {
                let offered = item.accepts(&Answer::YesNo(YesNo::NotApplicable));
                assert_eq!(offered, section.id != "five_haves", "{}", item.id);
            }
        }
    }

    #[test]
    fn an_answer_must_be_of_the_items_kind() {
        assert!(item("premises").accepts(&Answer::YesNo(YesNo::No)));
        assert!(!item("premises").accepts(&Answer::Text("是".into())));
        assert!(!item("summary").accepts(&Answer::Text("好".into())), "the summary is no answer");
        assert!(!item("met_person_signature").accepts(&Answer::Text("x".into())));
    }

    #[test]
    fn choices_are_known_sorted_and_each_once() {
        assert!(item("visit_outcome").accepts(&Answer::Choice("held".into())));
        assert!(!item("visit_outcome").accepts(&Answer::Choice("perhaps".into())));
        let channels = item("sales_channels");
        assert!(!channels.accepts(&ids(&[])), "none at all is no answer");
        assert!(channels.accepts(&ids(&["direct", "market"])));
        assert!(!channels.accepts(&ids(&["market", "direct"])));
        assert!(!channels.accepts(&ids(&["direct", "direct"])));
        assert!(!channels.accepts(&ids(&["mail"])));
    }

    #[test]
    fn measured_values_and_texts_have_limits() {
        assert!(item("main_business").accepts(&Answer::Text("黍".repeat(2_000))));
        assert!(!item("main_business").accepts(&Answer::Text("黍".repeat(2_001))));
        assert!(!item("main_business").accepts(&Answer::Text(" \n".into())), "a blank text is no answer");
        for (number, fits) in [(-1, false), (0, true), (1_000_000_000, true), (1_000_000_001, false)] {
            assert_eq!(item("member_count").accepts(&Answer::Number(number)), fits, "{number}");
        }
        for (percent, fits) in [(-1, false), (0, true), (10_000, true), (10_001, false)] {
            assert_eq!(item("reserve_fund_rate").accepts(&Answer::Percent(percent)), fits, "{percent}");
        }
        for (day, fits) in
            [("1949-09-30", false), ("1949-10-01", true), ("2199-12-31", true), ("2200-01-01", false)]
        {
            let answer = Answer::Date(day.parse().unwrap());
            assert_eq!(item("filed_with_township").accepts(&answer), fits, "{day}");
        }
    }

    #[test]
    fn each_flaw_is_found() {
        let broken = |breakage: fn(&mut Checklist)| {
            let mut checklist = quality();
            breakage(&mut checklist);
            checklist.check().expect_err("a flaw")
        };
        let flaw = broken(|c| c.sections[2].items[1].id = "visit_outcome".into());
        assert_eq!(flaw, Flaw::DuplicateId("visit_outcome".into()));
        let flaw = broken(|c| c.sections[1].id = "outcome".into());
        assert_eq!(flaw, Flaw::DuplicateId("outcome".into()));
        let flaw = broken(|c| c.sections[0].items[0].choices[1].id = "held".into());
        assert_eq!(flaw, Flaw::DuplicateId("visit_outcome.held".into()));
        let flaw = broken(|c| c.sections[0].items[0].title.en.clear());
        assert_eq!(flaw, Flaw::NoWords("visit_outcome".into()));
        let flaw = broken(|c| c.sections[0].items[0].choices.clear());
        assert_eq!(flaw, Flaw::Choices("visit_outcome".into()));
        let flaw = broken(|c| c.sections[0].items[0].not_applicable = true);
        assert_eq!(flaw, Flaw::Setting("visit_outcome".into()));
        let flaw = broken(|c| c.sections[1].when[0].is[0] = "perhaps".into());
        assert_eq!(flaw, Flaw::Condition("status".into()));
        let flaw = broken(|c| c.sections[1].when[0].item = "premises".into());
        assert_eq!(flaw, Flaw::Condition("status".into()), "a condition looks back, never ahead");
    }
}
