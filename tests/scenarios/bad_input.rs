//! 坏数据: whatever arrives at the door, damaged, foreign or meant badly, is answered with a code of its own
//! in Chinese and English, changes nothing, and takes nothing of anybody else down with it. (P4, R5, G4)

use server::store::grants::Role;
use sync_core::commands::Command;
use sync_core::domain::{Actor, VisitId};
use sync_core::replica::OpenRecord;
use sync_core::wire::{MEDIA_TYPE, REQUEST_BYTES_MAX, Receipt, RefusalCode, encode};
use xunfang_tests::district::{LIMIN, SHENTOU, cooperative};
use xunfang_tests::line::deflate;
use xunfang_tests::{District, Fate, Phone, Trouble};

/// A phone with a visit under way, one answer of it unsent.
async fn at_work() -> (District, Phone, VisitId) {
    let mut district = District::open().await;
    district.employs("li", "李秀英", Role::Coordinator, SHENTOU).await;
    let mut phone = district.phone_of("li").await;
    phone.syncs().await;
    let visit = phone.starts_visit(cooperative(0));
    phone.syncs().await;
    phone.answers_yes_no(visit, "premises", true);
    (district, phone, visit)
}

fn refused(status: u16, code: &str) -> Trouble {
    Trouble::Refused { status, code: code.to_owned() }
}

#[tokio::test]
async fn a_body_that_is_no_push_is_refused_whole() {
    let (district, phone, _) = at_work().await;
    let before = district.dump();
    let whole = encode(&phone.push());
    let packed = deflate(&whole);
    let mut newer = phone.push();
    newer.version = 99;

    for (what, body, media_type, encoding, trouble) in [
        (
            "cut short",
            packed[..packed.len() / 2].to_vec(),
            MEDIA_TYPE,
            Some("deflate"),
            refused(400, "malformed_body"),
        ),
        (
            "cut short before packing",
            whole[..whole.len() / 2].to_vec(),
            MEDIA_TYPE,
            None,
            refused(400, "malformed_body"),
        ),
        ("empty", Vec::new(), MEDIA_TYPE, None, refused(400, "malformed_body")),
        (
            "unpacked, called packed",
            whole.clone(),
            MEDIA_TYPE,
            Some("deflate"),
            refused(400, "malformed_body"),
        ),
        ("too large", vec![0; REQUEST_BYTES_MAX + 1], MEDIA_TYPE, None, refused(413, "body_too_large")),
        (
            "too large once unpacked",
            deflate(&vec![0; REQUEST_BYTES_MAX + 1]),
            MEDIA_TYPE,
            Some("deflate"),
            refused(413, "body_too_large"),
        ),
        (
            "of another type",
            packed.clone(),
            "application/json",
            Some("deflate"),
            refused(415, "unsupported_media_type"),
        ),
        (
            "packed in an unknown way",
            packed.clone(),
            MEDIA_TYPE,
            Some("zstd"),
            refused(415, "unsupported_media_type"),
        ),
        ("of a version to come", encode(&newer), MEDIA_TYPE, None, refused(400, "unknown_version")),
    ] {
        assert_eq!(phone.line.send(body, media_type, encoding).await.err(), Some(trouble), "{what}");
        assert_eq!(district.dump(), before, "{what}");
    }
}

#[tokio::test]
async fn every_refusal_speaks_both_languages() {
    let (district, phone, _) = at_work().await;
    let request = reqwest::Client::new().post(format!("{}/api/v1/sync", district.url()));
    let answer = request.bearer_auth(&phone.line.access_token).body("?").send().await.expect("it answers");
    assert_eq!(answer.headers()["content-type"], "application/problem+json");
    let problem: serde_json::Value = answer.json().await.expect("a problem is JSON");
    assert_eq!(problem["type"], "urn:xunfang:problem:unsupported_media_type");
    let speaks =
        |text: &serde_json::Value| text.as_str().expect("a sentence").chars().any(|c| c > '\u{4e00}');
    assert!(speaks(&problem["title"]) && !speaks(&problem["title_en"]));
}

