//! The door for the web app. Structures pass as JSON, stored records and bodies as bytes; ids and hashes
//! as text, times as milliseconds since 1970.
//!
//! What a person may act upon comes back as a value; a thrown error means that bytes are broken or that
//! the web app and this build don't belong together.

use serde::Serialize;
use serde::de::DeserializeOwned;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsError, JsValue};

use crate::commands::Command;
use crate::coverage::{self, PatrolRules, VisitFacts};
use crate::domain::id::BadCode;
use crate::domain::{
    Actor, AreaCode, ChangeHash, ChecklistRef, Cooperative, CooperativeId, Entropy, PersonId, PhoneTime,
    ServerTime, VisitCode, checklist,
};
use crate::replica::{self, NewVisit, OpenRecord, State, StoredRecord, answer, outbox};
use crate::review::Review;
use crate::{tree, wire};

type Thrown<T> = Result<T, JsError>;

fn parsed<T: std::str::FromStr<Err: std::error::Error>>(text: &str) -> Thrown<T> {
    text.parse().map_err(|error: T::Err| JsError::new(&error.to_string()))
}

fn from_json<T: DeserializeOwned>(json: &str) -> Thrown<T> {
    tree::from_json(json).map_err(|error| JsError::new(&error.to_string()))
}

fn to_json<T: Serialize>(value: &T) -> String {
    serde_json::to_string(value).expect("BUG: values of this crate are JSON")
}

/// The stable name of a fieldless variant.
fn code_of<T: Serialize>(value: &T) -> String {
    to_json(value).trim_matches('"').to_owned()
}

fn phone_time(now: f64) -> PhoneTime {
    PhoneTime(now as i64)
}

fn entropy_of(bytes: &[u8]) -> Thrown<Entropy> {
    bytes.try_into().map_err(|_| JsError::new("sixteen random bytes are needed"))
}

/// The checklist with this reference as JSON; undefined where this build doesn't know it.
#[wasm_bindgen]
pub fn checklist_json(reference: &str) -> Thrown<Option<String>> {
    Ok(checklist::built_in(&parsed::<ChecklistRef>(reference)?).map(to_json))
}

/// Looks at a typed joining code: undefined where it is good, else `malformed`, `wrong_check` or `newer`.
#[wasm_bindgen]
pub fn code_problem(code: &str, cooperative: &str) -> Thrown<Option<String>> {
    let cooperative: CooperativeId = parsed(cooperative)?;
    Ok(VisitCode::parse(code, cooperative).err().map(|bad| bad_code(bad).to_owned()))
}

const fn bad_code(bad: BadCode) -> &'static str {
    match bad {
        BadCode::Malformed => "malformed",
        BadCode::WrongCheck => "wrong_check",
        BadCode::Newer => "newer",
    }
}

/// The visits due, the most pressing first, as a list of `DueVisit`: from lists of `Cooperative` and of
/// `VisitFacts`, the `PatrolRules`, and what the phone's clock says.
#[wasm_bindgen]
pub fn due_visits(cooperatives: &str, visits: &str, rules: &str, now: f64) -> Thrown<String> {
    let cooperatives: Vec<Cooperative> = from_json(cooperatives)?;
    let visits: Vec<VisitFacts> = from_json(visits)?;
    let rules: PatrolRules = from_json(rules)?;
    Ok(to_json(&coverage::due_visits(&cooperatives, &rules, &visits, ServerTime(now as i64).day())))
}

/// A record being worked on.
#[wasm_bindgen]
pub struct Record(OpenRecord);

#[wasm_bindgen]
impl Record {
    /// Starts a visit. `new` is a `NewVisit`, `entropy` sixteen random bytes.
    pub fn start(new: &str, entropy: &[u8]) -> Thrown<Self> {
        let opened = OpenRecord::start(from_json::<NewVisit>(new)?, entropy_of(entropy)?);
        Ok(Self(opened?))
    }

    /// Joins the visit with this code. Throws the problem of the code as a string.
    pub fn join(new: &str, code: &str) -> Result<Self, JsValue> {
        let new = from_json::<NewVisit>(new).map_err(JsValue::from)?;
        OpenRecord::join(new, code).map(Self).map_err(|bad| JsValue::from_str(bad_code(bad)))
    }

    /// Opens stored bytes.
    pub fn open(stored: &[u8]) -> Thrown<Self> {
        Ok(Self(OpenRecord::open(StoredRecord::from_bytes(stored)?)?))
    }

    /// The bytes to store.
    pub fn bytes(&self) -> Vec<u8> {
        self.0.stored.to_bytes()
    }

    /// The visit.
    #[wasm_bindgen(getter)]
    pub fn visit(&self) -> String {
        self.0.stored.visit().to_string()
    }

    /// Carries out a list of commands as one change; undefined where that worked, else the refusal, and
    /// nothing was changed.
    pub fn apply(&mut self, person: &str, actor: &str, now: f64, commands: &str) -> Thrown<Option<String>> {
        let commands: Vec<Command> = from_json(commands)?;
        let applied =
            self.0.apply(parsed::<Actor>(actor)?, parsed::<PersonId>(person)?, phone_time(now), &commands);
        Ok(applied.err().map(|refusal| code_of(&refusal)))
    }

    /// Enters again what was refused; undefined where that worked, else the refusal.
    pub fn reenter(&mut self, person: &str, actor: &str, now: f64, change: &str) -> Thrown<Option<String>> {
        let change: ChangeHash = parsed(change)?;
        let entered =
            self.0.reenter(parsed::<Actor>(actor)?, parsed::<PersonId>(person)?, phone_time(now), change);
        Ok(entered.err().map(|refusal| code_of(&refusal)))
    }

