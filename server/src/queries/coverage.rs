//! Coverage: of the cooperatives due a visit in a period, how many had one that counts; by township-level
//! unit, and the cooperatives behind every figure.

use std::collections::BTreeMap;

use rusqlite::{Connection, params};
use serde::{Deserialize, Serialize};
use sync_core::coverage::{self, CooperativeCoverage, Period, Totals, VisitFacts, counts};
use sync_core::domain::{AreaCode, Cooperative, CooperativeId, Day, ServerTime};
use utoipa::ToSchema;

use crate::read_tables::visit_facts;
use crate::store::areas::range;
use crate::store::columns::{Json, Moment, Text};
use crate::store::{Failed, areas, patrol_rules, people};

/// A list has so many lines at most.
const ROWS_MAX: usize = 1_000;
/// The digits of a township-level unit's code (GB/T 10114).
const UNIT_DIGITS: usize = 9;

/// Coverage of an area in a period.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Coverage {
    /// The period.
    #[schema(value_type = String, example = "2026-H2")]
    pub period: Period,
    /// Its first day.
    #[schema(value_type = String, format = "date")]
    pub from: Day,
    /// Its last day.
    #[schema(value_type = String, format = "date")]
    pub to: Day,
    /// The moment for which the figures are true.
    #[schema(value_type = i64)]
    pub as_of_at: ServerTime,
    /// The area.
    #[schema(value_type = String, example = "140602")]
    pub area: AreaCode,
    /// Names the rule that picked; coverage is counted / due.
    pub rule: &'static str,
    /// Every township-level unit, ascending by code.
    pub units: Vec<UnitFigures>,
    /// All units together.
    pub total: Figures,
}

/// The figures of a unit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct UnitFigures {
    /// The unit.
    #[schema(value_type = String, example = "140602100")]
    pub area: AreaCode,
    /// What it is called.
    pub area_name: String,
    /// Its figures.
    #[serde(flatten)]
    pub figures: Figures,
}

/// How many cooperatives stand in each figure.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Figures {
    /// A visit was due.
    pub due: u32,
    /// Visited.
    pub visited: u32,
    /// Visited so that it counts.
    pub counted: u32,
    /// Not visited, but tried.
    pub attempted: u32,
    /// With an overdue visit.
    pub overdue: u32,
    /// Visits that count, by week since the period's first day, up to the moment.
    pub weeks: Vec<u32>,
}

/// One of the figures, or what is missing to full coverage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Figure {
    /// A visit was due.
    Due,
    /// Visited.
    Visited,
    /// Visited so that it counts.
    Counted,
    /// Not visited, but tried.
    Attempted,
    /// With an overdue visit.
    Overdue,
    /// Due, and no visit counts.
    NotCounted,
}

impl Figure {
    fn holds(self, one: &CooperativeCoverage) -> bool {
        match self {
            Figure::Due => one.due,
            Figure::Visited => one.visited,
            Figure::Counted => one.counted,
            Figure::Attempted => one.attempted,
            Figure::Overdue => one.overdue,
            Figure::NotCounted => one.due && !one.counted,
        }
    }
}

/// A cooperative behind a figure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct CoverageRow {
    /// The cooperative.
    #[schema(value_type = String, format = "uuid")]
    pub id: CooperativeId,
    /// What it is called.
    pub name: String,
    /// Its unit.
    #[schema(value_type = String, example = "140602100")]
    pub area: AreaCode,
    /// What that is called.
    pub area_name: String,
    /// When somebody was last there, in whichever period.
    #[schema(value_type = Option<i64>)]
    pub last_visit_at: Option<ServerTime>,
    /// The last day on which a visit is, or was, in time.
    #[schema(value_type = Option<String>, format = "date")]
    pub due_on: Option<Day>,
    /// Its coordinator, by default those of its unit.
    pub coordinator_name: Option<String>,
}

/// The cooperatives behind a figure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct CoverageList {
    /// The ones due first come first.
    pub cooperatives: Vec<CoverageRow>,
    /// How many there are, be the list cut short.
    pub total: usize,
}

/// The figures of an area; none where there is no such area.
pub fn coverage(
    connection: &Connection,
    area: &AreaCode,
    period: Period,
    now: ServerTime,
) -> Result<Option<Coverage>, Failed> {
    if !areas::exists(connection, area)? {
        return Ok(None);
    }
    let of_area = OfArea::read(connection, area, period, now)?;
    let totals = coverage::totals_by_area(&of_area.ones);
    let weeks = of_area.weeks_by_unit();
    let unit = |(code, area_name)| {
        let figures = figures(
            totals.get(&code).copied().unwrap_or_default(),
            weeks.get(&code).cloned().unwrap_or_else(|| vec![0; of_area.weeks_so_far()]),
        );
        UnitFigures { area: code, area_name, figures }
    };
    let all_weeks = weeks.values().fold(vec![0; of_area.weeks_so_far()], |mut all, of_unit| {
        all.iter_mut().zip(of_unit).for_each(|(all, one)| *all += one);
        all
    });
    Ok(Some(Coverage {
        from: period.first(),
        to: period.last(),
        period,
        as_of_at: now,
        area: area.clone(),
        rule: coverage::RULE,
        units: units(connection, area)?.into_iter().map(unit).collect(),
        total: figures(Totals::of(&of_area.ones), all_weeks),
    }))
}

