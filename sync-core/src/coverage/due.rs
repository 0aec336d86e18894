//! Which cooperatives are due a visit: from the rules, the register and the visits so far. Nobody types
//! a due list.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use time::Duration;

use super::{PatrolRules, Period, VisitFacts};
use crate::domain::{Cooperative, CooperativeId, Day, OperatingStatus};
use crate::findings::fold;

/// Why a visit is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DueReason {
    /// A finding should have been put right, and nobody has seen that it was.
    FollowUp,
    /// It is a shell.
    Shell,
    /// It is on its way out.
    Exiting,
    /// It is stopped.
    Stopped,
    /// It doesn't meet the five haves.
    FiveHavesNotMet,
    /// It holds a title.
    Titled,
    /// It was established this year.
    NewlyRegistered,
    /// It operates normally.
    Normal,
}

/// A visit that is due.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DueVisit {
    /// The cooperative to visit.
    pub cooperative: CooperativeId,
    /// Why.
    pub reason: DueReason,
    /// The last day on which the visit is in time.
    pub due_on: Day,
    /// Days since then; 0 where there is still time.
    pub overdue_days: u32,
    /// The period whose regular visit it is; none for a follow-up.
    pub period: Option<Period>,
}

/// The visit that is due at a cooperative, the most pressing where several rules ask for one.
///
/// `visits` are those to this cooperative, in any order. Regularly, one counted visit is due in every
/// period of the strictest rule. The first period after the newest counted visit is the one that is due,
/// so a period that was missed makes the visit overdue since that period's end. One never visited is due
/// by the end of the running period. A finding that fell due asks for a follow-up until it is put right, within
/// the days that the rules set after it fell due or was last looked at.
pub fn due_visit(
    cooperative: &Cooperative,
    rules: &PatrolRules,
    visits: &[&VisitFacts],
    today: Day,
) -> Option<DueVisit> {
    let so_far: Vec<&VisitFacts> = visits.iter().copied().filter(|visit| visit.day() <= today).collect();
    let follow_up = fold(&so_far, &[])
        .into_iter()
        .filter(|finding| finding.standing.is_open())
        .filter_map(|finding| {
            let due = finding.due.filter(|due| *due <= today)?;
            let looked_at_on = finding.looked_at_on().last().unwrap_or(due);
            Some((follow_up_due_on(due.max(looked_at_on), rules), DueReason::FollowUp, None))
        })
        .filter(|_| cooperative.operating_status != OperatingStatus::Deregistered);
    let regular = rules.strictest(cooperative, today).and_then(|(reason, length)| {
        let running = length.of(today);
        let newest = so_far.iter().filter(|visit| visit.is_counted()).map(|visit| visit.day()).max();
        let period = match newest.map(|day| length.of(day)) {
            None => running,
            Some(visited) if visited == running => return None,
            Some(visited) => visited.next(),
        };
        Some((period.last(), reason, Some(period)))
    });
    let most_pressing = follow_up.chain(regular).min_by_key(|(due_on, reason, _)| (*due_on, *reason));
    most_pressing.map(|(due_on, reason, period)| DueVisit {
        cooperative: cooperative.id,
        reason,
        due_on,
        overdue_days: u32::try_from((today.0 - due_on.0).whole_days()).unwrap_or(0),
        period,
    })
}

/// Every visit that is due at these cooperatives, the most pressing first.
pub fn due_visits<'a>(
    cooperatives: impl IntoIterator<Item = &'a Cooperative>,
    rules: &PatrolRules,
    visits: &[VisitFacts],
    today: Day,
) -> Vec<DueVisit> {
    let mut due: Vec<DueVisit> = cooperatives
        .into_iter()
        .filter_map(|cooperative| {
            let of_it: Vec<_> = visits.iter().filter(|visit| visit.cooperative == cooperative.id).collect();
            due_visit(cooperative, rules, &of_it, today)
        })
        .collect();
    due.sort_by_key(|visit| (visit.due_on, visit.reason, visit.cooperative));
    due
}

