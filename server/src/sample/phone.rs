//! A coordinator's phone, for one act: it opens a record, writes in it, and sends what it wrote.

use rusqlite::Transaction;
use serde_bytes::ByteBuf;
use sync_core::commands::{Command, FieldRef, Part};
use sync_core::document::{Genesis, Record, SCHEMA_VERSION};
use sync_core::domain::{PhoneTime, ServerTime, VisitCode, VisitId};
use sync_core::replica::outbox::Asking;
use sync_core::replica::{self, NewVisit, OpenRecord, State};
use sync_core::wire::{Receipt, RefusalCode, Unsent};

use super::answers::checklist;
use super::settle::impossible;
use super::{SamplePerson, SampleVisit, Written};
use crate::ingest::{self, Caller};
use crate::store::{Failed, changes, devices, documents};

/// What the sample's phones call their app.
pub(super) const APP: &str = "sample";

impl SampleVisit {
    /// Its code.
    fn code(&self) -> VisitCode {
        VisitCode::make(self.cooperative, VisitCode::NEWEST_PAIR, self.entropy)
    }

    /// Its id.
    pub fn id(&self) -> VisitId {
        VisitId::derive(self.cooperative, &self.code())
    }

    fn genesis(&self) -> Genesis {
        Genesis {
            schema: SCHEMA_VERSION,
            visit: self.id(),
            cooperative: self.cooperative,
            checklist: checklist().reference(),
        }
    }
}

/// A visit's record as the server holds it.
pub(super) fn held(tx: &Transaction<'_>, visit: &SampleVisit) -> Result<Option<Record>, Failed> {
    documents::load(tx, &visit.genesis())
}

/// A phone with one record open.
pub(super) struct Phone<'a> {
    owner: &'a SamplePerson,
    record: OpenRecord,
}

impl<'a> Phone<'a> {
    /// Opens a visit's record: as the server holds it, where the phone `knows`, else as its code alone
    /// makes it.
    pub(super) fn open(
        tx: &Transaction<'_>,
        owner: &'a SamplePerson,
        visit: &SampleVisit,
        knows: bool,
    ) -> Result<Self, Failed> {
        let new = NewVisit {
            cooperative: visit.cooperative,
            area: visit.area.clone(),
            provisional_name: visit.provisional_name.clone(),
            checklist: checklist().reference(),
        };
        let broken = |error: sync_core::document::Broken| impossible(&error.to_string());
        let mut record = OpenRecord::start(new, visit.entropy).map_err(broken)?;
        if let Some(held) = held(tx, visit)?.filter(|_| knows) {
            let mut stored = record.stored;
            stored.base = Some(ByteBuf::from(held.save()));
            stored.actors = changes::authors(tx, visit.id())?;
            record = OpenRecord::open(stored).map_err(broken)?;
        }
        Ok(Self { owner, record })
    }

    /// Writes changes.
    pub(super) fn write(&mut self, written: &[Written]) {
        for change in written {
            self.record
                .apply(self.owner.actor, self.owner.id, change.at, &change.commands)
                .expect("BUG: the sample's commands are lawful");
        }
    }

    /// Picks, of all values that stand against each other, the one written last.
    pub(super) fn pick_the_newest(&mut self, at: PhoneTime) {
        let inspection = self.record.inspection();
        let pick = |field: FieldRef| {
            let chosen = inspection.standing(&field).pop()?;
            Some(Command::Pick { field, chosen })
        };
        let commands: Vec<Command> = inspection.conflicts().into_iter().filter_map(pick).collect();
        if !commands.is_empty() {
            self.write(&[Written { at, commands }]);
        }
    }

    /// Sends what was written, and then reports that nothing is left.
    pub(super) fn send(self, tx: &Transaction<'_>, at: ServerTime) -> Result<(), Failed> {
        let asking = Asking { app: APP.to_owned(), now: PhoneTime(at.0), page_bytes_max: 0 };
        let push = replica::push(&State::default(), &[self.record.stored], asking);
        let caller = Caller { person: self.owner.id, device: self.owner.device, part: Part::Field };
        let receipts = ingest::push(tx, &caller, &push, at)?;
        let sent: usize = push.visits.iter().map(|visit| visit.changes.len()).sum();
        let mut named = 0;
        for receipt in receipts.iter().flat_map(|receipt| &receipt.changes) {
            match receipt.receipt {
                Receipt::Accepted
                | Receipt::Quarantined(RefusalCode::NotGranted | RefusalCode::DependsOnRefused) => named += 1,
                ref other => return Err(impossible(&format!("a change was not accepted: {other:?}"))),
            }
        }
        if named != sent {
            return Err(impossible("changes got no receipt"));
        }
        devices::heard(tx, self.owner.device, self.owner.id, &Unsent::default(), APP, at)
    }
}
