//! A stretch of the server's life on a watched disk: it starts, coordinators send, it checkpoints, it is
//! stopped and started again.

use std::path::Path;
use std::sync::Arc;

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rusqlite::Transaction;
use server::exchange::exchange;
use server::ingest::Caller;
use server::store::{Failed, Store, Synchronous, people};
use sync_core::domain::ServerTime;

use super::recording::{Recording, Step};
use crate::crash::coordinator::{self, COORDINATORS};
use crate::crash::{Coordinator, Promised};
use crate::harness::district::BEGIN;

/// Round trips in one stretch.
const ROUNDS: usize = 48;
/// Round trips after which the server is stopped and started again.
const ROUNDS_UNTIL_RESTART: usize = 20;
/// The log is written into the database once it has so many pages, so that this happens often.
const CHECKPOINT_PAGES: u32 = 48;

/// What happened.
pub struct Stretch {
    /// What was asked of the disk, in order, with what was promised in between.
    pub steps: Vec<Step>,
    /// All that was promised, before and in this stretch.
    pub promised: Promised,
}

/// Serves from this folder for a while. Everything that is done follows from `seed`, but for the random
/// numbers with which SQLite salts its log.
///
/// # Errors
/// Where the store fails, with nobody having cut anything off.
pub fn run(folder: &Path, before: Promised, synchronous: Synchronous, seed: u64) -> Result<Stretch, Failed> {
    let recording = Recording::start(folder)?;
    let outcome = serve(folder, &recording, before, synchronous, seed);
    let steps = recording.stop();
    Ok(Stretch { steps, promised: outcome? })
}

fn serve(
    folder: &Path,
    recording: &Arc<Recording>,
    mut promised: Promised,
    synchronous: Synchronous,
    seed: u64,
) -> Result<Promised, Failed> {
    let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    let mut chance = ChaCha8Rng::seed_from_u64(seed);
    let mut store = start(folder, synchronous)?;
    let mut coordinators = Vec::new();
    for number in 0..COORDINATORS {
        let caller = store.write_blocking(move |tx| settle(tx, number, seed))?;
        coordinators.push((Coordinator::new(caller.person, chance.random()), caller));
    }
    for round in 1..=ROUNDS {
        let (coordinator, caller) = &mut coordinators[chance.random_range(0..COORDINATORS)];
        coordinator.works();
        let push = coordinator.push();
        let now = ServerTime(BEGIN.0 + round as i64 * 1_000);
        let reply = runtime.block_on(exchange(&store, *caller, push.clone(), now))?;
        promised.hears(&push, &reply);
        recording.add(Step::Promised(promised.len()));
        coordinator.takes(&reply);
        if round % ROUNDS_UNTIL_RESTART == 0 {
            drop(store);
            if round % (2 * ROUNDS_UNTIL_RESTART) == 0 {
                // A command at the terminal: what only writes takes the log away when it ends, while a server
                // leaves it, because its readers close last and may not.
                drop(start(folder, synchronous)?);
            }
            store = start(folder, synchronous)?;
        }
    }
    Ok(promised)
}

fn start(folder: &Path, synchronous: Synchronous) -> Result<Store, Failed> {
    let store = Store::open_with(folder, 1, synchronous)?;
    let often = |tx: &Transaction<'_>| Ok(tx.pragma_update(None, "wal_autocheckpoint", CHECKPOINT_PAGES)?);
    store.write_blocking::<_, Failed>(often)?;
    Ok(store)
}

/// There is a district with its coordinators, and this one has a new phone.
fn settle(tx: &Transaction<'_>, number: usize, seed: u64) -> Result<Caller, Failed> {
    if people::is_empty(tx)? {
        coordinator::employ(tx, "")?;
    }
    let phone = seed.wrapping_mul(COORDINATORS as u64).wrapping_add(number as u64);
    coordinator::register(tx, number, phone)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::power_loss::{memory_folder, shim};

    #[test]
    fn a_stretch_holds_every_moment_at_which_power_can_fail() {
        shim::install();
        let folder = memory_folder();
        let stretch = run(folder.path(), Promised::default(), Synchronous::Full, 1).unwrap();
        let made: BTreeMap<usize, &str> = stretch
            .steps
            .iter()
            .filter_map(|step| match step {
                Step::Made(file, name) => Some((*file, name.as_str())),
                _ => None,
            })
            .collect();
        let written = |name: &str, position: fn(u64) -> bool| {
            let is_it = |step: &&Step| matches!(step, Step::Wrote(file, at, _) if made[file] == name && position(*at));
            stretch.steps.iter().filter(is_it).count()
        };
        let has = |wanted: fn(&Step) -> bool| stretch.steps.iter().any(wanted);
        assert!(written("xunfang.sqlite-journal", |_| true) > 0, "the file is made");
        assert!(written("xunfang.sqlite-wal", |at| at > 0) > 0, "commits");
        assert!(written("xunfang.sqlite", |at| at > 0) > 0, "checkpoints");
        let logs = made.values().filter(|name| **name == "xunfang.sqlite-wal").count();
        assert!(logs > 1, "the server was stopped and started again");
        assert!(written("xunfang.sqlite-wal", |at| at == 0) > logs, "the log is begun anew");
        assert!(has(|step| matches!(step, Step::FolderSynced)), "names are synced");
        assert!(
            has(|step| matches!(step, Step::Deleted(name) if name.ends_with("-wal"))),
            "the log is deleted"
        );
        assert!(stretch.promised.len() > ROUNDS, "promises are made in between");
        assert_eq!(
            made.values().filter(|name| name.ends_with("-shm")).count(),
            0,
            "shared memory is no file"
        );
    }
}
