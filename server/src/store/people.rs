//! People: who signs in, and what others call them.

use std::collections::BTreeMap;

use rusqlite::{Connection, OptionalExtension, Row, params};
use sync_core::domain::PersonId;

use super::Failed;
use super::columns::Text;
use crate::people::Person;

/// Adds a person. Accounts are unique.
pub fn add(tx: &Connection, person: &Person, password_hash: &str) -> Result<(), Failed> {
    tx.prepare_cached("INSERT INTO people (id, account, name, password_hash) VALUES (?1, ?2, ?3, ?4)")?
        .execute(params![Text(person.id), person.account, person.name, password_hash])?;
    Ok(())
}

/// Whether nobody was ever added: the store is new.
pub fn is_empty(connection: &Connection) -> Result<bool, Failed> {
    Ok(!connection.prepare("SELECT 1 FROM people")?.exists([])?)
}

/// The person with this id.
pub fn by_id(connection: &Connection, person: PersonId) -> Result<Option<Person>, Failed> {
    let found = connection
        .prepare_cached("SELECT id, account, name FROM people WHERE id = ?1")?
        .query_row([Text(person)], person_of)
        .optional()?;
    Ok(found)
}

/// The person with this account, and the hash of the password.
pub fn by_account(connection: &Connection, account: &str) -> Result<Option<(Person, String)>, Failed> {
    let found = connection
        .prepare_cached("SELECT id, account, name, password_hash FROM people WHERE account = ?1")?
        .query_row([account], |row| Ok((person_of(row)?, row.get(3)?)))
        .optional()?;
    Ok(found)
}

/// What these people are called.
pub fn names(
    connection: &Connection,
    people: impl IntoIterator<Item = PersonId>,
) -> Result<BTreeMap<PersonId, String>, Failed> {
    let mut name = connection.prepare_cached("SELECT name FROM people WHERE id = ?1")?;
    let mut names = BTreeMap::new();
    for person in people {
        if names.contains_key(&person) {
            continue;
        }
        if let Some(known) = name.query_row([Text(person)], |row| row.get(0)).optional()? {
            names.insert(person, known);
        }
    }
    Ok(names)
}

fn person_of(row: &Row<'_>) -> rusqlite::Result<Person> {
    let Text(id) = row.get(0)?;
    Ok(Person { id, account: row.get(1)?, name: row.get(2)? })
}
