//! The evidence that a record names, and which of it has arrived: told to phones as a row of the register.

use rusqlite::{Connection, OptionalExtension, params};
use serde::Serialize;
use sync_core::domain::{EvidenceId, FileHash, ServerTime, VisitId};

use utoipa::ToSchema;

use super::Reading;
use crate::store::change_log::append_row;
use crate::store::columns::Text;
use crate::store::evidence::{self, TABLE};
use crate::store::visits::Visit;
use crate::store::{Failed, visits};

pub(super) fn project(tx: &Connection, reading: &Reading<'_>) -> Result<(), Failed> {
    let visit = Text(reading.visit.genesis.visit);
    tx.prepare_cached("DELETE FROM visit_evidence WHERE visit = ?1")?.execute([&visit])?;
    let mut insert = tx.prepare_cached(
        "INSERT INTO visit_evidence (visit, evidence, sha256, name, withdrawn) VALUES (?1, ?2, ?3, ?4, ?5)",
    )?;
    for (id, evidence) in &reading.inspection.evidence {
        let file = &evidence.file;
        insert.execute(params![visit, Text(id), Text(file.sha256), file.name, evidence.withdrawn])?;
    }
    Ok(())
}

/// Tells what has arrived after a file did, where the visit is known.
pub fn tell_of(tx: &Connection, visit: VisitId, now: ServerTime) -> Result<(), Failed> {
    match visits::get(tx, visit)? {
        Some(visit) => tell(tx, &visit, now),
        None => Ok(()),
    }
}

/// Tells what has arrived, where that is another than before.
pub(super) fn tell(tx: &Connection, visit: &Visit, now: ServerTime) -> Result<(), Failed> {
    let id = visit.genesis.visit;
    let arrived = arrived(tx, id)?;
    let row = (!arrived.is_empty()).then(|| serde_json::json!({ "arrived": arrived }));
    append_row(tx, now, Some(&visit.area), TABLE, &id.to_string(), row.as_ref(), None)
}

/// Forgets files that nobody has any more: of no visit have they arrived.
pub fn forget(tx: &Connection, lost: &[FileHash], now: ServerTime) -> Result<(), Failed> {
    for sha256 in lost {
        let visits = evidence::visits_of(tx, *sha256)?;
        evidence::forget(tx, *sha256)?;
        visits.into_iter().try_for_each(|visit| tell_of(tx, visit, now))?;
    }
    Ok(())
}

/// What a record names and has arrived, withdrawn or not, ascending.
pub fn arrived(connection: &Connection, visit: VisitId) -> Result<Vec<EvidenceId>, Failed> {
    let mut rows = connection.prepare_cached(
        "SELECT evidence FROM visit_evidence JOIN
           (SELECT DISTINCT visit, sha256 FROM evidence_arrivals WHERE visit = ?1) USING (visit, sha256)
         ORDER BY evidence",
    )?;
    let ids = rows.query_map([Text(visit)], |row| Ok(row.get::<_, Text<EvidenceId>>(0)?.0))?;
    Ok(ids.collect::<Result<_, _>>()?)
}

/// How much of a record's evidence is there; what was withdrawn is not counted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct EvidenceCount {
    /// So much the record names.
    pub named: u32,
    /// So much of it has arrived.
    pub arrived: u32,
}

impl EvidenceCount {
    /// Whether everything that is named has arrived.
    pub fn is_complete(&self) -> bool {
        self.arrived == self.named
    }
}

/// Counts a record's evidence.
pub fn count(connection: &Connection, visit: VisitId) -> Result<EvidenceCount, Failed> {
    let count = connection
        .prepare_cached(
            "SELECT count(*), coalesce(sum(EXISTS (SELECT 1 FROM evidence_arrivals a
               WHERE a.visit = e.visit AND a.sha256 = e.sha256)), 0)
             FROM visit_evidence e WHERE visit = ?1 AND NOT withdrawn",
        )?
        .query_row([Text(visit)], |row| Ok(EvidenceCount { named: row.get(0)?, arrived: row.get(1)? }))?;
    Ok(count)
}

/// Evidence as its record names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// The hash of its file.
    pub sha256: FileHash,
    /// What the file was called; empty for a photo.
    pub name: String,
    /// Whether the file has arrived for this visit.
    pub has_arrived: bool,
}

/// The evidence that a record names so.
pub fn named(connection: &Connection, visit: VisitId, evidence: EvidenceId) -> Result<Option<Named>, Failed> {
    let named = connection
        .prepare_cached(
            "SELECT sha256, name, EXISTS (SELECT 1 FROM evidence_arrivals a
               WHERE a.visit = e.visit AND a.sha256 = e.sha256)
             FROM visit_evidence e WHERE visit = ?1 AND evidence = ?2",
        )?
        .query_row(params![Text(visit), Text(evidence)], |row| {
            let Text(sha256) = row.get(0)?;
            Ok(Named { sha256, name: row.get(1)?, has_arrived: row.get(2)? })
        })
        .optional()?;
    Ok(named)
}
