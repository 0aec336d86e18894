//! 合作社划走了: while 李秀英 of 神头镇 is out without a network, the register moves the cooperative she is
//! visiting to 利民镇. What she wrote there is no longer hers to send: it stays on her phone, whole, and the
//! office sees it among what was not accepted. The people of 利民镇 get the record with all that came
//! before; whoever looks after the whole district notices no leaving at all. (L3, C4, C5, G4)

use server::store::grants::Role;
use sync_core::wire::RefusalCode;
use xunfang_tests::District;
use xunfang_tests::district::{DISTRICT, LIMIN, SHENTOU, cooperative};

#[tokio::test]
async fn nothing_is_lost_when_a_cooperative_moves() {
    let mut district = District::open().await;
    district.employs("li", "李秀英", Role::Coordinator, SHENTOU).await;
    district.employs("zhao", "赵桂兰", Role::Coordinator, LIMIN).await;
    district.employs("qu", "区辅导员", Role::Coordinator, DISTRICT).await;
    let mut of_shentou = district.phone_of("li").await;
    let mut of_limin = district.phone_of("zhao").await;
    let mut of_district = district.phone_of("qu").await;
    for phone in [&mut of_shentou, &mut of_limin, &mut of_district] {
        phone.syncs().await;
    }

    let visit = of_shentou.starts_visit(cooperative(0));
    of_shentou.answers_yes_no(visit, "premises", true);
    of_shentou.syncs().await;
    of_district.syncs().await;
    of_limin.syncs().await;
    assert!(!of_limin.has(visit));

    of_shentou.answers_yes_no(visit, "signboard", false);
    district.minutes_go_by(10);
    district.moves(cooperative(0), LIMIN).await;
    of_shentou.syncs().await;

    let listed = of_shentou.lists(visit);
    assert_eq!(listed.unsent, 0, "nothing goes out in vain again and again");
    assert_eq!(listed.attention.len(), 1, "what she wrote is there to be read");
    assert_eq!(listed.attention[0].code, RefusalCode::NotGranted);

    of_limin.syncs().await;
    assert!(of_limin.reads(visit).answers.contains_key("premises"), "the record came whole");
    assert!(!of_limin.reads(visit).answers.contains_key("signboard"));
    assert!(of_limin.row("cooperatives", &cooperative(0).to_string()).is_some());

    let outcomes = of_district.syncs().await;
    assert!(outcomes.iter().all(|outcome| outcome.delete.is_empty()));
    assert!(of_district.has(visit));
}
