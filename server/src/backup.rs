//! Backups: made beside a running server, read through before they count, named by time and by how far
//! the log went; put back into a data folder as another life of the store.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use sync_core::domain::ServerTime;
use time::{Date, Month, PrimitiveDateTime, Time};

use crate::data_folder;
use crate::evidence::places::Places;
use crate::people::tokens::KEY_FILE;
use crate::store::backup::{self, Contents, Progress};
use crate::store::{FILE, Failed};

pub mod evidence;
pub mod keeper;
mod restore;
pub mod retention;
pub mod schedule;

use evidence::Copied;
pub use restore::{Restored, restore};

/// What a backup is called until it is whole, fsynced and read through.
const UNFINISHED: &str = ".xunfang-backup.part";

/// A backup in a folder, known by its name: `xunfang-20260422-023000-1234.sqlite`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Name {
    /// When it was made, to the second; in the name as clocks in China show it.
    pub at: ServerTime,
    /// The newest position of the log.
    pub seq: u64,
}

impl std::fmt::Display for Name {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "xunfang-{}-{}.sqlite", stamp(self.at), self.seq)
    }
}

/// A moment as it stands in names: day and time in China.
fn stamp(at: ServerTime) -> String {
    let shown = at.in_china();
    let (day, time) = (shown.date(), shown.time());
    let (month, hour, minute, second) = (u8::from(day.month()), time.hour(), time.minute(), time.second());
    format!("{:04}{month:02}{:02}-{hour:02}{minute:02}{second:02}", day.year(), day.day())
}

/// Something that is not called like a backup.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotAName;

impl FromStr for Name {
    type Err = NotAName;

    fn from_str(text: &str) -> Result<Self, NotAName> {
        let parse = || {
            let rest = text.strip_prefix("xunfang-")?.strip_suffix(".sqlite")?;
            let (stamp, seq) = rest.rsplit_once('-')?;
            let (day, time) = stamp.split_once('-')?;
            if day.len() != 8 || time.len() != 6 || !stamp.is_ascii() {
                return None;
            }
            let number = |text: &str| text.parse::<u8>().ok();
            let month = Month::try_from(number(&day[4..6])?).ok()?;
            let day = Date::from_calendar_date(day[..4].parse().ok()?, month, number(&day[6..])?).ok()?;
            let time = Time::from_hms(number(&time[..2])?, number(&time[2..4])?, number(&time[4..])?).ok()?;
            let at = ServerTime::from_china(PrimitiveDateTime::new(day, time));
            let name = Name { at, seq: seq.parse().ok()? };
            (name.to_string() == text).then_some(name)
        };
        parse().ok_or(NotAName)
    }
}

/// A backup that was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Made {
    /// Where it is.
    pub file: PathBuf,
    /// How large it is.
    pub bytes: u64,
    /// What it holds.
    pub contents: Contents,
    /// The files of evidence that it names, which lie beside it.
    pub evidence: Copied,
}

/// Makes a backup of the store in the folder `data`: in the folder `to` under its own [`Name`], or in the
/// file `to` where that ends in `.sqlite`. It gets its name once it is on the disk and was read through, and
/// the files of evidence that it names lie in the folder `evidence` beside it.
pub fn make(data: &Path, to: &Path, now: ServerTime, progress: Progress<'_>) -> Result<Made, Failed> {
    let store = data.join(FILE);
    if !store.is_file() {
        return Err(Failed::NoStore);
    }
    let is_file = to.extension().is_some_and(|ending| ending == "sqlite") && !to.is_dir();
    let folder = match to.parent().filter(|folder| is_file && !folder.as_os_str().is_empty()) {
        Some(folder) => folder,
        None if is_file => Path::new("."),
        None => to,
    };
    if is_file && to.exists() {
        return Err(Failed::Exists);
    }
    data_folder::make(folder)?;
    let unfinished = Unfinished::take(folder.join(UNFINISHED))?;
    let token_key = match std::fs::read(data.join(KEY_FILE)) {
        Ok(key) => Some(key),
        Err(missing) if missing.kind() == std::io::ErrorKind::NotFound => None,
        Err(error) => return Err(error.into()),
    };
    let contents = backup::copy(&store, &unfinished.file, token_key.as_deref(), now, progress)?;
    let (from, beside) = ([Places::within(data)], Places::within(folder));
    let evidence = evidence::copy(&unfinished.file, &from, &beside, progress)?;
    let file = match is_file {
        true => to.to_owned(),
        false => folder.join(Name { at: now, seq: contents.seq }.to_string()),
    };
    let bytes = std::fs::metadata(&unfinished.file)?.len();
    std::fs::rename(&unfinished.file, &file)?;
    data_folder::sync(folder)?;
    Ok(Made { file, bytes, contents, evidence })
}

/// The names of the backups in a folder, the oldest first; none where there is no such folder.
pub fn list(folder: &Path) -> std::io::Result<Vec<Name>> {
    let entries = match std::fs::read_dir(folder) {
        Err(missing) if missing.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries?,
    };
    let mut names = Vec::new();
    for entry in entries {
        names.extend(entry?.file_name().to_str().and_then(|name| name.parse::<Name>().ok()));
    }
    names.sort_unstable();
    Ok(names)
}

/// A file on its way to being a backup, this process's alone, readable for its account only; gone if it
/// doesn't get there.
struct Unfinished {
    file: PathBuf,
    _held: File,
}

impl Unfinished {
    fn take(file: PathBuf) -> Result<Self, Failed> {
        let mut options = File::options();
        options.create(true).truncate(false).write(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let held = options.open(&file)?;
        match held.try_lock() {
            Ok(()) => {}
            Err(std::fs::TryLockError::WouldBlock) => return Err(Failed::BackupUnderWay),
            Err(std::fs::TryLockError::Error(error)) => return Err(error.into()),
        }
        // What a backup that was cut off left there.
        held.set_len(0)?;
        remove_beside(&file)?;
        Ok(Self { file, _held: held })
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        // Once it got its name there is nothing left to remove.
        let _ = std::fs::remove_file(&self.file);
        let _ = remove_beside(&self.file);
    }
}

/// Removes what SQLite may have left beside a database file.
fn remove_beside(file: &Path) -> std::io::Result<()> {
    for ending in ["-journal", "-wal", "-shm"] {
        let mut beside = file.as_os_str().to_owned();
        beside.push(ending);
        data_folder::remove(Path::new(&beside))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests;
