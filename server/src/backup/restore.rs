//! Puts a backup back into a data folder. Nothing there is touched before the backup was read through,
//! and nothing is ever deleted: what was there is moved aside.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};

use sync_core::domain::ServerTime;

use super::evidence::{self, Copied};
use super::{remove_beside, stamp};
use crate::data_folder;
use crate::evidence::places::{FOLDER, Places};
use crate::people::tokens::KEY_FILE;
use crate::read_tables::visit_evidence;
use crate::store::backup::{Contents, Progress, amend, head, revive, verify};
use crate::store::lock::Lock;
use crate::store::restores::Restore;
use crate::store::{FILE, Failed, HALF_RESTORED};

/// What a data folder holds that a restore replaces.
const REPLACED: [&str; 5] = [FILE, "xunfang.sqlite-wal", "xunfang.sqlite-shm", KEY_FILE, FOLDER];
/// The restored files until everything is ready.
const NEW_STORE: &str = "restored.sqlite";
const NEW_KEY: &str = "restored-token-key.pem";
const NEW_EVIDENCE: &str = "restored-evidence";

/// A restore that was done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Restored {
    /// What the backup held.
    pub contents: Contents,
    /// The life of the store that began.
    pub restore: Restore,
    /// The files of evidence that were put back. Those that the backup names and nobody has any more have
    /// not arrived in the restored store: phones that still have them send them again.
    pub evidence: Copied,
    /// Where what was in the data folder is now, if anything was.
    pub aside: Option<PathBuf>,
}

/// Restores the backup `from` into the folder `data`, in the life `epoch`, which should be random. Where
/// the folder holds a store, that is moved into a folder within it, if `set_aside` says so.
///
/// A restore that is cut off leaves a mark with which nothing else opens the folder; the same restore
/// again finishes it.
///
/// # Errors
/// Up to the moment when files are put in their places, nothing is changed.
pub fn restore(
    from: &Path,
    data: &Path,
    set_aside: bool,
    epoch: u64,
    now: ServerTime,
    progress: Progress<'_>,
) -> Result<Restored, Failed> {
    verify(from, progress)?;
    let _lock = Lock::take(data)?;
    let mark = data.join(HALF_RESTORED);
    let aside = match fs::read_to_string(&mark) {
        Ok(name) => Some(name).filter(|name| !name.is_empty()),
        Err(missing) if missing.kind() == std::io::ErrorKind::NotFound => {
            let is_occupied = data.join(FILE).exists() || data.join(FOLDER).exists();
            if is_occupied && !set_aside {
                return Err(Failed::Occupied);
            }
            is_occupied.then(|| format!("before-restore-{}", stamp(now)))
        }
        Err(error) => return Err(error.into()),
    };
    let name = from.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let prepared =
        Prepared { store: data.join(NEW_STORE), key: data.join(NEW_KEY), evidence: data.join(NEW_EVIDENCE) };
    let contents = prepared.fill(from, progress)?;
    let old = aside.as_ref().map(|aside| data.join(aside).join(FILE)).filter(|old| old.exists());
    let replaced_seq = head(&old.unwrap_or_else(|| data.join(FILE)), None).ok().map(|(seq, _)| seq);
    let restore = revive(&prepared.store, &contents, name, epoch, replaced_seq, now)?;
    // Where this restore was cut off before, the evidence may have its place already.
    let old_evidence = aside.as_ref().map(|aside| data.join(aside).join(FOLDER));
    let is_placed =
        mark.exists() && data.join(FOLDER).exists() && old_evidence.as_ref().is_none_or(|old| old.exists());
    let beside = from.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let sources =
        [Places::within(beside), Places::within(data)].into_iter().chain(old_evidence.map(Places::at));
    let into = if is_placed { Places::within(data) } else { Places::at(prepared.evidence.clone()) };
    data_folder::make(&prepared.evidence)?;
    let evidence = evidence::copy(&prepared.store, &sources.collect::<Vec<_>>(), &into, progress)?;
    data_folder::sync(data)?;
    amend(&prepared.store, epoch, |tx| visit_evidence::forget(tx, &evidence.damaged, now))?;

    let mut file = File::create(&mark)?;
    file.write_all(aside.as_deref().unwrap_or_default().as_bytes())?;
    file.sync_all()?;
    data_folder::sync(data)?;
    let aside = aside.map(|aside| data.join(aside));
    if let Some(aside) = &aside {
        move_aside(data, aside)?;
    }
    if !is_placed {
        fs::rename(&prepared.evidence, data.join(FOLDER))?;
    }
    if contents.token_key.is_some() {
        fs::rename(&prepared.key, data.join(KEY_FILE))?;
    }
    fs::rename(&prepared.store, data.join(FILE))?;
    data_folder::sync(data)?;
    fs::remove_file(&mark)?;
    data_folder::sync(data)?;
    Ok(Restored { contents, restore, evidence, aside })
}

/// Moves what a restore replaces, unless a restore that was cut off has moved it already.
fn move_aside(data: &Path, aside: &Path) -> std::io::Result<()> {
    fs::create_dir_all(aside)?;
    for file in REPLACED {
        let (from, to) = (data.join(file), aside.join(file));
        if from.exists() && !to.exists() {
            fs::rename(from, to)?;
        }
    }
    // Says that what there was of evidence has been moved.
    fs::create_dir_all(aside.join(FOLDER))?;
    data_folder::sync(aside)?;
    data_folder::sync(data)
}

/// The restored files beside the places that they will take; removed if they don't get there.
struct Prepared {
    store: PathBuf,
    key: PathBuf,
    evidence: PathBuf,
}

impl Prepared {
    /// Copies the backup and reads the copy through.
    fn fill(&self, from: &Path, progress: Progress<'_>) -> Result<Contents, Failed> {
        self.clear()?;
        fs::copy(from, &self.store)?;
        File::open(&self.store)?.sync_all()?;
        let contents = verify(&self.store, progress)?;
        if let Some(key) = &contents.token_key {
            data_folder::put(&self.key, key)?;
        }
        Ok(contents)
    }

    fn clear(&self) -> std::io::Result<()> {
        remove_beside(&self.store)?;
        data_folder::remove(&self.store)?;
        data_folder::remove(&self.key)?;
        match fs::remove_dir_all(&self.evidence) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }
}

impl Drop for Prepared {
    fn drop(&mut self) {
        // What has taken its place is not here any more.
        let _ = self.clear();
    }
}
