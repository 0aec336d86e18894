//! A record in one line, for lists, and as a screen.

use serde::{Deserialize, Serialize};

use super::open::OpenRecord;
use super::stored::{Attention, Sent};
use crate::commands::FieldRef;
use crate::coverage::{JudgedTime, PatrolRules, VisitFacts, visit_start, visit_time};
use crate::document::{Entry, Inspection, Missing, items};
use crate::domain::{
    AreaCode, ChangeHash, ChecklistRef, CooperativeId, ItemId, PersonId, PhoneTime, ServerTime, VisitCode,
    VisitId,
};
use crate::review::{self, Review, Status, Verdict};

/// A record in one line.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RecordSummary {
    /// The visit.
    pub visit: VisitId,
    /// The cooperative visited.
    pub cooperative: CooperativeId,
    /// Its name, where the register doesn't have it.
    pub provisional_name: Option<String>,
    /// The unit, as far as this phone knows.
    pub area: Option<AreaCode>,
    /// The joining code.
    pub code: VisitCode,
    /// Where it stands between authors and supervisor.
    pub status: Status,
    /// The outcome chosen.
    pub outcome: Option<String>,
    /// When the visit started, by the phone of whoever came first.
    pub started_at: Option<PhoneTime>,
    /// Who was there.
    pub present: Vec<PersonId>,
    /// This person was there.
    pub mine: bool,
    /// Whether a position was recorded.
    pub located: bool,
    /// How many things are missing for submission.
    pub missing: u32,
    /// How many fields have values that differ.
    pub conflicts: u32,
    /// How many findings stand.
    pub findings: u32,
    /// Changes without a receipt.
    pub unsent: u32,
    /// When the oldest of them was written.
    pub oldest_unsent_at: Option<PhoneTime>,
    /// The newest receipt for a change of this phone.
    pub sent_at: Option<ServerTime>,
    /// When the server first received something of the visit.
    pub received_at: Option<ServerTime>,
    /// When the last change was written, by its author's phone.
    pub last_written_at: Option<PhoneTime>,
    /// What was refused and waits for the person.
    pub attention: Vec<Attention>,
    /// What the rules for due visits need to know; none before anybody was there.
    pub facts: Option<VisitFacts>,
}

/// A record as a screen.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RecordView {
    /// The record in one line.
    pub summary: RecordSummary,
    /// The checklist to show it by.
    pub checklist: ChecklistRef,
    /// What it says.
    pub inspection: Inspection,
    /// The items that are asked as it stands, in order.
    pub asked: Vec<ItemId>,
    /// What is missing for submission.
    pub missing: Vec<Missing>,
    /// What is in conflict.
    pub conflicts: Vec<FieldRef>,
    /// The decision that sent the record back, while it is back.
    pub returned: Option<Return>,
}

/// A decision that sent a record back.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Return {
    /// The decision.
    pub review: Review,
    /// Items with a comment that were written or confirmed since.
    pub answered: Vec<ItemId>,
}

impl OpenRecord {
    /// The record in one line, as `person` sees it.
    pub fn summary(&self, person: PersonId, reviews: &[Review]) -> RecordSummary {
        self.summary_of(&self.inspection(), person, reviews)
    }

    /// The record as a screen, as `person` sees it.
    pub fn view(&self, person: PersonId, reviews: &[Review]) -> RecordView {
        let inspection = self.inspection();
        let checklist = self.record().checklist();
        let summary = self.summary_of(&inspection, person, reviews);
        let returned = reviews
            .last()
            .filter(|last| last.verdict == Verdict::Returned && summary.status == Status::Returned)
            .map(|last| Return { review: last.clone(), answered: self.answered(&inspection, last) });
        RecordView {
            summary,
            checklist: checklist.reference(),
            asked: checklist.asked(&inspection).map(|item| item.id.clone()).collect(),
            missing: inspection.missing(checklist),
            conflicts: inspection.conflicts(),
            returned,
            inspection,
        }
    }

    fn summary_of(&self, inspection: &Inspection, person: PersonId, reviews: &[Review]) -> RecordSummary {
        let stored = &self.stored;
        let submissions: Vec<ChangeHash> = inspection.submissions.iter().map(|s| s.change).collect();
        let mut present: Vec<PersonId> = inspection.present.iter().map(|p| p.person).collect();
        present.dedup();
        let status = review::status(&submissions, !inspection.withdrawals.is_empty(), reviews);
        let sent_at = |sent: Sent| match sent {
            Sent::No => None,
            Sent::At(at) => Some(at),
        };
        RecordSummary {
            visit: stored.visit(),
            cooperative: stored.genesis.cooperative,
            provisional_name: stored.provisional.as_ref().map(|p| p.name.clone()),
            area: stored.area.clone(),
            code: stored.code.clone(),
            status,
            outcome: inspection.choice(items::VISIT_OUTCOME).map(str::to_owned),
            started_at: visit_start(inspection).map(|start| start.since),
            mine: present.contains(&person) || inspection.writers.contains(&person),
            present,
            located: inspection.is_located(),
            missing: inspection.missing(self.record().checklist()).len() as u32,
            conflicts: inspection.conflicts().len() as u32,
            findings: inspection.findings.values().filter(|f| !f.withdrawn).count() as u32,
            unsent: stored.unsent().count() as u32,
            oldest_unsent_at: stored.unsent().map(|mine| mine.at).min(),
            sent_at: stored.mine.iter().filter_map(|mine| sent_at(mine.sent)).max(),
            received_at: stored.received_at,
            last_written_at: self.record().changes().iter().map(|(facts, _)| facts.at).max(),
            attention: stored.attention.clone(),
            facts: visit_start(inspection).map(|start| {
                let time = self.time(start.since);
                VisitFacts::read(inspection, status, time)
            }),
        }
    }

    /// When the visit took place, as far as this phone can tell: what has no receipt yet is believed.
    fn time(&self, since: PhoneTime) -> JudgedTime {
        match self.stored.received_at {
            Some(received) => visit_time(since, received, &PatrolRules::default().clock),
            None => JudgedTime { at: ServerTime(since.0), flagged: false },
        }
    }

    /// Commented items that somebody wrote or confirmed after the review.
    fn answered(&self, inspection: &Inspection, review: &Review) -> Vec<ItemId> {
        let Some(then) = self.record().inspection_at(&review.heads, &self.stored.actors) else {
            return Vec::new();
        };
        let newly = |item: &&ItemId| {
            let changes = |inspection: &Inspection| {
                let answers = inspection.answers.get(*item).map_or_else(Vec::new, |f| hashes(f.entries()));
                let notes = inspection.notes.get(*item).map_or_else(Vec::new, |f| hashes(f.entries()));
                let confirmed = inspection.confirmations.get(*item).map_or_else(Vec::new, |e| hashes(e));
                (answers, notes, confirmed)
            };
            changes(inspection) != changes(&then)
        };
        review.item_comments.keys().filter(newly).cloned().collect()
    }
}

fn hashes<T>(entries: &[Entry<T>]) -> Vec<ChangeHash> {
    entries.iter().map(|entry| entry.change).collect()
}
