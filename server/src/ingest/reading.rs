//! What refused changes would have written, as far as it can be read: tried on a copy of their record,
//! which is dropped.

use std::collections::BTreeMap;

use sync_core::commands::Command;
use sync_core::document::{Authors, FieldChange, Record, difference};
use sync_core::domain::{ChangeHash, PersonId, PhoneTime};
use sync_core::gate::Gated;

use super::stack::on_a_large_stack;
use super::trial::caught;
use crate::store::quarantine::Kept;

/// Refused changes, read.
#[derive(Debug, Default)]
pub struct Reading {
    /// What each of them did; those that can't be read are missing.
    pub entries: BTreeMap<ChangeHash, Entry>,
    /// What the record would say otherwise with all those that are still open.
    pub differences: Vec<FieldChange>,
}

/// A refused change, read.
#[derive(Debug)]
pub struct Entry {
    /// When it was written, by its author's phone.
    pub at: PhoneTime,
    /// What its author did.
    pub commands: Vec<Command>,
}

/// Reads the changes of one parcel, which come each after those it depends on.
pub fn read(record: &Record, authors: &Authors, sender: PersonId, refused: &[Kept]) -> Reading {
    let gated: Vec<(Gated, bool)> = refused
        .iter()
        .filter_map(|kept| Some((Gated::check(&kept.bytes).ok()?, kept.resolved.is_none())))
        .collect();
    let mut authors = authors.clone();
    for (change, _) in &gated {
        authors.entry(change.actor()).or_insert(sender);
    }
    on_a_large_stack(|| {
        let open = gated.iter().filter(|(_, is_open)| *is_open).map(|(change, _)| change);
        let with_open = try_on(record.clone(), open);
        let with_all = try_on(with_open.clone(), gated.iter().map(|(change, _)| change));
        let differences =
            caught(|| difference(&record.inspection(&authors), &with_open.inspection(&authors)));
        let history = caught(|| with_all.history(&authors)).unwrap_or_default();
        let is_refused = |hash: ChangeHash| gated.iter().any(|(change, _)| change.hash() == hash);
        let entries = history.into_iter().filter(|entry| is_refused(entry.facts.hash));
        let entries =
            entries.map(|entry| (entry.facts.hash, Entry { at: entry.facts.at, commands: entry.commands }));
        Reading { entries: entries.collect(), differences: differences.unwrap_or_default() }
    })
}

/// The record with those of the changes that follow upon it.
fn try_on<'a>(record: Record, changes: impl Iterator<Item = &'a Gated>) -> Record {
    changes.fold(record, |copy, change| caught(|| copy.with(change)).flatten().unwrap_or(copy))
}
