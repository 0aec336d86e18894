//! Fourth step: merged into a copy. A change can't be unmerged, so the record itself is touched only
//! after the copy was saved, loaded again, and came out the same.

use sync_core::document::{Record, is_well_shaped};
use sync_core::domain::ChangeHash;
use sync_core::gate::Gated;
use sync_core::wire::RefusalCode;

use super::authorise::Authorised;
use super::fates::Fates;
use super::standing::Standing;
use super::trial::caught;

/// A saved record may have at most this many bytes: a hundred times a full visit.
const RECORD_BYTES_MAX: usize = 2 * 1024 * 1024;

/// A copy of the record with the changes merged into it.
pub(super) struct Merged {
    copy: Copied,
    changes: Vec<Authorised>,
}

/// A record that was saved and loaded again with the same heads.
pub(super) struct Copied {
    /// The record.
    pub(super) record: Record,
    /// Its saved bytes.
    pub(super) snapshot: Vec<u8>,
    /// Its heads.
    pub(super) heads: Vec<ChangeHash>,
}

impl Merged {
    /// The copy, and what was merged into it.
    pub(super) fn into_parts(self) -> (Copied, Vec<Authorised>) {
        (self.copy, self.changes)
    }
}

/// Merges what has a known form: all of it together or, where that fails, one by one. None where nothing
/// is left to merge.
pub(super) fn merge_copy(
    changes: Vec<Authorised>,
    standing: &Standing<'_>,
    fates: &mut Fates,
) -> Option<Merged> {
    let record = &standing.record;
    let shaped = fates.sift(changes, |change| {
        let bytes: &[u8] = change.as_ref();
        match caught(|| is_well_shaped(record, bytes)) {
            Some(true) => Ok(change),
            Some(false) | None => Err(RefusalCode::BadShape),
        }
    });
    if shaped.is_empty() {
        return None;
    }
    if let Ok(copy) = merged(record, &shaped) {
        return Some(Merged { copy, changes: shaped });
    }
    let mut copy = None;
    let changes = fates.sift(shaped, |change| {
        let onto = copy.as_ref().map_or(record, |copy: &Copied| &copy.record);
        copy = Some(merged(onto, std::slice::from_ref(&change))?);
        Ok(change)
    });
    Some(Merged { copy: copy?, changes })
}

fn merged(onto: &Record, changes: &[Authorised]) -> Result<Copied, RefusalCode> {
    let trial = || {
        let mut copy = onto.clone();
        copy.apply(changes).ok()?;
        let snapshot = copy.save();
        let record = onto.reload(&snapshot).ok()?;
        let heads = record.heads();
        let holds_all = changes.iter().all(|change| record.contains(AsRef::<Gated>::as_ref(change).hash()));
        (heads == copy.heads() && holds_all).then_some(Copied { record, snapshot, heads })
    };
    let copied = caught(trial).flatten().ok_or(RefusalCode::Unmergeable)?;
    if copied.snapshot.len() > RECORD_BYTES_MAX { Err(RefusalCode::TooLarge) } else { Ok(copied) }
}
