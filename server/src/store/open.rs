//! Opens connections: settings that durability rests on are set and then asserted, and the schema is
//! brought up to date.

use std::path::Path;
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags, TransactionBehavior};

use super::Failed;

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

pub(super) fn for_writing(
    file: &Path,
    new_epoch: u64,
    synchronous: Synchronous,
) -> Result<Connection, Failed> {
    let mut connection = Connection::open(as_careful(file)?)?;
    connection.busy_timeout(BUSY_TIMEOUT)?;
    keep_plans(&connection)?;
    // Set first: making the file and switching it to a log are writes too.
    connection.pragma_update(None, "synchronous", synchronous.pragma())?;
    connection.execute_batch("PRAGMA journal_mode = WAL; PRAGMA foreign_keys = ON;")?;
    assert_setting(&connection, "journal_mode", "wal")?;
    assert_setting(&connection, "synchronous", synchronous.pragma())?;
    assert_setting(&connection, "foreign_keys", "1")?;
    match begin_new_log(&connection) {
        // A server beside this process reads, and has begun it when it started.
        Ok(()) | Err(Failed::LogInUse) => {}
        Err(failed) => return Err(failed),
    }
    migrate(&mut connection, new_epoch)?;
    Ok(connection)
}

/// Writes the log into the database, syncs that, and begins a new one. After a failed sync a system may
/// forget what it could not write, and succeed at the next all the same: the log then has a gap on the disk
/// that nobody sees until the power fails, and what was committed behind it would be lost.
pub(super) fn begin_new_log(connection: &Connection) -> Result<(), Failed> {
    let is_busy: bool = connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0))?;
    if is_busy { Err(Failed::LogInUse) } else { Ok(()) }
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
