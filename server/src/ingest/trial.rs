//! One visit's changes on their way in, before and after they were tried. The trial itself, everything
//! that hands Automerge what a phone sent, touches no store: it may take its time elsewhere.

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use rusqlite::Connection;
use sync_core::domain::{Actor, ChangeHash, ServerTime, VisitId};
use sync_core::gate::Gated;
use sync_core::wire::{NotTaking, RefusalCode, VisitPush, VisitReceipt};

use super::Caller;
use super::append::append;
use super::authorise::authorise;
use super::fates::Fates;
use super::gate::gate;
use super::judge::{Judged, judge};
use super::place::place;
use super::release::Releasing;
use super::standing::{Basis, Standing};
use crate::read_tables;
use crate::store::{Failed, changes, documents, quarantine, quarantine_use};

#[cfg(panic = "abort")]
compile_error!("the server catches panics of trial merges: build it with panic = \"unwind\"");

/// Changes whose frames are sound, with everything they will be judged by.
pub struct Trial {
    sent: Sent,
    gated: Vec<Gated>,
    fates: Fates,
    /// What they rest on, or why they can rest on nothing.
    basis: Result<Basis, RefusalCode>,
    /// The record as it was saved; none where nothing of it was kept yet.
    saved: Option<Vec<u8>>,
}

/// What a trial came to; nothing of it is kept yet.
pub struct Tried {
    sent: Sent,
    actors: BTreeSet<Actor>,
    fates: Fates,
    basis: Result<Basis, RefusalCode>,
    judged: Option<Judged>,
}

/// What was sent, by whom, when it came in, and whether a supervisor releases it now.
#[derive(Clone)]
pub(super) struct Sent {
    pub(super) caller: Caller,
    pub(super) push: Arc<VisitPush>,
    pub(super) received_at: ServerTime,
    pub(super) releasing: Option<Arc<Releasing>>,
}

/// What became of a visit's changes, once the transaction is committed.
pub(super) struct VisitTaken {
    /// A word for each that can have one.
    pub(super) receipt: VisitReceipt,
    /// Why some got no receipt that could have had one.
    pub(super) not_taking: Option<NotTaking>,
}

impl VisitTaken {
    /// No word for anything.
    pub(super) fn nothing(visit: VisitId, not_taking: Option<NotTaking>) -> Self {
        Self { receipt: VisitReceipt { visit, changes: Vec::new() }, not_taking }
    }
}

impl Trial {
    /// Gates the changes of a visit and looks up what they are judged by.
    pub(super) fn of(connection: &Connection, sent: Sent) -> Result<Self, Failed> {
        let mut fates = Fates::default();
        let gated = gate(&sent.push.changes, &mut fates);
        let basis = sent.basis(connection, &actors(&gated))?;
        let saved = match &basis {
            Ok(basis) => documents::snapshot(connection, basis.visit.genesis.visit)?,
            Err(_) => None,
        };
        Ok(Self { sent, gated, fates, basis, saved })
    }

    /// The visit.
    pub fn visit(&self) -> VisitId {
        self.sent.push.visit
    }

    /// Who sent it.
    pub(super) fn caller(&self) -> Caller {
        self.sent.caller
    }

    /// Places the changes, asks who may make them, merges them into a copy and judges them there. To be
    /// run on a large stack.
    ///
    /// # Errors
    /// Where the record as it was saved can't be read.
    pub fn run(self) -> Result<Tried, Failed> {
        let Self { sent, gated, mut fates, basis, saved } = self;
        let actors = actors(&gated);
        let judged = match &basis {
            Ok(basis) => {
                let standing = Standing::load(basis, saved.as_deref())?;
                let placed = place(gated, &standing, &mut fates);
                let authorised = authorise(placed, &standing, &mut fates);
                judge(authorised, &standing, &sent.caller, &mut fates)
            }
            Err(code) => {
                fates.refuse_all(&gated, *code);
                None
            }
        };
        Ok(Tried { sent, actors, fates, basis, judged })
    }

