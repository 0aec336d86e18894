//! A small district for tests: two towns, a cooperative in each, three coordinators with a phone each.

use rusqlite::params;
use serde_bytes::ByteBuf;
use sync_core::commands::{Answer, Command, Part, YesNo};
use sync_core::document::Record;
use sync_core::domain::{
    Actor, AreaCode, ChangeHash, Cooperative, CooperativeId, DeviceId, Entropy, FixId, FixSource, PersonId,
    PhoneTime, Position, ServerTime, VisitId,
};
use sync_core::replica::{NewVisit, OpenRecord};
use sync_core::wire::{ProvisionalCooperative, Receipt, VisitPush, VisitReceipt};

use crate::ingest::{Caller, one_visit};
use crate::read_tables;
use crate::store::change_log::append_row;
use crate::store::columns::{Moment, Text};
use crate::store::grants::{Grant, Role, give};
use crate::store::{Failed, Store, cooperatives, documents, visits};

pub(crate) const NOW: ServerTime = ServerTime(1_790_000_000_000);
pub(crate) const TOWN: &str = "140602100";

pub(crate) fn area(code: &str) -> AreaCode {
    code.parse().unwrap()
}

pub(crate) fn person(number: u8) -> PersonId {
    PersonId::from_bytes([number; 16])
}

pub(crate) fn cooperative(number: u8) -> CooperativeId {
    CooperativeId::from_bytes([number; 16])
}

/// A store with two towns, a cooperative in each, and three people: 1 and 2 are coordinators of the
/// first town, 3 of the other.
pub(crate) struct District {
    pub(crate) store: Store,
    _dir: tempfile::TempDir,
}

impl District {
    pub(crate) fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(dir.path(), 1).unwrap();
        store.write_blocking(settle).unwrap();
        Self { store, _dir: dir }
    }

    pub(crate) fn take(&self, caller: Caller, push: VisitPush) -> VisitReceipt {
        self.store.write_blocking(move |tx| one_visit(tx, &caller, &push, NOW)).unwrap()
    }

    pub(crate) fn receipts(&self, caller: Caller, push: VisitPush) -> Vec<Receipt> {
        self.take(caller, push).changes.into_iter().map(|change| change.receipt).collect()
    }

    pub(crate) fn record(&self, visit: VisitId) -> Option<Record> {
        self.store
            .read_blocking(|c| match visits::get(c, visit)? {
                Some(visit) => documents::load(c, &visit.genesis),
                None => Ok(None),
            })
            .unwrap()
    }

    pub(crate) fn count(&self, sql: &'static str) -> i64 {
        self.store.read_blocking(|c| Ok::<_, Failed>(c.query_row(sql, [], |row| row.get(0))?)).unwrap()
    }

    pub(crate) fn moves(&self, of: u8, to: &'static str) {
        let moved = move |tx: &rusqlite::Transaction<'_>| {
            let known = cooperatives::get(tx, cooperative(of))?.expect("a cooperative of the district");
            cooperatives::put(tx, NOW, &Cooperative { area: area(to), ..known }, None)
        };
        self.store.write_blocking(moved).unwrap();
    }

    pub(crate) fn runs(&self, sql: &'static str) {
        self.store.write_blocking(move |tx| Ok::<_, Failed>(tx.execute_batch(sql)?)).unwrap();
    }

    pub(crate) fn dump(&self) -> String {
        self.store.read_blocking(read_tables::dump).unwrap()
    }
}

pub(crate) fn settle(tx: &rusqlite::Transaction<'_>) -> Result<(), Failed> {
    for (code, number) in [(TOWN, 1), ("140602101", 2)] {
        let value = serde_json::json!({"code": code, "name": code, "parent": "140602"});
        append_row(tx, NOW, None, "areas", code, Some(&value), None)?;
        let met = ProvisionalCooperative { name: format!("合作社{number}"), area: area(code) };
        cooperatives::put(tx, NOW, &cooperatives::provisional(cooperative(number), &met), None)?;
    }
    for (number, town) in [(1, TOWN), (2, TOWN), (3, "140602101")] {
        let id = Text(person(number));
        tx.execute("INSERT INTO people VALUES (?1, ?1, '某', '')", [&id])?;
        tx.execute(
            "INSERT INTO devices (id, person, name, used_as, first_seen_at, last_contact_at)
             VALUES (?1, ?2, '', 'phone', ?3, ?3)",
            params![Text(caller(number).device), id, Moment(NOW)],
        )?;
        let grant = Grant { role: Role::Coordinator, area: area(town) };
        give(tx, person(number), &grant, ServerTime(0), None)?;
    }
    Ok(())
}

