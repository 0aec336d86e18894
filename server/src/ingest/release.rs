//! Refused changes on their way in again: every step once more, as their author's and as received when
//! they came, under the grant of whoever releases them.

use std::collections::BTreeMap;
use std::sync::Arc;

use rusqlite::Connection;
use sync_core::commands::Part;
use sync_core::domain::{AreaCode, ChangeHash, PersonId, ServerTime};
use sync_core::wire::{NotTaking, Receipt, RefusalCode, Resolution, VisitPush, VisitReceipt};

use super::standing::Basis;
use super::trial::Sent;
use super::{Caller, Intake};
use crate::store::quarantine::{self, Kept, Resolved};
use crate::store::{Failed, Store};

/// A supervisor's word that refused changes may go in.
#[derive(Debug, Clone)]
pub struct Release {
    /// Whose.
    pub by: PersonId,
    /// The areas for which the grant is given that the author lacked.
    pub areas: Vec<AreaCode>,
    /// Why.
    pub reason: String,
    /// When.
    pub at: ServerTime,
}

/// A release with the numbers of the changes it lets go in.
pub(super) struct Releasing {
    release: Release,
    ids: BTreeMap<ChangeHash, i64>,
}

impl Intake {
    /// Lets refused changes into their record that came in one push, each after those it depends on. What
    /// becomes of each is written down beside it. Returns why nothing was tried, where that is so.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn release(
        &self,
        store: &Store,
        pushed: &[Kept],
        release: &Release,
    ) -> Result<Option<NotTaking>, Failed> {
        let Some(first) = pushed.first() else { return Ok(None) };
        let push = VisitPush {
            visit: first.visit,
            genesis: first.genesis.clone(),
            code: first.visit_code.clone(),
            provisional: first.provisional.clone(),
            changes: pushed.iter().map(|kept| kept.bytes.clone().into()).collect(),
            replaces: Vec::new(),
        };
        let releasing = Releasing {
            release: release.clone(),
            ids: pushed.iter().map(|kept| (kept.hash, kept.id)).collect(),
        };
        let sent = Sent {
            caller: Caller { person: first.person, device: first.device, part: Part::Field },
            push: Arc::new(push),
            received_at: first.received_at,
            releasing: Some(Arc::new(releasing)),
        };
        Ok(self.one_visit(store, sent).await?.not_taking)
    }
}

impl Releasing {
    /// When the changes go in.
    pub(super) const fn at(&self) -> ServerTime {
        self.release.at
    }

    /// What the changes rest on, with the grant given, and as if those that are still open had never been
    /// refused.
    pub(super) fn basis(&self, connection: &Connection, mut basis: Basis) -> Result<Basis, Failed> {
        let ids: Vec<i64> = self.ids.values().copied().collect();
        let open = quarantine::still_open(connection, &ids)?;
        basis.is_granted |= self.release.areas.iter().any(|area| area.contains(&basis.visit.area));
        basis.refused.retain(|hash, _| self.ids.get(hash).is_none_or(|id| !open.contains(id)));
        Ok(basis)
    }

    /// Writes down what became of the changes.
    pub(super) fn settle(&self, tx: &Connection, receipt: &VisitReceipt) -> Result<(), Failed> {
        for change in &receipt.changes {
            let Some(id) = self.ids.get(&change.hash) else { continue };
            match change.receipt {
                Receipt::Accepted | Receipt::Duplicate => {
                    let Release { by, at, reason, .. } = self.release.clone();
                    let resolved = Resolved { resolution: Resolution::Released, by, at, reason };
                    quarantine::resolve(tx, *id, &resolved)?;
                }
                Receipt::Quarantined(code) => quarantine::refuse_again(tx, *id, code)?,
                Receipt::Parked(_) => quarantine::refuse_again(tx, *id, RefusalCode::DependsOnRefused)?,
            }
        }
        Ok(())
    }
}
