//! What a program asked of the files in one folder, in order. Folders that are watched are known to the
//! whole process, because SQLite opens files by their names alone.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

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
    /// A file was to be synced and was not.
    NotSynced(FileId),
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

/// A disk that is full at times, and at times fails to sync. When follows from a seed.
#[derive(Debug)]
pub struct Trouble {
    chance: ChaCha8Rng,
    /// So many more writes find no room.
    full_for: u32,
}

impl Trouble {
    /// A disk that has room, for now.
    pub fn new(seed: u64) -> Self {
        Self { chance: ChaCha8Rng::seed_from_u64(seed), full_for: 0 }
    }

    fn has_no_room(&mut self) -> bool {
        if self.full_for == 0 && self.chance.random_ratio(1, WRITES_UNTIL_FULL) {
            self.full_for = self.chance.random_range(1..=FULL_FOR_MAX);
        }
        let has_no_room = self.full_for > 0;
        self.full_for = self.full_for.saturating_sub(1);
        has_no_room
    }

    fn fails_to_sync(&mut self) -> bool {
        self.chance.random_ratio(1, SYNCS_UNTIL_FAILURE)
    }
}

#[derive(Default)]
struct Seen {
    steps: Vec<Step>,
    names: BTreeMap<String, FileId>,
    files: usize,
}

static WATCHED: Mutex<Vec<Arc<Recording>>> = Mutex::new(Vec::new());

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Recording {
    /// Watches a folder from now on. The files in it are numbered in the order of their names.
    pub fn start(folder: &Path) -> io::Result<Arc<Self>> {
        let mut names = Vec::new();
        for entry in std::fs::read_dir(folder)? {
            names.push(entry?.file_name().to_string_lossy().into_owned());
        }
        names.sort();
        let files = names.len();
        let names = names.into_iter().zip(0..).collect();
        let seen = Mutex::new(Seen { steps: Vec::new(), names, files });
        let recording = Arc::new(Self { folder: folder.canonicalize()?, seen, trouble: Mutex::new(None) });
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

    /// Whether the next sync of a file fails; then it is recorded so.
    pub(super) fn fails_to_sync(&self, file: FileId) -> bool {
        let fails = locked(&self.trouble).as_mut().is_some_and(Trouble::fails_to_sync);
        if fails {
            self.add(Step::NotSynced(file));
        }
        fails
    }

    /// Whoever watches the folder in which this file lies, and what the file is called there.
    pub(super) fn of(path: &Path) -> Option<(Arc<Self>, String)> {
        let (folder, name) = (path.parent()?, path.file_name()?.to_str()?);
        let watched = locked(&WATCHED);
        let recording = watched.iter().find(|recording| recording.folder == folder)?;
        Some((Arc::clone(recording), name.to_owned()))
    }

    /// A file was opened under a name. Says which it is, and whether it was made just now.
    pub(super) fn opened(&self, name: &str) -> (FileId, bool) {
        let mut seen = locked(&self.seen);
        if let Some(known) = seen.names.get(name) {
            return (*known, false);
        }
        let file = seen.files;
        seen.files += 1;
        seen.names.insert(name.to_owned(), file);
        seen.steps.push(Step::Made(file, name.to_owned()));
        (file, true)
    }

    /// A name was deleted.
    pub(super) fn deleted(&self, name: &str) {
        let mut seen = locked(&self.seen);
        seen.names.remove(name);
        seen.steps.push(Step::Deleted(name.to_owned()));
    }

    /// Something else happened.
    pub fn add(&self, step: Step) {
        locked(&self.seen).steps.push(step);
    }
}
