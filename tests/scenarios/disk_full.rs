//! 磁盘将满: the disk at the county's server is nearly full. 李秀英 goes on writing and her phone goes on
//! learning what others did; what she wrote stays with her, and the phone says why. The supervisor reads
//! and can't decide. When there is room again everything goes out. And where the disk is full before
//! anybody noticed, no receipt says what isn't so. (R5, R8)

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use server::app::App;
use server::disk::Disk;
use server::store::grants::Role;
use server::store::{Failed, Store};
use sync_core::domain::ChangeHash;
use sync_core::wire::{NotTaking, Receipt};
use xunfang_tests::district::{DISTRICT, SHENTOU, cooperative};
use xunfang_tests::{District, Fate, Phone, Trouble};

/// A district whose disk has as much room as the number says.
async fn on_a_disk() -> (District, Arc<AtomicU64>) {
    let free = Arc::new(AtomicU64::new(10_000));
    let read = Arc::clone(&free);
    let disk = Arc::new(Disk::with(move || Ok(read.load(Ordering::SeqCst)), 1_000));
    (District::open_with(|app| App { disk, ..app }).await, free)
}

#[tokio::test]
async fn nothing_new_is_taken_and_everything_else_goes_on() {
    let (mut district, free) = on_a_disk().await;
    district.employs("li", "李秀英", Role::Coordinator, SHENTOU).await;
    district.employs("wang", "王建国", Role::Coordinator, SHENTOU).await;
    district.employs("supervisor", "赵审核", Role::Supervisor, SHENTOU).await;
    let mut li = district.phone_of("li").await;
    let mut wang = district.phone_of("wang").await;
    li.syncs().await;
    wang.syncs().await;
    let handed_in = wang.starts_visit(cooperative(1));
    wang.fills_in(handed_in);
    wang.submits(handed_in);
    wang.syncs().await;
    let visit = li.starts_visit(cooperative(0));
    li.answers_yes_no(visit, "premises", true);

    free.store(999, Ordering::SeqCst);
    let before = district.dump();
    let outcomes = li.syncs().await;
    assert_eq!(outcomes[0].not_taking, Some(NotTaking::DiskFull));
    assert_eq!(li.unsent(), 2, "what she wrote is with her, and is not called sent");
    assert!(li.has(handed_in), "what others did arrives");
    assert_eq!(district.dump(), before);
    let health = |path: &str| reqwest::get(format!("{}/health/{path}", district.url()));
    assert_eq!(health("ready").await.expect("it answers").status(), 204);
    assert_eq!(health("uploads").await.expect("it answers").status(), 503);

    let desk = district.desk_of("supervisor").await;
    let queue = desk.sees("review-queue").await;
    assert_eq!(queue["visits"][0]["visit"], serde_json::json!(handed_in.to_string()));
    let (status, problem) = desk.decides(&handed_in.to_string(), "approved", &serde_json::json!({})).await;
    assert_eq!((status, problem["code"].as_str()), (503, Some("disk_full")));
    li.line.renews().await;

    free.store(1_000, Ordering::SeqCst);
    assert_eq!(li.syncs().await[0].not_taking, None);
    assert_eq!(li.unsent(), 0);
    let (status, _) = desk.decides(&handed_in.to_string(), "approved", &serde_json::json!({})).await;
    assert_eq!(status, 201);
    assert_eq!(health("uploads").await.expect("it answers").status(), 204);
}

/// From now on the database may grow by so many pages and no more.
async fn may_grow_by(store: &Store, pages: i64) {
    let limit = move |tx: &rusqlite::Transaction<'_>| {
        let now: i64 = tx.pragma_query_value(None, "page_count", |row| row.get(0))?;
        tx.query_row(&format!("PRAGMA max_page_count = {}", now + pages), [], |_| Ok(()))?;
        Ok::<_, Failed>(())
    };
    store.write(limit).await.expect("a limit takes no room");
}

async fn holds(store: &Store, change: ChangeHash) -> bool {
    let hash = change.as_bytes().to_vec();
    let count = move |c: &rusqlite::Connection| {
        Ok::<_, Failed>(c.query_row("SELECT count(*) FROM changes WHERE hash = ?1", [hash], |r| r.get(0))?)
    };
    store.read::<i64, _>(count).await.expect("reading goes on") == 1
}

async fn day_of_work(district: &mut District) -> Phone {
    district.employs("li", "李秀英", Role::Coordinator, DISTRICT).await;
    let mut phone = district.phone_of("li").await;
    phone.syncs().await;
    for number in 0..6 {
        let visit = phone.starts_visit(cooperative(number));
        phone.fills_in(visit);
    }
    phone
}

#[tokio::test]
async fn where_the_disk_is_full_no_receipt_says_what_is_not_so() {
    let mut in_part = 0;
    for pages in [0, 8, 20, 40, 60] {
        let mut district = District::open().await;
        let mut phone = day_of_work(&mut district).await;
        let store = district.app().store.clone();
        may_grow_by(&store, pages).await;
        let push = phone.push();
        match phone.line.sync(&push, Fate::Through).await {
            Ok(reply) => {
                let receipts: Vec<_> = reply.receipts.iter().flat_map(|receipt| &receipt.changes).collect();
                for change in &receipts {
                    assert_eq!(change.receipt, Receipt::Accepted, "{pages} pages");
                    assert!(holds(&store, change.hash).await, "{pages} pages: a false receipt");
                }
                let all: usize = push.visits.iter().map(|visit| visit.changes.len()).sum();
                if receipts.len() < all {
                    assert_eq!(reply.not_taking, Some(NotTaking::DiskFull), "{pages} pages");
                    in_part += usize::from(!receipts.is_empty());
                }
                phone.takes(&reply);
            }
            Err(trouble) => {
                assert!(
                    matches!(trouble, Trouble::Refused { status: 503, .. }),
                    "{pages} pages: {trouble:?}"
                );
            }
        }
        may_grow_by(&store, 1_000_000).await;
        let live = district.dump();
        district.rebuilds().await;
        assert_eq!(district.dump(), live, "{pages} pages: what was kept is whole");
        phone.syncs().await;
        assert_eq!(phone.unsent(), 0, "{pages} pages: with room again everything goes out");
    }
    assert!(in_part > 0, "some of these disks took a part of the push");
}
