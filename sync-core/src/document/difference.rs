//! What differs between two states of a record: what a reviewer is shown who looked at the older one.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::inspection::{Entry, Evidence, Field, Finding, Inspection};
use crate::commands::{Answer, Rectification, View};
use crate::domain::{ChangeHash, EvidenceId, FindingId, FixId, ItemId, PersonId, RegisterField};

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
    /// A note.
    Note {
        /// What it stands beside.
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
    /// What became of a finding of an earlier visit.
    FollowUp {
        /// The finding.
        finding: FindingId,
        /// What was said before.
        before: Vec<Rectification>,
        /// What is said after.
        after: Vec<Rectification>,
    },
    /// A photo or file was added or taken back.
    Evidence {
        /// The photo or file.
        evidence: EvidenceId,
        /// As it was.
        before: Option<Evidence>,
        /// As it is.
        after: Option<Evidence>,
    },
    /// What the register should say.
    Correction {
        /// Where.
        register_field: RegisterField,
        /// What was proposed before.
        before: Vec<String>,
        /// What is proposed after.
        after: Vec<String>,
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
    let follow_ups = fields(&before.follow_ups, &after.follow_ups)
        .map(|(finding, before, after)| FieldChange::FollowUp { finding, before, after });
    let evidence = after.evidence.iter().filter_map(|(id, now)| {
        let was = before.evidence.get(id);
        let (before, after) = (was.cloned(), Some(now.clone()));
        (was != Some(now)).then_some(FieldChange::Evidence { evidence: *id, before, after })
    });
    let corrections = fields(&before.corrections, &after.corrections)
        .map(|(register_field, before, after)| FieldChange::Correction { register_field, before, after });
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
        .chain(follow_ups)
        .chain(evidence)
        .chain(corrections)
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

fn fields<'a, K: Clone + Ord, T: Clone + PartialEq>(
    before: &'a BTreeMap<K, Field<T>>,
    after: &'a BTreeMap<K, Field<T>>,
) -> impl Iterator<Item = (K, Vec<T>, Vec<T>)> + 'a {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commands::{Command, Context, Part, YesNo, decide};
    use crate::document::{Authors, Genesis, Record, SCHEMA_VERSION};
    use crate::domain::checklist::newest;
    use crate::domain::{Actor, CooperativeId, PhoneTime, VisitId};

    const LI: PersonId = PersonId::from_bytes([1; 16]);
    const WANG: PersonId = PersonId::from_bytes([2; 16]);

    fn record() -> Record {
        let genesis = Genesis {
            schema: SCHEMA_VERSION,
            visit: VisitId::from_bytes([9; 16]),
            cooperative: CooperativeId::from_bytes([8; 16]),
            checklist: newest("quality-2021").expect("a checklist").reference(),
        };
        Record::genesis(&genesis).expect("a record")
    }

    fn write(record: &mut Record, person: PersonId, commands: &[Command]) {
        let now = PhoneTime(1_617_674_400_000);
        let context = Context { person, now, checklist: record.checklist(), part: Part::Field };
        let edits = decide(&read(record), &context, commands).expect("it may be done");
        record.commit(Actor(*person.as_bytes()), now, &edits).expect("a change");
    }

    fn read(record: &Record) -> Inspection {
        record.inspection(&Authors::new())
    }

    fn rules(value: YesNo) -> Command {
        Command::Answer { item: "rules".to_owned(), value: Answer::YesNo(value) }
    }

    #[test]
    fn what_was_written_since_is_told_and_what_stayed_is_not() {
        let mut record = record();
        write(&mut record, LI, &[Command::Join, rules(YesNo::Yes)]);
        let before = read(&record);
        assert_eq!(difference(&before, &before), []);
        write(&mut record, LI, &[Command::Summary { text: "好".to_owned() }]);
        write(&mut record, LI, &[Command::Confirm { item: "rules".to_owned(), review: 7 }]);
        write(&mut record, WANG, &[Command::Join]);
        let told = difference(&before, &read(&record));
        assert_eq!(
            told,
            [
                FieldChange::Summary { before: String::new(), after: "好".to_owned() },
                FieldChange::Presence { person: WANG },
                FieldChange::Confirmation { item: "rules".to_owned(), person: LI },
            ]
        );
    }

    #[test]
    fn a_conflict_is_several_values_and_taking_one_back_is_a_difference() {
        let mut record = record();
        write(&mut record, LI, &[Command::Join, rules(YesNo::Yes)]);
        write(&mut record, WANG, &[Command::Join]);
        let before = read(&record);
        let mut other = record.clone();
        write(&mut record, LI, &[rules(YesNo::No)]);
        write(&mut other, WANG, &[Command::Clear { item: "rules".to_owned() }]);
        let cleared = FieldChange::Answer {
            item: "rules".to_owned(),
            before: vec![Answer::YesNo(YesNo::Yes)],
            after: Vec::new(),
        };
        assert_eq!(difference(&before, &read(&other)), [cleared]);
        let theirs: Vec<Vec<u8>> = other.changes().into_iter().map(|(_, bytes)| bytes).collect();
        let mine = read(&record);
        record.apply(&theirs).expect("it merges");
        let told = difference(&mine, &read(&record));
        assert_eq!(told.len(), 1, "cleared beside a value is a conflict: {told:?}");
        assert!(!read(&record).conflicts().is_empty());
    }
}
