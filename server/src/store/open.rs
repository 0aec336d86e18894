//! Opens connections: settings that durability rests on are set and then asserted, and the schema is
//! brought up to date.

use std::io;
use std::path::Path;
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::hooks::Wal;
use rusqlite::{Connection, ErrorCode, OpenFlags, TransactionBehavior, ffi};

use super::Failed;
use crate::data_folder;

/// Forward only, in order; one that was released never changes.
const MIGRATIONS: [&str; 6] = [
    include_str!("migrations/0001.sql"),
    include_str!("migrations/0002.sql"),
    include_str!("migrations/0003.sql"),
    include_str!("migrations/0004.sql"),
    include_str!("migrations/0005.sql"),
    include_str!("migrations/0006.sql"),
];

/// How long a connection waits for another process, such as `xunfang grant` beside a running server.
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);

/// Prepared statements that a connection keeps; more than the server has of different ones.
const STATEMENTS_KEPT: usize = 256;

/// How far a write has come when it is answered (SQLite's `synchronous`). The server only ever asks for
/// all of it; less is for tests, which must see what gets lost then, or they could not have seen any loss.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Synchronous {
    /// On the disk.
    Full,
    /// With the operating system; on the disk at the next checkpoint.
    Normal,
    /// With the operating system, in no order.
    Off,
}

impl Synchronous {
    /// As SQLite counts them.
    fn pragma(self) -> &'static str {
        match self {
            Self::Full => "2",
            Self::Normal => "1",
            Self::Off => "0",
        }
    }
}

/// How the log is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Logging {
    /// How far a write has come when it is answered.
    pub synchronous: Synchronous,
    /// The log is written into the database once it has so many pages.
    pub pages_max: i32,
}

impl Default for Logging {
    /// As it is served; as many pages as SQLite takes by itself.
    fn default() -> Self {
        Self { synchronous: Synchronous::Full, pages_max: 1000 }
    }
}

pub(super) fn for_writing(file: &Path, new_epoch: u64, logging: Logging) -> Result<Connection, Failed> {
    put_log_down_again(file)?;
    let mut connection = Connection::open(as_careful(file)?)?;
    connection.busy_timeout(BUSY_TIMEOUT)?;
    keep_plans(&connection)?;
    takes_log_away_at_end(&connection, false)?;
    // Set first: making the file and switching it to a log are writes too.
    connection.pragma_update(None, "synchronous", logging.synchronous.pragma())?;
    connection.execute_batch("PRAGMA journal_mode = WAL; PRAGMA foreign_keys = ON;")?;
    assert_setting(&connection, "journal_mode", "wal")?;
    assert_setting(&connection, "synchronous", logging.synchronous.pragma())?;
    assert_setting(&connection, "foreign_keys", "1")?;
    checkpoint_by_ourselves(&mut connection, logging.pages_max)?;
    migrate(&mut connection, new_epoch)?;
    Ok(connection)
}

/// Puts a synced copy of the log in its place, so that SQLite reads nothing in it that is not on the disk.
///
/// What an earlier process failed to sync may still be read and yet never come to the disk, whatever is synced
/// later: Linux takes it for written (Rebello and others, "Can Applications Recover from fsync Failures?",
/// USENIX ATC 2020). SQLite would find a whole commit there, and what it adds behind that would be lost with the
/// power; written into the database, it would come out half.
fn put_log_down_again(file: &Path) -> Result<(), Failed> {
    let alone = Connection::open(file)?;
    alone.busy_timeout(Duration::ZERO)?;
    takes_log_away_at_end(&alone, false)?;
    alone.pragma_update(None, "locking_mode", "EXCLUSIVE")?;
    match alone.pragma_query_value(None, "schema_version", |_| Ok(())) {
        Ok(()) => {}
        // Somebody writes in this log, and put it down again before.
        Err(error) if error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy) => return Ok(()),
        Err(error) => return Err(error.into()),
    }
    let mut log = file.as_os_str().to_owned();
    log.push("-wal");
    match std::fs::read(&log) {
        Ok(bytes) => Ok(data_folder::put(Path::new(&log), &bytes)?),
        Err(missing) if missing.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error.into()),
    }
}

