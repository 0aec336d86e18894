//! 有一条没有被接收: an old app let 李秀英 confirm an answer that nobody had given yet. The server refuses
//! that one change, and with it everything she wrote afterwards, because it builds on it. Her phone then
//! enters again, by itself, what nobody refused; the refused confirmation waits under 需要处理, and one
//! tap enters it again now that it makes sense. (Q1, Q2)

use server::store::grants::Role;
use sync_core::document::{Container, Edit, Scalar};
use sync_core::review::Status;
use sync_core::wire::RefusalCode;
use xunfang_tests::District;
use xunfang_tests::district::{SHENTOU, cooperative};

#[tokio::test]
async fn what_was_fine_arrives_and_what_was_refused_waits_for_its_author() {
    let mut district = District::open().await;
    district.employs("li", "李秀英", Role::Coordinator, SHENTOU).await;
    district.employs("wang", "王建国", Role::Coordinator, SHENTOU).await;
    let mut phone = district.phone_of("li").await;
    let mut other = district.phone_of("wang").await;
    phone.syncs().await;

    let visit = phone.starts_visit(cooperative(0));
    phone.answers_yes_no(visit, "premises", true);
    let confirmation = Edit::Put {
        container: Container::Confirmations,
        key: format!("signboard/{}/0", phone.person),
        value: Scalar::Int(phone.now().0),
    };
    phone.writes_past_the_rules(visit, &[confirmation]);
    phone.answers_yes_no(visit, "signboard", true);
    phone.answers_yes_no(visit, "rules", false);

    let outcomes = phone.syncs().await;
    assert_eq!(outcomes[0].sent, 2, "what came before the refused change was fine");
    assert_eq!(outcomes[0].refused, 3, "the refused change and the two that build on it");

    // Everything nobody refused has arrived: another phone sees it.
    other.syncs().await;
    let read = other.reads(visit);
    for (item, value) in [("premises", "yes"), ("signboard", "yes"), ("rules", "no")] {
        let answer = serde_json::to_value(read.answer(item)).expect("answers are JSON");
        assert_eq!(answer["value"], value, "{item}");
    }
    assert!(read.confirmations.is_empty());

    // The refused change waits, readable, with its reason.
    let listed = phone.lists(visit);
    assert_eq!((listed.unsent, listed.status), (0, Status::InProgress));
    assert_eq!(listed.attention.len(), 1);
    assert_eq!(listed.attention[0].code, RefusalCode::AgainstRules);
    assert_eq!(listed.attention[0].commands.len(), 1);

    // One tap, and it goes through.
    phone.reenters(visit).expect("there is an answer to confirm now");
    assert!(phone.lists(visit).attention.is_empty());
    phone.syncs().await;
    assert_eq!(phone.unsent(), 0);
    other.syncs().await;
    assert_eq!(other.reads(visit).confirmations["signboard"].len(), 1);
}
