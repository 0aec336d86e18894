//! Uploads of evidence: what was announced by whom, and whether it came to its end.

use std::fmt;
use std::str::FromStr;

use rusqlite::{Connection, OptionalExtension, Row, params};
use serde::Deserialize;
use sync_core::domain::id::BadId;
use sync_core::domain::{DeviceId, FileHash, PersonId, ServerTime, VisitId};
use uuid::Uuid;

use super::Failed;
use super::columns::{Bits, Moment, Text};

/// Names an upload.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(transparent)]
pub struct UploadId(Uuid);

impl UploadId {
    /// An id made from random bytes, so that nobody guesses it.
    pub fn random(entropy: [u8; 16]) -> Self {
        Self(uuid::Builder::from_random_bytes(entropy).into_uuid())
    }
}

impl fmt::Display for UploadId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.as_hyphenated().fmt(f)
    }
}

impl FromStr for UploadId {
    type Err = BadId;

    fn from_str(text: &str) -> Result<Self, BadId> {
        Uuid::try_parse(text).map(Self).map_err(|_| BadId { what: "upload id" })
    }
}

/// An upload.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Upload {
    /// Names it.
    pub id: UploadId,
    /// Who sends it.
    pub person: PersonId,
    /// From where.
    pub device: DeviceId,
    /// What was announced.
    pub announced: Announced,
    /// When it was last heard of; after some days of silence it is let go of.
    pub touched_at: ServerTime,
    /// Whether the file arrived whole and is kept.
    pub is_finished: bool,
}

/// What an upload is to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Announced {
    /// The visit whose evidence it is.
    pub visit: VisitId,
    /// The file's hash.
    pub sha256: FileHash,
    /// Its length.
    pub bytes: u32,
    /// Its media type.
    pub media_type: String,
}

const COLUMNS: &str = "id, person, device, visit, sha256, bytes, media_type, touched_at, is_finished";

impl Upload {
    fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        let (Text(id), Text(person), Text(device)) = (row.get(0)?, row.get(1)?, row.get(2)?);
        let (Text(visit), Text(sha256), Moment(touched_at)) = (row.get(3)?, row.get(4)?, row.get(7)?);
        let announced = Announced { visit, sha256, bytes: row.get(5)?, media_type: row.get(6)? };
        Ok(Self { id, person, device, announced, touched_at, is_finished: row.get(8)? })
    }
}

/// The upload with this id.
pub fn get(connection: &Connection, id: UploadId) -> Result<Option<Upload>, Failed> {
    let known = connection
        .prepare_cached(&format!("SELECT {COLUMNS} FROM uploads WHERE id = ?1"))?
        .query_row([Text(id)], Upload::read)
        .optional()?;
    Ok(known)
}

/// The upload of the same, announced before from the same device by the same person.
pub fn of_the_same(
    connection: &Connection,
    device: DeviceId,
    person: PersonId,
    announced: &Announced,
) -> Result<Option<Upload>, Failed> {
    let sql = format!(
        "SELECT {COLUMNS} FROM uploads
         WHERE person = ?1 AND sha256 = ?2 AND device = ?3 AND visit = ?4 AND bytes = ?5 AND media_type = ?6"
    );
    let known = connection
        .prepare_cached(&sql)?
        .query_row(
            params![
                Text(person),
                Text(announced.sha256),
                Text(device),
                Text(announced.visit),
                announced.bytes,
                announced.media_type
            ],
            Upload::read,
        )
        .optional()?;
    Ok(known)
}

/// Keeps a new upload.
pub fn insert(tx: &Connection, upload: &Upload) -> Result<(), Failed> {
    let Upload { id, person, device, announced, touched_at, is_finished } = upload;
    let sql = format!("INSERT INTO uploads ({COLUMNS}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)");
    tx.prepare_cached(&sql)?.execute(params![
        Text(id),
        Text(person),
        Text(device),
        Text(announced.visit),
        Text(announced.sha256),
        announced.bytes,
        announced.media_type,
        Moment(*touched_at),
        is_finished,
    ])?;
    Ok(())
}

/// An upload was heard of.
pub fn touch(tx: &Connection, id: UploadId, now: ServerTime) -> Result<(), Failed> {
    tx.prepare_cached("UPDATE uploads SET touched_at = ?2 WHERE id = ?1")?
        .execute(params![Text(id), Moment(now)])?;
    Ok(())
}

/// An upload came to its end. It stays known, so that a lost answer can be asked for again.
pub fn finish(tx: &Connection, id: UploadId, now: ServerTime) -> Result<(), Failed> {
    tx.prepare_cached("UPDATE uploads SET touched_at = ?2, is_finished = 1 WHERE id = ?1")?
        .execute(params![Text(id), Moment(now)])?;
    Ok(())
}

/// Lets go of an upload.
pub fn delete(tx: &Connection, id: UploadId) -> Result<(), Failed> {
    tx.prepare_cached("DELETE FROM uploads WHERE id = ?1")?.execute([Text(id)])?;
    Ok(())
}

/// Lets go of the uploads that were not heard of since `before`. Returns how many had not come to their end.
pub fn delete_silent(tx: &Connection, before: ServerTime) -> Result<usize, Failed> {
    tx.execute("DELETE FROM uploads WHERE is_finished AND touched_at < ?1", [Moment(before)])?;
    Ok(tx.execute("DELETE FROM uploads WHERE touched_at < ?1", [Moment(before)])?)
}

/// The uploads under way.
pub fn under_way(connection: &Connection) -> Result<Vec<UploadId>, Failed> {
    let mut rows = connection.prepare("SELECT id FROM uploads WHERE NOT is_finished")?;
    let ids = rows.query_map([], |row| Ok(row.get::<_, Text<UploadId>>(0)?.0))?;
    Ok(ids.collect::<Result<_, _>>()?)
}

/// How much is announced and not there yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Waiting {
    /// How many uploads of this person.
    pub uploads_of_one: u64,
    /// Their bytes.
    pub bytes_of_one: u64,
    /// The bytes of everybody's.
    pub bytes: u64,
}

/// How much of this person and of everybody is announced and not there yet.
pub fn waiting(connection: &Connection, person: PersonId) -> Result<Waiting, Failed> {
    let waiting = connection
        .prepare_cached(
            "SELECT coalesce(sum(person = ?1), 0), coalesce(sum(bytes) FILTER (WHERE person = ?1), 0),
               coalesce(sum(bytes), 0)
             FROM uploads WHERE NOT is_finished",
        )?
        .query_row([Text(person)], |row| {
            let (Bits(uploads_of_one), Bits(bytes_of_one), Bits(bytes)) =
                (row.get(0)?, row.get(1)?, row.get(2)?);
            Ok(Waiting { uploads_of_one, bytes_of_one, bytes })
        })?;
    Ok(waiting)
}
