//! The server of a simulation: the real store in a folder, what the office knows beside it, copies of the
//! folder, and what happens to it when the machine is replaced by such a copy.

use std::collections::BTreeMap;
use std::path::Path;

use rusqlite::{Connection, Transaction, params};
use server::exchange::exchange;
use server::ingest::Caller;
use server::people::{Person, Use};
use server::store::change_log::append_row;
use server::store::columns::{Moment, Text};
use server::store::grants::{Grant, Role};
use server::store::{Failed, Store, cooperatives, devices, grants, people};
use sync_core::domain::{AreaCode, Cooperative, CooperativeId, DeviceId, PersonId, ServerTime};
use sync_core::wire::{ProvisionalCooperative, Push, Reply};
use tempfile::TempDir;
use tokio::runtime::Runtime;

use super::checks::{self, Findings};
use crate::district::{BEGIN, DISTRICT, area};

/// The towns of the district.
pub(super) const TOWNS: [&str; 4] = ["140602100", "140602101", "140602102", "140602103"];
/// Cooperatives of the register in each town.
const COOPERATIVES: usize = 5;

/// A right, as the office remembers it beside the store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Right {
    pub(super) person: PersonId,
    pub(super) role: Role,
    pub(super) area: AreaCode,
}

/// What the office knows of rights and places without asking the store: what the store's answers are
/// measured by.
#[derive(Debug, Clone, Default)]
pub(super) struct Known {
    pub(super) rights: Vec<Right>,
    /// Where every cooperative was last moved to.
    pub(super) places: BTreeMap<CooperativeId, AreaCode>,
}

/// A copy of the server's folder, with what was known when it was made.
pub(super) struct Copy {
    folder: TempDir,
    known: Known,
}

/// The server.
pub(super) struct Office {
    runtime: Runtime,
    folder: TempDir,
    store: Option<Store>,
    pub(super) known: Known,
    /// Where somebody met a cooperative in the field; a server that forgets it is told again.
    pub(super) met: BTreeMap<CooperativeId, AreaCode>,
    copies: Vec<Copy>,
    epochs: u64,
}

impl Office {
    /// A district with its register, and nobody employed yet.
    pub(super) fn open() -> Self {
        let folder = new_folder();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let store = Store::open(folder.path(), 1).expect("the store opens");
        let mut office = Self {
            runtime: runtime.expect("a runtime can be made"),
            folder,
            store: Some(store),
            known: Known::default(),
            met: BTreeMap::new(),
            copies: Vec::new(),
            epochs: 1,
        };
        office.settle();
        office
    }

    fn settle(&mut self) {
        let mut places = Vec::new();
        for (number, town) in TOWNS.iter().enumerate() {
            for index in 0..COOPERATIVES {
                let mut bytes = [0xc0; 16];
                bytes[15] = (number * COOPERATIVES + index) as u8;
                places.push((CooperativeId::random(bytes), area(town)));
            }
        }
        self.known.places.extend(places.iter().cloned());
        self.write(move |tx| {
            for (code, parent) in TOWNS.iter().map(|town| (*town, DISTRICT)).chain([(DISTRICT, "1406")]) {
                let row = serde_json::json!({ "code": code, "name": code, "parent": parent });
                append_row(tx, BEGIN, None, "areas", code, Some(&row), None)?;
            }
            for (number, (id, place)) in places.into_iter().enumerate() {
                let met = ProvisionalCooperative { name: format!("第{number}专业合作社"), area: place };
                let row = cooperatives::provisional(id, &met);
                cooperatives::put(tx, BEGIN, &Cooperative { provisional: false, ..row }, None)?;
            }
            Ok(())
        });
    }

    pub(super) fn employs(&mut self, person: PersonId, rights: &[(Role, &str)]) {
        let of_person = |(role, code): &(Role, &str)| Right { person, role: *role, area: area(code) };
        let rights: Vec<Right> = rights.iter().map(of_person).collect();
        self.known.rights.extend(rights.iter().cloned());
        self.write(move |tx| {
            let (account, name) = (person.to_string(), "某".to_owned());
            people::add(tx, &Person { id: person, account, name }, "")?;
            for Right { role, area, .. } in rights {
                grants::give(tx, person, &Grant { role, area }, ServerTime(0), None)?;
            }
            Ok(())
        });
    }

    pub(super) fn registers(&mut self, device: DeviceId, person: PersonId, used_as: Use) {
        self.write(move |tx| devices::register(tx, device, person, "", used_as, BEGIN));
    }

    /// The areas a person may read on a phone.
    pub(super) fn readable(&self, person: PersonId) -> Vec<AreaCode> {
        let of_person = self.known.rights.iter().filter(|right| right.person == person);
        of_person.map(|right| right.area.clone()).collect()
    }

    /// Where a cooperative is.
    pub(super) fn place(&self, cooperative: CooperativeId) -> Option<&AreaCode> {
        self.known.places.get(&cooperative).or_else(|| self.met.get(&cooperative))
    }

    /// One round trip, as the door would have it.
    pub(super) fn exchanges(&self, sender: Caller, push: Push, now: ServerTime) -> Result<Reply, Failed> {
        self.runtime.block_on(exchange(self.store(), sender, push, now))
    }

