//! A phone in a story: what the web app keeps in its store, here in memory, over the same replica.

use std::collections::BTreeMap;

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use sync_core::commands::{Answer, Command, Refusal, YesNo};
use sync_core::document::{Edit, Inspection};
use sync_core::domain::id::BadCode;
use sync_core::domain::{Actor, CooperativeId, PersonId, PhoneTime, VisitId};
use sync_core::replica::answer::Taking;
use sync_core::replica::open::NewVisit;
use sync_core::replica::outbox::Asking;
use sync_core::replica::{
    Mine, OpenRecord, Outcome, RecordSummary, RecordView, Sent, State, StoredRecord, push, take, visits_in,
};
use sync_core::review::Review;
use sync_core::wire::{Push, Reply, Row};

use super::line::{Exchange, Fate, Line, Trouble};

/// How many bytes of pages a phone asks for.
const PAGE_BYTES_MAX: u32 = 256 * 1024;

/// A phone with somebody signed in.
pub struct Phone {
    /// Who holds it.
    pub person: PersonId,
    /// How it reaches the server.
    pub line: Line,
    /// What it stores of each record, as bytes.
    records: BTreeMap<VisitId, Vec<u8>>,
    /// Rows of the register, by table and key.
    rows: BTreeMap<(String, String), Row>,
    /// Where it stands with the server, as bytes.
    state: Vec<u8>,
    /// Whoever writes in it at the moment.
    actor: Actor,
    /// How many milliseconds its clock runs ahead of the server's.
    pub clock_ahead_ms: i64,
    chance: ChaCha8Rng,
}

impl Phone {
    /// A phone that was just signed in on and has stored nothing yet. Its chance follows from `seed`.
    pub fn new(person: PersonId, line: Line, seed: u64) -> Self {
        let mut chance = ChaCha8Rng::seed_from_u64(seed);
        let actor = Actor(draw(&mut chance));
        let (records, rows) = (BTreeMap::new(), BTreeMap::new());
        Self {
            person,
            line,
            records,
            rows,
            state: State::default().to_bytes(),
            actor,
            clock_ahead_ms: 0,
            chance,
        }
    }

    /// Sixteen random bytes.
    pub fn chance(&mut self) -> [u8; 16] {
        draw(&mut self.chance)
    }

    /// What its clock says.
    pub fn now(&self) -> PhoneTime {
        PhoneTime(self.line.server_time().0 + self.clock_ahead_ms)
    }

    /// Killed and opened again: whatever was not stored is gone, and somebody new writes.
    pub fn is_reopened(&mut self) {
        self.actor = Actor(self.chance());
    }

    /// A copy of all that is stored, as a backup of the phone would have it.
    pub fn backup(&self) -> Self {
        Self {
            person: self.person,
            line: self.line.clone(),
            records: self.records.clone(),
            rows: self.rows.clone(),
            state: self.state.clone(),
            actor: self.actor,
            clock_ahead_ms: self.clock_ahead_ms,
            chance: self.chance.clone(),
        }
    }

    /// Starts a visit to a cooperative of the register and says *I am here*.
    pub fn starts_visit(&mut self, cooperative: CooperativeId) -> VisitId {
        let new = self.visit_to(cooperative);
        let entropy = self.chance();
        let open = OpenRecord::start(new, entropy).expect("the checklist is known");
        let visit = open.stored.visit();
        self.keep(&open.stored);
        self.does(visit, &[Command::Join]).expect("everybody may join");
        visit
    }

    /// Joins a visit by the code that somebody else shows.
    pub fn joins_visit(&mut self, cooperative: CooperativeId, code: &str) -> Result<VisitId, BadCode> {
        let open = OpenRecord::join(self.visit_to(cooperative), code)?;
        let visit = open.stored.visit();
        if !self.records.contains_key(&visit) {
            self.keep(&open.stored);
        }
        self.does(visit, &[Command::Join]).expect("everybody may join");
        Ok(visit)
    }

