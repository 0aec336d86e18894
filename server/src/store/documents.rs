//! The saved document of every visit: a cache of its changes, with its heads and their digest.

use std::sync::atomic::{AtomicU64, Ordering};

use rusqlite::{Connection, OptionalExtension, params};
use sync_core::document::{Genesis, Record};
use sync_core::domain::{AreaCode, ChangeHash, VisitId};
use sync_core::wire::heads_digest;

use super::Failed;
use super::areas::range;
use super::columns::{Bits, Hashes, Text};

/// How many documents this process has loaded: a sync without news loads none.
static LOADED: AtomicU64 = AtomicU64::new(0);

/// How many documents this process has loaded so far.
pub fn loaded() -> u64 {
    LOADED.load(Ordering::Relaxed)
}

/// The bytes of a visit's document, which every Automerge client can load.
pub fn snapshot(connection: &Connection, visit: VisitId) -> Result<Option<Vec<u8>>, Failed> {
    let snapshot = connection
        .prepare_cached("SELECT snapshot FROM documents WHERE visit = ?1")?
        .query_row([Text(visit)], |row| row.get(0))
        .optional()?;
    Ok(snapshot)
}

/// The newest changes of a visit's document, ascending.
pub fn heads(connection: &Connection, visit: VisitId) -> Result<Option<Vec<ChangeHash>>, Failed> {
    let heads = connection
        .prepare_cached("SELECT heads FROM documents WHERE visit = ?1")?
        .query_row([Text(visit)], |row| Ok(row.get::<_, Hashes>(0)?.0))
        .optional()?;
    Ok(heads)
}

/// Loads a visit's document; none where nothing of it was kept yet.
pub fn load(connection: &Connection, genesis: &Genesis) -> Result<Option<Record>, Failed> {
    snapshot(connection, genesis.visit)?.map(|bytes| read(&bytes, genesis)).transpose()
}

/// Reads a document from the bytes that [`snapshot`] gave.
pub fn read(snapshot: &[u8], genesis: &Genesis) -> Result<Record, Failed> {
    LOADED.fetch_add(1, Ordering::Relaxed);
    Record::load(snapshot, genesis).map_err(|error| {
        Failed::Contradiction(format!("the document of visit {} is broken: {error}", genesis.visit))
    })
}

/// Keeps a document; `snapshot` is what was saved of it and loaded again with the same `heads`.
pub fn put(tx: &Connection, visit: VisitId, heads: &[ChangeHash], snapshot: &[u8]) -> Result<(), Failed> {
    tx.prepare_cached(
        "INSERT INTO documents (visit, heads, digest, snapshot) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT (visit) DO UPDATE
         SET heads = excluded.heads, digest = excluded.digest, snapshot = excluded.snapshot",
    )?
    .execute(params![
        Text(visit),
        Hashes(heads.to_vec()),
        Bits(heads_digest(visit, heads)),
        snapshot
    ])?;
    Ok(())
}

/// The digest of every visit of an area, ascending by id.
pub fn digests_of_area(connection: &Connection, area: &AreaCode) -> Result<Vec<(VisitId, u64)>, Failed> {
    let (from, to) = range(area);
    let mut rows = connection.prepare_cached(
        "SELECT visit, digest FROM visits JOIN documents USING (visit)
         WHERE area >= ?1 AND area < ?2 ORDER BY visit",
    )?;
    let digests = rows.query_map(params![from, to], |row| {
        let (Text(visit), Bits(digest)) = (row.get(0)?, row.get(1)?);
        Ok((visit, digest))
    })?;
    Ok(digests.collect::<Result<_, _>>()?)
}
