//! What was refused and is kept apart, the newest first.

use rusqlite::{Connection, named_params};
use serde::Serialize;
use sync_core::domain::{AreaCode, ChangeHash, DeviceId, ServerTime, VisitId};
use sync_core::wire::RefusalCode;
use utoipa::ToSchema;

use crate::store::Failed;
use crate::store::areas::within;
use crate::store::columns::{Hash, Json, Moment, Text, Word};

/// A list has so many lines at most.
const ROWS_MAX: u32 = 500;

/// A refused change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct QuarantineRow {
    /// The visit it was for.
    #[schema(value_type = String, format = "uuid")]
    pub visit: VisitId,
    /// Its name.
    #[schema(value_type = String)]
    pub hash: ChangeHash,
    /// Why it was refused.
    #[schema(value_type = String, example = "not_granted")]
    pub code: RefusalCode,
    /// Who sent it.
    pub person_name: String,
    /// From where.
    #[schema(value_type = String, format = "uuid")]
    pub device: DeviceId,
    /// When.
    #[schema(value_type = i64)]
    pub received_at: ServerTime,
    /// The cooperative, where it is known, or as the sender called it.
    pub cooperative_name: Option<String>,
}

/// What was refused within these areas; with `of_nowhere` also what belongs to no known area.
pub fn quarantine(
    connection: &Connection,
    granted: &[AreaCode],
    of_nowhere: bool,
) -> Result<Vec<QuarantineRow>, Failed> {
    let sql = format!(
        "SELECT visit, hash, code, person_name, device, received_at, cooperative_name FROM (
           SELECT q.id, q.visit, q.hash, q.code, p.name AS person_name, q.device, q.received_at,
             coalesce(c.name, q.provisional ->> 'name') AS cooperative_name,
             coalesce(v.area, c.area, q.provisional ->> 'area') AS area
           FROM quarantine q JOIN people p ON p.id = q.person
           LEFT JOIN visits v ON v.visit = q.visit
           LEFT JOIN cooperatives c ON c.id = q.genesis ->> 'cooperative')
         WHERE {} OR (area IS NULL AND :of_nowhere)
         ORDER BY id DESC LIMIT {ROWS_MAX}",
        within("area", ":areas")
    );
    let mut rows = connection.prepare_cached(&sql)?;
    let rows = rows.query_map(named_params! {":areas": Json(granted), ":of_nowhere": of_nowhere}, |row| {
        let (Text(visit), Hash(hash), Word(code)) = (row.get(0)?, row.get(1)?, row.get(2)?);
        let (Text(device), Moment(received_at)) = (row.get(4)?, row.get(5)?);
        Ok(QuarantineRow {
            visit,
            hash,
            code,
            person_name: row.get(3)?,
            device,
            received_at,
            cooperative_name: row.get(6)?,
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}
