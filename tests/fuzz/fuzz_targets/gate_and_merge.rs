//! Changes with a checksum that fits, through the gate and merged into a copy as the server does it. The
//! process lives, the record stays what it was, and an honest change can come next.

#![no_main]

use std::panic::{AssertUnwindSafe, catch_unwind, set_hook};
use std::sync::LazyLock;

use hostile::{Honest, honest};
use libfuzzer_sys::{fuzz_mutator, fuzz_target};
use sync_core::commands::Part;
use sync_core::document::{Record, is_well_shaped, judge};
use sync_core::domain::PersonId;
use sync_core::gate::Gated;
use xunfang_fuzz::{altered, checked};

static HONEST: LazyLock<Honest> = LazyLock::new(honest);
static BEFORE: LazyLock<Vec<u8>> = LazyLock::new(|| HONEST.record.save());

fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    altered(data, size, max_size, seed)
});

fuzz_target!(
    init: {
        // A panic of Automerge in a trial is caught, as the server does; any other stops the run below.
        set_hook(Box::new(|_| {}));
    },
    |bytes: &[u8]| {
        let Ok(gated) = checked(bytes) else { return };
        if !has_its_place(&gated) {
            return;
        }
        let _ = catch_unwind(AssertUnwindSafe(|| merged(&gated)));
        let after = catch_unwind(|| {
            assert!(HONEST.record.save() == *BEFORE, "the record was changed");
            let mut record = Record::load(&BEFORE, HONEST.record.of()).expect("it loads");
            record.apply(&HONEST.next[..1]).expect("an honest change is merged");
        });
        if after.is_err() {
            eprintln!("what was there before did not survive this change");
            std::process::abort();
        }
    }
);

fn has_its_place(change: &Gated) -> bool {
    let record = &HONEST.record;
    record.missing(change.deps()).is_empty()
        && change.seq() == record.next_seq(change.actor())
        && change.start_op() == record.max_op_of(change.deps()) + 1
        && change.other_actors().iter().all(|other| record.next_seq(*other) > 1)
}

fn merged(change: &Gated) -> Option<()> {
    let record = &HONEST.record;
    is_well_shaped(record, change.bytes()).then_some(())?;
    let mut copy = record.clone();
    copy.apply(&[change.bytes()]).ok()?;
    let copy = Record::load(&copy.save(), record.of()).ok()?;
    judge(&copy, change.hash(), PersonId::from_bytes([1; 16]), Part::Field).ok()
}
