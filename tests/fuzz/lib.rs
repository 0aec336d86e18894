//! What the targets have in common: how inputs are altered, and what must hold of every one.

use hostile::{tampered, with_fitting_checksum};
use libfuzzer_sys::fuzzer_mutate;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use sync_core::gate::{Gated, limits};
use sync_core::wire::RefusalCode;

/// The gate on `bytes`; what it costs must be within its limits.
pub fn checked(bytes: &[u8]) -> Result<Gated, RefusalCode> {
    let (gated, work) = Gated::check_counting(bytes);
    assert!(work.read <= limits::READS_OF_A_BYTE_MAX * bytes.len(), "{work:?} of {}", bytes.len());
    assert!(work.allocated <= limits::ALLOCATED_BYTES_MAX, "{work:?}");
    gated
}

/// Alters `data[..size]`: every other time as somebody who knows the format would, else by libFuzzer's
/// own means with the checksum made to fit. Returns the new size.
pub fn altered(data: &mut [u8], size: usize, max_size: usize, seed: u32) -> usize {
    let bytes = if seed.is_multiple_of(2) {
        tampered(&data[..size], &mut ChaCha8Rng::seed_from_u64(seed.into()))
    } else {
        let size = fuzzer_mutate(data, size, max_size);
        with_fitting_checksum(&data[..size])
    };
    let size = bytes.len().min(max_size);
    data[..size].copy_from_slice(&bytes[..size]);
    size
}
