//! How the district comes to rest, and whether everything is there then.

use sync_core::domain::ServerTime;

use super::round_trip::PAGE_BYTES;
use super::{RECORDS_MERGE, World};
use crate::district::{DAY_MS, MINUTE_MS};
use crate::simulation::checks::{self, Findings, Wrong};
use crate::simulation::ledger::{Held, OnPhone};
use crate::simulation::line::Weather;
use crate::simulation::run::NOTHING_LOST;

/// A phone comes to rest within so many round trips, and the district within so many rounds of its phones.
const ROUND_TRIPS_MAX: usize = 60;
const ROUNDS_MAX: usize = 12;

impl World {
    /// The line is good from now on: what is under way arrives, and every phone syncs until nothing
    /// happens any more.
    pub(in crate::simulation) fn comes_to_rest(&mut self) {
        self.weather = Weather::Fair;
        self.letters_arrive(i64::MAX);
        self.now += MINUTE_MS;
        for _ in 0..ROUNDS_MAX {
            let mut is_quiet = true;
            let wrong = self.wrong.len();
            for number in 0..self.phones.len() {
                is_quiet &= self.syncs_until_quiet(number);
            }
            if is_quiet || self.wrong.len() > wrong {
                return;
            }
        }
        self.is_wrong("the district comes to rest", "it goes on and on");
    }

    /// Tells whether there was nothing to be told on either side.
    fn syncs_until_quiet(&mut self, number: usize) -> bool {
        let mut was_quiet = true;
        for _ in 0..ROUND_TRIPS_MAX {
            self.now += 1;
            let Some((asked, push)) = self.phones[number].asks(number, self.now + DAY_MS, PAGE_BYTES[2])
            else {
                continue;
            };
            self.phones[number].waited_for(asked);
            let Some(reply) = self.exchanges(number, push) else { return true };
            was_quiet &= reply.receipts.is_empty() && reply.scopes.iter().all(|page| page.entries.is_empty());
            if !self.takes(number, &reply) {
                return was_quiet;
            }
        }
        self.is_wrong("every phone comes to rest", format!("phone {number}"));
        true
    }

    /// Everything is at rest: is everything there, once, and the same everywhere?
    pub(in crate::simulation) fn is_looked_at(&mut self) {
        let now = ServerTime(self.now);
        let held = self.office.read(Held::read);
        let disks: Vec<OnPhone> = self.phones.iter().map(|phone| OnPhone::of(&phone.kept)).collect();
        let ledger = &self.ledger;
        let lost = self.office.read(|connection| {
            let lost = ledger.lost(&disks, &held, connection)?;
            Ok(lost.into_iter().map(|saved| format!("{saved:?}")).collect::<Vec<_>>())
        });
        self.excused = self.ledger.excused(&disks, &held);
        self.lost = lost.len() as u64;
        for what in lost {
            self.is_wrong(NOTHING_LOST, what);
        }
        let gone = self.acknowledged.iter().filter(|(visit, change)| !held.has(*visit, *change));
        let gone: Vec<String> = gone.map(|(visit, change)| format!("{visit} {change}")).collect();
        for what in gone {
            self.is_wrong("what a receipt called accepted is there (R4)", what);
        }
        for (number, visit) in std::mem::take(&mut self.set_aside) {
            self.is_wrong(RECORDS_MERGE, format!("{number} {visit}"));
        }
        self.phones_are_looked_at();
        self.wrong.extend(self.office.read(|connection| checks::of_store(connection, now)));
        let mut findings = Findings::new();
        self.office.is_rebuilt(now, &mut findings);
        self.wrong.extend(findings);
    }

    /// C1 to C3: phones with the same rights hold the same, which is what the server holds.
    fn phones_are_looked_at(&mut self) {
        let server = self.office.read(checks::heads);
        let mut findings = Findings::new();
        for (number, phone) in self.phones.iter().enumerate() {
            let readable = self.office.readable(phone.kept.person);
            if readable.is_empty() {
                continue;
            }
            let mut wrong = |check, what| findings.push(Wrong { check, what });
            for (visit, (area, heads)) in &server {
                if !readable.iter().any(|prefix| prefix.contains(area)) {
                    continue;
                }
                let is_same = phone.kept.has(*visit)
                    && phone.kept.stored(*visit).base().is_ok_and(|base| base.heads() == *heads);
                if !is_same {
                    wrong("replicas have the server's heads (C2)", format!("phone {number}, visit {visit}"));
                }
            }
            let rows = self.office.read(|connection| checks::rows(connection, &readable));
            for ((table, key), value) in rows {
                let kept = phone.kept.row(&table, &key).map(|row| row.to_string());
                let value: serde_json::Value = serde_json::from_str(&value).expect("rows are JSON");
                if kept != Some(value.to_string()) {
                    let what = format!("phone {number}, {table} {key}: {kept:?} instead of {value}");
                    wrong("replicas have the server's rows (C3)", what);
                }
            }
            if phone.kept.unsent() > 0 {
                let what = format!("phone {number} has {} unsent", phone.kept.unsent());
                wrong("on a good line everything goes out (P1)", what);
            }
        }
        self.wrong.extend(findings);
    }
}