/// The visits by the cooperative visited.
pub(super) fn by_cooperative(visits: &[VisitFacts]) -> BTreeMap<CooperativeId, Vec<&VisitFacts>> {
    let mut by: BTreeMap<CooperativeId, Vec<&VisitFacts>> = BTreeMap::new();
    for visit in visits {
        by.entry(visit.cooperative).or_default().push(visit);
    }
    by
}

/// The last day on which a follow-up is in time, where the rectification fell due, or was last looked at, on
/// this day.
pub(super) fn follow_up_due_on(day: Day, rules: &PatrolRules) -> Day {
    Day(day.0.saturating_add(Duration::days(rules.follow_up_days.into())))
}

#[cfg(test)]
pub(super) mod tests {
    use super::super::{JudgedTime, Outcome};
    use super::*;
    use crate::commands::Rectification;
    use crate::domain::{FindingId, ServerTime, VisitId};
    use crate::findings::{FollowedUp, Raised};
    use crate::review::Status;

    pub(in crate::coverage) fn day(text: &str) -> Day {
        text.parse().unwrap_or_else(|_| panic!("{text} is a day"))
    }

    /// Noon in China on that day, believed.
    pub(in crate::coverage) fn at(text: &str) -> JudgedTime {
        let noon = day(text).0.midnight().assume_utc().unix_timestamp() + 4 * 3600;
        JudgedTime { at: ServerTime(noon * 1000), flagged: false }
    }

    /// A visit to [`cooperative`] that counts.
    pub(in crate::coverage) fn counted(text: &str) -> VisitFacts {
        let time = at(text);
        let mut id = [0; 16];
        id[..8].copy_from_slice(&time.at.0.to_be_bytes());
        VisitFacts {
            visit: VisitId::from_bytes(id),
            cooperative: cooperative().id,
            outcome: Some(Outcome::Held),
            time,
            status: Status::Submitted,
            located: true,
            raised: Vec::new(),
            followed_up: Vec::new(),
        }
    }

    /// A finding that is to be put right by that day, raised at a counted visit.
    pub(in crate::coverage) fn raising(due: &str, text: &str) -> VisitFacts {
        let finding = FindingId::from_bytes([7; 16]);
        VisitFacts { raised: vec![Raised { finding, due: Some(day(due)) }], ..counted(text) }
    }

    /// A counted visit that looked at it.
    pub(in crate::coverage) fn looking(outcome: Rectification, text: &str) -> VisitFacts {
        let finding = FindingId::from_bytes([7; 16]);
        VisitFacts { followed_up: vec![FollowedUp { finding, outcome }], ..counted(text) }
    }

    /// A cooperative that operates normally and was established long ago.
    pub(in crate::coverage) fn cooperative() -> Cooperative {
        Cooperative {
            id: CooperativeId::from_bytes([1; 16]),
            name: "示例合作社".into(),
            initials: "slhzs".into(),
            provisional: false,
            area: "140602100".parse().unwrap(),
            credit_code: None,
            operating_status: OperatingStatus::Normal,
            address: String::new(),
            village: String::new(),
            chair: String::new(),
            telephone: String::new(),
            position: None,
            title: None,
            established: Some(day("2015-03-02")),
            products: String::new(),
            coordinator: None,
            five_haves_met: Some(true),
            newest_counted: None,
        }
    }

    fn due(visits: &[VisitFacts], today: &str) -> Option<DueVisit> {
        let visits: Vec<&VisitFacts> = visits.iter().collect();
        due_visit(&cooperative(), &PatrolRules::default(), &visits, day(today))
    }

    fn due_on(visits: &[VisitFacts], today: &str) -> Option<(Day, u32)> {
        due(visits, today).map(|due| (due.due_on, due.overdue_days))
    }

    #[test]
    fn one_never_visited_is_due_by_the_end_of_the_running_period() {
        assert_eq!(due_on(&[], "2026-05-04"), Some((day("2026-06-30"), 0)));
        assert_eq!(due_on(&[], "2026-07-01"), Some((day("2026-12-31"), 0)));
    }

    #[test]
    fn nothing_is_due_in_a_period_with_a_counted_visit() {
        let visits = [counted("2026-01-01")];
        assert_eq!(due_on(&visits, "2026-06-30"), None);
        assert_eq!(due_on(&visits, "2026-07-01"), Some((day("2026-12-31"), 0)));
    }

