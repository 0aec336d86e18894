//! What a program asked of the files in one folder, in order. Folders that are watched are known to the
//! whole process, because SQLite opens files by their names alone.

use std::collections::BTreeMap;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::disk::{self, Disk};

/// A troubled disk gets full once in so many writes,
const WRITES_UNTIL_FULL: u32 = 150;
/// stays so for as many at most,
const FULL_FOR_MAX: u32 = 12;
/// and fails once in so many syncs.
const SYNCS_UNTIL_FAILURE: u32 = 30;

/// A file, whatever it is called: one that was deleted and made again is another.
pub type FileId = usize;

/// One thing that was asked for.
#[derive(Debug, Clone)]
pub enum Step {
    /// A file was made under a name.
    Made(FileId, String),
    /// Bytes were written at a position.
    Wrote(FileId, u64, Box<[u8]>),
    /// A file was cut, or lengthened, to a size.
    Cut(FileId, u64),
    /// What was written to a file was synced.
    Synced(FileId),
    /// A file was to be synced and was not. What was to be synced is still on its way.
    NotSynced(FileId),
    /// A file was to be synced and was not, and no later sync brings what was to be synced. What of it has come to
    /// the disk is drawn from this seed.
    Forgotten(FileId, u64),
    /// A file was put under a name, whole and synced, by others than SQLite (`server::data_folder::put`).
    Put(FileId, String, Box<[u8]>),
    /// What became of names was synced.
    FolderSynced,
    /// A name was deleted.
    Deleted(String),
    /// So many promises had been made to somebody.
    Promised(usize),
}

/// A folder whose files are watched.
pub struct Recording {
    folder: PathBuf,
    seen: Mutex<Seen>,
    trouble: Mutex<Option<Trouble>>,
}

/// What a system does with what its disk failed to sync.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AfterFailure {
    /// Tries again with the next sync.
    TriesAgain,
    /// Takes it for written, as Linux does: it is read as it was to be, for as long as it is in memory, and what
    /// has not come to the disk never will (Rebello and others, "Can Applications Recover from fsync Failures?",
    /// USENIX ATC 2020).
    Forgets,
}

/// A disk that is full at times, and at times fails to sync. When follows from a seed.
#[derive(Debug)]
pub struct Trouble {
    chance: ChaCha8Rng,
    after_failure: AfterFailure,
    /// So many more writes find no room.
    full_for: u32,
    /// The disk has room, and fails only when it is to sync for this time from now on.
    only_sync: Option<i32>,
}

impl Trouble {
    /// A disk that has room, for now.
    pub fn new(after_failure: AfterFailure, seed: u64) -> Self {
        Self { chance: ChaCha8Rng::seed_from_u64(seed), after_failure, full_for: 0, only_sync: None }
    }

    /// A disk that always has room, and forgets what it is to sync for the `number`th time.
    pub fn at_sync(number: i32, seed: u64) -> Self {
        Self { only_sync: Some(number), ..Self::new(AfterFailure::Forgets, seed) }
    }

    fn has_no_room(&mut self) -> bool {
        if self.only_sync.is_some() {
            return false;
        }
        if self.full_for == 0 && self.chance.random_ratio(1, WRITES_UNTIL_FULL) {
            self.full_for = self.chance.random_range(1..=FULL_FOR_MAX);
        }
        let has_no_room = self.full_for > 0;
        self.full_for = self.full_for.saturating_sub(1);
        has_no_room
    }

    /// What becomes of a file that is to be synced, if the disk fails.
    fn fails_to_sync(&mut self, file: FileId) -> Option<Step> {
        let fails = match &mut self.only_sync {
            Some(number) => {
                *number -= 1;
                *number == 0
            }
            None => self.chance.random_ratio(1, SYNCS_UNTIL_FAILURE),
        };
        fails.then(|| match self.after_failure {
            AfterFailure::TriesAgain => Step::NotSynced(file),
            AfterFailure::Forgets => Step::Forgotten(file, self.chance.random()),
        })
    }
}

struct Seen {
    steps: Vec<Step>,
    /// What came of them.
    disk: Disk,
    names: BTreeMap<String, Known>,
    files: usize,
}

