//! What coverage needs to know of a visit, read from its record; and when the visit took place, where
//! phones' clocks can't be trusted.

use serde::{Deserialize, Serialize};

use super::Period;
use crate::document::{Inspection, Presence, items};
use crate::domain::{CooperativeId, Day, PhoneTime, ServerTime, VisitId};
use crate::findings::{FollowedUp, Raised};
use crate::review::Status;

/// What became of an attempt to visit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// 已走访
    Held,
    /// 无人
    NobodyThere,
    /// 未找到
    NotFound,
}

impl Outcome {
    /// The outcome a record gives; none where it gives none, or two that conflict.
    pub fn of(inspection: &Inspection) -> Option<Self> {
        match inspection.choice(items::VISIT_OUTCOME)? {
            "held" => Some(Self::Held),
            "nobody_there" => Some(Self::NobodyThere),
            "not_found" => Some(Self::NotFound),
            _ => None,
        }
    }
}

/// How far a phone's clock may be from the server's at receipt and still be believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClockLimits {
    /// A phone's time may lie this many minutes after receipt.
    pub ahead_minutes_max: u32,
    /// A phone's time may lie this many days before receipt: visits are sent late, but not for ever.
    pub behind_days_max: u32,
}

/// When a visit took place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct JudgedTime {
    /// The phone's time where it can be believed, else the time of receipt; milliseconds since 1970.
    pub at: ServerTime,
    /// The phone's time was not believed.
    pub flagged: bool,
}

/// Judges a phone's time against the receipt of the change that carries it.
pub fn visit_time(phone: PhoneTime, received: ServerTime, limits: &ClockLimits) -> JudgedTime {
    let late_ms = received.0.saturating_sub(phone.0);
    let ahead_max_ms = i64::from(limits.ahead_minutes_max) * 60_000;
    let behind_max_ms = i64::from(limits.behind_days_max) * 86_400_000;
    if (-ahead_max_ms..=behind_max_ms).contains(&late_ms) {
        JudgedTime { at: ServerTime(phone.0), flagged: false }
    } else {
        JudgedTime { at: received, flagged: true }
    }
}

/// The start of the visit: the earliest word of somebody being there. Its `since` is the phone time to
/// judge, against the receipt of its `change`.
pub fn visit_start(inspection: &Inspection) -> Option<&Presence> {
    inspection.present.iter().min_by_key(|presence| (presence.since, presence.change))
}

/// What coverage needs to know of a visit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VisitFacts {
    /// The visit.
    pub visit: VisitId,
    /// The cooperative visited.
    pub cooperative: CooperativeId,
    /// What became of it.
    pub outcome: Option<Outcome>,
    /// When it took place.
    pub time: JudgedTime,
    /// Where its record stands.
    pub status: Status,
    /// Whether the record has a position fix or evidence.
    pub located: bool,
    /// The findings it raised.
    pub raised: Vec<Raised>,
    /// What it says became of earlier findings.
    pub followed_up: Vec<FollowedUp>,
}

impl VisitFacts {
    /// Reads the facts of a record that stands at `status` and took place at `time`.
    pub fn read(inspection: &Inspection, status: Status, time: JudgedTime) -> Self {
        let raised = inspection.findings.iter().filter(|(_, finding)| !finding.withdrawn);
        let followed_up = inspection.follow_ups.iter();
        Self {
            visit: inspection.genesis.visit,
            cooperative: inspection.genesis.cooperative,
            outcome: Outcome::of(inspection),
            time,
            status,
            located: inspection.is_located(),
            raised: raised.map(|(id, finding)| Raised { finding: *id, due: finding.due }).collect(),
            followed_up: followed_up
                .filter_map(|(id, said)| Some(FollowedUp { finding: *id, outcome: *said.settled()? }))
                .collect(),
        }
    }

    /// The day in China on which it took place.
    pub fn day(&self) -> Day {
        self.time.at.day()
    }

    /// Whether it was submitted, and neither rejected nor withdrawn.
    pub fn is_handed_in(&self) -> bool {
        match self.status {
            Status::Submitted | Status::Returned | Status::Resubmitted | Status::Approved => true,
            Status::InProgress | Status::Rejected | Status::Withdrawn => false,
        }
    }

