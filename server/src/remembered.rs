//! What phones remember of a log that the server has lost. Hearsay: looked at for size, shape and who may
//! have read it, kept beside the register for the office to look at, never applied.

use rusqlite::Transaction;
use sync_core::domain::{AreaCode, ServerTime, VisitId};
use sync_core::review::Review;
use sync_core::wire::{Cursor, Remembered, Row};

use crate::ingest::Caller;
use crate::store::remembered::{self, Teller};
use crate::store::{Failed, areas, cooperatives, restores, reviews, visits};

/// A remembered row may have so many bytes.
const ROW_BYTES_MAX: usize = 64 * 1024;
/// So many rows of one phone are kept, and so many of all: more than any district writes between two
/// backups.
const ROWS_OF_PHONE_MAX: u64 = 5_000;
const ROWS_MAX: u64 = 20_000;

/// Notes how far the phone has followed logs that this store doesn't have, and keeps the rows that it
/// remembers of them. `granted` is where the person may read. Returns how many rows need not be told
/// again: all of them, those included that say nothing new or can't be believed.
pub fn hear(
    tx: &Transaction<'_>,
    sender: &Caller,
    granted: &[AreaCode],
    strayed: &[Cursor],
    told: Option<&Remembered>,
    now: ServerTime,
) -> Result<u32, Failed> {
    let teller = Teller { device: sender.device, person: sender.person, scope: granted, at: now };
    for cursor in strayed {
        // Of a life that nobody here ever knew, a position says nothing.
        if restores::is_known(tx, cursor.epoch)? {
            remembered::note_position(tx, &teller, cursor)?;
        }
    }
    let Some(told) = told else { return Ok(0) };
    let mut kept = remembered::count(tx)?;
    let mut kept_of_phone = remembered::count_of(tx, sender.device)?;
    for row in &told.rows {
        if kept >= ROWS_MAX || kept_of_phone >= ROWS_OF_PHONE_MAX {
            tracing::warn!(device = %sender.device, "remembers more rows than are kept");
            break;
        }
        let Some((value, area)) = believable(tx, row, granted)? else { continue };
        if remembered::is_in_history(tx, row, value)? {
            continue;
        }
        remembered::keep(tx, &teller, told.epoch, row, value, area.as_ref())?;
        (kept, kept_of_phone) = (kept + 1, kept_of_phone + 1);
    }
    Ok(told.rows.len() as u32)
}

/// The value and the area of a row that this person may have been told; the area of a decision on a visit
/// that isn't here (yet) is not known.
fn believable<'a>(
    tx: &Transaction<'_>,
    row: &'a Row,
    granted: &[AreaCode],
) -> Result<Option<(&'a str, Option<AreaCode>)>, Failed> {
    let Some(value) = row.value.as_deref().filter(|value| value.len() <= ROW_BYTES_MAX) else {
        return Ok(None);
    };
    let area = match row.table.as_str() {
        cooperatives::TABLE => {
            let read = cooperatives::read(value).filter(|read| read.id.to_string() == row.key);
            let Some(cooperative) = read else { return Ok(None) };
            Some(cooperative.area)
        }
        areas::TABLE => {
            let code = serde_json::from_str::<serde_json::Value>(value).ok();
            let is_named = code.is_some_and(|area| area["code"] == row.key && area["name"].is_string());
            let Some(code) = row.key.parse().ok().filter(|_| is_named) else { return Ok(None) };
            Some(code)
        }
        reviews::TABLE => {
            let decisions = serde_json::from_str::<Vec<Review>>(value);
            let (Ok(visit), Ok([_, ..])) = (row.key.parse::<VisitId>(), decisions.as_deref()) else {
                return Ok(None);
            };
            visits::get(tx, visit)?.map(|visit| visit.area)
        }
        _ => return Ok(None),
    };
    let may_have_read = area.as_ref().is_none_or(|area| granted.iter().any(|prefix| prefix.contains(area)));
    Ok(may_have_read.then_some((value, area)))
}
