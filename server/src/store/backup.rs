//! Copies of the store: taken while others write, closed in themselves, and read through before anybody
//! relies on one.
//!
//! A backup is the database as it was at one moment, with a table `backup` of one row: when it was made,
//! how far the log went, the key that signs tokens, and a digest over everything else in it.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use rusqlite::backup::{Backup, StepResult};
use rusqlite::types::ValueRef;
use rusqlite::{Connection, ErrorCode, OpenFlags, OptionalExtension, Transaction, params};
use sha2::{Digest, Sha256};
use sync_core::domain::ServerTime;

use super::columns::{Bits, Moment};
use super::evidence::{self, KeptFile};
use super::restores::{self, Restore};
use super::{Failed, Logging, change_log, open};

/// Pages copied before progress is told.
const PAGES_A_STEP: i32 = 1024;
/// In the header of every backup (SQLite file format §1.3.15): "XfBk".
const APPLICATION_ID: u32 = 0x5866_426b;
/// How a database file starts (SQLite file format §1.3).
const MAGIC: &[u8; 16] = b"SQLite format 3\0";

/// What a backup holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contents {
    /// The moment it is of.
    pub made_at: ServerTime,
    /// The newest position of the log.
    pub seq: u64,
    /// The chained hash there.
    pub hash: Vec<u8>,
    /// The key that signs tokens, as PEM; none where the store was never served.
    pub token_key: Option<Vec<u8>>,
    /// How many visits it holds.
    pub visits: u64,
    /// How many changes they are made of.
    pub changes: u64,
}

/// Told of each part of the work: how much of how much is done.
pub type Progress<'a> = &'a mut dyn FnMut(Part, u64, u64);

/// A part of the work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// Copying pages.
    Copy,
    /// Reading the copy through.
    Check,
    /// Copying files of evidence.
    Evidence,
}

/// Copies the store in the file `store` into `into`, an empty file, as it is at this moment. Others may
/// write meanwhile: they neither wait nor show in the copy.
pub fn copy(
    store: &Path,
    into: &Path,
    token_key: Option<&[u8]>,
    now: ServerTime,
    progress: Progress<'_>,
) -> Result<Contents, Failed> {
    let source = open::for_reading(store)?;
    let moment = source.unchecked_transaction()?;
    open::version(&moment)?;
    // The first read is what holds the moment: without it, every commit would start the copy anew.
    let (seq, hash) = change_log::newest(&moment)?;
    copy_pages(&moment, into, progress)?;
    drop(moment);
    drop(source);

    let copy = Connection::open(into)?;
    copy.pragma_update(None, "journal_mode", "DELETE")?;
    copy.pragma_update(None, "application_id", APPLICATION_ID)?;
    copy.execute_batch(
        "CREATE TABLE backup (
           made_at INTEGER NOT NULL,
           seq INTEGER NOT NULL,
           hash BLOB NOT NULL,
           token_key BLOB,
           digest BLOB
         ) STRICT",
    )?;
    copy.execute(
        "INSERT INTO backup (made_at, seq, hash, token_key) VALUES (?1, ?2, ?3, ?4)",
        params![Moment(now), Bits(seq), hash, token_key],
    )?;
    copy.execute("UPDATE backup SET digest = ?1", [digest(&copy)?])?;
    copy.close().map_err(|(_, error)| error)?;
    File::open(into)?.sync_all()?;
    verify(into, progress)
}

fn copy_pages(moment: &Connection, into: &Path, progress: Progress<'_>) -> Result<(), Failed> {
    let mut copy = Connection::open(into)?;
    let backup = Backup::new(moment, &mut copy)?;
    loop {
        let step = backup.step(PAGES_A_STEP)?;
        let pages = backup.progress();
        progress(Part::Copy, (pages.pagecount - pages.remaining) as u64, pages.pagecount as u64);
        match step {
            StepResult::More => {}
            StepResult::Done => return Ok(()),
            stuck => {
                return Err(Failed::Contradiction(format!("copying the store came to a halt: {stuck:?}")));
            }
        }
    }
}