    /// Lets go of what was refused.
    pub fn dismiss(&mut self, change: &str) -> Thrown<()> {
        self.0.dismiss(parsed(change)?);
        Ok(())
    }

    /// A `RecordSummary`. `reviews` is the list of decisions on the visit, ascending.
    pub fn summary(&self, person: &str, reviews: &str) -> Thrown<String> {
        Ok(to_json(&self.0.summary(parsed(person)?, &from_json::<Vec<Review>>(reviews)?)))
    }

    /// A `RecordView`.
    pub fn view(&self, person: &str, reviews: &str) -> Thrown<String> {
        Ok(to_json(&self.0.view(parsed(person)?, &from_json::<Vec<Review>>(reviews)?)))
    }

    /// A list of `HistoryEntry`.
    pub fn history(&self) -> String {
        to_json(&self.0.record().history(&self.0.stored.actors))
    }
}

/// One round of sync: gathers what is to be sent, then takes the answer.
#[wasm_bindgen]
pub struct Round {
    state: State,
    records: Vec<StoredRecord>,
}

#[wasm_bindgen]
impl Round {
    /// Begins with the stored state; undefined before the first round.
    #[wasm_bindgen(constructor)]
    pub fn new(state: Option<Vec<u8>>) -> Self {
        Self {
            state: state.map_or_else(State::default, |bytes| State::from_bytes(&bytes)),
            records: Vec::new(),
        }
    }

    /// Asks for these areas (a list of codes), as sign-in named them.
    pub fn grant(&mut self, areas: &str) -> Thrown<()> {
        self.state.granted(from_json::<Vec<AreaCode>>(areas)?);
        Ok(())
    }

    /// Adds a stored record: before [`Round::push`] each with unsent or refused changes, before [`Round::take`] each
    /// of [`Round::visits_in`].
    pub fn add(&mut self, stored: &[u8]) -> Thrown<()> {
        self.records.push(StoredRecord::from_bytes(stored)?);
        Ok(())
    }

    /// The body to send, not yet compressed. Empties the round of its records. `remembered` is a list of
    /// rows from a log that the server has lost.
    pub fn push(&mut self, app: &str, now: f64, page_bytes_max: u32, remembered: &str) -> Thrown<Vec<u8>> {
        let asking = outbox::Asking { app: app.to_owned(), now: phone_time(now), page_bytes_max };
        let records = std::mem::take(&mut self.records);
        let mut push = outbox::push(&self.state, &records, asking);
        outbox::tell(&mut push, &self.state, from_json(remembered)?);
        Ok(wire::encode(&push))
    }

    /// The visits that an answer speaks of, as a list of ids.
    pub fn visits_in(&self, reply: &[u8]) -> Thrown<String> {
        Ok(to_json(&replica::visits_in(&self.state, &wire::decode_reply(reply)?)))
    }

    /// Takes the answer. `fresh_actor` is random.
    pub fn take(self, reply: &[u8], person: &str, fresh_actor: &str) -> Thrown<Taken> {
        let taking = answer::Taking { person: parsed(person)?, fresh_actor: parsed(fresh_actor)? };
        let reply = wire::decode_reply(reply)?;
        Ok(Taken { outcome: replica::take(self.state, &reply, self.records, taking), reply })
    }
}

/// What an answer asks to be stored, all of it in one transaction.
#[wasm_bindgen]
pub struct Taken {
    outcome: replica::Outcome,
    reply: wire::Reply,
}

/// All of an outcome but the bytes.
#[derive(Serialize)]
struct TakenWords<'a> {
    put: Vec<String>,
    delete: &'a [crate::domain::VisitId],
    rows: &'a [wire::Row],
    ended: &'a [AreaCode],
    granted: &'a [AreaCode],
    people: &'a std::collections::BTreeMap<PersonId, String>,
    more: bool,
    sent: u32,
    renews_actor: bool,
    set_aside: &'a [crate::domain::VisitId],
    not_taking: Option<wire::NotTaking>,
    lost_after: Option<u64>,
    heard: u32,
    server_time: crate::domain::ServerTime,
}

#[wasm_bindgen]
impl Taken {
    /// The state to store.
    pub fn state(&self) -> Vec<u8> {
        self.outcome.state.to_bytes()
    }

    /// The bytes of the record at this place of `put`.
    pub fn record(&self, index: usize) -> Option<Vec<u8>> {
        Some(self.outcome.put.get(index)?.to_bytes())
    }

    /// Everything else: `put` (visits, in the order of [`Taken::record`]), `delete`, `rows`, `ended`,
    /// `granted`, `people`, `more`, `sent`, `renews_actor`, `set_aside`, `not_taking`, `lost_after`, `heard`,
    /// `server_time`.
    pub fn words(&self) -> String {
        let outcome = &self.outcome;
        to_json(&TakenWords {
            put: outcome.put.iter().map(|record| record.visit().to_string()).collect(),
            delete: &outcome.delete,
            rows: &outcome.rows,
            ended: &outcome.ended,
            granted: &self.reply.granted,
            people: &self.reply.people,
            more: outcome.more,
            sent: outcome.sent,
            renews_actor: outcome.renews_actor,
            set_aside: &outcome.set_aside,
            not_taking: outcome.not_taking,
            lost_after: outcome.lost_after,
            heard: outcome.heard,
            server_time: self.reply.server_time,
        })
    }
}
