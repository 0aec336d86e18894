//! The district as drawn: the plan's figures, nothing twice, nothing of real people.

use std::collections::BTreeSet;

use sync_core::commands::Command;
use sync_core::coverage::Length;
use sync_core::domain::TitleLevel;
use sync_core::domain::checklist::DAY_MIN;
use sync_core::review::Verdict;

use super::*;
use crate::people::passwords;
use crate::read_tables;
use crate::store::grants::Role;
use crate::store::{Failed, Store, grants, meta, people};

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

/// A store settled with this district.
fn settled(district: District) -> (tempfile::TempDir, Store) {
    let folder = tempfile::tempdir().expect("a folder");
    let store = Store::open(folder.path(), 1).expect("a store");
    district.settle(&store, |_, _| ()).expect("a settled district");
    (folder, store)
}

fn rows(store: &Store, sql: &'static str) -> Vec<(String, i64)> {
    let read = |connection: &rusqlite::Connection| -> Result<Vec<(String, i64)>, Failed> {
        let mut rows = connection.prepare(sql)?;
        let rows = rows.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    };
    store.read_blocking(read).expect("rows")
}

fn words(rows: &[(String, i64)]) -> Vec<&str> {
    rows.iter().map(|(word, _)| word.as_str()).collect()
}

#[test]
fn a_settled_district_has_records_in_all_states_and_with_all_outcomes() {
    let (_folder, store) = settled(District::small(NOW));
    let statuses = rows(&store, "SELECT status, count(*) FROM visit_facts GROUP BY 1 ORDER BY 1");
    let all = ["approved", "in_progress", "rejected", "resubmitted", "returned", "submitted", "withdrawn"];
    assert_eq!(words(&statuses), all);
    let outcomes = rows(&store, "SELECT outcome, count(*) FROM visit_facts GROUP BY 1 ORDER BY 1");
    assert_eq!(words(&outcomes), ["held", "nobody_there", "not_found"]);
    let odd = "SELECT 'conflicts', count(*) FROM visit_facts WHERE conflicts > 0
               UNION SELECT 'changed', count(*) FROM visit_facts WHERE changed_since_approval
               UNION SELECT 'clock', count(*) FROM visit_facts WHERE time_flagged
               UNION SELECT 'not counted', count(*) FROM visit_facts WHERE NOT counted AND outcome = 'held'
                     AND status = 'submitted'
               UNION SELECT 'findings', count(*) FROM findings
               UNION SELECT 'joint', count(*) FROM (SELECT 1 FROM visit_people WHERE wrote GROUP BY visit
                     HAVING count(*) > 1)
               UNION SELECT 'provisional', count(*) FROM cooperatives WHERE value ->> 'provisional'";
    for (oddity, count) in rows(&store, odd) {
        assert!(count > 0, "{oddity}");
    }
}

#[test]
fn it_can_be_made_on_any_day() {
    // Noon in China on the first and last day of a year, a leap day, and the first day of a half-year.
    for day in ["2027-01-01", "2027-12-31", "2028-02-29", "2026-07-01"] {
        let day: sync_core::domain::Day = day.parse().expect("a day");
        let noon = ServerTime((day.0.midnight().assume_utc().unix_timestamp() + 4 * 3_600) * 1_000);
        let (_folder, store) = settled(District::small(noon));
        assert_eq!(rows(&store, "SELECT code, count(*) FROM quarantine GROUP BY 1").len(), 1, "{day}");
    }
}

#[test]
fn one_change_is_in_quarantine_because_its_author_was_not_granted_the_area() {
    let (_folder, store) = settled(District::small(NOW));
    let quarantine = rows(&store, "SELECT code, count(*) FROM quarantine GROUP BY 1");
    assert_eq!(quarantine, [("not_granted".to_owned(), 1)]);
}

#[test]
fn one_phone_has_long_been_silent_and_the_others_hold_nothing_back() {
    let (_folder, store) = settled(District::small(NOW));
    let silent = rows(
        &store,
        "SELECT account, last_contact_at FROM devices JOIN people ON people.id = person
         WHERE unsent_records > 0",
    );
    assert_eq!(silent, [("coordinator-limin".to_owned(), NOW.0 - 38 * 86_400_000)]);
}

#[test]
fn a_settled_district_is_marked_and_its_people_can_sign_in() {
    let (_folder, store) = settled(District::small(NOW));
    let found = store.read_blocking(|connection| {
        let (person, hash) = people::by_account(connection, "supervisor-shentou")?.expect("an account");
        let grants = grants::in_force(connection, person.id, NOW)?;
        Ok::<_, Failed>((meta::is_sample(connection)?, hash, grants))
    });
    let (is_sample, hash, grants) = found.expect("a person");
    assert!(is_sample);
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    assert!(runtime.block_on(passwords::check(PASSWORD.to_owned(), Some(hash))));
    let area = "140602100".parse().expect("an area");
    assert_eq!(grants, [grants::Grant { role: Role::Supervisor, area }]);
}

#[test]
fn it_settles_the_same_every_time_and_rebuilds_to_the_same() {
    let (_one_folder, one) = settled(District::small(NOW));
    let (_other_folder, other) = settled(District::small(NOW));
    let dump = |store: &Store| store.read_blocking(read_tables::dump).expect("a dump");
    let same = |a: &str, b: &str| {
        let differing = a.lines().zip(b.lines()).find(|(a, b)| a != b);
        assert_eq!(differing, None);
        assert_eq!(a.len(), b.len());
    };
    let before = dump(&one);
    same(&before, &dump(&other));
    one.write_blocking(|tx| read_tables::rebuild(tx, NOW)).expect("a rebuilt store");
    same(&dump(&one), &before);
}
