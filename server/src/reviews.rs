//! A supervisor's work: deciding on records, and picking between two values in conflict. Both are pinned
//! to the heads that were on the screen.

use std::collections::BTreeMap;

use rusqlite::Transaction;
use sync_core::commands::{Command, Context, FieldRef, NOTE_CHARS_MAX, Part, Refusal, View, decide};
use sync_core::document::{FieldChange, Inspection, Record, difference};
use sync_core::domain::{
    Actor, AreaCode, ChangeHash, DeviceId, ItemId, PersonId, PhoneTime, ServerTime, VisitId,
};
use sync_core::review::{Status, Verdict, same_heads, status};
use sync_core::wire::{Receipt, VisitPush};

use crate::ingest;
use crate::read_tables;
use crate::read_tables::visit_evidence::{self, EvidenceCount};
use crate::store::visits::{self, Visit};
use crate::store::{Failed, changes, documents, reviews};

/// A supervisor at work.
#[derive(Debug, Clone)]
pub struct Supervisor {
    /// Who.
    pub person: PersonId,
    /// At which desk.
    pub device: DeviceId,
    /// Where the person is supervisor at this moment.
    pub areas: Vec<AreaCode>,
}

/// What a supervisor decides.
#[derive(Debug, Clone)]
pub struct Decision {
    /// The heads on the screen.
    pub heads: Vec<ChangeHash>,
    /// What.
    pub verdict: Verdict,
    /// In general.
    pub comment: String,
    /// Beside the items.
    pub item_comments: BTreeMap<ItemId, String>,
}

/// Which of two values a supervisor picks.
#[derive(Debug, Clone)]
pub struct Pick {
    /// The heads on the screen.
    pub heads: Vec<ChangeHash>,
    /// What is in conflict.
    pub field: FieldRef,
    /// The change that wrote the chosen value.
    pub chosen: ChangeHash,
}

