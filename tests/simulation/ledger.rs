//! What every honest person saved, and where it is now: with the server, in quarantine, or still on the
//! phone where it is shown as unsent or needing attention. The few reasons for which a value may be gone
//! are given when it goes, and counted.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

use rusqlite::Connection;
use server::store::columns::{Hash, Text};
use server::store::{Failed, changes, documents, visits};
use sync_core::commands::Command;
use sync_core::document::HistoryEntry;
use sync_core::domain::{ChangeHash, PersonId, VisitId};
use sync_core::replica::{Sent, StoredRecord};

use crate::harness::Kept;

/// Why a value may be gone, without anybody's fault in the software.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reason {
    /// The phone's storage was cleared, or replaced by an older copy, before anything else had it.
    StorageLost,
    /// The server lost it with its disk, and the phone had lost its storage before.
    BothLost,
    /// It was refused and put away by its author, and then the server lost its quarantine.
    PutAwayAndServerLost,
}

/// A change that an honest person saved.
#[derive(Debug, Clone)]
pub(super) struct Saved {
    pub(super) phone: usize,
    pub(super) visit: VisitId,
    pub(super) change: ChangeHash,
    pub(super) at: i64,
    /// What it did, as its history tells it.
    commands: Vec<Command>,
    pub(super) excuse: Option<Reason>,
}

/// All of it.
#[derive(Debug, Default)]
pub(super) struct Ledger {
    pub(super) saved: Vec<Saved>,
    /// Changes that carry the values of another one.
    replaced: BTreeMap<ChangeHash, BTreeSet<ChangeHash>>,
    /// What its author put away after it was refused.
    put_away: BTreeSet<ChangeHash>,
}

/// What the server has, looked up at once.
#[derive(Debug)]
pub(super) struct Held {
    changes: BTreeSet<(VisitId, ChangeHash)>,
    quarantined: BTreeSet<(VisitId, ChangeHash)>,
}

impl Held {
    pub(super) fn read(connection: &Connection) -> Result<Self, Failed> {
        let pairs = |sql: &str| -> Result<BTreeSet<(VisitId, ChangeHash)>, Failed> {
            let mut rows = connection.prepare(sql)?;
            let pairs = rows.query_map([], |row| {
                let (Text(visit), Hash(hash)) = (row.get(0)?, row.get(1)?);
                Ok((visit, hash))
            })?;
            Ok(pairs.collect::<Result<_, _>>()?)
        };
        Ok(Self {
            changes: pairs("SELECT visit, hash FROM changes")?,
            quarantined: pairs("SELECT visit, hash FROM quarantine")?,
        })
    }

    pub(super) fn has(&self, visit: VisitId, change: ChangeHash) -> bool {
        self.changes.contains(&(visit, change))
    }

    pub(super) fn keeps_apart(&self, visit: VisitId, change: ChangeHash) -> bool {
        self.quarantined.contains(&(visit, change))
    }
}

impl Ledger {
    /// Somebody saved a change.
    pub(super) fn saves(&mut self, phone: usize, kept: &Kept, visit: VisitId, change: ChangeHash, at: i64) {
        let commands = kept.open(visit).record().commands_in(change).expect("commands made the change");
        self.saved.push(Saved { phone, visit, change, at, commands, excuse: None });
    }

