//! The names in the document, and which value each may hold.
//!
//! Genesis creates every container, so that nobody ever creates the same one twice. Keys are never
//! deleted: in Automerge a delete loses to a concurrent put without a trace, so what is taken back is
//! null.

use crate::commands::{Answer, File, Rectification, Severity, YesNo};
use crate::domain::checklist::{Item, ItemKind};
use crate::domain::{FixSource, PhoneTime, Position};

/// What the root says about the record, in the order genesis writes it.
pub(super) const SCHEMA: &str = "schema";
pub(super) const VISIT: &str = "visit";
pub(super) const COOPERATIVE: &str = "cooperative";
pub(super) const CHECKLIST: &str = "checklist";
/// The narrative, the only text that two people write at once.
pub(super) const SUMMARY: &str = "summary";

/// The field of a finding's and of evidence's map that says it was taken back.
pub(crate) const WITHDRAWN: &str = "withdrawn";

/// Fields of a finding's map.
pub(crate) mod finding {
    pub(crate) const ITEM: &str = "item";
    pub(crate) const TEXT: &str = "text";
    pub(crate) const SEVERITY: &str = "severity";
    pub(crate) const DUE: &str = "due";
    pub(crate) const RESPONSIBLE: &str = "responsible";
}

/// Fields of a position fix's map; WGS-84.
pub(crate) mod fix {
    pub(crate) const LATITUDE_E7: &str = "latitude_e7";
    pub(crate) const LONGITUDE_E7: &str = "longitude_e7";
    pub(crate) const ACCURACY_M: &str = "accuracy_m";
    pub(crate) const SOURCE: &str = "source";
}

/// Fields of a photo's or file's map. Where it was taken stands under the names of a position fix, null where
/// that isn't known.
pub(crate) mod evidence {
    pub(crate) const ITEM: &str = "item";
    pub(crate) const FINDING: &str = "finding";
    pub(crate) const SHA256: &str = "sha256";
    pub(crate) const BYTES: &str = "bytes";
    pub(crate) const MEDIA_TYPE: &str = "media_type";
    pub(crate) const NAME: &str = "name";
    pub(crate) const TAKEN_AT: &str = "taken_at";
}

/// Keys of notes that stand beside no item, finding or evidence.
pub(crate) mod notes {
    /// The note beside the position: why there is none.
    pub(crate) const POSITION: &str = "position";
}

/// The maps under the root.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Container {
    /// Item id → the answer, null where taken back.
    Answers,
    /// Item id, finding id, evidence id or `position` → the note, null where taken back.
    Notes,
    /// Finding id → a map, made in one change.
    Findings,
    /// Finding id, of an earlier visit → what became of it, null where taken back.
    FollowUps,
    /// Evidence id → a map, made in one change.
    Evidence,
    /// Field of the register → the proposed value, null where taken back.
    Corrections,
    /// Person id → since when the person was there (milliseconds, phone time).
    Present,
    /// Fix id → a map, made in one change.
    Positions,
    /// Person id → when the person submitted (milliseconds, phone time); what was submitted are the
    /// heads that the change depends on.
    Submissions,
    /// Person id → why the person withdrew the visit.
    Withdrawals,
    /// `item/person/review` → when the person confirmed the value (milliseconds, phone time).
    Confirmations,
}

impl Container {
    /// Every container, in the order in which genesis creates them. The order is part of the golden
    /// bytes.
    pub(super) const ALL: [Self; 11] = [
        Self::Answers,
        Self::Notes,
        Self::Findings,
        Self::FollowUps,
        Self::Evidence,
        Self::Corrections,
        Self::Present,
        Self::Positions,
        Self::Submissions,
        Self::Withdrawals,
        Self::Confirmations,
    ];

    /// The container's key under the root.
    pub(super) const fn key(self) -> &'static str {
        match self {
            Self::Answers => "answers",
            Self::Notes => "notes",
            Self::Findings => "findings",
            Self::FollowUps => "follow_ups",
            Self::Evidence => "evidence",
            Self::Corrections => "corrections",
            Self::Present => "present",
            Self::Positions => "positions",
            Self::Submissions => "submissions",
            Self::Withdrawals => "withdrawals",
            Self::Confirmations => "confirmations",
        }
    }
}

/// A value as the document holds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scalar {
    /// A string.
    Text(String),
    /// A whole number.
    Int(i64),
    /// True or false.
    Bool(bool),
    /// Nothing: never asked for, or taken back.
    Null,
}

/// An answer as the document holds it.
pub(crate) fn scalar_of(answer: &Answer) -> Scalar {
    match answer {
        Answer::YesNo(value) => Scalar::Text(
            match value {
                YesNo::Yes => "yes",
                YesNo::No => "no",
                YesNo::NotApplicable => "not_applicable",
            }
            .to_owned(),
        ),
        Answer::Choice(id) => Scalar::Text(id.clone()),
        Answer::Choices(ids) => Scalar::Text(ids.join(",")),
        Answer::Text(text) => Scalar::Text(text.clone()),
        Answer::Number(number) => Scalar::Int(*number),
        Answer::Percent(hundredths) => Scalar::Int(*hundredths),
        Answer::Date(day) => Scalar::Text(day.to_string()),
    }
}

