//! Decisions of supervisors.

use std::collections::BTreeMap;

use rusqlite::{Connection, params};
use sync_core::domain::{AreaCode, ChangeHash, ItemId, PersonId, ServerTime, VisitId};
use sync_core::review::{Review, Verdict};

use super::Failed;
use super::change_log::append_row;
use super::columns::{Hashes, Json, Moment, Text, Word};

/// The table's name in the register and on the wire: phones pull all reviews of a visit as one row.
pub const TABLE: &str = "reviews";

/// All decisions on a visit, ascending.
pub fn of_visit(connection: &Connection, visit: VisitId) -> Result<Vec<Review>, Failed> {
    let mut rows = connection.prepare_cached(
        "SELECT reviews.id, reviewer, people.name, at, verdict, comment, item_comments, heads, submissions
         FROM reviews JOIN people ON people.id = reviewer WHERE visit = ?1 ORDER BY reviews.id",
    )?;
    let reviews = rows.query_map([Text(visit)], |row| {
        let (Text(reviewer), Moment(at), Word(verdict)) = (row.get(1)?, row.get(3)?, row.get(4)?);
        let (Json(item_comments), Hashes(heads), Hashes(submissions)) =
            (row.get(6)?, row.get(7)?, row.get(8)?);
        Ok(Review {
            id: row.get(0)?,
            reviewer,
            reviewer_name: row.get(2)?,
            at,
            verdict,
            comment: row.get(5)?,
            item_comments,
            heads,
            submissions,
        })
    })?;
    Ok(reviews.collect::<Result<_, _>>()?)
}

/// A decision to be kept.
#[derive(Debug, Clone, Copy)]
pub struct NewReview<'a> {
    /// On which visit.
    pub visit: VisitId,
    /// Who decided.
    pub reviewer: PersonId,
    /// When.
    pub at: ServerTime,
    /// What.
    pub verdict: Verdict,
    /// In general.
    pub comment: &'a str,
    /// Beside the items.
    pub item_comments: &'a BTreeMap<ItemId, String>,
    /// The record's heads that were on the reviewer's screen.
    pub heads: &'a [ChangeHash],
    /// The submissions the record had at those heads.
    pub submissions: &'a [ChangeHash],
}

/// Keeps a decision and tells it to the phones of the visit's area, with all that came before it.
pub fn append(tx: &Connection, new: &NewReview<'_>, area: &AreaCode) -> Result<(), Failed> {
    tx.prepare_cached(
        "INSERT INTO reviews (visit, reviewer, at, verdict, comment, item_comments, heads, submissions)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
    )?
    .execute(params![
        Text(new.visit),
        Text(new.reviewer),
        Moment(new.at),
        Word(new.verdict),
        new.comment,
        Json(new.item_comments),
        Hashes(new.heads.to_vec()),
        Hashes(new.submissions.to_vec()),
    ])?;
    let all = serde_json::to_value(of_visit(tx, new.visit)?).expect("BUG: reviews can be written as JSON");
    append_row(tx, new.at, Some(area), TABLE, &new.visit.to_string(), Some(&all), Some(new.reviewer))
}
