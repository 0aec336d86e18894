//! Runs one of the long checks at a size given on the command line. What it came to is the last line it
//! prints, [`Claim`]s as JSON; before that, how far it is.

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use xunfang_tests::claim::Claim;

/// The long checks, as `cargo xtask verify-claims` runs them.
#[derive(Parser)]
struct Arguments {
    #[command(subcommand)]
    check: Check,
}

#[derive(Subcommand)]
enum Check {}

fn main() -> ExitCode {
    let claims: Vec<Claim> = match Arguments::parse().check {};
    println!("{}", serde_json::to_string(&claims).expect("BUG: claims are JSON"));
    if claims.iter().all(Claim::holds) { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
