//! The district of a simulation: what happens next in it, and how it comes to rest.

use std::collections::{BTreeMap, BTreeSet};
use std::panic::{AssertUnwindSafe, catch_unwind};

use server::ingest::Caller;
use server::people::Use;
use server::reviews::{Refused, Supervisor};
use server::store::grants::Role;
use sha2::{Digest, Sha256};
use sync_core::commands::{Command, Part};
use sync_core::domain::{
    Actor, AreaCode, ChangeHash, CooperativeId, DeviceId, PersonId, ServerTime, VisitId,
};
use sync_core::wire::{ChangeReceipt, Entry, Push, Receipt, RefusalCode, Reply, VisitReceipt};

use super::chance::Chance;
use super::checks::{self, Findings, Wrong};
use super::desk;
use super::hostile::{Heard, Hostile};
use super::ledger::{Held, Ledger, OnPhone, Reason};
use super::line::{Asked, Letter, Line, Weather, body_of, push_in, reply_in};
use super::office::{Office, Replaced, Right, TOWNS};
use super::phone::Phone;
use super::work;
use crate::district::{BEGIN, DAY_MS, DISTRICT, MINUTE_MS, area};
use crate::harness::Kept;
use crate::harness::kept::Writer;

/// How long it goes on, in virtual time.
const DAYS: i64 = 30;
/// What a phone asks for in one answer; some ask for less than any entry has.
const PAGE_BYTES: [u32; 4] = [1, 4 * 1024, 64 * 1024, 512 * 1024];
/// A phone comes to rest within so many round trips, and the district within so many rounds of its phones.
const ROUND_TRIPS_MAX: usize = 60;
const ROUNDS_MAX: usize = 12;

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
const NOTHING_LOST: &str = "nothing that anybody saved is lost";
const RECORDS_MERGE: &str = "every record can be read and merged";

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

/// A visit whose code somebody shows.
#[derive(Debug, Clone)]
struct Shown {
    visit: VisitId,
    cooperative: CooperativeId,
    code: String,
}

