//! Coverage: of the cooperatives due a visit in a calendar period, how many had one that counts. Every
//! figure is a list of cooperatives before it is a number.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::due::{by_cooperative, due_visit, follow_up_due_on};
use super::{PatrolRules, Period, VisitFacts, attempted, counts};
use crate::domain::{AreaCode, Cooperative, CooperativeId, Day, ServerTime};
use crate::findings::fold;

/// Names the rule by which these figures pick, for readers and exports: coverage = counted / due.
pub const RULE: &str = "coverage@1";

/// In which figures of a period a cooperative stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CooperativeCoverage {
    /// The cooperative.
    pub cooperative: CooperativeId,
    /// Its township-level unit.
    pub area: AreaCode,
    /// A visit was due in the period. The other figures are taken among these only.
    pub due: bool,
    /// It had a handed-in visit that was held, in the period.
    pub visited: bool,
    /// It had a visit that counts, in the period. However many, it counts once.
    pub counted: bool,
    /// It was not visited, but tried.
    pub attempted: bool,
    /// A visit was overdue, as of the day asked about or the day after the period.
    pub overdue: bool,
    /// Its newest handed-in visit that was held, in whichever period.
    pub last_visit: Option<ServerTime>,
    /// The last day on which a visit in the period is, or was, in time; none where none was due.
    pub due_on: Option<Day>,
}

/// How many cooperatives stand in each figure. Coverage is `counted` of `due`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Totals {
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
}

impl Totals {
    /// Counts the cooperatives of each figure.
    pub fn of<'a>(cooperatives: impl IntoIterator<Item = &'a CooperativeCoverage>) -> Self {
        cooperatives.into_iter().fold(Self::default(), |totals, one| Self {
            due: totals.due + u32::from(one.due),
            visited: totals.visited + u32::from(one.visited),
            counted: totals.counted + u32::from(one.counted),
            attempted: totals.attempted + u32::from(one.attempted),
            overdue: totals.overdue + u32::from(one.overdue),
        })
    }
}

/// The totals of each township-level unit.
pub fn totals_by_area(cooperatives: &[CooperativeCoverage]) -> BTreeMap<AreaCode, Totals> {
    let mut areas: BTreeMap<AreaCode, Vec<&CooperativeCoverage>> = BTreeMap::new();
    for one in cooperatives {
        areas.entry(one.area.clone()).or_default().push(one);
    }
    areas.into_iter().map(|(area, ones)| (area, Totals::of(ones))).collect()
}

/// In which figures each cooperative stands, for a period, by the visits up to and with the day `as_of`.
///
/// Categories are those of the register as it is handed in; what a cooperative was before is not known
/// here. A cooperative established after the period was not due in it.
pub fn coverage(
    cooperatives: &[Cooperative],
    visits: &[VisitFacts],
    rules: &PatrolRules,
    period: &Period,
    as_of: Day,
) -> Vec<CooperativeCoverage> {
    let visits = by_cooperative(visits);
    let one = |cooperative: &Cooperative| {
        let of_it = visits.get(&cooperative.id).map_or(&[][..], Vec::as_slice);
        let so_far: Vec<&VisitFacts> = of_it.iter().copied().filter(|visit| visit.day() <= as_of).collect();
        of_cooperative(cooperative, &so_far, rules, period, as_of)
    };
    cooperatives.iter().map(one).collect()
}

fn of_cooperative(
    cooperative: &Cooperative,
    visits: &[&VisitFacts],
    rules: &PatrolRules,
    period: &Period,
    as_of: Day,
) -> CooperativeCoverage {
    let due = is_due(cooperative, visits, rules, period, as_of);
    let visited = visits.iter().any(|visit| visit.is_visit() && period.contains(visit.day()));
    let counted = visits.iter().any(|visit| counts(visit, period));
    let attempted = visits.iter().any(|visit| attempted(visit, period));
    let outstanding = due_visit(cooperative, rules, visits, as_of.min(period.next().first()));
    CooperativeCoverage {
        cooperative: cooperative.id,
        area: cooperative.area.clone(),
        due,
        visited: due && visited,
        counted: due && counted,
        attempted: due && attempted && !visited,
        overdue: due && outstanding.as_ref().is_some_and(|visit| visit.overdue_days > 0),
        last_visit: visits.iter().filter(|visit| visit.is_visit()).map(|visit| visit.time.at).max(),
        due_on: due.then(|| outstanding.map_or(period.last(), |visit| visit.due_on)),
    }
}

