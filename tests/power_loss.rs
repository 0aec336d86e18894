//! The power fails at any moment while the server takes what coordinators send, checkpoints, stops and
//! starts. What is on the disk then is opened as at any start, and compared with the receipts.
//!
//! | module | what it holds |
//! |---|---|
//! | [`shim`] | SQLite's way to its files, which tells what is asked of them |
//! | [`recording`] | what was asked, in order |
//! | [`workload`] | a stretch of the server's life, recorded |
//! | [`disk`] | what may be on the disk when the power fails after any of it |
//!
//! A life of the server goes in stretches: each begins with what a power loss left of the one before, so
//! that the power also fails while the server gets over an earlier failure. A part of the lives is lived on
//! a disk that is full at times and fails to sync: what it did not write must have got no receipt. Some systems
//! try again with the next sync what such a disk failed to sync; others forget it.
//!
//! Two controls run the same with less safety: with `synchronous=NORMAL` receipts must be lost, with `OFF`
//! the database must come out corrupt, or nothing here could have been seen.

use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use clap::Args;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use server::read_tables;
use server::store::{Failed, Store, Synchronous};
use tempfile::TempDir;

use crate::claim::Claim;
use crate::crash::{Found, Promised};
use crate::harness::district::BEGIN;

pub mod disk;
pub mod recording;
pub mod shim;
pub mod workload;

use disk::{Disk, Image};
use recording::{AfterFailure, Step};
use workload::Conditions;

/// How much to run.
#[derive(Debug, Clone, Args)]
pub struct Options {
    /// Images of the disk
    #[arg(long, default_value_t = 10_000)]
    pub images: u64,
    /// Images for each control; a tenth of the others where none is given
    #[arg(long)]
    pub control_images: Option<u64>,
    /// Where chance begins
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
}

/// Images of one recorded stretch.
const IMAGES_A_STRETCH: u64 = 100;
/// Each stretch of a life begins with what a power loss left of the one before; after so many images all
/// begins anew.
const IMAGES_A_LIFE: u64 = 4 * IMAGES_A_STRETCH;
/// One image in so many is of a disk that is full or fails at times.
const TROUBLED_OF: u64 = 4;
/// A control must see something, so it has at least so many images.
const CONTROL_IMAGES_MIN: u64 = 50;

/// Runs everything, controls included.
///
/// # Panics
/// Where a control didn't show what it is there to show: then the rest means nothing.
pub fn claims(options: &Options) -> Vec<Claim> {
    let control_images = options.control_images.unwrap_or((options.images / 10).max(CONTROL_IMAGES_MIN));
    let troubled_images = options.images.div_ceil(TROUBLED_OF);
    let check = |what, synchronous, trouble, size| {
        images(what, Conditions { synchronous, trouble }, size, options.seed)
    };
    let full = check("power loss", Synchronous::Full, None, options.images - 2 * troubled_images);
    let troubled = |what, after| check(what, Synchronous::Full, Some(after), troubled_images);
    let what = "power loss of a disk that is full or fails at times";
    let trying = troubled(what, AfterFailure::TriesAgain);
    let forgetful = troubled("power loss of one that forgets what it failed to sync", AfterFailure::Forgets);
    let normal = check("power loss, synchronous=NORMAL", Synchronous::Normal, None, control_images);
    let off = check("power loss, synchronous=OFF", Synchronous::Off, None, control_images);
    assert!(normal.lost > 0, "with NORMAL nothing was lost: no loss could have been seen");
    assert!(off.corrupt > 0, "with OFF nothing was corrupt: no corruption could have been seen");
    vec![full, trying, forgetful, normal, off]
}

fn images(what: &str, on: Conditions, size: u64, seed: u64) -> Claim {
    shim::install();
    let is_control = on.synchronous != Synchronous::Full;
    let tally = Tally::default();
    let firsts = Mutex::new((0..size).step_by(IMAGES_A_LIFE as usize));
    let live = || {
        loop {
            let Some(first) = locked(&firsts).next() else { return };
            let life = Life { on, seed, first, tally: &tally, tells: !is_control };
            life.run(IMAGES_A_LIFE.min(size - first));
            eprintln!("{what}: images from {first} on are done, of {size}");
        }
    };
    let workers = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| (0..workers).for_each(|_| drop(scope.spawn(live))));
    Claim {
        what: what.to_owned(),
        size,
        unit: "images".to_owned(),
        seed,
        lost: tally.lost.into_inner(),
        corrupt: tally.corrupt.into_inner(),
        panics: tally.panics.into_inner(),
        is_control,
    }
}

