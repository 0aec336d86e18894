//! Changes with a checksum that fits. What passes the gate, Automerge must read as the gate did.

#![no_main]

use libfuzzer_sys::{fuzz_mutator, fuzz_target};
use sync_core::document::facts_of;
use xunfang_fuzz::{altered, checked};

fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    altered(data, size, max_size, seed)
});

fuzz_target!(|bytes: &[u8]| {
    if let Ok(gated) = checked(bytes) {
        let facts = facts_of(bytes).expect("what passes is a change to Automerge");
        assert_eq!(facts.hash, gated.hash());
        assert_eq!((facts.actor, facts.seq), (gated.actor(), gated.seq()));
        assert_eq!((facts.start_op, facts.max_op), (gated.start_op(), gated.max_op()));
        assert_eq!(facts.deps, gated.deps());
    }
});
