//! `cargo xtask verify-claims`: runs every long check at the size asked for and prints one table of what
//! they came to.

use std::process::Stdio;

use clap::Args;

use crate::claim::Claim;
use crate::fuzz;
use crate::tools::{self, Failed, command, step};

/// How much to run; without a word, as much as the table in docs/RELIABILITY.md.
#[derive(Args)]
pub(crate) struct Options {
    /// Little of everything: under a minute once built
    #[arg(long)]
    quick: bool,
    /// Simulated districts
    #[arg(long)]
    seeds: Option<u64>,
    /// Events in each simulated district
    #[arg(long)]
    steps: Option<u64>,
    /// Times that the real server is killed during uploads
    #[arg(long)]
    cycles: Option<u64>,
    /// Images of the disk after a power loss
    #[arg(long)]
    images: Option<u64>,
    /// Hostile changes
    #[arg(long)]
    inputs: Option<u64>,
    /// Inputs for each fuzz target
    #[arg(long)]
    runs: Option<u64>,
    /// Where chance begins
    #[arg(long, default_value_t = 1)]
    seed: u32,
}

/// A check and its sizes: the name it is given on the command line, what was asked for, in full, quick.
type Size = (&'static str, Option<u64>, u64, u64);

/// Builds what is checked as it is released, runs the checks one after the other, and prints the table.
pub(crate) fn verify_claims(options: &Options) -> Result<(), Failed> {
    let what = ["build", "--release", "--package", "server", "--package", "xunfang-tests", "--bins"];
    step("server and checks, as released", tools::cargo().args(what))?;
    let checks: [(&str, &[Size]); 4] = [
        ("simulate", &[("--seeds", options.seeds, 100, 2), ("--steps", options.steps, 2_000, 400)]),
        ("kill", &[("--cycles", options.cycles, 1_000, 20)]),
        ("power-loss", &[("--images", options.images, 10_000, 200)]),
        ("inputs", &[("--inputs", options.inputs, 100_000, 2_000)]),
    ];
    let mut claims = Vec::new();
    for (check, sizes) in checks {
        claims.extend(run(check, sizes, options)?);
    }
    claims.extend(fuzz::claims(in_size(options.runs, 1_000_000, 20_000, options), options.seed)?);
    println!("\n{}", table(&claims));
    if claims.iter().all(Claim::holds) {
        Ok(())
    } else {
        Err(Failed("Not every claim holds, or a control saw nothing.".to_owned()))
    }
}

/// Runs one check to its end, which may be a bad one, and reads what it came to.
fn run(check: &str, sizes: &[Size], options: &Options) -> Result<Vec<Claim>, Failed> {
    println!("\n── {check}");
    let released = tools::target_folder().join("release");
    let mut checking = command(released.join("claims"));
    checking.args([check, "--seed", &options.seed.to_string()]).stdout(Stdio::piped());
    for (name, asked, full, quick) in sizes {
        checking.args([*name, &in_size(*asked, *full, *quick, options).to_string()]);
    }
    if check == "kill" {
        checking.arg("--xunfang").arg(released.join("xunfang"));
    }
    let output = checking
        .spawn()
        .and_then(std::process::Child::wait_with_output)
        .map_err(|e| Failed(format!("{check} can't be run: {e}")))?;
    let told = String::from_utf8_lossy(&output.stdout);
    let claims = told.lines().last().and_then(|line| serde_json::from_str(line).ok());
    claims.ok_or_else(|| Failed(format!("{check} ended without a word ({})", output.status)))
}

/// As much as was asked for, or else as goes with the rest.
fn in_size(asked: Option<u64>, full: u64, quick: u64, options: &Options) -> u64 {
    asked.unwrap_or(if options.quick { quick } else { full })
}

/// The claims as a table that Markdown and a person at a terminal can read.
fn table(claims: &[Claim]) -> String {
    let mut table = "| what was done | how often | seed | lost | corrupt | panics | |\n\
                     |---|--:|--:|--:|--:|--:|---|\n"
        .to_owned();
    for claim in claims {
        let Claim { what, size, unit, seed, lost, corrupt, panics, is_control } = claim;
        let verdict = match (is_control, claim.holds()) {
            (false, true) => "holds",
            (false, false) => "DOES NOT HOLD",
            (true, true) => "control: seen",
            (true, false) => "control: SAW NOTHING",
        };
        table +=
            &format!("| {what} | {size} {unit} | {seed} | {lost} | {corrupt} | {panics} | {verdict} |\n");
    }
    table
}