    /// Starts a visit to a cooperative that the register doesn't have.
    pub fn starts_visit_to_unknown(&mut self, name: &str, area: &str) -> VisitId {
        let new = NewVisit {
            cooperative: CooperativeId::random(self.chance()),
            area: area.parse().expect("an area code"),
            provisional_name: Some(name.to_owned()),
            checklist: "quality-2021@1".parse().expect("a checklist"),
        };
        let entropy = self.chance();
        let open = OpenRecord::start(new, entropy).expect("the checklist is known");
        let visit = open.stored.visit();
        self.keep(&open.stored);
        self.does(visit, &[Command::Join]).expect("everybody may join");
        visit
    }

    fn visit_to(&self, cooperative: CooperativeId) -> NewVisit {
        let row = self.row("cooperatives", &cooperative.to_string()).expect("the phone has the cooperative");
        NewVisit {
            cooperative,
            area: serde_json::from_value(row["area"].clone()).expect("a cooperative has an area"),
            provisional_name: None,
            checklist: "quality-2021@1".parse().expect("a checklist"),
        }
    }

    /// Carries commands out as one change.
    pub fn does(&mut self, visit: VisitId, commands: &[Command]) -> Result<(), Refusal> {
        let mut open = self.open(visit);
        open.apply(self.actor, self.person, self.now(), commands)?;
        self.keep(&open.stored);
        Ok(())
    }

    /// Answers an item.
    pub fn answers(&mut self, visit: VisitId, item: &str, value: Answer) {
        self.does(visit, &[Command::Answer { item: item.to_owned(), value }]).expect("the answer fits");
    }

    /// Answers an item with yes or no.
    pub fn answers_yes_no(&mut self, visit: VisitId, item: &str, yes: bool) {
        self.answers(visit, item, Answer::YesNo(if yes { YesNo::Yes } else { YesNo::No }));
    }

    /// Answers everything that is asked of a visit that was held, each item in a change of its own as
    /// on the phone's screen, with a position and a summary.
    pub fn fills_in(&mut self, visit: VisitId) {
        super::filling::fill_in(self, visit);
    }

    /// Hands the record in.
    pub fn submits(&mut self, visit: VisitId) {
        self.does(visit, &[Command::Submit]).expect("the record is complete");
    }

    /// Writes edits that no command of this app would make, as an app with a fault might.
    pub fn writes_past_the_rules(&mut self, visit: VisitId, edits: &[Edit]) {
        let open = self.open(visit);
        let (actor, now) = (self.actor, self.now());
        let (hash, bytes) =
            open.record().clone().commit(actor, now, edits).expect("the edits change something");
        let mut stored = open.stored;
        stored.actors.insert(actor, self.person);
        stored.mine.push(Mine { hash, bytes, at: now, sent: Sent::No, replaces: None });
        self.keep(&stored);
    }

    /// Enters again what was refused.
    pub fn reenters(&mut self, visit: VisitId) -> Result<(), Refusal> {
        let mut open = self.open(visit);
        for attention in open.stored.attention.clone() {
            open.reenter(self.actor, self.person, self.now(), attention.change)?;
        }
        self.keep(&open.stored);
        Ok(())
    }

    /// The record as its screen shows it.
    pub fn sees(&self, visit: VisitId) -> RecordView {
        self.open(visit).view(self.person, &self.reviews(visit))
    }

    /// The record as the list shows it.
    pub fn lists(&self, visit: VisitId) -> RecordSummary {
        self.open(visit).summary(self.person, &self.reviews(visit))
    }

    /// What the record says.
    pub fn reads(&self, visit: VisitId) -> Inspection {
        self.open(visit).inspection()
    }

    /// Whether the phone has anything of this visit.
    pub fn has(&self, visit: VisitId) -> bool {
        self.records.contains_key(&visit)
    }

    /// The visits it has something of.
    pub fn visits(&self) -> Vec<VisitId> {
        self.records.keys().copied().collect()
    }

    /// Changes without a receipt, of all records.
    pub fn unsent(&self) -> usize {
        self.records.keys().map(|visit| self.stored(*visit).unsent().count()).sum()
    }

    /// A record with its document loaded.
    pub fn open(&self, visit: VisitId) -> OpenRecord {
        OpenRecord::open(self.stored(visit)).expect("a stored record loads")
    }

