//! The log after a cursor, as far as it concerns an area.

use rusqlite::{Connection, OptionalExtension, Row as SqlRow, params};
use sync_core::domain::{AreaCode, ChangeHash, VisitId};
use sync_core::wire::{Cursor, Entry, PulledChange, Row};

use super::entries::enter;
use super::room::Room;
use crate::store::areas::range;
use crate::store::columns::{Bits, Hash, Moment, Text};
use crate::store::visits::{self, Visit};
use crate::store::{Failed, change_log};

/// Adds what came after the cursor. Returns where the next page starts: the newest position of the log,
/// or the last that fitted.
pub(super) fn tail(
    connection: &Connection,
    area: &AreaCode,
    granted: &[AreaCode],
    cursor: &Cursor,
    room: &mut Room,
    entries: &mut Vec<Entry>,
) -> Result<(u64, Vec<u8>), Failed> {
    let (from, to) = range(area);
    let mut rows = connection.prepare_cached(
        "SELECT seq, hash, kind, other_area, visit, change_hash, table_name, key FROM change_log
         WHERE seq > ?1 AND (area IS NULL OR (area >= ?2 AND area < ?3)) ORDER BY seq",
    )?;
    let mut rows = rows.query(params![Bits(cursor.seq), from, to])?;
    let mut at = (cursor.seq, cursor.hash.clone());
    while let Some(row) = rows.next()? {
        let logged = Logged::read(row)?;
        if let Some(entry) = logged.entry(connection, area, granted)? {
            if !room.take(&entry) {
                return Ok(at);
            }
            entries.push(entry);
        }
        at = (logged.seq, logged.hash);
    }
    change_log::newest(connection)
}

/// A row of the log.
struct Logged {
    seq: u64,
    hash: Vec<u8>,
    other_area: Option<AreaCode>,
    what: What,
}

enum What {
    Change(VisitId, ChangeHash),
    Enter(VisitId),
    Leave(VisitId),
    Row { table: String, key: String },
}

impl Logged {
    fn read(row: &SqlRow<'_>) -> Result<Self, Failed> {
        let (Bits(seq), hash, kind): (Bits, Vec<u8>, String) = (row.get(0)?, row.get(1)?, row.get(2)?);
        let other_area: Option<Text<AreaCode>> = row.get(3)?;
        let visit = || Ok::<_, Failed>(row.get::<_, Text<VisitId>>(4)?.0);
        let what = match kind.as_str() {
            "change" => What::Change(visit()?, row.get::<_, Hash>(5)?.0),
            "enter" => What::Enter(visit()?),
            "leave" => What::Leave(visit()?),
            "row" => What::Row { table: row.get(6)?, key: row.get(7)? },
            other => return Err(Failed::Contradiction(format!("log row {seq} is a {other:?}"))),
        };
        Ok(Self { seq, hash, other_area: other_area.map(|Text(area)| area), what })
    }

    /// What a reader of this area is told; nothing where it stays within the area, or where a later row
    /// of the log says it better.
    fn entry(
        &self,
        connection: &Connection,
        area: &AreaCode,
        granted: &[AreaCode],
    ) -> Result<Option<Entry>, Failed> {
        let stays = self.other_area.as_ref().is_some_and(|other| area.contains(other));
        match &self.what {
            What::Enter(_) | What::Leave(_) if stays => Ok(None),
            What::Change(visit, _) | What::Enter(visit) if self.left_since(connection, area, *visit)? => {
                Ok(None)
            }
            What::Change(visit, hash) => change(connection, *visit, *hash).map(Some),
            What::Enter(visit) => enter(connection, *visit).map(Some),
            What::Leave(visit) => Ok(Some(Entry::Leave(*visit))),
            What::Row { table, key } => self.row(connection, table, key, granted),
        }
    }

    /// Whether the visit left the area after this row. Then the log tells so further on, and whether it came
    /// back: a reader who was told nothing of it meanwhile must not be told the rest of what was before.
    fn left_since(&self, connection: &Connection, area: &AreaCode, visit: VisitId) -> Result<bool, Failed> {
        let (from, to) = range(area);
        let left = connection
            .prepare_cached(
                "SELECT EXISTS (SELECT 1 FROM change_log WHERE kind = 'leave' AND visit = ?1 AND seq > ?2
                 AND area >= ?3 AND area < ?4 AND NOT (other_area >= ?3 AND other_area < ?4))",
            )?
            .query_row(params![Text(visit), Bits(self.seq), from, to], |row| row.get(0))?;
        Ok(left)
    }

    /// A row of the register in its present state, or that it is gone. A state that was replaced since is
    /// passed over: the log tells of the newer one further on. And what is in any granted area now isn't
    /// gone: the pages of one answer are stored one after the other, and that area's may come first.
    fn row(
        &self,
        connection: &Connection,
        table: &str,
        key: &str,
        granted: &[AreaCode],
    ) -> Result<Option<Entry>, Failed> {
        let mut states = connection.prepare_cached(
            "SELECT register_rows.value, row_history.after IS NULL FROM change_log
             LEFT JOIN register_rows USING (seq) LEFT JOIN row_history USING (seq) WHERE seq = ?1",
        )?;
        let (value, is_gone): (Option<String>, bool) =
            states.query_row([Bits(self.seq)], |row| Ok((row.get(0)?, row.get(1)?)))?;
        let is_told = value.is_some() || (is_gone && !is_within(connection, table, key, granted)?);
        Ok(is_told
            .then(|| Entry::Row(Row { table: table.to_owned(), key: key.to_owned(), seq: self.seq, value })))
    }
}

/// Whether a row of the register is in one of these areas now, or everybody's.
fn is_within(connection: &Connection, table: &str, key: &str, areas: &[AreaCode]) -> Result<bool, Failed> {
    let place: Option<Option<Text<AreaCode>>> = connection
        .prepare_cached("SELECT area FROM register_rows WHERE table_name = ?1 AND key = ?2")?
        .query_row([table, key], |row| row.get(0))
        .optional()?;
    let is_readable = |Text(place): &Text<AreaCode>| areas.iter().any(|area| area.contains(place));
    Ok(place.is_some_and(|place| place.as_ref().is_none_or(is_readable)))
}

/// A change that was accepted.
fn change(connection: &Connection, visit: VisitId, hash: ChangeHash) -> Result<Entry, Failed> {
    let gone = || Failed::Contradiction(format!("visit {visit} is not kept"));
    let Visit { genesis, code, .. } = visits::get(connection, visit)?.ok_or_else(gone)?;
    let pulled = connection
        .prepare_cached(
            "SELECT bytes, person, received_at FROM changes JOIN actors USING (actor)
             WHERE visit = ?1 AND hash = ?2",
        )?
        .query_row(params![Text(visit), Hash(hash)], |row| {
            let (Text(person), Moment(received_at)) = (row.get(1)?, row.get(2)?);
            Ok(PulledChange { visit, genesis, code, change: row.get(0)?, person, received_at })
        })?;
    Ok(Entry::Change(pulled))
}
