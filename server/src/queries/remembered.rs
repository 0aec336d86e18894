//! After a restore: what was written since the backup, as far as phones remember it.

use std::collections::BTreeSet;

use rusqlite::{Connection, OptionalExtension, named_params};
use serde::Serialize;
use sync_core::domain::{AreaCode, ServerTime, VisitId};
use sync_core::review::{Review, Status, Verdict};
use utoipa::ToSchema;

use crate::store::areas::within;
use crate::store::columns::{Bits, Json, Moment, Text, Word};
use crate::store::{Failed, restores, reviews};

/// A list has so many lines at most.
const ROWS_MAX: u32 = 500;

/// What was written since the backup.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct WrittenSince {
    /// The restores, the newest first.
    pub restores: Vec<RestoreRow>,
    /// What phones followed of this very life of the store beyond what it holds: it was put back past us.
    pub rolled_back: Option<Told>,
    /// Decisions that the store doesn't have; what is open first.
    pub decisions: Vec<LostDecisions>,
    /// Other rows of the register that it has otherwise or not at all; what is open first.
    pub rows: Vec<LostRow>,
}

/// A restore.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct RestoreRow {
    /// When.
    #[schema(value_type = i64)]
    pub at: ServerTime,
    /// Of which moment the backup was.
    #[schema(value_type = i64)]
    pub backup_made_at: ServerTime,
    /// What its file was called.
    pub backup_name: String,
    /// How far its log went.
    pub seq: u64,
    /// At least so many entries of the log were lost; none where nobody told of any.
    pub lost_at_least: Option<u64>,
}

/// How far a phone has followed a log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Told {
    /// The position.
    pub seq: u64,
    /// Who told it.
    pub person_name: String,
    /// When.
    #[schema(value_type = i64)]
    pub at: ServerTime,
}

/// What is kept of a remembered row, whatever it is of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Hearsay {
    /// Names it.
    pub id: i64,
    /// Who told it, from the first; several phones may.
    pub told_by: Vec<String>,
    /// When it was told first.
    #[schema(value_type = i64)]
    pub told_at: ServerTime,
    /// Who dealt with it, and when.
    pub settled: Option<Settled>,
}

/// That somebody dealt with something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Settled {
    /// Who.
    pub person_name: String,
    /// When.
    #[schema(value_type = i64)]
    pub at: ServerTime,
}

/// Decisions on a visit that the store doesn't have.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct LostDecisions {
    /// Who told it.
    #[serde(flatten)]
    pub hearsay: Hearsay,
    /// The visit.
    #[schema(value_type = String, format = "uuid")]
    pub visit: VisitId,
    /// The cooperative, where the store has the visit.
    pub cooperative_name: Option<String>,
    /// Where the visit stands now, where the store has it.
    #[schema(value_type = Option<String>)]
    pub status: Option<Status>,
    /// The decisions, oldest first.
    pub decisions: Vec<LostDecision>,
}

/// A decision that the store doesn't have.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct LostDecision {
    /// What was decided.
    #[schema(value_type = String, example = "approved")]
    pub verdict: Verdict,
    /// Who decided.
    pub reviewer_name: String,
    /// When.
    #[schema(value_type = i64)]
    pub at: ServerTime,
    /// In general.
    pub comment: String,
    /// How many items had comments of their own.
    pub item_comments: usize,
}

/// A row of the register that the store has otherwise, or not at all.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct LostRow {
    /// Who told it.
    #[serde(flatten)]
    pub hearsay: Hearsay,
    /// Which table.
    pub table: String,
    /// Its key there.
    pub key: String,
    /// As it stands now; none where there is no such row.
    #[schema(value_type = Option<Object>)]
    pub before: Option<serde_json::Value>,
    /// As it is remembered.
    #[schema(value_type = Object)]
    pub remembered: serde_json::Value,
}

/// Whose question it is.
#[derive(Debug, Clone)]
pub struct Asker {
    /// The areas whose decisions it is about.
    pub decisions_in: Vec<AreaCode>,
    /// The areas whose other rows it is about.
    pub rows_in: Vec<AreaCode>,
    /// Whether it is also about visits that the store doesn't have.
    pub of_nowhere: bool,
}

/// What was written since the backup, within the asker's areas.
pub fn written_since(connection: &Connection, epoch: u64, asker: &Asker) -> Result<WrittenSince, Failed> {
    let mut decisions = Vec::new();
    let mut rows = Vec::new();
    let mut seen = BTreeSet::new();
    for kept in kept_rows(connection, asker)? {
        // The newest state of a row stands for all that are remembered of it.
        if !seen.insert((kept.table.clone(), kept.key.clone())) {
            continue;
        }
        if kept.table == reviews::TABLE {
            decisions.extend(lost_decisions(connection, kept)?);
        } else {
            let remembered = read_json(&kept.value)?;
            let before = kept.before.as_deref().map(read_json).transpose()?;
            let KeptRow { hearsay, table, key, .. } = kept;
            rows.push(LostRow { hearsay, table, key, before, remembered });
        }
    }
    Ok(WrittenSince {
        restores: restore_rows(connection)?,
        rolled_back: told(connection, epoch)?,
        decisions,
        rows,
    })
}

/// The ids of what is open to the asker.
pub fn open_to(connection: &Connection, asker: &Asker) -> Result<BTreeSet<i64>, Failed> {
    Ok(kept_rows(connection, asker)?.into_iter().map(|kept| kept.hearsay.id).collect())
}

struct KeptRow {
    hearsay: Hearsay,
    table: String,
    key: String,
    value: String,
    before: Option<String>,
}

