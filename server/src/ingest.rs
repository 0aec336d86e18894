//! The way in, for every change, whoever made it:
//!
//! ```text
//! gate → place → authorise → merge a copy → judge → append → project → receipt
//!    └──────┴─────────┴────────────┴───────────┴──► quarantine
//! ```
//!
//! Each step takes what only the step before could build. What a step refuses takes with it what builds
//! on it, and nothing else: a bad change never fails the batch, and a visit never fails another. Receipts
//! go out only after what they say is durable.
//!
//! What comes over the line goes in by [`Intake`], whose trials hold up nobody. Here every step is taken
//! one after the other in the writer's transaction: for what the server itself writes, and wherever the
//! same must come out each time.

use std::sync::Arc;

use rusqlite::Transaction;
use sync_core::commands::Part;
use sync_core::domain::{DeviceId, PersonId, ServerTime, VisitId};
use sync_core::wire::{self, VisitPush, VisitReceipt};

use crate::store::{Failed, savepoint};

mod append;
mod authorise;
mod fates;
mod gate;
mod intake;
mod judge;
mod merge_copy;
mod place;
pub mod reading;
mod release;
mod stack;
mod standing;
mod trial;
mod trials;

pub(crate) use intake::why_not;
pub use intake::{Intake, Taken};
pub use release::Release;
use trial::{Sent, VisitTaken};
pub use trial::{Trial, Tried};
pub use trials::{BudgetUsed, Trials};

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
    let sent = Sent { caller: *caller, push: Arc::new(push.clone()), received_at, releasing: None };
    let taken = savepoint(tx, |tx| {
        trial::caught(|| {
            let trial = Trial::of(tx, sent)?;
            stack::on_a_large_stack(|| trial.run())?.keep(tx).map(|taken| taken.receipt)
        })
        .unwrap_or(Err(Failed::Panicked))
    });
    taken.or_else(|failed| stumbled_over(push.visit, failed).map(|taken| taken.receipt))
}

/// What becomes of a visit that the server stumbled over: its changes get no receipt. Where the store
/// itself fails, that is told on.
fn stumbled_over(visit: VisitId, failed: Failed) -> Result<VisitTaken, Failed> {
    if !matches!(failed, Failed::Contradiction(_) | Failed::Panicked) {
        return Err(failed);
    }
    tracing::error!(%visit, "stumbled over a visit, its changes get no receipt: {failed}");
    Ok(VisitTaken::nothing(visit, None))
}

#[cfg(test)]
mod hostile_tests;
#[cfg(test)]
mod intake_tests;
#[cfg(test)]
mod release_tests;
#[cfg(test)]
mod tests;
