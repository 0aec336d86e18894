//! A release against what happens meanwhile.

use sync_core::commands::Command;

use super::{Intake, Release};
use crate::small_district::{District, NOW, Phone, TOWN, area, caller, person};
use crate::store::quarantine;

/// Q7: a release that is under way when somebody dismisses the change lets nothing in.
#[test]
fn what_is_dismissed_meanwhile_stays_out() {
    let district = District::new();
    let mut phone = Phone::start(3, 1);
    phone.does(Command::Join);
    district.take(caller(3), phone.push());
    let looked_up = district.store.read_blocking(|c| quarantine::by_ids(c, &[1])).unwrap();
    let release =
        Release { by: person(1), areas: vec![area(TOWN)], reason: "走访属实".to_owned(), at: NOW };
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let intake = Intake::default();
    let released = || runtime.block_on(intake.release(&district.store, &looked_up, &release)).unwrap();
    let dismissed = "SELECT count(*) FROM quarantine WHERE resolution = 'dismissed' AND reason = '重复走访'";

    district.runs(
        "UPDATE quarantine SET resolution = 'dismissed', resolved_by = person, resolved_at = 1,
         reason = '重复走访'",
    );
    assert_eq!(released(), None);
    assert_eq!(district.count("SELECT count(*) FROM visits"), 0);
    assert_eq!(district.count(dismissed), 1);

    district.runs("UPDATE quarantine SET resolution = NULL");
    assert_eq!(released(), None);
    assert_eq!(district.count("SELECT count(*) FROM changes"), 1, "nothing else kept it out");
}
