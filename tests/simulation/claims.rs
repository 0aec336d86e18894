//! The simulation as one of the long checks: many seeds, and with safeguards taken away the same again.

use clap::Args;

use super::line::Weather;
use super::run::{Run, Safeguards, Size, run};
use crate::claim::Claim;

/// How much is simulated.
#[derive(Debug, Clone, Args)]
pub struct Options {
    /// How many seeds, one after the other
    #[arg(long, default_value_t = 20)]
    pub seeds: u64,
    /// The first of them
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// How many things happen in the thirty days of each
    #[arg(long, default_value_t = 3_000)]
    pub steps: usize,
    /// How many phones there are
    #[arg(long, default_value_t = 30)]
    pub phones: usize,
    /// Leave the controls out
    #[arg(long)]
    pub no_controls: bool,
    /// Tell everything that happens
    #[arg(long)]
    pub tell: bool,
}

/// The controls: which safeguard is taken away, and how that reads in the table.
const CONTROLS: [(Safeguards, &str); 5] = [
    (Safeguards::SentWithoutReceipt, "control: phones call sent what has no receipt"),
    (Safeguards::StateBeforeRecords, "control: phones store the cursor before the records"),
    (Safeguards::SentForgotten, "control: phones forget what they sent at once"),
    (Safeguards::TwoWriters, "control: two tabs write in one store"),
    (Safeguards::QuarantineForgotten, "control: the server forgets what it refused"),
];
/// Controls run as many seeds as show something, and no more than this.
const CONTROL_SEEDS_MAX: u64 = 20;

/// Runs the seeds, then the controls.
pub fn claims(options: &Options) -> Vec<Claim> {
    let size = Size { phones: options.phones, steps: options.steps };
    let claim = |what: &str, is_control| Claim {
        what: what.to_owned(),
        size: 0,
        unit: "seeds".to_owned(),
        seed: options.seed,
        lost: 0,
        corrupt: 0,
        panics: 0,
        is_control,
    };
    let mut whole = claim("30 days of phones, faults and attacks", false);
    for seed in options.seed..options.seed + options.seeds {
        let run = run(seed, size, Weather::Foul, Safeguards::Whole);
        if options.tell {
            eprintln!("{}", run.told.join("\n"));
        }
        eprintln!("{}", told(&run));
        adds(&mut whole, &run);
    }
    let mut claims = vec![whole];
    for (safeguards, what) in CONTROLS.iter().filter(|_| !options.no_controls) {
        let mut control = claim(what, true);
        for seed in options.seed..options.seed + CONTROL_SEEDS_MAX {
            adds(&mut control, &run(seed, size, Weather::Foul, *safeguards));
            if control.holds() {
                break;
            }
        }
        eprintln!("{what}: lost {}, corrupt {}, in {} seeds", control.lost, control.corrupt, control.size);
        claims.push(control);
    }
    claims
}

fn adds(claim: &mut Claim, run: &Run) {
    claim.size += 1;
    claim.lost += run.lost;
    claim.corrupt += run.corrupt();
    claim.panics += u64::from(run.panicked);
}

/// A seed in one line, or, where something is wrong with it, in as many as that takes.
fn told(run: &Run) -> String {
    let Run { seed, saved, excused, lost, counts, .. } = run;
    let line = format!("seed {seed}: {saved} changes saved, {lost} lost, excused {excused:?}, {counts:?}");
    if run.holds() { line } else { format!("{line}\n{}", run.failure()) }
}
