//! 恢复演练: the machine dies in the evening, and yesterday's backup is all there is. The phones are a day
//! ahead: they send again what coordinators wrote, and nothing of it is lost. What was decided and changed
//! at the office since the backup is lost, and the office is told of it from what the phones remember, so
//! that a supervisor can decide again. (C3, C8, C9, B3)

use serde_json::{Value, json};
use server::store::change_log::newest;
use server::store::documents;
use server::store::grants::Role;
use sync_core::domain::VisitId;
use sync_core::wire::{Remembered, Row};
use xunfang_tests::district::{DISTRICT, LIMIN, SHENTOU, cooperative};
use xunfang_tests::line::Fate;
use xunfang_tests::{Desk, District, Phone};

struct Evening {
    district: District,
    /// A backup made yesterday.
    backups: tempfile::TempDir,
    /// Coordinator of one town, and of the whole district.
    li: Phone,
    sun: Phone,
    handed_in_before: VisitId,
    handed_in_after: VisitId,
}

/// A day of work behind the backup: a visit handed in, a decision on one from before, a cooperative moved.
async fn evening() -> Evening {
    let mut district = District::open().await;
    district.employs("li", "李秀英", Role::Coordinator, SHENTOU).await;
    district.employs("sun", "孙建军", Role::Coordinator, DISTRICT).await;
    district.employs("zhao", "赵敏", Role::Supervisor, SHENTOU).await;
    district.employs("qian", "钱局", Role::DistrictOffice, DISTRICT).await;
    let mut li = district.phone_of("li").await;
    let mut sun = district.phone_of("sun").await;
    li.syncs().await;
    let handed_in_before = hands_in(&mut li, 0).await;
    sun.syncs().await;
    let backups = district.backs_up();

    district.days_go_by(1);
    let handed_in_after = hands_in(&mut li, 1).await;
    let desk = district.desk_of("zhao").await;
    let comments = json!({ "signboard": "牌子看不清" });
    assert_eq!(desk.decides(&handed_in_before.to_string(), "returned", &comments).await.0, 201);
    district.moves(cooperative(2), LIMIN).await;
    li.syncs().await;
    sun.syncs().await;
    assert_eq!(li.reviews(handed_in_before).len(), 1);
    Evening { district, backups, li, sun, handed_in_before, handed_in_after }
}

async fn hands_in(phone: &mut Phone, number: usize) -> VisitId {
    let visit = phone.starts_visit(cooperative(number));
    phone.fills_in(visit);
    phone.submits(visit);
    phone.syncs().await;
    visit
}

/// Where the server's log ends.
fn position(district: &District) -> u64 {
    district.app().store.read_blocking(newest).unwrap().0
}

async fn remembered(desk: &Desk) -> Value {
    desk.sees("remembered").await
}

#[tokio::test]
async fn nothing_of_records_is_lost_and_the_office_is_told_what_else_is() {
    let Evening { mut district, backups, mut li, mut sun, handed_in_before, handed_in_after } =
        evening().await;
    let before = position(&district);
    district.restores(&backups).await;
    let restored_at = position(&district);
    assert!(restored_at < before);
    for phone in [&mut li, &mut sun] {
        district.reaches(phone);
        phone.syncs().await;
        assert_eq!(phone.unsent(), 0);
    }
    sun.syncs().await;

    // Every record is there again, as its author's phone has it.
    for visit in [handed_in_before, handed_in_after] {
        let heads = district.app().store.read_blocking(|c| documents::heads(c, visit)).unwrap();
        assert_eq!(heads, Some(li.reads(visit).heads));
        assert_eq!(sun.reads(visit).heads, li.reads(visit).heads);
    }
    // Nothing that phones merely remember was applied: no decision, no move, there or on a phone.
    assert_eq!(li.reviews(handed_in_before), []);
    let area_of =
        |phone: &Phone| phone.row("cooperatives", &cooperative(2).to_string()).unwrap()["area"].clone();
    assert_eq!(area_of(&sun), SHENTOU);

    let (zhao, qian) = (district.desk_of("zhao").await, district.desk_of("qian").await);
    let told = remembered(&zhao).await;
    let [lost] = told["decisions"].as_array().unwrap().as_slice() else { panic!("one decision: {told}") };
    assert_eq!(lost["visit"], handed_in_before.to_string());
    assert_eq!(lost["status"], "submitted", "it waits for a decision again");
    assert_eq!(lost["told_by"], json!(["孙建军", "李秀英"]));
    assert_eq!(lost["settled"], Value::Null);
    let decision = &lost["decisions"][0];
    assert_eq!((&decision["verdict"], &decision["reviewer_name"]), (&json!("returned"), &json!("赵敏")));
    assert_eq!(decision["item_comments"], 1);
    assert_eq!(told["rows"], json!([]), "the register is not a supervisor's");
    let restore = &told["restores"][0];
    assert_eq!(
        (&restore["seq"], &restore["lost_at_least"]),
        (&json!(restored_at), &json!(before - restored_at))
    );
    assert_eq!(told["rolled_back"], Value::Null);

    let told = remembered(&qian).await;
    let rows = told["rows"].as_array().unwrap();
    let moved = rows.iter().find(|row| row["key"] == cooperative(2).to_string()).expect("the move is told");
    assert_eq!((&moved["before"]["area"], &moved["remembered"]["area"]), (&json!(SHENTOU), &json!(LIMIN)));
    assert_eq!(moved["told_by"], json!(["孙建军"]), "李秀英's phone was only told that it left her town");

    // The supervisor decides again, and says that this is dealt with.
    assert_eq!(zhao.decides(&handed_in_before.to_string(), "approved", &json!({})).await.0, 201);
    let (status, told) = zhao.does("remembered/settled", &json!({ "ids": [lost["id"], moved["id"]] })).await;
    assert_eq!((status, &told["decisions"][0]["settled"]["person_name"]), (200, &json!("赵敏")));
    let told = remembered(&qian).await;
    let moved = told["rows"].as_array().unwrap().iter().find(|row| row["id"] == moved["id"]).unwrap();
    assert_eq!(moved["settled"], Value::Null, "what is not open to her she has not dealt with");

    // Told once, a phone doesn't tell again, and nothing more comes of it.
    li.syncs().await;
    assert!(li.push().remembered.is_none());
    assert_eq!(li.reviews(handed_in_before).len(), 1, "the new decision is there");
}

