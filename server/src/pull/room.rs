//! How much more fits into an answer.

use sync_core::wire::Entry;

/// What an entry costs beside its payload: ids, keys, a genesis.
const ENTRY_BYTES: usize = 160;

/// Room for entries, in bytes before compression.
pub(super) struct Room {
    bytes_max: usize,
    used: usize,
}

impl Room {
    pub(super) fn new(bytes_max: usize) -> Self {
        Self { bytes_max, used: 0 }
    }

    /// Takes the room that an entry needs; false where it doesn't fit. The first entry always fits, so
    /// that every answer makes progress.
    pub(super) fn take(&mut self, entry: &Entry) -> bool {
        let payload = match entry {
            Entry::Change(pulled) => pulled.change.len(),
            Entry::Enter(entered) => entered.snapshot.len() + 40 * entered.actors.len(),
            Entry::Leave(_) => 0,
            Entry::Row(row) => row.key.len() + row.value.as_ref().map_or(0, String::len),
        };
        let needed = self.used + ENTRY_BYTES + payload;
        let fits = self.used == 0 || needed <= self.bytes_max;
        if fits {
            self.used = needed;
        }
        fits
    }
}
