//! One round trip: what a phone asks, what becomes of it on the line, what the server answers, and what
//! the phone makes of that.

use server::ingest::Caller;
use sha2::Digest;
use sync_core::commands::Part;
use sync_core::domain::{Actor, AreaCode, CooperativeId, PersonId, ServerTime, VisitId};
use sync_core::wire::{ChangeReceipt, Entry, Push, Receipt, RefusalCode, Reply, VisitReceipt};

use super::{RECORDS_MERGE, World};
use crate::simulation::line::{Asked, Letter, Weather, body_of, push_in, reply_in};
use crate::simulation::run::Safeguards;

/// What a phone asks for in one answer; some ask for less than any entry has.
pub(super) const PAGE_BYTES: [u32; 4] = [1, 4 * 1024, 64 * 1024, 512 * 1024];

impl World {
    /// A phone asks the server, if it isn't asking already.
    pub(super) fn syncs(&mut self, number: usize) {
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

    pub(super) fn letters_arrive(&mut self, until: i64) {
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

    pub(super) fn exchanges(&mut self, number: usize, push: Push) -> Option<Reply> {
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

    pub(super) fn is_acknowledged(&mut self, receipt: &VisitReceipt) {
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
    pub(super) fn grants_are_looked_at(&mut self, person: PersonId, reply: &Reply) {
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
    pub(super) fn takes(&mut self, number: usize, reply: &Reply) -> bool {
        let fresh_actor = Actor(self.chance.bytes());
        let phone = &mut self.phones[number];
        let before = phone.kept.unsent();
        let outcome = phone.kept.takes(reply, fresh_actor);
        if outcome.renews_actor {
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
}
