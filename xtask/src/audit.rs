//! `cargo xtask audit`: what we depend on, against `deny.toml`.

use crate::tools::{self, Failed, step};

/// Runs cargo-deny's checks that need no network.
pub(crate) fn audit() -> Result<(), Failed> {
    let installed =
        tools::cargo().args(["deny", "--version"]).output().is_ok_and(|output| output.status.success());
    if !installed {
        return Err(Failed(
            "cargo-deny is not installed.\n  Get it: cargo install --locked cargo-deny".to_owned(),
        ));
    }
    step("dependencies", tools::cargo().args(["deny", "check", "bans", "licenses", "sources"]))
}
