//! `cargo xtask simulate`: runs more seeds of the simulation, or one that failed, again.

use clap::Args;

use crate::tools::{self, Failed, command, step};

/// What is simulated.
#[derive(Args)]
pub(crate) struct Options {
    /// How many seeds, one after the other
    #[arg(long, default_value_t = 20)]
    seeds: u64,
    /// The first of them
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Everything that `claims simulate` takes besides, such as --steps, --phones, --tell
    #[arg(last = true)]
    more: Vec<String>,
}

/// Builds the simulation and runs it, its controls left out.
pub(crate) fn simulate(options: &Options) -> Result<(), Failed> {
    let what = ["build", "--release", "--package", "xunfang-tests", "--bin", "claims"];
    step("simulation, as released", tools::cargo().args(what))?;
    let mut simulation = command(tools::target_folder().join("release/claims"));
    simulation.args(["simulate", "--no-controls"]);
    simulation.args(["--seeds", &options.seeds.to_string(), "--seed", &options.seed.to_string()]);
    step("simulate", simulation.args(&options.more))
}
