//! `cargo xtask`: everything that is done with this repository, in one command each.

mod audit;
mod run;
mod test;
mod tools;
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
    /// Check licences, sources and doubles of the dependencies with cargo-deny
    Audit,
}

fn main() -> ExitCode {
    let done = match Arguments::parse().task {
        Task::Run(options) => run::run(&options),
        Task::Web => web::build(),
        Task::Wasm => web::build_wasm(),
        Task::Test => test::test(),
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
