//! What a phone does with the server's answer. Whoever holds the store performs the outcome in one
//! transaction: records, rows and cursors together or not at all.

use std::collections::BTreeSet;

use serde_bytes::ByteBuf;

use super::rebuild::rebuild;
use super::stored::{Mine, ScopeState, Sent, State, StoredRecord};
use crate::document::{Broken, ChangeFacts, Genesis, Record, facts_of};
use crate::domain::{Actor, AreaCode, ChangeHash, PersonId, ServerTime, VisitCode, VisitId};
use crate::wire::{
    Entered, Entry, NotTaking, PulledChange, Receipt, RefusalCode, Reply, Resolution, ResolvedChange, Row,
    ScopePage, heads_digest, scope_digest,
};

/// For how long a phone keeps what the server acknowledged, to send it again to a server that lost it.
pub const KEEP_SENT_MS: i64 = 30 * 24 * 60 * 60 * 1000;

/// Who takes the answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Taking {
    /// The person signed in.
    pub person: PersonId,
    /// A fresh random actor, for what must be issued again.
    pub fresh_actor: Actor,
}

/// What is to be stored, all of it in one transaction.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Outcome {
    /// Where the phone stands now.
    pub state: State,
    /// Records to store.
    pub put: Vec<StoredRecord>,
    /// Records to delete.
    pub delete: Vec<VisitId>,
    /// Rows of the register to store, each in place of what was there: the server tells them in order, and
    /// after a restore its numbers may be lower than before.
    pub rows: Vec<Row>,
    /// Areas no longer granted: rows of the register that lie in them go.
    pub ended: Vec<AreaCode>,
    /// Ask again at once: more is waiting, or something is to be sent again.
    pub more: bool,
    /// Changes that a receipt newly named.
    pub sent: u32,
    /// Changes that were refused.
    pub refused: u32,
    /// Whoever writes goes on as the fresh actor. Something was refused, and keeps its numbers, for a
    /// supervisor may still let it in; or something was issued again, and its old form, whose numbers the
    /// record doesn't show any more, may still arrive.
    pub renews_actor: bool,
    /// Records that could not be read or merged, and were set aside as they were.
    pub set_aside: Vec<VisitId>,
    /// Why the server takes nothing in at the moment, or not all.
    pub not_taking: Option<NotTaking>,
    /// The server has lost its log after this position: the rows that stand after it are to be kept and
    /// told to it.
    pub lost_after: Option<u64>,
    /// So many of the rows told to it, from the first, need not be told again.
    pub heard: u32,
}

/// The visits that an answer speaks of, those of an area no longer granted included: what must be at
/// hand to take it.
pub fn visits_in(state: &State, reply: &Reply) -> BTreeSet<VisitId> {
    let mut visits = BTreeSet::new();
    for receipt in &reply.receipts {
        visits.insert(receipt.visit);
    }
    visits.extend(reply.resolved.iter().map(|resolved| resolved.visit));
    for entry in reply.scopes.iter().flat_map(|page| &page.entries) {
        match entry {
            Entry::Change(change) => visits.insert(change.visit),
            Entry::Enter(entered) => visits.insert(entered.visit),
            Entry::Leave(visit) => visits.insert(*visit),
            Entry::Row(_) => false,
        };
    }
    for (area, scope) in &state.scopes {
        if !reply.granted.contains(area) {
            visits.extend(scope.held.keys());
        }
    }
    if starts_over(state, reply) {
        visits.extend(&state.untold);
    }
    visits
}

/// Whether what the phone knows of the server ends here: an area is compared from the beginning, because it
/// is newly granted or the server in another life; or one is granted no longer.
fn starts_over(state: &State, reply: &Reply) -> bool {
    let is_new = |area: &AreaCode| state.scopes.get(area).is_none_or(|scope| scope.cursor.is_none());
    reply.scopes.iter().any(|page| page.lost_after.is_some() || is_new(&page.prefix))
        || state.scopes.keys().any(|area| !reply.granted.contains(area))
}

