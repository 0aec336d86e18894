//! What the web app keeps on a phone of one person's work, here in memory, over the same replica: what
//! `mobile-web/src/data` stores and `mobile-web/src/sync` does with it. It knows no line and no clock; a
//! clone of it is a copy of the phone's disk.

use std::collections::BTreeMap;

use sync_core::commands::{Command, Refusal};
use sync_core::document::Inspection;
use sync_core::domain::id::BadCode;
use sync_core::domain::{
    Actor, AreaCode, ChangeHash, Cooperative, CooperativeId, Entropy, PersonId, PhoneTime, VisitId,
};
use sync_core::replica::answer::Taking;
use sync_core::replica::open::NewVisit;
use sync_core::replica::outbox::Asking;
use sync_core::replica::{
    OpenRecord, Outcome, RecordSummary, RecordView, State, StoredRecord, push, take, tell, visits_in,
};
use sync_core::review::Review;
use sync_core::wire::{Push, Reply, Row};

/// The checklist with which visits are started.
const CHECKLIST: &str = "quality-2021@1";

/// Who writes, and what the phone's clock says.
#[derive(Debug, Clone, Copy)]
pub struct Writer {
    /// The actor; fresh for each opening of the app.
    pub actor: Actor,
    /// The phone's clock.
    pub now: PhoneTime,
}

/// A phone's disk, as far as one person's work goes.
#[derive(Debug, Clone, PartialEq)]
pub struct Kept {
    /// Whose work it is.
    pub person: PersonId,
    /// What is stored of each record, as bytes.
    records: BTreeMap<VisitId, Vec<u8>>,
    /// Rows of the register, by table and key.
    rows: BTreeMap<(String, String), Row>,
    /// Rows from a log that the server has lost, still to be told to it.
    remembered: Vec<Row>,
    /// Where the phone stands with the server, as bytes.
    state: Vec<u8>,
}

impl Kept {
    /// Nothing yet.
    pub fn new(person: PersonId) -> Self {
        let (records, rows) = (BTreeMap::new(), BTreeMap::new());
        Self { person, records, rows, remembered: Vec::new(), state: State::default().to_bytes() }
    }

    /// A visit to a cooperative of the register, as its screen would start it; none where the phone
    /// doesn't have the cooperative.
    pub fn visit_to(&self, cooperative: CooperativeId) -> Option<NewVisit> {
        let row = self.row("cooperatives", &cooperative.to_string())?;
        let row: Cooperative = serde_json::from_value(row).expect("the row is a cooperative");
        Some(NewVisit { cooperative, area: row.area, provisional_name: None, checklist: checklist() })
    }

    /// A visit to a cooperative that the register doesn't have.
    pub fn visit_to_unknown(cooperative: CooperativeId, name: &str, area: AreaCode) -> NewVisit {
        NewVisit { cooperative, area, provisional_name: Some(name.to_owned()), checklist: checklist() }
    }

    /// Starts a visit and says *I am here*.
    pub fn starts(&mut self, new: NewVisit, entropy: Entropy, writer: Writer) -> VisitId {
        let open = OpenRecord::start(new, entropy).expect("the checklist is known");
        let visit = open.stored.visit();
        self.keep(&open.stored);
        self.does(visit, writer, &[Command::Join]).expect("everybody may join");
        visit
    }

    /// Joins a visit by the code that somebody else shows.
    pub fn joins(&mut self, new: NewVisit, code: &str, writer: Writer) -> Result<VisitId, BadCode> {
        let open = OpenRecord::join(new, code)?;
        let visit = open.stored.visit();
        if !self.has(visit) {
            self.keep(&open.stored);
        }
        self.does(visit, writer, &[Command::Join]).expect("everybody may join");
        Ok(visit)
    }

    /// Carries commands out as one change. Returns its name; none where they say nothing new.
    pub fn does(
        &mut self,
        visit: VisitId,
        writer: Writer,
        commands: &[Command],
    ) -> Result<Option<ChangeHash>, Refusal> {
        let mut open = self.open(visit);
        let change = open.apply(writer.actor, self.person, writer.now, commands)?;
        self.keep(&open.stored);
        Ok(change)
    }

    /// Enters again what the server refused.
    pub fn reenters(&mut self, visit: VisitId, writer: Writer, refused: ChangeHash) -> Result<(), Refusal> {
        let mut open = self.open(visit);
        open.reenter(writer.actor, self.person, writer.now, refused)?;
        self.keep(&open.stored);
        Ok(())
    }