/// Whether a visit was due in the period: a regular one whose last day lies in it, or a follow-up whose
/// last day does, unless it was made before the period began.
fn is_due(
    cooperative: &Cooperative,
    visits: &[&VisitFacts],
    rules: &PatrolRules,
    period: &Period,
    as_of: Day,
) -> bool {
    if cooperative.established.is_some_and(|day| day > period.last()) {
        return false;
    }
    let Some((_, length)) = rules.strictest(cooperative, as_of.min(period.last())) else {
        return false;
    };
    // Calendar periods nest, so the last one of this length that touches the period ends in or after it.
    let last = length.of(period.last());
    let made_before = |visit: &&VisitFacts| counts(visit, &last) && visit.day() < period.first();
    let regular = last.last() == period.last() && !visits.iter().any(made_before);
    let follow_up = fold(visits, &[]).into_iter().any(|finding| {
        let Some(due) = finding.due else { return false };
        let mut looks = finding.looked_at_on();
        // Put right before it fell due, it asks for none.
        let looked_at_on =
            if finding.standing.is_open() { looks.find(|day| *day >= due) } else { looks.last() };
        period.contains(follow_up_due_on(due, rules)) && looked_at_on.is_none_or(|day| day >= period.first())
    });
    regular || follow_up
}

#[cfg(test)]
mod tests {
    use super::super::Outcome;
    use super::super::due::tests::{at, cooperative, counted, day, looking, raising};
    use super::*;
    use crate::commands::Rectification;
    use crate::domain::OperatingStatus;
    use crate::review::Status;

    fn of(visits: &[VisitFacts], period: &str, as_of: &str) -> CooperativeCoverage {
        of_one(cooperative(), visits, period, as_of)
    }

    fn of_one(
        cooperative: Cooperative,
        visits: &[VisitFacts],
        period: &str,
        as_of: &str,
    ) -> CooperativeCoverage {
        let rules = PatrolRules::default();
        coverage(&[cooperative], visits, &rules, &period.parse().unwrap(), day(as_of)).remove(0)
    }

    #[test]
    fn a_counted_cooperative_counts_once_however_often_it_was_visited() {
        let one = of(&[counted("2026-07-01"), counted("2026-08-01")], "2026-H2", "2026-09-01");
        assert!(one.due && one.visited && one.counted && !one.attempted && !one.overdue);
        let totals = Totals::of([&one]);
        assert_eq!(totals, Totals { due: 1, visited: 1, counted: 1, attempted: 0, overdue: 0 });
        assert_eq!(one.last_visit, Some(at("2026-08-01").at));
    }

    #[test]
    fn a_visit_counts_in_its_own_period_only() {
        let visits = [counted("2026-06-30")];
        assert!(of(&visits, "2026-H1", "2026-09-01").counted);
        let later = of(&visits, "2026-H2", "2026-09-01");
        assert!(later.due && !later.visited && !later.counted);
        assert_eq!(later.last_visit, Some(at("2026-06-30").at));
        assert_eq!(later.due_on, Some(day("2026-12-31")));
    }

    #[test]
    fn a_visit_without_a_fix_is_visited_but_not_counted() {
        let one = of(&[VisitFacts { located: false, ..counted("2026-07-01") }], "2026-H2", "2026-09-01");
        assert!(one.visited && !one.counted && !one.attempted);
    }

    #[test]
    fn one_that_was_tried_is_attempted_until_it_is_visited() {
        let tried = VisitFacts { outcome: Some(Outcome::NobodyThere), ..counted("2026-07-01") };
        let one = of(std::slice::from_ref(&tried), "2026-H2", "2026-09-01");
        assert!(one.attempted && !one.visited && one.last_visit.is_none());
        let one = of(&[tried, counted("2026-08-01")], "2026-H2", "2026-09-01");
        assert!(!one.attempted && one.counted);
    }