/// The position after which the server has lost its log, where it has. There is one log: it agrees as far as
/// any area shows, and a cursor that still counts shows that it does until there.
fn lost_after(state: &State, reply: &Reply) -> Option<u64> {
    reply.scopes.iter().find(|page| page.lost_after.is_some())?;
    let still_counts = |area: &AreaCode| Some(state.scopes.get(area)?.cursor.as_ref()?.seq);
    reply.scopes.iter().filter_map(|page| page.lost_after.or_else(|| still_counts(&page.prefix))).max()
}

/// Takes an answer. `records` are those of [`visits_in`] that the phone has.
pub fn take(state: State, reply: &Reply, records: Vec<StoredRecord>, taking: Taking) -> Outcome {
    let mut desk = Desk {
        records,
        touched: Vec::new(),
        outcome: Outcome { state, not_taking: reply.not_taking, heard: reply.heard, ..Outcome::default() },
        now: reply.server_time,
        taking,
    };
    desk.receipts(reply);
    if starts_over(&desk.outcome.state, reply) {
        let untold = std::mem::take(&mut desk.outcome.state.untold);
        desk.send_again(untold);
    }
    desk.outcome.lost_after = lost_after(&desk.outcome.state, reply);
    for page in &reply.scopes {
        desk.page(page);
    }
    desk.grants(reply);
    reply.resolved.iter().for_each(|resolved| desk.resolved(resolved));
    desk.outcome.state.last_contact = Some(reply.server_time);
    desk.finish()
}

/// Records at hand while an answer is taken.
struct Desk {
    records: Vec<StoredRecord>,
    /// The visits whose records are to be stored or deleted.
    touched: Vec<VisitId>,
    outcome: Outcome,
    now: ServerTime,
    taking: Taking,
}

impl Desk {
    fn receipts(&mut self, reply: &Reply) {
        for receipt in &reply.receipts {
            let Some(mut record) = self.lift(receipt.visit) else { continue };
            let mut refused: Vec<(ChangeHash, RefusalCode)> = Vec::new();
            let mut accepted = Vec::new();
            let mut is_news = false;
            let mut is_parked = false;
            let mut missing: Vec<ChangeHash> = Vec::new();
            for mine in &mut record.mine {
                let named = receipt.changes.iter().find(|change| change.hash == mine.hash);
                match named.map(|change| &change.receipt) {
                    Some(told @ (Receipt::Accepted | Receipt::Duplicate)) => {
                        is_news |= *told == Receipt::Accepted;
                        if mine.sent == Sent::No {
                            self.outcome.sent += 1;
                        }
                        mine.sent = Sent::At(self.now);
                        record.received_at.get_or_insert(self.now);
                        accepted.push(mine.bytes.clone());
                    }
                    Some(Receipt::Quarantined(code)) => {
                        refused.push((mine.hash, *code));
                    }
                    Some(Receipt::Parked(hashes)) => {
                        is_parked = true;
                        missing.extend(hashes);
                    }
                    None => {}
                }
            }
            if is_parked {
                // The server lacks what it once acknowledged: all of it goes out again.
                for mine in &mut record.mine {
                    mine.sent = Sent::No;
                }
            }
            self.outcome.refused += refused.len() as u32;
            self.outcome.renews_actor |= !refused.is_empty();
            let visit = record.visit();
            missing.retain(|hash| !record.mine.iter().any(|mine| mine.hash == *hash));
            let rebuilt = add_to_base(&mut record, &accepted).and_then(|()| {
                let base = base_without(&record, &refused, &missing)?;
                if refused.is_empty() && base == record.base {
                    return Ok(record.clone());
                }
                self.outcome.more = true;
                rebuild(&record, base, &refused, self.taking.fresh_actor, self.taking.person)
            });
            let scope = self.scope_of(&record);
            match scope {
                // Of a duplicate nothing is known but that it is somewhere: its visit may have moved away.
                Some(prefix) if is_news => self.hold(&prefix, visit, record, rebuilt),
                _ => self.keep(visit, record, rebuilt),
            }
        }
    }