    /// Gives somebody a right.
    pub(super) fn gives(&mut self, right: Right, now: ServerTime) {
        self.known.rights.push(right.clone());
        self.write(move |tx| {
            let Right { person, role, area } = right;
            grants::give(tx, person, &Grant { role, area }, now, None)
        });
    }

    /// Ends somebody's right.
    pub(super) fn ends(&mut self, right: Right, now: ServerTime) {
        self.known.rights.retain(|known| *known != right);
        self.write(move |tx| {
            tx.execute(
                "UPDATE grants SET until_at = ?3 WHERE person = ?1 AND area = ?2 AND until_at IS NULL",
                params![Text(right.person), Text(right.area), Moment(now)],
            )?;
            Ok(())
        });
    }

    /// The register moves a cooperative; one that it doesn't have (yet) stays where it is.
    pub(super) fn moves(&mut self, id: CooperativeId, to: &str, now: ServerTime) {
        let to = area(to);
        let place = to.clone();
        let is_moved = self.write(move |tx| {
            let Some(row) = cooperatives::get(tx, id)? else { return Ok(false) };
            cooperatives::put(tx, now, &Cooperative { area: to, ..row }, None)?;
            Ok(true)
        });
        if is_moved {
            self.known.places.insert(id, place);
        }
    }

    /// Writes to the store.
    pub(super) fn write<T: Send + 'static>(
        &self,
        f: impl FnOnce(&Transaction<'_>) -> Result<T, Failed> + Send + 'static,
    ) -> T {
        self.runtime.block_on(self.store().write(f)).expect("the store takes it")
    }

    /// Tries what the store may refuse.
    pub(super) fn tries<E: From<Failed> + Send + 'static>(
        &self,
        f: impl FnOnce(&Transaction<'_>) -> Result<(), E> + Send + 'static,
    ) -> Result<(), E> {
        self.runtime.block_on(self.store().write(f))
    }

    /// Reads from the store.
    pub(super) fn read<T>(&self, f: impl FnOnce(&Connection) -> Result<T, Failed>) -> T {
        self.store().read_blocking(f).expect("the store can be read")
    }

    /// What no server of ours does: it lets go of what it refused.
    pub(super) fn forgets_quarantine(&self) {
        self.write(|tx| Ok(tx.execute_batch("DELETE FROM quarantine")?));
    }

    /// Throws away what is derived, makes it again, and compares.
    pub(super) fn is_rebuilt(&self, now: ServerTime, findings: &mut Findings) {
        checks::rebuilt(self.store(), now, findings);
    }

    fn store(&self) -> &Store {
        self.store.as_ref().expect("the server runs")
    }

    /// Stops the server and starts it again over the same folder.
    pub(super) fn restarts(&mut self) {
        self.store = None;
        self.store = Some(Store::open(self.folder.path(), 0).expect("the store opens"));
    }

    /// Makes a copy of the folder, and keeps the last few.
    pub(super) fn is_copied(&mut self) {
        const KEPT: usize = 3;
        self.copies.push(Copy { folder: copied(self.folder.path()), known: self.known.clone() });
        if self.copies.len() > KEPT {
            self.copies.remove(0);
        }
    }

    /// How many copies there are, the oldest first.
    pub(super) fn copies(&self) -> usize {
        self.copies.len()
    }

    /// The machine is replaced by one that starts over this copy, silently, or as a restore does it: in a
    /// new life. Copies made later are gone with the machine.
    pub(super) fn is_replaced(&mut self, number: usize, how: Replaced) {
        self.store = None;
        self.copies.truncate(number + 1);
        let copy = &self.copies[number];
        self.folder = copied(copy.folder.path());
        self.known = copy.known.clone();
        if how == Replaced::InANewLife {
            self.epochs += 1;
            let connection = Connection::open(self.folder.path().join("xunfang.sqlite"));
            connection
                .and_then(|c| {
                    c.execute("UPDATE meta SET value = ?1 WHERE key = 'epoch'", [self.epochs.to_string()])
                })
                .expect("the copy can be written");
        }
        self.store = Some(Store::open(self.folder.path(), 0).expect("the copy opens"));
    }
}

/// How a server came to start over an older copy of its folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Replaced {
    /// Restored: a new epoch.
    InANewLife,
    /// Rolled back behind its back: the same epoch.
    Silently,
}

/// In memory where the machine has such a place: a disk's patience is not what is simulated.
fn new_folder() -> TempDir {
    let in_memory = Path::new("/dev/shm");
    let folder = if in_memory.is_dir() { tempfile::tempdir_in(in_memory) } else { tempfile::tempdir() };
    folder.expect("a temporary folder can be made")
}

fn copied(folder: &Path) -> TempDir {
    let copy = new_folder();
    for entry in std::fs::read_dir(folder).expect("the folder is there") {
        let from = entry.expect("the folder can be listed").path();
        let name = from.file_name().expect("a file has a name").to_owned();
        std::fs::copy(&from, copy.path().join(name)).expect("a file can be copied");
    }
    copy
}
