//! Which records wait for a supervisor, the one that waits longest first: since it was handed in, or, where
//! it was approved before, since it last changed.

use rusqlite::{Connection, named_params};
use serde::Serialize;
use sync_core::domain::AreaCode;
use sync_core::review::Status;
use utoipa::ToSchema;

use super::visit_row::{VisitRow, select};
use crate::store::Failed;
use crate::store::areas::within;
use crate::store::columns::{Json, Text, Word};

/// A list has so many lines at most.
const ROWS_MAX: usize = 500;

/// Where records stand that are asked for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Standing {
    /// Those that wait for a decision.
    #[default]
    Waiting,
    /// All of them.
    Any,
    /// Those that stand so.
    At(Status),
}

/// What is asked for.
#[derive(Debug, Clone, Default)]
pub struct Asked {
    /// Where the asker may look.
    pub areas: Vec<AreaCode>,
    /// Only this area.
    pub area: Option<AreaCode>,
    /// Only records that stand so.
    pub standing: Standing,
    /// Only cooperatives whose name or pinyin initials contain this.
    pub words: String,
}

/// The records that wait.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Queue {
    /// The longest waiting first.
    pub visits: Vec<VisitRow>,
    /// How many there are, be the list cut short.
    pub total: usize,
}

/// Answers it.
pub fn review_queue(connection: &Connection, asked: &Asked) -> Result<Queue, Failed> {
    let waiting = ":status IS NULL AND (f.status IN ('submitted', 'resubmitted')
        OR (f.status = 'approved' AND f.changed_since_approval))";
    let standing = match asked.standing {
        Standing::Waiting => waiting,
        Standing::Any => ":status IS NULL",
        Standing::At(_) => "f.status = :status",
    };
    let status = match asked.standing {
        Standing::At(status) => Some(status),
        Standing::Waiting | Standing::Any => None,
    };
    let conditions = format!(
        "{within} AND (:area IS NULL OR (v.area >= :area AND v.area < :area || ':'))
         AND {standing}
         AND (instr(coalesce(c.name, ''), :words) > 0 OR instr(coalesce(c.initials, ''), lower(:words)) > 0)
         ORDER BY CASE WHEN f.status = 'approved' THEN f.changed_at ELSE f.submitted_at END NULLS LAST, f.visit",
        within = within("v.area", ":areas"),
    );
    let (visits, total) = select(
        connection,
        &conditions,
        named_params! {
            ":areas": Json(&asked.areas),
            ":area": asked.area.as_ref().map(Text),
            ":status": status.map(Word),
            ":words": asked.words,
        },
        ROWS_MAX,
    )?;
    Ok(Queue { visits, total })
}
