//! Work on what was refused: seeing what it would have written, letting it in, or deciding that it stays
//! out. Either is written down with who, when and why; nothing is deleted.

use std::collections::{BTreeMap, BTreeSet};

use rusqlite::{Connection, Transaction};
use serde::Serialize;
use sync_core::commands::{Command, NOTE_CHARS_MAX};
use sync_core::document::{FieldChange, Record};
use sync_core::domain::{AreaCode, ChangeHash, ChecklistRef, PersonId, PhoneTime, ServerTime};
use sync_core::wire::{RefusalCode, Resolution};
use utoipa::ToSchema;

use crate::ingest::reading::{self, Reading};
use crate::ingest::{Intake, Release};
use crate::queries;
use crate::queries::quarantine::ParcelRow;
use crate::store::quarantine::{self, Kept, Parcel, Resolved, is_beyond_release};
use crate::store::{Failed, Store, changes, documents, people, visits};

/// A page shows, and one request works on, so many changes of a parcel at most.
const CHANGES_MAX: u32 = 500;

/// Who works on what was refused, and where.
#[derive(Debug, Clone)]
pub struct Authority {
    /// Who.
    pub person: PersonId,
    /// The areas whose refused changes the person may decide about.
    pub areas: Vec<AreaCode>,
    /// Whether the person answers for what belongs to no known area.
    pub of_nowhere: bool,
}

impl Authority {
    fn covers(&self, area: Option<&AreaCode>) -> bool {
        match area {
            Some(area) => self.areas.iter().any(|granted| granted.contains(area)),
            None => self.of_nowhere,
        }
    }
}

/// Why nothing was done.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    /// No such refused change where the person may decide.
    #[error("no such refused change")]
    Unknown,
    /// The person sent it.
    #[error("a person does not decide about their own work")]
    OwnWork,
    /// Who decides must say why.
    #[error("a reason is required")]
    ReasonRequired,
    /// Something asked for exceeds a limit.
    #[error("{0}")]
    BadValue(&'static str),
    /// The server has no room to try a release now.
    #[error("no room to try it now")]
    NoRoom,
    /// The store could not answer.
    #[error(transparent)]
    Store(#[from] Failed),
}

/// What became of a refused change that somebody decided about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct Outcome {
    /// Its number.
    pub id: i64,
    /// What became of it; none where it is still open.
    #[schema(value_type = Option<String>, example = "released")]
    pub resolution: Option<Resolution>,
    /// Why it is not in its record, where it isn't.
    #[schema(value_type = String, example = "not_granted")]
    pub code: RefusalCode,
}

/// Lets refused changes into their records, as their authors' and as received when they came: they go
/// through every step again, under the grant of whoever releases them. What was resolved before stays as
/// it is, what a step refuses again stays open.
///
/// # Errors
/// Where the person may not decide about all of them, or doesn't say why; where the server has no room to
/// try them now.
pub async fn release(
    store: &Store,
    intake: &Intake,
    by: Authority,
    ids: Vec<i64>,
    reason: String,
    now: ServerTime,
) -> Result<Vec<Outcome>, Refused> {
    let release =
        Release { by: by.person, areas: by.areas.clone(), reason: reason.trim().to_owned(), at: now };
    let asked = ids.clone();
    let kept = store.read(move |c| decidable(c, &by, &asked, &reason)).await?;
    let runs: Vec<Kept> =
        kept.into_iter().filter(|kept| kept.resolved.is_none() && !is_beyond_release(kept.code)).collect();
    // A push at a time: what follows may build on it.
    for pushed in runs.chunk_by(|a, b| (a.parcel(), a.received_at) == (b.parcel(), b.received_at)) {
        if intake.release(store, pushed, &release).await?.is_some() {
            return Err(Refused::NoRoom);
        }
    }
    store.read(move |c| outcomes(c, &ids)).await
}

/// Decides that refused changes stay out of their records. They are kept, and readable, with the reason.
///
/// # Errors
/// Where the person may not decide about all of them, or doesn't say why.
pub fn dismiss(
    tx: &Transaction<'_>,
    by: &Authority,
    ids: &[i64],
    reason: &str,
    now: ServerTime,
) -> Result<Vec<Outcome>, Refused> {
    let reason_given = reason.trim().to_owned();
    let resolved =
        Resolved { resolution: Resolution::Dismissed, by: by.person, at: now, reason: reason_given };
    for kept in decidable(tx, by, ids, reason)? {
        quarantine::resolve(tx, kept.id, &resolved)?;
    }
    outcomes(tx, ids)
}

