//! The cooperatives of the register, and everything known of one.

use rusqlite::{Connection, named_params};
use serde::Serialize;
use sync_core::domain::{AreaCode, Cooperative, CooperativeId, ServerTime};
use utoipa::ToSchema;

use super::visit_row::{VisitRow, select};
use crate::store::areas::within;
use crate::store::columns::{Json, Moment, Text};
use crate::store::{Failed, areas, cooperatives, people};

/// A list has so many lines at most.
const ROWS_MAX: usize = 1_000;

/// What is asked for.
#[derive(Debug, Clone, Default)]
pub struct Asked {
    /// Where the asker may look.
    pub areas: Vec<AreaCode>,
    /// Where the asker is told telephone numbers.
    pub telephone_areas: Vec<AreaCode>,
    /// Only this area.
    pub area: Option<AreaCode>,
    /// Only those whose name or pinyin initials contain this.
    pub words: String,
}

/// A cooperative as a line of a list.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct CooperativeRow {
    /// Its row of the register.
    #[serde(flatten)]
    #[schema(value_type = Object)]
    pub cooperative: Cooperative,
    /// What its area is called.
    pub area_name: String,
    /// When somebody was last there, by a handed-in visit.
    #[schema(value_type = Option<i64>)]
    pub last_visit_at: Option<ServerTime>,
}

/// The cooperatives asked for.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct CooperativeList {
    /// By area, then name.
    pub cooperatives: Vec<CooperativeRow>,
    /// How many there are, be the list cut short.
    pub total: usize,
}

/// The cooperatives that fit.
pub fn list(connection: &Connection, asked: &Asked) -> Result<CooperativeList, Failed> {
    let sql = format!(
        "SELECT c.value, coalesce(a.name, c.area),
           (SELECT max(f.visit_at) FROM visit_facts f WHERE f.cooperative = c.id AND f.outcome = 'held'
              AND f.status IN ('submitted', 'returned', 'resubmitted', 'approved'))
         FROM cooperatives c LEFT JOIN areas a ON a.code = c.area
         WHERE {} AND (:area IS NULL OR (c.area >= :area AND c.area < :area || ':'))
           AND (instr(c.name, :words) > 0 OR instr(c.initials, lower(:words)) > 0)
         ORDER BY c.area, c.name, c.id",
        within("c.area", ":areas")
    );
    let mut rows = connection.prepare_cached(&sql)?;
    let rows = rows.query_map(
        named_params! {
            ":areas": Json(&asked.areas),
            ":area": asked.area.as_ref().map(Text),
            ":words": asked.words,
        },
        |row| {
            let (Json(cooperative), last) = (row.get(0)?, row.get::<_, Option<Moment>>(2)?);
            let last_visit_at = last.map(|Moment(at)| at);
            let cooperative = without_telephone_beyond(&asked.telephone_areas, cooperative);
            Ok(CooperativeRow { cooperative, area_name: row.get(1)?, last_visit_at })
        },
    )?;
    let mut cooperatives = rows.collect::<Result<Vec<_>, _>>()?;
    let total = cooperatives.len();
    cooperatives.truncate(ROWS_MAX);
    Ok(CooperativeList { cooperatives, total })
}

/// The cooperative, without its chair's telephone number where it lies beyond these areas.
pub(super) fn without_telephone_beyond(areas: &[AreaCode], mut cooperative: Cooperative) -> Cooperative {
    if !areas.iter().any(|area| area.contains(&cooperative.area)) {
        cooperative.telephone.clear();
    }
    cooperative
}

/// Everything known of one cooperative.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct CooperativeFile {
    /// Its row of the register.
    #[schema(value_type = Object)]
    pub cooperative: Cooperative,
    /// What its area is called.
    pub area_name: String,
    /// Its own coordinator, where it has one.
    pub coordinator_name: Option<String>,
    /// The newest first.
    pub visits: Vec<VisitRow>,
}

/// The file of a cooperative, where it lies in one of these areas.
pub fn file(
    connection: &Connection,
    cooperative: CooperativeId,
    granted: &[AreaCode],
    telephone_areas: &[AreaCode],
) -> Result<Option<CooperativeFile>, Failed> {
    let Some(cooperative) = cooperatives::get(connection, cooperative)? else { return Ok(None) };
    if !granted.iter().any(|area| area.contains(&cooperative.area)) {
        return Ok(None);
    }
    let area_name = areas::name(connection, &cooperative.area)?;
    let coordinator_name = people::names(connection, cooperative.coordinator)?.into_values().next();
    let of_it = "f.cooperative = :cooperative ORDER BY f.visit_at DESC, f.visit";
    let id = Text(cooperative.id);
    let (visits, _) = select(connection, of_it, named_params! {":cooperative": id}, ROWS_MAX)?;
    let area_name = area_name.unwrap_or_else(|| cooperative.area.to_string());
    let cooperative = without_telephone_beyond(telephone_areas, cooperative);
    Ok(Some(CooperativeFile { cooperative, area_name, coordinator_name, visits }))
}
