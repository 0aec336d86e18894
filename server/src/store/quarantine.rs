//! What was refused, kept whole: the bytes, who sent them from where and when, why they were refused,
//! what a later release needs, and what became of them.

use std::collections::{BTreeMap, BTreeSet};

use rusqlite::{Connection, OptionalExtension, Row, params};
use serde::Deserialize;
use sync_core::commands::SHORT_CHARS_MAX;
use sync_core::document::Genesis;
use sync_core::domain::{AreaCode, ChangeHash, DeviceId, PersonId, ServerTime, VisitCode, VisitId};
use sync_core::wire::{
    ProvisionalCooperative, RefusalCode, RefusedChange, Resolution, ResolvedChange, VisitPush,
};

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

/// A refused change as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// Its number; ascending, a change comes after those of its sender that it depends on.
    pub id: i64,
    /// The visit it was for.
    pub visit: VisitId,
    /// Its name, or the hash of bytes that are no change.
    pub hash: ChangeHash,
    /// From where it came.
    pub device: DeviceId,
    /// Who sent it.
    pub person: PersonId,
    /// When.
    pub received_at: ServerTime,
    /// Why it is not in the record, as last found.
    pub code: RefusalCode,
    /// The refused change it builds on, where that is why.
    pub depends_on: Option<ChangeHash>,
    /// What its sender said the visit is of.
    pub genesis: Genesis,
    /// The joining code its sender said.
    pub visit_code: VisitCode,
    /// What its sender said of a cooperative that the register doesn't have.
    pub provisional: Option<ProvisionalCooperative>,
    /// As it came.
    pub bytes: Vec<u8>,
    /// What became of it; none while it is open.
    pub resolved: Option<Resolved>,
}

/// What became of a refused change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resolved {
    /// What.
    pub resolution: Resolution,
    /// By whom.
    pub by: PersonId,
    /// When.
    pub at: ServerTime,
    /// Why, in that person's words.
    pub reason: String,
}

/// Whether what was refused for this can never be part of its record: it is no change, or it stands where
/// another person's or another change of its author stands.
pub const fn is_beyond_release(code: RefusalCode) -> bool {
    matches!(
        code,
        RefusalCode::MalformedChange
            | RefusalCode::TooLarge
            | RefusalCode::SequenceReused
            | RefusalCode::ForeignActor
    )
}

/// What one person sent of one visit from one device.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
pub struct Parcel {
    /// The visit.
    pub visit: VisitId,
    /// Who sent it.
    pub person: PersonId,
    /// From where.
    pub device: DeviceId,
}

impl Kept {
    /// The parcel it belongs to.
    pub const fn parcel(&self) -> Parcel {
        Parcel { visit: self.visit, person: self.person, device: self.device }
    }
}

/// Keeps a refused change, and says whether it is new: what the same person sent from the same device before
/// stays as it is.
pub fn keep(
    tx: &Connection,
    push: &VisitPush,
    refused: &Refused<'_>,
    device: DeviceId,
    person: PersonId,
    received_at: ServerTime,
) -> Result<bool, Failed> {
    // A hostile name would be kept once for each change.
    let provisional = push.provisional.as_ref().map(|met| ProvisionalCooperative {
        name: met.name.chars().take(SHORT_CHARS_MAX).collect(),
        area: met.area.clone(),
    });
    let rows = tx
        .prepare_cached(
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
    Ok(rows == 1)
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

const COLUMNS: &str = "id, visit, hash, device, person, received_at, code, depends_on, genesis,
  visit_code, provisional, bytes, resolution, resolved_by, resolved_at, reason";

impl Kept {
    fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        let (Text(visit), Hash(hash), Text(device)) = (row.get(1)?, row.get(2)?, row.get(3)?);
        let (Text(person), Moment(received_at), Word(code)) = (row.get(4)?, row.get(5)?, row.get(6)?);
        let (Json(genesis), Text(visit_code)) = (row.get(8)?, row.get(9)?);
        let provisional: Option<Json<ProvisionalCooperative>> = row.get(10)?;
        let resolved = match row.get(12)? {
            Some(Word(resolution)) => {
                let (Text(by), Moment(at)) = (row.get(13)?, row.get(14)?);
                Some(Resolved { resolution, by, at, reason: row.get(15)? })
            }
            None => None,
        };
        Ok(Self {
            id: row.get(0)?,
            visit,
            hash,
            device,
            person,
            received_at,
            code,
            depends_on: row.get::<_, Option<Hash>>(7)?.map(|Hash(hash)| hash),
            genesis,
            visit_code,
            provisional: provisional.map(|Json(met)| met),
            bytes: row.get(11)?,
            resolved,
        })
    }
}

fn all(connection: &Connection, condition: &str, values: impl rusqlite::Params) -> Result<Vec<Kept>, Failed> {
    let sql = format!("SELECT {COLUMNS} FROM quarantine WHERE {condition} ORDER BY id");
    let mut rows = connection.prepare_cached(&sql)?;
    let kept = rows.query_map(values, Kept::read)?;
    Ok(kept.collect::<Result<_, _>>()?)
}

/// The refused changes with these numbers, as far as they exist, ascending.
pub fn by_ids(connection: &Connection, ids: &[i64]) -> Result<Vec<Kept>, Failed> {
    all(connection, "id IN (SELECT value FROM json_each(?1))", [Json(ids)])
}

/// What was refused of a visit to this person on this device, ascending; where there are more than so many
/// changes, those that are open come in first.
pub fn of_parcel(connection: &Connection, parcel: Parcel, changes_max: u32) -> Result<Vec<Kept>, Failed> {
    let condition = "id IN (SELECT id FROM quarantine WHERE visit = ?1 AND person = ?2 AND device = ?3
       ORDER BY resolution IS NOT NULL, id LIMIT ?4)";
    let Parcel { visit, person, device } = parcel;
    all(connection, condition, params![Text(visit), Text(person), Text(device), changes_max])
}

