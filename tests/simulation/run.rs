//! One run: thirty days from one seed, what it keeps to, and what it came to.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};

use super::checks::Wrong;
use super::ledger::Reason;
use super::line::Weather;
use super::world::World;

/// How large a simulation is.
#[derive(Debug, Clone, Copy)]
pub struct Size {
    /// Phones of honest people.
    pub phones: usize,
    /// Things that happen in thirty days.
    pub steps: usize,
}

/// What a simulation came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    /// Where chance began.
    pub seed: u64,
    /// SHA-256 over everything that happened: the same seed gives the same.
    pub trace: String,
    /// All that happened, a line each.
    pub told: Vec<String>,
    /// Changes that honest people saved.
    pub saved: u64,
    /// Of these, gone for a reason that lies outside of the software.
    pub excused: BTreeMap<Reason, u64>,
    /// Of these, gone without such a reason.
    pub lost: u64,
    /// How often what happened.
    pub counts: BTreeMap<&'static str, u64>,
    /// Checks that failed.
    pub wrong: Vec<Wrong>,
    /// The whole of it stopped with a panic.
    pub panicked: bool,
}

/// The check that counts losses.
pub(super) const NOTHING_LOST: &str = "nothing that anybody saved is lost";

impl Run {
    /// Whether nothing went wrong.
    pub fn holds(&self) -> bool {
        self.wrong.is_empty() && !self.panicked
    }

    /// How many checks failed, losses left aside.
    pub fn corrupt(&self) -> u64 {
        self.wrong.iter().filter(|wrong| wrong.check != NOTHING_LOST).count() as u64
    }

    /// What went wrong, and how to see it again.
    pub fn failure(&self) -> String {
        const SHOWN: usize = 12;
        const LAST: usize = 40;
        let wrong = self.wrong.iter().take(SHOWN).map(|wrong| format!("{}: {}", wrong.check, wrong.what));
        format!(
            "seed {} failed {} checks (panicked: {}):\n  {}\nwhat happened last:\n  {}",
            self.seed,
            self.wrong.len(),
            self.panicked,
            wrong.collect::<Vec<_>>().join("\n  "),
            self.told[self.told.len().saturating_sub(LAST)..].join("\n  "),
        )
    }
}

/// What keeps values from being lost; the controls take one of them away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Safeguards {
    /// All of them.
    Whole,
    /// Phones call sent what they have posted, without waiting for a receipt (R1).
    SentWithoutReceipt,
    /// Phones store where they stand before the records, in a transaction of its own (C6).
    StateBeforeRecords,
    /// Phones forget what they sent as soon as there is a receipt (C3).
    SentForgotten,
    /// Two tabs write in one store, each on what it read when it was opened.
    TwoWriters,
    /// The server forgets what it refused (Q1).
    QuarantineForgotten,
}

/// Simulates thirty days.
pub fn run(seed: u64, size: Size, weather: Weather, safeguards: Safeguards) -> Run {
    let mut world = World::new(seed, size, weather, safeguards);
    let lived = catch_unwind(AssertUnwindSafe(|| {
        world.lives(size.steps);
        world.comes_to_rest();
        world.is_looked_at();
    }));
    world.ends_up(seed, lived.is_err())
}
