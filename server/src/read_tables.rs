//! Derived rows: what a record and its reviews come to, for lists and figures. Nothing here is truth:
//! `xunfang rebuild` throws it away and makes it again from changes, reviews and the register.

use std::collections::BTreeMap;

use rusqlite::Connection;
use sync_core::coverage::{JudgedTime, PatrolRules, visit_start, visit_time};
use sync_core::document::{Inspection, Record};
use sync_core::domain::{ChangeHash, ServerTime};
use sync_core::review::{Review, Status, status};

use crate::store::visits::Visit;
use crate::store::{Failed, changes, patrol_rules, reviews};

mod cooperative_state;
mod findings;
mod five_haves;
mod rebuild;
pub mod visit_evidence;
pub mod visit_facts;
mod visit_people;

pub use rebuild::{dump, rebuild};

/// A record read, with everything its derived rows are made of.
struct Reading<'a> {
    visit: &'a Visit,
    record: &'a Record,
    inspection: Inspection,
    reviews: Vec<Review>,
    received: BTreeMap<ChangeHash, ServerTime>,
    status: Status,
    /// When the server received the start of the visit.
    started_received_at: ServerTime,
    time: JudgedTime,
}

impl<'a> Reading<'a> {
    fn of(connection: &Connection, visit: &'a Visit, record: &'a Record) -> Result<Self, Failed> {
        let id = visit.genesis.visit;
        let inspection = record.inspection(&changes::authors(connection, id)?);
        let reviews = reviews::of_visit(connection, id)?;
        let received = changes::received(connection, id)?;
        let PatrolRules { clock, .. } = patrol_rules::current(connection)?;
        let submissions: Vec<_> = inspection.submissions.iter().map(|submission| submission.change).collect();
        let status = status(&submissions, !inspection.withdrawals.is_empty(), &reviews);
        let first_received = received.values().min().copied();
        let start = visit_start(&inspection);
        let started_received_at = start
            .and_then(|presence| received.get(&presence.change).copied())
            .or(first_received)
            .ok_or_else(|| Failed::Contradiction(format!("visit {id} has no change")))?;
        let time = match start {
            Some(presence) => visit_time(presence.since, started_received_at, &clock),
            None => JudgedTime { at: started_received_at, flagged: true },
        };
        Ok(Self { visit, record, inspection, reviews, received, status, started_received_at, time })
    }
}

/// Derives everything that hangs on one record: after its changes, or after a review of it.
pub fn project(tx: &Connection, visit: &Visit, record: &Record, now: ServerTime) -> Result<(), Failed> {
    project_visit(tx, visit, record)?;
    visit_evidence::tell(tx, visit, now)?;
    cooperative_state::project(tx, visit.genesis.cooperative, now)
}

/// The derived rows of the visit itself. What all visits to the cooperative come to waits, in a rebuild,
/// until all of them are there.
fn project_visit(tx: &Connection, visit: &Visit, record: &Record) -> Result<(), Failed> {
    let reading = Reading::of(tx, visit, record)?;
    visit_facts::project(tx, &reading)?;
    visit_people::project(tx, &reading)?;
    findings::project(tx, &reading)?;
    visit_evidence::project(tx, &reading)?;
    five_haves::project(tx, &reading)
}
