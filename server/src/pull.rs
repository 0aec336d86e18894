//! What a phone gets: pages of what came after its cursors, one for each granted area, in one moment of
//! the store.

use std::collections::{BTreeMap, BTreeSet};

use rusqlite::Connection;
use sync_core::domain::{AreaCode, PersonId};
use sync_core::wire::{Comparing, Cursor, Entry, ScopePage, ScopeRequest, scope_digest};

use crate::store::{Failed, change_log, documents, people, restores};

mod compare;
mod entries;
mod room;
mod tail;

use room::Room;

/// The pages of one answer.
#[derive(Debug)]
pub struct Pulled {
    /// One for each area that was asked for and is granted.
    pub scopes: Vec<ScopePage>,
    /// What the people they speak of are called.
    pub people: BTreeMap<PersonId, String>,
    /// Cursors of a log that this store doesn't have.
    pub strayed: Vec<Cursor>,
}

/// Answers the requests for areas that are granted. `epoch` is the store's; the pages together have at
/// most `bytes_max` bytes, and one entry if there is any.
pub fn pull(
    connection: &Connection,
    epoch: u64,
    granted: &[AreaCode],
    requests: &[ScopeRequest],
    bytes_max: usize,
) -> Result<Pulled, Failed> {
    let mut room = Room::new(bytes_max);
    let mut mentioned = BTreeSet::new();
    let mut scopes = Vec::new();
    let mut strayed = Vec::new();
    for request in requests.iter().filter(|request| granted.contains(&request.prefix)) {
        let page = page(connection, epoch, granted, request, &mut room)?;
        strayed.extend(request.cursor.clone().filter(|_| page.lost_after.is_some()));
        mentioned.extend(page.entries.iter().flat_map(entries::people_in));
        scopes.push(page);
    }
    Ok(Pulled { scopes, people: people::names(connection, mentioned)?, strayed })
}

fn page(
    connection: &Connection,
    epoch: u64,
    granted: &[AreaCode],
    request: &ScopeRequest,
    room: &mut Room,
) -> Result<ScopePage, Failed> {
    let (newest, newest_hash) = change_log::newest(connection)?;
    let from_the_start = || Cursor {
        epoch,
        seq: newest,
        hash: newest_hash.clone(),
        comparing: Some(Comparing::Rows(String::new())),
    };
    let prefix = &request.prefix;
    let mut cursor = match &request.cursor {
        None => from_the_start(),
        Some(cursor) if is_of_this_log(connection, epoch, cursor)? => cursor.clone(),
        Some(cursor) => {
            return Ok(ScopePage {
                prefix: prefix.clone(),
                entries: Vec::new(),
                cursor: from_the_start(),
                more: true,
                lost_after: Some(agreed(connection, epoch, cursor)?),
                digest: None,
            });
        }
    };
    let mut entries: Vec<Entry> = Vec::new();
    match cursor.comparing.take() {
        Some(comparing) => {
            cursor.comparing = compare::compare(connection, request, comparing, room, &mut entries)?;
        }
        None => {
            (cursor.seq, cursor.hash) = tail::tail(connection, prefix, granted, &cursor, room, &mut entries)?;
        }
    }
    let more = cursor.comparing.is_some() || cursor.seq != newest;
    let digest = if more {
        None
    } else {
        let digests = documents::digests_of_area(connection, prefix)?;
        Some(scope_digest(digests.into_iter().map(|(_, digest)| digest)))
    };
    Ok(ScopePage { prefix: prefix.clone(), entries, cursor, more, lost_after: None, digest })
}

/// Whether a cursor counts in this life of the store, and the log still is what it was there.
fn is_of_this_log(connection: &Connection, epoch: u64, cursor: &Cursor) -> Result<bool, Failed> {
    Ok(cursor.epoch == epoch && change_log::hash_at(connection, cursor.seq)?.as_ref() == Some(&cursor.hash))
}

/// How far this log agrees with the one that a cursor is of, as far as anybody can tell: where this very
/// life was put back past us, nobody noted from where.
fn agreed(connection: &Connection, epoch: u64, cursor: &Cursor) -> Result<u64, Failed> {
    if cursor.epoch == epoch { Ok(0) } else { restores::common_with(connection, cursor.epoch) }
}

#[cfg(test)]
mod tests;
