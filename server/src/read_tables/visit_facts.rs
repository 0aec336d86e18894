//! What a visit comes to: where it stands, when it took place, whether it counts.

use rusqlite::{Connection, params};
use sync_core::coverage::VisitFacts;
use sync_core::domain::{AreaCode, Position, ServerTime};
use sync_core::review::changed_since_approval;

use super::Reading;
use crate::store::Failed;
use crate::store::areas::range;
use crate::store::columns::{Json, Moment, Text, Word};

pub(super) fn project(tx: &Connection, reading: &Reading<'_>) -> Result<(), Failed> {
    let inspection = &reading.inspection;
    let facts = VisitFacts::read(inspection, reading.status, reading.time);
    let standing = inspection.findings.values().filter(|finding| !finding.withdrawn);
    let positions: Vec<Position> = inspection.fixes.values().map(|fix| fix.position).collect();
    tx.prepare_cached(
        "INSERT INTO visit_facts (visit, cooperative, status, changed_since_approval, outcome, counted,
           visit_at, time_flagged, started_received_at, changed_at, submitted_at, conflicts, findings,
           positions, facts)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)
         ON CONFLICT (visit) DO UPDATE SET
           status = excluded.status, changed_since_approval = excluded.changed_since_approval,
           outcome = excluded.outcome, counted = excluded.counted, visit_at = excluded.visit_at,
           time_flagged = excluded.time_flagged, started_received_at = excluded.started_received_at,
           changed_at = excluded.changed_at, submitted_at = excluded.submitted_at,
           conflicts = excluded.conflicts, findings = excluded.findings,
           positions = excluded.positions, facts = excluded.facts",
    )?
    .execute(params![
        Text(facts.visit),
        Text(facts.cooperative),
        Word(facts.status),
        changed_since_approval(&inspection.heads, &reading.reviews),
        facts.outcome.map(Word),
        facts.is_counted(),
        Moment(facts.time.at),
        facts.time.flagged,
        Moment(reading.started_received_at),
        reading.received.values().max().copied().map(Moment),
        submitted_at(reading).map(Moment),
        inspection.conflicts().len() as i64,
        standing.count() as i64,
        Json(positions),
        Json(&facts),
    ])?;
    Ok(())
}

/// Since when a record waits for its supervisor: the receipt of the first submission that no review has
/// seen, or where all were seen, of the last.
fn submitted_at(reading: &Reading<'_>) -> Option<ServerTime> {
    let seen = reading.reviews.last().map(|review| review.submissions.as_slice()).unwrap_or_default();
    let received = |change| reading.received.get(change).copied();
    let changes = || reading.inspection.submissions.iter().map(|submission| &submission.change);
    let waiting = changes().filter(|change| !seen.contains(change)).filter_map(received).min();
    waiting.or_else(|| changes().filter_map(received).max())
}

/// What coverage needs to know of the visits to the cooperatives of an area, ascending by visit.
pub fn of_area(connection: &Connection, area: &AreaCode) -> Result<Vec<VisitFacts>, Failed> {
    let (from, to) = range(area);
    let mut rows = connection.prepare_cached(
        "SELECT facts FROM visit_facts JOIN visits USING (visit)
         WHERE area >= ?1 AND area < ?2 ORDER BY visit",
    )?;
    let facts = rows.query_map(params![from, to], |row| Ok(row.get::<_, Json<VisitFacts>>(0)?.0))?;
    Ok(facts.collect::<Result<_, _>>()?)
}

/// Metres from where the cooperative is to where somebody stood nearest to it, where both are known.
pub fn distance_m(positions: &[Position], cooperative: Option<&Position>) -> Option<u32> {
    let cooperative = cooperative?;
    positions.iter().map(|position| position.distance_m(cooperative)).min()
}
