//! The district of a simulation, and what happens next in it.

use std::collections::{BTreeMap, BTreeSet};

use server::people::Use;
use server::reviews::Supervisor;
use server::store::grants::Role;
use sha2::{Digest, Sha256};
use sync_core::domain::{ChangeHash, CooperativeId, DeviceId, PersonId, VisitId};

use super::chance::Chance;
use super::checks::{Findings, Wrong};
use super::hostile::{Heard, Hostile};
use super::ledger::{Ledger, Reason};
use super::line::{Line, Weather};
use super::office::{Office, TOWNS};
use super::phone::Phone;
use super::run::{Run, Safeguards, Size};
use crate::district::{BEGIN, DAY_MS, DISTRICT};
use crate::harness::Kept;

mod desks;
mod mishaps;
mod people;
mod rest;
mod round_trip;

/// How long it goes on, in virtual time.
const DAYS: i64 = 30;
/// The check that fails where a phone can't read or merge what it has.
const RECORDS_MERGE: &str = "every record can be read and merged";

/// A visit whose code somebody shows.
#[derive(Debug, Clone)]
struct Shown {
    visit: VisitId,
    cooperative: CooperativeId,
    code: String,
}

pub(super) struct World {
    chance: Chance,
    weather: Weather,
    safeguards: Safeguards,
    now: i64,
    office: Office,
    phones: Vec<Phone>,
    supervisors: Vec<Supervisor>,
    hostile: Vec<Hostile>,
    heard: Heard,
    line: Line,
    ledger: Ledger,
    shown: Vec<Shown>,
    /// Of every visit ever pushed.
    cooperatives: BTreeMap<VisitId, CooperativeId>,
    /// What receipts called accepted or duplicate.
    acknowledged: BTreeSet<(VisitId, ChangeHash)>,
    /// Records that a phone could not merge, and that nothing has mended since.
    set_aside: BTreeSet<(usize, VisitId)>,
    trace: Sha256,
    told: Vec<String>,
    counts: BTreeMap<&'static str, u64>,
    wrong: Findings,
    lost: u64,
    excused: BTreeMap<Reason, u64>,
}

/// What may happen next.
#[derive(Debug, Clone, Copy)]
enum Act {
    Start,
    Join,
    Write,
    Sync,
    TakeUp,
    SignIn,
    Reopen,
    SetClock,
    CopyPhone,
    GoBack,
    Evict,
    Attack,
    Decide,
    Settle,
    Move,
    Give,
    End,
    Restart,
    CopyServer,
    Replace,
}

/// What happens in fair weather, and how often.
const FAIR: [(usize, Act); 8] = [
    (60, Act::Start),
    (40, Act::Join),
    (600, Act::Write),
    (300, Act::Sync),
    (10, Act::TakeUp),
    (20, Act::Decide),
    (10, Act::Settle),
    (5, Act::Reopen),
];
/// What happens besides in foul weather.
const FOUL: [(usize, Act); 13] = [
    (20, Act::TakeUp),
    (10, Act::SignIn),
    (25, Act::Reopen),
    (15, Act::SetClock),
    (20, Act::CopyPhone),
    (6, Act::GoBack),
    (2, Act::Evict),
    (40, Act::Attack),
    (6, Act::Move),
    (7, Act::Give),
    (5, Act::End),
    (3, Act::Restart),
    (10, Act::CopyServer),
];
const REPLACE: (usize, Act) = (2, Act::Replace);

