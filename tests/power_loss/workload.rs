//! A stretch of the server's life on a watched disk: it starts, coordinators send, it checkpoints, it is
//! stopped and started again.

use std::path::Path;
use std::sync::{Arc, mpsc};

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rusqlite::Transaction;
use server::disk::Disk;
use server::exchange::{exchange, exchange_over_line};
use server::ingest::{Caller, Intake};
use server::store::{Failed, Logging, Store, Synchronous, people};
use sync_core::domain::ServerTime;

use super::recording::{AfterFailure, Recording, Step, Trouble};
use crate::crash::coordinator::{self, COORDINATORS};
use crate::crash::{Coordinator, Promised};
use crate::harness::district::BEGIN;

/// Round trips in one stretch.
const ROUNDS: usize = 48;
/// Round trips after which the server is stopped and started again.
const ROUNDS_UNTIL_RESTART: usize = 20;
/// Coordinators who send at the same time, at most.
const TOGETHER_MAX: usize = 3;
/// Round trips in which everything must be sent once the disk is no more in trouble.
const ROUNDS_TO_REST_MAX: usize = 8;
/// Tries to start on a troubled disk.
const STARTS_MAX: usize = 100;
/// The log is written into the database once it has so many pages, so that this happens often.
const CHECKPOINT_PAGES: i32 = 48;

/// On what the server runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Conditions {
    /// How far a write must have come before it is answered.
    pub synchronous: Synchronous,
    /// Where the disk is full at times, and at times fails to sync: what becomes of that.
    pub trouble: Option<AfterFailure>,
}

/// What happened.
pub struct Stretch {
    /// What was asked of the disk, in order, with what was promised in between.
    pub steps: Vec<Step>,
    /// All that was promised, before and in this stretch.
    pub promised: Promised,
}

/// Serves from this folder for a while. What is done follows from `seed`, but for the random numbers with
/// which SQLite salts its log, and which of two visits of one push comes first.
///
/// # Errors
/// Where the store fails although the disk doesn't.
pub fn run(folder: &Path, before: Promised, conditions: Conditions, seed: u64) -> Result<Stretch, Failed> {
    let recording = Recording::start(folder)?;
    let room = Arc::new(Disk::with(|| Ok(u64::MAX), 0));
    let serving = Serving { folder, recording: &recording, conditions, seed, intake: Arc::default(), room };
    let outcome = serving.serve(before);
    let steps = recording.stop();
    Ok(Stretch { steps, promised: outcome? })
}

struct Serving<'a> {
    folder: &'a Path,
    recording: &'a Recording,
    conditions: Conditions,
    seed: u64,
    intake: Arc<Intake>,
    /// Says that there is room, so that it is left to the writes to fail.
    room: Arc<Disk>,
}

