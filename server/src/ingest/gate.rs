//! First step: bytes whose frame is sound, each once.

use std::collections::BTreeSet;

use serde_bytes::ByteBuf;
use sync_core::gate::{Gated, hash_of_malformed};

use super::fates::Fates;

/// Lets through what is one raw change of sound frame and size.
pub(super) fn gate(changes: &[ByteBuf], fates: &mut Fates) -> Vec<Gated> {
    let mut through = Vec::new();
    let mut seen = BTreeSet::new();
    for bytes in changes {
        match Gated::check(bytes) {
            Ok(change) => {
                fates.pushed(change.hash());
                if seen.insert(change.hash()) {
                    through.push(change);
                }
            }
            Err(code) => {
                let hash = hash_of_malformed(bytes);
                fates.pushed(hash);
                fates.refuse(hash, code);
            }
        }
    }
    through
}
