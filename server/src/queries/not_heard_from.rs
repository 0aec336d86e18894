//! Whose phone has not been heard of since when, and how much it held when it last was.

use rusqlite::{Connection, named_params};
use serde::Serialize;
use sync_core::domain::{AreaCode, DeviceId, PersonId, ServerTime};
use utoipa::ToSchema;

use crate::store::Failed;
use crate::store::areas::within;
use crate::store::columns::{Json, Moment, Text};

/// A person's phone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct DeviceRow {
    /// The phone.
    #[schema(value_type = String, format = "uuid")]
    pub device: DeviceId,
    /// What it is called.
    pub name: String,
    /// Whose it is.
    #[schema(value_type = String, format = "uuid")]
    pub person: PersonId,
    /// What others call the person.
    pub person_name: String,
    /// Where the person is coordinator; several are joined by 、.
    pub area_name: Option<String>,
    /// When it was last heard of.
    #[schema(value_type = i64)]
    pub last_contact_at: ServerTime,
    /// What it held then, as it said; none where it never said.
    pub unsent: Option<Unsent>,
    /// The version of its app, where it said.
    pub app: Option<String>,
}

/// What a phone held without a receipt when it was last heard of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Unsent {
    /// Records.
    pub records: u32,
    /// Changes.
    pub changes: u32,
    /// The phone's time of the oldest.
    pub oldest_at: Option<i64>,
}

/// The phones of the coordinators within these areas, the longest silent first.
pub fn not_heard_from(
    connection: &Connection,
    granted: &[AreaCode],
    now: ServerTime,
) -> Result<Vec<DeviceRow>, Failed> {
    let sql = format!(
        "SELECT d.id, d.name, p.id, p.name, group_concat(coalesce(a.name, g.area), '、' ORDER BY g.area),
           d.last_contact_at, d.unsent_records, d.unsent_changes, d.unsent_oldest_at, d.app
         FROM devices d JOIN people p ON p.id = d.person
         JOIN (SELECT DISTINCT person, area FROM grants WHERE role = 'coordinator'
                 AND from_at <= :now AND (until_at IS NULL OR until_at > :now)) g ON g.person = p.id
         LEFT JOIN areas a ON a.code = g.area
         WHERE d.used_as = 'phone' AND {}
         GROUP BY d.id, p.id ORDER BY d.last_contact_at, p.name, d.id",
        within("g.area", ":areas")
    );
    let mut rows = connection.prepare_cached(&sql)?;
    let rows = rows.query_map(named_params! {":areas": Json(granted), ":now": Moment(now)}, |row| {
        let (Text(device), Text(person), Moment(last_contact_at)) = (row.get(0)?, row.get(2)?, row.get(5)?);
        let held: (Option<u32>, Option<u32>) = (row.get(6)?, row.get(7)?);
        let oldest_at = row.get(8)?;
        let unsent = match held {
            (Some(records), Some(changes)) => Some(Unsent { records, changes, oldest_at }),
            _ => None,
        };
        Ok(DeviceRow {
            device,
            name: row.get(1)?,
            person,
            person_name: row.get(3)?,
            area_name: row.get(4)?,
            last_contact_at,
            unsent,
            app: row.get(9)?,
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}
