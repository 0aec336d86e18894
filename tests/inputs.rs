//! Hostile changes through the whole way in, by chance and by name, with honest ones among them. Whatever
//! comes, the process lives, what is refused changes nothing, every honest change is accepted, and what
//! is kept reads and replays to the same.
//!
//! The control hands the same changes to Automerge without the gate: it must panic or spoil the record,
//! or these changes would be harmless and show nothing.

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind, set_hook, take_hook};

use clap::Args;
use hostile::{attacks, claims_more_than, honest, tampered};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde_bytes::ByteBuf;
use server::ingest::{self, Caller};
use server::read_tables;
use server::store::{Store, documents};
use sync_core::commands::{Answer, Command, Severity, YesNo};
use sync_core::document::{Container, Edit, Record, Scalar};
use sync_core::domain::{Actor, FindingId, PhoneTime, ServerTime};
use sync_core::replica::{NewVisit, OpenRecord};
use sync_core::wire::{Receipt, VisitPush};

use crate::claim::Claim;
use crate::crash::coordinator;
use crate::harness::district::{self, BEGIN, SHENTOU};

/// How much to run.
#[derive(Debug, Clone, Args)]
pub struct Options {
    /// Hostile changes
    #[arg(long, default_value_t = 100_000)]
    pub inputs: u64,
    /// Where chance begins
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
}

/// So many hostile changes come in one push.
const INPUTS_A_PUSH: u64 = 20;
/// So many go into one store; then a new one is begun.
const INPUTS_A_STORE: u64 = 1_000;
/// The whole process takes up at most this much memory, whatever it is given.
const MEMORY_KIB_MAX: u64 = 1024 * 1024;
/// What claims more than this is not handed to Automerge in the control, which is to end.
const CLAIMED_MAX: u64 = 20_000;
/// The control is this much smaller, but not smaller than so many.
const CONTROL_OF: u64 = 20;
const CONTROL_INPUTS_MIN: u64 = 1_000;

/// Runs both.
///
/// # Panics
/// Where the process took up more memory than it may.
pub fn claims(options: &Options) -> Vec<Claim> {
    let claim = |what: &str, size, is_control, Tally { lost, corrupt, panics }| Claim {
        what: what.to_owned(),
        size,
        unit: "inputs".to_owned(),
        seed: options.seed,
        lost,
        corrupt,
        panics,
        is_control,
    };
    let mut all = Tally::default();
    for first in (0..options.inputs).step_by(INPUTS_A_STORE as usize) {
        let size = INPUTS_A_STORE.min(options.inputs - first);
        let lived = silently(|| one_store(options.seed, first, size));
        let tally = lived.unwrap_or(Tally { panics: 1, ..Tally::default() });
        if tally != Tally::default() {
            eprintln!("{tally:?} among the inputs from {first} on, with seed {}", options.seed);
        }
        all.add(tally);
        eprintln!("{} of {} inputs", first + size, options.inputs);
    }
    if let Some(peak) = peak_memory_kib() {
        eprintln!("at most {} MiB of memory", peak / 1024);
        assert!(peak <= MEMORY_KIB_MAX, "{peak} KiB of memory");
    }
    let control_size = (options.inputs / CONTROL_OF).max(CONTROL_INPUTS_MIN);
    let control = without_the_gate(options.seed, control_size);
    vec![
        claim("hostile changes", options.inputs, false, all),
        claim("hostile changes handed to Automerge", control_size, true, control),
    ]
}

/// What went wrong.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Tally {
    lost: u64,
    corrupt: u64,
    panics: u64,
}

impl Tally {
    fn add(&mut self, other: Self) {
        self.lost += other.lost;
        self.corrupt += other.corrupt;
        self.panics += other.panics;
    }
}

/// Panics that are caught in a trial are nobody's news, thousands of times.
fn silently<T>(f: impl FnOnce() -> T) -> Option<T> {
    let hook = take_hook();
    set_hook(Box::new(|_| {}));
    let outcome = catch_unwind(AssertUnwindSafe(f)).ok();
    set_hook(hook);
    outcome
}

fn peak_memory_kib() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    peak.trim().strip_suffix("kB")?.trim().parse().ok()
}

