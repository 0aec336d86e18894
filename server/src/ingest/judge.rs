//! Fifth step: whether a change is what its author's commands would have written, decided on what the
//! author saw. The order in which changes arrive says nothing.

use sync_core::document::judge as judged;
use sync_core::gate::Gated;
use sync_core::wire::RefusalCode;

use super::Caller;
use super::authorise::Authorised;
use super::fates::Fates;
use super::merge_copy::{Copied, merge_copy};
use super::standing::Standing;
use super::trial::caught;

/// Changes that were found good, and the record with exactly them merged into it.
pub(super) struct Judged {
    /// The record.
    pub(super) copy: Copied,
    /// The changes, each after those it depends on.
    pub(super) changes: Vec<Authorised>,
}

/// Merges changes into a copy and judges them there. Where one is refused the copy is dropped, and the
/// others are merged into another. None where nothing is left.
pub(super) fn judge(
    mut changes: Vec<Authorised>,
    standing: &Standing<'_>,
    caller: &Caller,
    fates: &mut Fates,
) -> Option<Judged> {
    loop {
        let (copy, merged) = merge_copy(changes, standing, fates)?.into_parts();
        let before = merged.len();
        let fine = fates.sift(merged, |change| {
            let hash = AsRef::<Gated>::as_ref(&change).hash();
            caught(|| judged(&copy.record, hash, caller.person, caller.part))
                .unwrap_or(Err(RefusalCode::Unmergeable))
                .map(|()| change)
        });
        if fine.len() == before {
            return Some(Judged { copy, changes: fine });
        }
        changes = fine;
    }
}
