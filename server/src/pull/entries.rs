//! Entries of a page, made from what is kept.

use std::collections::BTreeSet;

use rusqlite::{Connection, OptionalExtension};
use sync_core::domain::{PersonId, VisitId};
use sync_core::wire::{Entered, Entry};

use crate::store::columns::{Moment, Text};
use crate::store::visits::{self, Visit};
use crate::store::{Failed, changes, cooperatives, documents};

/// A visit as a whole: its saved document, without loading it.
pub(super) fn enter(connection: &Connection, visit: VisitId) -> Result<Entry, Failed> {
    let gone = || Failed::Contradiction(format!("visit {visit} is not kept"));
    let Visit { genesis, code, .. } = visits::get(connection, visit)?.ok_or_else(gone)?;
    let started: Option<Moment> = connection
        .prepare_cached("SELECT started_received_at FROM visit_facts WHERE visit = ?1")?
        .query_row([Text(visit)], |row| row.get(0))
        .optional()?;
    let Moment(received_at) = started.ok_or_else(gone)?;
    Ok(Entry::Enter(Box::new(Entered {
        visit,
        genesis,
        code,
        snapshot: documents::snapshot(connection, visit)?.ok_or_else(gone)?,
        actors: changes::authors(connection, visit)?.into_iter().collect(),
        received_at,
    })))
}

/// The people an entry speaks of by their ids alone.
pub(super) fn people_in(entry: &Entry) -> BTreeSet<PersonId> {
    match entry {
        Entry::Change(pulled) => [pulled.person].into(),
        Entry::Enter(entered) => entered.actors.iter().map(|(_, person)| *person).collect(),
        Entry::Leave(_) => BTreeSet::new(),
        Entry::Row(row) => match &row.value {
            Some(value) if row.table == cooperatives::TABLE => cooperatives::read(value)
                .and_then(|cooperative| cooperative.coordinator)
                .into_iter()
                .collect(),
            _ => BTreeSet::new(),
        },
    }
}