/// The answer that a value stands for, where it fits the item.
pub(super) fn answer_of(item: &Item, scalar: &Scalar) -> Option<Answer> {
    let answer = match (item.kind, scalar) {
        (ItemKind::YesNo, Scalar::Text(text)) => Answer::YesNo(match text.as_str() {
            "yes" => YesNo::Yes,
            "no" => YesNo::No,
            "not_applicable" => YesNo::NotApplicable,
            _ => return None,
        }),
        (ItemKind::Choice, Scalar::Text(text)) => Answer::Choice(text.clone()),
        (ItemKind::Choices, Scalar::Text(text)) => {
            Answer::Choices(text.split(',').filter(|id| !id.is_empty()).map(str::to_owned).collect())
        }
        (ItemKind::Text, Scalar::Text(text)) => Answer::Text(text.clone()),
        (ItemKind::Number, Scalar::Int(number)) => Answer::Number(*number),
        (ItemKind::Percent, Scalar::Int(hundredths)) => Answer::Percent(*hundredths),
        (ItemKind::Date, Scalar::Text(text)) => Answer::Date(text.parse().ok()?),
        _ => return None,
    };
    item.accepts(&answer).then_some(answer)
}

/// A severity as the document holds it.
pub(crate) const fn severity_key(severity: Severity) -> &'static str {
    match severity {
        Severity::Minor => "minor",
        Severity::Major => "major",
        Severity::Grave => "grave",
    }
}

/// The severity that a text stands for.
pub(super) fn severity_of(text: &str) -> Option<Severity> {
    [Severity::Minor, Severity::Major, Severity::Grave].into_iter().find(|s| severity_key(*s) == text)
}

/// What became of a finding, as the document holds it.
pub(crate) const fn rectification_key(outcome: Rectification) -> &'static str {
    match outcome {
        Rectification::PutRight => "put_right",
        Rectification::Partly => "partly",
        Rectification::NotPutRight => "not_put_right",
    }
}

/// What became of a finding, that a text stands for.
pub(super) fn rectification_of(text: &str) -> Option<Rectification> {
    [Rectification::PutRight, Rectification::Partly, Rectification::NotPutRight]
        .into_iter()
        .find(|outcome| rectification_key(*outcome) == text)
}

/// Where a position fix comes from, as the document holds it.
pub(crate) const fn fix_source_key(source: FixSource) -> &'static str {
    match source {
        FixSource::Device => "device",
        FixSource::Photo => "photo",
    }
}

/// Where a position fix comes from, that a text stands for.
pub(super) fn fix_source_of(text: &str) -> Option<FixSource> {
    [FixSource::Device, FixSource::Photo].into_iter().find(|source| fix_source_key(*source) == text)
}

/// A file as the document holds it: the middle fields of the map of evidence.
pub(crate) fn file_fields(file: &File) -> Vec<(&'static str, Scalar)> {
    let int = |number: Option<i64>| number.map_or(Scalar::Null, Scalar::Int);
    let of_position = |read: fn(&Position) -> i64| int(file.position.as_ref().map(read));
    vec![
        (evidence::SHA256, Scalar::Text(file.sha256.to_string())),
        (evidence::BYTES, Scalar::Int(file.bytes.into())),
        (evidence::MEDIA_TYPE, Scalar::Text(file.media_type.clone())),
        (evidence::NAME, Scalar::Text(file.name.clone())),
        (evidence::TAKEN_AT, Scalar::Int(file.taken_at.0)),
        (fix::LATITUDE_E7, of_position(|position| position.latitude_e7.into())),
        (fix::LONGITUDE_E7, of_position(|position| position.longitude_e7.into())),
        (fix::ACCURACY_M, of_position(|position| position.accuracy_m.into())),
    ]
}

/// The fields of a map of the document, by name.
pub(super) trait Fields {
    /// The value of a field, where there is one.
    fn field(&self, name: &str) -> Option<Scalar>;

    /// A field that holds a text.
    fn text(&self, name: &str) -> Option<String> {
        match self.field(name) {
            Some(Scalar::Text(text)) => Some(text),
            _ => None,
        }
    }

    /// A field that holds a whole number.
    fn int(&self, name: &str) -> Option<i64> {
        match self.field(name) {
            Some(Scalar::Int(number)) => Some(number),
            _ => None,
        }
    }

    /// The position under the names of a position fix.
    fn position(&self) -> Option<Position> {
        Some(Position {
            latitude_e7: self.int(fix::LATITUDE_E7)?.try_into().ok()?,
            longitude_e7: self.int(fix::LONGITUDE_E7)?.try_into().ok()?,
            accuracy_m: self.int(fix::ACCURACY_M)?.try_into().ok()?,
        })
    }

    /// The file that a map of evidence names.
    fn file(&self) -> Option<File> {
        Some(File {
            sha256: self.text(evidence::SHA256)?.parse().ok()?,
            bytes: self.int(evidence::BYTES)?.try_into().ok()?,
            media_type: self.text(evidence::MEDIA_TYPE)?,
            name: self.text(evidence::NAME)?,
            taken_at: PhoneTime(self.int(evidence::TAKEN_AT)?),
            position: self.position(),
        })
    }
}
