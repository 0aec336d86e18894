//! R4, R7, G7, L2, L3, B1: a server that is cut off at any moment has everything that a receipt named, and
//! nothing half. Little of what `claims power-loss` and `claims kill` do at length.

use xunfang_tests::claim::Claim;
use xunfang_tests::{kill, power_loss};

fn hold(claims: &[Claim]) {
    assert!(claims.iter().all(Claim::holds), "{claims:#?}");
}

/// R4, R7, G7, L2, L3, B1.
#[test]
fn the_power_may_fail_at_any_moment() {
    hold(&power_loss::claims(&power_loss::Options { images: 120, control_images: Some(20), seed: 1 }));
}

/// R4, R7, G7, L2, L3, B1. The binary is the one that `cargo test --workspace` or `cargo build` made last.
#[test]
fn the_server_may_be_killed_at_any_moment() {
    let this = std::env::current_exe().expect("a process knows its binary");
    let built = this.ancestors().nth(2).expect("tests lie in a folder beside the binaries");
    hold(&kill::claims(&kill::Options {
        cycles: 10,
        control_cycles: Some(3),
        xunfang: Some(built.join("xunfang")),
        claims: Some(env!("CARGO_BIN_EXE_claims").into()),
        seed: 1,
    }));
}
