//! 两部手机一条记录: 李秀英 starts a visit and sends it; 王建国's phone pulls it. Both go where there is no
//! network, answer different items and one the same with different answers, and both phones are killed and
//! opened again. They come back online in either order: there is one record with everything in it, and the
//! doubly answered item shows both values. (M2, M3)

use server::store::grants::Role;
use sync_core::commands::{Answer, Command};
use sync_core::domain::VisitId;
use xunfang_tests::district::{SHENTOU, cooperative};
use xunfang_tests::{District, Phone};

/// Two phones that wrote in one record without knowing of each other.
pub(crate) struct Apart {
    pub(crate) district: District,
    pub(crate) li: Phone,
    pub(crate) wang: Phone,
    pub(crate) visit: VisitId,
}

/// Both phones have answered offline, and have been killed and opened again.
pub(crate) async fn two_phones_apart() -> Apart {
    let mut district = District::open().await;
    district.employs("li", "李秀英", Role::Coordinator, SHENTOU).await;
    district.employs("wang", "王建国", Role::Coordinator, SHENTOU).await;
    let mut li = district.phone_of("li").await;
    let mut wang = district.phone_of("wang").await;
    li.syncs().await;
    let visit = li.starts_visit(cooperative(0));
    li.syncs().await;
    wang.syncs().await;
    wang.does(visit, &[Command::Join]).expect("everybody may join");

    district.minutes_go_by(20);
    li.fills_in(visit);
    district.minutes_go_by(1);
    wang.answers(visit, "returned_by_volume_rate", Answer::Percent(5_800));
    wang.answers(visit, "brand", Answer::Text("马邑".to_owned()));
    li.answers(visit, "brand", Answer::Text("马邑".to_owned()));
    li.is_reopened();
    wang.is_reopened();
    Apart { district, li, wang, visit }
}

#[tokio::test]
async fn in_either_order_the_record_is_one_and_nothing_is_lost() {
    for li_comes_first in [true, false] {
        let Apart { district: _district, mut li, mut wang, visit } = two_phones_apart().await;
        let (first, second) = if li_comes_first { (&mut li, &mut wang) } else { (&mut wang, &mut li) };
        first.syncs().await;
        second.syncs().await;
        first.syncs().await;

        assert_eq!(li.reads(visit), wang.reads(visit));
        let read = li.reads(visit);
        let rate = &read.answers["returned_by_volume_rate"];
        assert!(rate.is_conflict());
        let people: Vec<_> = rate.entries().iter().map(|entry| entry.author.person).collect();
        assert_eq!(people.len(), 2);
        assert!(people.contains(&Some(li.person)) && people.contains(&Some(wang.person)));
        assert_eq!(read.conflicts().len(), 1, "the brand was written twice, and alike");
        assert_eq!(read.summary, li.sees(visit).inspection.summary);
        assert!(!read.summary.is_empty());
    }
}
