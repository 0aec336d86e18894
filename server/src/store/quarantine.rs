//! What was refused, kept whole: the bytes, who sent them from where and when, why they were refused,
//! and what a later release would need.

use std::collections::BTreeMap;

use rusqlite::{Connection, params};
use sync_core::commands::SHORT_CHARS_MAX;
use sync_core::domain::{ChangeHash, DeviceId, PersonId, ServerTime, VisitId};
use sync_core::wire::{ProvisionalCooperative, RefusalCode, VisitPush};

use super::Failed;
use super::columns::{Hash, Json, Moment, Text, Word};

/// A refused change.
#[derive(Debug, Clone, Copy)]
pub struct Refused<'a> {
    /// Its name, or the hash of bytes that are no change.
    pub hash: ChangeHash,
    /// As it came.
    pub bytes: &'a [u8],
    /// Why.
    pub code: RefusalCode,
    /// The refused change it builds on, where that is why.
    pub depends_on: Option<ChangeHash>,
}

/// Keeps a refused change. What the same person sent from the same device before stays as it is.
pub fn keep(
    tx: &Connection,
    push: &VisitPush,
    refused: &Refused<'_>,
    device: DeviceId,
    person: PersonId,
    received_at: ServerTime,
) -> Result<(), Failed> {
    // A hostile name would be kept once for each change.
    let provisional = push.provisional.as_ref().map(|met| ProvisionalCooperative {
        name: met.name.chars().take(SHORT_CHARS_MAX).collect(),
        area: met.area.clone(),
    });
    tx.prepare_cached(
        "INSERT INTO quarantine (visit, hash, device, person, received_at, code, depends_on,
           genesis, visit_code, provisional, bytes)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11) ON CONFLICT DO NOTHING",
    )?
    .execute(params![
        Text(push.visit),
        Hash(refused.hash),
        Text(device),
        Text(person),
        Moment(received_at),
        Word(refused.code),
        refused.depends_on.map(Hash),
        Json(&push.genesis),
        Text(&push.code),
        provisional.map(Json),
        refused.bytes,
    ])?;
    Ok(())
}

/// What was refused of a visit, as this person sent it from this device. What others sent says nothing
/// here: nobody can spoil a change by sending it first.
pub fn of_sender(
    connection: &Connection,
    visit: VisitId,
    device: DeviceId,
    person: PersonId,
) -> Result<BTreeMap<ChangeHash, RefusalCode>, Failed> {
    let mut rows = connection.prepare_cached(
        "SELECT hash, code FROM quarantine WHERE visit = ?1 AND device = ?2 AND person = ?3",
    )?;
    let refused = rows.query_map(params![Text(visit), Text(device), Text(person)], |row| {
        let (Hash(hash), Word(code)) = (row.get(0)?, row.get(1)?);
        Ok((hash, code))
    })?;
    Ok(refused.collect::<Result<_, _>>()?)
}
