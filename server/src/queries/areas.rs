//! Which areas somebody may look at, for filters.

use rusqlite::Connection;
use serde::Serialize;
use sync_core::domain::AreaCode;
use utoipa::ToSchema;

use crate::store::Failed;
use crate::store::areas::within;
use crate::store::columns::{Json, Text};

/// A node of the administrative tree.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Area {
    /// Its code (GB/T 2260, GB/T 10114).
    #[schema(value_type = String, example = "140602100")]
    pub code: AreaCode,
    /// What it is called.
    pub name: String,
    /// The area it belongs to.
    #[schema(value_type = Option<String>)]
    pub parent: Option<AreaCode>,
}

/// The areas within those granted, ascending by code.
pub fn areas(connection: &Connection, granted: &[AreaCode]) -> Result<Vec<Area>, Failed> {
    let sql = format!("SELECT code, name, parent FROM areas WHERE {} ORDER BY code", within("code", "?1"));
    let mut rows = connection.prepare_cached(&sql)?;
    let areas = rows.query_map([Json(granted)], |row| {
        let (Text(code), parent) = (row.get(0)?, row.get::<_, Option<Text<AreaCode>>>(2)?);
        Ok(Area { code, name: row.get(1)?, parent: parent.map(|Text(parent)| parent) })
    })?;
    Ok(areas.collect::<Result<_, _>>()?)
}
