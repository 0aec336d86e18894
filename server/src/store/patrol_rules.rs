//! The rules of patrol visits: one row of the register.

use rusqlite::{Connection, OptionalExtension};
use sync_core::coverage::PatrolRules;

use super::Failed;
use super::columns::Json;

/// The table's name in the register and on the wire.
pub const TABLE: &str = "patrol_rules";
/// The key of its only row.
pub const KEY: &str = "current";

/// The rules in force; the defaults where nobody set any.
pub fn current(connection: &Connection) -> Result<PatrolRules, Failed> {
    let set: Option<Json<PatrolRules>> = connection
        .prepare_cached("SELECT value FROM register_rows WHERE table_name = ?1 AND key = ?2")?
        .query_row([TABLE, KEY], |row| row.get(0))
        .optional()?;
    Ok(set.map_or_else(PatrolRules::default, |Json(rules)| rules))
}
