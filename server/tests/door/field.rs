//! People in the field, who write records and send them, with what phones are made of.

use sync_core::commands::{Answer, Command, Context, Part, YesNo, decide};
use sync_core::document::{Genesis, Missing, Record, SCHEMA_VERSION};
use sync_core::domain::checklist::newest;
use sync_core::domain::{
    Actor, ChangeHash, Cooperative, CooperativeId, DeviceId, FindingId, FixId, FixSource, ItemKind,
    OperatingStatus, PersonId, PhoneTime, Position, VisitCode, VisitId,
};
use sync_core::wire::{Receipt, RefusalCode, VisitPush};

use server::ingest;
use server::store::{Failed, cooperatives, devices};

use crate::harness::{NOW, Server, area};
use server::people::Use;

/// Where [`cooperative`]s are.
pub(crate) const PLACE: Position =
    Position { latitude_e7: 393_180_000, longitude_e7: 1_124_250_000, accuracy_m: 8 };

/// A cooperative of the register, told apart by its number.
pub(crate) fn cooperative(number: u8, unit: &str) -> Cooperative {
    Cooperative {
        id: CooperativeId::from_bytes([number; 16]),
        name: format!("兴农{number}种植专业合作社"),
        initials: format!("xn{number}zzzyhzs"),
        provisional: false,
        area: area(unit),
        credit_code: None,
        operating_status: OperatingStatus::Normal,
        address: String::new(),
        village: "马邑村".to_owned(),
        chair: "张三".to_owned(),
        telephone: "13900000000".to_owned(),
        position: Some(PLACE),
        title: None,
        established: None,
        products: "玉米、黍子".to_owned(),
        coordinator: None,
        five_haves_met: None,
        newest_counted: None,
    }
}

/// Somebody with a phone.
#[derive(Clone, Copy)]
pub(crate) struct Author {
    pub(crate) person: PersonId,
    pub(crate) device: DeviceId,
    pub(crate) actor: Actor,
}

/// One replica of a record.
#[derive(Clone)]
pub(crate) struct Draft {
    pub(crate) code: VisitCode,
    pub(crate) record: Record,
    unsent: Vec<Vec<u8>>,
}

impl Draft {
    pub(crate) fn new(cooperative: &Cooperative, seed: u8) -> Self {
        let code = VisitCode::make(cooperative.id, VisitCode::NEWEST_PAIR, [seed; 16]);
        let genesis = Genesis {
            schema: SCHEMA_VERSION,
            visit: VisitId::derive(cooperative.id, &code),
            cooperative: cooperative.id,
            checklist: newest("quality-2021").expect("a checklist").reference(),
        };
        Self { code, record: Record::genesis(&genesis).unwrap(), unsent: Vec::new() }
    }

    pub(crate) fn visit(&self) -> VisitId {
        self.record.of().visit
    }

    /// Does this as one change.
    pub(crate) fn write(&mut self, by: Author, minute: i64, commands: &[Command]) -> ChangeHash {
        let now = PhoneTime(NOW.0 + minute * 60_000);
        let inspection = self.record.inspection(&Default::default());
        let checklist = self.record.checklist();
        let context = Context { person: by.person, now, checklist, part: Part::Field };
        let edits = decide(&inspection, &context, commands).expect("a command that may be done");
        let (hash, bytes) = self.record.commit(by.actor, now, &edits).expect("a change");
        self.unsent.push(bytes);
        hash
    }

    /// Fills in everything that is asked, at the place, and hands the record in.
    pub(crate) fn complete(&mut self, by: Author, minute: i64) {
        self.write(by, minute, &[Command::Join, answer("visit_outcome", choice("held")), fix(minute)]);
        self.write(by, minute, &[answer("operating_status", choice("normal"))]);
        loop {
            let inspection = self.record.inspection(&Default::default());
            let checklist = self.record.checklist();
            let Some(Missing::Answer(item)) = inspection.missing(checklist).into_iter().next() else { break };
            let asked = checklist.item(&item).expect("an item");
            let value = match asked.kind {
                ItemKind::YesNo => Answer::YesNo(YesNo::Yes),
                ItemKind::Choice => choice(&asked.choices[0].id),
                ItemKind::Choices => Answer::Choices(vec![asked.choices[0].id.clone()]),
                ItemKind::Number => Answer::Number(38),
                ItemKind::Percent => Answer::Percent(6_250),
                ItemKind::Date => Answer::Date("2021-03-01".parse().unwrap()),
                ItemKind::Text | ItemKind::Summary | ItemKind::Signature => Answer::Text("有".to_owned()),
            };
            self.write(by, minute, &[answer(&item, value)]);
        }
        self.write(by, minute, &[Command::Submit]);
    }

