//! Areas: everything below an area has a code that starts with its code.

use rusqlite::{Connection, OptionalExtension};
use sync_core::domain::AreaCode;

use super::Failed;
use super::columns::Text;

/// The first and the first no longer matching code of an area: `area >= ?1 AND area < ?2`, which an
/// index can answer.
pub fn range(prefix: &AreaCode) -> (String, String) {
    // A colon is the character after the digit nine.
    (prefix.as_str().to_owned(), format!("{prefix}:"))
}

/// The table's name in the register and on the wire.
pub const TABLE: &str = "areas";

/// Whether the register has an area with this code.
pub fn exists(connection: &Connection, area: &AreaCode) -> Result<bool, Failed> {
    let mut found = connection.prepare_cached("SELECT 1 FROM areas WHERE code = ?1")?;
    Ok(found.exists([Text(area)])?)
}

/// What an area is called.
pub fn name(connection: &Connection, area: &AreaCode) -> Result<Option<String>, Failed> {
    let name = connection
        .prepare_cached("SELECT name FROM areas WHERE code = ?1")?
        .query_row([Text(area)], |row| row.get(0))
        .optional()?;
    Ok(name)
}

/// The condition that `column` lies within one of the areas that `parameter` gives as a JSON array.
pub fn within(column: &str, parameter: &str) -> String {
    format!(
        "EXISTS (SELECT 1 FROM json_each({parameter}) WHERE {column} >= value AND {column} < value || ':')"
    )
}
