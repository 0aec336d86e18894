//! Cooperatives of the register, and their moves from area to area.

use pinyin::ToPinyin;
use rusqlite::{Connection, OptionalExtension};
use sync_core::domain::{AreaCode, Cooperative, CooperativeId, OperatingStatus, PersonId, ServerTime};
use sync_core::wire::ProvisionalCooperative;

use super::change_log::{append_move, append_row};
use super::columns::{Json, Text};
use super::{Failed, visits};

/// The table's name in the register and on the wire.
pub const TABLE: &str = "cooperatives";
/// The tables of the register whose rows belong to a visit and go where it goes.
const TABLES_OF_VISITS: [&str; 2] = [super::reviews::TABLE, super::evidence::TABLE];

/// The cooperative with this id.
pub fn get(connection: &Connection, id: CooperativeId) -> Result<Option<Cooperative>, Failed> {
    let known = connection
        .prepare_cached("SELECT value FROM cooperatives WHERE id = ?1")?
        .query_row([Text(id)], |row| Ok(row.get::<_, Json<Cooperative>>(0)?.0))
        .optional()?;
    Ok(known)
}

/// Reads a cooperative's row.
pub fn read(value: &str) -> Option<Cooperative> {
    serde_json::from_str(value).ok()
}

/// Sets a cooperative's row. Where its area changes, its visits and their reviews move with it: they
/// leave the old area and enter the new one in this transaction.
pub fn put(
    tx: &Connection,
    now: ServerTime,
    cooperative: &Cooperative,
    by: Option<PersonId>,
) -> Result<(), Failed> {
    let id = cooperative.id;
    let moved_from = get(tx, id)?.map(|known| known.area).filter(|area| *area != cooperative.area);
    let value = serde_json::to_value(cooperative).expect("BUG: a cooperative can be written as JSON");
    append_row(tx, now, Some(&cooperative.area), TABLE, &id.to_string(), Some(&value), by)?;
    if let Some(from) = moved_from {
        for visit in visits::of_cooperative(tx, id)? {
            move_visit(tx, now, &visit, &from, &cooperative.area)?;
        }
    }
    Ok(())
}

fn move_visit(
    tx: &Connection,
    now: ServerTime,
    visit: &visits::Visit,
    from: &AreaCode,
    to: &AreaCode,
) -> Result<(), Failed> {
    let id = visit.genesis.visit;
    visits::set_area(tx, id, to)?;
    append_move(tx, now, id, from, to)?;
    let mut rows = tx.prepare_cached("SELECT value FROM register_rows WHERE table_name = ?1 AND key = ?2")?;
    for table in TABLES_OF_VISITS {
        let row = rows.query_row([table, &id.to_string()], |row| row.get(0)).optional()?;
        if let Some(Json(value)) = row {
            append_row(tx, now, Some(to), table, &id.to_string(), Some(&value), None)?;
        }
    }
    Ok(())
}

/// The row of a cooperative that somebody met in the field and the register doesn't have.
pub fn provisional(id: CooperativeId, met: &ProvisionalCooperative) -> Cooperative {
    Cooperative {
        id,
        name: met.name.clone(),
        initials: initials(&met.name),
        provisional: true,
        area: met.area.clone(),
        credit_code: None,
        operating_status: OperatingStatus::Normal,
        address: String::new(),
        village: String::new(),
        chair: String::new(),
        telephone: String::new(),
        position: None,
        title: None,
        established: None,
        products: String::new(),
        coordinator: None,
        five_haves_met: None,
        newest_counted: None,
    }
}

/// The first letters of a name's syllables in pinyin; Latin letters and digits stand for themselves.
pub fn initials(name: &str) -> String {
    name.chars()
        .filter_map(|c| match c.to_pinyin() {
            Some(syllable) => syllable.plain().chars().next(),
            None => c.is_ascii_alphanumeric().then(|| c.to_ascii_lowercase()),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    #[test]
    fn initials_are_what_people_type_to_find_a_name() {
        assert_eq!(super::initials("马邑兴农A1(合作社)"), "myxna1hzs");
    }
}
