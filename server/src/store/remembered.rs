//! What phones told of a log that this store doesn't have: how far it went, and rows of the register.

use rusqlite::{Connection, params};
use sha2::{Digest, Sha256};
use sync_core::domain::{AreaCode, DeviceId, PersonId, ServerTime};
use sync_core::wire::{Cursor, Row};

use super::Failed;
use super::columns::{Bits, Json, Moment, Text};

/// Who tells something, and when.
#[derive(Debug, Clone, Copy)]
pub struct Teller<'a> {
    /// The phone.
    pub device: DeviceId,
    /// The person signed in.
    pub person: PersonId,
    /// Where the person may read.
    pub scope: &'a [AreaCode],
    /// When.
    pub at: ServerTime,
}

/// Notes how far a phone has followed a log; the furthest that it told counts.
pub fn note_position(tx: &Connection, teller: &Teller<'_>, cursor: &Cursor) -> Result<(), Failed> {
    // A hash is no longer than SHA-256 makes it, whatever a phone says.
    let hash = &cursor.hash[..cursor.hash.len().min(32)];
    tx.prepare_cached(
        "INSERT INTO told_positions (epoch, device, person, seq, hash, at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
         ON CONFLICT (epoch, device, person) DO UPDATE
         SET seq = excluded.seq, hash = excluded.hash, at = excluded.at WHERE excluded.seq > seq",
    )?
    .execute(params![
        Bits(cursor.epoch),
        Text(teller.device),
        Text(teller.person),
        Bits(cursor.seq.min(i64::MAX as u64)),
        hash,
        Moment(teller.at)
    ])?;
    Ok(())
}

/// How many rows are kept that nobody has looked at yet.
pub fn count(connection: &Connection) -> Result<u64, Failed> {
    let count = "SELECT count(*) FROM remembered_rows WHERE settled_at IS NULL";
    let Bits(count) = connection.query_row(count, [], |row| row.get(0))?;
    Ok(count)
}

/// How many rows a phone has told.
pub fn count_of(connection: &Connection, device: DeviceId) -> Result<u64, Failed> {
    let count = "SELECT count(*) FROM remembered_by WHERE device = ?1";
    let Bits(count) = connection.query_row(count, [Text(device)], |row| row.get(0))?;
    Ok(count)
}

/// Whether the row once stood in the register just so.
pub fn is_in_history(connection: &Connection, row: &Row, value: &str) -> Result<bool, Failed> {
    let mut states = connection
        .prepare_cached("SELECT 1 FROM row_history WHERE table_name = ?1 AND key = ?2 AND after = ?3")?;
    Ok(states.exists(params![row.table, row.key, value])?)
}

/// Keeps a row, and who told it; told again by another, it is one row that two have told.
pub fn keep(
    tx: &Connection,
    teller: &Teller<'_>,
    epoch: u64,
    row: &Row,
    value: &str,
    area: Option<&AreaCode>,
) -> Result<(), Failed> {
    let digest = Sha256::digest(value);
    let named = params![row.table, row.key, Bits(epoch), Bits(row.seq), digest.as_slice()];
    tx.prepare_cached(
        "INSERT OR IGNORE INTO remembered_rows (table_name, key, epoch, seq, digest, area, value)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    )?
    .execute(params![
        row.table,
        row.key,
        Bits(epoch),
        Bits(row.seq),
        digest.as_slice(),
        area.map(Text),
        value
    ])?;
    let id: i64 = tx
        .prepare_cached(
            "SELECT id FROM remembered_rows
             WHERE table_name = ?1 AND key = ?2 AND epoch = ?3 AND seq = ?4 AND digest = ?5",
        )?
        .query_row(named, |row| row.get(0))?;
    tx.prepare_cached(
        "INSERT OR IGNORE INTO remembered_by (remembered, device, person, at, scope)
         VALUES (?1, ?2, ?3, ?4, ?5)",
    )?
    .execute(params![
        id,
        Text(teller.device),
        Text(teller.person),
        Moment(teller.at),
        Json(teller.scope)
    ])?;
    Ok(())
}

/// Somebody has dealt with this row, and so with whatever else is remembered of it.
pub fn settle(tx: &Connection, id: i64, by: PersonId, now: ServerTime) -> Result<(), Failed> {
    tx.prepare_cached(
        "UPDATE remembered_rows SET settled_at = ?2, settled_by = ?3 WHERE settled_at IS NULL
         AND (table_name, key) = (SELECT table_name, key FROM remembered_rows WHERE id = ?1)",
    )?
    .execute(params![id, Moment(now), Text(by)])?;
    Ok(())
}