/// Reads a backup through: every page, every value, and the log from its first row.
///
/// # Errors
/// [`Failed::NotABackup`], [`Failed::Damaged`], [`Failed::Newer`].
pub fn verify(file: &Path, progress: Progress<'_>) -> Result<Contents, Failed> {
    check_header(file)?;
    verify_content(file, progress).map_err(|failed| match failed {
        Failed::Contradiction(why) => Failed::Damaged(why),
        Failed::Database(error) if is_damage(&error) => Failed::Damaged(error.to_string()),
        failed => failed,
    })
}

fn is_damage(error: &rusqlite::Error) -> bool {
    match error.sqlite_error_code() {
        Some(code) => {
            matches!(code, ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase | ErrorCode::Unknown)
        }
        None => true,
    }
}

/// Looks at the file without SQLite, which would open anything, and wait for nothing better.
fn check_header(file: &Path) -> Result<(), Failed> {
    let mut file = File::open(file)?;
    let mut header = [0; 100];
    let length = file.metadata()?.len();
    if length < header.len() as u64 {
        return Err(Failed::NotABackup);
    }
    file.read_exact(&mut header)?;
    let word = |at: usize| u32::from_be_bytes([header[at], header[at + 1], header[at + 2], header[at + 3]]);
    if !header.starts_with(MAGIC) || word(68) != APPLICATION_ID {
        return Err(Failed::NotABackup);
    }
    let page_bytes = match u16::from_be_bytes([header[16], header[17]]) {
        1 => 65_536,
        bytes => u64::from(bytes),
    };
    let whole = page_bytes * u64::from(word(28));
    if length == whole {
        Ok(())
    } else {
        Err(Failed::Damaged(format!("it has {length} bytes and should have {whole}")))
    }
}

fn verify_content(file: &Path, progress: Progress<'_>) -> Result<Contents, Failed> {
    let backup = Connection::open_with_flags(file, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    open::version(&backup)?;
    let found: String = backup.query_row("PRAGMA integrity_check(1)", [], |row| row.get(0))?;
    if found != "ok" {
        return Err(Failed::Damaged(found));
    }
    if backup.prepare("PRAGMA foreign_key_check")?.exists([])? {
        return Err(Failed::Damaged("a row refers to one that is not there".to_owned()));
    }
    let row = backup
        .query_row("SELECT made_at, seq, hash, token_key, digest FROM backup", [], |row| {
            let (Moment(made_at), Bits(seq)) = (row.get(0)?, row.get(1)?);
            let noted: Vec<u8> = row.get(4)?;
            Ok((made_at, seq, row.get::<_, Vec<u8>>(2)?, row.get::<_, Option<Vec<u8>>>(3)?, noted))
        })
        .optional()?;
    let (made_at, seq, hash, token_key, noted) =
        row.ok_or_else(|| Failed::Damaged("it does not say what it holds".to_owned()))?;
    if noted != digest(&backup)? {
        return Err(Failed::Damaged("it does not hold what it held when it was made".to_owned()));
    }
    let end = change_log::follow(&backup, |at| {
        if at.is_multiple_of(10_000) || at == seq {
            progress(Part::Check, at, seq);
        }
    })?;
    if end != (seq, hash.clone()) {
        return Err(Failed::Damaged(format!("its log ends at {} instead of {seq}", end.0)));
    }
    let count = |table| {
        let Bits(count) = backup.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get(0))?;
        Ok::<_, Failed>(count)
    };
    Ok(Contents { made_at, seq, hash, token_key, visits: count("visits")?, changes: count("changes")? })
}