#[tokio::test]
async fn a_token_that_ran_out_or_came_from_elsewhere_opens_nothing() {
    let (district, mut phone, _) = at_work().await;
    let before = district.dump();
    let push = phone.push();

    let good = phone.line.access_token.clone();
    let (elsewhere, stranger, _) = at_work().await;
    phone.line.access_token.clone_from(&stranger.line.access_token);
    let same_key = phone.sends(&push, Fate::Through).await;
    assert_eq!(same_key, Err(refused(401, "session_ended")), "another server's session is none here");
    drop(elsewhere);
    phone.line.access_token = format!("{}x", good);
    assert_eq!(phone.sends(&push, Fate::Through).await, Err(refused(401, "token_invalid")));
    phone.line.access_token.clear();
    assert_eq!(phone.sends(&push, Fate::Through).await, Err(refused(401, "token_invalid")));

    phone.line.access_token = good;
    district.minutes_go_by(16);
    assert_eq!(phone.sends(&push, Fate::Through).await, Err(refused(401, "token_expired")));
    assert_eq!(district.dump(), before);
    assert_eq!(phone.unsent(), 1, "the work waits");

    // Signed in again, everything goes out.
    district.signs_in_again(&mut phone, "li").await;
    phone.syncs().await;
    assert_eq!(phone.unsent(), 0);
}

#[tokio::test]
async fn a_bad_change_harms_no_other_in_the_batch() {
    let (mut district, mut phone, visit) = at_work().await;
    district.employs("zhao", "赵桂兰", Role::Coordinator, LIMIN).await;
    let mut of_limin = district.phone_of("zhao").await;
    of_limin.syncs().await;
    let foreign_visit = of_limin.starts_visit(cooperative(3));
    let foreign = of_limin.push().visits.remove(0);

    // One push with: a good change, bytes that are none, another area's record, a change by an actor
    // that belongs to somebody else, and another good record.
    let mut push = phone.push();
    push.visits[0].changes.push(vec![0x85, 0x6f, 0x4a, 0x83, 1, 2, 3].into());
    push.visits.push(foreign);
    let other_visit = phone.starts_visit(cooperative(1));
    phone.answers_yes_no(other_visit, "rules", true);
    push.visits.push(phone.push().visits.into_iter().find(|pushed| pushed.visit == other_visit).unwrap());

    let reply = phone.line.sync(&push, Fate::Through).await.expect("the batch as a whole is taken");
    let receipts = |of: VisitId| -> Vec<Receipt> {
        let found =
            reply.receipts.iter().find(|receipt| receipt.visit == of).expect("every visit has receipts");
        found.changes.iter().map(|change| change.receipt.clone()).collect()
    };
    assert_eq!(receipts(visit), [Receipt::Accepted, Receipt::Quarantined(RefusalCode::MalformedChange)]);
    assert_eq!(receipts(foreign_visit), [Receipt::Quarantined(RefusalCode::NotGranted)]);
    assert_eq!(receipts(other_visit), [Receipt::Accepted, Receipt::Accepted]);
    phone.takes(&reply);
    phone.syncs().await;

    // Somebody who takes over the actor of another phone is refused under that actor.
    of_limin.syncs().await;
    let actor: Actor = of_limin.open(foreign_visit).record().changes()[0].0.actor;
    let mut open = OpenRecord::open(phone.stored(visit)).expect("it loads");
    open.apply(
        actor,
        phone.person,
        phone.now(),
        &[Command::Note { item: "rules".to_owned(), text: "…".to_owned() }],
    )
    .expect("the note is fine");
    phone.keep(&open.stored);
    let outcomes = phone.syncs().await;
    assert_eq!(outcomes[0].refused, 1);
    assert_eq!(phone.unsent(), 0, "the same note went out again under an actor of its own (Q3)");
    assert!(phone.lists(visit).attention.is_empty());
}
