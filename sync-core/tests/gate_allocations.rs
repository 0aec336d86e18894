//! What the gate allocates, counted by the allocator itself.

use allocation_counter::measure;
use hostile::{attacks, honest, tampered};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use sync_core::gate::{Gated, limits};

/// G9: the gate says truly what it allocates, and that is bounded, whatever it is given.
#[test]
fn g9_the_gate_allocates_what_it_says() {
    const SEED: u64 = 20_210_330;
    println!("seed {SEED}");
    let mut chance = ChaCha8Rng::seed_from_u64(SEED);
    let honest = honest().next;
    let attacks = attacks(&honest[0]).into_iter().map(|attack| attack.bytes);
    let tampered = (0..2_000).map(|round| tampered(&honest[round % honest.len()], &mut chance));
    let inputs: Vec<_> = attacks.chain(tampered).chain(honest.clone()).collect();
    for bytes in inputs {
        let mut said = 0;
        let counted = measure(|| said = Gated::check_counting(&bytes).1.allocated);
        assert_eq!(counted.bytes_total, said as u64, "{bytes:02x?}");
        assert!(said <= limits::ALLOCATED_BYTES_MAX, "{said}");
    }
}
