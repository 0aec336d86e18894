//! The way in, for every change, whoever made it:
//!
//! ```text
//! gate → place → authorise → merge a copy → judge → append → project → receipt
//!    └──────┴─────────┴────────────┴───────────┴──► quarantine
//! ```
//!
//! Each step takes what only the step before could build. What a step refuses takes with it what builds
//! on it, and nothing else: a bad change never fails the batch, and a visit never fails another. All of
//! a push is one transaction, and its receipts go out only after that is durable.

use std::panic::{AssertUnwindSafe, catch_unwind};

use rusqlite::Transaction;
use sync_core::commands::Part;
use sync_core::domain::{DeviceId, PersonId, ServerTime};
use sync_core::wire::{self, VisitPush, VisitReceipt};

use crate::read_tables;
use crate::store::{Failed, quarantine, savepoint};

mod append;
mod authorise;
mod fates;
mod gate;
mod judge;
mod merge_copy;
mod place;
mod standing;
mod trial;

use fates::Fates;
use standing::Standing;

/// Who sends changes, from where.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Caller {
    /// The person signed in.
    pub person: PersonId,
    /// The device that the session belongs to.
    pub device: DeviceId,
    /// In which part: phones in the field, or a supervisor's pick at the desk.
    pub part: Part,
}

/// Takes a push. Returns one receipt for each of its visits, in its order; only what a receipt calls
/// accepted or duplicate is kept, once the transaction is committed.
///
/// # Errors
/// Only where the store fails as a whole; then nothing of the push is kept.
pub fn push(
    tx: &Transaction<'_>,
    caller: &Caller,
    push: &wire::Push,
    received_at: ServerTime,
) -> Result<Vec<VisitReceipt>, Failed> {
    push.visits.iter().map(|visit| one_visit(tx, caller, visit, received_at)).collect()
}

/// Takes the changes of one visit. Where the server itself stumbles over the visit, the changes get no
/// receipt: they stay unsent, and the other visits go on.
pub fn one_visit(
    tx: &Transaction<'_>,
    caller: &Caller,
    push: &VisitPush,
    received_at: ServerTime,
) -> Result<VisitReceipt, Failed> {
    let attempt = savepoint(tx, |tx| {
        let take = AssertUnwindSafe(|| take(tx, caller, push, received_at));
        catch_unwind(take).unwrap_or(Err(Failed::Panicked))
    });
    let stumbled = match attempt {
        Err(stumbled @ (Failed::Contradiction(_) | Failed::Panicked)) => stumbled,
        outcome => return outcome,
    };
    tracing::error!(visit = %push.visit, "stumbled over a visit, its changes get no receipt: {stumbled}");
    Ok(VisitReceipt { visit: push.visit, changes: Vec::new() })
}

fn take(
    tx: &Transaction<'_>,
    caller: &Caller,
    push: &VisitPush,
    received_at: ServerTime,
) -> Result<VisitReceipt, Failed> {
    let mut fates = Fates::default();
    let gated = gate::gate(&push.changes, &mut fates);
    match Standing::of(tx, caller, push, &gated, received_at)? {
        Ok(standing) => {
            let judged = trial::on_a_large_stack(|| {
                let placed = place::place(gated, &standing, &mut fates);
                let authorised = authorise::authorise(placed, &standing, caller, &mut fates);
                judge::judge(authorised, &standing, caller, &mut fates)
            });
            if let Some(judged) = judged {
                let appended = append::append(tx, judged, standing, caller, push, received_at)?;
                read_tables::project(tx, &appended.visit, &appended.record, received_at)?;
            }
        }
        Err(code) => fates.refuse_all(&gated, code),
    }
    for refused in fates.refused_now() {
        let (visit, hash, code) = (push.visit, refused.hash, refused.code);
        tracing::warn!(%visit, %hash, ?code, device = %caller.device, "a change was quarantined");
        quarantine::keep(tx, push, &refused, caller.device, caller.person, received_at)?;
    }
    Ok(fates.receipt(push.visit))
}

#[cfg(test)]
mod hostile_tests;
#[cfg(test)]
mod tests;
