//! Second step: where a change belongs. What it depends on is here, its number is the actor's next, and
//! its operations are numbered from just above those it has seen.

use std::collections::BTreeMap;

use sync_core::domain::{Actor, ChangeHash};
use sync_core::gate::Gated;
use sync_core::wire::RefusalCode;

use super::fates::Fates;
use super::standing::Standing;

/// A change whose place in its record is known.
pub(super) struct Placed(Gated);

impl AsRef<Gated> for Placed {
    fn as_ref(&self) -> &Gated {
        &self.0
    }
}

/// Lets through what can follow upon the record, or upon changes of the same push that can.
pub(super) fn place(gated: Vec<Gated>, standing: &Standing<'_>, fates: &mut Fates) -> Vec<Placed> {
    let mut floor = Floor { standing, max_ops: BTreeMap::new(), next_seqs: BTreeMap::new() };
    let mut placed = Vec::new();
    for change in gated {
        let hash = change.hash();
        if standing.record.contains(hash) {
            fates.duplicate(hash);
        } else if let Some(code) = standing.basis.refused.get(&hash) {
            fates.refused_before(hash, *code);
        } else if let Some(dep) = floor.refused_dep(&change, fates) {
            fates.refuse_with(hash, dep);
        } else {
            let missing = floor.missing(&change);
            if missing.is_empty() {
                match floor.check(&change) {
                    Ok(()) => placed.push(Placed(change)),
                    Err(code) => fates.refuse(hash, code),
                }
            } else {
                fates.park(hash, missing);
            }
        }
    }
    placed
}

/// What changes can follow upon: the record, and what was placed so far.
struct Floor<'a> {
    standing: &'a Standing<'a>,
    /// Of changes that are here: all that were placed, and those of the record that were asked for.
    max_ops: BTreeMap<ChangeHash, u64>,
    next_seqs: BTreeMap<Actor, u64>,
}

impl Floor<'_> {
    fn is_here(&self, hash: ChangeHash) -> bool {
        self.max_ops.contains_key(&hash) || self.standing.record.contains(hash)
    }

    fn missing(&self, change: &Gated) -> Vec<ChangeHash> {
        change.deps().iter().copied().filter(|dep| !self.is_here(*dep)).collect()
    }

    fn refused_dep(&self, change: &Gated, fates: &Fates) -> Option<ChangeHash> {
        let is_refused = |dep: &ChangeHash| {
            !self.is_here(*dep) && (fates.is_refused(*dep) || self.standing.basis.refused.contains_key(dep))
        };
        change.deps().iter().copied().find(is_refused)
    }

    /// The last operation of a change that is here.
    fn max_op(&mut self, hash: ChangeHash) -> u64 {
        *self.max_ops.entry(hash).or_insert_with(|| self.standing.record.max_op_of(&[hash]))
    }

    /// The number that the actor's next change has.
    fn next_seq(&mut self, actor: Actor) -> u64 {
        *self.next_seqs.entry(actor).or_insert_with(|| self.standing.record.next_seq(actor))
    }

    fn check(&mut self, change: &Gated) -> Result<(), RefusalCode> {
        // Only the genesis depends on nothing, and it never travels.
        if change.deps().is_empty() {
            return Err(RefusalCode::GenesisMismatch);
        }
        let actor = change.actor();
        let next_seq = self.next_seq(actor);
        if change.seq() != next_seq {
            return Err(RefusalCode::SequenceReused);
        }
        // An actor of which nothing is here can have written nothing that this change refers to.
        if change.other_actors().iter().any(|other| self.next_seq(*other) == 1) {
            return Err(RefusalCode::MalformedChange);
        }
        let seen = change.deps().iter().map(|dep| self.max_op(*dep)).max();
        if Some(change.start_op()) != seen.map(|op| op + 1) {
            return Err(RefusalCode::MalformedChange);
        }
        self.next_seqs.insert(actor, next_seq + 1);
        self.max_ops.insert(change.hash(), change.max_op());
        Ok(())
    }
}
