//! The sample district: 朔城区 as it might be, with invented cooperatives, people and a year of visits.
//!
//! Everything follows from a seed and `now`, so it is the same every time. First the district is drawn
//! as plain values; what happens in its visits is a plan of acts; only [`District::settle`] carries them
//! out, through the same commands and the same ingest that a phone uses, with receipt times of their own.
//!
//! | module | what it holds |
//! |---|---|
//! | `places` | the fourteen units and their villages; the units' codes are invented |
//! | `people` | coordinators, supervisors, the office: who signs in, and what with |
//! | `cooperatives` | the register |
//! | `answers` | what a visit finds, as commands |
//! | `visits` | who visits whom when, and what becomes of it, as acts |
//! | `phone`, `settle` | the acts carried out |
//! | `full_record` | a record in which everything is answered |

mod answers;
mod cooperatives;
mod draw;
mod full_record;
mod people;
mod phone;
mod places;
mod settle;
mod visits;

use sync_core::coverage::PatrolRules;
use sync_core::domain::{Cooperative, ServerTime};

pub use full_record::full_record;
pub use people::{PASSWORD, SamplePerson};
pub use places::{DISTRICT, SampleArea};
pub use visits::{Act, SampleVisit, What, Written};

/// What the built-in sample grows from.
const SEED: u64 = 20_210_330;

/// How large a district is to be.
struct Size {
    units: usize,
    cooperatives: u32,
    district_coordinators: u32,
    /// Holders of a title: national, provincial, municipal, district.
    titles: [u32; 4],
}

/// The plan's district: its figures for units, cooperatives, coordinators, and titles (the breakdown,
/// which adds up to 97 and not to the 123 that the plan gives beside it).
const FULL: Size = Size { units: 14, cooperatives: 806, district_coordinators: 5, titles: [3, 29, 21, 44] };
/// Two units, for tests.
const SMALL: Size = Size { units: 2, cooperatives: 12, district_coordinators: 1, titles: [0, 1, 0, 1] };

/// A district with its people, its register and a year of visits, as values.
#[derive(Debug, Clone, PartialEq)]
pub struct District {
    /// The end of the year that is told.
    pub now: ServerTime,
    /// The administrative tree, from the province down.
    pub areas: Vec<SampleArea>,
    /// Who signs in.
    pub people: Vec<SamplePerson>,
    /// The register.
    pub cooperatives: Vec<Cooperative>,
    /// The patrol rules in force.
    pub rules: PatrolRules,
    /// What happened, visit by visit.
    pub visits: Vec<SampleVisit>,
}

impl District {
    /// The whole district: 14 units, 806 cooperatives.
    pub fn full(now: ServerTime) -> Self {
        Self::grow(&FULL, now)
    }

    /// A small district of the same kind: 神头镇 and 利民镇, with a dozen cooperatives.
    pub fn small(now: ServerTime) -> Self {
        Self::grow(&SMALL, now)
    }

    fn grow(size: &Size, now: ServerTime) -> Self {
        let rules = PatrolRules::default();
        let units = &places::UNITS[..size.units];
        let people = people::draw(SEED, units, size.district_coordinators);
        let cooperatives = cooperatives::draw(SEED, units, size, &people, now);
        let visits = visits::draw(SEED, &cooperatives, &people, &rules, now);
        Self { now, areas: places::areas(units), people, cooperatives, rules, visits }
    }
}

#[cfg(test)]
mod tests;
