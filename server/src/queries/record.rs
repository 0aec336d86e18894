//! A record on one page, as it stands or as it was approved: what it says, who wrote what when, what was
//! decided, and whether the asker may decide.

use std::collections::BTreeMap;

use rusqlite::Connection;
use serde::Serialize;
use sync_core::commands::FieldRef;
use sync_core::document::{FieldChange, HistoryEntry, Inspection, Record, difference};
use sync_core::domain::{
    AreaCode, ChangeHash, ChecklistRef, Cooperative, EvidenceId, ItemId, PersonId, Position, ServerTime,
    VisitCode, VisitId,
};
use sync_core::review::{Review, Status, Verdict, changed_since_approval, same_heads};
use utoipa::ToSchema;

use super::cooperatives::without_telephone_beyond;
use crate::read_tables::visit_evidence;
use crate::read_tables::visit_facts::distance_m;
use crate::reviews::{Obstacle, obstacle};
use crate::store::columns::{Moment, Text, Word};
use crate::store::visits::Visit;
use crate::store::{Failed, areas, changes, cooperatives, documents, people, reviews};

/// A record on one page.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct RecordPage {
    /// The visit.
    #[schema(value_type = String, format = "uuid")]
    pub visit: VisitId,
    /// Its joining code.
    #[schema(value_type = String)]
    pub code: VisitCode,
    /// The cooperative's row of the register.
    #[schema(value_type = Object)]
    pub cooperative: Cooperative,
    /// What the area is called.
    pub area_name: String,
    /// The checklist it was made with.
    #[schema(value_type = String, example = "quality-2021@1")]
    pub checklist: ChecklistRef,
    /// Where it stands.
    #[schema(value_type = String, example = "submitted")]
    pub status: Status,
    /// It is no longer what was approved.
    pub changed_since_approval: bool,
    /// Names what is shown; a decision is pinned to it.
    #[schema(value_type = Vec<String>)]
    pub heads: Vec<ChangeHash>,
    /// What it says.
    #[schema(value_type = Object)]
    pub inspection: Inspection,
    /// The items that are asked, in the checklist's order.
    #[schema(value_type = Vec<String>)]
    pub asked: Vec<ItemId>,
    /// The fields with values in conflict.
    #[schema(value_type = Vec<Object>)]
    pub conflicts: Vec<FieldRef>,
    /// Who is who on this page.
    #[schema(value_type = BTreeMap<String, String>)]
    pub people: BTreeMap<PersonId, String>,
    /// When the visit took place, as judged.
    #[schema(value_type = i64)]
    pub visit_at: ServerTime,
    /// The phone's time could not be believed.
    pub time_flagged: bool,
    /// What was decided, ascending.
    #[schema(value_type = Vec<Object>)]
    pub reviews: Vec<Review>,
    /// What every change did, with its receipt.
    #[schema(value_type = Vec<Object>)]
    pub history: Vec<Received>,
    /// The asker may decide on it, or at least return or reject it.
    pub can_review: bool,
    /// What keeps the asker from deciding; `conflicts` keeps from approving only.
    pub can_review_reason: Option<CannotReview>,
    /// Metres from the cooperative to where somebody stood nearest to it, where both are known.
    pub distance_m: Option<u32>,
    /// Those of its photos and files that have arrived, ascending.
    #[schema(value_type = Vec<String>)]
    pub evidence_arrived: Vec<EvidenceId>,
    /// What changed since the newest decision, where something did.
    #[schema(value_type = Option<Vec<Object>>)]
    pub changes_since_review: Option<Vec<FieldChange>>,
}

/// A change with its receipt.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Received {
    /// What it did.
    #[serde(flatten)]
    pub entry: HistoryEntry,
    /// When the server received it.
    pub received_at: ServerTime,
}

/// What keeps the asker from deciding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CannotReview {
    /// The asker was there.
    WroteInIt,
    /// Values in conflict keep from approving.
    Conflicts,
    /// Nobody handed it in, or it was taken back.
    NotSubmitted,
    /// The asker is not a supervisor of its area.
    NotYours,
}

impl From<Obstacle> for CannotReview {
    fn from(obstacle: Obstacle) -> Self {
        match obstacle {
            Obstacle::NotYours => Self::NotYours,
            Obstacle::WroteInIt => Self::WroteInIt,
            Obstacle::NotSubmitted => Self::NotSubmitted,
            Obstacle::Conflicts => Self::Conflicts,
        }
    }
}

/// Who asks.
#[derive(Debug, Clone)]
pub struct Asker {
    /// The person.
    pub person: PersonId,
    /// Whether the person is supervisor of the visit's area.
    pub is_supervisor: bool,
    /// Where the person is told telephone numbers.
    pub telephone_areas: Vec<AreaCode>,
}

/// The page of a record as it stands.
pub fn record(connection: &Connection, visit: &Visit, asker: &Asker) -> Result<RecordPage, Failed> {
    Page::read(connection, visit)?.as_it_stands(asker)
}

/// The page of a record as it was when it was last approved; none where it never was.
pub fn approved(connection: &Connection, visit: &Visit, asker: &Asker) -> Result<Option<RecordPage>, Failed> {
    Page::read(connection, visit)?.as_approved(asker)
}