/// The changes with these numbers, if the person may decide about all of them.
fn decidable(tx: &Connection, by: &Authority, ids: &[i64], reason: &str) -> Result<Vec<Kept>, Refused> {
    if ids.is_empty() || ids.len() > CHANGES_MAX as usize {
        return Err(Refused::BadValue("at least one change, and at most 500"));
    }
    if reason.trim().is_empty() {
        return Err(Refused::ReasonRequired);
    }
    if reason.chars().count() > NOTE_CHARS_MAX {
        return Err(Refused::BadValue("the reason is too long"));
    }
    let kept = quarantine::by_ids(tx, ids)?;
    let parcels: BTreeSet<Parcel> = kept.iter().map(Kept::parcel).collect();
    for parcel in parcels {
        if !by.covers(quarantine::area(tx, parcel)?.as_ref()) {
            return Err(Refused::Unknown);
        }
        if parcel.person == by.person {
            return Err(Refused::OwnWork);
        }
    }
    if kept.len() == ids.iter().collect::<BTreeSet<_>>().len() { Ok(kept) } else { Err(Refused::Unknown) }
}

fn outcomes(tx: &Connection, ids: &[i64]) -> Result<Vec<Outcome>, Refused> {
    let outcome = |kept: Kept| Outcome {
        id: kept.id,
        resolution: kept.resolved.map(|resolved| resolved.resolution),
        code: kept.code,
    };
    Ok(quarantine::by_ids(tx, ids)?.into_iter().map(outcome).collect())
}

/// One parcel on a page, read as far as it can be.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct ParcelPage {
    /// Whose it is, from where, of which visit.
    #[serde(flatten)]
    pub parcel: ParcelRow,
    /// The checklist it was made with, where this server has it.
    #[schema(value_type = Option<String>, example = "quality-2021@1")]
    pub checklist: Option<ChecklistRef>,
    /// The record is here: the visit was accepted in part.
    pub has_record: bool,
    /// The changes, each after those it depends on.
    pub changes: Vec<RefusedChange>,
    /// What the record would say otherwise with those that are open.
    #[schema(value_type = Vec<Object>)]
    pub differences: Vec<FieldChange>,
    /// Who is who on this page.
    #[schema(value_type = BTreeMap<String, String>)]
    pub people: BTreeMap<PersonId, String>,
    /// The asker may decide about it: that it stays out or, where nothing keeps from that, to release it.
    pub can_decide: bool,
}

/// A refused change, read as far as it can be.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct RefusedChange {
    /// Its number.
    pub id: i64,
    /// Its name, or the hash of bytes that are no change.
    #[schema(value_type = String)]
    pub hash: ChangeHash,
    /// Why it is not in its record, as last found.
    #[schema(value_type = String, example = "not_granted")]
    pub code: RefusalCode,
    /// When it came.
    #[schema(value_type = i64)]
    pub received_at: ServerTime,
    /// How large it is.
    pub bytes: usize,
    /// The refused change it builds on, where that is why.
    #[schema(value_type = Option<String>)]
    pub depends_on: Option<ChangeHash>,
    /// When it was written, by its author's phone, where that can be read.
    #[schema(value_type = Option<i64>)]
    pub at: Option<PhoneTime>,
    /// What its author did, where that can be read.
    #[schema(value_type = Option<Vec<Object>>)]
    pub commands: Option<Vec<Command>>,
    /// What keeps the asker from releasing it; none where it may be tried.
    pub why_not: Option<WhyNot>,
    /// What became of it; none while it is open.
    #[schema(value_type = Option<String>, example = "dismissed")]
    pub resolution: Option<Resolution>,
    /// Who resolved it.
    #[schema(value_type = Option<String>, format = "uuid")]
    pub resolved_by: Option<PersonId>,
    /// When.
    #[schema(value_type = Option<i64>)]
    pub resolved_at: Option<ServerTime>,
    /// Why, in that person's words.
    pub reason: Option<String>,
}

/// What keeps somebody from releasing a refused change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum WhyNot {
    /// It was resolved.
    Resolved,
    /// It can never be part of the record.
    BeyondRelease,
    /// It builds on a refused change that stays out.
    BuildsOnRefused,
    /// Nothing says to which area it belongs.
    NoArea,
    /// The asker is not a supervisor of its area.
    NotYours,
    /// The asker sent it.
    OwnWork,
}

/// Who asks to see what was refused.
#[derive(Debug, Clone)]
pub struct Asker {
    /// Where the person may decide about it.
    pub decides: Authority,
    /// Where the person may read what records say.
    pub reads: Authority,
    /// Where the person may see that something was refused, and why.
    pub sees: Authority,
}

/// The page of a parcel; none where there is no such parcel that the asker may see.
pub fn page(connection: &Connection, parcel: Parcel, asker: &Asker) -> Result<Option<ParcelPage>, Failed> {
    Ok(open(connection, parcel, asker)?.map(|(page, _)| page))
}

