//! What the approved state of a visit says of the five haves.

use rusqlite::{Connection, params};
use sync_core::coverage::FiveHaves;
use sync_core::document::Authors;
use sync_core::review::Verdict;

use super::Reading;
use crate::store::Failed;
use crate::store::columns::{Json, Moment, Text};

/// Reads the record as it was approved: what was written since then says nothing until a supervisor
/// decides again.
pub(super) fn project(tx: &Connection, reading: &Reading<'_>) -> Result<(), Failed> {
    let id = Text(reading.visit.genesis.visit);
    tx.prepare_cached("DELETE FROM five_haves WHERE visit = ?1")?.execute([&id])?;
    let Some(approval) = reading.reviews.last().filter(|review| review.verdict == Verdict::Approved) else {
        return Ok(());
    };
    let approved = reading
        .record
        .inspection_at(&approval.heads, &Authors::new())
        .ok_or_else(|| Failed::Contradiction(format!("visit {} lacks what was approved of it", id.0)))?;
    let haves = FiveHaves::read(&approved, reading.record.checklist());
    tx.prepare_cached(
        "INSERT INTO five_haves (visit, cooperative, visit_at, haves) VALUES (?1, ?2, ?3, ?4)",
    )?
    .execute(params![
        id,
        Text(reading.visit.genesis.cooperative),
        Moment(reading.time.at),
        Json(haves)
    ])?;
    Ok(())
}
