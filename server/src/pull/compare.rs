//! Comparing: the phone says what it holds, and is told what differs, whole. A new grant is a comparison
//! with nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound;

use rusqlite::{Connection, params};
use sync_core::domain::{AreaCode, VisitId};
use sync_core::wire::{Comparing, Entry, Row, ScopeRequest};

use super::entries::enter;
use super::room::Room;
use crate::store::areas::range;
use crate::store::columns::Bits;
use crate::store::{Failed, documents};

/// Adds what differs, rows of the register first, then visits. Returns how far it came; none once all is
/// compared.
pub(super) fn compare(
    connection: &Connection,
    request: &ScopeRequest,
    from: Comparing,
    room: &mut Room,
    entries: &mut Vec<Entry>,
) -> Result<Option<Comparing>, Failed> {
    let after = match from {
        Comparing::Visits(after) => after,
        Comparing::Rows(after) => {
            if let Some(last) = rows(connection, &request.prefix, &after, room, entries)? {
                return Ok(Some(Comparing::Rows(last)));
            }
            None
        }
    };
    let unfinished = visits(connection, request, after, room, entries)?;
    Ok(unfinished.map(Comparing::Visits))
}

/// Adds the rows after a key. Returns the last key that fitted; none where all did.
fn rows(
    connection: &Connection,
    area: &AreaCode,
    after: &str,
    room: &mut Room,
    entries: &mut Vec<Entry>,
) -> Result<Option<String>, Failed> {
    let (table, key) = after.split_once('\n').unwrap_or_default();
    let (from, to) = range(area);
    let mut rows = connection.prepare_cached(
        "SELECT table_name, key, seq, value FROM register_rows
         WHERE (table_name, key) > (?1, ?2) AND (area IS NULL OR (area >= ?3 AND area < ?4))
         ORDER BY table_name, key",
    )?;
    let mut rows = rows.query(params![table, key, from, to])?;
    let mut last = after.to_owned();
    while let Some(row) = rows.next()? {
        let Bits(seq) = row.get(2)?;
        let row = Row { table: row.get(0)?, key: row.get(1)?, seq, value: Some(row.get(3)?) };
        let at = format!("{}\n{}", row.table, row.key);
        let entry = Entry::Row(row);
        if !room.take(&entry) {
            return Ok(Some(last));
        }
        entries.push(entry);
        last = at;
    }
    Ok(None)
}

/// Adds the visits after one: those the phone lacks or has otherwise, whole, and those that are not in
/// the area, as leaving. Returns the last that fitted; none where all did.
fn visits(
    connection: &Connection,
    request: &ScopeRequest,
    after: Option<VisitId>,
    room: &mut Room,
    entries: &mut Vec<Entry>,
) -> Result<Option<Option<VisitId>>, Failed> {
    let theirs: BTreeMap<VisitId, u64> =
        request.index.iter().map(|entry| (entry.visit, entry.digest)).collect();
    let ours: BTreeMap<VisitId, u64> =
        documents::digests_of_area(connection, &request.prefix)?.into_iter().collect();
    let all: BTreeSet<VisitId> = ours.keys().chain(theirs.keys()).copied().collect();
    let rest = (after.map_or(Bound::Unbounded, Bound::Excluded), Bound::Unbounded);
    let mut last = after;
    for visit in all.range::<VisitId, _>(rest) {
        let entry = match (ours.get(visit), theirs.get(visit)) {
            (ours, theirs) if ours == theirs => None,
            (Some(_), _) => Some(enter(connection, *visit)?),
            (None, _) => Some(Entry::Leave(*visit)),
        };
        if let Some(entry) = entry {
            if !room.take(&entry) {
                return Ok(Some(last));
            }
            entries.push(entry);
        }
        last = Some(*visit);
    }
    Ok(None)
}
