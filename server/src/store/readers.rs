//! Connections that can't write. Each is used by one reader at a time; more wait.

use std::path::{Path, PathBuf};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use rusqlite::Connection;

use super::{Failed, open};

/// Readers at the same time, at most.
const CONNECTIONS_MAX: usize = 8;

pub(super) struct Readers {
    file: PathBuf,
    pool: Mutex<Pool>,
    returned: Condvar,
}

struct Pool {
    idle: Vec<Connection>,
    open: usize,
}

impl Readers {
    pub(super) fn new(file: PathBuf) -> Self {
        Self { file, pool: Mutex::new(Pool { idle: Vec::new(), open: 0 }), returned: Condvar::new() }
    }

    pub(super) fn folder(&self) -> &Path {
        self.file.parent().unwrap_or(Path::new("."))
    }

    pub(super) fn read<T, E>(&self, f: impl FnOnce(&Connection) -> Result<T, E>) -> Result<T, E>
    where
        E: From<Failed>,
    {
        let lent = self.lend()?;
        let connection = lent.connection.as_ref().expect("BUG: a lent connection is there until returned");
        let tx = connection.unchecked_transaction().map_err(Failed::from)?;
        f(&tx)
    }

    fn lend(&self) -> Result<Lent<'_>, Failed> {
        let mut pool = self.lock();
        while pool.idle.is_empty() && pool.open == CONNECTIONS_MAX {
            pool = self.returned.wait(pool).unwrap_or_else(PoisonError::into_inner);
        }
        let connection = match pool.idle.pop() {
            Some(connection) => connection,
            None => {
                let connection = open::for_reading(&self.file)?;
                pool.open += 1;
                connection
            }
        };
        Ok(Lent { readers: self, connection: Some(connection) })
    }

    fn lock(&self) -> MutexGuard<'_, Pool> {
        self.pool.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Goes back to the pool however the reading ends.
struct Lent<'a> {
    readers: &'a Readers,
    connection: Option<Connection>,
}

impl Drop for Lent<'_> {
    fn drop(&mut self) {
        if let Some(connection) = self.connection.take() {
            self.readers.lock().idle.push(connection);
            self.readers.returned.notify_one();
        }
    }
}
