//! A visit as a line of a list.

use rusqlite::{Connection, Row, ToSql};
use serde::Serialize;
use sync_core::coverage::{Outcome, PatrolRules};
use sync_core::domain::{AreaCode, CooperativeId, PersonId, Position, ServerTime, VisitId};
use sync_core::review::Status;
use utoipa::ToSchema;

use crate::read_tables::visit_evidence::{self, EvidenceCount};
use crate::read_tables::visit_facts::distance_m;
use crate::store::columns::{Json, Moment, Text, Word};
use crate::store::{Failed, patrol_rules};

/// A visit as a line of a list.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct VisitRow {
    /// The visit.
    #[schema(value_type = String, format = "uuid")]
    pub visit: VisitId,
    /// The cooperative visited.
    #[schema(value_type = String, format = "uuid")]
    pub cooperative: CooperativeId,
    /// What it is called.
    pub cooperative_name: String,
    /// Its area.
    #[schema(value_type = String, example = "140602100")]
    pub area: AreaCode,
    /// What that is called.
    pub area_name: String,
    /// Where the record stands.
    #[schema(value_type = String, example = "submitted")]
    pub status: Status,
    /// How the visit went, where that was answered without conflict.
    #[schema(value_type = Option<String>, example = "held")]
    pub outcome: Option<Outcome>,
    /// When it took place, as judged.
    #[schema(value_type = i64)]
    pub visit_at: ServerTime,
    /// Since when it waits for its supervisor, by receipt.
    #[schema(value_type = Option<i64>)]
    pub submitted_at: Option<ServerTime>,
    /// Fields with values in conflict.
    pub conflicts: u32,
    /// What to look at.
    pub flags: Vec<Flag>,
    /// Who was there.
    pub writers: Vec<Writer>,
    /// Findings that stand.
    pub findings: u32,
    /// The photos and files that stand.
    pub evidence: EvidenceCount,
}

/// What a supervisor should look at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Flag {
    /// Nobody stood near the cooperative.
    Far,
    /// There is no position.
    NoFix,
    /// The phone's time could not be believed.
    Clock,
    /// The record is no longer what was approved.
    ChangedSinceApproval,
}

/// Who was there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Writer {
    /// The person.
    #[schema(value_type = String, format = "uuid")]
    pub id: PersonId,
    /// What others call the person.
    pub name: String,
}

/// Joins what a row needs; conditions and order follow.
const SELECT: &str = "SELECT f.visit, f.cooperative, coalesce(c.name, ''), v.area, coalesce(a.name, v.area),
       f.status, f.outcome, f.visit_at, f.submitted_at, f.conflicts, f.findings,
       f.changed_since_approval, f.time_flagged, f.positions, c.value -> 'position'
     FROM visit_facts f JOIN visits v USING (visit)
     LEFT JOIN cooperatives c ON c.id = f.cooperative
     LEFT JOIN areas a ON a.code = v.area";

/// The rows that fulfil conditions on `f` (visit_facts), `v` (visits) and `c` (cooperatives): at most `limit` of them, and how
/// many there are.
pub(super) fn select(
    connection: &Connection,
    conditions_and_order: &str,
    params: &[(&str, &dyn ToSql)],
    limit: usize,
) -> Result<(Vec<VisitRow>, usize), Failed> {
    let rules = patrol_rules::current(connection)?;
    let mut found = connection.prepare_cached(&format!("{SELECT} WHERE {conditions_and_order}"))?;
    let mut found = found.query(params)?;
    let (mut rows, mut total) = (Vec::new(), 0);
    while let Some(row) = found.next()? {
        total += 1;
        if rows.len() < limit {
            rows.push(read(row, &rules)?);
        }
    }
    for row in &mut rows {
        row.writers = writers(connection, row.visit)?;
        row.evidence = visit_evidence::count(connection, row.visit)?;
    }
    Ok((rows, total))
}

fn read(row: &Row<'_>, rules: &PatrolRules) -> rusqlite::Result<VisitRow> {
    let (Text(visit), Text(cooperative), Text(area)) = (row.get(0)?, row.get(1)?, row.get(3)?);
    let (Word(status), outcome) = (row.get(5)?, row.get::<_, Option<Word<Outcome>>>(6)?);
    let (Moment(visit_at), submitted_at) = (row.get(7)?, row.get::<_, Option<Moment>>(8)?);
    let (changed, clock): (bool, bool) = (row.get(11)?, row.get(12)?);
    let Json(positions): Json<Vec<Position>> = row.get(13)?;
    let place = row.get::<_, Option<Json<Option<Position>>>>(14)?.and_then(|Json(place)| place);
    let far = distance_m(&positions, place.as_ref()).is_some_and(|metres| metres > rules.far_m);
    let flags = [
        (far, Flag::Far),
        (positions.is_empty(), Flag::NoFix),
        (clock, Flag::Clock),
        (changed, Flag::ChangedSinceApproval),
    ];
    Ok(VisitRow {
        visit,
        cooperative,
        cooperative_name: row.get(2)?,
        area,
        area_name: row.get(4)?,
        status,
        outcome: outcome.map(|Word(outcome)| outcome),
        visit_at,
        submitted_at: submitted_at.map(|Moment(at)| at),
        conflicts: row.get(9)?,
        flags: flags.into_iter().filter(|(is_so, _)| *is_so).map(|(_, flag)| flag).collect(),
        writers: Vec::new(),
        findings: row.get(10)?,
        evidence: EvidenceCount::default(),
    })
}

fn writers(connection: &Connection, visit: VisitId) -> Result<Vec<Writer>, Failed> {
    let mut rows = connection.prepare_cached(
        "SELECT p.id, p.name FROM visit_people w JOIN people p ON p.id = w.person
         WHERE w.visit = ?1 AND w.present ORDER BY p.name, p.id",
    )?;
    let writers = rows.query_map([Text(visit)], |row| {
        let Text(id) = row.get(0)?;
        Ok(Writer { id, name: row.get(1)? })
    })?;
    Ok(writers.collect::<Result<_, _>>()?)
}
