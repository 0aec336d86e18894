//! How often which cooperative is to be visited, and what is believed of a visit: data of the office,
//! with this project's defaults.

use serde::{Deserialize, Serialize};

use super::{ClockLimits, DueReason, Length};
use crate::domain::{Cooperative, Day, OperatingStatus};
use crate::tree;

/// The rules of patrol visits; the row `current` of the table `patrol_rules`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PatrolRules {
    /// A follow-up is due this many days after a rectification fell due.
    pub follow_up_days: u16,
    /// A visit whose fix lies further than this many metres from the cooperative is flagged.
    pub far_m: u32,
    /// How often which cooperative is to be visited.
    pub cadence: Cadence,
    /// When a phone's clock is believed.
    pub clock: ClockLimits,
}

/// How often a cooperative of each category is to be visited; none for not regularly.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cadence {
    /// Operating normally.
    pub normal: Option<Length>,
    /// Holding a title at any level.
    pub titled: Option<Length>,
    /// Not meeting the five haves, by its approved visits.
    pub five_haves_not_met: Option<Length>,
    /// Established this year.
    pub newly_registered: Option<Length>,
    /// Stopped.
    pub stopped: Option<Length>,
    /// On its way out.
    pub exiting: Option<Length>,
    /// A shell, until disposed of.
    pub shell: Option<Length>,
}

impl Default for PatrolRules {
    /// The defaults of `defaults/patrol_rules.toml`.
    fn default() -> Self {
        tree::from_json(include_str!(concat!(env!("OUT_DIR"), "/patrol_rules.json")))
            .expect("BUG: the default patrol rules are well formed")
    }
}

impl PatrolRules {
    /// Of the categories the cooperative belongs to, the one visited most often. None where the rules ask
    /// for no regular visits, for a de-registered cooperative, and for a provisional one: it is not in the
    /// register yet, and nobody raises coverage by meeting what nobody knows.
    pub fn strictest(&self, cooperative: &Cooperative, today: Day) -> Option<(DueReason, Length)> {
        let cadence = &self.cadence;
        let status = |status| cooperative.operating_status == status;
        if status(OperatingStatus::Deregistered) || cooperative.provisional {
            return None;
        }
        let newly_registered = cooperative.established.is_some_and(|day| day.0.year() == today.0.year());
        let categories = [
            (DueReason::Shell, status(OperatingStatus::Shell), cadence.shell),
            (DueReason::Exiting, status(OperatingStatus::Exiting), cadence.exiting),
            (DueReason::Stopped, status(OperatingStatus::Stopped), cadence.stopped),
            (
                DueReason::FiveHavesNotMet,
                cooperative.five_haves_met == Some(false),
                cadence.five_haves_not_met,
            ),
            (DueReason::Titled, cooperative.title.is_some(), cadence.titled),
            (DueReason::NewlyRegistered, newly_registered, cadence.newly_registered),
            (DueReason::Normal, status(OperatingStatus::Normal), cadence.normal),
        ];
        categories
            .into_iter()
            .filter(|(_, belongs, _)| *belongs)
            .filter_map(|(reason, _, length)| Some((reason, length?)))
            .min_by_key(|(_, length)| *length)
    }
}

#[cfg(test)]
mod tests {
    use super::super::due::tests::{cooperative, day};
    use super::*;
    use crate::domain::TitleLevel;

    fn strictest(change: impl FnOnce(&mut Cooperative)) -> Option<(DueReason, Length)> {
        let mut cooperative = cooperative();
        change(&mut cooperative);
        PatrolRules::default().strictest(&cooperative, day("2026-05-04"))
    }

    #[test]
    fn one_operating_normally_is_visited_once_a_half_year() {
        assert_eq!(strictest(|_| ()), Some((DueReason::Normal, Length::HalfYear)));
    }

    #[test]
    fn one_with_a_title_is_visited_once_a_quarter() {
        let titled = strictest(|c| c.title = Some(TitleLevel::District));
        assert_eq!(titled, Some((DueReason::Titled, Length::Quarter)));
    }

    #[test]
    fn one_not_meeting_the_five_haves_is_visited_once_a_quarter_but_not_one_of_which_it_is_unknown() {
        let not_met = strictest(|c| c.five_haves_met = Some(false));
        assert_eq!(not_met, Some((DueReason::FiveHavesNotMet, Length::Quarter)));
        assert_eq!(strictest(|c| c.five_haves_met = None), Some((DueReason::Normal, Length::HalfYear)));
    }

    #[test]
    fn one_registered_this_year_is_visited_once_a_quarter() {
        let new = strictest(|c| c.established = Some(day("2026-01-01")));
        assert_eq!(new, Some((DueReason::NewlyRegistered, Length::Quarter)));
        let last_year = strictest(|c| c.established = Some(day("2025-12-31")));
        assert_eq!(last_year, Some((DueReason::Normal, Length::HalfYear)));
    }

    #[test]
    fn one_stopped_or_exiting_is_visited_once_a_quarter() {
        let stopped = strictest(|c| c.operating_status = OperatingStatus::Stopped);
        assert_eq!(stopped, Some((DueReason::Stopped, Length::Quarter)));
        let exiting = strictest(|c| c.operating_status = OperatingStatus::Exiting);
        assert_eq!(exiting, Some((DueReason::Exiting, Length::Quarter)));
    }

    #[test]
    fn a_shell_is_visited_once_a_month_even_with_a_title_because_the_strictest_rule_wins() {
        let shell = strictest(|c| {
            c.operating_status = OperatingStatus::Shell;
            c.title = Some(TitleLevel::National);
        });
        assert_eq!(shell, Some((DueReason::Shell, Length::Month)));
    }

    #[test]
    fn one_that_is_deregistered_is_not_visited() {
        let gone = strictest(|c| {
            c.operating_status = OperatingStatus::Deregistered;
            c.five_haves_met = Some(false);
        });
        assert_eq!(gone, None);
    }

    #[test]
    fn one_that_is_not_in_the_register_yet_is_not_visited_regularly() {
        assert_eq!(strictest(|c| c.provisional = true), None);
    }

    #[test]
    fn rules_are_read_back_from_json_as_they_were() {
        let rules = PatrolRules::default();
        let json = serde_json::to_string(&rules).unwrap();
        assert_eq!(serde_json::from_str::<PatrolRules>(&json).unwrap(), rules);
    }
}
