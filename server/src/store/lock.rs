//! One process at a time serves, rebuilds or replaces what a data folder holds. Others may read beside it,
//! or make small writes.

use std::fs::{File, TryLockError};
use std::path::Path;

use super::Failed;
use crate::data_folder;

/// The name of the file that is locked; what it holds means nothing.
const LOCK_FILE: &str = "xunfang.lock";

/// A data folder taken for this process alone, until this is dropped or the process ends, however it ends.
#[derive(Debug)]
pub struct Lock(#[expect(dead_code, reason = "an open file is what holds the lock")] File);

impl Lock {
    /// Takes the folder, which is made when missing.
    ///
    /// # Errors
    /// [`Failed::InUse`] where another process has it.
    pub fn take(dir: &Path) -> Result<Self, Failed> {
        data_folder::make(dir)?;
        let file = File::options().create(true).truncate(false).write(true).open(dir.join(LOCK_FILE))?;
        match file.try_lock() {
            Ok(()) => Ok(Self(file)),
            Err(TryLockError::WouldBlock) => Err(Failed::InUse),
            Err(TryLockError::Error(error)) => Err(error.into()),
        }
    }
}