/// An honest change made hostile: in most cases by chance, else one of the attacks with a name.
fn hostile_of(honest: &[u8], attacks: &[Vec<u8>], chance: &mut ChaCha8Rng) -> Vec<u8> {
    match chance.random_range(0..8 * attacks.len()) {
        named if named < attacks.len() => attacks[named].clone(),
        _ => tampered(honest, chance),
    }
}

fn attacks_on(honest: &[u8]) -> Vec<Vec<u8>> {
    attacks(honest).into_iter().map(|attack| attack.bytes).collect()
}

/// A record at work at a server of its own.
struct Site {
    _folder: tempfile::TempDir,
    store: Store,
    caller: Caller,
    open: OpenRecord,
    actor: Actor,
    seconds: i64,
    tally: Tally,
}

fn one_store(seed: u64, first: u64, size: u64) -> Tally {
    let mut chance = ChaCha8Rng::seed_from_u64(seed.wrapping_add(first));
    let mut site = Site::open(&mut chance);
    site.writes(site.actor, Command::Join);
    site.sends_all_of_mine();
    let note = |text: String| Command::Note { item: "premises".to_owned(), text };
    let honest = site.beside(Actor(chance.random()), note("租用村委会".to_owned()));
    let attacks = attacks_on(&honest);
    for batch in (0..size).step_by(INPUTS_A_PUSH as usize) {
        let honest = site.beside(Actor(chance.random()), something(&mut chance));
        let count = INPUTS_A_PUSH.min(size - batch);
        let hostile = (0..count).map(|_| hostile_of(&honest, &attacks, &mut chance)).collect();
        site.takes_no_harm_of(hostile);
        site.writes(site.actor, note(format!("第{batch}次")));
        site.sends_all_of_mine();
    }
    site.reads_and_replays();
    site.tally
}

fn something(chance: &mut ChaCha8Rng) -> Command {
    let item = "signboard".to_owned();
    match chance.random_range(0..4) {
        0 => Command::Answer { item, value: Answer::YesNo(YesNo::No) },
        1 => Command::Note { item, text: "账本齐全,放在理事长家里".to_owned() },
        2 => Command::Summary { text: format!("按规定走访,第{}次", chance.random::<u8>()) },
        _ => Command::AddFinding {
            finding: FindingId::from_bytes(chance.random()),
            item: Some(item),
            text: "制度没有上墙".to_owned(),
            severity: Severity::Minor,
            due: None,
            responsible: String::new(),
        },
    }
}

