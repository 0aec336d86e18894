//! What is true of the store as a whole.

use rusqlite::Connection;

use super::Failed;

/// Whether the store was filled with sample data.
pub fn is_sample(connection: &Connection) -> Result<bool, Failed> {
    let marks = "SELECT count(*) FROM meta WHERE key = 'sample'";
    Ok(connection.query_row(marks, [], |row| row.get::<_, i64>(0))? > 0)
}

/// Marks the store as filled with sample data, for good.
pub fn mark_as_sample(tx: &Connection) -> Result<(), Failed> {
    tx.execute("INSERT OR IGNORE INTO meta (key, value) VALUES ('sample', 'true')", [])?;
    Ok(())
}
