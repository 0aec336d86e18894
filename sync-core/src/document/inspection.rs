//! A record read once into plain values: what it says, who wrote it, what is missing, what conflicts.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Genesis;
use super::schema::notes;
use crate::commands::{Answer, FieldRef, File, Rectification, Severity, YesNo};
use crate::domain::checklist::{Checklist, ItemKind};
use crate::domain::evidence::is_picture;
use crate::domain::{
    Actor, ChangeHash, Day, EvidenceId, FindingId, FixId, FixSource, ItemId, PersonId, PhoneTime, Position,
    RegisterField,
};

/// Which person each actor is, as the server bound it, or as this phone knows of its own.
pub type Authors = BTreeMap<Actor, PersonId>;

/// Who wrote something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Author {
    /// The actor that wrote it.
    pub actor: Actor,
    /// The person, where the actor is known.
    pub person: Option<PersonId>,
}

/// A value with who wrote it and when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry<T> {
    /// The value; none for one taken back.
    pub value: Option<T>,
    /// Who wrote it.
    pub author: Author,
    /// When, by the author's phone (whole seconds).
    pub at: PhoneTime,
    /// The change that wrote it.
    pub change: ChangeHash,
}

/// A field with all values that nobody has written over: one, or several that were written without
/// knowledge of each other. Several that are equal are no conflict. Ordered by author's time, then
/// change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Field<T> {
    entries: Vec<Entry<T>>,
}

impl<T> Default for Field<T> {
    fn default() -> Self {
        Self { entries: Vec::new() }
    }
}

impl<T: PartialEq> Field<T> {
    /// A field with these values.
    pub(super) fn new(mut entries: Vec<Entry<T>>) -> Self {
        entries.sort_by_key(|entry| (entry.at, entry.change));
        Self { entries }
    }

    /// All values that nobody has written over.
    pub fn entries(&self) -> &[Entry<T>] {
        &self.entries
    }

    /// Whether there are values that differ.
    pub fn is_conflict(&self) -> bool {
        self.entries.windows(2).any(|pair| pair[0].value != pair[1].value)
    }

    /// The value, where there is one and no conflict.
    pub fn settled(&self) -> Option<&T> {
        if self.is_conflict() { None } else { self.entries.last()?.value.as_ref() }
    }

    /// Whether there is a value, be it in conflict.
    pub fn is_answered(&self) -> bool {
        self.entries.iter().any(|entry| entry.value.is_some())
    }
}

/// Something to be put right.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// The item it belongs to, where it belongs to one.
    pub item: Option<ItemId>,
    /// What is wrong.
    pub text: String,
    /// How grave it is.
    pub severity: Severity,
    /// The day by which it is to be put right.
    pub due: Option<Day>,
    /// Who of the cooperative is to put it right.
    pub responsible: String,
    /// Taken back.
    pub withdrawn: bool,
    /// Who raised it.
    pub author: Author,
    /// When, by the author's phone.
    pub at: PhoneTime,
}

/// A photo or file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// The item it belongs to, where it belongs to one.
    pub item: Option<ItemId>,
    /// The finding it belongs to, where it belongs to one.
    pub finding: Option<FindingId>,
    /// What it is.
    pub file: File,
    /// Taken back.
    pub withdrawn: bool,
    /// Who added it.
    pub author: Author,
    /// When, by the author's phone.
    pub at: PhoneTime,
}

/// A position the author recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fix {
    /// Where, in WGS-84.
    pub position: Position,
    /// Where it comes from.
    pub source: FixSource,
    /// Who.
    pub author: Author,
    /// When, by the author's phone.
    pub at: PhoneTime,
}

/// That somebody was there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Presence {
    /// Who.
    pub person: PersonId,
    /// Since when, by the person's phone.
    pub since: PhoneTime,
    /// The change that says so; the server judges `since` against this change's receipt.
    pub change: ChangeHash,
}

/// That somebody handed the record in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Submission {
    /// Who.
    pub person: PersonId,
    /// When, by the person's phone.
    pub at: PhoneTime,
    /// The record's heads that were handed in.
    pub heads: Vec<ChangeHash>,
    /// The change that says so.
    pub change: ChangeHash,
}

/// That an author took the visit back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Withdrawal {
    /// Who.
    pub person: PersonId,
    /// When, by the person's phone.
    pub at: PhoneTime,
    /// Why.
    pub reason: String,
    /// The change that says so.
    pub change: ChangeHash,
}

/// What keeps a record from being submitted.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(tag = "missing", content = "item", rename_all = "snake_case")]
pub enum Missing {
    /// An item without a value.
    Answer(ItemId),
    /// A note beside the outcome, where nobody was there or the place was not found.
    OutcomeNote,
    /// A position or photo, where nobody was there or the place was not found.
    Proof,
    /// A position, or the note that says why there is none, where the visit was held.
    Position,
}

