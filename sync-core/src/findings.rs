//! Findings over their whole life: raised at one visit, followed up at later ones until they are put right,
//! extended or waived by a supervisor meanwhile. A pure fold, the same on phone and server.

use serde::{Deserialize, Serialize};

use crate::commands::Rectification;
use crate::coverage::VisitFacts;
use crate::domain::{Day, FindingId, PersonId, ServerTime, VisitId};

/// That a visit raised a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Raised {
    /// The finding.
    pub finding: FindingId,
    /// The day by which it is to be put right, where one was set.
    pub due: Option<Day>,
}

/// What a later visit says became of a finding. Of two people who say different things nothing is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct FollowedUp {
    /// The finding.
    pub finding: FindingId,
    /// What became of it.
    pub outcome: Rectification,
}

/// What a supervisor decided about a finding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FindingDecision {
    /// Its number, ascending.
    pub id: i64,
    /// The finding.
    pub finding: FindingId,
    /// Who decided.
    pub by: PersonId,
    /// When.
    pub at: ServerTime,
    /// The new day by which it is to be put right; none where nothing need be done any more.
    pub extended_to: Option<Day>,
    /// Why.
    pub reason: String,
}

/// How far a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// 待整改
    Open,
    /// 部分整改
    Partly,
    /// 已整改
    PutRight,
    /// 免予整改
    Waived,
}

impl Standing {
    /// Whether something is still to be done.
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Open | Self::Partly)
    }
}

/// Something that happened to a finding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FindingEvent {
    /// When: a visit's judged time, or when the supervisor decided.
    pub at: ServerTime,
    /// What.
    pub what: What,
}

/// What happened to a finding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "snake_case")]
pub enum What {
    /// A visit raised it.
    Raised {
        /// Which.
        visit: VisitId,
    },
    /// A later visit looked at it.
    FollowedUp {
        /// Which.
        visit: VisitId,
        /// What became of it.
        outcome: Rectification,
    },
    /// A supervisor gave it more time, or waived it.
    Decided {
        /// Which decision.
        decision: i64,
        /// The new day by which it is to be put right; none where it was waived.
        extended_to: Option<Day>,
    },
}

/// A finding with all that became of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FindingLife {
    /// The finding.
    pub finding: FindingId,
    /// The visit that raised it.
    pub visit: VisitId,
    /// How far it is.
    pub standing: Standing,
    /// The day by which it is to be put right, extensions included.
    pub due: Option<Day>,
    /// How often it was found again after it had been put right or waived.
    pub reopened: u32,
    /// Everything that happened to it, in order, from its being raised.
    pub events: Vec<FindingEvent>,
}

impl FindingLife {
    /// The days on which visits looked at it, in order.
    pub fn looked_at_on(&self) -> impl Iterator<Item = Day> {
        let looks = self.events.iter().filter(|event| matches!(event.what, What::FollowedUp { .. }));
        looks.map(|event| event.at.day())
    }

    /// Whether it should have been put right before this day and is still open.
    pub fn is_overdue(&self, today: Day) -> bool {
        self.standing.is_open() && self.due.is_some_and(|due| due < today)
    }

    fn happens(&mut self, event: FindingEvent) {
        let standing = match &event.what {
            What::Raised { .. } => Standing::Open,
            What::FollowedUp { outcome: Rectification::PutRight, .. } => Standing::PutRight,
            What::FollowedUp { outcome: Rectification::Partly, .. } => Standing::Partly,
            What::FollowedUp { outcome: Rectification::NotPutRight, .. } => Standing::Open,
            What::Decided { extended_to: None, .. } => Standing::Waived,
            What::Decided { extended_to: Some(day), .. } => {
                self.due = Some(*day);
                self.standing
            }
        };
        self.reopened += u32::from(!self.standing.is_open() && standing.is_open());
        self.standing = standing;
        self.events.push(event);
    }
}

