//! What was refused and is kept apart: one line for what one person sent of one visit from one device,
//! the newest first.

use rusqlite::{Connection, Row, named_params};
use serde::Serialize;
use sync_core::domain::{AreaCode, CooperativeId, DeviceId, PersonId, ServerTime, VisitId};
use sync_core::wire::{RefusalCode, Resolution};
use utoipa::ToSchema;

use crate::store::Failed;
use crate::store::areas::within;
use crate::store::columns::{Json, Moment, Text};
use crate::store::quarantine::Parcel;

/// A list has so many lines at most.
const ROWS_MAX: u32 = 200;

/// What one person sent of one visit from one device, and was refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ParcelRow {
    /// The visit it was for.
    #[schema(value_type = String, format = "uuid")]
    pub visit: VisitId,
    /// Who sent it.
    #[schema(value_type = String, format = "uuid")]
    pub person: PersonId,
    /// What others call the person.
    pub person_name: String,
    /// From where.
    #[schema(value_type = String, format = "uuid")]
    pub device: DeviceId,
    /// What the device is called.
    pub device_name: String,
    /// The cooperative, where the register has it.
    #[schema(value_type = Option<String>, format = "uuid")]
    pub cooperative: Option<CooperativeId>,
    /// What it is called, there or by the sender.
    pub cooperative_name: Option<String>,
    /// What its area is called, where that is known.
    pub area_name: Option<String>,
    /// When the first of it came.
    #[schema(value_type = i64)]
    pub received_at: ServerTime,
    /// When the last of it came.
    #[schema(value_type = i64)]
    pub last_received_at: ServerTime,
    /// How many changes.
    pub changes: u32,
    /// Why they were refused, each reason once.
    #[schema(value_type = Vec<String>, example = json!(["not_granted", "depends_on_refused"]))]
    pub codes: Vec<RefusalCode>,
    /// What became of them, each word once; nothing of what is open.
    #[schema(value_type = Vec<String>, example = json!(["released"]))]
    pub resolutions: Vec<Resolution>,
    /// When the last of them was resolved.
    #[schema(value_type = Option<i64>)]
    pub resolved_at: Option<ServerTime>,
}

/// The parcels within these areas with changes that are open, or with such that are resolved; with
/// `of_nowhere` also what belongs to no known area.
pub fn quarantine(
    connection: &Connection,
    granted: &[AreaCode],
    of_nowhere: bool,
    is_open: bool,
) -> Result<Vec<ParcelRow>, Failed> {
    let condition = format!("{} OR (area IS NULL AND :of_nowhere)", within("area", ":areas"));
    let sql = select("(resolution IS NULL) = :is_open", &condition);
    let mut rows = connection.prepare_cached(&sql)?;
    let values = named_params! {":areas": Json(granted), ":of_nowhere": of_nowhere, ":is_open": is_open};
    let rows = rows.query_map(values, ParcelRow::read)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// One parcel, with all its changes.
pub fn parcel(connection: &Connection, parcel: Parcel) -> Result<Option<ParcelRow>, Failed> {
    let sql = select("visit = :visit AND person = :person AND device = :device", "true");
    let mut rows = connection.prepare_cached(&sql)?;
    let values = named_params! {
        ":visit": Text(parcel.visit), ":person": Text(parcel.person), ":device": Text(parcel.device),
    };
    Ok(rows.query_map(values, ParcelRow::read)?.next().transpose()?)
}

/// Parcels of the refused changes that `changes` picks, as far as `parcels` picks them.
fn select(changes: &str, parcels: &str) -> String {
    format!(
        "SELECT * FROM (
           SELECT q.visit, q.person, p.name, q.device, d.name, c.id,
             coalesce(c.name, q.provisional ->> 'name'), a.name, g.first_at, g.last_at, g.count, g.codes,
             g.resolutions, g.resolved_at, coalesce(v.area, c.area, q.provisional ->> 'area') AS area, g.last_id
           FROM (
             SELECT min(id) AS first_id, max(id) AS last_id, count(*) AS count,
               min(received_at) AS first_at, max(received_at) AS last_at,
               json_group_array(DISTINCT code) AS codes,
               json_group_array(DISTINCT resolution) FILTER (WHERE resolution IS NOT NULL) AS resolutions,
               max(resolved_at) AS resolved_at
             FROM quarantine WHERE {changes} GROUP BY visit, person, device
           ) g
           JOIN quarantine q ON q.id = g.first_id
           JOIN people p ON p.id = q.person
           JOIN devices d ON d.id = q.device AND d.person = q.person
           LEFT JOIN visits v ON v.visit = q.visit
           LEFT JOIN cooperatives c ON c.id = q.genesis ->> 'cooperative'
           LEFT JOIN areas a ON a.code = coalesce(v.area, c.area, q.provisional ->> 'area'))
         WHERE {parcels} ORDER BY last_id DESC LIMIT {ROWS_MAX}"
    )
}

impl ParcelRow {
    fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        let (Text(visit), Text(person), Text(device)) = (row.get(0)?, row.get(1)?, row.get(3)?);
        let (Moment(received_at), Moment(last_received_at)) = (row.get(8)?, row.get(9)?);
        let (Json(codes), Json(resolutions)) = (row.get(11)?, row.get(12)?);
        Ok(Self {
            visit,
            person,
            person_name: row.get(2)?,
            device,
            device_name: row.get(4)?,
            cooperative: row.get::<_, Option<Text<CooperativeId>>>(5)?.map(|Text(id)| id),
            cooperative_name: row.get(6)?,
            area_name: row.get(7)?,
            received_at,
            last_received_at,
            changes: row.get(10)?,
            codes,
            resolutions,
            resolved_at: row.get::<_, Option<Moment>>(13)?.map(|Moment(at)| at),
        })
    }
}
