//! Files of evidence: which are kept, and for which visits they arrived.

use rusqlite::{Connection, OptionalExtension, params};
use sync_core::domain::{DeviceId, FileHash, PersonId, ServerTime, VisitId};

use super::Failed;
use super::columns::{Bits, Moment, Text};

/// The table's name in the register and on the wire: what has arrived of a visit's evidence, as one row.
pub const TABLE: &str = "evidence_arrived";

/// A file that is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptFile {
    /// Its hash, under which it lies in the data folder.
    pub sha256: FileHash,
    /// Its length.
    pub bytes: u32,
    /// What it was found to be.
    pub media_type: String,
}

/// Who sent something, and from where.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sender {
    /// The person.
    pub person: PersonId,
    /// The device.
    pub device: DeviceId,
}

/// Notes that a file is kept.
pub fn keep(tx: &Connection, file: &KeptFile, now: ServerTime) -> Result<(), Failed> {
    tx.prepare_cached(
        "INSERT OR IGNORE INTO evidence_files (sha256, bytes, media_type, stored_at) VALUES (?1, ?2, ?3, ?4)",
    )?
    .execute(params![Text(file.sha256), file.bytes, file.media_type, Moment(now)])?;
    Ok(())
}

/// Notes that somebody sent a file that is kept whole for a visit.
pub fn arrived(
    tx: &Connection,
    visit: VisitId,
    sha256: FileHash,
    sender: Sender,
    now: ServerTime,
) -> Result<(), Failed> {
    tx.prepare_cached(
        "INSERT OR IGNORE INTO evidence_arrivals (visit, sha256, person, device, at)
         VALUES (?1, ?2, ?3, ?4, ?5)",
    )?
    .execute(params![
        Text(visit),
        Text(sha256),
        Text(sender.person),
        Text(sender.device),
        Moment(now)
    ])?;
    Ok(())
}

/// The file with this hash, where it is kept.
pub fn file(connection: &Connection, sha256: FileHash) -> Result<Option<KeptFile>, Failed> {
    let known = connection
        .prepare_cached("SELECT bytes, media_type FROM evidence_files WHERE sha256 = ?1")?
        .query_row([Text(sha256)], |row| Ok(KeptFile { sha256, bytes: row.get(0)?, media_type: row.get(1)? }))
        .optional()?;
    Ok(known)
}

/// The visits for which a file has arrived.
pub fn visits_of(connection: &Connection, sha256: FileHash) -> Result<Vec<VisitId>, Failed> {
    let mut rows = connection
        .prepare_cached("SELECT DISTINCT visit FROM evidence_arrivals WHERE sha256 = ?1 ORDER BY visit")?;
    let visits = rows.query_map([Text(sha256)], |row| Ok(row.get::<_, Text<VisitId>>(0)?.0))?;
    Ok(visits.collect::<Result<_, _>>()?)
}

/// Notes that a file is not kept any more.
pub fn forget(tx: &Connection, sha256: FileHash) -> Result<(), Failed> {
    for sql in [
        "DELETE FROM uploads WHERE sha256 = ?1 AND is_finished",
        "DELETE FROM evidence_arrivals WHERE sha256 = ?1",
        "DELETE FROM evidence_files WHERE sha256 = ?1",
    ] {
        tx.prepare_cached(sql)?.execute([Text(sha256)])?;
    }
    Ok(())
}

/// Goes through all files that are kept, ascending by hash.
pub fn each(
    connection: &Connection,
    mut tell: impl FnMut(&KeptFile) -> Result<(), Failed>,
) -> Result<(), Failed> {
    let mut rows =
        connection.prepare("SELECT sha256, bytes, media_type FROM evidence_files ORDER BY sha256")?;
    let mut rows = rows.query([])?;
    while let Some(row) = rows.next()? {
        let Text(sha256) = row.get(0)?;
        tell(&KeptFile { sha256, bytes: row.get(1)?, media_type: row.get(2)? })?;
    }
    Ok(())
}

/// How many bytes of what this person sent no record names.
pub fn unnamed_bytes(connection: &Connection, person: PersonId) -> Result<u64, Failed> {
    let Bits(bytes) = connection
        .prepare_cached(
            "SELECT coalesce(sum(bytes), 0) FROM evidence_arrivals a JOIN evidence_files USING (sha256)
             WHERE person = ?1 AND NOT EXISTS
               (SELECT 1 FROM visit_evidence e WHERE e.visit = a.visit AND e.sha256 = a.sha256)",
        )?
        .query_row([Text(person)], |row| row.get(0))?;
    Ok(bytes)
}

/// Whether this person sent the file whole before, for whatever visit. Nobody is believed to have a file
/// because they know its hash.
pub fn was_sent_by(connection: &Connection, person: PersonId, sha256: FileHash) -> Result<bool, Failed> {
    let mut arrivals =
        connection.prepare_cached("SELECT 1 FROM evidence_arrivals WHERE person = ?1 AND sha256 = ?2")?;
    Ok(arrivals.exists(params![Text(person), Text(sha256)])?)
}
