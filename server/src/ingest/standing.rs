//! What the store knows when the changes of a visit come in.

use std::collections::{BTreeMap, BTreeSet};

use rusqlite::Connection;
use sync_core::commands::{Part, SHORT_CHARS_MAX};
use sync_core::document::Record;
use sync_core::domain::id::BadCode;
use sync_core::domain::{Actor, ChangeHash, Cooperative, ServerTime, VisitCode, VisitId};
use sync_core::wire::{ProvisionalCooperative, RefusalCode, VisitPush};

use super::Caller;
use crate::store::grants::{self, Role};
use crate::store::visits::{self, Visit};
use crate::store::{Failed, areas, changes, cooperatives, documents, quarantine};

/// What a push to a visit rests on, as the store has it at one moment. What was tried on it holds as long
/// as it stays the same.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Basis {
    /// The visit.
    pub(super) visit: Visit,
    /// Whether it was met here for the first time.
    pub(super) newness: Newness,
    /// What its record has come to; none where nothing of it was kept yet.
    heads: Option<Vec<ChangeHash>>,
    /// Those actors of the pushed changes that belong to somebody else.
    pub(super) foreign: BTreeSet<Actor>,
    /// What this caller sent before and was refused.
    pub(super) refused: BTreeMap<ChangeHash, RefusalCode>,
    /// Whether the caller holds the right to write in it at the time of receipt.
    pub(super) is_granted: bool,
}

/// Whether a visit is known, and its cooperative.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Newness {
    /// The visit is known.
    Known,
    /// The visit is new, its cooperative is in the register.
    NewVisit,
    /// The visit is new, and so is its cooperative.
    NewCooperative(Box<Cooperative>),
}

impl Basis {
    /// Looks a visit up, or finds out what it would be; refuses the push as a whole where its changes
    /// could belong to no visit.
    pub(super) fn of(
        connection: &Connection,
        caller: &Caller,
        push: &VisitPush,
        actors: &BTreeSet<Actor>,
        received_at: ServerTime,
    ) -> Result<Result<Self, RefusalCode>, Failed> {
        let (visit, newness) = match known_or_new(connection, push)? {
            Ok(found) => found,
            Err(code) => return Ok(Err(code)),
        };
        let heads = documents::heads(connection, push.visit)?;
        let mut foreign = BTreeSet::new();
        for actor in actors {
            let owner = changes::owner(connection, *actor)?;
            if owner.is_some_and(|owner| owner != (caller.device, caller.person)) {
                foreign.insert(*actor);
            }
        }
        let role = match caller.part {
            Part::Field => Role::Coordinator,
            Part::Desk => Role::Supervisor,
        };
        let is_granted = grants::covers(connection, caller.person, role, &visit.area, received_at)?;
        let refused = quarantine::of_sender(connection, push.visit, caller.device, caller.person)?;
        Ok(Ok(Self { visit, newness, heads, foreign, refused, is_granted }))
    }
}

/// A visit as it stands before the push.
pub(super) struct Standing<'a> {
    /// What the store knows of it.
    pub(super) basis: &'a Basis,
    /// Its document: what was accepted so far, at least the genesis.
    pub(super) record: Record,
}

impl<'a> Standing<'a> {
    /// Loads the record that was saved, or makes the one in which nothing was written yet.
    pub(super) fn load(basis: &'a Basis, saved: Option<&[u8]>) -> Result<Self, Failed> {
        let genesis = &basis.visit.genesis;
        let record = match saved {
            Some(saved) => documents::read(saved, genesis)?,
            None => Record::genesis(genesis)
                .map_err(|error| Failed::Contradiction(format!("visit {}: {error}", genesis.visit)))?,
        };
        Ok(Self { basis, record })
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