/// Stands for every value of every table, and the schema; the digest itself left out.
fn digest(backup: &Connection) -> Result<Vec<u8>, Failed> {
    let mut hasher = Sha256::new();
    let mut tables = backup.prepare(
        "SELECT name, sql FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name",
    )?;
    let tables = tables.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    for table in tables.collect::<Result<Vec<(String, String)>, _>>()? {
        let (name, sql) = table;
        feed(&mut hasher, b's', sql.as_bytes());
        let columns = if name == "backup" { "made_at, seq, hash, token_key" } else { "*" };
        // Without an index, rows come in the order of the table's own key.
        let mut rows = backup.prepare(&format!("SELECT {columns} FROM \"{name}\" NOT INDEXED"))?;
        let width = rows.column_count();
        let mut rows = rows.query([])?;
        while let Some(row) = rows.next()? {
            for column in 0..width {
                match row.get_ref(column)? {
                    ValueRef::Null => feed(&mut hasher, b'n', &[]),
                    ValueRef::Integer(number) => feed(&mut hasher, b'i', &number.to_be_bytes()),
                    ValueRef::Real(number) => feed(&mut hasher, b'r', &number.to_be_bytes()),
                    ValueRef::Text(text) => feed(&mut hasher, b't', text),
                    ValueRef::Blob(bytes) => feed(&mut hasher, b'b', bytes),
                }
            }
        }
    }
    Ok(hasher.finalize().to_vec())
}

/// Adds a value with its kind and length in front, so that no two contents run together alike.
fn feed(hasher: &mut Sha256, kind: u8, bytes: &[u8]) {
    hasher.update([kind]);
    hasher.update((bytes.len() as u64).to_be_bytes());
    hasher.update(bytes);
}

/// Makes a store of a verified copy of a backup, in its own file: brought up to date, in the life `epoch`,
/// which should be random. The restore is noted in it and returned.
pub fn revive(
    copy: &Path,
    contents: &Contents,
    name: String,
    epoch: u64,
    replaced_seq: Option<u64>,
    now: ServerTime,
) -> Result<Restore, Failed> {
    amend(copy, epoch, |tx| {
        tx.execute_batch("DROP TABLE backup; PRAGMA application_id = 0;")?;
        let restore = Restore {
            epoch,
            of_epoch: open::epoch(tx)?,
            seq: contents.seq,
            hash: contents.hash.clone(),
            at: now,
            backup_made_at: contents.made_at,
            backup_name: name,
            replaced_seq,
        };
        restores::note(tx, &restore)?;
        Ok(restore)
    })
}

/// Changes a store in a file of its own that nobody else has open; what was changed is on the disk when this
/// returns.
pub fn amend<T>(
    file: &Path,
    epoch: u64,
    f: impl FnOnce(&Transaction<'_>) -> Result<T, Failed>,
) -> Result<T, Failed> {
    let mut store = open::for_writing(file, epoch, Logging::default())?;
    let tx = store.transaction()?;
    let done = f(&tx)?;
    tx.commit()?;
    store.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
    store.close().map_err(|(_, error)| error)?;
    File::open(file)?.sync_all()?;
    Ok(done)
}

/// Goes through the files of evidence that the database in `file` names, ascending by hash; tells each
/// with how many there are. One from before there was evidence names none.
pub fn evidence_in(
    file: &Path,
    mut tell: impl FnMut(&KeptFile, u64) -> Result<(), Failed>,
) -> Result<(), Failed> {
    let database = Connection::open_with_flags(file, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    let tables = "SELECT 1 FROM sqlite_schema WHERE name = 'evidence_files'";
    if !database.prepare(tables)?.exists([])? {
        return Ok(());
    }
    let Bits(all) = database.query_row("SELECT count(*) FROM evidence_files", [], |row| row.get(0))?;
    evidence::each(&database, |file| tell(file, all))
}

/// How far the log goes in the store in `file`, and the hash there; at an earlier position where one is
/// given.
///
/// # Errors
/// Where the file is not there or can't be read, or its log hasn't come so far.
pub fn head(file: &Path, at: Option<u64>) -> Result<(u64, Vec<u8>), Failed> {
    let store = open::for_reading(file)?;
    open::version(&store)?;
    match at {
        None => change_log::newest(&store),
        Some(seq) => {
            let hash = change_log::hash_at(&store, seq)?;
            Ok((seq, hash.ok_or_else(|| Failed::Contradiction(format!("the log has no position {seq}")))?))
        }
    }
}
