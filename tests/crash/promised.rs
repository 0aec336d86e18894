//! What receipts promised, and whether a store keeps it.

use std::collections::{BTreeMap, BTreeSet};

use rusqlite::Connection;
use server::store::columns::{Hash, Text};
use server::store::{Failed, change_log, visits};
use sync_core::document::Record;
use sync_core::domain::{ChangeHash, VisitId};
use sync_core::gate::Gated;
use sync_core::wire::{Push, Receipt, Reply};

/// A change that a receipt named, byte for byte.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Promise {
    visit: VisitId,
    hash: ChangeHash,
    bytes: Vec<u8>,
    /// Kept apart for a supervisor instead of in the record.
    is_apart: bool,
}

/// Everything that receipts promised, in the order in which it was promised.
#[derive(Debug, Clone, Default)]
pub struct Promised(Vec<Promise>);

/// What is wrong with a store.
#[derive(Debug, Default)]
pub struct Found {
    /// What was promised and is not there.
    pub lost: Vec<String>,
    /// What contradicts itself.
    pub broken: Vec<String>,
}

impl Found {
    /// Whether nothing is wrong.
    pub fn is_whole(&self) -> bool {
        self.lost.is_empty() && self.broken.is_empty()
    }
}

impl Promised {
    /// How much was promised so far.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether nothing was promised yet.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What the first `len` promises are.
    pub fn first(&self, len: usize) -> Self {
        Self(self.0[..len].to_vec())
    }

    /// An answer arrived.
    pub fn hears(&mut self, push: &Push, reply: &Reply) {
        for (sent, receipts) in push.visits.iter().zip(&reply.receipts) {
            for (bytes, told) in sent.changes.iter().zip(&receipts.changes) {
                let is_apart = match told.receipt {
                    Receipt::Accepted | Receipt::Duplicate => false,
                    Receipt::Quarantined(_) => true,
                    Receipt::Parked(_) => continue,
                };
                let (visit, hash, bytes) = (sent.visit, told.hash, bytes.to_vec());
                self.0.push(Promise { visit, hash, bytes, is_apart });
            }
        }
    }

    /// Reads everything that was promised, and whatever else there is.
    ///
    /// # Errors
    /// Where the store can't be read.
    pub fn look_for(&self, connection: &Connection) -> Result<Found, Failed> {
        let mut found = Found::default();
        let kept = changes_in(connection, "SELECT visit, hash, bytes FROM changes ORDER BY log_seq")?;
        let apart = changes_in(connection, "SELECT visit, hash, bytes FROM quarantine ORDER BY id")?;
        let by_name = |changes: &[Change]| -> BTreeMap<(VisitId, ChangeHash), Vec<u8>> {
            changes.iter().map(|(visit, hash, bytes)| ((*visit, *hash), bytes.clone())).collect()
        };
        let (kept_by_name, apart_by_name) = (by_name(&kept), by_name(&apart));
        for Promise { visit, hash, bytes, is_apart } in &self.0 {
            let where_to = if *is_apart { &apart_by_name } else { &kept_by_name };
            if where_to.get(&(*visit, *hash)) != Some(bytes) {
                found.lost.push(format!("change {hash} of visit {visit} was promised and is gone"));
            }
        }
        found.broken.extend(problems(connection, "PRAGMA integrity_check", |row| {
            let said: String = row.get(0)?;
            Ok((said != "ok").then_some(said))
        })?);
        found.broken.extend(problems(connection, "PRAGMA foreign_key_check", |row| {
            let table: String = row.get(0)?;
            Ok(Some(format!("a row of {table} refers to nothing")))
        })?);
        found.broken.extend(problems(connection, UNLOGGED, |row| {
            let seq: i64 = row.get(0)?;
            Ok(Some(format!("log and changes say different things at position {seq}")))
        })?);
        match change_log::follow(connection, |_| {}) {
            Ok(_) => {}
            Err(Failed::Contradiction(why)) => found.broken.push(why),
            Err(failed) => return Err(failed),
        }
        found.broken.extend(out_of_order(connection, &kept)?);
        Ok(found)
    }
}

/// Positions that hold a change in the log and not among the changes, or the other way round.
const UNLOGGED: &str = "SELECT coalesce(seq, log_seq)
    FROM (SELECT * FROM change_log WHERE kind = 'change') AS log
    FULL JOIN changes ON log_seq = seq AND changes.visit = log.visit AND changes.hash = change_hash
    WHERE seq IS NULL OR log_seq IS NULL";

type Change = (VisitId, ChangeHash, Vec<u8>);

fn changes_in(connection: &Connection, sql: &str) -> Result<Vec<Change>, Failed> {
    let mut rows = connection.prepare(sql)?;
    let rows = rows.query_map([], |row| {
        let (Text(visit), Hash(hash)) = (row.get(0)?, row.get(1)?);
        Ok((visit, hash, row.get(2)?))
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

fn problems(
    connection: &Connection,
    sql: &str,
    problem: impl Fn(&rusqlite::Row<'_>) -> rusqlite::Result<Option<String>>,
) -> Result<Vec<String>, Failed> {
    let mut rows = connection.prepare(sql)?;
    let found = rows.query_map([], problem)?.collect::<Result<Vec<_>, _>>()?;
    Ok(found.into_iter().flatten().collect())
}

/// Changes that are not what their name says, or stand in the log before something they build on.
fn out_of_order(connection: &Connection, kept: &[Change]) -> Result<Vec<String>, Failed> {
    let mut problems = Vec::new();
    let mut before: BTreeMap<VisitId, BTreeSet<ChangeHash>> = BTreeMap::new();
    for (id, hash, bytes) in kept {
        if !before.contains_key(id) {
            let genesis =
                visits::get(connection, *id)?.and_then(|visit| Record::genesis(&visit.genesis).ok());
            before.insert(*id, genesis.into_iter().flat_map(|record| record.heads()).collect());
        }
        let before = before.entry(*id).or_default();
        match Gated::check(bytes) {
            Ok(change) if change.hash() == *hash => {
                if !change.deps().iter().all(|dep| before.contains(dep)) {
                    problems.push(format!("change {hash} of visit {id} stands before what it builds on"));
                }
            }
            _ => problems.push(format!("change {hash} of visit {id} is not what it was")),
        }
        before.insert(*hash);
    }
    Ok(problems)
}
