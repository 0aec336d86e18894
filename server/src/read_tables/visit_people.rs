//! Who was there, and who wrote. A pick made at the desk is not writing in a record.

use std::collections::BTreeMap;

use rusqlite::{Connection, params};
use sync_core::domain::PersonId;

use super::Reading;
use crate::store::Failed;
use crate::store::columns::Text;

#[derive(Default)]
struct Part {
    present: bool,
    wrote: bool,
}

pub(super) fn project(tx: &Connection, reading: &Reading<'_>) -> Result<(), Failed> {
    let visit = Text(reading.visit.genesis.visit);
    let mut people: BTreeMap<PersonId, Part> = BTreeMap::new();
    for presence in &reading.inspection.present {
        people.entry(presence.person).or_default().present = true;
    }
    let mut rows = tx.prepare_cached(
        "SELECT DISTINCT actors.person FROM changes JOIN actors USING (actor)
         JOIN devices ON devices.id = actors.device AND devices.person = actors.person
         WHERE visit = ?1 AND used_as = 'phone'",
    )?;
    for writer in rows.query_map([&visit], |row| row.get(0))? {
        let Text(person) = writer?;
        people.entry(person).or_default().wrote = true;
    }
    tx.prepare_cached("DELETE FROM visit_people WHERE visit = ?1")?.execute([&visit])?;
    let mut insert = tx
        .prepare_cached("INSERT INTO visit_people (visit, person, present, wrote) VALUES (?1, ?2, ?3, ?4)")?;
    for (person, part) in people {
        insert.execute(params![visit, Text(person), part.present, part.wrote])?;
    }
    Ok(())
}