/// Writes the log into the database whenever it has so many pages. SQLite would do it by itself, but tells nobody
/// where the disk fails to sync the log or the database at that; here the commit fails then.
fn checkpoint_by_ourselves(connection: &mut Connection, pages_max: i32) -> Result<(), Failed> {
    let checkpoint = move |log: &mut Wal, pages| match pages < pages_max {
        true => Ok(()),
        false => log.checkpoint().or_else(|error| match is_failed_sync(&error) {
            true => Err(error),
            // For want of room, or because somebody is at it already. The log grows until it is done.
            false => Ok(()),
        }),
    };
    Ok(connection.wal_hook(Some(checkpoint))?)
}

/// Whether the last connection, when it is closed, writes the log into the database and deletes it. Only where no
/// sync failed: what was to be synced then may be read wrong, and would come into the database so.
pub(super) fn takes_log_away_at_end(connection: &Connection, takes: bool) -> Result<(), Failed> {
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, !takes)?;
    Ok(())
}

/// Whether the disk failed to sync.
pub(super) fn is_failed_sync(error: &rusqlite::Error) -> bool {
    let code = error.sqlite_error().map(|error| error.extended_code);
    matches!(code, Some(ffi::SQLITE_IOERR_FSYNC | ffi::SQLITE_IOERR_DIR_FSYNC))
}

/// Names the file so that SQLite trusts the disk less than it does by default: the power may fail in the middle
/// of a sector, and what was synced in the same sector before is then gone too. No commit shares a sector of
/// the log with one before it; that costs at most one page a commit.
fn as_careful(file: &Path) -> Result<String, Failed> {
    let path = std::path::absolute(file)?;
    let path = path.to_str().ok_or_else(|| std::io::Error::other("its name is not UTF-8"))?;
    // What would end the path in a URI (https://www.sqlite.org/uri.html).
    let path = path.replace('%', "%25").replace('?', "%3f").replace('#', "%23");
    Ok(format!("file:{path}?psow=0"))
}

pub(super) fn for_reading(file: &Path) -> Result<Connection, Failed> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(file, flags)?;
    connection.busy_timeout(BUSY_TIMEOUT)?;
    keep_plans(&connection)?;
    Ok(connection)
}

/// Statements are prepared once. SQLite would otherwise plan some of them again for every new value,
/// although it has no statistics that tell values apart.
fn keep_plans(connection: &Connection) -> Result<(), Failed> {
    connection.set_prepared_statement_cache_capacity(STATEMENTS_KEPT);
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    Ok(())
}

pub(super) fn epoch(connection: &Connection) -> Result<u64, Failed> {
    let text: String =
        connection.query_row("SELECT value FROM meta WHERE key = 'epoch'", [], |row| row.get(0))?;
    text.parse().map_err(|_| Failed::Contradiction(format!("the epoch is {text:?}")))
}

fn assert_setting(connection: &Connection, pragma: &'static str, wanted: &'static str) -> Result<(), Failed> {
    let found: rusqlite::types::Value = connection.pragma_query_value(None, pragma, |row| row.get(0))?;
    let found = match found {
        rusqlite::types::Value::Integer(number) => number.to_string(),
        rusqlite::types::Value::Text(text) => text,
        other => format!("{other:?}"),
    };
    if found == wanted { Ok(()) } else { Err(Failed::Setting { pragma, wanted, found }) }
}

/// The version of the schema, which this build knows.
pub(super) fn version(connection: &Connection) -> Result<u32, Failed> {
    let known = MIGRATIONS.len() as u32;
    let found = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    if found > known { Err(Failed::Newer { found, known }) } else { Ok(found) }
}

fn migrate(connection: &mut Connection, new_epoch: u64) -> Result<(), Failed> {
    let tx = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let found = version(&tx)?;
    for migration in &MIGRATIONS[found as usize..] {
        tx.execute_batch(migration)?;
    }
    if found == 0 {
        tx.execute("INSERT INTO meta (key, value) VALUES ('epoch', ?1)", [new_epoch.to_string()])?;
    }
    tx.pragma_update(None, "user_version", MIGRATIONS.len() as u32)?;
    tx.commit()?;
    Ok(())
}
