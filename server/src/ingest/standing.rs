//! What the store knows when the changes of a visit come in.

use std::collections::BTreeMap;

use rusqlite::Connection;
use sync_core::commands::{Part, SHORT_CHARS_MAX};
use sync_core::document::Record;
use sync_core::domain::id::BadCode;
use sync_core::domain::{Actor, ChangeHash, Cooperative, DeviceId, PersonId, ServerTime, VisitCode, VisitId};
use sync_core::gate::Gated;
use sync_core::wire::{ProvisionalCooperative, RefusalCode, VisitPush};

use super::Caller;
use crate::store::grants::{self, Role};
use crate::store::visits::{self, Visit};
use crate::store::{Failed, areas, changes, cooperatives, documents, quarantine};

/// A visit as it stands before the push.
pub(super) struct Standing {
    /// The visit.
    pub(super) visit: Visit,
    /// Whether it was met here for the first time.
    pub(super) newness: Newness,
    /// Its document: what was accepted so far, at least the genesis.
    pub(super) record: Record,
    /// Whose the actors of the pushed changes are, as far as they are bound.
    pub(super) owners: BTreeMap<Actor, (DeviceId, PersonId)>,
    /// What this caller sent before and was refused.
    pub(super) refused: BTreeMap<ChangeHash, RefusalCode>,
    /// Whether the caller holds the right to write in it at this moment.
    pub(super) is_granted: bool,
}

/// Whether a visit is known, and its cooperative.
pub(super) enum Newness {
    /// The visit is known.
    Known,
    /// The visit is new, its cooperative is in the register.
    NewVisit,
    /// The visit is new, and so is its cooperative.
    NewCooperative(Box<Cooperative>),
}

impl Standing {
    /// Looks a visit up, or finds out what it would be; refuses the push as a whole where its changes
    /// could belong to no visit.
    pub(super) fn of(
        tx: &Connection,
        caller: &Caller,
        push: &VisitPush,
        gated: &[Gated],
        received_at: ServerTime,
    ) -> Result<Result<Self, RefusalCode>, Failed> {
        let (visit, newness) = match known_or_new(tx, push)? {
            Ok(found) => found,
            Err(code) => return Ok(Err(code)),
        };
        let record = match documents::load(tx, &visit.genesis)? {
            Some(record) => record,
            None => Record::genesis(&visit.genesis)
                .map_err(|error| Failed::Contradiction(format!("visit {}: {error}", push.visit)))?,
        };
        let mut owners = BTreeMap::new();
        for actor in gated.iter().map(Gated::actor) {
            if let Some(owner) = changes::owner(tx, actor)? {
                owners.insert(actor, owner);
            }
        }
        let role = match caller.part {
            Part::Field => Role::Coordinator,
            Part::Desk => Role::Supervisor,
        };
        let is_granted = grants::covers(tx, caller.person, role, &visit.area, received_at)?;
        let refused = quarantine::of_sender(tx, push.visit, caller.device, caller.person)?;
        Ok(Ok(Self { visit, newness, record, owners, refused, is_granted }))
    }
}

fn known_or_new(tx: &Connection, push: &VisitPush) -> Result<Result<(Visit, Newness), RefusalCode>, Failed> {
    let VisitPush { visit, genesis, code, provisional, .. } = push;
    if let Err(code) = derives(*visit, push) {
        return Ok(Err(code));
    }
    if let Some(known) = visits::get(tx, *visit)? {
        let is_same = known.genesis == *genesis && known.code == *code;
        return Ok(if is_same { Ok((known, Newness::Known)) } else { Err(RefusalCode::GenesisMismatch) });
    }
    let new = |area| Visit { genesis: genesis.clone(), code: code.clone(), area };
    if let Some(cooperative) = cooperatives::get(tx, genesis.cooperative)? {
        return Ok(Ok((new(cooperative.area), Newness::NewVisit)));
    }
    let Some(met) = provisional.as_ref().filter(|met| is_plausible(met)) else {
        return Ok(Err(RefusalCode::UnknownCooperative));
    };
    if !areas::exists(tx, &met.area)? {
        return Ok(Err(RefusalCode::UnknownCooperative));
    }
    let cooperative = cooperatives::provisional(genesis.cooperative, met);
    Ok(Ok((new(met.area.clone()), Newness::NewCooperative(Box::new(cooperative)))))
}

/// Visit, genesis and code must fit together, and name a schema and checklist known here.
fn derives(visit: VisitId, push: &VisitPush) -> Result<(), RefusalCode> {
    let VisitPush { genesis, code, .. } = push;
    match VisitCode::parse(code.as_str(), genesis.cooperative) {
        Err(BadCode::Newer) => return Err(RefusalCode::UnknownChecklist),
        Err(BadCode::Malformed | BadCode::WrongCheck) => return Err(RefusalCode::GenesisMismatch),
        Ok(_) => {}
    }
    if genesis.visit != visit || VisitId::derive(genesis.cooperative, code) != visit {
        return Err(RefusalCode::GenesisMismatch);
    }
    genesis.checklist().map(|_| ()).ok_or(RefusalCode::UnknownChecklist)
}

fn is_plausible(met: &ProvisionalCooperative) -> bool {
    !met.name.trim().is_empty() && met.name.chars().count() <= SHORT_CHARS_MAX
}
