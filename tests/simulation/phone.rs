//! A simulated phone: what it keeps, who holds it, and what its app has in memory.

use sync_core::domain::{Actor, AreaCode, DeviceId, PhoneTime, ServerTime, VisitId};
use sync_core::replica::outbox::Asking;
use sync_core::replica::{Sent, StoredRecord};
use sync_core::wire::Push;

use super::chance::Chance;
use super::line::Asked;
use crate::harness::Kept;
use crate::harness::kept::Writer;

/// For how long a phone waits for an answer.
const PATIENCE_MS: i64 = 120_000;

/// A phone.
#[derive(Debug, Clone)]
pub(super) struct Phone {
    pub(super) device: DeviceId,
    /// Its disk.
    pub(super) kept: Kept,
    /// The areas that sign-in named; the app learns of later grants by its answers.
    pub(super) areas: Vec<AreaCode>,
    /// Whoever writes, since the app was opened.
    pub(super) actor: Actor,
    /// How often the app was opened: an answer to an earlier opening finds nobody.
    pub(super) opening: u64,
    pub(super) clock_ahead_ms: i64,
    /// The question without an answer yet, and since when.
    asked: Option<(u64, i64)>,
    questions: u64,
    /// Older states of the disk, as backups of the phone, with who was writing then.
    pub(super) copies: Vec<(Kept, Actor)>,
    /// When it last lost its storage, or part of it.
    pub(super) storage_lost_at: Option<i64>,
    /// It once went on as an older copy of itself, under the same actor.
    pub(super) was_copied: bool,
    /// The visits its person takes part in.
    pub(super) visits: Vec<VisitId>,
    /// How often its person met a cooperative that the register doesn't have, made notes, and so on: so
    /// that no two values are the same.
    pub(super) words: u64,
    /// What a second tab has in memory, where nothing keeps it from writing.
    pub(super) other_tab: Option<Box<Phone>>,
}

impl Phone {
    pub(super) fn new(kept: Kept, device: DeviceId, areas: Vec<AreaCode>, chance: &mut Chance) -> Self {
        Self {
            device,
            kept,
            areas,
            actor: Actor(chance.bytes()),
            opening: 0,
            clock_ahead_ms: 0,
            asked: None,
            questions: 0,
            copies: Vec::new(),
            storage_lost_at: None,
            was_copied: false,
            visits: Vec::new(),
            words: 0,
            other_tab: None,
        }
    }

    pub(super) fn writer(&self, now: i64) -> Writer {
        Writer { actor: self.actor, now: self.time(now) }
    }

    /// What its clock says.
    pub(super) fn time(&self, now: i64) -> PhoneTime {
        PhoneTime((now + self.clock_ahead_ms).max(0))
    }

    /// A word that nobody else ever wrote.
    pub(super) fn word(&mut self, number: usize) -> String {
        self.words += 1;
        format!("记{number}-{}", self.words)
    }

    /// The app is closed, however, and opened again: what was not stored is gone, and a fresh actor writes.
    pub(super) fn is_reopened(&mut self, chance: &mut Chance) {
        self.actor = Actor(chance.bytes());
        self.opening += 1;
        self.asked = None;
    }

    /// The disk is another from now on.
    pub(super) fn loses_storage(&mut self, disk: Kept, now: i64) {
        self.kept = disk;
        self.storage_lost_at = Some(now);
        self.opening += 1;
        self.asked = None;
    }

    /// Asks the server, unless a question is still open; the body's words, and what names the question.
    pub(super) fn asks(&mut self, number: usize, now: i64, page_bytes_max: u32) -> Option<(Asked, Push)> {
        if self.asked.is_some_and(|(_, since)| now - since < PATIENCE_MS) {
            return None;
        }
        self.questions += 1;
        self.asked = Some((self.questions, now));
        let asking = Asking { app: "simulation".to_owned(), now: self.time(now), page_bytes_max };
        let asked = Asked { phone: number, opening: self.opening, question: self.questions };
        Some((asked, self.kept.push(&self.areas, asking)))
    }

    /// Whether the app still waits for the answer to this question. It does so no longer.
    pub(super) fn waited_for(&mut self, asked: Asked) -> bool {
        let waits = self.opening == asked.opening
            && self.asked.is_some_and(|(question, _)| question == asked.question);
        if waits {
            self.asked = None;
        }
        waits
    }

    /// What no app of ours does: it calls sent what it has posted.
    pub(super) fn believes_sent(&mut self, push: &Push, now: i64) {
        for visit in &push.visits {
            let mut record = self.kept.stored(visit.visit);
            for mine in &mut record.mine {
                mine.sent = Sent::At(ServerTime(now));
            }
            self.kept.keep(&record);
        }
    }

    /// What no app of ours does: it lets go of what it sent as soon as there is a receipt.
    pub(super) fn forgets_sent(&mut self, stored: &[StoredRecord]) {
        for record in stored {
            let mut record = record.clone();
            record.mine.retain(|mine| mine.sent == Sent::No);
            self.kept.keep(&record);
        }
    }
}