    /// What was not sent, to be sent.
    pub(crate) fn push(&self) -> VisitPush {
        VisitPush {
            visit: self.visit(),
            genesis: self.record.of().clone(),
            code: self.code.clone(),
            provisional: None,
            changes: self.unsent.iter().cloned().map(Into::into).collect(),
            replaces: Vec::new(),
        }
    }

    /// Takes in what another replica has.
    pub(crate) fn merge(&mut self, other: &Draft) {
        let changes: Vec<Vec<u8>> = other.record.changes().into_iter().map(|(_, bytes)| bytes).collect();
        self.record.apply(&changes).unwrap();
    }
}

pub(crate) fn answer(item: &str, value: Answer) -> Command {
    Command::Answer { item: item.to_owned(), value }
}

pub(crate) fn choice(id: &str) -> Answer {
    Answer::Choice(id.to_owned())
}

pub(crate) fn fix(number: i64) -> Command {
    Command::Fix { fix: FixId::from_bytes([number as u8; 16]), position: PLACE, source: FixSource::Device }
}

pub(crate) fn finding(number: u8, due: &str) -> Command {
    Command::AddFinding {
        finding: FindingId::from_bytes([number; 16]),
        item: Some("signboard".to_owned()),
        text: "牌子掉落".to_owned(),
        severity: sync_core::commands::Severity::Minor,
        due: Some(due.parse().unwrap()),
        responsible: "理事长".to_owned(),
    }
}

impl Server {
    pub(crate) async fn add(&self, cooperative: &Cooperative) {
        let cooperative = cooperative.clone();
        let put = move |tx: &rusqlite::Transaction<'_>| cooperatives::put(tx, NOW, &cooperative, None);
        self.app.store.write::<_, Failed>(put).await.unwrap();
    }

    /// A phone of this person.
    pub(crate) async fn author(&self, person: PersonId, number: u8) -> Author {
        let author =
            Author { person, device: DeviceId::from_bytes([number; 16]), actor: Actor([number; 16]) };
        let register = move |tx: &rusqlite::Transaction<'_>| {
            devices::register(tx, author.device, person, "手机", Use::Phone, NOW)
        };
        self.app.store.write::<_, Failed>(register).await.unwrap();
        author
    }

    /// Sends what a replica hasn't sent; everything must be accepted.
    pub(crate) async fn take(&self, by: Author, draft: &mut Draft) {
        let refused = self.try_take(by, draft).await;
        assert_eq!(refused, [], "everything is accepted");
    }

    /// Sends what a replica hasn't sent; the codes of what was refused.
    pub(crate) async fn try_take(&self, by: Author, draft: &mut Draft) -> Vec<RefusalCode> {
        let push = draft.push();
        draft.unsent.clear();
        let refused = self.send_push(by, push).await.into_iter().filter_map(|receipt| match receipt {
            Receipt::Accepted => None,
            Receipt::Quarantined(code) => Some(code),
            other => panic!("neither accepted nor refused: {other:?}"),
        });
        refused.collect()
    }

    /// Sends the changes of one visit.
    pub(crate) async fn send_push(&self, by: Author, push: VisitPush) -> Vec<Receipt> {
        let caller = ingest::Caller { person: by.person, device: by.device, part: Part::Field };
        let now = self.app.clock.now();
        let take = move |tx: &rusqlite::Transaction<'_>| ingest::one_visit(tx, &caller, &push, now);
        let receipt = self.app.store.write::<_, Failed>(take).await.unwrap();
        receipt.changes.into_iter().map(|change| change.receipt).collect()
    }
}
