//! How much room is left where the data lies. New work is refused while there is still some, so that
//! reading, signing in and what the server itself must write go on.

use std::io;
use std::path::{Path, PathBuf};

/// So much stays free, unless the command line says otherwise.
pub const RESERVE_MIB: u64 = 256;

/// The room on the disk.
pub struct Disk {
    free: Box<dyn Fn() -> io::Result<u64> + Send + Sync>,
    reserve: u64,
}

impl Disk {
    /// The file system that holds `folder`, of which `reserve_mib` stay free.
    pub fn of(folder: &Path, reserve_mib: u64) -> Self {
        let folder = PathBuf::from(folder);
        Self::with(move || fs4::available_space(&folder), reserve_mib.saturating_mul(1 << 20))
    }

    /// A disk that says itself how many bytes are free.
    pub fn with(free: impl Fn() -> io::Result<u64> + Send + Sync + 'static, reserve: u64) -> Self {
        Self { free: Box::new(free), reserve }
    }

    /// Whether nothing new is to be kept.
    pub fn is_nearly_full(&self) -> bool {
        match (self.free)() {
            Ok(free) => free < self.reserve,
            Err(error) => {
                tracing::error!(%error, "nobody knows how full the disk is");
                false
            }
        }
    }
}
