//! 网络不好的时候: 李秀英 visits a cooperative where the network comes and goes. Her phone sends what she
//! wrote, and the line loses the request, or loses the answer, or delivers the request twice, or breaks
//! off after any number of changes. Whatever it does, in the end the server has exactly what it would
//! have had on a good line, the phone says so, and nothing is there twice. (R2, R6)

use server::store::grants::Role;
use sync_core::wire::Push;
use xunfang_tests::district::{SHENTOU, cooperative};
use xunfang_tests::{District, Fate, Phone, Trouble};

/// Her phone with a morning's work on it, nothing of it sent.
async fn a_morning_of_work() -> (District, Phone) {
    let mut district = District::open().await;
    district.employs("li", "李秀英", Role::Coordinator, SHENTOU).await;
    let mut phone = district.phone_of("li").await;
    phone.syncs().await;
    for number in [0, 1] {
        let visit = phone.starts_visit(cooperative(number));
        phone.answers_yes_no(visit, "premises", true);
        phone.answers_yes_no(visit, "signboard", number == 0);
        phone.answers_yes_no(visit, "rules", false);
    }
    (district, phone)
}

/// What the server holds in the end, over a line that does no harm.
async fn over_a_good_line() -> String {
    let (district, mut phone) = a_morning_of_work().await;
    phone.syncs().await;
    district.dump()
}

/// Only the first `count` changes of a push.
fn cut(push: &Push, mut count: usize) -> Push {
    let mut cut = push.clone();
    for visit in &mut cut.visits {
        visit.changes.truncate(count);
        count -= visit.changes.len();
    }
    cut.visits.retain(|visit| !visit.changes.is_empty());
    cut
}

async fn ends_well(district: &District, phone: &mut Phone, good: &str, what: &str) {
    phone.syncs().await;
    assert_eq!(phone.unsent(), 0, "{what}");
    assert_eq!(district.dump(), good, "{what}");
    for visit in phone.visits() {
        let record = phone.stored(visit);
        let base = record.base().expect("the base loads").heads();
        assert_eq!(
            base,
            phone.open(visit).record().heads(),
            "{what}: the phone knows that the server has it all"
        );
    }
}

#[tokio::test]
async fn a_lost_request_a_lost_answer_and_a_doubled_request_change_nothing() {
    let good = over_a_good_line().await;
    for fate in [Fate::RequestLost, Fate::ResponseLost, Fate::Doubled] {
        let (district, mut phone) = a_morning_of_work().await;
        let push = phone.push();
        let sent = phone.sends(&push, fate).await;
        match fate {
            Fate::Doubled => assert_eq!(sent.expect("the second answer arrives").sent, 8),
            _ => {
                assert_eq!(sent, Err(Trouble::Lost));
                assert_eq!(phone.unsent(), 8, "without a receipt nothing was sent");
            }
        }
        ends_well(&district, &mut phone, &good, &format!("{fate:?}")).await;
    }
}

#[tokio::test]
async fn a_push_that_breaks_off_anywhere_changes_nothing() {
    let good = over_a_good_line().await;
    for count in 0..=8 {
        for fate in [Fate::Through, Fate::ResponseLost] {
            let (district, mut phone) = a_morning_of_work().await;
            let push = cut(&phone.push(), count);
            let _ = phone.sends(&push, fate).await;
            let lost = if fate == Fate::Through { count } else { 0 };
            assert_eq!(phone.unsent(), 8 - lost, "a receipt for each change that arrived, and no other");
            ends_well(&district, &mut phone, &good, &format!("{count} changes, {fate:?}")).await;
        }
    }
}

#[tokio::test]
async fn changes_that_arrive_without_what_they_build_on_wait_on_the_phone() {
    let good = over_a_good_line().await;
    let (district, mut phone) = a_morning_of_work().await;
    let mut torn = phone.push();
    torn.visits[0].changes.remove(1);
    let outcome = phone.sends(&torn, Fate::Through).await.expect("the server answers");
    assert_eq!(outcome.sent, 5, "the other record, and the change before the gap (R3, R5)");
    ends_well(&district, &mut phone, &good, "a gap").await;
}
