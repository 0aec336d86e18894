//! What is kept, in one SQLite file: one writer that commits in groups, readers on their own
//! connections. Nothing else in the server opens a connection.
//!
//! A write is answered only after it was committed and synced to the disk; writes that wait together
//! share one commit, and one that fails takes nothing of the others with it.

use std::path::Path;
use std::sync::Arc;

use rusqlite::{Connection, Transaction};
use tokio::sync::{oneshot, watch};

use crate::data_folder;

pub mod areas;
pub mod backup;
pub mod change_log;
pub mod changes;
pub mod columns;
pub mod cooperatives;
pub mod devices;
pub mod documents;
pub mod evidence;
pub mod grants;
pub mod lock;
pub mod meta;
mod open;
pub mod patrol_rules;
pub mod people;
pub mod quarantine;
pub mod quarantine_use;
mod readers;
pub mod remembered;
pub mod restores;
pub mod reviews;
pub mod sessions;
pub mod uploads;
pub mod visits;
mod writer;

pub use open::{Logging, Synchronous};
use readers::Readers;
use writer::Writer;

/// Why the store could not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum Failed {
    /// SQLite refused or failed.
    #[error("the database failed: {0}")]
    Database(#[from] rusqlite::Error),
    /// The data folder can't be used.
    #[error("the data folder can't be used: {0}")]
    Folder(#[from] std::io::Error),
    /// The file was written by a newer server.
    #[error("the data folder was written by a newer server (schema {found}, this one knows {known})")]
    Newer {
        /// The schema version found.
        found: u32,
        /// The newest this build knows.
        known: u32,
    },
    /// Another process has taken the data folder for itself.
    #[error("another xunfang works on this data folder; stop it first")]
    InUse,
    /// A restore was cut off half-way.
    #[error("a restore of this data folder was cut off; run the same `xunfang restore` again")]
    HalfRestored,
    /// There is nothing in the data folder.
    #[error("there is no store in this data folder")]
    NoStore,
    /// The data folder holds a store that a restore would replace.
    #[error(
        "the data folder holds a store already; say --set-aside to keep it in a folder beside the restored one"
    )]
    Occupied,
    /// A backup never replaces a file.
    #[error("there is a file of this name already")]
    Exists,
    /// Somebody else is making a backup into this folder.
    #[error("another backup into this folder is under way")]
    BackupUnderWay,
    /// A file that is no backup of ours.
    #[error("this is not a backup that xunfang made")]
    NotABackup,
    /// A backup that is not what it was when it was made.
    #[error("the backup is damaged: {0}")]
    Damaged(String),
    /// Files of evidence that are gone or altered.
    #[error("{0} files of evidence are gone or damaged; everything else is in the backup")]
    EvidenceDamaged(usize),
    /// A setting that durability rests on did not take.
    #[error("SQLite runs with {pragma} = {found} instead of {wanted}")]
    Setting {
        /// The pragma.
        pragma: &'static str,
        /// What it should be.
        wanted: &'static str,
        /// What it is.
        found: String,
    },
    /// What is kept contradicts itself; a bug or a damaged file.
    #[error("the store contradicts itself: {0}")]
    Contradiction(String),
    /// The group of writes could not be committed; none of them happened.
    #[error("the commit failed: {0}")]
    Commit(Arc<Failed>),
    /// SQLite gave the transaction up, for want of room or because the disk failed.
    #[error("the transaction was given up")]
    GivenUp,
    /// Too many writes wait already.
    #[error("too many writes wait")]
    Overloaded,
    /// The write panicked; nothing of it was kept.
    #[error("the write panicked")]
    Panicked,
    /// The store is closed.
    #[error("the store is closed")]
    Closed,
}

impl Failed {
    /// Whether the disk had no room for it.
    pub fn is_for_want_of_room(&self) -> bool {
        match self {
            Failed::Database(error) => error.sqlite_error_code() == Some(rusqlite::ErrorCode::DiskFull),
            Failed::Commit(error) => error.is_for_want_of_room(),
            Failed::Folder(error) => error.kind() == std::io::ErrorKind::StorageFull,
            _ => false,
        }
    }

    /// Whether the disk failed to sync it. What was to be synced may be lost, whatever is synced later.
    fn is_failed_sync(&self) -> bool {
        matches!(self, Failed::Database(error) if open::is_failed_sync(error))
    }
}

/// The name of the database in the data folder.
pub const FILE: &str = "xunfang.sqlite";
/// Lies in the data folder for as long as a restore is putting files in their places.
pub const HALF_RESTORED: &str = "restore-under-way";