/// What was found in all images.
#[derive(Debug, Default)]
struct Tally {
    lost: AtomicU64,
    corrupt: AtomicU64,
    panics: AtomicU64,
}

/// A server from its first start over several power losses.
struct Life<'a> {
    on: Conditions,
    seed: u64,
    /// The number of its first image.
    first: u64,
    tally: &'a Tally,
    /// Whether everything that is found is told: in a control it is what is looked for.
    tells: bool,
}

/// What a power loss left, and what had been promised before it.
#[derive(Default)]
struct Left {
    image: Image,
    promised: Promised,
}

impl Life<'_> {
    fn run(&self, images: u64) {
        let mut chance = ChaCha8Rng::seed_from_u64(self.seed);
        chance.set_stream(self.first);
        let mut left = Left::default();
        for first in (0..images).step_by(IMAGES_A_STRETCH as usize) {
            let numbers = self.first + first..self.first + images.min(first + IMAGES_A_STRETCH);
            left = self.stretch(left, numbers, &mut chance);
        }
    }

    /// Goes on from what was left, loses power at as many moments as there are images, and looks at each.
    /// Returns one that was found whole.
    fn stretch(&self, from: Left, numbers: Range<u64>, chance: &mut ChaCha8Rng) -> Left {
        let folder = memory_folder();
        disk::write_to(folder.path(), &from.image).expect("there is memory for an image");
        let mut disk = Disk::with(&from.image);
        let mut promises = from.promised.len();
        let stretch = match workload::run(folder.path(), from.promised, self.on, chance.random()) {
            Ok(stretch) => stretch,
            Err(failed) => {
                self.is_corrupt(numbers.start, &format!("could not go on from it: {failed}"));
                return Left::default();
            }
        };
        let mut moments: Vec<usize> =
            numbers.clone().map(|_| chance.random_range(0..=stretch.steps.len())).collect();
        moments.sort_unstable();
        let (mut at, mut left) = (0, Left::default());
        for (number, moment) in numbers.zip(moments) {
            for step in &stretch.steps[at..moment] {
                disk.apply(step);
                if let Step::Promised(so_many) = step {
                    promises = *so_many;
                }
            }
            at = moment;
            let found = Left { image: disk.loses_power(chance), promised: stretch.promised.first(promises) };
            if self.is_whole(number, &found) {
                left = found;
            }
        }
        left
    }

    fn is_whole(&self, number: u64, left: &Left) -> bool {
        let folder = memory_folder();
        disk::write_to(folder.path(), &left.image).expect("there is memory for an image");
        let found = match catch_unwind(AssertUnwindSafe(|| start_again(folder.path(), &left.promised))) {
            Ok(Ok(found)) => found,
            Ok(Err(failed)) => {
                self.is_corrupt(number, &failed.to_string());
                return false;
            }
            Err(_) => {
                self.tally.panics.fetch_add(1, Ordering::Relaxed);
                self.tell(number, "it panicked");
                return false;
            }
        };
        self.tally.lost.fetch_add(found.lost.len() as u64, Ordering::Relaxed);
        found.lost.iter().for_each(|lost| self.tell(number, lost));
        if !found.broken.is_empty() {
            self.is_corrupt(number, &found.broken.join("; "));
        }
        found.is_whole()
    }

    fn is_corrupt(&self, number: u64, why: &str) {
        self.tally.corrupt.fetch_add(1, Ordering::Relaxed);
        self.tell(number, why);
    }

    fn tell(&self, number: u64, what: &str) {
        if self.tells {
            eprintln!("seed {}, image {number}: {what}", self.seed);
        }
    }
}

