//! Any bytes at all, checksum and all.

#![no_main]

use libfuzzer_sys::fuzz_target;
use xunfang_fuzz::checked;

fuzz_target!(|bytes: &[u8]| {
    let _ = checked(bytes);
});