    /// The area that tells of a record; where none does yet, the one that should, by where the visit started.
    fn scope_of(&self, record: &StoredRecord) -> Option<AreaCode> {
        let scopes = &self.outcome.state.scopes;
        let telling = scopes.iter().find(|(_, scope)| scope.held.contains_key(&record.visit()));
        let lies_in = |prefix: &&AreaCode| record.area.as_ref().is_some_and(|area| prefix.contains(area));
        telling.map(|(prefix, _)| prefix).or_else(|| scopes.keys().find(lies_in)).cloned()
    }

    /// What was sent of visits that no area tells of is no part of a comparison, so it goes out again: the
    /// server may have lost it.
    fn send_again(&mut self, visits: impl IntoIterator<Item = VisitId>) {
        for visit in visits {
            let Some(mut record) = self.lift(visit) else { continue };
            self.outcome.more |= !record.mine.is_empty();
            for mine in &mut record.mine {
                mine.sent = Sent::No;
            }
            self.records.push(record);
            self.touch(visit);
        }
    }

    fn page(&mut self, page: &ScopePage) {
        let was_comparing = self
            .outcome
            .state
            .scopes
            .get(&page.prefix)
            .is_none_or(|scope| scope.cursor.as_ref().is_none_or(|cursor| cursor.comparing.is_some()));
        for entry in &page.entries {
            match entry {
                Entry::Change(pulled) => self.change(&page.prefix, pulled),
                Entry::Enter(entered) => self.enter(&page.prefix, entered, was_comparing),
                Entry::Leave(visit) => self.leave(&page.prefix, *visit, was_comparing),
                Entry::Row(row) => self.outcome.rows.push(row.clone()),
            }
        }
        let scope = self.outcome.state.scopes.entry(page.prefix.clone()).or_default();
        let before = scope.cursor.replace(page.cursor.clone());
        if let (Some(_), Some(before)) = (page.lost_after, before) {
            self.outcome.state.lost_epoch = Some(before.epoch);
        }
        self.outcome.more |= page.more;
        let differs = page.digest.is_some_and(|theirs| theirs != scope_digest(scope.held.values().copied()));
        if differs && !was_comparing {
            scope.cursor = None;
            self.outcome.more = true;
        }
    }

    fn change(&mut self, prefix: &AreaCode, pulled: &PulledChange) {
        let mut record = self.at_hand(&pulled.genesis, &pulled.code);
        if let Some(facts) = facts_of(&pulled.change) {
            record.actors.insert(facts.actor, pulled.person);
        }
        record.received_at.get_or_insert(pulled.received_at);
        let merged = self.merged(&record, &[&pulled.change]);
        self.hold(prefix, pulled.visit, record, merged);
    }

    fn enter(&mut self, prefix: &AreaCode, entered: &Entered, was_comparing: bool) {
        let mut record = self.at_hand(&entered.genesis, &entered.code);
        record.actors.extend(entered.actors.iter().copied());
        record.received_at = Some(entered.received_at);
        let merged = Record::load(&entered.snapshot, &entered.genesis).and_then(|snapshot| {
            if was_comparing {
                // What the server shows now is all it holds: anything else it once acknowledged is lost
                // there and goes out again.
                return self.put_upon(Some(entered.snapshot.clone().into()), &record);
            }
            let theirs: Vec<_> = snapshot.changes().into_iter().map(|(_, bytes)| bytes).collect();
            self.merged(&record, &theirs)
        });
        self.hold(prefix, entered.visit, record, merged);
    }