impl Site {
    fn open(chance: &mut ChaCha8Rng) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        let store = Store::open(folder.path(), 1).expect("the store opens");
        let settled = store.write_blocking(|tx| {
            coordinator::employ(tx, "")?;
            coordinator::register(tx, 0, 1)
        });
        let new = NewVisit {
            cooperative: district::cooperative(0),
            area: district::area(SHENTOU),
            provisional_name: None,
            checklist: "quality-2021@1".parse().expect("a checklist"),
        };
        Self {
            _folder: folder,
            store,
            caller: settled.expect("the district is settled"),
            open: OpenRecord::start(new, chance.random()).expect("the checklist is known"),
            actor: Actor(chance.random()),
            seconds: BEGIN.0 / 1_000,
            tally: Tally::default(),
        }
    }

    fn writes(&mut self, actor: Actor, command: Command) {
        self.seconds += 1;
        let at = PhoneTime::from_seconds(self.seconds);
        let written = self.open.apply(actor, self.caller.person, at, &[command]);
        written.expect("it may be done").expect("it says something new");
    }

    /// The change that this would become, written on a phone beside this one.
    fn beside(&mut self, actor: Actor, command: Command) -> Vec<u8> {
        let before = self.open.clone();
        self.writes(actor, command);
        let beside = std::mem::replace(&mut self.open, before);
        beside.stored.mine.last().expect("just written").bytes.clone()
    }

    /// What became of these changes; none where the server stumbled.
    fn receipts(&self, changes: Vec<Vec<u8>>) -> Vec<Receipt> {
        let push = VisitPush {
            visit: self.open.stored.visit(),
            genesis: self.open.stored.genesis.clone(),
            code: self.open.stored.code.clone(),
            provisional: None,
            changes: changes.into_iter().map(ByteBuf::from).collect(),
            replaces: Vec::new(),
        };
        let caller = self.caller;
        let taken = self.store.write_blocking(move |tx| ingest::one_visit(tx, &caller, &push, BEGIN));
        taken.expect("the store is well").changes.into_iter().map(|change| change.receipt).collect()
    }

    fn snapshot(&self) -> Option<Vec<u8>> {
        let visit = self.open.stored.visit();
        self.store.read_blocking(move |c| documents::snapshot(c, visit)).expect("the store is well")
    }

    /// The record stays what it was, unless some of the changes were made another honest one by chance.
    fn takes_no_harm_of(&mut self, changes: Vec<Vec<u8>>) {
        let before = self.snapshot();
        let count = changes.len();
        let receipts = self.receipts(changes);
        self.tally.panics += u64::from(receipts.len() != count);
        if !receipts.contains(&Receipt::Accepted) {
            self.tally.corrupt += u64::from(self.snapshot() != before);
        }
    }

    /// The phone's newest change goes out, and must be accepted.
    fn sends_all_of_mine(&mut self) {
        let newest = self.open.stored.mine.last().expect("something was written").bytes.clone();
        self.tally.lost += u64::from(self.receipts(vec![newest]) != [Receipt::Accepted]);
    }

    /// What is kept holds everything that was written here, and thrown away and replayed it is the same.
    fn reads_and_replays(&mut self) {
        let genesis = self.open.stored.genesis.clone();
        let kept = self.store.read_blocking(move |c| documents::load(c, &genesis));
        match kept {
            Ok(Some(record)) => {
                let mine = self.open.stored.mine.iter();
                self.tally.lost += mine.filter(|mine| !record.contains(mine.hash)).count() as u64;
            }
            Ok(None) | Err(_) => self.tally.corrupt += 1,
        }
        let dump = || self.store.read_blocking(read_tables::dump);
        let before = dump().ok();
        let rebuilt = self.store.write_blocking(|tx| read_tables::rebuild(tx, ServerTime(BEGIN.0 + 1)));
        let is_same = rebuilt.is_ok() && before.is_some() && dump().ok() == before;
        self.tally.corrupt += u64::from(!is_same);
    }
}

/// The same without the gate and what follows it: changes are merged, something is written on top, and
/// the record is saved and loaded.
fn without_the_gate(seed: u64, size: u64) -> Tally {
    let mut chance = ChaCha8Rng::seed_from_u64(seed);
    let hostile::Honest { record, next } = honest();
    let attacks = attacks_on(&next[0]);
    let mut tally = Tally::default();
    for _ in 0..size {
        let honest = &next[chance.random_range(0..next.len())];
        let change = hostile_of(honest, &attacks, &mut chance);
        if claims_more_than(&change, CLAIMED_MAX) {
            continue;
        }
        match silently(|| merged(&record, &change)) {
            None => tally.panics += 1,
            Some(Merged::Spoilt) => tally.corrupt += 1,
            Some(Merged::Refused | Merged::Whole) => {}
        }
    }
    tally
}

enum Merged {
    Refused,
    Whole,
    Spoilt,
}

fn merged(record: &Record, change: &[u8]) -> Merged {
    let mut copy = record.clone();
    if copy.apply(&[change]).is_err() {
        return Merged::Refused;
    }
    let note = Edit::Put {
        container: Container::Notes,
        key: "rules".to_owned(),
        value: Scalar::Text("照常".to_owned()),
    };
    copy.commit(Actor([9; 16]), PhoneTime(BEGIN.0), &[note]);
    match Record::load(&copy.save(), record.of()) {
        Ok(loaded) if loaded.heads() == copy.heads() => Merged::Whole,
        _ => Merged::Spoilt,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// G1, G6, G9, R5: hostile changes by the hundred, and the control that shows them to be so.
    #[test]
    fn hostile_changes_do_no_harm() {
        let claims = claims(&Options { inputs: 400, seed: 20_210_330 });
        assert!(claims.iter().all(Claim::holds), "{claims:#?}");
    }
}
