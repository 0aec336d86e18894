//! Phones and browsers, one row for each person who signed in on one.

use rusqlite::{Connection, OptionalExtension, params};
use sync_core::domain::{DeviceId, PersonId, PhoneTime, ServerTime};
use sync_core::wire::Unsent;

use super::Failed;
use super::columns::{Moment, Text, Word};
use crate::people::Use;

/// As what a person signed in on a device before; none where the person didn't. A device is one or the
/// other for good: what was written on a phone stays written on a phone.
pub fn used_as(connection: &Connection, device: DeviceId, person: PersonId) -> Result<Option<Use>, Failed> {
    let known = connection
        .prepare_cached("SELECT used_as FROM devices WHERE id = ?1 AND person = ?2")?
        .query_row(params![Text(device), Text(person)], |row| row.get(0))
        .optional()?;
    Ok(known.map(|Word(used_as)| used_as))
}

/// A person signed in on a device.
pub fn register(
    tx: &Connection,
    device: DeviceId,
    person: PersonId,
    name: &str,
    used_as: Use,
    now: ServerTime,
) -> Result<(), Failed> {
    tx.prepare_cached(
        "INSERT INTO devices (id, person, name, used_as, first_seen_at, last_contact_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?5)
         ON CONFLICT (id, person) DO UPDATE
         SET name = excluded.name, last_contact_at = excluded.last_contact_at",
    )?
    .execute(params![Text(device), Text(person), name, Word(used_as), Moment(now)])?;
    Ok(())
}

/// A person's phone was heard of, and said how much it holds without a receipt.
pub fn heard(
    tx: &Connection,
    device: DeviceId,
    person: PersonId,
    unsent: &Unsent,
    app: &str,
    now: ServerTime,
) -> Result<(), Failed> {
    tx.prepare_cached(
        "UPDATE devices SET last_contact_at = ?3, unsent_records = ?4, unsent_changes = ?5,
           unsent_oldest_at = ?6, app = ?7
         WHERE id = ?1 AND person = ?2",
    )?
    .execute(params![
        Text(device),
        Text(person),
        Moment(now),
        unsent.records,
        unsent.changes,
        unsent.oldest.map(|PhoneTime(ms)| ms),
        app
    ])?;
    Ok(())
}
