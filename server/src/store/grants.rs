//! What people may do, and where: a role in an area and everything below it, for a time.

use rusqlite::{Connection, params};
use serde::{Deserialize, Serialize};
use sync_core::domain::{AreaCode, PersonId, ServerTime};
use utoipa::ToSchema;

use super::Failed;
use super::columns::{Moment, Text, Word};

/// What somebody does here.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, clap::ValueEnum, ToSchema,
)]
#[serde(rename_all = "snake_case")]
#[value(rename_all = "snake_case")]
pub enum Role {
    /// 辅导员: records visits.
    Coordinator,
    /// 审核人: reviews them.
    Supervisor,
    /// 区农业农村局: reads, tracks targets, keeps the registers.
    DistrictOffice,
    /// 成员单位: reads.
    Department,
    /// 管理员: accounts and settings; no field data.
    Administrator,
}

/// A role in an area, in force.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Grant {
    /// The role.
    pub role: Role,
    /// The area, with everything below it.
    pub area: AreaCode,
}

/// The grants of a person in force at a moment, in order.
pub fn in_force(connection: &Connection, person: PersonId, at: ServerTime) -> Result<Vec<Grant>, Failed> {
    let mut rows = connection.prepare_cached(
        "SELECT DISTINCT role, area FROM grants
         WHERE person = ?1 AND from_at <= ?2 AND (until_at IS NULL OR until_at > ?2)",
    )?;
    let grants = rows.query_map(params![Text(person), Moment(at)], |row| {
        let (Word(role), Text(area)) = (row.get(0)?, row.get(1)?);
        Ok(Grant { role, area })
    })?;
    let mut grants = grants.collect::<Result<Vec<_>, _>>()?;
    grants.sort();
    Ok(grants)
}

/// Whether a person has a role in an area at a moment.
pub fn covers(
    connection: &Connection,
    person: PersonId,
    role: Role,
    area: &AreaCode,
    at: ServerTime,
) -> Result<bool, Failed> {
    let grants = in_force(connection, person, at)?;
    Ok(grants.iter().any(|grant| grant.role == role && grant.area.contains(area)))
}

/// Gives a person a role in an area, from a moment on, until another where one is given.
pub fn give(
    tx: &Connection,
    person: PersonId,
    grant: &Grant,
    from: ServerTime,
    until: Option<ServerTime>,
) -> Result<(), Failed> {
    tx.execute(
        "INSERT INTO grants (person, role, area, from_at, until_at) VALUES (?1, ?2, ?3, ?4, ?5)",
        params![Text(person), Word(grant.role), Text(&grant.area), Moment(from), until.map(Moment)],
    )?;
    Ok(())
}
