//! What the visits to a cooperative come to, kept in its row of the register so that phones have it:
//! whether it meets the five haves, and the day of its newest visit that counts.

use rusqlite::Connection;
use sync_core::coverage::FiveHaves;
use sync_core::domain::{CooperativeId, ServerTime};

use crate::store::columns::{Json, Moment, Text};
use crate::store::{Failed, cooperatives};

/// Brings the row up to date; one that is stays untouched.
pub(super) fn project(tx: &Connection, id: CooperativeId, now: ServerTime) -> Result<(), Failed> {
    let Some(known) = cooperatives::get(tx, id)? else { return Ok(()) };
    let newest: Option<Moment> = tx
        .prepare_cached("SELECT max(visit_at) FROM visit_facts WHERE cooperative = ?1 AND counted")?
        .query_row([Text(id)], |row| row.get(0))?;
    let mut rows = tx.prepare_cached(
        "SELECT haves FROM five_haves WHERE cooperative = ?1 ORDER BY visit_at DESC, visit DESC",
    )?;
    let haves = rows.query_map([Text(id)], |row| Ok(row.get::<_, Json<FiveHaves>>(0)?.0))?;
    let mut cooperative = known.clone();
    cooperative.newest_counted = newest.map(|Moment(at)| at.day());
    cooperative.five_haves_met = FiveHaves::of_visits(haves.collect::<Result<Vec<_>, _>>()?).met();
    if cooperative == known { Ok(()) } else { cooperatives::put(tx, now, &cooperative, None) }
}
