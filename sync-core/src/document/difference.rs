//! What differs between two states of a record: what a reviewer is shown who looked at the older one.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::inspection::{Entry, Field, Finding, Inspection};
use crate::commands::{Answer, View};
use crate::domain::{ChangeHash, FindingId, FixId, ItemId, PersonId};

/// One difference. The several values of a field are those that nobody has written over; none is a field
/// without a value.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "field", rename_all = "snake_case")]
pub enum FieldChange {
    /// An item's answer.
    Answer {
        /// The item.
        item: ItemId,
        /// Its values before.
        before: Vec<Answer>,
        /// Its values after.
        after: Vec<Answer>,
    },
    /// The note beside an item.
    Note {
        /// The item.
        item: ItemId,
        /// Its texts before.
        before: Vec<String>,
        /// Its texts after.
        after: Vec<String>,
    },
    /// The narrative summary.
    Summary {
        /// As it was.
        before: String,
        /// As it is.
        after: String,
    },
    /// A finding was raised or taken back.
    Finding {
        /// The finding.
        finding: FindingId,
        /// As it was.
        before: Option<Finding>,
        /// As it is.
        after: Option<Finding>,
    },
    /// Somebody joined the visit.
    Presence {
        /// Who.
        person: PersonId,
    },
    /// Somebody recorded where they stood.
    Fix {
        /// The position's id.
        fix: FixId,
    },
    /// Somebody said that a value still holds.
    Confirmation {
        /// The item.
        item: ItemId,
        /// Who.
        person: PersonId,
    },
    /// Somebody handed the record in.
    Submission {
        /// Who.
        person: PersonId,
    },
    /// Somebody took the visit back.
    Withdrawal {
        /// Who.
        person: PersonId,
        /// Why.
        reason: String,
    },
}

/// Everything in `after` that `before` didn't say, or said otherwise.
pub fn difference(before: &Inspection, after: &Inspection) -> Vec<FieldChange> {
    let answers = fields(&before.answers, &after.answers).map(|(item, before, after)| FieldChange::Answer {
        item,
        before,
        after,
    });
    let notes = fields(&before.notes, &after.notes).map(|(item, before, after)| FieldChange::Note {
        item,
        before,
        after,
    });
    let summary = (before.summary != after.summary)
        .then(|| FieldChange::Summary { before: before.summary.clone(), after: after.summary.clone() });
    let findings = after.findings.iter().filter_map(|(id, now)| {
        let was = before.findings.get(id);
        let changed = was != Some(now);
        changed.then(|| FieldChange::Finding { finding: *id, before: was.cloned(), after: Some(now.clone()) })
    });
    let joined = after.present.iter().map(|presence| presence.person);
    let joined = joined.filter(|person| !before.is_present(*person));
    let joined: BTreeSet<PersonId> = joined.collect();
    let fixes = after.fixes.keys().filter(|id| !before.fixes.contains_key(id));
    let known = |change: &ChangeHash| {
        let submitted = before.submissions.iter().map(|s| s.change);
        submitted.chain(before.withdrawals.iter().map(|w| w.change)).any(|before| before == *change)
    };
    let submissions = after.submissions.iter().filter(|submission| !known(&submission.change));
    let withdrawals = after.withdrawals.iter().filter(|withdrawal| !known(&withdrawal.change));
    answers
        .chain(notes)
        .chain(summary)
        .chain(findings)
        .chain(joined.into_iter().map(|person| FieldChange::Presence { person }))
        .chain(fixes.map(|fix| FieldChange::Fix { fix: *fix }))
        .chain(confirmations(before, after))
        .chain(submissions.map(|submission| FieldChange::Submission { person: submission.person }))
        .chain(withdrawals.map(|withdrawal| FieldChange::Withdrawal {
            person: withdrawal.person,
            reason: withdrawal.reason.clone(),
        }))
        .collect()
}

fn fields<'a, T: Clone + PartialEq>(
    before: &'a BTreeMap<ItemId, Field<T>>,
    after: &'a BTreeMap<ItemId, Field<T>>,
) -> impl Iterator<Item = (ItemId, Vec<T>, Vec<T>)> + 'a {
    after.iter().filter_map(|(item, now)| {
        let was = before.get(item).map(Field::entries).unwrap_or_default();
        let (was, now) = (values(was), values(now.entries()));
        let same = was.len() == now.len() && was.iter().all(|value| now.contains(value));
        let told = |values: Vec<Option<T>>| values.into_iter().flatten().collect();
        (!same).then(|| (item.clone(), told(was), told(now)))
    })
}

/// The values of a field, each once; one taken back is a value too, or clearing beside an answer would
/// look like nothing.
fn values<T: Clone + PartialEq>(entries: &[Entry<T>]) -> Vec<Option<T>> {
    let mut values: Vec<Option<T>> = Vec::new();
    for entry in entries {
        if !values.contains(&entry.value) {
            values.push(entry.value.clone());
        }
    }
    match values.as_slice() {
        [None] => Vec::new(),
        _ => values,
    }
}

fn confirmations<'a>(
    before: &'a Inspection,
    after: &'a Inspection,
) -> impl Iterator<Item = FieldChange> + 'a {
    after.confirmations.iter().flat_map(|(item, now)| {
        let was = before.confirmations.get(item).map(Vec::as_slice).unwrap_or_default();
        let new = now.iter().filter(|entry| !was.contains(entry)).filter_map(|entry| entry.value);
        new.map(|person| FieldChange::Confirmation { item: item.clone(), person })
    })
}