    /// Puts away what the server refused.
    pub fn dismisses(&mut self, visit: VisitId, refused: ChangeHash) {
        let mut open = self.open(visit);
        open.dismiss(refused);
        self.keep(&open.stored);
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

    /// Whether there is anything of this visit.
    pub fn has(&self, visit: VisitId) -> bool {
        self.records.contains_key(&visit)
    }

    /// The visits of which there is something.
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

    /// The rows of a table, by key.
    pub fn rows_of<'a>(&'a self, table: &'a str) -> impl Iterator<Item = (&'a str, &'a str)> {
        let rows = self.rows.iter().filter(move |((of, _), _)| of == table);
        rows.filter_map(|((_, key), row)| Some((key.as_str(), row.value.as_deref()?)))
    }

    /// The decisions on a visit that the phone knows of.
    pub fn reviews(&self, visit: VisitId) -> Vec<Review> {
        let rows = self.row("reviews", &visit.to_string());
        rows.map_or_else(Vec::new, |rows| serde_json::from_value(rows).expect("reviews are reviews"))
    }

    /// Where the phone stands with the server.
    pub fn state(&self) -> State {
        State::from_bytes(&self.state)
    }

    /// What it would send now, asking for these areas as sign-in named them.
    pub fn push(&self, areas: &[AreaCode], asking: Asking) -> Push {
        let records: Vec<StoredRecord> = self.records.keys().map(|visit| self.stored(*visit)).collect();
        let mut state = self.state();
        state.granted(areas.iter().cloned());
        let mut push = push(&state, &records, asking);
        tell(&mut push, &state, self.remembered.clone());
        push
    }

    /// Whether there are rows still to be told to a server that lost them.
    pub fn has_to_tell(&self) -> bool {
        !self.remembered.is_empty()
    }

    /// Takes the server's answer: records, rows and state together, as one transaction.
    pub fn takes(&mut self, reply: &Reply, fresh_actor: Actor) -> Outcome {
        let outcome = self.would_take(reply, fresh_actor);
        self.stores_records(&outcome);
        self.stores_rows(&outcome, reply);
        self.stores_state(&outcome);
        outcome
    }

    /// What taking the server's answer comes to, nothing of it stored yet.
    pub fn would_take(&self, reply: &Reply, fresh_actor: Actor) -> Outcome {
        let at_hand = visits_in(&self.state(), reply).into_iter().filter(|visit| self.has(*visit));
        let at_hand = at_hand.map(|visit| self.stored(visit)).collect();
        let taking = Taking { person: self.person, fresh_actor };
        take(self.state(), reply, at_hand, taking)
    }

    fn stores_records(&mut self, outcome: &Outcome) {
        for record in &outcome.put {
            self.keep(record);
        }
        for visit in &outcome.delete {
            self.records.remove(visit);
        }
    }

    /// Those that the server has lost are kept to be told to it, and decisions among them are none any
    /// more. Then in the order in which the server told them; then those go that lie in areas no longer
    /// granted, except where records here are of them.
    fn stores_rows(&mut self, outcome: &Outcome, reply: &Reply) {
        self.remembered.drain(..self.remembered.len().min(outcome.heard as usize));
        if let Some(after) = outcome.lost_after {
            let lost = self.rows.values().filter(|row| row.seq > after).cloned();
            self.remembered.extend(lost);
            self.rows.retain(|(table, _), row| table != "reviews" || row.seq <= after);
        }
        for row in &outcome.rows {
            let at = (row.table.clone(), row.key.clone());
            match &row.value {
                Some(_) => self.rows.insert(at, row.clone()),
                None => self.rows.remove(&at),
            };
        }
        if outcome.ended.is_empty() {
            return;
        }
        let named: Vec<String> =
            self.records.keys().map(|visit| self.stored(*visit).genesis.cooperative.to_string()).collect();
        self.rows.retain(|(table, key), row| {
            if table != "cooperatives" || named.contains(key) {
                return true;
            }
            let value = row.value.as_deref().expect("a stored row has a value");
            let Cooperative { area, .. } = serde_json::from_str(value).expect("the row is a cooperative");
            let lies_in = |areas: &[AreaCode]| areas.iter().any(|prefix| prefix.contains(&area));
            !lies_in(&outcome.ended) || lies_in(&reply.granted)
        });
    }

    /// Where the phone stands with the server, which must never be stored before the records.
    pub fn stores_state(&mut self, outcome: &Outcome) {
        self.state = outcome.state.to_bytes();
    }
}

fn checklist() -> sync_core::domain::ChecklistRef {
    CHECKLIST.parse().expect("a checklist")
}
