//! The way in of what comes over the line. Each visit of a push goes its own way: what it is judged by is
//! read, its changes are tried away from the writer, and what came of it is written if nothing it rests
//! on has moved meanwhile. So a slow record holds up no other.

use std::sync::Arc;

use futures_util::{StreamExt, stream};
use rusqlite::Connection;
use sync_core::domain::ServerTime;
use sync_core::wire::{NotTaking, VisitPush, VisitReceipt};

use super::trial::{Sent, Trial, VisitTaken, caught};
use super::trials::{Trials, Unfinished};
use super::{Caller, stumbled_over};
use crate::store::{Failed, Store};

/// Visits of one push that are on their way at the same time.
const VISITS_AT_ONCE: usize = 2;
/// How often a visit is tried whose record keeps moving.
const TRIES: usize = 4;

/// Takes pushes from the line.
#[derive(Default)]
pub struct Intake {
    trials: Trials,
}

/// What became of a push.
#[derive(Debug, Default)]
pub struct Taken {
    /// One for each of its visits, in its order.
    pub receipts: Vec<VisitReceipt>,
    /// Why changes got no receipt that could have had one.
    pub not_taking: Option<NotTaking>,
}

impl Intake {
    /// Takes pushes by these trials.
    pub fn with(trials: Trials) -> Self {
        Self { trials }
    }

    /// Takes the visits of a push. What a receipt calls accepted or duplicate was committed.
    ///
    /// # Errors
    /// Where the store fails. Visits that were taken before stay; the phone sends them again, and hears
    /// that they are there.
    pub async fn take(
        &self,
        store: &Store,
        caller: Caller,
        visits: Vec<VisitPush>,
        received_at: ServerTime,
    ) -> Result<Taken, Failed> {
        let ways = visits.into_iter().enumerate().map(|(at, visit)| async move {
            let sent = Sent { caller, push: Arc::new(visit), received_at, releasing: None };
            Ok::<_, Failed>((at, self.one_visit(store, sent).await?))
        });
        let mut arrived = stream::iter(ways).buffer_unordered(VISITS_AT_ONCE);
        let mut receipts = Vec::new();
        let mut not_taking = None;
        while let Some(arrival) = arrived.next().await {
            let (at, kept) = arrival?;
            receipts.push((at, kept.receipt));
            not_taking = not_taking.or(kept.not_taking);
        }
        receipts.sort_by_key(|(at, _)| *at);
        Ok(Taken { receipts: receipts.into_iter().map(|(_, receipt)| receipt).collect(), not_taking })
    }

    pub(super) async fn one_visit(&self, store: &Store, sent: Sent) -> Result<VisitTaken, Failed> {
        let visit = sent.push.visit;
        for _ in 0..TRIES {
            match self.attempt(store, &sent).await {
                Ok(Some(taken)) => return Ok(taken),
                Ok(None) => {}
                Err(failed) => match why_not(&failed) {
                    Some(why) => return Ok(VisitTaken::nothing(visit, Some(why))),
                    None => return stumbled_over(visit, failed),
                },
            }
        }
        tracing::warn!(%visit, "a record kept moving, its changes get no receipt");
        Ok(VisitTaken::nothing(visit, Some(NotTaking::Overloaded)))
    }

    /// One attempt; none where what it rested on has moved meanwhile.
    async fn attempt(&self, store: &Store, sent: &Sent) -> Result<Option<VisitTaken>, Failed> {
        let look = {
            let sent = sent.clone();
            move |c: &Connection| shielded(|| Trial::of(c, sent))
        };
        let tried = match self.trials.run(store.read(look.clone()).await?).await {
            Ok(tried) => tried,
            Err(Unfinished::OverBudget) => {
                tracing::warn!(visit = %sent.push.visit, "a trial exceeded its time budget");
                store.read(move |c| look(c)?.give_up(c)).await?
            }
            Err(Unfinished::NoRoom) => return Err(Failed::Overloaded),
            Err(Unfinished::Failed(failed)) => return Err(failed),
        };
        store.write(move |tx| tried.commit(tx)).await
    }
}

/// Why nothing is taken, where that is what a failure means.
pub(crate) fn why_not(failed: &Failed) -> Option<NotTaking> {
    match failed {
        Failed::Overloaded => Some(NotTaking::Overloaded),
        full if full.is_for_want_of_room() => Some(NotTaking::DiskFull),
        _ => None,
    }
}

/// Runs `f`, whose panic is a failure like others.
fn shielded<T>(f: impl FnOnce() -> Result<T, Failed>) -> Result<T, Failed> {
    caught(f).unwrap_or(Err(Failed::Panicked))
}