/// Everything of a parcel: its page, and the changes as they came. None where there is no such parcel
/// whose contents the asker may read.
pub fn export(
    connection: &Connection,
    parcel: Parcel,
    asker: &Asker,
) -> Result<Option<(ParcelPage, Vec<Kept>)>, Failed> {
    let readers = Asker { sees: asker.reads.clone(), ..asker.clone() };
    open(connection, parcel, &readers)
}

fn open(
    connection: &Connection,
    parcel: Parcel,
    asker: &Asker,
) -> Result<Option<(ParcelPage, Vec<Kept>)>, Failed> {
    let area = quarantine::area(connection, parcel)?;
    let Some(row) = queries::quarantine::parcel(connection, parcel)? else { return Ok(None) };
    if !asker.sees.covers(area.as_ref()) {
        return Ok(None);
    }
    let kept = quarantine::of_parcel(connection, parcel, CHANGES_MAX)?;
    let record = record(connection, &kept)?;
    let has_record = record.is_some() && visits::get(connection, parcel.visit)?.is_some();
    let authors = changes::authors(connection, parcel.visit)?;
    let mut reading = match &record {
        Some(record) if asker.reads.covers(area.as_ref()) => {
            reading::read(record, &authors, parcel.person, &kept)
        }
        _ => Reading::default(),
    };
    let named = kept.iter().filter_map(|kept| kept.resolved.as_ref().map(|resolved| resolved.by));
    let people = people::names(connection, authors.into_values().chain(named).chain([parcel.person]))?;
    let why_not = why_not(&kept, area.as_ref(), asker);
    let changes = kept.iter().zip(why_not).map(|(kept, why_not)| {
        let entry = reading.entries.remove(&kept.hash);
        let resolved = kept.resolved.as_ref();
        RefusedChange {
            id: kept.id,
            hash: kept.hash,
            code: kept.code,
            received_at: kept.received_at,
            bytes: kept.bytes.len(),
            depends_on: kept.depends_on,
            at: entry.as_ref().map(|entry| entry.at),
            commands: entry.map(|entry| entry.commands),
            why_not,
            resolution: resolved.map(|resolved| resolved.resolution),
            resolved_by: resolved.map(|resolved| resolved.by),
            resolved_at: resolved.map(|resolved| resolved.at),
            reason: resolved.map(|resolved| resolved.reason.clone()),
        }
    });
    let page = ParcelPage {
        changes: changes.collect(),
        checklist: record.map(|record| record.checklist().reference()),
        has_record,
        differences: reading.differences,
        people,
        can_decide: asker.decides.covers(area.as_ref()) && asker.decides.person != parcel.person,
        parcel: row,
    };
    Ok(Some((page, kept)))
}

/// The record on which the changes were written, as it stands here: that of the visit or, where their
/// sender named another first change, the one in which nothing was written yet.
fn record(connection: &Connection, kept: &[Kept]) -> Result<Option<Record>, Failed> {
    let Some(first) = kept.first() else { return Ok(None) };
    let known = visits::get(connection, first.visit)?.filter(|visit| visit.genesis == first.genesis);
    let saved = match known {
        Some(visit) => documents::load(connection, &visit.genesis)?,
        None => None,
    };
    Ok(saved.or_else(|| Record::genesis(&first.genesis).ok()))
}

/// What keeps the asker from releasing each of these changes, which come each after those it depends on.
fn why_not(kept: &[Kept], area: Option<&AreaCode>, asker: &Asker) -> Vec<Option<WhyNot>> {
    let mut out: BTreeSet<ChangeHash> = BTreeSet::new();
    let mut why_not = Vec::new();
    for change in kept {
        let resolution = change.resolved.as_ref().map(|resolved| resolved.resolution);
        let builds_on_out = change.depends_on.is_some_and(|base| out.contains(&base));
        if resolution != Some(Resolution::Released)
            && (resolution.is_some() || is_beyond_release(change.code) || builds_on_out)
        {
            out.insert(change.hash);
        }
        why_not.push(if resolution.is_some() {
            Some(WhyNot::Resolved)
        } else if is_beyond_release(change.code) {
            Some(WhyNot::BeyondRelease)
        } else if builds_on_out {
            Some(WhyNot::BuildsOnRefused)
        } else if area.is_none() {
            Some(WhyNot::NoArea)
        } else if !asker.decides.covers(area) {
            Some(WhyNot::NotYours)
        } else if change.person == asker.decides.person {
            Some(WhyNot::OwnWork)
        } else {
            None
        });
    }
    why_not
}
