//! The append-only log that phones follow. Its order is the order of commits, and every row's hash
//! chains it to the one before, so a store that was rolled back is noticed.

use rusqlite::{Connection, OptionalExtension, params};
use sha2::{Digest, Sha256};
use sync_core::domain::{AreaCode, ChangeHash, PersonId, ServerTime, VisitId};

use super::Failed;
use super::columns::{Bits, Hash, Json, Moment, Text};

/// A row to be appended.
enum Row<'a> {
    Change { visit: VisitId, hash: ChangeHash },
    Enter { visit: VisitId, from: &'a AreaCode },
    Leave { visit: VisitId, to: &'a AreaCode },
    Register { table: &'a str, key: &'a str, other_area: Option<&'a AreaCode>, after: Option<&'a str> },
}

/// A change of a visit was accepted. Returns its position.
pub fn append_change(
    tx: &Connection,
    now: ServerTime,
    area: &AreaCode,
    visit: VisitId,
    hash: ChangeHash,
) -> Result<u64, Failed> {
    append(tx, now, Some(area), &Row::Change { visit, hash })
}

/// A visit moved from one area to another.
pub fn append_move(
    tx: &Connection,
    now: ServerTime,
    visit: VisitId,
    from: &AreaCode,
    to: &AreaCode,
) -> Result<(), Failed> {
    append(tx, now, Some(from), &Row::Leave { visit, to })?;
    append(tx, now, Some(to), &Row::Enter { visit, from })?;
    Ok(())
}

/// Sets a row of the register to `value`, or takes it away where there is none. `area` is who may see
/// it, everyone where none; `by` is who did it, nobody where it was derived. A row that stays as it was
/// leaves no trace. A row that comes from another area leaves that one.
pub fn append_row(
    tx: &Connection,
    now: ServerTime,
    area: Option<&AreaCode>,
    table: &str,
    key: &str,
    value: Option<&serde_json::Value>,
    by: Option<PersonId>,
) -> Result<(), Failed> {
    let known: Option<(Option<Text<AreaCode>>, Json<serde_json::Value>)> = tx
        .prepare_cached("SELECT area, value FROM register_rows WHERE table_name = ?1 AND key = ?2")?
        .query_row(params![table, key], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let (old_area, before) = match known {
        Some((area, Json(value))) => (area.map(|Text(area)| area), Some(value)),
        None => (None, None),
    };
    if before.as_ref() == value && (before.is_none() || old_area.as_ref() == area) {
        return Ok(());
    }
    let moved_from = old_area.as_ref().filter(|old| before.is_some() && Some(*old) != area);
    let after = value.map(serde_json::Value::to_string);
    let gone_from = if value.is_none() { old_area.as_ref() } else { None };
    if let Some(old) = moved_from.filter(|_| value.is_some()) {
        let row = Row::Register { table, key, other_area: area, after: None };
        append(tx, now, Some(old), &row)?;
    }
    let row = Row::Register { table, key, other_area: moved_from, after: after.as_deref() };
    let seq = append(tx, now, gone_from.or(area), &row)?;
    tx.prepare_cached(
        "INSERT INTO row_history (seq, table_name, key, at, by, before, after)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    )?
    .execute(params![Bits(seq), table, key, Moment(now), by.map(Text), before.map(Json), after])?;
    match after {
        Some(after) => tx
            .prepare_cached(
                "INSERT INTO register_rows (table_name, key, area, seq, value) VALUES (?1, ?2, ?3, ?4, ?5)
                 ON CONFLICT (table_name, key) DO UPDATE
                 SET area = excluded.area, seq = excluded.seq, value = excluded.value",
            )?
            .execute(params![table, key, area.map(Text), Bits(seq), after])?,
        None => tx
            .prepare_cached("DELETE FROM register_rows WHERE table_name = ?1 AND key = ?2")?
            .execute(params![table, key])?,
    };
    Ok(())
}

/// The newest position and the chained hash there; position 0 has an empty hash.
pub fn newest(connection: &Connection) -> Result<(u64, Vec<u8>), Failed> {
    let newest: Option<(Bits, Vec<u8>)> = connection
        .prepare_cached("SELECT seq, hash FROM change_log ORDER BY seq DESC LIMIT 1")?
        .query_row([], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    Ok(newest.map_or((0, Vec::new()), |(Bits(seq), hash)| (seq, hash)))
}

/// The chained hash at a position, where the log has come so far.
pub fn hash_at(connection: &Connection, seq: u64) -> Result<Option<Vec<u8>>, Failed> {
    if seq == 0 {
        return Ok(Some(Vec::new()));
    }
    let hash = connection
        .prepare_cached("SELECT hash FROM change_log WHERE seq = ?1")?
        .query_row([Bits(seq)], |row| row.get(0))
        .optional()?;
    Ok(hash)
}

fn append(tx: &Connection, now: ServerTime, area: Option<&AreaCode>, row: &Row<'_>) -> Result<u64, Failed> {
    let (last, before) = newest(tx)?;
    let seq = last + 1;
    let (kind, visit, change, other_area, table, key, after) = match row {
        Row::Change { visit, hash } => ("change", Some(*visit), Some(*hash), None, None, None, None),
        Row::Enter { visit, from } => ("enter", Some(*visit), None, Some(*from), None, None, None),
        Row::Leave { visit, to } => ("leave", Some(*visit), None, Some(*to), None, None, None),
        Row::Register { table, key, other_area, after } => {
            ("row", None, None, *other_area, Some(*table), Some(*key), *after)
        }
    };
    let links = Links { seq, kind, at: now, area, other_area, visit, change, table, key, after };
    tx.prepare_cached(
        "INSERT INTO change_log (seq, hash, kind, at, area, other_area, visit, change_hash, table_name, key)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
    )?
    .execute(params![
        Bits(seq),
        links.chained_to(&before),
        kind,
        Moment(now),
        area.map(Text),
        other_area.map(Text),
        visit.map(Text),
        change.map(Hash),
        table,
        key,
    ])?;
    Ok(seq)
}

/// Follows the chain from the first row to the newest, telling now and then how many rows it has seen.
/// Returns what [`newest`] does.
///
/// # Errors
/// Where a row is missing or says something else than its hash.
pub fn follow(connection: &Connection, mut seen: impl FnMut(u64)) -> Result<(u64, Vec<u8>), Failed> {
    let mut rows = connection.prepare(
        "SELECT l.seq, l.hash, l.kind, l.at, l.area, l.other_area, l.visit, l.change_hash, l.table_name,
           l.key, h.after
         FROM change_log l LEFT JOIN row_history h USING (seq) ORDER BY l.seq",
    )?;
    let mut rows = rows.query([])?;
    let mut at = (0, Vec::new());
    while let Some(row) = rows.next()? {
        let text =
            |column| Ok::<_, Failed>(row.get_ref(column)?.as_str_or_null().map_err(rusqlite::Error::from)?);
        let area =
            |column| Ok::<_, Failed>(row.get::<_, Option<Text<AreaCode>>>(column)?.map(|Text(area)| area));
        let (Bits(seq), hash, Moment(moment)): (Bits, Vec<u8>, Moment) =
            (row.get(0)?, row.get(1)?, row.get(3)?);
        let (here, other) = (area(4)?, area(5)?);
        let links = Links {
            seq,
            kind: text(2)?.unwrap_or_default(),
            at: moment,
            area: here.as_ref(),
            other_area: other.as_ref(),
            visit: row.get::<_, Option<Text<VisitId>>>(6)?.map(|Text(visit)| visit),
            change: row.get::<_, Option<Hash>>(7)?.map(|Hash(hash)| hash),
            table: text(8)?,
            key: text(9)?,
            after: text(10)?,
        };
        if seq != at.0 + 1 || links.chained_to(&at.1) != hash {
            return Err(Failed::Contradiction(format!("log row {seq} does not follow from the one before")));
        }
        at = (seq, hash);
        seen(seq);
    }
    Ok(at)
}

/// What the hash of a log row stands for, beside the row before.
struct Links<'a> {
    seq: u64,
    kind: &'a str,
    at: ServerTime,
    area: Option<&'a AreaCode>,
    other_area: Option<&'a AreaCode>,
    visit: Option<VisitId>,
    change: Option<ChangeHash>,
    table: Option<&'a str>,
    key: Option<&'a str>,
    after: Option<&'a str>,
}

impl Links<'_> {
    fn chained_to(&self, before: &[u8]) -> Vec<u8> {
        let mut chain = Chain(Sha256::new_with_prefix(before));
        chain.add(Some(&self.seq.to_be_bytes()));
        chain.add(Some(self.kind.as_bytes()));
        chain.add(Some(&self.at.0.to_be_bytes()));
        chain.add(self.area.map(|area| area.as_str().as_bytes()));
        chain.add(self.other_area.map(|area| area.as_str().as_bytes()));
        chain.add(self.visit.as_ref().map(|visit| visit.as_bytes().as_slice()));
        chain.add(self.change.as_ref().map(|change| change.as_bytes().as_slice()));
        chain.add(self.table.map(str::as_bytes));
        chain.add(self.key.map(str::as_bytes));
        chain.add(self.after.map(str::as_bytes));
        chain.0.finalize().to_vec()
    }
}

/// A hash over fields, each with its length in front, so that no two rows run together alike.
struct Chain(Sha256);

impl Chain {
    fn add(&mut self, field: Option<&[u8]>) {
        match field {
            None => self.0.update([0]),
            Some(bytes) => {
                self.0.update([1]);
                self.0.update((bytes.len() as u64).to_be_bytes());
                self.0.update(bytes);
            }
        }
    }
}
