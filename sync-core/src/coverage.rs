//! Which visits count, which are due, and what the coverage of an area is made of. Pure: the phone's due
//! list and the office's table come from the same functions.

mod due;
mod figures;
mod five_haves;
mod patrol_rules;
mod period;
mod visit_facts;

pub use due::{DueReason, DueVisit, due_visit, due_visits};
pub use figures::{CooperativeCoverage, RULE, Totals, coverage, totals_by_area};
pub use five_haves::{Assessment, FiveHaves};
pub use patrol_rules::{Cadence, PatrolRules};
pub use period::{Length, Period};
pub use visit_facts::{
    ClockLimits, JudgedTime, Outcome, VisitFacts, attempted, counts, visit_start, visit_time,
};