/// The findings of one cooperative, in the order in which they were raised: from its visits and from what
/// supervisors decided, both in any order. Only what was handed in, and neither rejected nor withdrawn, counts.
pub fn fold(visits: &[&VisitFacts], decisions: &[FindingDecision]) -> Vec<FindingLife> {
    let mut counted: Vec<&VisitFacts> = visits.iter().copied().filter(|visit| visit.is_handed_in()).collect();
    counted.sort_by_key(|visit| (visit.time.at, visit.visit));
    let mut decided: Vec<&FindingDecision> = decisions.iter().collect();
    decided.sort_by_key(|decision| decision.id);
    let mut lives: Vec<FindingLife> = Vec::new();
    for visit in &counted {
        for raised in &visit.raised {
            if lives.iter().any(|life| life.finding == raised.finding) {
                continue;
            }
            let event = FindingEvent { at: visit.time.at, what: What::Raised { visit: visit.visit } };
            lives.push(FindingLife {
                finding: raised.finding,
                visit: visit.visit,
                standing: Standing::Open,
                due: raised.due,
                reopened: 0,
                events: vec![event],
            });
        }
    }
    for life in &mut lives {
        let follow_ups = counted.iter().flat_map(|visit| {
            let of_it = visit.followed_up.iter().filter(|one| one.finding == life.finding);
            of_it.map(|one| FindingEvent {
                at: visit.time.at,
                what: What::FollowedUp { visit: visit.visit, outcome: one.outcome },
            })
        });
        let decided = decided.iter().filter(|one| one.finding == life.finding).map(|one| FindingEvent {
            at: one.at,
            what: What::Decided { decision: one.id, extended_to: one.extended_to },
        });
        let mut events: Vec<FindingEvent> = follow_ups.chain(decided).collect();
        events.sort_by_key(|event| event.at);
        events.into_iter().for_each(|event| life.happens(event));
    }
    lives
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::coverage::{JudgedTime, Outcome};
    use crate::domain::CooperativeId;
    use crate::review::Status;

    const FINDING: FindingId = FindingId::from_bytes([7; 16]);
    const DAY_MS: i64 = 86_400_000;
    /// Noon in China on 2026-05-01.
    const BEGIN: i64 = 1_777_608_000_000;

    fn day(number: i64) -> Day {
        ServerTime(BEGIN + number * DAY_MS).day()
    }

    /// A visit on the day with this number, handed in.
    fn visit(number: u8) -> VisitFacts {
        VisitFacts {
            visit: VisitId::from_bytes([number; 16]),
            cooperative: CooperativeId::from_bytes([1; 16]),
            outcome: Some(Outcome::Held),
            time: JudgedTime { at: ServerTime(BEGIN + i64::from(number) * DAY_MS), flagged: false },
            status: Status::Submitted,
            located: true,
            raised: Vec::new(),
            followed_up: Vec::new(),
        }
    }

    fn raising() -> VisitFacts {
        VisitFacts { raised: vec![Raised { finding: FINDING, due: Some(day(20)) }], ..visit(0) }
    }

    fn looking(number: u8, outcome: Rectification) -> VisitFacts {
        VisitFacts { followed_up: vec![FollowedUp { finding: FINDING, outcome }], ..visit(number) }
    }

    fn decided(id: i64, number: i64, extended_to: Option<Day>) -> FindingDecision {
        let at = ServerTime(BEGIN + number * DAY_MS);
        let by = PersonId::from_bytes([3; 16]);
        FindingDecision { id, finding: FINDING, by, at, extended_to, reason: "雨季".to_owned() }
    }

    fn life(visits: &[VisitFacts], decisions: &[FindingDecision]) -> FindingLife {
        let visits: Vec<&VisitFacts> = visits.iter().collect();
        fold(&visits, decisions).remove(0)
    }

    #[test]
    fn a_finding_lives_until_it_is_put_right() {
        let visits = [looking(9, Rectification::PutRight), raising(), looking(5, Rectification::Partly)];
        assert_eq!(life(&visits[1..2], &[]).standing, Standing::Open);
        assert_eq!(life(&visits[1..], &[]).standing, Standing::Partly);
        let whole = life(&visits, &[]);
        assert_eq!((whole.standing, whole.reopened, whole.events.len()), (Standing::PutRight, 0, 3));
        assert_eq!(whole.looked_at_on().collect::<Vec<_>>(), [day(5), day(9)]);
    }

    #[test]
    fn found_again_it_reopens_with_its_history() {
        let visits = [raising(), looking(5, Rectification::PutRight), looking(9, Rectification::NotPutRight)];
        let again = life(&visits, &[]);
        assert_eq!((again.standing, again.reopened, again.events.len()), (Standing::Open, 1, 3));
        let waived = life(&visits, &[decided(1, 12, None)]);
        assert_eq!((waived.standing, waived.reopened), (Standing::Waived, 1));
    }

    #[test]
    fn a_supervisor_gives_more_time() {
        let late = raising();
        assert!(life(std::slice::from_ref(&late), &[]).is_overdue(day(21)));
        assert!(!life(std::slice::from_ref(&late), &[]).is_overdue(day(20)), "the day itself is in time");
        let extended = life(&[late], &[decided(1, 19, Some(day(40)))]);
        assert!(!extended.is_overdue(day(21)) && extended.is_overdue(day(41)));
    }

    #[test]
    fn what_was_not_handed_in_says_nothing() {
        for status in [Status::InProgress, Status::Rejected, Status::Withdrawn] {
            let look = VisitFacts { status, ..looking(5, Rectification::PutRight) };
            assert_eq!(life(&[raising(), look], &[]).standing, Standing::Open);
            assert_eq!(fold(&[&VisitFacts { status, ..raising() }], &[]), []);
        }
    }

    #[test]
    fn the_order_in_which_records_arrive_says_nothing() {
        let mut visits = [raising(), looking(5, Rectification::PutRight), looking(9, Rectification::Partly)];
        let decisions = [decided(1, 7, Some(day(30))), decided(2, 7, Some(day(40))), decided(3, 11, None)];
        let told = life(&visits, &decisions);
        visits.reverse();
        let mut turned = decisions.clone();
        turned.reverse();
        assert_eq!(life(&visits, &turned), told);
    }
}
