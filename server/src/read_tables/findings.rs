//! What is to be put right, finding by finding.

use rusqlite::{Connection, params};

use super::Reading;
use crate::store::Failed;
use crate::store::columns::{Text, Word};

pub(super) fn project(tx: &Connection, reading: &Reading<'_>) -> Result<(), Failed> {
    let visit = Text(reading.visit.genesis.visit);
    tx.prepare_cached("DELETE FROM findings WHERE visit = ?1")?.execute([&visit])?;
    let mut insert = tx.prepare_cached(
        "INSERT INTO findings (visit, finding, item, text, severity, due, responsible, withdrawn)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
    )?;
    for (id, finding) in &reading.inspection.findings {
        insert.execute(params![
            visit,
            Text(id),
            finding.item,
            finding.text,
            Word(finding.severity),
            finding.due.map(Text),
            finding.responsible,
            finding.withdrawn,
        ])?;
    }
    Ok(())
}
