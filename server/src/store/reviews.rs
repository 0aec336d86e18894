//! Decisions of supervisors.

use rusqlite::Connection;
use sync_core::domain::VisitId;
use sync_core::review::Review;

use super::Failed;
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