    /// A phone stored these records: what was issued again stands for what it replaces.
    pub(super) fn sees<'a>(&mut self, records: impl IntoIterator<Item = &'a StoredRecord>) {
        for mine in records.into_iter().flat_map(|record| &record.mine) {
            if let Some(old) = mine.replaces {
                self.replaces(old, mine.hash);
            }
        }
    }

    /// A change carries the values of another one.
    pub(super) fn replaces(&mut self, old: ChangeHash, new: ChangeHash) {
        self.replaced.entry(old).or_default().insert(new);
    }

    /// Somebody put away what was refused, while the server has it.
    pub(super) fn notes_put_away(&mut self, change: ChangeHash) {
        self.put_away.insert(change);
    }

    /// Somebody put away what was refused. Where the server has lost its quarantine by then (`held` says what
    /// it has), it is gone.
    pub(super) fn puts_away(&mut self, phone: usize, change: ChangeHash, disk: &OnPhone, held: &Held) {
        self.notes_put_away(change);
        self.excuse(|ledger, saved| {
            let is_put_away = saved.phone == phone && ledger.names(saved.change).contains(&change);
            (is_put_away && !ledger.is_somewhere(saved, held, disk, Sight::Stored))
                .then_some(Reason::PutAwayAndServerLost)
        });
    }

    /// Gives a reason for what of this phone is neither with the server nor on its disk any more.
    pub(super) fn storage_lost(&mut self, phone: usize, disk: &OnPhone, held: &Held) {
        self.excuse(|ledger, saved| {
            let is_gone = saved.phone == phone && !ledger.is_somewhere(saved, held, disk, Sight::Stored);
            is_gone.then_some(Reason::StorageLost)
        });
    }

    /// Gives a reason for what the server lost and the phone can't send again, because it lost its storage
    /// after that was saved (`lost_at` says when, by phone), or because its author put it away.
    pub(super) fn server_lost(&mut self, disks: &[OnPhone], lost_at: &[Option<i64>], held: &Held) {
        self.excuse(|ledger, saved| {
            if ledger.is_somewhere(saved, held, &disks[saved.phone], Sight::Stored) {
                None
            } else if lost_at[saved.phone].is_some_and(|at| saved.at <= at) {
                Some(Reason::BothLost)
            } else {
                ledger
                    .names(saved.change)
                    .iter()
                    .any(|name| ledger.put_away.contains(name))
                    .then_some(Reason::PutAwayAndServerLost)
            }
        });
    }

    fn excuse(&mut self, reason: impl Fn(&Self, &Saved) -> Option<Reason>) {
        let reasons: Vec<Option<Reason>> =
            self.saved.iter().map(|saved| saved.excuse.or_else(|| reason(self, saved))).collect();
        for (saved, reason) in self.saved.iter_mut().zip(reasons) {
            saved.excuse = reason;
        }
    }

    /// What is nowhere, without a reason.
    pub(super) fn lost(
        &self,
        disks: &[OnPhone],
        held: &Held,
        connection: &Connection,
    ) -> Result<Vec<&Saved>, Failed> {
        let mut said = Said::default();
        let mut lost = Vec::new();
        for saved in &self.saved {
            let is_there = saved.excuse.is_some()
                || self.is_somewhere(saved, held, &disks[saved.phone], Sight::Shown)
                || said.contains(connection, saved, disks[saved.phone].person)?;
            if !is_there {
                lost.push(saved);
            }
        }
        Ok(lost)
    }

    /// How many values are gone for each reason. A value that turned up after all has none.
    pub(super) fn excused(&self, disks: &[OnPhone], held: &Held) -> BTreeMap<Reason, u64> {
        let mut counts = BTreeMap::new();
        for saved in &self.saved {
            if let Some(reason) = saved.excuse
                && !self.is_somewhere(saved, held, &disks[saved.phone], Sight::Shown)
            {
                *counts.entry(reason).or_default() += 1;
            }
        }
        counts
    }

    fn is_somewhere(&self, saved: &Saved, held: &Held, disk: &OnPhone, sight: Sight) -> bool {
        self.is_one_of(saved.visit, saved.change, held, &|change| disk.has(saved.visit, change, sight))
    }

    /// Quarantine alone is enough only for what was not issued again: else that has to be somewhere.
    fn is_one_of(
        &self,
        visit: VisitId,
        change: ChangeHash,
        held: &Held,
        on_phone: &impl Fn(ChangeHash) -> bool,
    ) -> bool {
        held.has(visit, change)
            || on_phone(change)
            || match self.replaced.get(&change) {
                Some(by) => by.iter().any(|new| self.is_one_of(visit, *new, held, on_phone)),
                None => held.keeps_apart(visit, change),
            }
    }

    /// The change and all that carry its values.
    fn names(&self, change: ChangeHash) -> Vec<ChangeHash> {
        let mut names = vec![change];
        let mut at = 0;
        while let Some(name) = names.get(at) {
            names.extend(self.replaced.get(name).into_iter().flatten());
            at += 1;
        }
        names
    }
}

/// What counts as being on a phone.
#[derive(Clone, Copy)]
enum Sight {
    /// Stored, so that it can be sent (again).
    Stored,
    /// Shown to the person as unsent or as needing attention.
    Shown,
}

/// The changes of its own that a phone has stored, and which of them it shows as unsent or as needing
/// attention.
#[derive(Debug)]
pub(super) struct OnPhone {
    person: PersonId,
    is_shown: BTreeMap<(VisitId, ChangeHash), bool>,
}

impl OnPhone {
    pub(super) fn of(kept: &Kept) -> Self {
        let mut is_shown = BTreeMap::new();
        for visit in kept.visits() {
            let record = kept.stored(visit);
            for mine in &record.mine {
                is_shown.insert((visit, mine.hash), mine.sent == Sent::No);
            }
            for attention in &record.attention {
                is_shown.insert((visit, attention.change), true);
            }
        }
        Self { person: kept.person, is_shown }
    }

    fn has(&self, visit: VisitId, change: ChangeHash, sight: Sight) -> bool {
        self.is_shown
            .get(&(visit, change))
            .is_some_and(|is_shown| *is_shown || matches!(sight, Sight::Stored))
    }
}

/// Everything that was ever said in the server's records, read where it is asked for: a value that was
/// not issued again because somebody else had said the same meanwhile.
#[derive(Default)]
struct Said(BTreeMap<VisitId, BTreeSet<String>>);

impl Said {
    fn read(connection: &Connection, visit: VisitId) -> Result<BTreeSet<String>, Failed> {
        let record = match visits::get(connection, visit)? {
            Some(known) => documents::load(connection, &known.genesis)?,
            None => None,
        };
        let authors = changes::authors(connection, visit)?;
        let history = record.map_or_else(Vec::new, |record| record.history(&authors));
        let said = |change: &HistoryEntry| {
            change.commands.iter().map(|command| words(command, change.person)).collect::<Vec<_>>()
        };
        Ok(history.iter().flat_map(said).collect())
    }

    fn contains(&mut self, connection: &Connection, saved: &Saved, by: PersonId) -> Result<bool, Failed> {
        let said = match self.0.entry(saved.visit) {
            Entry::Occupied(read) => read.into_mut(),
            Entry::Vacant(unread) => unread.insert(Self::read(connection, saved.visit)?),
        };
        Ok(saved.commands.iter().all(|command| said.contains(&words(command, Some(by)))))
    }
}

/// A command in words; with who gave it, where that is what it says.
fn words(command: &Command, by: Option<PersonId>) -> String {
    let is_personal = matches!(
        command,
        Command::Join | Command::Submit | Command::Confirm { .. } | Command::Withdraw { .. }
    );
    let words = serde_json::to_string(command).expect("commands are JSON");
    if is_personal { format!("{words} {by:?}") } else { words }
}