/// The area whose people answer for a parcel: that of its visit or its cooperative or, where neither is
/// known, the one its sender said. None where nothing says one.
pub fn area(connection: &Connection, parcel: Parcel) -> Result<Option<AreaCode>, Failed> {
    let Parcel { visit, person, device } = parcel;
    let area: Option<Option<Text<AreaCode>>> = connection
        .prepare_cached(
            "SELECT coalesce(v.area, c.area, q.provisional ->> 'area') FROM quarantine q
             LEFT JOIN visits v ON v.visit = q.visit
             LEFT JOIN cooperatives c ON c.id = q.genesis ->> 'cooperative'
             WHERE q.visit = ?1 AND q.person = ?2 AND q.device = ?3 ORDER BY q.id LIMIT 1",
        )?
        .query_row(params![Text(visit), Text(person), Text(device)], |row| row.get(0))
        .optional()?;
    Ok(area.flatten().map(|Text(area)| area))
}

/// Those of these changes of which nothing has become yet.
pub fn still_open(connection: &Connection, ids: &[i64]) -> Result<BTreeSet<i64>, Failed> {
    let mut rows = connection.prepare_cached(
        "SELECT id FROM quarantine WHERE resolution IS NULL AND id IN (SELECT value FROM json_each(?1))",
    )?;
    let open = rows.query_map([Json(ids)], |row| row.get(0))?;
    Ok(open.collect::<Result<_, _>>()?)
}

/// Writes down what became of an open change.
pub fn resolve(tx: &Connection, id: i64, resolved: &Resolved) -> Result<(), Failed> {
    tx.prepare_cached(
        "UPDATE quarantine SET resolution = ?2, resolved_by = ?3, resolved_at = ?4, reason = ?5
         WHERE id = ?1 AND resolution IS NULL",
    )?
    .execute(params![
        id,
        Word(resolved.resolution),
        Text(resolved.by),
        Moment(resolved.at),
        resolved.reason
    ])?;
    Ok(())
}

/// A release was tried, and this is why the change is still not in its record.
pub fn refuse_again(tx: &Connection, id: i64, code: RefusalCode) -> Result<(), Failed> {
    tx.prepare_cached("UPDATE quarantine SET code = ?2 WHERE id = ?1")?.execute(params![id, Word(code)])?;
    Ok(())
}

/// The author of a refused change issued its values again: nobody else need decide about it.
pub fn replace(
    tx: &Connection,
    visit: VisitId,
    old: ChangeHash,
    author: PersonId,
    now: ServerTime,
) -> Result<(), Failed> {
    tx.prepare_cached(
        "UPDATE quarantine SET resolution = ?4, resolved_by = ?3, resolved_at = ?5, reason = ''
         WHERE visit = ?1 AND hash = ?2 AND person = ?3 AND resolution IS NULL",
    )?
    .execute(params![Text(visit), Hash(old), Text(author), Word(Resolution::Replaced), Moment(now)])?;
    Ok(())
}

/// What became of those of these refused changes that this person sent, as far as anything did.
pub fn resolutions(
    connection: &Connection,
    person: PersonId,
    asked: &[RefusedChange],
) -> Result<Vec<ResolvedChange>, Failed> {
    // Whichever way it came in: what the record holds needs nobody any more.
    let mut found = connection.prepare_cached(
        "SELECT CASE WHEN c.hash IS NULL THEN q.resolution ELSE ?4 END, coalesce(q.reason, '')
         FROM quarantine q LEFT JOIN changes c ON c.visit = q.visit AND c.hash = q.hash
         WHERE q.visit = ?1 AND q.hash = ?2 AND q.person = ?3 AND (q.resolution IS NOT NULL OR c.hash IS NOT NULL)
         ORDER BY q.resolved_at DESC LIMIT 1",
    )?;
    let mut resolved = Vec::new();
    for RefusedChange { visit, change } in asked.iter().copied() {
        let values = params![Text(visit), Hash(change), Text(person), Word(Resolution::Released)];
        let row = found
            .query_row(values, |row| Ok((row.get::<_, Word<Resolution>>(0)?.0, row.get(1)?)))
            .optional()?;
        if let Some((resolution, reason)) = row {
            let reason = if resolution == Resolution::Dismissed { reason } else { String::new() };
            resolved.push(ResolvedChange { visit, change, resolution, reason });
        }
    }
    Ok(resolved)
}
