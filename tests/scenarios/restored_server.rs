//! 服务器从备份恢复: the machine at the office dies after lunch and is replaced with this morning's backup.
//! Phones that were told *sent* over lunch must notice by themselves that the server has forgotten, and
//! send again what it lost: nobody is asked, nothing is there twice. (C3)

use server::store::grants::Role;
use sync_core::domain::VisitId;
use xunfang_tests::district::{SHENTOU, cooperative};
use xunfang_tests::{District, Phone};

struct Noon {
    district: District,
    backup: tempfile::TempDir,
    li: Phone,
    wang: Phone,
    before_backup: VisitId,
    after_backup: VisitId,
}

/// Two phones in sync; the backup is older than the newest work.
async fn noon() -> Noon {
    let mut district = District::open().await;
    district.employs("li", "李秀英", Role::Coordinator, SHENTOU).await;
    district.employs("wang", "王建国", Role::Coordinator, SHENTOU).await;
    let mut li = district.phone_of("li").await;
    let mut wang = district.phone_of("wang").await;
    li.syncs().await;
    wang.syncs().await;

    let before_backup = li.starts_visit(cooperative(0));
    li.answers_yes_no(before_backup, "premises", true);
    li.syncs().await;
    wang.syncs().await;
    let backup = district.backup();

    district.minutes_go_by(60);
    li.answers_yes_no(before_backup, "signboard", true);
    let after_backup = li.starts_visit(cooperative(1));
    li.answers_yes_no(after_backup, "rules", true);
    li.syncs().await;
    wang.syncs().await;
    Noon { district, backup, li, wang, before_backup, after_backup }
}

#[tokio::test]
async fn phones_send_again_what_a_restored_server_lost() {
    let Noon { mut district, backup, mut li, mut wang, before_backup, after_backup } = noon().await;
    let lost = district.dump();
    district.is_restored(backup).await;
    assert_ne!(district.dump(), lost);

    // 王建国 comes first: he can't give back what 李秀英 wrote, but he keeps nothing that isn't there.
    district.reaches(&mut wang);
    wang.syncs().await;
    assert!(!wang.has(after_backup), "the server doesn't have it, and none of it was his");

    district.reaches(&mut li);
    li.syncs().await;
    assert_eq!(li.unsent(), 0);
    assert_eq!(district.dump(), lost, "the server has everything again");

    wang.syncs().await;
    assert!(wang.reads(before_backup).answers.contains_key("signboard"));
    assert!(wang.reads(after_backup).answers.contains_key("rules"));
}

#[tokio::test]
async fn a_server_that_went_on_after_the_backup_is_noticed_too() {
    let Noon { mut district, backup, mut li, mut wang, before_backup, after_backup } = noon().await;
    district.is_restored(backup).await;

    // Before 李秀英 comes by, others have written more than was lost: positions in the log are taken again.
    district.reaches(&mut wang);
    wang.syncs().await;
    let other = wang.starts_visit(cooperative(2));
    for item in ["premises", "signboard", "rules", "account_books", "governance_bodies"] {
        wang.answers_yes_no(other, item, true);
    }
    wang.syncs().await;

    district.reaches(&mut li);
    li.syncs().await;
    wang.syncs().await;
    for phone in [&li, &wang] {
        assert_eq!(phone.unsent(), 0);
        assert!(phone.reads(before_backup).answers.contains_key("signboard"));
        assert!(phone.reads(after_backup).answers.contains_key("rules"));
        assert_eq!(phone.reads(other).answers.len(), 5);
    }
}
