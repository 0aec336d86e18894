//! Runs one of the long checks at a size given on the command line. What it came to is the last line it
//! prints, [`Claim`]s as JSON; before that, how far it is.

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use xunfang_tests::claim::Claim;
use xunfang_tests::{inputs, kill, power_loss, simulation};

/// The long checks, as `cargo xtask verify-claims` runs them.
#[derive(Parser)]
struct Arguments {
    #[command(subcommand)]
    check: Check,
}

#[derive(Subcommand)]
enum Check {
    /// Phones and the server in virtual time, from one seed after the other
    Simulate(simulation::Options),
    /// Kill the real server during uploads, again and again
    Kill(kill::Options),
    /// The server of kill's control: answers before it has committed
    #[command(hide = true)]
    ServeHasty(kill::hasty::Options),
    /// Let the power fail at any moment of many, and open what is on the disk then
    PowerLoss(power_loss::Options),
    /// Send hostile changes through the whole way in, and in the control to Automerge itself
    Inputs(inputs::Options),
}

fn main() -> ExitCode {
    let claims: Vec<Claim> = match Arguments::parse().check {
        Check::Simulate(options) => simulation::claims(&options),
        Check::Kill(options) => kill::claims(&options),
        Check::ServeHasty(options) => kill::hasty::serve(&options),
        Check::PowerLoss(options) => power_loss::claims(&options),
        Check::Inputs(options) => inputs::claims(&options),
    };
    println!("{}", serde_json::to_string(&claims).expect("BUG: claims are JSON"));
    if claims.iter().all(Claim::holds) { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
