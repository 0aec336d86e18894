//! One round trip of a phone: what it pushes is taken, and only after that is durable it is read what to
//! answer. The line in between, and who may come in by it, are the door's.

use rusqlite::{Connection, Transaction};
use sync_core::domain::{AreaCode, ServerTime};
use sync_core::wire::{self, NotTaking, Push, Reply};

use crate::disk::Disk;
use crate::ingest::{self, Intake, Taken};
use crate::pull;
use crate::remembered;
use crate::store::grants::{self, Role};
use crate::store::{Failed, Store, devices, quarantine};

/// The pages of an answer may have at most so many bytes before compression, whatever the phone asks for.
const PAGE_BYTES_MAX: usize = 1024 * 1024;
/// The version an app gives itself may have so many characters.
const APP_CHARS_MAX: usize = 64;

/// Takes a push from the line and answers it.
///
/// # Errors
/// Where the store fails. What was taken before stays, and is a duplicate when it comes again.
pub async fn exchange_over_line(
    store: &Store,
    intake: &Intake,
    disk: &Disk,
    sender: ingest::Caller,
    mut push: Push,
    received_at: ServerTime,
) -> Result<Reply, Failed> {
    let visits = std::mem::take(&mut push.visits);
    let heard = {
        let (unsent, app) = (push.unsent.clone(), app_of(&push));
        move |tx: &Transaction<'_>| {
            devices::heard(tx, sender.device, sender.person, &unsent, &app, received_at)
        }
    };
    let take = async {
        if disk.is_nearly_full() {
            return Ok(Taken { receipts: Vec::new(), not_taking: Some(NotTaking::DiskFull) });
        }
        intake.take(store, sender, visits, received_at).await
    };
    let (heard, taken) = tokio::join!(store.write(heard), take);
    let mut taken = taken?;
    if let Err(failed) = heard {
        // Who was heard of is worth less than an answer.
        taken.not_taking = Some(ingest::why_not(&failed).ok_or(failed)?);
    }
    answer(store, sender, push, taken, received_at).await
}

/// Takes a push in one transaction and answers it: the same each time, whatever else goes on.
///
/// # Errors
/// Where the store fails; then nothing of the push is kept, or no page could be read.
pub async fn exchange(
    store: &Store,
    sender: ingest::Caller,
    push: Push,
    received_at: ServerTime,
) -> Result<Reply, Failed> {
    let take = move |tx: &Transaction<'_>| {
        devices::heard(tx, sender.device, sender.person, &push.unsent, &app_of(&push), received_at)?;
        Ok::<_, Failed>((ingest::push(tx, &sender, &push, received_at)?, push))
    };
    let (receipts, push) = store.write(take).await?;
    let taken = Taken { receipts, not_taking: None };
    answer(store, sender, push, taken, received_at).await
}

fn app_of(push: &Push) -> String {
    push.app.chars().take(APP_CHARS_MAX).collect()
}

/// Answers what became of a push, and what came after its cursors.
async fn answer(
    store: &Store,
    sender: ingest::Caller,
    mut push: Push,
    taken: Taken,
    received_at: ServerTime,
) -> Result<Reply, Failed> {
    let remembered = push.remembered.take();
    let epoch = store.epoch();
    let read = move |connection: &Connection| {
        let granted = outermost(grants::in_force(connection, sender.person, received_at)?);
        let bytes_max = PAGE_BYTES_MAX.min(push.page_bytes_max as usize);
        let pulled = pull::pull(connection, epoch, &granted, &push.scopes, bytes_max)?;
        let resolved = quarantine::resolutions(connection, sender.person, &push.refused)?;
        Ok::<_, Failed>((granted, pulled, resolved))
    };
    let (granted, pulled, resolved) = store.read(read).await?;
    let mut heard = 0;
    let tells = remembered.is_some() || !pulled.strayed.is_empty();
    if tells && taken.not_taking.is_none() {
        let (scope, strayed) = (granted.clone(), pulled.strayed);
        let hear = move |tx: &Transaction<'_>| {
            remembered::hear(tx, &sender, &scope, &strayed, remembered.as_ref(), received_at)
        };
        // What can't be kept now is told again: it costs nobody the receipts of this answer.
        heard = store.write::<_, Failed>(hear).await.unwrap_or_else(|error| {
            tracing::error!(%error, "what a phone remembers could not be kept");
            0
        });
    }
    Ok(Reply {
        version: wire::VERSION,
        server_time: received_at,
        granted,
        receipts: taken.receipts,
        not_taking: taken.not_taking,
        scopes: pulled.scopes,
        people: pulled.people,
        resolved,
        heard,
    })
}

/// The areas whose records these grants let somebody read on a phone, without those that lie in another
/// of them.
fn outermost(grants: Vec<grants::Grant>) -> Vec<AreaCode> {
    let is_reader = |role| matches!(role, Role::Coordinator | Role::Supervisor);
    let mut areas: Vec<AreaCode> =
        grants.into_iter().filter(|grant| is_reader(grant.role)).map(|grant| grant.area).collect();
    areas.sort();
    // Sorted, an area comes right before what lies in it.
    areas.dedup_by(|area, outer| outer.contains(area));
    areas
}
