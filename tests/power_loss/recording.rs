//! What a program asked of the files in one folder, in order. Folders that are watched are known to the
//! whole process, because SQLite opens files by their names alone.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

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
        let recording = Arc::new(Self { folder: folder.canonicalize()?, seen });
        locked(&WATCHED).push(Arc::clone(&recording));
        Ok(recording)
    }

    /// Watches no longer. Returns what was asked for.
    pub fn stop(&self) -> Vec<Step> {
        locked(&WATCHED).retain(|other| other.folder != self.folder);
        std::mem::take(&mut locked(&self.seen).steps)
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
