//! History: what every change did, as the commands that its author gave.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::edit::Edit;
use super::inspection::Authors;
use super::record::{ChangeFacts, Record};
use super::schema::{
    self, Container, Fields, Scalar, answer_of, fix_source_of, rectification_of, severity_of,
};
use crate::commands::Command;
use crate::domain::{ChangeHash, Checklist, PersonId};

/// One change, told as commands.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct HistoryEntry {
    /// What the change says about itself.
    pub facts: ChangeFacts,
    /// Who wrote it, where the actor is known.
    pub person: Option<PersonId>,
    /// What the author did. A pick reads as the answer or note it chose.
    pub commands: Vec<Command>,
}

impl Record {
    /// Every change but the genesis, each after those it depends on.
    pub fn history(&self, authors: &Authors) -> Vec<HistoryEntry> {
        self.changes()
            .into_iter()
            .map(|(facts, _)| HistoryEntry {
                person: authors.get(&facts.actor).copied(),
                commands: self.commands_in(facts.hash).unwrap_or_default(),
                facts,
            })
            .collect()
    }

    /// The commands that a change which the record holds was made of; none where no commands make such
    /// a change.
    pub fn commands_in(&self, hash: ChangeHash) -> Option<Vec<Command>> {
        let edits = self.edits_in(hash)?;
        edits.iter().map(|edit| command_of(edit, self.checklist)).collect()
    }
}

fn command_of(edit: &Edit, checklist: &Checklist) -> Option<Command> {
    match edit {
        Edit::Put { container: Container::Answers, key, value } => {
            let item = key.clone();
            Some(match value {
                Scalar::Null => Command::Clear { item },
                value => Command::Answer { value: answer_of(checklist.item(key)?, value)?, item },
            })
        }
        Edit::Put { container: Container::Notes, key, value } => {
            let text = match value {
                Scalar::Text(text) => text.clone(),
                Scalar::Null => String::new(),
                _ => return None,
            };
            Some(Command::Note { item: key.clone(), text })
        }
        Edit::Put { container: Container::Present, .. } => Some(Command::Join),
        Edit::Put { container: Container::Submissions, .. } => Some(Command::Submit),
        Edit::Put { container: Container::Withdrawals, value: Scalar::Text(reason), .. } => {
            Some(Command::Withdraw { reason: reason.clone() })
        }
        Edit::Put { container: Container::Confirmations, key, .. } => {
            let mut parts = key.split('/');
            let item = parts.next()?.to_owned();
            let review = i64::from_str(parts.nth(1)?).ok()?;
            Some(Command::Confirm { item, review })
        }
        Edit::Put { container: Container::FollowUps, key, value } => {
            let outcome = match value {
                Scalar::Text(text) => Some(rectification_of(text)?),
                Scalar::Null => None,
                _ => return None,
            };
            Some(Command::FollowUp { finding: key.parse().ok()?, outcome })
        }
        Edit::Put { container: Container::Corrections, key, value } => {
            let proposed = match value {
                Scalar::Text(text) => Some(text.clone()),
                Scalar::Null => None,
                _ => return None,
            };
            Some(Command::Correct { register_field: key.parse().ok()?, proposed })
        }
        Edit::Make { container: Container::Findings, key, fields } => {
            let due = match fields.text(schema::finding::DUE) {
                Some(day) => Some(day.parse().ok()?),
                None => None,
            };
            Some(Command::AddFinding {
                finding: key.parse().ok()?,
                item: fields.text(schema::finding::ITEM),
                text: fields.text(schema::finding::TEXT)?,
                severity: severity_of(&fields.text(schema::finding::SEVERITY)?)?,
                due,
                responsible: fields.text(schema::finding::RESPONSIBLE)?,
            })
        }
        Edit::Make { container: Container::Evidence, key, fields } => {
            let finding = match fields.text(schema::evidence::FINDING) {
                Some(id) => Some(id.parse().ok()?),
                None => None,
            };
            Some(Command::AddEvidence {
                evidence: key.parse().ok()?,
                item: fields.text(schema::evidence::ITEM),
                finding,
                file: fields.file()?,
            })
        }
        Edit::Make { container: Container::Positions, key, fields } => Some(Command::Fix {
            fix: key.parse().ok()?,
            position: fields.position()?,
            source: fix_source_of(&fields.text(schema::fix::SOURCE)?)?,
        }),
        Edit::PutIn { container: Container::Findings, key, value: Scalar::Bool(true), .. } => {
            Some(Command::WithdrawFinding { finding: key.parse().ok()? })
        }
        Edit::PutIn { container: Container::Evidence, key, value: Scalar::Bool(true), .. } => {
            Some(Command::WithdrawEvidence { evidence: key.parse().ok()? })
        }
        Edit::Summary(text) => Some(Command::Summary { text: text.clone() }),
        _ => None,
    }
}

impl Fields for Vec<(&'static str, Scalar)> {
    fn field(&self, name: &str) -> Option<Scalar> {
        self.iter().find(|(known, _)| *known == name).map(|(_, value)| value.clone())
    }
}