    fn leave(&mut self, prefix: &AreaCode, visit: VisitId, was_comparing: bool) {
        if let Some(scope) = self.outcome.state.scopes.get_mut(prefix) {
            scope.held.remove(&visit);
        }
        let Some(record) = self.lift(visit) else { return };
        // It may have moved into another area that tells of it.
        let is_told = self.outcome.state.scopes.values().any(|scope| scope.held.contains_key(&visit));
        let after = if was_comparing && !is_told { self.put_upon(None, &record) } else { Ok(record.clone()) };
        self.keep(visit, record, after);
    }

    /// A record with changes in its base that the server told of. Where one has the number of another one of
    /// *mine*, because this phone went on as an older copy of itself, mine is issued again.
    fn merged<B: AsRef<[u8]>>(
        &mut self,
        record: &StoredRecord,
        changes: &[B],
    ) -> Result<StoredRecord, Broken> {
        let mut after = record.clone();
        add_to_base(&mut after, changes)?;
        let is_mine = |hash| record.mine.iter().any(|mine| mine.hash == hash);
        let takes_number = |theirs: &ChangeFacts| {
            let mut mine = record.mine.iter().filter_map(|mine| facts_of(&mine.bytes));
            !is_mine(theirs.hash) && mine.any(|mine| mine.actor == theirs.actor && mine.seq == theirs.seq)
        };
        if changes.iter().filter_map(|bytes| facts_of(bytes.as_ref())).any(|theirs| takes_number(&theirs)) {
            return self.put_upon(after.base, record);
        }
        Ok(after)
    }

    /// Puts a record upon what the server shows of it while the phone compares.
    fn put_upon(&mut self, base: Option<ByteBuf>, record: &StoredRecord) -> Result<StoredRecord, Broken> {
        let after = rebuild(record, base, &[], self.taking.fresh_actor, self.taking.person)?;
        let was_unsent = |mine: &Mine| record.unsent().any(|before| before.hash == mine.hash);
        self.outcome.more |= after.unsent().any(|mine| !was_unsent(mine));
        Ok(after)
    }

    fn grants(&mut self, reply: &Reply) {
        let scopes = &mut self.outcome.state.scopes;
        let ended: Vec<AreaCode> =
            scopes.keys().filter(|area| !reply.granted.contains(area)).cloned().collect();
        let mut ended_visits: Vec<VisitId> = Vec::new();
        for area in &ended {
            if let Some(scope) = scopes.remove(area) {
                ended_visits.extend(scope.held.into_keys());
            }
        }
        for area in &reply.granted {
            if !scopes.contains_key(area) {
                scopes.insert(area.clone(), ScopeState::default());
                self.outcome.more = true;
            }
        }
        self.outcome.ended = ended;
        ended_visits.iter().for_each(|visit| self.touch(*visit));
        let scopes = &self.outcome.state.scopes;
        ended_visits.retain(|visit| !scopes.values().any(|scope| scope.held.contains_key(visit)));
        self.send_again(ended_visits);
    }

    /// What became of a refused change: only what stays out goes on waiting for the person.
    fn resolved(&mut self, resolved: &ResolvedChange) {
        let Some(mut record) = self.lift(resolved.visit) else { return };
        if resolved.resolution == Resolution::Dismissed {
            let mut attention = record.attention.iter_mut();
            if let Some(attention) = attention.find(|attention| attention.change == resolved.change) {
                attention.dismissed = Some(resolved.reason.clone());
            }
        } else {
            record.attention.retain(|attention| attention.change != resolved.change);
        }
        self.records.push(record);
        self.touch(resolved.visit);
    }