/// Why nothing was decided.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    /// No such visit in the supervisor's areas.
    #[error("no such visit")]
    UnknownVisit,
    /// The record has moved since.
    #[error("the record has moved")]
    Moved {
        /// Its heads now.
        heads: Vec<ChangeHash>,
        /// What differs.
        changes: Vec<FieldChange>,
    },
    /// The record can't be decided on, or not so.
    #[error("not reviewable: {0:?}")]
    NotReviewable(Obstacle),
    /// Who returns or rejects must say why, and so must who approves before all evidence has arrived.
    #[error("a comment is required")]
    CommentRequired {
        /// How much of the record's evidence is there.
        evidence: EvidenceCount,
    },
    /// Something in the decision fits neither record nor limits.
    #[error("{0}")]
    BadValue(&'static str),
    /// The pick can't be made.
    #[error(transparent)]
    Command(#[from] Refusal),
    /// The store could not answer.
    #[error(transparent)]
    Store(#[from] Failed),
}

/// What keeps somebody from deciding on a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Obstacle {
    /// Not a supervisor of its area.
    NotYours,
    /// One of those who were there.
    WroteInIt,
    /// Nobody handed it in, or it was taken back.
    NotSubmitted,
    /// Values in conflict; keeps from approving only.
    Conflicts,
}

/// The first thing that keeps a person from deciding on a record as it stands.
///
/// Whoever writes in a record has joined the visit, so those who wrote are among those present; a pick
/// made at the desk is not writing in it.
pub fn obstacle(
    inspection: &Inspection,
    status: Status,
    person: PersonId,
    is_supervisor: bool,
) -> Option<Obstacle> {
    let handed_in = !inspection.submissions.is_empty() && status != Status::Withdrawn;
    if !is_supervisor {
        Some(Obstacle::NotYours)
    } else if inspection.is_present(person) {
        Some(Obstacle::WroteInIt)
    } else if !handed_in {
        Some(Obstacle::NotSubmitted)
    } else if !inspection.conflicts().is_empty() {
        Some(Obstacle::Conflicts)
    } else {
        None
    }
}

/// Records a decision. The same decision told twice is one: a repeated request changes nothing.
pub fn review(
    tx: &Transaction<'_>,
    by: &Supervisor,
    visit: VisitId,
    decision: Decision,
    now: ServerTime,
) -> Result<(), Refused> {
    let open = Open::at(tx, by, visit, &decision.heads)?;
    let known = reviews::of_visit(tx, visit)?;
    let repeated = known.last().is_some_and(|last| {
        last.reviewer == by.person
            && last.verdict == decision.verdict
            && last.comment == decision.comment
            && last.item_comments == decision.item_comments
            && same_heads(&last.heads, &decision.heads)
    });
    if repeated {
        return Ok(());
    }
    let submissions: Vec<ChangeHash> = open.inspection.submissions.iter().map(|s| s.change).collect();
    let status = status(&submissions, !open.inspection.withdrawals.is_empty(), &known);
    match obstacle(&open.inspection, status, by.person, true) {
        Some(Obstacle::Conflicts) if decision.verdict != Verdict::Approved => {}
        Some(obstacle) => return Err(Refused::NotReviewable(obstacle)),
        None => {}
    }
    check(&decision, &open.record, visit_evidence::count(tx, visit)?)?;
    let new = reviews::NewReview {
        visit,
        reviewer: by.person,
        at: now,
        verdict: decision.verdict,
        comment: &decision.comment,
        item_comments: &decision.item_comments,
        heads: &open.inspection.heads,
        submissions: &submissions,
    };
    reviews::append(tx, &new, &open.visit.area)?;
    read_tables::project(tx, &open.visit, &open.record, now)?;
    Ok(())
}

fn check(decision: &Decision, record: &Record, evidence: EvidenceCount) -> Result<(), Refused> {
    let comments = || std::iter::once(&decision.comment).chain(decision.item_comments.values());
    if comments().any(|text| text.chars().count() > NOTE_CHARS_MAX) {
        return Err(Refused::BadValue("a comment is too long"));
    }
    if decision.item_comments.keys().any(|item| record.checklist().item(item).is_none()) {
        return Err(Refused::BadValue("the checklist has no such item"));
    }
    let lacks_reason = match decision.verdict {
        // A word beside an item doesn't say why what is missing can be done without.
        Verdict::Approved => !evidence.is_complete() && decision.comment.trim().is_empty(),
        Verdict::Returned | Verdict::Rejected => comments().all(|text| text.trim().is_empty()),
    };
    if lacks_reason { Err(Refused::CommentRequired { evidence }) } else { Ok(()) }
}

/// Settles a conflict by a change of the supervisor's own, which goes the way of every change. `actor`
/// should be random.
pub fn pick(
    tx: &Transaction<'_>,
    by: &Supervisor,
    visit: VisitId,
    pick: Pick,
    actor: Actor,
    now: ServerTime,
) -> Result<(), Refused> {
    let mut open = Open::at(tx, by, visit, &pick.heads)?;
    if open.inspection.is_present(by.person) {
        return Err(Refused::NotReviewable(Obstacle::WroteInIt));
    }
    let now_at_desk = PhoneTime(now.0);
    let context =
        Context { person: by.person, now: now_at_desk, checklist: open.record.checklist(), part: Part::Desk };
    let command = Command::Pick { field: pick.field, chosen: pick.chosen };
    let edits = decide(&open.inspection, &context, &[command])?;
    let (_, change) = open.record.commit(actor, now_at_desk, &edits).ok_or(Refusal::NoConflict)?;
    let push = VisitPush {
        visit,
        genesis: open.visit.genesis,
        code: open.visit.code,
        provisional: None,
        changes: vec![change.into()],
        replaces: Vec::new(),
    };
    let caller = ingest::Caller { person: by.person, device: by.device, part: Part::Desk };
    let receipt = ingest::one_visit(tx, &caller, &push, now)?;
    match receipt.changes.as_slice() {
        [one] if one.receipt == Receipt::Accepted => Ok(()),
        other => Err(Failed::Contradiction(format!("a pick was not accepted: {other:?}")).into()),
    }
}

/// A record on a supervisor's screen.
struct Open {
    visit: Visit,
    record: Record,
    inspection: Inspection,
}

impl Open {
    /// Opens a record of the supervisor's areas, unless it has moved from these heads.
    fn at(
        tx: &Transaction<'_>,
        by: &Supervisor,
        visit: VisitId,
        heads: &[ChangeHash],
    ) -> Result<Self, Refused> {
        let visit = visits::within(tx, visit, &by.areas)?.ok_or(Refused::UnknownVisit)?;
        let record = documents::load(tx, &visit.genesis)?.ok_or(Refused::UnknownVisit)?;
        let authors = changes::authors(tx, visit.genesis.visit)?;
        let inspection = record.inspection(&authors);
        if !same_heads(heads, &inspection.heads) {
            let seen = record.inspection_at(heads, &authors);
            let changes = seen.map(|seen| difference(&seen, &inspection)).unwrap_or_default();
            return Err(Refused::Moved { heads: inspection.heads, changes });
        }
        Ok(Self { visit, record, inspection })
    }
}
