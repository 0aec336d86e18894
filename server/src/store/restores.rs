//! The lives of the store: each time it was put back from a backup, another began.

use rusqlite::{Connection, params};
use sync_core::domain::ServerTime;

use super::Failed;
use super::columns::{Bits, Moment};

/// A restore.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Restore {
    /// The life that began with it.
    pub epoch: u64,
    /// The life that the backup was of.
    pub of_epoch: u64,
    /// How far the log went in the backup; what came after it there is lost.
    pub seq: u64,
    /// The chained hash there.
    pub hash: Vec<u8>,
    /// When.
    pub at: ServerTime,
    /// When the backup was made.
    pub backup_made_at: ServerTime,
    /// What the backup's file was called.
    pub backup_name: String,
    /// How far the log went of the store that was set aside, where there was one that could be read.
    pub replaced_seq: Option<u64>,
}

/// Notes a restore and begins its life.
pub(super) fn note(tx: &Connection, restore: &Restore) -> Result<(), Failed> {
    tx.execute(
        "INSERT INTO restores (epoch, of_epoch, seq, hash, at, backup_made_at, backup_name, replaced_seq)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        params![
            Bits(restore.epoch),
            Bits(restore.of_epoch),
            Bits(restore.seq),
            restore.hash,
            Moment(restore.at),
            Moment(restore.backup_made_at),
            restore.backup_name,
            restore.replaced_seq.map(Bits),
        ],
    )?;
    tx.execute("UPDATE meta SET value = ?1 WHERE key = 'epoch'", [restore.epoch.to_string()])?;
    Ok(())
}

/// All restores, the newest first.
pub fn all(connection: &Connection) -> Result<Vec<Restore>, Failed> {
    let mut rows = connection.prepare_cached(
        "SELECT epoch, of_epoch, seq, hash, at, backup_made_at, backup_name, replaced_seq FROM restores
         ORDER BY at DESC, seq DESC",
    )?;
    let rows = rows.query_map([], |row| {
        let (Bits(epoch), Bits(of_epoch), Bits(seq)) = (row.get(0)?, row.get(1)?, row.get(2)?);
        let (Moment(at), Moment(backup_made_at)) = (row.get(4)?, row.get(5)?);
        let replaced_seq = row.get::<_, Option<Bits>>(7)?.map(|Bits(seq)| seq);
        Ok(Restore {
            epoch,
            of_epoch,
            seq,
            hash: row.get(3)?,
            at,
            backup_made_at,
            backup_name: row.get(6)?,
            replaced_seq,
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Whether a life is this store's own, or one that it was restored from.
pub fn is_known(connection: &Connection, epoch: u64) -> Result<bool, Failed> {
    let mut known = connection.prepare_cached(
        "SELECT 1 FROM restores WHERE of_epoch = ?1
         UNION ALL SELECT 1 FROM meta WHERE key = 'epoch' AND value = ?2",
    )?;
    Ok(known.exists(params![Bits(epoch), epoch.to_string()])?)
}

/// How far this store's log agrees with that of another life: up to where a backup was taken of it, and
/// not at all as far as anybody knows where none was.
pub fn common_with(connection: &Connection, epoch: u64) -> Result<u64, Failed> {
    let of_it = all(connection)?.into_iter().filter(|restore| restore.of_epoch == epoch);
    Ok(of_it.map(|restore| restore.seq).min().unwrap_or(0))
}
