//! Reading commands and answers. Each is read into one flat form and sorted out afterwards: what serde
//! derives for tagged variants reads everything twice and would be a tenth of the phone's program.

use serde::de::{SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};

use super::{Answer, Command, FieldRef, File, Rectification, Severity, YesNo};
use crate::domain::{
    ChangeHash, Day, EvidenceId, FindingId, FixId, FixSource, ItemId, Position, RegisterField,
};

/// Something said that makes no command or answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("unknown, or something is missing: {0}")]
pub(super) struct Unspeakable(&'static str);

/// Every field that a command can have.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SpokenCommand {
    command: String,
    item: Option<ItemId>,
    value: Option<Answer>,
    proposed: Option<String>,
    review: Option<i64>,
    text: Option<String>,
    finding: Option<FindingId>,
    severity: Option<Severity>,
    due: Option<Day>,
    responsible: Option<String>,
    fix: Option<FixId>,
    position: Option<Position>,
    source: Option<FixSource>,
    outcome: Option<Rectification>,
    evidence: Option<EvidenceId>,
    file: Option<File>,
    register_field: Option<RegisterField>,
    field: Option<FieldRef>,
    chosen: Option<ChangeHash>,
    reason: Option<String>,
}

impl TryFrom<SpokenCommand> for Command {
    type Error = Unspeakable;

    fn try_from(said: SpokenCommand) -> Result<Self, Unspeakable> {
        let item = said.item.clone().ok_or(Unspeakable("item"));
        let text = said.text.ok_or(Unspeakable("text"));
        let finding = said.finding.ok_or(Unspeakable("finding"));
        let evidence = said.evidence.ok_or(Unspeakable("evidence"));
        Ok(match said.command.as_str() {
            "join" => Self::Join,
            "answer" => Self::Answer { item: item?, value: said.value.ok_or(Unspeakable("value"))? },
            "clear" => Self::Clear { item: item? },
            "confirm" => Self::Confirm { item: item?, review: said.review.unwrap_or(0) },
            "note" => Self::Note { item: item?, text: text? },
            "summary" => Self::Summary { text: text? },
            "add_finding" => Self::AddFinding {
                finding: finding?,
                item: said.item,
                text: text?,
                severity: said.severity.ok_or(Unspeakable("severity"))?,
                due: said.due,
                responsible: said.responsible.ok_or(Unspeakable("responsible"))?,
            },
            "withdraw_finding" => Self::WithdrawFinding { finding: finding? },
            "follow_up" => Self::FollowUp { finding: finding?, outcome: said.outcome },
            "add_evidence" => Self::AddEvidence {
                evidence: evidence?,
                item: said.item,
                finding: said.finding,
                file: said.file.ok_or(Unspeakable("file"))?,
            },
            "withdraw_evidence" => Self::WithdrawEvidence { evidence: evidence? },
            "correct" => Self::Correct {
                register_field: said.register_field.ok_or(Unspeakable("register_field"))?,
                proposed: said.proposed,
            },
            "fix" => Self::Fix {
                fix: said.fix.ok_or(Unspeakable("fix"))?,
                position: said.position.ok_or(Unspeakable("position"))?,
                source: said.source.ok_or(Unspeakable("source"))?,
            },
            "pick" => Self::Pick {
                field: said.field.ok_or(Unspeakable("field"))?,
                chosen: said.chosen.ok_or(Unspeakable("chosen"))?,
            },
            "submit" => Self::Submit,
            "withdraw" => Self::Withdraw { reason: said.reason.ok_or(Unspeakable("reason"))? },
            _ => return Err(Unspeakable("command")),
        })
    }
}

/// Which field, and of which item.
#[derive(Deserialize)]
pub(super) struct SpokenField {
    field: String,
    item: String,
}

impl TryFrom<SpokenField> for FieldRef {
    type Error = Unspeakable;

    fn try_from(said: SpokenField) -> Result<Self, Unspeakable> {
        match said.field.as_str() {
            "answer" => Ok(Self::Answer(said.item)),
            "note" => Ok(Self::Note(said.item)),
            "follow_up" => said.item.parse().map(Self::FollowUp).map_err(|_| Unspeakable("item")),
            "correction" => said.item.parse().map(Self::Correction).map_err(|_| Unspeakable("item")),
            _ => Err(Unspeakable("field")),
        }
    }
}

/// Of which kind, and what.
#[derive(Deserialize)]
pub(super) struct SpokenAnswer {
    kind: String,
    value: Plain,
}

impl TryFrom<SpokenAnswer> for Answer {
    type Error = Unspeakable;

    fn try_from(said: SpokenAnswer) -> Result<Self, Unspeakable> {
        Ok(match (said.kind.as_str(), said.value) {
            ("yes_no", Plain::Text(text)) => Self::YesNo(match text.as_str() {
                "yes" => YesNo::Yes,
                "no" => YesNo::No,
                "not_applicable" => YesNo::NotApplicable,
                _ => return Err(Unspeakable("value")),
            }),
            ("choice", Plain::Text(id)) => Self::Choice(id),
            ("choices", Plain::Texts(ids)) => Self::Choices(ids),
            ("text", Plain::Text(text)) => Self::Text(text),
            ("number", Plain::Number(number)) => Self::Number(number),
            ("percent", Plain::Number(hundredths)) => Self::Percent(hundredths),
            ("date", Plain::Text(day)) => Self::Date(day.parse().map_err(|_| Unspeakable("value"))?),
            _ => return Err(Unspeakable("value")),
        })
    }
}

/// A value before its kind is known.
enum Plain {
    Text(String),
    Number(i64),
    Texts(Vec<String>),
}

impl<'de> Deserialize<'de> for Plain {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(PlainVisitor)
    }
}

struct PlainVisitor;

impl<'de> Visitor<'de> for PlainVisitor {
    type Value = Plain;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a text, a whole number or a list of texts")
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Plain, E> {
        Ok(Plain::Text(text.to_owned()))
    }

    fn visit_i64<E: serde::de::Error>(self, number: i64) -> Result<Plain, E> {
        Ok(Plain::Number(number))
    }

    fn visit_u64<E: serde::de::Error>(self, number: u64) -> Result<Plain, E> {
        i64::try_from(number).map(Plain::Number).map_err(|_| E::custom("the number is too large"))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Plain, A::Error> {
        let mut texts = Vec::new();
        while let Some(text) = seq.next_element()? {
            texts.push(text);
        }
        Ok(Plain::Texts(texts))
    }
}