    /// Whether it is a handed-in visit at which somebody was met.
    pub fn is_visit(&self) -> bool {
        self.is_handed_in() && self.outcome == Some(Outcome::Held)
    }

    /// Whether it counts for coverage, in whichever period it lies.
    pub fn is_counted(&self) -> bool {
        self.is_visit() && self.located
    }
}

/// Whether a visit counts for coverage in a period: held, handed in, in the period, and with a position
/// fix or evidence.
pub fn counts(visit: &VisitFacts, period: &Period) -> bool {
    visit.is_counted() && period.contains(visit.day())
}

/// Whether a visit was an attempt in a period: nobody was there or the place was not found, with a
/// position fix or evidence of having been there.
pub fn attempted(visit: &VisitFacts, period: &Period) -> bool {
    let in_vain = matches!(visit.outcome, Some(Outcome::NobodyThere | Outcome::NotFound));
    in_vain && visit.is_handed_in() && visit.located && period.contains(visit.day())
}

#[cfg(test)]
mod tests {
    use super::super::PatrolRules;
    use super::super::due::tests::{at, counted, day};
    use super::*;

    const RECEIVED: ServerTime = ServerTime(1_790_000_000_000);

    fn judged(phone_ms: i64) -> JudgedTime {
        visit_time(PhoneTime(phone_ms), RECEIVED, &PatrolRules::default().clock)
    }

    #[test]
    fn a_phone_that_is_up_to_five_minutes_ahead_is_believed() {
        let grace = RECEIVED.0 + 5 * 60_000;
        assert_eq!(judged(grace), JudgedTime { at: ServerTime(grace), flagged: false });
        assert_eq!(judged(grace + 1), JudgedTime { at: RECEIVED, flagged: true });
    }

    #[test]
    fn a_visit_sent_up_to_sixty_days_late_keeps_its_phone_time() {
        let oldest = RECEIVED.0 - 60 * 86_400_000;
        assert_eq!(judged(oldest), JudgedTime { at: ServerTime(oldest), flagged: false });
        assert_eq!(judged(oldest - 1), JudgedTime { at: RECEIVED, flagged: true });
    }

    #[test]
    fn a_phone_that_woke_up_in_1970_or_at_the_end_of_time_is_not_believed() {
        for phone_ms in [0, i64::MIN, i64::MAX] {
            assert_eq!(judged(phone_ms), JudgedTime { at: RECEIVED, flagged: true });
        }
    }

    #[test]
    fn a_visit_counts_only_where_all_of_the_rule_holds() {
        let period: Period = "2026-H1".parse().unwrap();
        let visit = counted("2026-06-30");
        assert!(counts(&visit, &period));
        assert!(!counts(&VisitFacts { located: false, ..visit.clone() }, &period), "no fix");
        assert!(
            !counts(&VisitFacts { outcome: None, ..visit.clone() }, &period),
            "no outcome, or a conflict"
        );
        assert!(!counts(&VisitFacts { outcome: Some(Outcome::NobodyThere), ..visit.clone() }, &period));
        assert!(!counts(&counted("2026-07-01"), &period), "another period");
        for (status, counts_so) in [
            (Status::InProgress, false),
            (Status::Submitted, true),
            (Status::Returned, true),
            (Status::Resubmitted, true),
            (Status::Approved, true),
            (Status::Rejected, false),
            (Status::Withdrawn, false),
        ] {
            assert_eq!(counts(&VisitFacts { status, ..visit.clone() }, &period), counts_so, "{status:?}");
        }
    }

    #[test]
    fn an_attempt_needs_proof_and_is_no_visit() {
        let period: Period = "2026-H1".parse().unwrap();
        let tried = VisitFacts { outcome: Some(Outcome::NotFound), ..counted("2026-03-01") };
        assert!(attempted(&tried, &period));
        assert!(!attempted(&VisitFacts { located: false, ..tried.clone() }, &period));
        assert!(!attempted(&VisitFacts { status: Status::InProgress, ..tried.clone() }, &period));
        assert!(!attempted(&counted("2026-03-01"), &period));
    }

    #[test]
    fn the_day_of_a_visit_is_the_day_in_china() {
        let visit = VisitFacts { time: at("2026-07-01"), ..counted("2026-01-01") };
        assert_eq!(visit.day(), day("2026-07-01"));
    }
}
