//! What a person may do to a record. A command is decided against the record as its author sees it,
//! before any change exists: the answer is edits, or a refusal that changes nothing.

mod decide;
mod spoken;

use serde::{Deserialize, Serialize};

use crate::domain::{
    ChangeHash, Checklist, Day, EvidenceId, FileHash, FindingId, FixId, FixSource, ItemId, PersonId,
    PhoneTime, Position, RegisterField,
};

pub use decide::{FINDING_CHARS_MAX, NOTE_CHARS_MAX, SHORT_CHARS_MAX, SUMMARY_CHARS_MAX, View, decide};

/// What a person does.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "command", rename_all = "snake_case", try_from = "spoken::SpokenCommand")]
pub enum Command {
    /// Be present from now on; the first thing anybody does in a record, to start or to join it.
    Join,
    /// Give an item a value.
    Answer {
        /// The item.
        item: ItemId,
        /// Its value.
        value: Answer,
    },
    /// Take an item's value back; it then has none, which is not the same as *no*.
    Clear {
        /// The item.
        item: ItemId,
    },
    /// Say that a value already there still holds.
    Confirm {
        /// The item.
        item: ItemId,
        /// The review that asked; 0 where none did.
        review: i64,
    },
    /// Write a note; empty takes it back.
    Note {
        /// What it stands beside: an item, `position`, a finding that is followed up, or evidence, whose
        /// caption it is.
        item: ItemId,
        /// The whole note.
        text: String,
    },
    /// Write the narrative summary: what it should say as a whole.
    Summary {
        /// The whole summary.
        text: String,
    },
    /// Raise a finding: something to be put right.
    AddFinding {
        /// Its random id.
        finding: FindingId,
        /// The item it belongs to, where it belongs to one.
        item: Option<ItemId>,
        /// What is wrong.
        text: String,
        /// How grave it is.
        severity: Severity,
        /// The day by which it is to be put right.
        due: Option<Day>,
        /// Who of the cooperative is to put it right.
        responsible: String,
    },
    /// Take a finding back; it stays readable.
    WithdrawFinding {
        /// The finding.
        finding: FindingId,
    },
    /// Say what became of a finding of an earlier visit.
    FollowUp {
        /// The finding.
        finding: FindingId,
        /// What became of it; none takes it back.
        outcome: Option<Rectification>,
    },
    /// Add a photo or file that was taken at the visit or given there.
    AddEvidence {
        /// Its random id.
        evidence: EvidenceId,
        /// The item it belongs to, where it belongs to one. For a signature, the signature.
        item: Option<ItemId>,
        /// The finding it belongs to, where it belongs to one: of this visit, or of an earlier one that is
        /// followed up.
        finding: Option<FindingId>,
        /// What it is.
        file: File,
    },
    /// Take evidence back; it stays readable.
    WithdrawEvidence {
        /// The evidence.
        evidence: EvidenceId,
    },
    /// Propose another value for a field of the register.
    Correct {
        /// The field.
        register_field: RegisterField,
        /// What should stand there, as text; none takes the proposal back.
        proposed: Option<String>,
    },
    /// Record where the author stands.
    Fix {
        /// Its random id.
        fix: FixId,
        /// The position, in WGS-84.
        position: Position,
        /// Where it comes from.
        source: FixSource,
    },
    /// Settle two values written without knowledge of each other, by choosing one of them.
    Pick {
        /// What is in conflict.
        field: FieldRef,
        /// The change that wrote the chosen value.
        chosen: ChangeHash,
    },
    /// Hand the record to the supervisor.
    Submit,
    /// Take a mistaken visit back; it stays readable and counts for nothing.
    Withdraw {
        /// Why.
        reason: String,
    },
}

/// A field that two people can write.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(tag = "field", content = "item", rename_all = "snake_case", try_from = "spoken::SpokenField")]
pub enum FieldRef {
    /// The answer to an item.
    Answer(ItemId),
    /// The note beside an item, or beside whatever else a note stands.
    Note(ItemId),
    /// What became of a finding of an earlier visit.
    FollowUp(FindingId),
    /// A proposed correction.
    Correction(RegisterField),
}

/// A photo or file, as the record names it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct File {
    /// The SHA-256 of its bytes.
    pub sha256: FileHash,
    /// How many bytes it has.
    pub bytes: u32,
    /// What it is: one of [`MEDIA_TYPES`](crate::domain::evidence::MEDIA_TYPES).
    pub media_type: String,
    /// What it was called; empty for a photo.
    pub name: String,
    /// When it was taken or last changed, by the phone's clock or by what the file says.
    pub taken_at: PhoneTime,
    /// Where it was taken, where known.
    pub position: Option<Position>,
}

/// What became of a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rectification {
    /// 已整改
    PutRight,
    /// 部分整改
    Partly,
    /// 未整改
    NotPutRight,
}

/// The value of an item, by the item's kind.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(tag = "kind", content = "value", rename_all = "snake_case", try_from = "spoken::SpokenAnswer")]
pub enum Answer {
    /// Yes, no or not applicable.
    YesNo(YesNo),
    /// One of the item's choices, by its id.
    Choice(String),
    /// Some of the item's choices, by their ids, sorted, each once.
    Choices(Vec<String>),
    /// Free text.
    Text(String),
    /// A whole number.
    Number(i64),
    /// Hundredths of a percent: 6250 is 62.5 %.
    Percent(i64),
    /// A day in China Standard Time.
    Date(Day),
}

/// The three segments of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum YesNo {
    /// 是
    Yes,
    /// 否
    No,
    /// 不适用
    NotApplicable,
}

/// How grave a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// 一般
    Minor,
    /// 较重
    Major,
    /// 严重
    Grave,
}

/// Who acts, when, and by which checklist.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// The author.
    pub person: PersonId,
    /// The author's clock.
    pub now: PhoneTime,
    /// The checklist the record pins.
    pub checklist: &'a Checklist,
    /// In which part the author acts.
    pub part: Part,
}

/// In which part somebody acts on a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// As one of those present at the visit.
    Field,
    /// As its supervisor, who may pick between two values and nothing else.
    Desk,
}

/// Why a command was not carried out; nothing was changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum Refusal {
    /// The author is not among those present; join first.
    #[error("the author is not present at this visit")]
    NotPresent,
    /// The checklist has no such item.
    #[error("the checklist has no such item")]
    UnknownItem,
    /// The value doesn't fit the item's kind, choices or limits.
    #[error("the value does not fit the item")]
    BadValue,
    /// A text exceeds its limit.
    #[error("the text is too long")]
    TooLong,
    /// There is no value to confirm.
    #[error("there is no value to confirm")]
    NothingToConfirm,
    /// No such finding, or it was withdrawn; or one of this visit, which can't be followed up in it.
    #[error("no such finding")]
    UnknownFinding,
    /// No such evidence, or it was withdrawn.
    #[error("no such evidence")]
    UnknownEvidence,
    /// The id is taken.
    #[error("the id is taken")]
    IdTaken,
    /// The field has no conflict, or the chosen change wrote none of its values.
    #[error("there is no such conflict")]
    NoConflict,
    /// Something asked for submission is missing.
    #[error("the record is not complete")]
    Incomplete,
    /// The record was withdrawn.
    #[error("the record was withdrawn")]
    Withdrawn,
    /// A supervisor may only pick.
    #[error("only those present may do this")]
    NotAtDesk,
    /// The phone's clock can't be written down (before 1970 or after the year 285,000,000).
    #[error("the clock is out of range")]
    ClockOutOfRange,
}
