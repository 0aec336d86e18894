//! Supervisors at their desks: they decide on what was handed in, and settle conflicts.

use std::collections::BTreeMap;

use server::reviews::{self, Decision, Pick, Refused, Supervisor};
use server::store::columns::Text;
use server::store::{changes, documents, visits};
use sync_core::document::Inspection;
use sync_core::domain::{Actor, ServerTime, VisitId};
use sync_core::review::Verdict;

use super::chance::Chance;
use super::office::Office;

/// What became of something done at a desk.
pub(super) type Done = Result<VisitId, Refused>;

/// Decides on a visit that was handed in; none where there is none.
pub(super) fn decides(by: &Supervisor, office: &Office, now: i64, chance: &mut Chance) -> Option<Done> {
    let visit = *chance.one_of(&handed_in(office))?;
    let inspection = seen(office, visit)?;
    let verdicts = [Verdict::Returned, Verdict::Approved, Verdict::Approved, Verdict::Rejected];
    let decision = Decision {
        heads: inspection.heads,
        verdict: *chance.one_of(&verdicts).expect("there are some"),
        comment: format!("意见{}", chance.below(1_000)),
        item_comments: BTreeMap::new(),
    };
    let by = by.clone();
    let done = office.tries(move |tx| reviews::review(tx, &by, visit, decision, ServerTime(now)));
    Some(done.map(|()| visit))
}

/// Settles a conflict of a visit; none where there is none.
pub(super) fn picks(by: &Supervisor, office: &Office, now: i64, chance: &mut Chance) -> Option<Done> {
    let visit = *chance.one_of(&in_conflict(office))?;
    let inspection = seen(office, visit)?;
    let field = chance.one_of(&inspection.conflicts())?.clone();
    let chosen = inspection.standing(&field)[0];
    let (by, actor) = (by.clone(), Actor(chance.bytes()));
    let pick = Pick { heads: inspection.heads, field, chosen };
    let done = office.tries(move |tx| reviews::pick(tx, &by, visit, pick, actor, ServerTime(now)));
    Some(done.map(|()| visit))
}

fn handed_in(office: &Office) -> Vec<VisitId> {
    listed(office, "SELECT visit FROM visit_facts WHERE submitted_at IS NOT NULL ORDER BY visit")
}

fn in_conflict(office: &Office) -> Vec<VisitId> {
    listed(office, "SELECT visit FROM visit_facts WHERE conflicts > 0 ORDER BY visit")
}

fn listed(office: &Office, sql: &str) -> Vec<VisitId> {
    office.read(|connection| {
        let mut rows = connection.prepare(sql)?;
        let visits = rows.query_map([], |row| Ok(row.get::<_, Text<VisitId>>(0)?.0))?;
        Ok(visits.collect::<Result<_, _>>()?)
    })
}

/// A record as it is on the screen.
fn seen(office: &Office, visit: VisitId) -> Option<Inspection> {
    office.read(|connection| {
        let Some(known) = visits::get(connection, visit)? else { return Ok(None) };
        let record = documents::load(connection, &known.genesis)?;
        let authors = changes::authors(connection, visit)?;
        Ok(record.map(|record| record.inspection(&authors)))
    })
}
