//! What must be true of the store, whatever happened: looked at from outside, by the tables alone.

use std::collections::{BTreeMap, BTreeSet};

use rusqlite::Connection;
use server::queries::coverage;
use server::read_tables;
use server::store::columns::{Hash, Hashes, Json, Text};
use server::store::{Failed, Store, changes, patrol_rules, reviews, visits};
use sha2::{Digest, Sha256};
use sync_core::coverage::{Length, Totals, VisitFacts, totals_by_area, visit_start, visit_time};
use sync_core::document::{Genesis, Record};
use sync_core::domain::{AreaCode, ChangeHash, Cooperative, ServerTime, VisitId};
use sync_core::gate::Gated;
use sync_core::review::status;

use super::office::TOWNS;
use crate::district::{DISTRICT, area};

/// A check that failed, and on what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wrong {
    /// Which.
    pub check: &'static str,
    /// On what.
    pub what: String,
}

/// Collects what is wrong.
pub(super) type Findings = Vec<Wrong>;

fn wrong(check: &'static str, what: impl Into<String>) -> Wrong {
    Wrong { check, what: what.into() }
}

/// A row of the change log.
struct Logged {
    seq: i64,
    hash: Vec<u8>,
    kind: String,
    at: i64,
    area: Option<String>,
    other_area: Option<String>,
    visit: Option<VisitId>,
    change: Option<ChangeHash>,
    table: Option<String>,
    key: Option<String>,
    /// For a row of the register: its state from then on, where the log says one.
    after: Option<String>,
    /// For a change: what it depends on.
    deps: Vec<ChangeHash>,
}

