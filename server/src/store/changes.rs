//! The changes of visits, as they were received, and whose actors made them. These are the truth; the
//! documents are made of them.

use std::collections::BTreeMap;

use rusqlite::{Connection, OptionalExtension, params};
use sync_core::document::Authors;
use sync_core::domain::{Actor, AreaCode, ChangeHash, DeviceId, PersonId, ServerTime, VisitId};
use sync_core::wire::Replacement;

use super::Failed;
use super::change_log::append_change;
use super::columns::{Bits, Hash, Moment, Text};

/// A change to be kept.
#[derive(Debug, Clone, Copy)]
pub struct NewChange<'a> {
    /// The visit.
    pub visit: VisitId,
    /// The visit's area, whose people will see the change.
    pub area: &'a AreaCode,
    /// Its name.
    pub hash: ChangeHash,
    /// Who wrote it.
    pub actor: Actor,
    /// Its number among the actor's changes of the visit.
    pub actor_seq: u64,
    /// The raw change.
    pub bytes: &'a [u8],
}

/// Keeps a change and logs it.
pub fn append(tx: &Connection, change: NewChange<'_>, received_at: ServerTime) -> Result<(), Failed> {
    let seq = append_change(tx, received_at, change.area, change.visit, change.hash)?;
    tx.prepare_cached(
        "INSERT INTO changes (log_seq, visit, hash, actor, actor_seq, received_at, bytes)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    )?
    .execute(params![
        Bits(seq),
        Text(change.visit),
        Hash(change.hash),
        change.actor.as_bytes(),
        Bits(change.actor_seq),
        Moment(received_at),
        change.bytes,
    ])?;
    Ok(())
}

/// Whether a change of a visit is kept.
pub fn holds(connection: &Connection, visit: VisitId, hash: ChangeHash) -> Result<bool, Failed> {
    let holds = connection
        .prepare_cached("SELECT EXISTS (SELECT 1 FROM changes WHERE visit = ?1 AND hash = ?2)")?
        .query_row(params![Text(visit), Hash(hash)], |row| row.get(0))?;
    Ok(holds)
}

/// Whose an actor is: the device and the person of its first accepted change.
pub fn owner(connection: &Connection, actor: Actor) -> Result<Option<(DeviceId, PersonId)>, Failed> {
    let owner = connection
        .prepare_cached("SELECT device, person FROM actors WHERE actor = ?1")?
        .query_row([actor.as_bytes()], |row| {
            let (Text(device), Text(person)) = (row.get(0)?, row.get(1)?);
            Ok((device, person))
        })
        .optional()?;
    Ok(owner)
}

/// Binds an actor, unless it is bound already.
pub fn bind(
    tx: &Connection,
    actor: Actor,
    device: DeviceId,
    person: PersonId,
    now: ServerTime,
) -> Result<(), Failed> {
    tx.prepare_cached(
        "INSERT INTO actors (actor, person, device, bound_at) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT (actor) DO NOTHING",
    )?
    .execute(params![actor.as_bytes(), Text(person), Text(device), Moment(now)])?;
    Ok(())
}

/// Who every actor of a visit is.
pub fn authors(connection: &Connection, visit: VisitId) -> Result<Authors, Failed> {
    let mut rows = connection.prepare_cached(
        "SELECT DISTINCT actor, person FROM changes JOIN actors USING (actor) WHERE visit = ?1",
    )?;
    let authors = rows.query_map([Text(visit)], |row| {
        let Text(person) = row.get(1)?;
        Ok((Actor(row.get(0)?), person))
    })?;
    Ok(authors.collect::<Result<_, _>>()?)
}

/// When every change of a visit was received.
pub fn received(connection: &Connection, visit: VisitId) -> Result<BTreeMap<ChangeHash, ServerTime>, Failed> {
    let mut rows = connection.prepare_cached("SELECT hash, received_at FROM changes WHERE visit = ?1")?;
    let received = rows.query_map([Text(visit)], |row| {
        let (Hash(hash), Moment(at)) = (row.get(0)?, row.get(1)?);
        Ok((hash, at))
    })?;
    Ok(received.collect::<Result<_, _>>()?)
}

/// The raw changes of a visit in the order in which they were accepted, so each after those it
/// depends on.
pub fn raw(connection: &Connection, visit: VisitId) -> Result<Vec<Vec<u8>>, Failed> {
    let mut rows =
        connection.prepare_cached("SELECT bytes FROM changes WHERE visit = ?1 ORDER BY log_seq")?;
    let changes = rows.query_map([Text(visit)], |row| row.get(0))?;
    Ok(changes.collect::<Result<_, _>>()?)
}

/// Keeps that a change carries values of one that was refused.
pub fn replace(tx: &Connection, visit: VisitId, replacement: Replacement) -> Result<(), Failed> {
    tx.prepare_cached(
        "INSERT INTO replaced_changes (visit, new, old) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING",
    )?
    .execute(params![Text(visit), Hash(replacement.new), Hash(replacement.old)])?;
    Ok(())
}
