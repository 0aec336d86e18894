//! What a run of many cycles, images, inputs or seeds comes to: a line of the table that
//! `cargo xtask verify-claims` prints.

use serde::{Deserialize, Serialize};

/// What was run, and what went wrong in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claim {
    /// What was done to the system, in a few words.
    pub what: String,
    /// How often.
    pub size: u64,
    /// What is counted: cycles, images, inputs, seeds.
    pub unit: String,
    /// Where chance began; the same seed and size run the same again.
    pub seed: u64,
    /// Values or receipts that somebody was promised and that are gone.
    pub lost: u64,
    /// Times that what is kept could not be read, or contradicts itself.
    pub corrupt: u64,
    /// Times that a process or thread died of what it was given.
    pub panics: u64,
    /// A control: the same with a safeguard taken away. It must show losses or corruption, or the run
    /// could not have seen any.
    pub is_control: bool,
}

impl Claim {
    /// Whether the run showed what it should: nothing gone wrong, or in a control, something.
    pub fn holds(&self) -> bool {
        let is_whole = self.lost == 0 && self.corrupt == 0 && self.panics == 0;
        self.size > 0 && is_whole != self.is_control
    }
}
