//! What is to be sent.

use serde_bytes::ByteBuf;

use super::stored::{ScopeState, State, StoredRecord};
use crate::domain::{AreaCode, PhoneTime};
use crate::wire::{
    Comparing, IndexEntry, PUSH_BYTES_MAX, Push, REMEMBERED_BYTES_MAX, RefusedChange, Remembered,
    Replacement, Row, ScopeRequest, Unsent, VERSION, VisitPush,
};

/// A push asks about at most this many refused changes.
const REFUSED_MAX: usize = 500;

/// How a phone asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asking {
    /// The version of the app.
    pub app: String,
    /// The phone's clock.
    pub now: PhoneTime,
    /// How many bytes of pages to answer with, before compression; 0 to push only.
    pub page_bytes_max: u32,
}

/// Builds the next push from all records with unsent or refused changes: the records with the oldest
/// first, at most [`PUSH_BYTES_MAX`] bytes of changes, but at least one change.
pub fn push(state: &State, unsent: &[StoredRecord], asking: Asking) -> Push {
    let oldest = |record: &StoredRecord| record.unsent().map(|mine| mine.at).min();
    let mut records: Vec<&StoredRecord> = unsent.iter().filter(|r| r.unsent().next().is_some()).collect();
    records.sort_by_key(|record| (oldest(record), record.visit()));

    let mut room = PUSH_BYTES_MAX;
    let mut visits = Vec::new();
    for record in &records {
        let mut changes = Vec::new();
        let mut replaces = Vec::new();
        for mine in record.unsent() {
            let is_first = visits.is_empty() && changes.is_empty();
            if mine.bytes.len() > room && !is_first {
                break;
            }
            room = room.saturating_sub(mine.bytes.len());
            changes.push(ByteBuf::from(mine.bytes.clone()));
            replaces.extend(mine.replaces.map(|old| Replacement { new: mine.hash, old }));
        }
        if changes.is_empty() {
            break;
        }
        visits.push(VisitPush {
            visit: record.visit(),
            genesis: record.genesis.clone(),
            code: record.code.clone(),
            provisional: record.provisional.clone(),
            changes,
            replaces,
        });
    }

    Push {
        version: VERSION,
        app: asking.app,
        sent_at: asking.now,
        unsent: Unsent {
            records: records.len() as u32,
            changes: records.iter().map(|record| record.unsent().count() as u32).sum(),
            oldest: records.first().and_then(|record| oldest(record)),
        },
        visits,
        scopes: if asking.page_bytes_max == 0 { Vec::new() } else { scopes(state) },
        page_bytes_max: asking.page_bytes_max,
        refused: refused(unsent).take(REFUSED_MAX).collect(),
        remembered: None,
    }
}

/// What was refused and not yet resolved, as far as the phone knows.
fn refused(records: &[StoredRecord]) -> impl Iterator<Item = RefusedChange> {
    records.iter().flat_map(|record| {
        let open = record.attention.iter().filter(|attention| attention.dismissed.is_none());
        open.map(|attention| RefusedChange { visit: record.visit(), change: attention.change })
    })
}

/// Adds rows from a log that the server has lost, as many as one push may tell.
pub fn tell(push: &mut Push, state: &State, mut rows: Vec<Row>) {
    let mut bytes = 0;
    let fitting = rows.iter().take_while(|row| {
        bytes += row.value.as_ref().map_or(0, String::len);
        bytes <= REMEMBERED_BYTES_MAX
    });
    rows.truncate(fitting.count().max(1));
    let epoch = state.lost_epoch.filter(|_| !rows.is_empty());
    push.remembered = epoch.map(|epoch| Remembered { epoch, rows });
}

/// While comparing, the server is told what the phone holds beyond the page before.
fn scopes(state: &State) -> Vec<ScopeRequest> {
    let request = |(prefix, scope): (&AreaCode, &ScopeState)| {
        let held = scope.held.iter().map(|(visit, digest)| IndexEntry { visit: *visit, digest: *digest });
        let index = match scope.cursor.as_ref().map(|cursor| &cursor.comparing) {
            None | Some(Some(Comparing::Rows(_))) => held.collect(),
            Some(Some(Comparing::Visits(after))) => held.filter(|entry| Some(entry.visit) > *after).collect(),
            Some(None) => Vec::new(),
        };
        ScopeRequest { prefix: prefix.clone(), cursor: scope.cursor.clone(), index }
    };
    state.scopes.iter().map(request).collect()
}