/// Starts as the server does, reads what was promised and everything else, and makes what is derived again.
fn start_again(folder: &Path, promised: &Promised) -> Result<Found, Failed> {
    let store = Store::open(folder, 1)?;
    let mut found = store.read_blocking(|connection| promised.look_for(connection))?;
    let live = store.read_blocking(read_tables::dump)?;
    store.write_blocking(|tx| read_tables::rebuild(tx, BEGIN))?;
    if store.read_blocking(read_tables::dump)? != live {
        found.broken.push("what is derived was not what the changes come to".to_owned());
    }
    Ok(found)
}

/// A folder that costs no disk where the system has such; what is safe there and what isn't is the
/// recording's to say.
fn memory_folder() -> TempDir {
    let memory = Path::new("/dev/shm");
    let made = if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() };
    made.expect("a temporary folder can be made")
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use rusqlite::Transaction;
    use server::store::Logging;

    use super::*;
    use recording::{Recording, Trouble};

    /// Each of them is a commit and a checkpoint.
    const WRITES: usize = 8;
    /// More than a server syncs for that.
    const SYNCS: i32 = 40;

    /// R7: a server writes, and starts again where it ends. One of its syncs fails, and the system forgets it:
    /// whichever that is, what was answered is there whenever the power fails later.
    #[test]
    fn whichever_sync_fails_all_that_was_answered_is_there() {
        shim::install();
        let mut failures = 0;
        for number in 1..=SYNCS {
            for seed in 0..4 {
                let (steps, from) = life(Trouble::at_sync(number, seed));
                failures += usize::from(steps.iter().any(|step| matches!(step, Step::Forgotten(..))));
                let mut chance = ChaCha8Rng::seed_from_u64(seed);
                let moments: Vec<usize> = (0..6).map(|_| chance.random_range(0..=steps.len())).collect();
                for moment in moments.into_iter().chain([steps.len()]) {
                    let mut disk = Disk::with(&from);
                    let mut answered = 0;
                    for step in &steps[..moment] {
                        disk.apply(step);
                        if let Step::Promised(so_many) = step {
                            answered = *so_many;
                        }
                    }
                    let found = written(&disk.loses_power(&mut chance));
                    assert!(
                        found.as_ref().is_ok_and(|found| *found >= answered),
                        "sync {number}, seed {seed}, step {moment}: {answered} answered, found {found:?}"
                    );
                }
            }
        }
        assert!(failures > 4 * 2 * WRITES, "a commit and its checkpoint sync");
    }

    /// What is asked of a disk in trouble, and what was on it before.
    fn life(trouble: Trouble) -> (Vec<Step>, Image) {
        let folder = memory_folder();
        drop(open(folder.path()).unwrap());
        let from = disk::read_from(folder.path()).unwrap();
        let recording = Recording::start(folder.path()).unwrap();
        recording.is_in(Some(trouble));
        let mut store = open(folder.path());
        let mut answered = 0;
        while answered < WRITES {
            match store.as_ref().map(|store| store.write_blocking(write_one)) {
                Ok(Ok(())) => {
                    answered += 1;
                    recording.add(Step::Promised(answered));
                }
                _ => {
                    drop(store);
                    store = open(folder.path());
                }
            }
        }
        (recording.stop(), from)
    }

    fn open(folder: &Path) -> Result<Store, Failed> {
        Store::open_with(folder, 1, Logging { pages_max: 1, ..Logging::default() })
    }

    /// Writes one more, over several pages.
    fn write_one(tx: &Transaction<'_>) -> Result<(), Failed> {
        let sql = "INSERT INTO meta (key, value) VALUES (hex(randomblob(16)), hex(randomblob(5000)))";
        tx.execute(sql, [])?;
        Ok(())
    }

    /// How many were written, in a store that is whole.
    fn written(image: &Image) -> Result<usize, Failed> {
        let folder = memory_folder();
        disk::write_to(folder.path(), image)?;
        let count = "SELECT count(*) - 1 FROM meta WHERE (SELECT * FROM pragma_integrity_check) = 'ok'";
        open(folder.path())?.read_blocking(|connection| {
            Ok(connection.query_row(count, [], |row| row.get::<_, i64>(0))? as usize)
        })
    }
}