fn kept_rows(connection: &Connection, asker: &Asker) -> Result<Vec<KeptRow>, Failed> {
    let sql = format!(
        "SELECT id, table_name, key, value, before, settled_at, settled_by,
           (SELECT json_group_array(p.name ORDER BY b.at, p.name)
            FROM remembered_by b JOIN people p ON p.id = b.person WHERE b.remembered = lost.id),
           (SELECT min(at) FROM remembered_by b WHERE b.remembered = lost.id)
         FROM (SELECT r.*, coalesce(v.area, r.area) AS lies_in, register.value AS before, who.name AS settled_by
               FROM (SELECT id, table_name, key, area, seq, value, settled_at, settled_by AS settler
                     FROM remembered_rows) r
               LEFT JOIN visits v ON r.table_name = :reviews AND v.visit = r.key
               LEFT JOIN register_rows register ON register.table_name = r.table_name AND register.key = r.key
               LEFT JOIN people who ON who.id = r.settler) AS lost
         WHERE before IS NOT value
           AND (CASE WHEN table_name = :reviews THEN {} ELSE {} END OR (lies_in IS NULL AND :of_nowhere))
           AND (lies_in IS NULL OR EXISTS (
             SELECT 1 FROM remembered_by b, json_each(b.scope) s
             WHERE b.remembered = lost.id AND lies_in >= s.value AND lies_in < s.value || ':'))
         ORDER BY settled_at IS NOT NULL, seq DESC, id DESC LIMIT {ROWS_MAX}",
        within("lies_in", ":decisions_in"),
        within("lies_in", ":rows_in"),
    );
    let mut rows = connection.prepare_cached(&sql)?;
    let rows = rows.query_map(
        named_params! {
            ":reviews": reviews::TABLE,
            ":decisions_in": Json(&asker.decisions_in),
            ":rows_in": Json(&asker.rows_in),
            ":of_nowhere": asker.of_nowhere,
        },
        |row| {
            let settled_at: Option<Moment> = row.get(5)?;
            let (Json(told_by), Moment(told_at)) = (row.get(7)?, row.get(8)?);
            let settled = match (settled_at, row.get(6)?) {
                (Some(Moment(at)), Some(person_name)) => Some(Settled { person_name, at }),
                _ => None,
            };
            Ok(KeptRow {
                hearsay: Hearsay { id: row.get(0)?, told_by, told_at, settled },
                table: row.get(1)?,
                key: row.get(2)?,
                value: row.get(3)?,
                before: row.get(4)?,
            })
        },
    )?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The remembered decisions that the store doesn't have; none where it has them all.
fn lost_decisions(connection: &Connection, kept: KeptRow) -> Result<Option<LostDecisions>, Failed> {
    let unreadable = |_| Failed::Contradiction(format!("remembered row {} can't be read", kept.hearsay.id));
    let visit: VisitId = kept.key.parse().map_err(unreadable)?;
    let remembered: Vec<Review> = serde_json::from_value(read_json(&kept.value)?)
        .map_err(|_| Failed::Contradiction(format!("remembered row {} can't be read", kept.hearsay.id)))?;
    let had = reviews::of_visit(connection, visit)?;
    let named = |review: &Review| (review.reviewer, review.at, review.verdict);
    let is_had = |lost: &Review| had.iter().any(|had| named(had) == named(lost));
    let decisions: Vec<LostDecision> = remembered
        .into_iter()
        .filter(|review| !is_had(review))
        .map(|review| LostDecision {
            verdict: review.verdict,
            reviewer_name: review.reviewer_name,
            at: review.at,
            comment: review.comment,
            item_comments: review.item_comments.len(),
        })
        .collect();
    if decisions.is_empty() {
        return Ok(None);
    }
    let now: Option<(Option<String>, Option<Word<Status>>)> = connection
        .prepare_cached(
            "SELECT c.name, f.status FROM visits v LEFT JOIN cooperatives c ON c.id = v.cooperative
             LEFT JOIN visit_facts f USING (visit) WHERE v.visit = ?1",
        )?
        .query_row([Text(visit)], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let (cooperative_name, status) = now.unwrap_or_default();
    let status = status.map(|Word(status)| status);
    Ok(Some(LostDecisions { hearsay: kept.hearsay, visit, cooperative_name, status, decisions }))
}

fn read_json(text: &str) -> Result<serde_json::Value, Failed> {
    serde_json::from_str(text)
        .map_err(|error| Failed::Contradiction(format!("a kept row is no JSON: {error}")))
}

fn restore_rows(connection: &Connection) -> Result<Vec<RestoreRow>, Failed> {
    let row = |restore: restores::Restore| {
        let told = told(connection, restore.of_epoch)?.map(|told| told.seq);
        let reached = told.max(restore.replaced_seq);
        let lost_at_least =
            reached.map(|reached| reached.saturating_sub(restore.seq)).filter(|lost| *lost > 0);
        let restores::Restore { at, backup_made_at, backup_name, seq, .. } = restore;
        Ok(RestoreRow { at, backup_made_at, backup_name, seq, lost_at_least })
    };
    restores::all(connection)?.into_iter().map(row).collect()
}

/// The furthest that any phone has followed the log of a life and this store doesn't have.
fn told(connection: &Connection, epoch: u64) -> Result<Option<Told>, Failed> {
    let told = connection
        .prepare_cached(
            "SELECT seq, name, at FROM told_positions JOIN people ON people.id = person
             WHERE epoch = ?1 ORDER BY seq DESC, at LIMIT 1",
        )?
        .query_row([Bits(epoch)], |row| {
            let (Bits(seq), Moment(at)) = (row.get(0)?, row.get(2)?);
            Ok(Told { seq, person_name: row.get(1)?, at })
        })
        .optional()?;
    Ok(told)
}