#[tokio::test]
async fn a_store_put_back_behind_everybodys_back_is_told_of_too() {
    let mut evening = evening().await;
    let rolled_back = evening.district.backup();
    let desk = evening.district.desk_of("zhao").await;
    let visit = evening.handed_in_after;
    assert_eq!(desk.decides(&visit.to_string(), "approved", &json!({})).await.0, 201);
    evening.li.syncs().await;
    let before = position(&evening.district);
    // A copy of the files, put back without a word: the life is the same, and the log shorter.
    evening.district.is_restored(rolled_back).await;
    evening.district.reaches(&mut evening.li);
    evening.li.syncs().await;
    let told = remembered(&evening.district.desk_of("zhao").await).await;
    assert_eq!(told["restores"], json!([]));
    assert_eq!(told["rolled_back"]["seq"], before);
    let [lost] = told["decisions"].as_array().unwrap().as_slice() else { panic!("one decision: {told}") };
    assert_eq!(
        (&lost["visit"], &lost["decisions"][0]["verdict"]),
        (&json!(visit.to_string()), &json!("approved"))
    );
}

/// C9: whatever a phone claims to remember, nothing comes of it but a line at the office, and only where
/// the person may read.
#[tokio::test]
async fn hearsay_is_bounded_by_what_its_teller_may_read() {
    let Evening { district, li, handed_in_after, .. } = evening().await;
    let row = |table: &str, key: &str, value: String| Row {
        table: table.to_owned(),
        key: key.to_owned(),
        seq: 1_000,
        value: Some(value),
    };
    let known = |number: usize| {
        let id = cooperative(number);
        let read = move |c: &rusqlite::Connection| server::store::cooperatives::get(c, id);
        district.app().store.read_blocking(read).unwrap().unwrap()
    };
    let named = |number: usize, name: &str| {
        let mut cooperative = serde_json::to_value(known(number)).unwrap();
        cooperative["name"] = name.into();
        row("cooperatives", &known(number).id.to_string(), cooperative.to_string())
    };
    let as_it_stands = serde_json::to_value(known(0)).unwrap().to_string();
    let rows = vec![
        named(0, "改了名的合作社"),
        named(0, "改了名的合作社"),
        named(3, "别的镇的合作社"),
        named(0, &"长".repeat(30_000)),
        row("cooperatives", &cooperative(1).to_string(), as_it_stands.clone()),
        row("cooperatives", &cooperative(0).to_string(), as_it_stands),
        row("reviews", &handed_in_after.to_string(), "[]".to_owned()),
        row("reviews", "no visit", "[{}]".to_owned()),
        row("people", "li", "{}".to_owned()),
        row("areas", LIMIN, json!({ "code": LIMIN, "name": "别的镇" }).to_string()),
    ];
    let count = rows.len() as u32;
    let push = sync_core::wire::Push { remembered: Some(Remembered { epoch: 9, rows }), ..li.push() };
    for _ in 0..2 {
        let reply = li.line.sync(&push, Fate::Through).await.unwrap();
        assert_eq!(reply.heard, count, "there is no use in telling it again");
    }
    let told = remembered(&district.desk_of("qian").await).await;
    let names: Vec<&Value> =
        told["rows"].as_array().unwrap().iter().map(|row| &row["remembered"]["name"]).collect();
    assert_eq!(names, ["改了名的合作社"]);
    assert_eq!(told["decisions"], json!([]));
    assert_eq!(known(0).name, "兴农种植专业合作社");
}
