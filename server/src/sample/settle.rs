//! Carrying a district's plans out: the register first, then every act in the order of its receipt, as
//! phones and supervisors would do it. All of it is one transaction, so there is no half a district.

use rusqlite::Transaction;
use serde_json::json;
use sync_core::domain::{PersonId, ServerTime};

use super::draw::{Draw, Subject};
use super::phone::{Phone, held};
use super::visits::silent_phone;
use super::{Act, District, PASSWORD, SEED, SamplePerson, SampleVisit, What};
use crate::people::{Person, Use, passwords};
use crate::reviews::{self, Decision, Refused, Supervisor};
use crate::store::change_log::append_row;
use crate::store::grants::{self, Grant, Role};
use crate::store::{Failed, Store, cooperatives, devices, meta, patrol_rules, people};

impl District {
    /// Fills an empty store with the district, and marks it as sample data. `progress` is told how many
    /// of how many acts are done.
    ///
    /// # Errors
    /// Where the store fails, or refuses what a phone or a supervisor of the sample did; then it stays
    /// empty.
    pub fn settle(
        self,
        store: &Store,
        progress: impl FnMut(usize, usize) + Send + 'static,
    ) -> Result<(), Failed> {
        // Hashing is dear on purpose, and the password is the same for all.
        let password_hash = passwords::hash(PASSWORD, Draw::of(SEED, Subject::Person, u32::MAX).entropy());
        store.write_blocking(move |tx| {
            meta::mark_as_sample(tx)?;
            self.found(tx, &password_hash)?;
            self.tell(tx, progress)
        })
    }

    /// The register and the people, as they stood before the year that is told.
    fn found(&self, tx: &Transaction<'_>, password_hash: &str) -> Result<(), Failed> {
        let at = ServerTime(self.now.0 - 366 * 86_400_000);
        for area in &self.areas {
            let row = json!({
                "code": area.code,
                "name": area.name,
                "parent": area.code.parent(),
                "invented_code": area.invented_code,
            });
            append_row(tx, at, None, "areas", area.code.as_str(), Some(&row), None)?;
        }
        let rules = serde_json::to_value(&self.rules).expect("BUG: rules can be written as JSON");
        append_row(tx, at, None, patrol_rules::TABLE, patrol_rules::KEY, Some(&rules), None)?;
        for cooperative in &self.cooperatives {
            cooperatives::put(tx, at, cooperative, None)?;
        }
        for one in &self.people {
            let person = Person { id: one.id, account: one.account.clone(), name: one.name.clone() };
            people::add(tx, &person, password_hash)?;
            grants::give(tx, one.id, &Grant { role: one.role, area: one.area.clone() }, at, None)?;
            sign_in(tx, one, at)?;
        }
        Ok(())
    }

    /// What happened, in the order in which the server heard of it.
    fn tell(&self, tx: &Transaction<'_>, mut progress: impl FnMut(usize, usize)) -> Result<(), Failed> {
        let mut acts: Vec<(&SampleVisit, &Act)> = Vec::new();
        for visit in &self.visits {
            acts.extend(visit.acts.iter().map(|act| (visit, act)));
        }
        acts.sort_by_key(|(_, act)| act.at);
        let all = acts.len();
        for (done, (visit, act)) in acts.into_iter().enumerate() {
            progress(done, all);
            match &act.what {
                What::Send { person, knows, written } => {
                    let mut phone = Phone::open(tx, self.person(*person), visit, *knows)?;
                    phone.write(written);
                    phone.send(tx, act.at)?;
                }
                What::Settle { person, at } => {
                    let mut phone = Phone::open(tx, self.person(*person), visit, true)?;
                    phone.pick_the_newest(*at);
                    phone.send(tx, act.at)?;
                }
                What::Review { reviewer, verdict, comment, item_comments } => {
                    let reviewer = self.person(*reviewer);
                    let record = held(tx, visit)?.ok_or_else(|| impossible("a review of no record"))?;
                    let decision = Decision {
                        heads: record.heads(),
                        verdict: *verdict,
                        comment: comment.clone(),
                        item_comments: item_comments.clone(),
                    };
                    decide(tx, reviewer, visit, decision, act.at)?;
                }
            }
        }
        let silent = silent_phone(&self.people, self.now);
        let owner = self.person(silent.person);
        devices::heard(tx, owner.device, owner.id, &silent.unsent, super::phone::APP, silent.since)
    }

    fn person(&self, id: PersonId) -> &SamplePerson {
        self.people.iter().find(|person| person.id == id).expect("BUG: acts name people of the district")
    }
}

fn sign_in(tx: &Transaction<'_>, person: &SamplePerson, at: ServerTime) -> Result<(), Failed> {
    let (name, used_as) = match person.role {
        Role::Coordinator => ("示例手机", Use::Phone),
        _ => ("示例电脑", Use::Desk),
    };
    devices::register(tx, person.device, person.id, name, used_as, at)
}

fn decide(
    tx: &Transaction<'_>,
    reviewer: &SamplePerson,
    visit: &SampleVisit,
    decision: Decision,
    at: ServerTime,
) -> Result<(), Failed> {
    sign_in(tx, reviewer, at)?;
    let supervisor =
        Supervisor { person: reviewer.id, device: reviewer.device, areas: vec![reviewer.area.clone()] };
    reviews::review(tx, &supervisor, visit.id(), decision, at).map_err(|refused| match refused {
        Refused::Store(failed) => failed,
        other => impossible(&other.to_string()),
    })
}

/// Something the sample does was refused, which its tests rule out.
pub(super) fn impossible(what: &str) -> Failed {
    Failed::Contradiction(format!("the sample district: {what}"))
}
