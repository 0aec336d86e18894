//! `cargo xtask fuzz`: the fuzz targets of the way in, built as cargo-fuzz builds them but with the
//! pinned toolchain, and run a counted number of times from the seeds in `tests/fuzz/corpus`.

use std::fs;
use std::path::Path;

use clap::{Args, ValueEnum};

use crate::claim::Claim;
use crate::tools::{self, Failed, Need, command, output, step};

/// What libFuzzer needs of the code to see where an input leads: as cargo-fuzz has it, but not in one
/// piece a crate, which would build Automerge on one core.
const COVERAGE: &str = "-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
                        -Cllvm-args=-sanitizer-coverage-inline-8bit-counters \
                        -Cllvm-args=-sanitizer-coverage-pc-table \
                        -Cllvm-args=-sanitizer-coverage-trace-compares --cfg fuzzing";

/// A target may take up at most this much memory, in MiB, whatever it is given.
const MEMORY_MIB_MAX: u32 = 512;

/// What to run.
#[derive(Args)]
pub(crate) struct Options {
    /// One target instead of all
    #[arg(long)]
    target: Option<Target>,
    /// Inputs for each target
    #[arg(long, default_value_t = 1_000_000)]
    runs: u64,
    /// Where chance begins: the same seed and number give the same inputs
    #[arg(long, default_value_t = 1)]
    seed: u32,
    /// With AddressSanitizer, which is slower and needs a longer build
    #[arg(long)]
    address: bool,
    /// Write the seeds anew instead, from honest changes and attacks on them
    #[arg(long)]
    write_corpus: bool,
}

/// A fuzz target, in `tests/fuzz/fuzz_targets`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "snake_case")]
enum Target {
    /// Any bytes at all through the gate
    Frame,
    /// Changes whose checksum fits through the gate
    Preparse,
    /// The same merged into a record
    GateAndMerge,
}

impl Target {
    const fn name(self) -> &'static str {
        match self {
            Self::Frame => "frame",
            Self::Preparse => "preparse",
            Self::GateAndMerge => "gate_and_merge",
        }
    }

    /// How often in `cargo xtask test`: a few seconds each.
    const fn runs_in_tests(self) -> u64 {
        match self {
            Self::Frame => 1_000_000,
            Self::Preparse => 200_000,
            Self::GateAndMerge => 20_000,
        }
    }
}

/// Does what the options say.
pub(crate) fn fuzz(options: &Options) -> Result<(), Failed> {
    let corpus = tools::root().join("tests/fuzz/corpus");
    if options.write_corpus {
        let write = ["run", "--quiet", "--package", "hostile", "--bin", "write-corpus", "--"];
        return step("seeds of the fuzz targets", tools::cargo().args(write).arg(corpus));
    }
    build(options.address)?;
    let targets = options.target.as_ref().map_or(Target::value_variants(), std::slice::from_ref);
    targets.iter().try_for_each(|target| run(*target, options.runs, options.seed, &corpus))
}

/// Runs each target and says what that came to.
pub(crate) fn claims(runs: u64, seed: u32) -> Result<Vec<Claim>, Failed> {
    build(false)?;
    let corpus = tools::root().join("tests/fuzz/corpus");
    let claim = |target: &Target| Claim {
        what: format!("fuzzing {}", target.name()),
        size: runs,
        unit: "inputs".to_owned(),
        seed: seed.into(),
        lost: 0,
        corrupt: 0,
        panics: u64::from(run(*target, runs, seed, &corpus).is_err()),
        is_control: false,
    };
    Ok(Target::value_variants().iter().map(claim).collect())
}

/// A short run of each target.
pub(crate) fn short() -> Result<(), Failed> {
    build(false)?;
    let corpus = tools::root().join("tests/fuzz/corpus");
    Target::value_variants().iter().try_for_each(|target| run(*target, target.runs_in_tests(), 1, &corpus))
}

fn build(with_address_sanitizer: bool) -> Result<(), Failed> {
    tools::require(&[Need::Compiler])?;
    let mut flags = COVERAGE.to_owned();
    if with_address_sanitizer {
        flags += " -Zsanitizer=address";
    }
    let mut build = tools::cargo();
    // The flags are for the targets alone, not for build scripts: so the host's triple is named.
    build
        .args(["build", "--release", "--locked", "--bins", "--target", host()?.as_str()])
        .current_dir(tools::root().join("tests/fuzz"))
        .env("CARGO_TARGET_DIR", tools::target_folder().join("fuzz"))
        .env("RUSTFLAGS", flags);
    if with_address_sanitizer {
        // Stable rustc takes this option only so.
        build.env("RUSTC_BOOTSTRAP", "1");
    }
    step("fuzz targets", &mut build)
}

fn run(target: Target, runs: u64, seed: u32, corpus: &Path) -> Result<(), Failed> {
    let name = target.name();
    let built = tools::target_folder().join("fuzz").join(host()?).join("release").join(name);
    let found = tools::target_folder().join("fuzz/found");
    // What earlier runs found would make this one another.
    let kept = found.join(name);
    let made = if kept.exists() { fs::remove_dir_all(&kept) } else { Ok(()) };
    made.and_then(|()| fs::create_dir_all(&kept)).map_err(|e| Failed(format!("{}: {e}", kept.display())))?;
    let fuzzing = step(
        &format!("fuzzing {name}, {runs} inputs from seed {seed}"),
        command(built)
            .arg(format!("-runs={runs}"))
            .arg(format!("-seed={seed}"))
            .arg(format!("-rss_limit_mb={MEMORY_MIB_MAX}"))
            .arg(format!("-artifact_prefix={}/{name}-", found.display()))
            .args(["-print_final_stats=1", "-verbosity=0"])
            .args([&kept, corpus]),
    );
    fuzzing.map_err(|Failed(why)| Failed(format!("{why}\nThe input is kept in {}.", found.display())))
}

/// What rustc calls this machine.
fn host() -> Result<String, Failed> {
    let version = output("rustc", "-vV").unwrap_or_default();
    let host = version.lines().find_map(|line| line.strip_prefix("host: "));
    host.map(str::to_owned).ok_or_else(|| Failed("rustc doesn't say what this machine is".to_owned()))
}
