//! Files of evidence in backups: each is copied once into a folder beside the backups, found again by its
//! hash, and compared with that whenever it is copied.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};
use sync_core::domain::FileHash;

use crate::data_folder;
use crate::evidence::places::Places;
use crate::store::Failed;
use crate::store::backup::{Part, Progress, evidence_in};
use crate::store::evidence::KeptFile;

/// Bytes read at a time.
const PIECE_BYTES: usize = 64 * 1024;

/// What became of the files of evidence of one backup.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Copied {
    /// So many it names.
    pub files: u64,
    /// So many of them were not there yet, and were copied.
    pub new: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Those that are gone, or are not what they were.
    pub damaged: Vec<FileHash>,
}

impl Copied {
    /// Fails where something is damaged.
    pub fn sound(&self) -> Result<(), Failed> {
        match self.damaged.len() {
            0 => Ok(()),
            damaged => Err(Failed::EvidenceDamaged(damaged)),
        }
    }
}

/// Copies the files that the database `named_in` names from the first of several places where they are
/// sound, unless they are in `to` already. When this returns, all copies are on the disk.
pub(super) fn copy(
    named_in: &Path,
    from: &[Places],
    to: &Places,
    progress: Progress<'_>,
) -> Result<Copied, Failed> {
    let mut copied = Copied::default();
    let mut folders = BTreeSet::new();
    evidence_in(named_in, |file, all| {
        let place = to.file(file.sha256);
        let is_there = fs::metadata(&place).is_ok_and(|there| there.len() == u64::from(file.bytes));
        if !is_there {
            let folder = place.parent().expect("BUG: a file of evidence lies in a folder").to_owned();
            data_folder::make(&folder)?;
            if copy_sound(file, from, &place)? {
                folders.insert(folder);
                copied.new += 1;
                copied.bytes += u64::from(file.bytes);
            } else {
                copied.damaged.push(file.sha256);
            }
        }
        copied.files += 1;
        progress(Part::Evidence, copied.files, all);
        Ok(())
    })?;
    for folder in folders {
        data_folder::sync(&folder)?;
    }
    Ok(copied)
}

/// Copies a file from the first place where it is what its hash says. Says whether there was one.
fn copy_sound(file: &KeptFile, from: &[Places], to: &Path) -> io::Result<bool> {
    let mut unfinished = to.as_os_str().to_owned();
    unfinished.push(".unfinished");
    let unfinished = PathBuf::from(unfinished);
    for places in from {
        match copy_compared(&places.file(file.sha256), file.sha256, &unfinished) {
            Ok(true) => {
                fs::rename(&unfinished, to)?;
                return Ok(true);
            }
            Ok(false) => {}
            Err(missing) if missing.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
    }
    data_folder::remove(&unfinished)?;
    Ok(false)
}

/// Copies a file, and says whether what was copied has this hash.
fn copy_compared(from: &Path, sha256: FileHash, to: &Path) -> io::Result<bool> {
    let mut from = File::open(from)?;
    let mut options = File::options();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut copy = options.open(to)?;
    let mut hasher = Sha256::new();
    let mut piece = vec![0; PIECE_BYTES];
    loop {
        let read = from.read(&mut piece)?;
        if read == 0 {
            break;
        }
        hasher.update(&piece[..read]);
        copy.write_all(&piece[..read])?;
    }
    copy.sync_all()?;
    Ok(hasher.finalize().as_slice() == sha256.as_bytes())
}