/// A file as it was when it was opened.
struct Known {
    file: FileId,
    /// The system's own number for it.
    inode: u64,
}

impl Seen {
    fn add(&mut self, step: Step) {
        self.disk.apply(&step);
        self.steps.push(step);
    }
}

static WATCHED: Mutex<Vec<Arc<Recording>>> = Mutex::new(Vec::new());

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Recording {
    /// Watches a folder from now on. The files in it are numbered in the order of their names.
    pub fn start(folder: &Path) -> io::Result<Arc<Self>> {
        let folder = folder.canonicalize()?;
        let image = disk::read_from(&folder)?;
        let known = |(file, name): (FileId, &String)| {
            Ok((name.clone(), Known { file, inode: folder.join(name).metadata()?.ino() }))
        };
        let names = image.keys().enumerate().map(known).collect::<io::Result<_>>()?;
        let seen = Seen { steps: Vec::new(), disk: Disk::with(&image), names, files: image.len() };
        let recording = Arc::new(Self { folder, seen: Mutex::new(seen), trouble: Mutex::new(None) });
        locked(&WATCHED).push(Arc::clone(&recording));
        Ok(recording)
    }

    /// Watches no longer. Returns what was asked for.
    pub fn stop(&self) -> Vec<Step> {
        locked(&WATCHED).retain(|other| other.folder != self.folder);
        std::mem::take(&mut locked(&self.seen).steps)
    }

    /// The disk is in trouble from now on, or no more.
    pub fn is_in(&self, trouble: Option<Trouble>) {
        *locked(&self.trouble) = trouble;
    }

    /// Whether the next write finds no room.
    pub(super) fn has_no_room(&self) -> bool {
        locked(&self.trouble).as_mut().is_some_and(Trouble::has_no_room)
    }

    /// Whether the next sync of a file of so many bytes fails. Then it is recorded so, and these pages of it are from
    /// now on read as they are on the disk: position and bytes.
    pub(super) fn fails_to_sync(&self, file: FileId, size: usize) -> Option<Vec<(usize, Vec<u8>)>> {
        let failure = locked(&self.trouble).as_mut()?.fails_to_sync(file)?;
        let mut seen = locked(&self.seen);
        seen.add(failure.clone());
        Some(match failure {
            Step::Forgotten(_, seed) => {
                seen.disk.read_again(file, size, &mut ChaCha8Rng::seed_from_u64(seed))
            }
            _ => Vec::new(),
        })
    }

    /// Whoever watches the folder in which this file lies, and what the file is called there.
    pub(super) fn of(path: &Path) -> Option<(Arc<Self>, String)> {
        let (folder, name) = (path.parent()?, path.file_name()?.to_str()?);
        let watched = locked(&WATCHED);
        let recording = watched.iter().find(|recording| recording.folder == folder)?;
        Some((Arc::clone(recording), name.to_owned()))
    }

    /// A file was opened under a name. Says which it is, and whether it was made just now.
    pub(super) fn opened(&self, name: &str) -> io::Result<(FileId, bool)> {
        let path = self.folder.join(name);
        let inode = path.metadata()?.ino();
        let mut seen = locked(&self.seen);
        let known = seen.names.get(name);
        if let Some(known) = known.filter(|known| known.inode == inode) {
            return Ok((known.file, false));
        }
        let file = seen.files;
        let (is_new, step) = match known {
            None => (true, Step::Made(file, name.to_owned())),
            Some(_) => (false, Step::Put(file, name.to_owned(), std::fs::read(path)?.into())),
        };
        seen.files += 1;
        seen.names.insert(name.to_owned(), Known { file, inode });
        seen.add(step);
        Ok((file, is_new))
    }

    /// A name was deleted.
    pub(super) fn deleted(&self, name: &str) {
        let mut seen = locked(&self.seen);
        seen.names.remove(name);
        seen.add(Step::Deleted(name.to_owned()));
    }

    /// Something else happened.
    pub fn add(&self, step: Step) {
        locked(&self.seen).add(step);
    }
}