impl Serving<'_> {
    fn serve(&self, mut promised: Promised) -> Result<Promised, Failed> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build()?;
        let mut chance = ChaCha8Rng::seed_from_u64(self.seed);
        let mut store = start(self.folder, self.conditions.synchronous)?;
        let mut coordinators = Vec::new();
        for number in 0..COORDINATORS {
            let seed = self.seed;
            let caller = store.write_blocking(move |tx| settle(tx, number, seed))?;
            coordinators.push((Coordinator::new(caller.person, chance.random()), caller));
        }
        let trouble = |after_failure| Trouble::new(after_failure, self.seed);
        self.recording.is_in(self.conditions.trouble.map(trouble));
        for round in 1..=ROUNDS {
            let now = ServerTime(BEGIN.0 + round as i64 * 1_000);
            // Those beginning here, as far as there are any.
            let first = chance.random_range(0..COORDINATORS);
            let together = chance.random_range(1..=TOGETHER_MAX);
            let senders = &mut coordinators[first..COORDINATORS.min(first + together)];
            senders.iter_mut().for_each(|(coordinator, _)| coordinator.works());
            let outcome = runtime.block_on(self.round_trip(&store, senders, &mut promised, now));
            // Nothing was promised then, and what was sent goes out again.
            outcome.or_else(|failed| if self.conditions.trouble.is_some() { Ok(()) } else { Err(failed) })?;
            if has_ended(&store) {
                drop(store);
                store = self.start_at_last()?;
            }
            if round % ROUNDS_UNTIL_RESTART == 0 {
                drop(store);
                if round % (2 * ROUNDS_UNTIL_RESTART) == 0 {
                    // A command at the terminal.
                    drop(self.start_at_last()?);
                }
                store = self.start_at_last()?;
            }
        }
        self.recording.is_in(None);
        let unsent = |coordinators: &[(Coordinator, Caller)]| -> usize {
            coordinators.iter().map(|(coordinator, _)| coordinator.unsent()).sum()
        };
        for round in ROUNDS + 1..=ROUNDS + ROUNDS_TO_REST_MAX {
            let now = ServerTime(BEGIN.0 + round as i64 * 1_000);
            runtime.block_on(self.round_trip(&store, &mut coordinators, &mut promised, now))?;
            if unsent(&coordinators) == 0 {
                return Ok(promised);
            }
        }
        let unsent = unsent(&coordinators);
        Err(Failed::Contradiction(format!("{unsent} changes could not be sent")))
    }

    /// These coordinators send. Where they are several, their pushes are committed together; a single one's
    /// goes the way of the line, each of its visits by itself.
    async fn round_trip(
        &self,
        store: &Store,
        senders: &mut [(Coordinator, Caller)],
        promised: &mut Promised,
        now: ServerTime,
    ) -> Result<(), Failed> {
        // The writer is held until all pushes wait for it. One thread runs these tasks in their order.
        let (hold, held) = mpsc::channel::<()>();
        let holding = store.clone();
        let hold_on = move |_: &Transaction<'_>| {
            // The other end is let go.
            let _ = held.recv();
            Ok::<_, Failed>(())
        };
        let holder = tokio::spawn(async move { holding.write(hold_on).await });
        let is_alone = senders.len() == 1;
        let mut exchanges = Vec::new();
        for (coordinator, caller) in senders.iter() {
            let (store, caller, push) = (store.clone(), *caller, coordinator.push());
            let sent = push.clone();
            let (intake, room) = (Arc::clone(&self.intake), Arc::clone(&self.room));
            let reply = tokio::spawn(async move {
                match is_alone {
                    true => exchange_over_line(&store, &intake, &room, caller, push, now).await,
                    false => exchange(&store, caller, push, now).await,
                }
            });
            exchanges.push((sent, reply));
        }
        let release = tokio::spawn(async move { drop(hold) });
        let mut outcome = Ok(());
        for ((push, reply), (coordinator, _)) in exchanges.into_iter().zip(senders) {
            match reply.await.map_err(|_| Failed::Panicked)? {
                Ok(reply) => {
                    promised.hears(&push, &reply);
                    self.recording.add(Step::Promised(promised.len()));
                    coordinator.takes(&reply);
                }
                Err(failed) => outcome = Err(failed),
            }
        }
        release.await.map_err(|_| Failed::Panicked)?;
        outcome.and(holder.await.map_err(|_| Failed::Panicked)?)
    }

    /// Starts, again and again where the disk is in trouble: somebody will make room.
    fn start_at_last(&self) -> Result<Store, Failed> {
        let mut outcome = start(self.folder, self.conditions.synchronous);
        for _ in 0..STARTS_MAX {
            if outcome.is_ok() || self.conditions.trouble.is_none() {
                break;
            }
            outcome = start(self.folder, self.conditions.synchronous);
        }
        outcome
    }
}

fn start(folder: &Path, synchronous: Synchronous) -> Result<Store, Failed> {
    Store::open_with(folder, 1, Logging { synchronous, pages_max: CHECKPOINT_PAGES })
}

/// Whether the store takes nothing more, so that the server would stop and be started again.
fn has_ended(store: &Store) -> bool {
    matches!(store.write_blocking(|_| Ok(())), Err(Failed::Closed))
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

    const WHOLE: Conditions = Conditions { synchronous: Synchronous::Full, trouble: None };

    #[test]
    fn a_stretch_holds_every_moment_at_which_power_can_fail() {
        shim::install();
        let folder = memory_folder();
        let stretch = run(folder.path(), Promised::default(), WHOLE, 1).unwrap();
        let made: BTreeMap<usize, &str> = stretch
            .steps
            .iter()
            .filter_map(|step| match step {
                Step::Made(file, name) | Step::Put(file, name, _) => Some((*file, name.as_str())),
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
        let logs = stretch.steps.iter().filter(|step| matches!(step, Step::Put(..))).count();
        assert!(logs > 1, "the server was stopped and started again");
        assert!(written("xunfang.sqlite-wal", |at| at == 0) > logs, "the log is begun anew");
        assert!(has(|step| matches!(step, Step::FolderSynced)), "names are synced");
        assert!(stretch.promised.len() > ROUNDS, "promises are made in between");
        assert_eq!(
            made.values().filter(|name| name.ends_with("-shm")).count(),
            0,
            "shared memory is no file"
        );
    }
    #[test]
    fn a_troubled_disk_fails_in_both_ways_and_the_server_goes_on() {
        shim::install();
        let folder = memory_folder();
        let troubled = Conditions { trouble: Some(AfterFailure::Forgets), ..WHOLE };
        let stretch = run(folder.path(), Promised::default(), troubled, 1).unwrap();
        let has = |wanted: fn(&Step) -> bool| stretch.steps.iter().any(wanted);
        assert!(has(|step| matches!(step, Step::Forgotten(..))), "a sync failed");
        assert!(has(|step| matches!(step, Step::Put(..))), "the log is put down again");
        let halves = stretch
            .steps
            .iter()
            .filter(|step| matches!(step, Step::Wrote(_, _, bytes) if bytes.len() == 2048));
        assert!(halves.count() > 0, "there was room for half a page");
        assert!(stretch.promised.len() > ROUNDS / 2, "promises are made in between");
    }
}