    /// Tries nothing, and refuses every change that was not decided on before.
    pub(super) fn give_up(self, connection: &Connection) -> Result<Tried, Failed> {
        let Self { sent, gated, mut fates, basis, .. } = self;
        for change in &gated {
            let hash = change.hash();
            let before = basis.as_ref().ok().and_then(|basis| basis.refused.get(&hash));
            match before {
                _ if changes::holds(connection, sent.push.visit, hash)? => fates.duplicate(hash),
                Some(code) => fates.refused_before(hash, *code),
                None => fates.refuse(hash, RefusalCode::Unmergeable),
            }
        }
        Ok(Tried { sent, actors: actors(&gated), fates, basis, judged: None })
    }
}

impl Tried {
    /// Keeps what the trial came to. None where what it rested on has moved meanwhile: then nothing is
    /// kept, and the changes are to be tried again.
    pub(super) fn commit(self, tx: &Connection) -> Result<Option<VisitTaken>, Failed> {
        let has_moved = self.sent.basis(tx, &self.actors)? != self.basis;
        if has_moved { Ok(None) } else { self.keep(tx).map(Some) }
    }

    /// Keeps what the trial came to, in the transaction in which what it rests on was looked up.
    pub(super) fn keep(self, tx: &Connection) -> Result<VisitTaken, Failed> {
        let Self { sent, mut fates, basis, judged, .. } = self;
        let Sent { caller, push, received_at, releasing } = sent;
        if let (Ok(basis), Some(judged)) = (basis, judged) {
            let appended = append(tx, judged, basis, &caller, &push, received_at)?;
            let now = releasing.as_ref().map_or(received_at, |releasing| releasing.at());
            read_tables::project(tx, &appended.visit, &appended.record, now)?;
        }
        if let Some(releasing) = releasing {
            let receipt = fates.receipt(push.visit);
            releasing.settle(tx, &receipt)?;
            return Ok(VisitTaken { receipt, not_taking: None });
        }
        let unkept = quarantine(tx, &fates, &caller, &push, received_at)?;
        let not_taking = (!unkept.is_empty()).then_some(NotTaking::QuarantineFull);
        fates.could_not_keep(unkept);
        Ok(VisitTaken { receipt: fates.receipt(push.visit), not_taking })
    }
}

impl Sent {
    fn basis(
        &self,
        connection: &Connection,
        actors: &BTreeSet<Actor>,
    ) -> Result<Result<Basis, RefusalCode>, Failed> {
        let basis = Basis::of(connection, &self.caller, &self.push, actors, self.received_at)?;
        match (&self.releasing, basis) {
            (Some(releasing), Ok(basis)) => releasing.basis(connection, basis).map(Ok),
            (_, basis) => Ok(basis),
        }
    }
}

/// Keeps what was refused, as far as there is room for it; names what there was none for.
fn quarantine(
    tx: &Connection,
    fates: &Fates,
    caller: &Caller,
    push: &VisitPush,
    received_at: ServerTime,
) -> Result<BTreeSet<ChangeHash>, Failed> {
    let mut unkept = BTreeSet::new();
    let mut refused = fates.refused_now(&push.changes).peekable();
    if refused.peek().is_none() {
        return Ok(unkept);
    }
    let mut room = quarantine_use::Room::of(tx, caller.person)?;
    let (visit, device) = (push.visit, caller.device);
    for change in refused {
        let (hash, code, bytes) = (change.hash, change.code, change.bytes.len());
        if !room.holds(bytes) {
            unkept.insert(hash);
            continue;
        }
        if quarantine::keep(tx, push, &change, device, caller.person, received_at)? {
            room.take(bytes);
            tracing::warn!(%visit, %hash, ?code, %device, "a change was quarantined");
        }
        for replacement in push.replaces.iter().filter(|replacement| replacement.new == hash) {
            quarantine::replace(tx, visit, replacement.old, caller.person, received_at)?;
        }
    }
    if !unkept.is_empty() {
        tracing::warn!(%visit, %device, changes = unkept.len(), "no room is left to quarantine changes");
    }
    room.keep(tx)?;
    Ok(unkept)
}

fn actors(gated: &[Gated]) -> BTreeSet<Actor> {
    gated.iter().map(Gated::actor).collect()
}

/// Runs `f`; none where it panics. Whatever it worked on must be dropped then.
pub(super) fn caught<T>(f: impl FnOnce() -> T) -> Option<T> {
    catch_unwind(AssertUnwindSafe(f)).ok()
}
