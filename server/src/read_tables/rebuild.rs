//! Throws everything derived away and makes it again from the truth: changes, reviews and the history of
//! rows.

use rusqlite::Connection;
use rusqlite::types::ValueRef;
use sync_core::document::Record;
use sync_core::domain::{CooperativeId, ServerTime};

use super::{cooperative_state, project_visit, visit_evidence};
use crate::store::columns::Text;
use crate::store::{Failed, changes, documents, visits};

/// Everything that is derived, in a fixed order. Snapshots are looked into instead: the same changes can
/// be saved in more than one way.
const DERIVED: [(&str, &str); 8] = [
    ("register_rows", "SELECT * FROM register_rows ORDER BY table_name, key"),
    ("visits", "SELECT * FROM visits ORDER BY visit"),
    ("documents", "SELECT visit, heads, digest FROM documents ORDER BY visit"),
    ("visit_facts", "SELECT * FROM visit_facts ORDER BY visit"),
    ("visit_people", "SELECT * FROM visit_people ORDER BY visit, person"),
    ("findings", "SELECT * FROM findings ORDER BY visit, finding"),
    ("visit_evidence", "SELECT * FROM visit_evidence ORDER BY visit, evidence"),
    ("five_haves", "SELECT * FROM five_haves ORDER BY visit"),
];

/// Throws away and replays. Returns how many visits there are. The log grows only where the register
/// said something that its visits don't bear out.
pub fn rebuild(tx: &Connection, now: ServerTime) -> Result<usize, Failed> {
    tx.execute_batch(
        "DELETE FROM documents; DELETE FROM visit_facts; DELETE FROM visit_people; DELETE FROM findings;
         DELETE FROM visit_evidence; DELETE FROM five_haves; DELETE FROM register_rows;
         INSERT INTO register_rows (table_name, key, area, seq, value)
         SELECT row_history.table_name, row_history.key, area, seq, after
         FROM row_history JOIN change_log USING (seq)
         WHERE after IS NOT NULL AND seq IN (SELECT max(seq) FROM row_history GROUP BY table_name, key);
         UPDATE visits SET area = (SELECT area FROM cooperatives WHERE id = cooperative);",
    )?;
    let all = visits::all(tx)?;
    for id in &all {
        let broken = |what: &str| Failed::Contradiction(format!("visit {id}: {what}"));
        let visit = visits::get(tx, *id)?.ok_or_else(|| broken("it is gone"))?;
        let mut replayed = Record::genesis(&visit.genesis).map_err(|e| broken(&e.to_string()))?;
        replayed.apply(&changes::raw(tx, *id)?).map_err(|e| broken(&e.to_string()))?;
        let snapshot = replayed.save();
        let record = Record::load(&snapshot, &visit.genesis).map_err(|e| broken(&e.to_string()))?;
        if record.heads() != replayed.heads() {
            return Err(broken("it was saved and came back another"));
        }
        documents::put(tx, *id, &record.heads(), &snapshot)?;
        project_visit(tx, &visit, &record)?;
        visit_evidence::tell(tx, &visit, now)?;
    }
    let mut rows = tx.prepare("SELECT id FROM cooperatives ORDER BY id")?;
    let ids = rows.query_map([], |row| Ok(row.get::<_, Text<CooperativeId>>(0)?.0))?;
    for id in ids.collect::<Result<Vec<_>, _>>()? {
        cooperative_state::project(tx, id, now)?;
    }
    Ok(all.len())
}

/// Everything derived, as text in a fixed order: two stores that come to the same give the same.
pub fn dump(connection: &Connection) -> Result<String, Failed> {
    let mut text = String::new();
    for (table, sql) in DERIVED {
        let mut rows = connection.prepare(sql)?;
        let columns: Vec<String> = rows.column_names().map(str::to_owned).collect();
        let mut rows = rows.query([])?;
        while let Some(row) = rows.next()? {
            let mut line = vec![table.to_owned()];
            for (index, column) in columns.iter().enumerate() {
                line.push(format!("{column}={}", shown(row.get_ref(index)?)));
            }
            text += &line.join(" ");
            text.push('\n');
        }
    }
    for id in visits::all(connection)? {
        let Some(visit) = visits::get(connection, id)? else { continue };
        let Some(record) = documents::load(connection, &visit.genesis)? else { continue };
        let mut changes: Vec<String> =
            record.changes().iter().map(|(facts, _)| facts.hash.to_string()).collect();
        changes.sort();
        text += &format!("snapshot visit={id} changes={}\n", changes.join(" "));
    }
    Ok(text)
}

fn shown(value: ValueRef<'_>) -> String {
    match value {
        ValueRef::Null => "null".to_owned(),
        ValueRef::Integer(number) => number.to_string(),
        ValueRef::Real(number) => number.to_string(),
        ValueRef::Text(bytes) => format!("{:?}", String::from_utf8_lossy(bytes)),
        ValueRef::Blob(bytes) => bytes.iter().map(|byte| format!("{byte:02x}")).collect(),
    }
}
