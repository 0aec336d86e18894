//! Sixth step: what was found good is kept.

use rusqlite::Connection;
use sync_core::document::Record;
use sync_core::domain::ServerTime;
use sync_core::gate::Gated;
use sync_core::wire::VisitPush;

use super::Caller;
use super::judge::Judged;
use super::standing::{Basis, Newness};
use crate::store::changes::{self, NewChange};
use crate::store::visits::{self, Visit};
use crate::store::{Failed, cooperatives, documents, quarantine};

/// A visit whose new changes are kept.
pub(super) struct Appended {
    /// The visit.
    pub(super) visit: Visit,
    /// Its document with them.
    pub(super) record: Record,
}

/// Keeps the changes, the document with them, and where they are the first of their visit, the visit and
/// its provisional cooperative.
pub(super) fn append(
    tx: &Connection,
    judged: Judged,
    basis: Basis,
    caller: &Caller,
    push: &VisitPush,
    received_at: ServerTime,
) -> Result<Appended, Failed> {
    let visit = basis.visit;
    if let Newness::NewCooperative(cooperative) = &basis.newness {
        cooperatives::put(tx, received_at, cooperative, Some(caller.person))?;
    }
    if !matches!(basis.newness, Newness::Known) {
        visits::insert(tx, &visit)?;
    }
    for change in &judged.changes {
        let change: &Gated = change.as_ref();
        changes::bind(tx, change.actor(), caller.device, caller.person, received_at)?;
        let new = NewChange {
            visit: push.visit,
            area: &visit.area,
            hash: change.hash(),
            actor: change.actor(),
            actor_seq: change.seq(),
            bytes: change.bytes(),
        };
        changes::append(tx, new, received_at)?;
        for replacement in push.replaces.iter().filter(|replacement| replacement.new == change.hash()) {
            changes::replace(tx, push.visit, *replacement)?;
            quarantine::replace(tx, push.visit, replacement.old, caller.person, received_at)?;
        }
    }
    documents::put(tx, push.visit, &judged.copy.heads, &judged.copy.snapshot)?;
    Ok(Appended { visit, record: judged.copy.record })
}