/// A record, read.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Inspection {
    /// What the record is of.
    pub genesis: Genesis,
    /// The newest changes, ascending: together they name this state.
    pub heads: Vec<ChangeHash>,
    /// The answers given.
    pub answers: BTreeMap<ItemId, Field<Answer>>,
    /// The notes, by what they stand beside: items, `position`, findings that are followed up, evidence.
    pub notes: BTreeMap<ItemId, Field<String>>,
    /// What is to be put right.
    pub findings: BTreeMap<FindingId, Finding>,
    /// What became of findings of earlier visits.
    pub follow_ups: BTreeMap<FindingId, Field<Rectification>>,
    /// Photos and files.
    pub evidence: BTreeMap<EvidenceId, Evidence>,
    /// What the register should say.
    pub corrections: BTreeMap<RegisterField, Field<String>>,
    /// Who was there, one entry for every time a person said so.
    pub present: Vec<Presence>,
    /// Recorded positions.
    pub fixes: BTreeMap<FixId, Fix>,
    /// Who confirmed which value, newest by person.
    pub confirmations: BTreeMap<ItemId, Vec<Entry<PersonId>>>,
    /// Every submission that still stands (a person's newer one replaces an older one).
    pub submissions: Vec<Submission>,
    /// Withdrawals of the visit.
    pub withdrawals: Vec<Withdrawal>,
    /// The narrative.
    pub summary: String,
    /// Everyone who wrote in the record, as far as their actors are known.
    pub writers: Vec<PersonId>,
}

/// Ids of checklist items that rules of this crate speak of.
pub(crate) mod items {
    pub(crate) const VISIT_OUTCOME: &str = "visit_outcome";
}

impl Inspection {
    /// The value of an item, where it has one and no conflict.
    pub fn answer(&self, item: &str) -> Option<&Answer> {
        self.answers.get(item)?.settled()
    }

    /// The choice made for an item, where it has one and no conflict.
    pub fn choice(&self, item: &str) -> Option<&str> {
        match self.answer(item)? {
            Answer::Choice(id) => Some(id),
            _ => None,
        }
    }

    /// Yes, no or not applicable, where it was answered without conflict.
    pub fn yes_no(&self, item: &str) -> Option<YesNo> {
        match self.answer(item)? {
            Answer::YesNo(value) => Some(*value),
            _ => None,
        }
    }

    /// Every field with values that differ.
    pub fn conflicts(&self) -> Vec<FieldRef> {
        let mut conflicts = Vec::new();
        conflicts.extend(in_conflict(&self.answers).map(|item| FieldRef::Answer(item.clone())));
        conflicts.extend(in_conflict(&self.notes).map(|item| FieldRef::Note(item.clone())));
        conflicts.extend(in_conflict(&self.follow_ups).map(|finding| FieldRef::FollowUp(*finding)));
        conflicts.extend(in_conflict(&self.corrections).map(|field| FieldRef::Correction(*field)));
        conflicts
    }

    /// The changes whose values stand in a field, ordered by author's time, then change.
    pub fn standing(&self, field: &FieldRef) -> Vec<ChangeHash> {
        match field {
            FieldRef::Answer(item) => standing_in(self.answers.get(item)),
            FieldRef::Note(item) => standing_in(self.notes.get(item)),
            FieldRef::FollowUp(finding) => standing_in(self.follow_ups.get(finding)),
            FieldRef::Correction(field) => standing_in(self.corrections.get(field)),
        }
    }

    /// Whether a position was recorded, or a photo added that still stands.
    pub fn is_located(&self) -> bool {
        let mut photos =
            self.evidence.values().filter(|one| is_picture(&one.file.media_type) && !one.withdrawn);
        !self.fixes.is_empty() || photos.next().is_some()
    }

    fn has_note(&self, beside: &str) -> bool {
        let noted = |field: &Field<String>| field.entries().iter().any(|entry| entry.value.is_some());
        self.notes.get(beside).is_some_and(noted)
    }

    /// What is missing for submission, in the checklist's order. An item in conflict is answered.
    pub fn missing(&self, checklist: &Checklist) -> Vec<Missing> {
        let mut missing: Vec<Missing> = checklist
            .asked(self)
            .filter(|item| item.required && item.kind != ItemKind::Summary)
            .filter(|item| !self.answers.get(&item.id).is_some_and(Field::is_answered))
            .map(|item| Missing::Answer(item.id.clone()))
            .collect();
        match self.choice(items::VISIT_OUTCOME) {
            Some("nobody_there" | "not_found") => {
                if !self.has_note(items::VISIT_OUTCOME) {
                    missing.push(Missing::OutcomeNote);
                }
                if !self.is_located() {
                    missing.push(Missing::Proof);
                }
            }
            Some(_) if self.fixes.is_empty() && !self.has_note(notes::POSITION) => {
                missing.push(Missing::Position);
            }
            _ => {}
        }
        missing
    }
}

fn standing_in<T>(field: Option<&Field<T>>) -> Vec<ChangeHash> {
    field.map_or_else(Vec::new, |field| field.entries.iter().map(|entry| entry.change).collect())
}

fn in_conflict<K, T: PartialEq>(fields: &BTreeMap<K, Field<T>>) -> impl Iterator<Item = &K> {
    fields.iter().filter(|(_, field)| field.is_conflict()).map(|(key, _)| key)
}