pub(crate) fn caller(number: u8) -> Caller {
    Caller { person: person(number), device: DeviceId::from_bytes([number + 100; 16]), part: Part::Field }
}

/// A phone at work on one record.
#[derive(Clone)]
pub(crate) struct Phone {
    pub(crate) open: OpenRecord,
    pub(crate) actor: Actor,
    pub(crate) person: PersonId,
    pub(crate) seconds: i64,
}

impl Phone {
    pub(crate) fn start(number: u8, of: u8) -> Self {
        Self::start_with(number, of, [7; 16])
    }

    pub(crate) fn start_with(number: u8, of: u8, entropy: Entropy) -> Self {
        let new = NewVisit {
            cooperative: cooperative(of),
            area: area(TOWN),
            provisional_name: None,
            checklist: "quality-2021@1".parse().unwrap(),
        };
        Self::with(OpenRecord::start(new, entropy).unwrap(), number)
    }

    pub(crate) fn with(open: OpenRecord, number: u8) -> Self {
        Self { open, actor: Actor([number; 16]), person: person(number), seconds: 1_789_999_000 }
    }

    /// Another phone joins the visit before anything of it was sent.
    pub(crate) fn joined_by(&self, number: u8) -> Self {
        let mut stored = self.open.stored.clone();
        stored.mine.clear();
        Self::with(OpenRecord::open(stored).unwrap(), number)
    }

    pub(crate) fn does(&mut self, command: Command) -> ChangeHash {
        self.seconds += 1;
        let now = PhoneTime::from_seconds(self.seconds);
        self.open.apply(self.actor, self.person, now, &[command]).unwrap().expect("it says something new")
    }

    pub(crate) fn answers(&mut self, item: &str, value: YesNo) -> ChangeHash {
        self.does(Command::Answer { item: item.to_owned(), value: Answer::YesNo(value) })
    }

    pub(crate) fn notes(&mut self, text: &str) -> ChangeHash {
        self.does(Command::Note { item: "premises".to_owned(), text: text.to_owned() })
    }

    /// Nobody was there: the shortest way to a record that can be submitted.
    pub(crate) fn submits(&mut self) {
        let nobody = Answer::Choice("nobody_there".to_owned());
        self.does(Command::Answer { item: "visit_outcome".to_owned(), value: nobody });
        self.does(Command::Note { item: "visit_outcome".to_owned(), text: "门锁着".to_owned() });
        let position = Position { latitude_e7: 393_180_000, longitude_e7: 1_124_250_000, accuracy_m: 10 };
        self.does(Command::Fix { fix: FixId::from_bytes([5; 16]), position, source: FixSource::Device });
        self.does(Command::Submit);
    }

    pub(crate) fn changes(&self) -> Vec<Vec<u8>> {
        self.open.stored.mine.iter().map(|mine| mine.bytes.clone()).collect()
    }

    pub(crate) fn push(&self) -> VisitPush {
        self.push_of(self.changes())
    }

    pub(crate) fn push_of(&self, changes: Vec<Vec<u8>>) -> VisitPush {
        VisitPush {
            visit: self.open.stored.visit(),
            genesis: self.open.stored.genesis.clone(),
            code: self.open.stored.code.clone(),
            provisional: None,
            changes: changes.into_iter().map(ByteBuf::from).collect(),
            replaces: Vec::new(),
        }
    }
}

/// A phone that joined and gave five answers.
pub(crate) fn busy_phone() -> Phone {
    let mut phone = Phone::start(1, 1);
    phone.does(Command::Join);
    for item in ["premises", "signboard", "rules", "account_books", "governance_bodies"] {
        phone.answers(item, YesNo::Yes);
    }
    phone
}