/// The store; cheap to clone.
#[derive(Clone)]
pub struct Store {
    writer: Arc<Writer>,
    readers: Arc<Readers>,
    epoch: u64,
}

impl Store {
    /// Opens the store in the folder `dir`. Where there is none it is made, in the life named by
    /// `new_epoch`, which should be random.
    pub fn open(dir: &Path, new_epoch: u64) -> Result<Self, Failed> {
        Self::open_with(dir, new_epoch, Logging::default())
    }

    /// Opens the store with a log that is kept as said. Only [`Synchronous::Full`] keeps what receipts promise.
    pub fn open_with(dir: &Path, new_epoch: u64, logging: Logging) -> Result<Self, Failed> {
        data_folder::make(dir)?;
        if dir.join(HALF_RESTORED).exists() {
            return Err(Failed::HalfRestored);
        }
        let file = dir.join(FILE);
        let connection = open::for_writing(&file, new_epoch, logging)?;
        let epoch = open::epoch(&connection)?;
        let writer = Arc::new(Writer::start(connection)?);
        Ok(Self { writer, readers: Arc::new(Readers::new(file)), epoch })
    }

    /// The folder it lies in.
    pub fn folder(&self) -> &Path {
        self.readers.folder()
    }

    /// Which life of the store cursors count in. A store restored from a backup starts a new one.
    pub fn epoch(&self) -> u64 {
        self.epoch
    }

    /// The newest committed position of the change log, and a way to wait for the next.
    pub fn newest(&self) -> watch::Receiver<u64> {
        self.writer.newest()
    }

    /// Returns once the disk failed to sync a write. From then on the store takes nothing, and what is read of it
    /// may not be on the disk; only opening it anew, when nobody else has it open, makes it whole.
    pub async fn ended(&self) {
        let mut newest = self.newest();
        while newest.changed().await.is_ok() {}
    }

    /// Runs `f` in the writer's transaction and answers once it is durable. Where `f` fails, nothing
    /// of it is kept, while the writes it shares the commit with stand. Where too many writes wait, it
    /// fails at once as [`Failed::Overloaded`].
    pub async fn write<T, E>(
        &self,
        f: impl FnOnce(&Transaction<'_>) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Failed> + Send + 'static,
    {
        let answer = self.writer.enqueue(f)?;
        answer.await.unwrap_or_else(|_| Err(Failed::Closed.into()))
    }

    /// As [`write`](Self::write), for callers outside of an async runtime, who wait for as long as it
    /// takes.
    pub fn write_blocking<T, E>(
        &self,
        f: impl FnOnce(&Transaction<'_>) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Failed> + Send + 'static,
    {
        let answer: oneshot::Receiver<Result<T, E>> = self.writer.enqueue_blocking(f);
        answer.blocking_recv().unwrap_or_else(|_| Err(Failed::Closed.into()))
    }

    /// Runs `f` on a connection that can't write, in one transaction: everything it reads is of one
    /// moment.
    pub async fn read<T, E>(
        &self,
        f: impl FnOnce(&Connection) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Failed> + Send + 'static,
    {
        let readers = Arc::clone(&self.readers);
        match tokio::task::spawn_blocking(move || readers.read(f)).await {
            Ok(answer) => answer,
            Err(stopped) => match stopped.try_into_panic() {
                Ok(panic) => std::panic::resume_unwind(panic),
                Err(_) => Err(Failed::Closed.into()),
            },
        }
    }

    /// As [`read`](Self::read), for callers outside of an async runtime.
    pub fn read_blocking<T, E>(&self, f: impl FnOnce(&Connection) -> Result<T, E>) -> Result<T, E>
    where
        E: From<Failed>,
    {
        self.readers.read(f)
    }
}

/// Runs `f` so that, where it fails, nothing of it is kept while the transaction around it stands.
pub fn savepoint<T, E>(tx: &Transaction<'_>, f: impl FnOnce(&Transaction<'_>) -> Result<T, E>) -> Result<T, E>
where
    E: From<Failed>,
{
    let run = |sql| tx.execute_batch(sql).map_err(|e| E::from(Failed::from(e)));
    run("SAVEPOINT attempt")?;
    let outcome = f(tx);
    if outcome.is_err() {
        // Where SQLite itself gave the whole transaction up, no savepoint is left to go back to.
        if tx.is_autocommit() {
            return outcome;
        }
        run("ROLLBACK TO attempt")?;
    }
    run("RELEASE attempt")?;
    outcome
}

#[cfg(test)]
mod tests;