fn log(connection: &Connection) -> Result<Vec<Logged>, Failed> {
    let mut rows = connection.prepare(
        "SELECT seq, change_log.hash, kind, change_log.at, area, other_area, change_log.visit, change_hash,
           change_log.table_name, change_log.key, after, bytes
         FROM change_log LEFT JOIN row_history USING (seq) LEFT JOIN changes ON log_seq = seq ORDER BY seq",
    )?;
    let rows = rows.query_map([], |row| {
        let bytes: Option<Vec<u8>> = row.get(11)?;
        let gated = bytes.map(|bytes| Gated::check(&bytes).expect("what was accepted passes the gate"));
        Ok(Logged {
            seq: row.get(0)?,
            hash: row.get(1)?,
            kind: row.get(2)?,
            at: row.get(3)?,
            area: row.get(4)?,
            other_area: row.get(5)?,
            visit: row.get::<_, Option<Text<VisitId>>>(6)?.map(|Text(visit)| visit),
            change: row.get::<_, Option<Hash>>(7)?.map(|Hash(hash)| hash),
            table: row.get(8)?,
            key: row.get(9)?,
            after: row.get(10)?,
            deps: gated.map_or_else(Vec::new, |change| change.deps().to_vec()),
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// L2: every row's hash is that of itself and the row before, computed here anew.
fn chain(log: &[Logged], findings: &mut Findings) {
    let mut before: &[u8] = &[];
    for (index, row) in log.iter().enumerate() {
        let mut hasher = Sha256::new_with_prefix(before);
        let mut add = |field: Option<&[u8]>| match field {
            None => hasher.update([0]),
            Some(bytes) => {
                hasher.update([1]);
                hasher.update((bytes.len() as u64).to_be_bytes());
                hasher.update(bytes);
            }
        };
        add(Some(&row.seq.to_be_bytes()));
        add(Some(row.kind.as_bytes()));
        add(Some(&row.at.to_be_bytes()));
        add(row.area.as_deref().map(str::as_bytes));
        add(row.other_area.as_deref().map(str::as_bytes));
        add(row.visit.as_ref().map(|visit| visit.as_bytes().as_slice()));
        add(row.change.as_ref().map(|change| change.as_bytes().as_slice()));
        add(row.table.as_deref().map(str::as_bytes));
        add(row.key.as_deref().map(str::as_bytes));
        add(row.after.as_deref().map(str::as_bytes));
        if row.seq != index as i64 + 1 || row.hash != hasher.finalize().as_slice() {
            findings.push(wrong("the log's hashes form a chain (L2)", format!("row {}", row.seq)));
            return;
        }
        before = &row.hash;
    }
}

/// L3: whoever reads the log of an area from its start has, at every row, what the row builds on.
fn causally_complete(connection: &Connection, log: &[Logged], findings: &mut Findings) -> Result<(), Failed> {
    let mut starts: BTreeMap<VisitId, ChangeHash> = BTreeMap::new();
    for id in visits::all(connection)? {
        let visit = visits::get(connection, id)?.expect("it was just listed");
        starts.insert(id, first_change(&visit.genesis));
    }
    for scope in TOWNS.iter().chain([&DISTRICT]) {
        let lies_in = |area: &Option<String>| area.as_ref().is_some_and(|area| area.starts_with(scope));
        let mut all: BTreeMap<VisitId, BTreeSet<ChangeHash>> = BTreeMap::new();
        let mut read: BTreeMap<VisitId, BTreeSet<ChangeHash>> = BTreeMap::new();
        for row in log {
            let Some(visit) = row.visit else { continue };
            let is_within = lies_in(&row.area);
            match row.kind.as_str() {
                "change" => {
                    let change = row.change.expect("a change has a name");
                    all.entry(visit).or_default().insert(change);
                    if !is_within {
                        continue;
                    }
                    let read = read.entry(visit).or_default();
                    let is_read = |dep: &ChangeHash| read.contains(dep) || starts.get(&visit) == Some(dep);
                    if !row.deps.iter().all(is_read) {
                        let what = format!("row {} of {visit} for readers of {scope}", row.seq);
                        findings.push(wrong("the log is causally complete (L3)", what));
                    }
                    read.insert(change);
                }
                "enter" if is_within && !lies_in(&row.other_area) => {
                    read.insert(visit, all.get(&visit).cloned().unwrap_or_default());
                }
                "leave" if is_within && !lies_in(&row.other_area) => {
                    read.remove(&visit);
                }
                _ => {}
            }
        }
    }
    Ok(())
}

fn first_change(genesis: &Genesis) -> ChangeHash {
    Record::genesis(genesis).expect("the checklist is known").heads()[0]
}

/// B1: what is derived is what comes out when it is derived again from the truth.
pub(super) fn rebuilt(store: &Store, now: ServerTime, findings: &mut Findings) {
    let dump = |connection: &Connection| read_tables::dump(connection);
    let before = store.read_blocking(dump).expect("the store can be read");
    let rebuilt = store.write_blocking(move |tx| read_tables::rebuild(tx, now).map(|_| ()));
    if let Err(error) = rebuilt {
        findings.push(wrong("rebuild gives the live tables (B1)", error.to_string()));
        return;
    }
    let after = store.read_blocking(dump).expect("the store can be read");
    if before != after {
        let differs = before.lines().zip(after.lines()).find(|(before, after)| before != after);
        findings.push(wrong("rebuild gives the live tables (B1)", format!("{differs:?}")));
    }
}

/// The figures shown are those that come out of raw changes and decisions, read anew.
fn figures(connection: &Connection, now: ServerTime, findings: &mut Findings) -> Result<(), Failed> {
    let rules = patrol_rules::current(connection)?;
    let mut facts: Vec<VisitFacts> = Vec::new();
    for id in visits::all(connection)? {
        let visit = visits::get(connection, id)?.expect("it was just listed");
        let mut record = Record::genesis(&visit.genesis).expect("the checklist is known");
        record.apply(&changes::raw(connection, id)?).expect("accepted changes merge");
        let inspection = record.inspection(&changes::authors(connection, id)?);
        let received = changes::received(connection, id)?;
        let Some(start) = visit_start(&inspection) else {
            findings.push(wrong("the figures shown are those of the records", format!("{id} never began")));
            continue;
        };
        let time = visit_time(start.since, received[&start.change], &rules.clock);
        let submissions: Vec<ChangeHash> = inspection.submissions.iter().map(|one| one.change).collect();
        let decisions = reviews::of_visit(connection, id)?;
        let status = status(&submissions, !inspection.withdrawals.is_empty(), &decisions);
        facts.push(VisitFacts::read(&inspection, status, time));
    }
    let mut rows = connection.prepare("SELECT value FROM cooperatives ORDER BY id")?;
    let cooperatives = rows.query_map([], |row| Ok(row.get::<_, Json<Cooperative>>(0)?.0))?;
    let cooperatives: Vec<Cooperative> = cooperatives.collect::<Result<_, _>>()?;
    for length in [Length::Month, Length::HalfYear] {
        let period = length.of(now.day());
        let shown =
            coverage::coverage(connection, &area(DISTRICT), period, now)?.expect("there is the district");
        let ones = sync_core::coverage::coverage(&cooperatives, &facts, &rules, &period, now.day());
        let totals = totals_by_area(&ones);
        let of = |figures: &coverage::Figures| Totals {
            due: figures.due,
            visited: figures.visited,
            counted: figures.counted,
            attempted: figures.attempted,
            overdue: figures.overdue,
        };
        let units_differ = shown
            .units
            .iter()
            .any(|unit| of(&unit.figures) != totals.get(&unit.area).copied().unwrap_or_default());
        if units_differ || of(&shown.total) != Totals::of(&ones) {
            let what = format!("{period:?}: {:?} shown, {:?} counted", shown.total, Totals::of(&ones));
            findings.push(wrong("the figures shown are those of the records", what));
        }
    }
    Ok(())
}

/// Everything that can be seen by reading the store.
pub(super) fn of_store(connection: &Connection, now: ServerTime) -> Result<Findings, Failed> {
    let mut findings = Findings::new();
    let log = log(connection)?;
    chain(&log, &mut findings);
    causally_complete(connection, &log, &mut findings)?;
    figures(connection, now, &mut findings)?;
    Ok(findings)
}

/// The area and the heads of every visit.
pub(super) fn heads(
    connection: &Connection,
) -> Result<BTreeMap<VisitId, (AreaCode, Vec<ChangeHash>)>, Failed> {
    let mut rows =
        connection.prepare("SELECT visit, area, heads FROM visits JOIN documents USING (visit)")?;
    let heads = rows.query_map([], |row| {
        let (Text(visit), Text(area), Hashes(heads)) = (row.get(0)?, row.get(1)?, row.get(2)?);
        Ok((visit, (area, heads)))
    })?;
    Ok(heads.collect::<Result<_, _>>()?)
}

/// The rows of the register that may be seen in an area, by table and key.
pub(super) fn rows(
    connection: &Connection,
    within: &[AreaCode],
) -> Result<BTreeMap<(String, String), String>, Failed> {
    let mut rows = connection.prepare("SELECT table_name, key, area, value FROM register_rows")?;
    let rows = rows.query_map([], |row| {
        let area: Option<Text<AreaCode>> = row.get(2)?;
        Ok(((row.get(0)?, row.get(1)?), area.map(|Text(area)| area), row.get(3)?))
    })?;
    let mut seen = BTreeMap::new();
    for row in rows {
        let (key, area, value): ((String, String), Option<AreaCode>, String) = row?;
        if area.is_none_or(|area| within.iter().any(|prefix| prefix.contains(&area))) {
            seen.insert(key, value);
        }
    }
    Ok(seen)
}