    #[test]
    fn a_missed_period_makes_it_overdue_since_that_periods_end() {
        let visits = [counted("2025-08-01")];
        assert_eq!(due_on(&visits, "2026-06-30"), Some((day("2026-06-30"), 0)));
        assert_eq!(due_on(&visits, "2026-07-01"), Some((day("2026-06-30"), 1)));
        let long_ago = [counted("2024-08-01")];
        assert_eq!(due_on(&long_ago, "2026-07-01"), Some((day("2025-06-30"), 366)));
    }

    #[test]
    fn a_visit_that_does_not_count_leaves_it_due() {
        let unlocated = VisitFacts { located: false, ..counted("2026-05-01") };
        let nobody = VisitFacts { outcome: Some(Outcome::NobodyThere), ..counted("2026-05-02") };
        let draft = VisitFacts { status: Status::InProgress, ..counted("2026-05-03") };
        assert_eq!(due_on(&[unlocated, nobody, draft], "2026-05-04"), Some((day("2026-06-30"), 0)));
    }

    #[test]
    fn a_visit_after_the_day_asked_about_is_not_seen() {
        assert_eq!(due_on(&[counted("2026-06-01")], "2026-05-04"), Some((day("2026-06-30"), 0)));
    }

    #[test]
    fn a_follow_up_is_due_within_seven_days_after_the_rectification_fell_due() {
        let visits = [raising("2026-05-20", "2026-05-01")];
        assert_eq!(due(&visits, "2026-05-19"), None, "there is still time to put it right");
        let follow_up = due(&visits, "2026-05-20").expect("due");
        assert_eq!((follow_up.reason, follow_up.due_on), (DueReason::FollowUp, day("2026-05-27")));
        assert_eq!(follow_up.period, None);
        assert_eq!(due_on(&visits, "2026-05-29"), Some((day("2026-05-27"), 2)));
    }

    #[test]
    fn a_visit_that_looks_at_the_finding_is_the_follow_up() {
        let found = raising("2026-05-20", "2026-05-01");
        let elsewhere = counted("2026-05-21");
        assert!(due(&[found.clone(), elsewhere], "2026-05-28").is_some(), "it looked at other things");
        let early = looking(Rectification::PutRight, "2026-05-19");
        assert_eq!(due(&[found.clone(), early], "2026-05-28"), None);
        let partly = looking(Rectification::Partly, "2026-05-22");
        assert_eq!(due_on(&[found, partly], "2026-05-28"), Some((day("2026-05-29"), 0)), "looked at again");
    }

    #[test]
    fn of_a_follow_up_and_a_regular_visit_the_one_due_first_wins() {
        let visits = [raising("2026-06-29", "2025-11-01")];
        let regular = due(&visits, "2026-06-29").expect("due");
        assert_eq!((regular.reason, regular.due_on), (DueReason::Normal, day("2026-06-30")));
        let visits = [raising("2026-05-20", "2025-11-01")];
        let follow_up = due(&visits, "2026-06-29").expect("due");
        assert_eq!((follow_up.reason, follow_up.overdue_days), (DueReason::FollowUp, 33));
    }

    #[test]
    fn the_most_pressing_comes_first_and_a_deregistered_one_not_at_all() {
        let with = |id: u8, change: fn(&mut Cooperative)| {
            let mut cooperative = cooperative();
            cooperative.id = CooperativeId::from_bytes([id; 16]);
            change(&mut cooperative);
            cooperative
        };
        let cooperatives = [
            with(1, |_| ()),
            with(2, |c| c.operating_status = OperatingStatus::Shell),
            with(3, |c| c.operating_status = OperatingStatus::Deregistered),
        ];
        let found = VisitFacts { cooperative: cooperatives[2].id, ..raising("2026-05-01", "2026-04-01") };
        let due = due_visits(&cooperatives, &PatrolRules::default(), &[found], day("2026-05-04"));
        let due: Vec<_> = due.iter().map(|due| (due.cooperative, due.reason)).collect();
        assert_eq!(due, [(cooperatives[1].id, DueReason::Shell), (cooperatives[0].id, DueReason::Normal)]);
    }
}
