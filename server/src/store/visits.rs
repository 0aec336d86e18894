//! Visits: what each is of, and the area whose people may see it.

use rusqlite::{Connection, OptionalExtension, Row, params};
use sync_core::document::Genesis;
use sync_core::domain::{AreaCode, CooperativeId, VisitCode, VisitId};

use super::Failed;
use super::columns::Text;

/// A visit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Visit {
    /// What its record is of.
    pub genesis: Genesis,
    /// Its joining code.
    pub code: VisitCode,
    /// The area of its cooperative, which may move.
    pub area: AreaCode,
}

const COLUMNS: &str = "visit, schema, cooperative, checklist, code, area";

impl Visit {
    fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        let (Text(visit), Text(cooperative), Text(checklist)) = (row.get(0)?, row.get(2)?, row.get(3)?);
        let (Text(code), Text(area)) = (row.get(4)?, row.get(5)?);
        let genesis = Genesis { schema: row.get(1)?, visit, cooperative, checklist };
        Ok(Self { genesis, code, area })
    }
}

/// The visit with this id.
pub fn get(connection: &Connection, visit: VisitId) -> Result<Option<Visit>, Failed> {
    let known = connection
        .prepare_cached(&format!("SELECT {COLUMNS} FROM visits WHERE visit = ?1"))?
        .query_row([Text(visit)], Visit::read)
        .optional()?;
    Ok(known)
}

/// The visit with this id, where it lies in one of these areas; whether it exists elsewhere is not told.
pub fn within(connection: &Connection, visit: VisitId, areas: &[AreaCode]) -> Result<Option<Visit>, Failed> {
    let known = get(connection, visit)?;
    Ok(known.filter(|visit| areas.iter().any(|area| area.contains(&visit.area))))
}

/// All visits to a cooperative, ascending by id.
pub fn of_cooperative(connection: &Connection, cooperative: CooperativeId) -> Result<Vec<Visit>, Failed> {
    let sql = format!("SELECT {COLUMNS} FROM visits WHERE cooperative = ?1 ORDER BY visit");
    let mut rows = connection.prepare_cached(&sql)?;
    let visits = rows.query_map([Text(cooperative)], Visit::read)?;
    Ok(visits.collect::<Result<_, _>>()?)
}

/// Every visit, ascending by id.
pub fn all(connection: &Connection) -> Result<Vec<VisitId>, Failed> {
    let mut rows = connection.prepare("SELECT visit FROM visits ORDER BY visit")?;
    let visits = rows.query_map([], |row| Ok(row.get::<_, Text<VisitId>>(0)?.0))?;
    Ok(visits.collect::<Result<_, _>>()?)
}

/// Keeps a visit that wasn't known.
pub fn insert(tx: &Connection, visit: &Visit) -> Result<(), Failed> {
    let Visit { genesis, code, area } = visit;
    tx.prepare_cached(&format!("INSERT INTO visits ({COLUMNS}) VALUES (?1, ?2, ?3, ?4, ?5, ?6)"))?.execute(
        params![
            Text(genesis.visit),
            genesis.schema,
            Text(genesis.cooperative),
            Text(&genesis.checklist),
            Text(code),
            Text(area),
        ],
    )?;
    Ok(())
}

/// Puts a visit into another area.
pub fn set_area(tx: &Connection, visit: VisitId, area: &AreaCode) -> Result<(), Failed> {
    tx.prepare_cached("UPDATE visits SET area = ?2 WHERE visit = ?1")?
        .execute(params![Text(visit), Text(area)])?;
    Ok(())
}