/// The cooperatives behind a figure; none where there is no such area.
pub fn behind(
    connection: &Connection,
    area: &AreaCode,
    period: Period,
    figure: Figure,
    now: ServerTime,
) -> Result<Option<CoverageList>, Failed> {
    if !areas::exists(connection, area)? {
        return Ok(None);
    }
    let of_area = OfArea::read(connection, area, period, now)?;
    let mut holding: Vec<(&Cooperative, &CooperativeCoverage)> =
        of_area.cooperatives.iter().zip(&of_area.ones).filter(|(_, one)| figure.holds(one)).collect();
    holding.sort_by_key(|(cooperative, one)| (one.due_on, &cooperative.area, &cooperative.name));
    let total = holding.len();
    holding.truncate(ROWS_MAX);
    let unit_names: BTreeMap<AreaCode, String> = units(connection, area)?.into_iter().collect();
    let responsible = people::names(connection, holding.iter().filter_map(|(one, _)| one.coordinator))?;
    let of_units = unit_coordinators(connection, area, now)?;
    let cooperatives = holding.into_iter().map(|(cooperative, one)| {
        let own = cooperative.coordinator.and_then(|person| responsible.get(&person));
        CoverageRow {
            id: cooperative.id,
            name: cooperative.name.clone(),
            area: cooperative.area.clone(),
            area_name: unit_names.get(&cooperative.area).cloned().unwrap_or_default(),
            last_visit_at: one.last_visit,
            due_on: one.due_on,
            coordinator_name: own.or_else(|| of_units.get(&cooperative.area)).cloned(),
        }
    });
    Ok(Some(CoverageList { cooperatives: cooperatives.collect(), total }))
}

fn figures(totals: Totals, weeks: Vec<u32>) -> Figures {
    let Totals { due, visited, counted, attempted, overdue } = totals;
    Figures { due, visited, counted, attempted, overdue, weeks }
}

/// What the rule says of the cooperatives of an area, in the same order.
struct OfArea {
    period: Period,
    today: Day,
    cooperatives: Vec<Cooperative>,
    visits: Vec<VisitFacts>,
    ones: Vec<CooperativeCoverage>,
}

impl OfArea {
    fn read(
        connection: &Connection,
        area: &AreaCode,
        period: Period,
        now: ServerTime,
    ) -> Result<Self, Failed> {
        let cooperatives = cooperatives(connection, area)?;
        let visits = visit_facts::of_area(connection, area)?;
        let rules = patrol_rules::current(connection)?;
        let today = now.day();
        let ones = coverage::coverage(&cooperatives, &visits, &rules, &period, today);
        Ok(Self { period, today, cooperatives, visits, ones })
    }

    /// The weeks of the period that have begun.
    fn weeks_so_far(&self) -> usize {
        let last = self.today.min(self.period.last());
        usize::try_from((last.0 - self.period.first().0).whole_days()).map_or(0, |days| days / 7 + 1)
    }

    fn weeks_by_unit(&self) -> BTreeMap<AreaCode, Vec<u32>> {
        let unit_of: BTreeMap<CooperativeId, &AreaCode> =
            self.cooperatives.iter().map(|cooperative| (cooperative.id, &cooperative.area)).collect();
        let mut weeks: BTreeMap<AreaCode, Vec<u32>> = BTreeMap::new();
        for visit in self.visits.iter().filter(|visit| counts(visit, &self.period)) {
            let Some(unit) = unit_of.get(&visit.cooperative) else { continue };
            let of_unit = weeks.entry((*unit).clone()).or_insert_with(|| vec![0; self.weeks_so_far()]);
            let week = usize::try_from((visit.day().0 - self.period.first().0).whole_days() / 7);
            if let Some(week) = week.ok().and_then(|week| of_unit.get_mut(week)) {
                *week += 1;
            }
        }
        weeks
    }
}

fn cooperatives(connection: &Connection, area: &AreaCode) -> Result<Vec<Cooperative>, Failed> {
    let (from, to) = range(area);
    let mut rows = connection
        .prepare_cached("SELECT value FROM cooperatives WHERE area >= ?1 AND area < ?2 ORDER BY id")?;
    let rows = rows.query_map([from, to], |row| Ok(row.get::<_, Json<Cooperative>>(0)?.0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

fn units(connection: &Connection, area: &AreaCode) -> Result<Vec<(AreaCode, String)>, Failed> {
    let (from, to) = range(area);
    let mut rows = connection
        .prepare_cached("SELECT code, name FROM areas WHERE code >= ?1 AND code < ?2 ORDER BY code")?;
    let rows = rows.query_map([from, to], |row| {
        let Text(code) = row.get(0)?;
        Ok((code, row.get(1)?))
    })?;
    let mut units: Vec<(AreaCode, String)> = rows.collect::<Result<_, _>>()?;
    units.retain(|(code, _)| code.as_str().len() == UNIT_DIGITS);
    Ok(units)
}

/// Who is coordinator of a unit itself; several are joined by 、.
fn unit_coordinators(
    connection: &Connection,
    area: &AreaCode,
    now: ServerTime,
) -> Result<BTreeMap<AreaCode, String>, Failed> {
    let (from, to) = range(area);
    let mut rows = connection.prepare_cached(
        "SELECT g.area, group_concat(p.name, '、' ORDER BY p.account)
         FROM (SELECT DISTINCT person, area FROM grants WHERE role = 'coordinator'
                 AND from_at <= ?3 AND (until_at IS NULL OR until_at > ?3)) g
         JOIN people p ON p.id = g.person
         WHERE g.area >= ?1 AND g.area < ?2 GROUP BY g.area",
    )?;
    let rows = rows.query_map(params![from, to, Moment(now)], |row| {
        let Text(area) = row.get(0)?;
        Ok((area, row.get(1)?))
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}