    #[test]
    fn a_rejected_or_withdrawn_visit_is_neither_visited_nor_counted() {
        for status in [Status::Rejected, Status::Withdrawn, Status::InProgress] {
            let one = of(&[VisitFacts { status, ..counted("2026-07-01") }], "2026-H2", "2026-09-01");
            assert!(one.due && !one.visited && !one.counted && !one.attempted, "{status:?}");
        }
    }

    #[test]
    fn a_visit_after_the_day_asked_about_is_not_seen() {
        assert!(!of(&[counted("2026-08-01")], "2026-H2", "2026-07-31").counted);
        assert!(of(&[counted("2026-08-01")], "2026-H2", "2026-08-01").counted);
    }

    #[test]
    fn nothing_of_a_deregistered_or_later_established_cooperative_is_due_or_counted() {
        let visits = [counted("2026-07-01")];
        let gone = Cooperative { operating_status: OperatingStatus::Deregistered, ..cooperative() };
        let one = of_one(gone, &visits, "2026-H2", "2026-09-01");
        assert!(!one.due && !one.visited && !one.counted && one.due_on.is_none());
        let young = || Cooperative { established: Some(day("2026-07-01")), ..cooperative() };
        assert!(!of_one(young(), &[], "2026-H1", "2026-09-01").due);
        assert!(of_one(young(), &[], "2026-H2", "2026-09-01").due);
    }

    #[test]
    fn in_a_shorter_period_a_regular_visit_is_due_where_its_last_day_lies() {
        assert!(!of(&[], "2026-07", "2026-09-01").due);
        assert!(of(&[], "2026-12", "2026-12-01").due);
        let visited_before = [counted("2026-08-01")];
        assert!(!of(&visited_before, "2026-12", "2026-12-01").due);
        let visited_in_it = [counted("2026-12-02")];
        assert!(of(&visited_in_it, "2026-12", "2026-12-31").counted);
    }

    #[test]
    fn a_follow_up_is_due_in_the_period_where_its_last_day_lies() {
        let found = raising("2026-07-28", "2026-07-01");
        assert!(!of(std::slice::from_ref(&found), "2026-07", "2026-09-01").due);
        let august = of(std::slice::from_ref(&found), "2026-08", "2026-09-01");
        assert!(august.due && august.overdue && !august.counted);
        let looked_at = looking(Rectification::PutRight, "2026-08-02");
        let followed_up = of(&[found.clone(), looked_at], "2026-08", "2026-09-01");
        assert!(followed_up.due && followed_up.counted && !followed_up.overdue);
        let looked_at = looking(Rectification::PutRight, "2026-07-29");
        assert!(!of(&[found, looked_at], "2026-08", "2026-09-01").due, "made before the month");
    }

    #[test]
    fn a_missed_period_shows_as_overdue_in_it_and_after_it() {
        let visits = [counted("2025-08-01")];
        assert!(!of(&visits, "2026-H1", "2026-06-30").overdue);
        assert!(of(&visits, "2026-H1", "2026-07-01").overdue);
        let now = of(&visits, "2026-H2", "2026-09-01");
        assert!(now.overdue);
        assert_eq!(now.due_on, Some(day("2026-06-30")));
        let made_up = [counted("2025-08-01"), counted("2026-08-01")];
        assert!(of(&made_up, "2026-H1", "2026-09-01").overdue, "late is not in time");
        assert!(!of(&made_up, "2026-H2", "2026-09-01").overdue);
    }

    #[test]
    fn totals_are_counted_by_area() {
        let elsewhere = Cooperative {
            id: CooperativeId::from_bytes([2; 16]),
            area: "140602101".parse().unwrap(),
            ..cooperative()
        };
        let rules = PatrolRules::default();
        let period = "2026-H2".parse().unwrap();
        let visits = [counted("2026-08-01")];
        let ones = coverage(&[cooperative(), elsewhere], &visits, &rules, &period, day("2026-09-01"));
        let by_area = totals_by_area(&ones);
        assert_eq!(by_area[&cooperative().area].counted, 1);
        assert_eq!(by_area[&"140602101".parse().unwrap()], Totals { due: 1, ..Totals::default() });
        assert_eq!(Totals::of(&ones).due, 2);
    }
}
