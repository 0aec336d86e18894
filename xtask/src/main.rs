//! `cargo xtask`: everything that is done with this repository, in one command each.

mod audit;
#[expect(unreachable_pub, reason = "what a check tells is public where it is at home, in the tests")]
#[path = "../../tests/claim.rs"]
mod claim;
mod fuzz;
mod run;
mod simulate;
mod test;
mod tools;
mod verify_claims;
mod web;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// What can be done with this repository.
#[derive(Parser)]
#[command(name = "cargo xtask", about)]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Build everything and start it with the sample district
    Run(run::Options),
    /// Build the wasm core and the web app
    Web,
    /// Build the wasm core and its bindings only
    Wasm,
    /// Run every check and every test, the browser's included
    Test,
    /// Run the fuzz targets of the way in, a counted number of times
    Fuzz(fuzz::Options),
    /// Simulate phones and the server, from one seed after the other, or one seed again
    Simulate(simulate::Options),
    /// Run every long check at the size asked for, controls included, and print one table
    VerifyClaims(verify_claims::Options),
    /// Check licences, sources and doubles of the dependencies with cargo-deny
    Audit,
}

fn main() -> ExitCode {
    let done = match Arguments::parse().task {
        Task::Run(options) => run::run(&options),
        Task::Web => web::build(),
        Task::Wasm => web::build_wasm(),
        Task::Test => test::test(),
        Task::Fuzz(options) => fuzz::fuzz(&options),
        Task::Simulate(options) => simulate::simulate(&options),
        Task::VerifyClaims(options) => verify_claims::verify_claims(&options),
        Task::Audit => audit::audit(),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failed) => {
            eprintln!("\n{failed}");
            ExitCode::FAILURE
        }
    }
}