impl World {
    pub(super) fn new(seed: u64, size: Size, weather: Weather, safeguards: Safeguards) -> Self {
        let mut chance = Chance::of(seed);
        let mut office = Office::open();
        let mut phones = Vec::new();
        for number in 0..size.phones {
            let person = PersonId::random(chance.bytes());
            let device = DeviceId::from_bytes(chance.bytes());
            // One in ten looks after the whole district.
            let code = if number % 10 == 9 { DISTRICT } else { TOWNS[number % TOWNS.len()] };
            office.employs(person, &[(Role::Coordinator, code)]);
            office.registers(device, person, Use::Phone);
            let areas = office.readable(person);
            phones.push(Phone::new(Kept::new(person), device, areas, &mut chance));
        }
        let mut supervisors = Vec::new();
        for code in [DISTRICT, TOWNS[0]] {
            let person = PersonId::random(chance.bytes());
            let device = DeviceId::from_bytes(chance.bytes());
            office.employs(person, &[(Role::Supervisor, code)]);
            office.registers(device, person, Use::Desk);
            supervisors.push(Supervisor { person, device, areas: office.readable(person) });
        }
        let mut hostile = Vec::new();
        for rights in [&[(Role::Coordinator, TOWNS[0])][..], &[(Role::Coordinator, DISTRICT)], &[]] {
            let person = PersonId::random(chance.bytes());
            let device = DeviceId::from_bytes(chance.bytes());
            office.employs(person, rights);
            office.registers(device, person, Use::Phone);
            hostile.push(Hostile { person, device, cursor: None });
        }
        Self {
            chance,
            weather,
            safeguards,
            now: BEGIN.0,
            office,
            phones,
            supervisors,
            hostile,
            heard: Heard::default(),
            line: Line::default(),
            ledger: Ledger::default(),
            shown: Vec::new(),
            cooperatives: BTreeMap::new(),
            acknowledged: BTreeSet::new(),
            set_aside: BTreeSet::new(),
            trace: Sha256::new(),
            told: Vec::new(),
            counts: BTreeMap::new(),
            wrong: Findings::new(),
            lost: 0,
            excused: BTreeMap::new(),
        }
    }

    pub(super) fn ends_up(self, seed: u64, panicked: bool) -> Run {
        Run {
            seed,
            trace: self.trace.finalize().iter().map(|byte| format!("{byte:02x}")).collect(),
            told: self.told,
            saved: self.ledger.saved.len() as u64,
            excused: self.excused,
            lost: self.lost,
            counts: self.counts,
            wrong: self.wrong,
            panicked,
        }
    }

    /// Writes down that something happened.
    fn happens(&mut self, what: &'static str, to: impl std::fmt::Display) {
        *self.counts.entry(what).or_default() += 1;
        let line = format!("{} {what}: {to}", self.now - BEGIN.0);
        self.trace.update(&line);
        self.told.push(line);
    }

    fn is_wrong(&mut self, check: &'static str, what: impl Into<String>) {
        self.wrong.push(Wrong { check, what: what.into() });
    }

    pub(super) fn lives(&mut self, steps: usize) {
        let gap_ms = 2 * DAYS * DAY_MS / steps.max(1) as i64;
        for number in 0..self.phones.len() {
            self.syncs(number);
        }
        for _ in 0..steps {
            let until = self.now + self.chance.ms_below(gap_ms.max(1));
            self.letters_arrive(until);
            self.now = until;
            self.acts();
        }
    }

    fn acts(&mut self) {
        let number = self.chance.below(self.phones.len());
        let acts = match self.weather {
            Weather::Fair => FAIR.to_vec(),
            Weather::Foul => FAIR.into_iter().chain(FOUL).chain([REPLACE]).collect(),
        };
        match self.chance.weighed(&acts) {
            Act::Start => self.starts(number),
            Act::Join => self.joins(number),
            Act::Write => self.writes(number),
            Act::Sync => self.syncs(number),
            Act::TakeUp => self.takes_up(number),
            Act::SignIn => self.phones[number].areas = self.office.readable(self.phones[number].kept.person),
            Act::Reopen => self.is_reopened(number),
            Act::SetClock => self.sets_clock(number),
            Act::CopyPhone => self.is_copied(number),
            Act::GoBack => self.goes_back(number),
            Act::Evict => self.is_evicted(number),
            Act::Attack => self.is_attacked(),
            Act::Decide => self.is_decided(),
            Act::Settle => self.is_settled(),
            Act::Move => self.moves(),
            Act::Give => self.gives(),
            Act::End => self.ends(),
            Act::Restart => {
                self.office.restarts();
                self.happens("server restarts", "");
            }
            Act::CopyServer => {
                self.office.is_copied();
                self.happens("server is copied", "");
            }
            Act::Replace => self.is_replaced(),
        }
    }
}