/// What a page is made of.
struct Page<'a> {
    connection: &'a Connection,
    visit: &'a Visit,
    record: Record,
    authors: sync_core::document::Authors,
    reviews: Vec<Review>,
    facts: Facts,
}

struct Facts {
    status: Status,
    visit_at: ServerTime,
    time_flagged: bool,
}

impl<'a> Page<'a> {
    fn read(connection: &'a Connection, visit: &'a Visit) -> Result<Self, Failed> {
        let id = visit.genesis.visit;
        let record = documents::load(connection, &visit.genesis)?
            .ok_or_else(|| Failed::Contradiction(format!("visit {id} has no document")))?;
        let facts = connection
            .prepare_cached("SELECT status, visit_at, time_flagged FROM visit_facts WHERE visit = ?1")?
            .query_row([Text(id)], |row| {
                let (Word(status), Moment(visit_at)) = (row.get(0)?, row.get(1)?);
                Ok(Facts { status, visit_at, time_flagged: row.get(2)? })
            })?;
        Ok(Self {
            connection,
            visit,
            record,
            authors: changes::authors(connection, id)?,
            reviews: reviews::of_visit(connection, id)?,
            facts,
        })
    }

    fn as_it_stands(&self, asker: &Asker) -> Result<RecordPage, Failed> {
        let inspection = self.record.inspection(&self.authors);
        let obstacle = obstacle(&inspection, self.facts.status, asker.person, asker.is_supervisor);
        let last = self.reviews.last().filter(|last| !same_heads(&last.heads, &inspection.heads));
        let seen = last.and_then(|last| self.record.inspection_at(&last.heads, &self.authors));
        let changes = seen.map(|seen| difference(&seen, &inspection));
        let mut page = self.page(inspection, &[], asker)?;
        page.can_review = matches!(obstacle, None | Some(Obstacle::Conflicts));
        page.can_review_reason = obstacle.map(CannotReview::from);
        page.changes_since_review = changes;
        Ok(page)
    }

    fn as_approved(&self, asker: &Asker) -> Result<Option<RecordPage>, Failed> {
        let approval = self.reviews.iter().rposition(|review| review.verdict == Verdict::Approved);
        let Some(approval) = approval else { return Ok(None) };
        let heads = &self.reviews[approval].heads;
        let inspection = self.record.inspection_at(heads, &self.authors).ok_or_else(|| {
            Failed::Contradiction(format!(
                "visit {} lacks heads that were approved",
                self.visit.genesis.visit
            ))
        })?;
        let later: Vec<ChangeHash> =
            self.record.changes_since(heads).into_iter().map(|(facts, _)| facts.hash).collect();
        let mut page = self.page(inspection, &later, asker)?;
        page.status = Status::Approved;
        page.changed_since_approval = false;
        page.reviews.truncate(approval + 1);
        page.can_review_reason = (!asker.is_supervisor).then_some(CannotReview::NotYours);
        Ok(Some(page))
    }

    /// The page without what came `later`; nobody can decide on it yet.
    fn page(
        &self,
        inspection: Inspection,
        later: &[ChangeHash],
        asker: &Asker,
    ) -> Result<RecordPage, Failed> {
        let c = self.connection;
        let id = self.visit.genesis.visit;
        let cooperative = cooperatives::get(c, self.visit.genesis.cooperative)?
            .ok_or_else(|| Failed::Contradiction(format!("the cooperative of visit {id} is not kept")))?;
        let received = changes::received(c, id)?;
        let history = self.record.history(&self.authors).into_iter();
        let history = history.filter(|entry| !later.contains(&entry.facts.hash)).map(|entry| {
            let received_at = received.get(&entry.facts.hash).copied().unwrap_or(self.facts.visit_at);
            Received { entry, received_at }
        });
        let positions: Vec<Position> = inspection.fixes.values().map(|fix| fix.position).collect();
        let area_name = areas::name(c, &self.visit.area)?.unwrap_or_else(|| self.visit.area.to_string());
        Ok(RecordPage {
            visit: id,
            code: self.visit.code.clone(),
            area_name,
            checklist: self.visit.genesis.checklist.clone(),
            status: self.facts.status,
            changed_since_approval: changed_since_approval(&inspection.heads, &self.reviews),
            heads: inspection.heads.clone(),
            asked: self.record.checklist().asked(&inspection).map(|item| item.id.clone()).collect(),
            conflicts: inspection.conflicts(),
            people: self.people(&inspection)?,
            visit_at: self.facts.visit_at,
            time_flagged: self.facts.time_flagged,
            reviews: self.reviews.clone(),
            history: history.collect(),
            can_review: false,
            can_review_reason: None,
            distance_m: distance_m(&positions, cooperative.position.as_ref()),
            evidence_arrived: visit_evidence::arrived(c, id)?,
            changes_since_review: None,
            cooperative: without_telephone_beyond(&asker.telephone_areas, cooperative),
            inspection,
        })
    }

    fn people(&self, inspection: &Inspection) -> Result<BTreeMap<PersonId, String>, Failed> {
        let present = inspection.present.iter().map(|presence| presence.person);
        let reviewers = self.reviews.iter().map(|review| review.reviewer);
        people::names(self.connection, self.authors.values().copied().chain(present).chain(reviewers))
    }
}
