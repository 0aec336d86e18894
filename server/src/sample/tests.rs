//! The district as drawn: the plan's figures, nothing twice, nothing of real people.

use std::collections::BTreeSet;

use sync_core::commands::Command;
use sync_core::coverage::Length;
use sync_core::domain::TitleLevel;
use sync_core::domain::checklist::DAY_MIN;
use sync_core::review::Verdict;

use super::*;
use crate::store::grants::Role;

/// 2026-11-23T09:00+08:00.
const NOW: ServerTime = ServerTime(1_795_395_600_000);

#[test]
fn it_has_the_plans_figures() {
    let district = District::full(NOW);
    assert_eq!(district.areas.len(), 3 + 14);
    assert_eq!(district.cooperatives.len(), 806);
    let with = |level| district.cooperatives.iter().filter(|one| one.title == Some(level)).count();
    let titles =
        [TitleLevel::National, TitleLevel::Provincial, TitleLevel::Municipal, TitleLevel::District].map(with);
    assert_eq!(titles, [3, 29, 21, 44]);
    let coordinators: Vec<_> = district.people.iter().filter(|one| one.role == Role::Coordinator).collect();
    let of_district = coordinators.iter().filter(|one| one.area.as_str() == DISTRICT).count();
    assert_eq!((coordinators.len(), of_district), (20, 5));
    for area in &district.areas[3..] {
        assert!(coordinators.iter().any(|one| one.area == area.code), "{}", area.name);
        assert!(district.cooperatives.iter().any(|one| one.area == area.code), "{}", area.name);
    }
}

#[test]
fn it_is_the_same_every_time() {
    assert_eq!(District::full(NOW), District::full(NOW));
    assert_eq!(District::small(NOW).cooperatives.len(), 12);
}

#[test]
fn no_name_code_id_or_account_is_there_twice() {
    let district = District::full(NOW);
    let all = |texts: Vec<String>| assert_eq!(texts.iter().collect::<BTreeSet<_>>().len(), texts.len());
    all(district.cooperatives.iter().map(|one| one.name.clone()).collect());
    all(district.cooperatives.iter().filter_map(|one| one.credit_code.clone()).map(String::from).collect());
    all(district.cooperatives.iter().map(|one| one.id.to_string()).collect());
    all(district.people.iter().map(|one| one.account.clone()).collect());
    all(district.people.iter().map(|one| one.name.clone()).collect());
    all(district.people.iter().map(|one| one.id.to_string()).collect());
}

#[test]
fn its_codes_and_telephone_numbers_are_nobodys() {
    for one in &District::full(NOW).cooperatives {
        let code = one.credit_code.as_ref().expect("a code").as_str();
        assert_eq!((&code[..2], &code[8..9]), ("93", "X"), "no organisation code starts with X");
        assert!(one.telephone.starts_with("100") && one.telephone.len() == 11);
        assert!(one.established.is_some_and(|day| day > DAY_MIN && day < NOW.day()));
    }
}

#[test]
fn its_cooperatives_lie_within_the_district() {
    for one in &District::full(NOW).cooperatives {
        let Some(position) = one.position else { continue };
        let spot = places::spot_of(&one.area);
        assert!(position.distance_m(&spot) < 5_000, "{} lies {} m off", one.name, position.distance_m(&spot));
    }
}

#[test]
fn the_accounts_of_the_readme_are_there() {
    for district in [District::small(NOW), District::full(NOW)] {
        for account in [
            "coordinator-shentou",
            "coordinator-shentou-2",
            "coordinator-district-1",
            "supervisor-shentou",
            "office",
            "department",
            "admin",
        ] {
            assert!(district.people.iter().any(|one| one.account == account), "{account}");
        }
    }
}

#[test]
fn acts_come_in_order_and_none_lies_ahead() {
    for visit in &District::full(NOW).visits {
        assert!(visit.acts.is_sorted_by_key(|act| act.at), "{:?}", visit.acts);
        assert!(visit.acts.iter().all(|act| act.at <= NOW));
    }
}

#[test]
fn a_small_district_shows_every_outcome_and_decision() {
    let district = District::small(NOW);
    let acts: Vec<&What> =
        district.visits.iter().flat_map(|visit| &visit.acts).map(|act| &act.what).collect();
    for verdict in [Verdict::Returned, Verdict::Approved, Verdict::Rejected] {
        assert!(
            acts.iter().any(|act| matches!(act, What::Review { verdict: given, .. } if *given == verdict))
        );
    }
    let commands: Vec<&Command> = acts
        .iter()
        .filter_map(|act| match act {
            What::Send { written, .. } => Some(written),
            _ => None,
        })
        .flatten()
        .flat_map(|change| &change.commands)
        .collect();
    assert!(commands.iter().any(|command| matches!(command, Command::Withdraw { .. })));
    assert!(commands.iter().any(|command| matches!(command, Command::AddFinding { .. })));
    for outcome in ["held", "nobody_there", "not_found"] {
        let answer = sync_core::commands::Answer::Choice(outcome.to_owned());
        assert!(commands.iter().any(|c| matches!(c, Command::Answer { value, .. } if *value == answer)));
    }
}

#[test]
fn a_year_of_the_whole_district_is_some_hundreds_of_visits() {
    let district = District::full(NOW);
    let visits = district.visits.len();
    assert!((1_000..3_000).contains(&visits), "{visits}");
    let half_year = Length::HalfYear.of(NOW.day());
    let running = |visit: &&SampleVisit| half_year.contains(visit.acts[0].at.day());
    assert!(district.visits.iter().filter(running).count() > 300);
}

#[test]
fn a_full_record_answers_every_item_that_is_asked_one_change_each() {
    let district = District::small(NOW);
    for number in 0..20 {
        let record = full_record(&district, number, NOW);
        let inspection = record.working().expect("a record").inspection(&record.actors);
        assert_eq!(inspection.submissions.len(), 1);
        assert!(inspection.answers.len() >= 38, "{}", inspection.answers.len());
        assert!(record.mine.len() >= inspection.answers.len());
    }
    assert_ne!(full_record(&district, 0, NOW), full_record(&district, 1, NOW));
}
