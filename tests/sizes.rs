//! What sync costs on the line, in bytes and in work. A process of its own, because it counts the
//! documents that the whole process loads.

use server::sample;
use server::store::documents;
use server::store::grants::Role;
use sync_core::domain::PhoneTime;
use sync_core::replica::outbox::Asking;
use sync_core::replica::{self, State, StoredRecord};
use sync_core::wire;
use xunfang_tests::District;
use xunfang_tests::Fate;
use xunfang_tests::district::{BEGIN, SHENTOU, cooperative};
use xunfang_tests::line::deflate;

/// Request and answer of a sync with nothing new, both bodies as they go over the line (C7).
const IDLE_BYTES_MAX: usize = 600;
/// A full record, one change an answer, as a part of the compressed push of fifty.
const RECORD_BYTES_MAX: usize = 2_700;

#[tokio::test]
async fn nothing_new_costs_little_and_a_full_record_not_much() {
    let mut district = District::open().await;
    district.employs("li", "李秀英", Role::Coordinator, SHENTOU).await;
    let mut phone = district.phone_of("li").await;
    phone.syncs().await;

    let mut bytes = 0;
    for number in 0..50 {
        let visit = phone.starts_visit(cooperative(number % 3));
        phone.fills_in(visit);
        phone.submits(visit);
        district.minutes_go_by(0);
    }
    let changes = phone.unsent();
    while phone.unsent() > 0 {
        let push = phone.push();
        phone.sends(&push, Fate::Through).await.expect("the server answers");
        bytes += phone.last_exchange().request_bytes;
    }
    println!("50 full records of {} changes each: {} bytes a record", changes / 50, bytes / 50);
    assert!(bytes / 50 <= RECORD_BYTES_MAX);
    phone.syncs().await;

    let loaded = documents::loaded();
    let push = phone.push();
    phone.sends(&push, Fate::Through).await.expect("the server answers");
    let idle = phone.last_exchange();
    println!("nothing new: {idle:?}");
    assert!(idle.request_bytes + idle.reply_bytes < IDLE_BYTES_MAX);
    assert_eq!(documents::loaded(), loaded, "no document was loaded");
}

#[test]
fn a_full_record_of_the_sample_district_costs_not_much() {
    let district = sample::District::small(BEGIN);
    let mut unsent: Vec<StoredRecord> =
        (0..50).map(|number| sample::full_record(&district, number, BEGIN)).collect();
    let mut bytes = 0;
    while !unsent.is_empty() {
        let asking = Asking { app: "sizes".to_owned(), now: PhoneTime(BEGIN.0), page_bytes_max: 0 };
        let push = replica::push(&State::default(), &unsent, asking);
        bytes += deflate(&wire::encode(&push)).len();
        for visit in &push.visits {
            let sent = unsent.iter_mut().find(|record| record.visit() == visit.visit);
            sent.expect("BUG: only what is unsent is pushed").mine.drain(..visit.changes.len());
        }
        unsent.retain(|record| !record.mine.is_empty());
    }
    println!("50 full records of the sample district: {} bytes a record", bytes / 50);
    assert!(bytes / 50 <= RECORD_BYTES_MAX);
}