struct World {
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
    fn new(seed: u64, size: Size, weather: Weather, safeguards: Safeguards) -> Self {
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

    fn ends_up(self, seed: u64, panicked: bool) -> Run {
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

    fn lives(&mut self, steps: usize) {
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

    /// Somebody looks at what needs attention: enters it again, or puts it away.
    fn takes_up(&mut self, number: usize) {
        let now = self.now;
        let phone = &mut self.phones[number];
        let mut waiting = Vec::new();
        for visit in phone.kept.visits() {
            waiting
                .extend(phone.kept.stored(visit).attention.iter().map(|attention| (visit, attention.change)));
        }
        let Some((visit, change)) = self.chance.one_of(&waiting).copied() else { return };
        if self.chance.once_in(2) {
            phone.kept.dismisses(visit, change);
            let disk = OnPhone::of(&phone.kept);
            if self.counts.contains_key("server replaced") {
                let held = self.office.read(Held::read);
                self.ledger.puts_away(number, change, &disk, &held);
            } else {
                self.ledger.notes_put_away(change);
            }
            self.happens("puts away", format_args!("{number} {change}"));
            return;
        }
        let writer = phone.writer(now);
        let before = phone.kept.stored(visit).mine.len();
        let entered = phone.kept.reenters(visit, writer, change);
        let stored = phone.kept.stored(visit);
        if let Some(mine) = stored.mine.get(before) {
            self.ledger.replaces(change, mine.hash);
        }
        self.happens("enters again", format_args!("{number} {change} {entered:?}"));
    }

    fn is_reopened(&mut self, number: usize) {
        self.phones[number].is_reopened(&mut self.chance);
        self.happens("reopened", number);
    }

    /// A clock is set, by years at worst.
    fn sets_clock(&mut self, number: usize) {
        const TEN_YEARS_MS: i64 = 10 * 365 * DAY_MS;
        let span_ms = *self.chance.one_of(&[MINUTE_MS, DAY_MS, TEN_YEARS_MS]).expect("there are some");
        let ahead_ms = self.chance.ms_below(2 * span_ms) - span_ms;
        self.phones[number].clock_ahead_ms = ahead_ms;
        self.happens("sets clock", format_args!("{number} {ahead_ms}"));
    }

    fn is_copied(&mut self, number: usize) {
        const KEPT: usize = 3;
        let phone = &mut self.phones[number];
        phone.copies.push((phone.kept.clone(), phone.actor));
        let over = phone.copies.len().saturating_sub(KEPT);
        phone.copies.drain(..over);
        self.happens("phone is copied", number);
    }

    /// A phone goes on as an older copy of itself: with the app opened anew, or frozen as it was, under the
    /// same actor and with numbers that were used since.
    fn goes_back(&mut self, number: usize) {
        let held = self.office.read(Held::read);
        let phone = &mut self.phones[number];
        let Some((disk, actor)) = self.chance.one_of(&phone.copies).cloned() else { return };
        phone.loses_storage(disk, self.now);
        let is_frozen = self.chance.once_in(2);
        if is_frozen {
            phone.actor = actor;
            phone.was_copied = true;
        } else {
            phone.is_reopened(&mut self.chance);
        }
        self.ledger.storage_lost(number, &OnPhone::of(&phone.kept), &held);
        self.happens("phone goes back", format_args!("{number} {is_frozen}"));
    }

    fn is_evicted(&mut self, number: usize) {
        let held = self.office.read(Held::read);
        let phone = &mut self.phones[number];
        phone.loses_storage(Kept::new(phone.kept.person), self.now);
        phone.is_reopened(&mut self.chance);
        self.ledger.storage_lost(number, &OnPhone::of(&phone.kept), &held);
        self.happens("storage evicted", number);
    }

    fn is_attacked(&mut self) {
        let number = self.chance.below(self.hostile.len());
        let hostile = &self.hostile[number];
        let push = hostile.push(&self.heard, self.now, &mut self.chance);
        let sender = Caller { person: hostile.person, device: hostile.device, part: Part::Field };
        let Some(push) = push_in(&body_of(&push)) else {
            return self.is_wrong("what is written can be read", "a hostile push");
        };
        match self.office.exchanges(sender, push, ServerTime(self.now)) {
            Ok(reply) => {
                self.grants_are_looked_at(sender.person, &reply);
                for receipt in &reply.receipts {
                    self.is_acknowledged(receipt);
                }
                let cursors: Vec<_> = reply.scopes.iter().map(|page| page.cursor.clone()).collect();
                self.hostile[number].cursor = self.chance.one_of(&cursors).cloned();
                self.trace.update(body_of(&reply));
                self.happens("attacks", format_args!("{number} {}", reply.receipts.len()));
            }
            Err(error) => self.is_wrong("the server takes every push", error.to_string()),
        }
    }

    fn is_decided(&mut self) {
        let by = self.chance.one_of(&self.supervisors).expect("there are supervisors");
        match desk::decides(by, &self.office, self.now, &mut self.chance) {
            Some(Ok(visit)) => self.happens("decides", visit),
            Some(Err(Refused::Store(error))) => self.is_wrong("the server stands", error.to_string()),
            Some(Err(refused)) => self.happens("may not decide", refused),
            None => {}
        }
    }

    fn is_settled(&mut self) {
        let by = self.chance.one_of(&self.supervisors).expect("there are supervisors");
        match desk::picks(by, &self.office, self.now, &mut self.chance) {
            Some(Ok(visit)) => self.happens("settles", visit),
            Some(Err(Refused::Store(error))) => self.is_wrong("the server stands", error.to_string()),
            Some(Err(refused)) => self.happens("may not settle", refused),
            None => {}
        }
    }

    fn moves(&mut self) {
        let places: Vec<CooperativeId> = self.office.known.places.keys().copied().collect();
        let (Some(id), Some(to)) = (self.chance.one_of(&places), self.chance.one_of(&TOWNS)) else { return };
        self.office.moves(*id, to, ServerTime(self.now));
        self.happens("moves", format_args!("{id} {to}"));
    }

    fn gives(&mut self) {
        let phone = self.chance.one_of(&self.phones).expect("there are phones");
        let code = if self.chance.once_in(8) { DISTRICT } else { TOWNS[self.chance.below(TOWNS.len())] };
        let right = Right { person: phone.kept.person, role: Role::Coordinator, area: area(code) };
        if !self.office.known.rights.contains(&right) {
            self.office.gives(right.clone(), ServerTime(self.now));
            self.happens("gives", format_args!("{} {}", right.person, right.area));
        }
    }

    fn ends(&mut self) {
        let is_coordinators = |right: &&Right| right.role == Role::Coordinator;
        let rights: Vec<Right> = self.office.known.rights.iter().filter(is_coordinators).cloned().collect();
        let Some(right) = self.chance.one_of(&rights) else { return };
        self.office.ends(right.clone(), ServerTime(self.now));
        self.happens("ends", format_args!("{} {}", right.person, right.area));
    }

    /// The server's machine is replaced by one that starts over an older copy.
    fn is_replaced(&mut self) {
        if self.office.copies() == 0 {
            return;
        }
        let number = self.chance.below(self.office.copies());
        let how = if self.chance.once_in(2) { Replaced::Silently } else { Replaced::InANewLife };
        self.office.is_replaced(number, how);
        let held = self.office.read(Held::read);
        self.acknowledged.retain(|(visit, change)| held.has(*visit, *change));
        let disks: Vec<OnPhone> = self.phones.iter().map(|phone| OnPhone::of(&phone.kept)).collect();
        let lost_at: Vec<Option<i64>> = self.phones.iter().map(|phone| phone.storage_lost_at).collect();
        self.ledger.server_lost(&disks, &lost_at, &held);
        self.happens("server replaced", format_args!("{how:?}"));
    }

    /// Somebody starts a visit: to a cooperative that the phone has, or now and then to one that nobody
    /// has yet.
    fn starts(&mut self, number: usize) {
        let now = self.now;
        let phone = &mut self.phones[number];
        let known: Vec<CooperativeId> =
            phone.kept.rows_of("cooperatives").filter_map(|(key, _)| key.parse().ok()).collect();
        let new = match self.chance.one_of(&known) {
            Some(cooperative) if !self.chance.once_in(10) => phone.kept.visit_to(*cooperative),
            _ => {
                let Some(town) = self.chance.one_of(&phone.areas).cloned() else { return };
                let place =
                    if TOWNS.contains(&town.as_str()) { town } else { TOWNS[0].parse().expect("a town") };
                let cooperative = CooperativeId::random(self.chance.bytes());
                self.office.met.insert(cooperative, place.clone());
                Some(Kept::visit_to_unknown(cooperative, &phone.word(number), place))
            }
        };
        let Some(new) = new else { return };
        let cooperative = new.cooperative;
        let writer = phone.writer(now);
        let visit = phone.kept.starts(new, self.chance.bytes(), writer);
        phone.visits.push(visit);
        let code = phone.kept.stored(visit).code.to_string();
        self.shown.push(Shown { visit, cooperative, code });
        self.saves_last(number, visit);
        self.happens("starts", format_args!("{number} {visit}"));
    }

    /// Somebody joins a visit that another one shows, with or without a network.
    fn joins(&mut self, number: usize) {
        let recent = &self.shown[self.shown.len().saturating_sub(20)..];
        let Some(shown) = self.chance.one_of(recent).cloned() else { return };
        let now = self.now;
        let phone = &mut self.phones[number];
        let Some(new) = phone.kept.visit_to(shown.cooperative) else { return };
        let is_there = phone.kept.has(shown.visit)
            && phone.kept.reads(shown.visit).present.iter().any(|one| one.person == phone.kept.person);
        let is_over = phone.kept.has(shown.visit) && !phone.kept.reads(shown.visit).withdrawals.is_empty();
        if is_there || is_over {
            return;
        }
        let writer = phone.writer(now);
        let visit = phone.kept.joins(new, &shown.code, writer).expect("the code is right");
        phone.visits.push(visit);
        self.saves_last(number, visit);
        self.happens("joins", format_args!("{number} {visit}"));
    }

    /// Somebody writes in a record of theirs.
    fn writes(&mut self, number: usize) {
        let now = self.now;
        let phone = &mut self.phones[number];
        let mine: Vec<VisitId> =
            phone.visits.iter().copied().filter(|visit| phone.kept.has(*visit)).collect();
        let recent = &mine[mine.len().saturating_sub(5)..];
        let Some(visit) = self.chance.one_of(recent).copied() else { return };
        let open = phone.kept.open(visit);
        let word = phone.word(number);
        let unique = number as u64 * 100_000 + phone.words;
        let commands =
            work::next(&open.inspection(), open.record().checklist(), &word, unique, &mut self.chance);
        if commands.is_empty() {
            return;
        }
        let writer = phone.writer(now);
        if self.safeguards == Safeguards::TwoWriters && self.chance.once_in(2) {
            return self.writes_in_another_tab(number, visit, &commands);
        }
        let phone = &mut self.phones[number];
        match phone.kept.does(visit, writer, &commands) {
            Ok(Some(change)) => {
                self.ledger.saves(number, &self.phones[number].kept, visit, change, now);
                self.happens("writes", format_args!("{number} {visit} {change}"));
            }
            Ok(None) => self.happens("says nothing new", number),
            Err(refusal) => self.happens("may not", format_args!("{number} {refusal:?}")),
        }
    }

    /// A second tab writes in the store, on what it read when it was opened.
    fn writes_in_another_tab(&mut self, number: usize, visit: VisitId, commands: &[Command]) {
        let phone = &mut self.phones[number];
        if !phone.other_tab.as_ref().is_some_and(|tab| tab.kept.has(visit)) || self.chance.once_in(10) {
            phone.other_tab = Some(Box::new(phone.clone()));
        }
        let tab = phone.other_tab.as_mut().expect("it was just opened");
        let writer = Writer { actor: Actor(self.chance.bytes()), ..tab.writer(self.now) };
        if let Ok(Some(change)) = tab.kept.does(visit, writer, commands) {
            phone.kept.keep(&tab.kept.stored(visit));
            self.ledger.saves(number, &self.phones[number].kept, visit, change, self.now);
            self.happens("writes in another tab", format_args!("{number} {visit} {change}"));
        }
    }

    /// The change just made is one that somebody saved.
    fn saves_last(&mut self, number: usize, visit: VisitId) {
        let kept = &self.phones[number].kept;
        let change = kept.stored(visit).mine.last().expect("a change was just made").hash;
        self.ledger.saves(number, kept, visit, change, self.now);
    }

    /// A phone asks the server, if it isn't asking already.
    fn syncs(&mut self, number: usize) {
        let page_bytes_max = *self.chance.one_of(&PAGE_BYTES).expect("there are some");
        let Some((asked, push)) = self.phones[number].asks(number, self.now, page_bytes_max) else { return };
        self.heard.hears(&push);
        if self.safeguards == Safeguards::SentWithoutReceipt {
            self.phones[number].believes_sent(&push, self.now);
        }
        self.happens("asks", format_args!("{number} {} {}", push.visits.len(), push.unsent.changes));
        self.posts(Letter::Request(asked, body_of(&push)));
    }

    fn posts(&mut self, letter: Letter) {
        let fate = self.line.posts(self.now, letter, self.weather, &mut self.chance);
        self.happens("posted", fate);
    }

    fn letters_arrive(&mut self, until: i64) {
        while let Some((at, letter)) = self.line.next(until) {
            self.now = at;
            match letter {
                Letter::Request(asked, body) => {
                    let answer = self.answers(asked.phone, &body);
                    self.posts(Letter::Answer(asked, answer));
                }
                Letter::Answer(asked, body) => self.is_answered(asked, body),
            }
        }
    }

    /// The server answers a request; none where it refuses it whole.
    fn answers(&mut self, number: usize, body: &[u8]) -> Option<Vec<u8>> {
        let Some(push) = push_in(body) else {
            self.happens("refused whole", number);
            return None;
        };
        let reply = self.exchanges(number, push)?;
        let body = body_of(&reply);
        self.trace.update(&body);
        self.happens("answered", format_args!("{number} {}", body.len()));
        Some(body)
    }

    fn exchanges(&mut self, number: usize, push: Push) -> Option<Reply> {
        let phone = &self.phones[number];
        let sender = Caller { person: phone.kept.person, device: phone.device, part: Part::Field };
        for visit in &push.visits {
            self.cooperatives.insert(visit.visit, visit.genesis.cooperative);
        }
        match self.office.exchanges(sender, push.clone(), ServerTime(self.now)) {
            Ok(reply) => {
                if self.safeguards == Safeguards::QuarantineForgotten {
                    self.office.forgets_quarantine();
                }
                self.receipts_are_looked_at(number, &push, &reply);
                self.grants_are_looked_at(sender.person, &reply);
                Some(reply)
            }
            Err(error) => {
                self.is_wrong("the server takes every push", error.to_string());
                None
            }
        }
    }

    /// Every change gets a receipt, and honest work is refused only for what lies outside of it.
    fn receipts_are_looked_at(&mut self, number: usize, push: &Push, reply: &Reply) {
        for (visit, receipt) in push.visits.iter().zip(&reply.receipts) {
            if visit.visit != receipt.visit || visit.changes.len() != receipt.changes.len() {
                self.is_wrong("every change has a receipt (R5)", format!("{number} {}", visit.visit));
            }
            self.is_acknowledged(receipt);
            for change in &receipt.changes {
                match &change.receipt {
                    Receipt::Accepted | Receipt::Duplicate => {}
                    Receipt::Parked(_) => self.happens("parked", change.hash),
                    Receipt::Quarantined(code) => {
                        self.happens("quarantined", format_args!("{number} {} {code:?}", change.hash));
                        if !self.is_lawful(number, *code) {
                            let what = format!("{number} {} {} {code:?}", receipt.visit, change.hash);
                            self.is_wrong("honest work is refused only for its rights or its place", what);
                        }
                    }
                }
            }
        }
    }

    fn is_acknowledged(&mut self, receipt: &VisitReceipt) {
        let is_kept =
            |change: &&ChangeReceipt| matches!(change.receipt, Receipt::Accepted | Receipt::Duplicate);
        let kept = receipt.changes.iter().filter(is_kept);
        self.acknowledged.extend(kept.map(|change| (receipt.visit, change.hash)));
    }

    /// Whether honest work may be refused with this code, after what has happened so far.
    fn is_lawful(&self, number: usize, code: RefusalCode) -> bool {
        match code {
            RefusalCode::NotGranted | RefusalCode::DependsOnRefused => true,
            RefusalCode::SequenceReused => self.phones[number].was_copied,
            RefusalCode::UnknownCooperative => self.counts.contains_key("server replaced"),
            _ => false,
        }
    }

    /// C5: nothing outside a grant was ever sent.
    fn grants_are_looked_at(&mut self, person: PersonId, reply: &Reply) {
        let readable = self.office.readable(person);
        let may_read = |area: &AreaCode| readable.iter().any(|prefix| prefix.contains(area));
        let mut strays = Vec::new();
        for entry in reply.scopes.iter().flat_map(|page| &page.entries) {
            let of_visit = |visit: &VisitId, cooperative: CooperativeId| {
                let place = self.office.place(cooperative);
                (!place.is_some_and(may_read)).then(|| format!("{visit} of {place:?}"))
            };
            strays.extend(match entry {
                Entry::Change(change) => of_visit(&change.visit, change.genesis.cooperative),
                Entry::Enter(entered) => of_visit(&entered.visit, entered.genesis.cooperative),
                Entry::Leave(_) => None,
                Entry::Row(row) => match (row.table.as_str(), &row.value) {
                    ("cooperatives", Some(_)) => {
                        let id = row.key.parse().expect("its key is its id");
                        let place = self.office.place(id);
                        (!place.is_some_and(may_read)).then(|| format!("{id} of {place:?}"))
                    }
                    ("reviews", Some(_)) => {
                        let visit: VisitId = row.key.parse().expect("its key is the visit's");
                        self.cooperatives.get(&visit).and_then(|cooperative| of_visit(&visit, *cooperative))
                    }
                    _ => None,
                },
            });
        }
        for stray in strays {
            self.is_wrong(
                "nothing outside a grant is sent (C5)",
                format!("{stray} to a reader of {readable:?}"),
            );
        }
    }

    /// An answer arrives at a phone.
    fn is_answered(&mut self, asked: Asked, body: Option<Vec<u8>>) {
        if !self.phones[asked.phone].waited_for(asked) {
            self.happens("came too late", asked.phone);
            return;
        }
        let Some(reply) = body.as_deref().and_then(reply_in) else {
            self.happens("no answer", asked.phone);
            return;
        };
        if self.weather == Weather::Foul && self.chance.once_in(15) {
            return self.is_killed_taking(asked.phone, &reply);
        }
        if self.takes(asked.phone, &reply) {
            self.syncs(asked.phone);
        }
    }

    /// A phone is killed between reading an answer and storing it, or what safeguards it lacks lets happen.
    fn is_killed_taking(&mut self, number: usize, reply: &Reply) {
        let phone = &mut self.phones[number];
        let outcome = phone.kept.would_take(reply, Actor(self.chance.bytes()));
        if self.safeguards == Safeguards::StateBeforeRecords {
            phone.kept.stores_state(&outcome);
        }
        self.happens("killed", format_args!("{number} {}", outcome.put.len()));
        self.is_reopened(number);
    }

    /// A phone takes an answer; tells whether it has more to ask.
    fn takes(&mut self, number: usize, reply: &Reply) -> bool {
        let fresh_actor = Actor(self.chance.bytes());
        let phone = &mut self.phones[number];
        let before = phone.kept.unsent();
        let outcome = phone.kept.takes(reply, fresh_actor);
        if outcome.refused > 0 {
            phone.actor = fresh_actor;
        }
        let after = phone.kept.unsent();
        if self.safeguards == Safeguards::SentForgotten {
            phone.forgets_sent(&outcome.put);
        }
        self.ledger.sees(&outcome.put);
        for record in &outcome.put {
            if let Err(error) = record.working() {
                let what = format!("{number} {} {error}", record.visit());
                self.is_wrong(RECORDS_MERGE, what);
            }
        }
        for record in &outcome.put {
            self.set_aside.remove(&(number, record.visit()));
        }
        for visit in &outcome.set_aside {
            self.sets_aside(number, *visit);
        }
        let done = format!("{number} {} {} {}", outcome.put.len(), outcome.sent, outcome.refused);
        self.happens("takes", done);
        outcome.more || (after > 0 && after < before)
    }

    /// A record could not be merged and stays as it was. That may be where the server was put back behind a
    /// comparison, which shows only by the digest at the end of the tail; the next comparison must mend it.
    fn sets_aside(&mut self, number: usize, visit: VisitId) {
        self.happens("sets aside", format_args!("{number} {visit}"));
        self.set_aside.insert((number, visit));
        if !self.counts.contains_key("server replaced") {
            self.is_wrong(RECORDS_MERGE, format!("{number} {visit}"));
        }
    }

    /// The line is good from now on: what is under way arrives, and every phone syncs until nothing
    /// happens any more.
    fn comes_to_rest(&mut self) {
        self.weather = Weather::Fair;
        self.letters_arrive(i64::MAX);
        self.now += MINUTE_MS;
        for _ in 0..ROUNDS_MAX {
            let mut is_quiet = true;
            let wrong = self.wrong.len();
            for number in 0..self.phones.len() {
                is_quiet &= self.syncs_until_quiet(number);
            }
            if is_quiet || self.wrong.len() > wrong {
                return;
            }
        }
        self.is_wrong("the district comes to rest", "it goes on and on");
    }

    /// Tells whether there was nothing to be told on either side.
    fn syncs_until_quiet(&mut self, number: usize) -> bool {
        let mut was_quiet = true;
        for _ in 0..ROUND_TRIPS_MAX {
            self.now += 1;
            let Some((asked, push)) = self.phones[number].asks(number, self.now + DAY_MS, PAGE_BYTES[2])
            else {
                continue;
            };
            self.phones[number].waited_for(asked);
            let Some(reply) = self.exchanges(number, push) else { return true };
            was_quiet &= reply.receipts.is_empty() && reply.scopes.iter().all(|page| page.entries.is_empty());
            if !self.takes(number, &reply) {
                return was_quiet;
            }
        }
        self.is_wrong("every phone comes to rest", format!("phone {number}"));
        true
    }

    /// Everything is at rest: is everything there, once, and the same everywhere?
    fn is_looked_at(&mut self) {
        let now = ServerTime(self.now);
        let held = self.office.read(Held::read);
        let disks: Vec<OnPhone> = self.phones.iter().map(|phone| OnPhone::of(&phone.kept)).collect();
        let ledger = &self.ledger;
        let lost = self.office.read(|connection| {
            let lost = ledger.lost(&disks, &held, connection)?;
            Ok(lost.into_iter().map(|saved| format!("{saved:?}")).collect::<Vec<_>>())
        });
        self.excused = self.ledger.excused(&disks, &held);
        self.lost = lost.len() as u64;
        for what in lost {
            self.is_wrong(NOTHING_LOST, what);
        }
        let gone = self.acknowledged.iter().filter(|(visit, change)| !held.has(*visit, *change));
        let gone: Vec<String> = gone.map(|(visit, change)| format!("{visit} {change}")).collect();
        for what in gone {
            self.is_wrong("what a receipt called accepted is there (R4)", what);
        }
        for (number, visit) in std::mem::take(&mut self.set_aside) {
            self.is_wrong(RECORDS_MERGE, format!("{number} {visit}"));
        }
        self.phones_are_looked_at();
        self.wrong.extend(self.office.read(|connection| checks::of_store(connection, now)));
        let mut findings = Findings::new();
        self.office.is_rebuilt(now, &mut findings);
        self.wrong.extend(findings);
    }

    /// C1 to C3: phones with the same rights hold the same, which is what the server holds.
    fn phones_are_looked_at(&mut self) {
        let server = self.office.read(checks::heads);
        let mut findings = Findings::new();
        for (number, phone) in self.phones.iter().enumerate() {
            let readable = self.office.readable(phone.kept.person);
            if readable.is_empty() {
                continue;
            }
            let mut wrong = |check, what| findings.push(Wrong { check, what });
            for (visit, (area, heads)) in &server {
                if !readable.iter().any(|prefix| prefix.contains(area)) {
                    continue;
                }
                let is_same = phone.kept.has(*visit)
                    && phone.kept.stored(*visit).base().is_ok_and(|base| base.heads() == *heads);
                if !is_same {
                    wrong("replicas have the server's heads (C2)", format!("phone {number}, visit {visit}"));
                }
            }
            let rows = self.office.read(|connection| checks::rows(connection, &readable));
            for ((table, key), value) in rows {
                let kept = phone.kept.row(&table, &key).map(|row| row.to_string());
                let value: serde_json::Value = serde_json::from_str(&value).expect("rows are JSON");
                if kept != Some(value.to_string()) {
                    wrong("replicas have the server's rows (C3)", format!("phone {number}, {table} {key}"));
                }
            }
            if phone.kept.unsent() > 0 {
                let what = format!("phone {number} has {} unsent", phone.kept.unsent());
                wrong("on a good line everything goes out (P1)", what);
            }
        }
        self.wrong.extend(findings);
    }
}
