//! What sync costs on the line, in bytes and in work. A process of its own, because it counts the
//! documents that the whole process loads.

use server::store::documents;
use server::store::grants::Role;
use xunfang_tests::District;
use xunfang_tests::Fate;
use xunfang_tests::district::{SHENTOU, cooperative};

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