    /// A record as it is stored.
    pub fn stored(&self, visit: VisitId) -> StoredRecord {
        StoredRecord::from_bytes(&self.records[&visit]).expect("a stored record is readable")
    }

    /// Stores a record.
    pub fn keep(&mut self, record: &StoredRecord) {
        self.records.insert(record.visit(), record.to_bytes());
    }

    /// A row of the register.
    pub fn row(&self, table: &str, key: &str) -> Option<serde_json::Value> {
        let row = self.rows.get(&(table.to_owned(), key.to_owned()))?;
        Some(serde_json::from_str(row.value.as_ref()?).expect("rows are JSON"))
    }

    /// How many rows of a table it has.
    pub fn rows_of(&self, table: &str) -> usize {
        self.rows.iter().filter(|((of, _), row)| of == table && row.value.is_some()).count()
    }

    /// The decisions on a visit that the phone knows of.
    pub fn reviews(&self, visit: VisitId) -> Vec<Review> {
        let rows = self.row("reviews", &visit.to_string());
        rows.map_or_else(Vec::new, |rows| serde_json::from_value(rows).expect("reviews are reviews"))
    }

    /// Where it stands with the server.
    pub fn state(&self) -> State {
        State::from_bytes(&self.state)
    }

    /// What it would send now.
    pub fn push(&self) -> Push {
        let records: Vec<StoredRecord> = self.records.keys().map(|visit| self.stored(*visit)).collect();
        let asking = Asking { app: "story".to_owned(), now: self.now(), page_bytes_max: PAGE_BYTES_MAX };
        push(&self.state(), &records, asking)
    }

    /// Sends a push and takes the answer, unless the line loses one of them. Says whether to ask again.
    pub async fn sends(&mut self, push: &Push, fate: Fate) -> Result<Outcome, Trouble> {
        let reply = self.line.sync(push, fate).await?;
        Ok(self.takes(&reply))
    }

    /// Syncs until there is no more to ask, over a line that lets everything through.
    pub async fn syncs(&mut self) -> Vec<Outcome> {
        let mut outcomes = Vec::new();
        loop {
            let push = self.push();
            let mut answer = self.sends(&push, Fate::Through).await;
            if matches!(&answer, Err(Trouble::Refused { code, .. }) if code == "token_expired") {
                self.line.renews().await;
                answer = self.sends(&push, Fate::Through).await;
            }
            let outcome = answer.expect("the server answers");
            let (is_more, is_unsent) = (outcome.more, self.unsent() > 0);
            let was_sent = outcome.sent > 0 || outcome.refused > 0;
            outcomes.push(outcome);
            let is_at_rest = !is_more && (!is_unsent || !was_sent);
            if is_at_rest {
                return outcomes;
            }
            assert!(outcomes.len() < 1_000, "the phone and the server never come to rest");
        }
    }

    /// What went over the line with the last request.
    pub fn last_exchange(&self) -> Exchange {
        self.line.last_exchange()
    }

    /// Takes the server's answer: records, rows and state together, as one transaction would.
    pub fn takes(&mut self, reply: &Reply) -> Outcome {
        let records = visits_in(&self.state(), reply)
            .into_iter()
            .filter(|visit| self.has(*visit))
            .map(|visit| self.stored(visit));
        let records = records.collect();
        let taking = Taking { person: self.person, fresh_actor: Actor(self.chance()) };
        let outcome = take(self.state(), reply, records, taking);
        for record in &outcome.put {
            self.keep(record);
        }
        for visit in &outcome.delete {
            self.records.remove(visit);
        }
        for row in &outcome.rows {
            let known = self.rows.entry((row.table.clone(), row.key.clone())).or_insert_with(|| row.clone());
            if known.seq < row.seq {
                *known = row.clone();
            }
        }
        self.state = outcome.state.to_bytes();
        outcome
    }
}

fn draw(chance: &mut ChaCha8Rng) -> [u8; 16] {
    let mut bytes = [0; 16];
    chance.fill_bytes(&mut bytes);
    bytes
}
