//! How much room refused changes take. Whoever means harm could else fill the disk with them.
//!
//! Counted by person and not by device, because signing in makes a new device.

use rusqlite::{Connection, OptionalExtension, params};
use sync_core::domain::PersonId;

use super::Failed;
use super::columns::Text;

/// Of one person's refused changes so many bytes are kept: a hundred times what a day's work has.
pub const KEPT_OF_ONE_MAX: i64 = 16 * 1024 * 1024;
/// Of everybody's.
pub const KEPT_MAX: i64 = 1024 * 1024 * 1024;
/// What keeping a change takes beside its own bytes, at most.
const BESIDE: i64 = 1024;

/// The room left for refused changes of one person.
pub struct Room {
    person: PersonId,
    left: i64,
    taken: i64,
}

impl Room {
    /// How much is left.
    pub fn of(connection: &Connection, person: PersonId) -> Result<Self, Failed> {
        let of_this_person: Option<i64> = connection
            .prepare_cached("SELECT bytes FROM quarantine_use WHERE person = ?1")?
            .query_row([Text(person)], |row| row.get(0))
            .optional()?;
        let of_all: i64 = connection
            .prepare_cached("SELECT coalesce(sum(bytes), 0) FROM quarantine_use")?
            .query_row([], |row| row.get(0))?;
        let left = KEPT_OF_ONE_MAX - of_this_person.unwrap_or(0);
        Ok(Self { person, left: left.min(KEPT_MAX - of_all), taken: 0 })
    }

    /// Whether a change of so many bytes still goes in.
    pub fn holds(&self, bytes: usize) -> bool {
        self.taken + bytes as i64 + BESIDE <= self.left
    }

    /// A change of so many bytes went in.
    pub fn take(&mut self, bytes: usize) {
        self.taken += bytes as i64 + BESIDE;
    }

    /// Remembers what went in.
    pub fn keep(self, tx: &Connection) -> Result<(), Failed> {
        tx.prepare_cached(
            "INSERT INTO quarantine_use (person, bytes) VALUES (?1, ?2)
             ON CONFLICT (person) DO UPDATE SET bytes = bytes + excluded.bytes",
        )?
        .execute(params![Text(self.person), self.taken])?;
        Ok(())
    }
}
