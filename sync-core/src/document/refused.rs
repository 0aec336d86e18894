//! What a refused change would have made of its record.

use super::record::Record;
use super::shape::is_well_shaped;
use crate::gate::Gated;

impl Record {
    /// A copy with this change merged into it; none where the change doesn't follow upon the record, or is
    /// no change of ours. Automerge may panic all the same: the record itself is untouched then.
    pub fn with(&self, change: &Gated) -> Option<Self> {
        let follows = !change.deps().is_empty()
            && self.missing(change.deps()).is_empty()
            && !self.contains(change.hash())
            && change.seq() == self.next_seq(change.actor())
            && change.start_op() == self.max_op_of(change.deps()) + 1;
        if !follows || !is_well_shaped(self, change.bytes()) {
            return None;
        }
        let mut copy = self.clone();
        copy.apply(&[change.bytes()]).ok()?;
        Some(copy)
    }
}
