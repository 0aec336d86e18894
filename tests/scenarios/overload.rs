//! 人多的时候: everybody comes back from the villages at once, and the server can't keep up. Whoever comes on
//! top of what it can take in is told at once to come again later; nobody's work is lost, nobody waits for
//! ever, and reading goes on. (R8)

use std::sync::{Arc, mpsc};

use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use server::store::Failed;
use server::store::grants::Role;
use xunfang_tests::district::{SHENTOU, cooperative};
use xunfang_tests::{District, Fate, Phone, Trouble};

fn busy() -> Trouble {
    Trouble::Refused { status: 503, code: "overloaded".to_owned() }
}

async fn three_at_work() -> (District, Vec<Phone>) {
    let mut district = District::open().await;
    let mut phones = Vec::new();
    for (number, account) in ["li", "wang", "zhang"].into_iter().enumerate() {
        district.employs(account, account, Role::Coordinator, SHENTOU).await;
        let mut phone = district.phone_of(account).await;
        phone.syncs().await;
        let visit = phone.starts_visit(cooperative(number));
        phone.answers_yes_no(visit, "premises", true);
        phones.push(phone);
    }
    (district, phones)
}

#[tokio::test]
async fn whoever_comes_on_top_comes_again_and_nothing_is_lost() {
    let (district, mut phones) = three_at_work().await;
    district.employs("supervisor", "赵审核", Role::Supervisor, SHENTOU).await;
    let desk = district.desk_of("supervisor").await;
    // Room for two pushes, and a writer that stands still.
    let pushes = Arc::clone(&district.app().room.pushes);
    let taken_up = pushes.available_permits() as u32 - 2;
    let _taken_up = pushes.acquire_many_owned(taken_up).await.expect("there is room");
    let (go_on, stopped) = mpsc::channel::<()>();
    let store = district.app().store.clone();
    let standing = tokio::spawn(async move {
        let stand = move |_: &rusqlite::Transaction<'_>| {
            // Ends when the other end is dropped.
            let _ = stopped.recv();
            Ok::<_, Failed>(())
        };
        store.write(stand).await
    });

    let all: Vec<_> = phones.iter().map(Phone::push).collect();
    let mut under_way: FuturesUnordered<_> = phones
        .iter()
        .zip(&all)
        .enumerate()
        .map(|(at, (phone, push))| async move { (at, phone.line.sync(push, Fate::Through).await) })
        .collect();
    let (turned_away, answer) = under_way.next().await.expect("one is answered at once");
    assert_eq!(answer.err(), Some(busy()));
    assert_eq!(desk.sees("review-queue").await["total"], 0, "reading goes on");

    drop(go_on);
    standing.await.expect("it ran").expect("it was committed");
    let mut replies = Vec::new();
    while let Some((at, answer)) = under_way.next().await {
        replies.push((at, answer.expect("taken as soon as the writer goes on")));
    }
    drop(under_way);
    assert_eq!(replies.len(), 2);
    for (at, reply) in &replies {
        phones[*at].takes(reply);
        assert_eq!(phones[*at].unsent(), 0);
    }
    assert_eq!(phones[turned_away].unsent(), 2, "nothing is called sent that wasn't taken");
    phones[turned_away].syncs().await;
    assert_eq!(phones[turned_away].unsent(), 0);
}

#[tokio::test]
async fn nobody_takes_all_the_room() {
    let (district, phones) = three_at_work().await;
    let room = Arc::clone(&district.app().room);
    let mut of_li = Vec::new();
    while let Some(inside) = room.syncs.enter(phones[0].person) {
        of_li.push(inside);
    }
    assert_eq!(of_li.len(), 4);
    assert_eq!(phones[0].line.sync(&phones[0].push(), Fate::Through).await.err(), Some(busy()));
    phones[1].line.sync(&phones[1].push(), Fate::Through).await.expect("there is room for others");
    of_li.pop();
    phones[0].line.sync(&phones[0].push(), Fate::Through).await.expect("and for her again");
}

#[tokio::test]
async fn a_full_house_answers_at_once_and_says_when_to_come_again() {
    let (district, _) = three_at_work().await;
    let requests = Arc::clone(&district.app().room.requests);
    let all = requests.available_permits() as u32;
    let inside = requests.acquire_many_owned(all).await.expect("there is room");
    let version = format!("{}/api/v1/version", district.url());
    let answer = reqwest::get(&version).await.expect("it answers");
    assert_eq!(answer.status(), 503);
    assert_eq!(answer.headers()["retry-after"], "20");
    drop(inside);
    assert_eq!(reqwest::get(&version).await.expect("it answers").status(), 200);
}
