//! What people do with their phones.

use sync_core::commands::Command;
use sync_core::domain::{Actor, CooperativeId, VisitId};

use super::{Shown, World};
use crate::harness::Kept;
use crate::harness::kept::Writer;
use crate::simulation::ledger::{Held, OnPhone};
use crate::simulation::office::TOWNS;
use crate::simulation::run::Safeguards;
use crate::simulation::work;

impl World {
    /// Somebody looks at what needs attention: enters it again, or puts it away.
    pub(super) fn takes_up(&mut self, number: usize) {
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

    /// Somebody starts a visit: to a cooperative that the phone has, or now and then to one that nobody
    /// has yet.
    pub(super) fn starts(&mut self, number: usize) {
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
    pub(super) fn joins(&mut self, number: usize) {
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
    pub(super) fn writes(&mut self, number: usize) {
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
}