    fn finish(mut self) -> Outcome {
        for visit in std::mem::take(&mut self.touched) {
            let Some(mut record) = self.lift(visit) else { continue };
            self.outcome.renews_actor |= record.actors.contains_key(&self.taking.fresh_actor);
            let keep_until = |sent: Sent| match sent {
                Sent::No => true,
                Sent::At(at) => at.0 + KEEP_SENT_MS > self.now.0,
            };
            record.mine.retain(|mine| keep_until(mine.sent));
            let held = self.outcome.state.scopes.values().any(|scope| scope.held.contains_key(&visit));
            let is_untold = !held && record.mine.iter().any(|mine| mine.sent != Sent::No);
            if is_untold {
                self.outcome.state.untold.insert(visit);
            } else {
                self.outcome.state.untold.remove(&visit);
            }
            if held || !record.mine.is_empty() || record.has_unreceipted_work() {
                self.outcome.put.push(record);
            } else {
                self.outcome.delete.push(visit);
            }
        }
        self.outcome
    }

    /// Takes a record out of those at hand.
    fn lift(&mut self, visit: VisitId) -> Option<StoredRecord> {
        let at = self.records.iter().position(|record| record.visit() == visit)?;
        Some(self.records.swap_remove(at))
    }

    fn touch(&mut self, visit: VisitId) {
        if !self.touched.contains(&visit) {
            self.touched.push(visit);
        }
    }

    fn at_hand(&mut self, genesis: &Genesis, code: &VisitCode) -> StoredRecord {
        self.lift(genesis.visit).unwrap_or_else(|| StoredRecord {
            genesis: genesis.clone(),
            code: code.clone(),
            area: None,
            provisional: None,
            base: None,
            mine: Vec::new(),
            actors: [].into(),
            attention: Vec::new(),
            received_at: None,
        })
    }

    /// Keeps a record of which an area tells as it came out, or, where it could not be read or merged, as it
    /// was.
    fn hold(
        &mut self,
        prefix: &AreaCode,
        visit: VisitId,
        before: StoredRecord,
        after: Result<StoredRecord, Broken>,
    ) {
        if after.is_ok() {
            self.outcome.state.scopes.entry(prefix.clone()).or_default().held.entry(visit).or_default();
        }
        self.keep(visit, before, after);
    }

    /// Keeps a record as it came out, or, where it could not be read or merged, as it was. Whichever areas
    /// tell of it, the phone holds there what is in the base, and compares by that.
    fn keep(&mut self, visit: VisitId, before: StoredRecord, after: Result<StoredRecord, Broken>) {
        let after = after.and_then(|mut record| {
            let base = record.base()?;
            // What was refused once and stands in the record now waits no longer.
            record.attention.retain(|attention| !base.contains(attention.change));
            let digest = heads_digest(visit, &base.heads());
            for scope in self.outcome.state.scopes.values_mut() {
                scope.held.entry(visit).and_modify(|held| *held = digest);
            }
            Ok(record)
        });
        let record = after.unwrap_or_else(|_| {
            self.outcome.set_aside.push(visit);
            before
        });
        self.records.push(record);
        self.touch(visit);
    }
}

/// A record's base, less what a receipt says the server doesn't hold: it may have held that once, and lost
/// it.
fn base_without(
    record: &StoredRecord,
    refused: &[(ChangeHash, RefusalCode)],
    missing: &[ChangeHash],
) -> Result<Option<ByteBuf>, Broken> {
    let base = record.base()?;
    let is_in_base = |hash: &ChangeHash| base.contains(*hash);
    let refused = refused.iter().map(|(hash, _)| *hash);
    let gone: Vec<ChangeHash> = refused.chain(missing.iter().copied()).filter(is_in_base).collect();
    if gone.is_empty() {
        Ok(record.base.clone())
    } else {
        Ok(Some(base.without(&gone)?.save_uncompressed().into()))
    }
}

/// Adds changes that the server holds to a record's base.
fn add_to_base<B: AsRef<[u8]>>(record: &mut StoredRecord, changes: &[B]) -> Result<(), Broken> {
    if changes.is_empty() {
        return Ok(());
    }
    let mut base = record.base()?;
    base.apply(changes)?;
    record.base = Some(base.save_uncompressed().into());
    Ok(())
}
