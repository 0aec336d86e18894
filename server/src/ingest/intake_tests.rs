//! What comes over the line: trials that hang, records that move meanwhile, and everybody else, who waits
//! for none of that.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, mpsc};

use sync_core::commands::{Command, YesNo};
use sync_core::domain::VisitId;
use sync_core::wire::{NotTaking, Receipt, RefusalCode, VisitPush, VisitReceipt};
use tokio::sync::{mpsc as wakeful, watch};
use tokio::task::block_in_place;

use super::{Caller, Intake, Taken, Trial, Trials, one_visit};
use crate::small_district::{District, NOW, Phone, busy_phone, caller};
use crate::store::{Failed, Store, quarantine_use};

const UNMERGEABLE: Receipt = Receipt::Quarantined(RefusalCode::Unmergeable);

async fn take(intake: &Intake, store: &Store, by: Caller, visits: Vec<VisitPush>) -> Taken {
    intake.take(store, by, visits, NOW).await.unwrap()
}

fn receipts(of: &VisitReceipt) -> Vec<Receipt> {
    of.changes.iter().map(|change| change.receipt.clone()).collect()
}

fn phone(number: u8, entropy: u8) -> Phone {
    let mut phone = Phone::start_with(number, 1, [entropy; 16]);
    phone.actor.0[1] = entropy;
    phone.does(Command::Join);
    phone
}

/// An intake whose trials of some visits hang, each until it is let go.
struct Hanging {
    intake: Arc<Intake>,
    /// Told of each trial that hangs now.
    hangs: wakeful::UnboundedReceiver<VisitId>,
    /// Dropped, it lets all of them go.
    let_go: Option<mpsc::Sender<()>>,
    /// Whether every budget is used up.
    used_up: watch::Sender<bool>,
}

fn hanging(visits: Vec<VisitId>) -> Hanging {
    let (say, hangs) = wakeful::unbounded_channel();
    let (let_go, held) = mpsc::channel::<()>();
    let held = Mutex::new(held);
    let (used_up, budget) = watch::channel(false);
    let run = move |trial: Trial| {
        if visits.contains(&trial.visit()) {
            say.send(trial.visit()).unwrap();
            // Ends once the other end is dropped.
            let _ = held.lock().unwrap().recv();
        }
        trial.run()
    };
    let budget = move || -> super::BudgetUsed {
        let mut budget = budget.clone();
        Box::pin(async move { drop(budget.wait_for(|used_up| *used_up).await) })
    };
    let intake = Arc::new(Intake::with(Trials::with(run, budget)));
    Hanging { intake, hangs, let_go: Some(let_go), used_up }
}

/// G8: a trial that hangs holds up no other push, nor another visit of its own; once its budget is used
/// up its changes are kept apart, and the same bytes are not tried again.
#[tokio::test(flavor = "multi_thread")]
async fn a_hanging_trial_holds_up_nobody_else() {
    let district = block_in_place(District::new);
    let (bad, beside, other) = (phone(1, 1), phone(1, 2), phone(2, 3));
    let mut hanging = hanging(vec![bad.push().visit]);
    let push = vec![bad.push(), beside.push()];
    let mut logged = district.store.newest();
    let (intake, store) = (Arc::clone(&hanging.intake), district.store.clone());
    let held_up = tokio::spawn(async move { take(&intake, &store, caller(1), push).await });
    hanging.hangs.recv().await.unwrap();

    let taken = take(&hanging.intake, &district.store, caller(2), vec![other.push()]).await;
    assert_eq!(receipts(&taken.receipts[0]), [Receipt::Accepted]);
    while district.record(beside.push().visit).is_none() {
        logged.changed().await.expect("the store is open");
    }
    assert!(!held_up.is_finished(), "the first waits for its trial");

    hanging.used_up.send_replace(true);
    let taken = held_up.await.unwrap();
    assert_eq!(
        taken.receipts.iter().map(|receipt| receipt.visit).collect::<Vec<_>>(),
        [bad.push().visit, beside.push().visit]
    );
    assert_eq!(receipts(&taken.receipts[0]), [UNMERGEABLE]);
    assert_eq!(receipts(&taken.receipts[1]), [Receipt::Accepted]);
    assert_eq!(district.count("SELECT count(*) FROM quarantine WHERE code = 'unmergeable'"), 1);
    assert!(district.record(bad.push().visit).is_none());

    hanging.used_up.send_replace(false);
    hanging.let_go.take();
    let again = take(&hanging.intake, &district.store, caller(1), vec![bad.push()]).await;
    assert_eq!(receipts(&again.receipts[0]), [UNMERGEABLE], "answered as before");
    assert_eq!(district.count("SELECT count(*) FROM quarantine"), 1);
}

/// G8: what is in the record already stays accepted, whatever comes with it.
#[tokio::test(flavor = "multi_thread")]
async fn a_hanging_trial_takes_nothing_back() {
    let district = block_in_place(District::new);
    let mut sender = busy_phone();
    block_in_place(|| district.take(caller(1), sender.push()));
    sender.notes("hangs");
    let hanging = hanging(vec![sender.push().visit]);
    hanging.used_up.send_replace(true);
    let taken = take(&hanging.intake, &district.store, caller(1), vec![sender.push()]).await;
    let expected = [vec![Receipt::Duplicate; 6], vec![UNMERGEABLE]].concat();
    assert_eq!(receipts(&taken.receipts[0]), expected);
}

/// G8: nobody can leave behind more than a few trials that never end; whoever does is asked to wait, and
/// nobody else is.
#[tokio::test(flavor = "multi_thread")]
async fn trials_left_to_themselves_are_bounded() {
    let district = block_in_place(District::new);
    let bad: Vec<Phone> = (0..8).map(|number| phone(1, number)).collect();
    let mut hanging = hanging(bad.iter().map(|phone| phone.push().visit).collect());
    let mut held_up = Vec::new();
    for phone in &bad {
        let (intake, store, push) = (Arc::clone(&hanging.intake), district.store.clone(), phone.push());
        held_up.push(tokio::spawn(async move { take(&intake, &store, caller(1), vec![push]).await }));
    }
    for _ in &bad {
        hanging.hangs.recv().await.unwrap();
    }
    hanging.used_up.send_replace(true);
    for taken in held_up {
        assert_eq!(receipts(&taken.await.unwrap().receipts[0]), [UNMERGEABLE]);
    }
    hanging.used_up.send_replace(false);

    let honest = phone(1, 20);
    let taken = take(&hanging.intake, &district.store, caller(1), vec![honest.push()]).await;
    assert_eq!((taken.not_taking, taken.receipts[0].changes.len()), (Some(NotTaking::Overloaded), 0));
    let other = phone(2, 21);
    let taken = take(&hanging.intake, &district.store, caller(2), vec![other.push()]).await;
    assert_eq!(receipts(&taken.receipts[0]), [Receipt::Accepted]);

    hanging.let_go.take();
    loop {
        let taken = take(&hanging.intake, &district.store, caller(1), vec![honest.push()]).await;
        if taken.not_taking.is_none() {
            assert_eq!(receipts(&taken.receipts[0]), [Receipt::Accepted], "as soon as they have ended");
            break;
        }
    }
}

/// G8: whoever comes back with many visits, and sends several pushes at once, is asked to wait for nothing.
#[tokio::test(flavor = "multi_thread")]
async fn many_visits_of_one_person_are_all_taken() {
    let district = block_in_place(District::new);
    let intake = Intake::default();
    let visits: Vec<VisitPush> = (0..32).map(|number| phone(1, number).push()).collect();
    let pushes = visits.chunks(8).map(|push| take(&intake, &district.store, caller(1), push.to_vec()));
    for taken in futures_util::future::join_all(pushes).await {
        assert_eq!(taken.not_taking, None);
        assert!(taken.receipts.iter().all(|receipt| receipts(receipt) == [Receipt::Accepted]));
    }
    assert_eq!(district.count("SELECT count(*) FROM changes"), 32);
}

/// M3, G8: where a record moves while changes of it are tried, they are tried again on what it is then.
#[tokio::test(flavor = "multi_thread")]
async fn a_record_that_moved_is_tried_again() {
    let district = block_in_place(District::new);
    let mut first = phone(1, 1);
    first.answers("premises", YesNo::Yes);
    let mut second = first.joined_by(2);
    second.does(Command::Join);
    let (store, late, tries) = (district.store.clone(), second.push(), Arc::new(AtomicUsize::new(0)));
    let counted = Arc::clone(&tries);
    let run = move |trial: Trial| {
        if counted.fetch_add(1, Ordering::Relaxed) == 0 {
            let late = late.clone();
            store.write_blocking(move |tx| one_visit(tx, &caller(2), &late, NOW)).unwrap();
        }
        trial.run()
    };
    let intake = Intake::with(Trials::with(run, || Box::pin(std::future::pending())));
    let taken = take(&intake, &district.store, caller(1), vec![first.push()]).await;
    assert_eq!(receipts(&taken.receipts[0]), [Receipt::Accepted, Receipt::Accepted]);
    assert_eq!(tries.load(Ordering::Relaxed), 2);
    assert_eq!(district.count("SELECT count(*) FROM visit_people WHERE present"), 2);
    assert_eq!(district.record(first.push().visit).unwrap().heads().len(), 2);
}

/// G4, G8: a grant that is taken away while changes are tried is not there any more when they are kept.
#[tokio::test(flavor = "multi_thread")]
async fn a_grant_that_ended_meanwhile_is_noticed() {
    let district = block_in_place(District::new);
    let sender = phone(1, 1);
    let store = district.store.clone();
    let run = move |trial: Trial| {
        let ends = |tx: &rusqlite::Transaction<'_>| Ok::<_, Failed>(tx.execute("DELETE FROM grants", [])?);
        store.write_blocking(ends).unwrap();
        trial.run()
    };
    let intake = Intake::with(Trials::with(run, || Box::pin(std::future::pending())));
    let taken = take(&intake, &district.store, caller(1), vec![sender.push()]).await;
    assert_eq!(receipts(&taken.receipts[0]), [Receipt::Quarantined(RefusalCode::NotGranted)]);
}

/// R5, G8: changes of a record that never stands still get no receipt, and come again.
#[tokio::test(flavor = "multi_thread")]
async fn a_record_that_never_stands_still_gets_no_receipt() {
    let district = block_in_place(District::new);
    let first = phone(1, 1);
    let mut restless = first.joined_by(2);
    restless.does(Command::Join);
    let store = district.store.clone();
    let restless = Mutex::new(restless);
    let run = move |trial: Trial| {
        let mut restless = restless.lock().unwrap();
        let push = restless.push();
        store.write_blocking(move |tx| one_visit(tx, &caller(2), &push, NOW)).unwrap();
        let text = restless.seconds.to_string();
        restless.notes(&text);
        trial.run()
    };
    let intake = Intake::with(Trials::with(run, || Box::pin(std::future::pending())));
    let taken = take(&intake, &district.store, caller(1), vec![first.push()]).await;
    assert_eq!((taken.not_taking, taken.receipts[0].changes.len()), (Some(NotTaking::Overloaded), 0));
    assert_eq!(district.count("SELECT count(*) FROM actors"), 1, "nothing of it was kept");
}

/// R5, G6: a trial that panics costs its visit the receipt, and nobody else anything.
#[tokio::test(flavor = "multi_thread")]
async fn a_trial_that_panics_costs_a_receipt_and_no_more() {
    let district = block_in_place(District::new);
    let (bad, beside) = (phone(1, 1), phone(1, 2));
    let visit = bad.push().visit;
    let run = move |trial: Trial| {
        assert_ne!(trial.visit(), visit, "a bug in a trial");
        trial.run()
    };
    let intake = Intake::with(Trials::with(run, || Box::pin(std::future::pending())));
    let taken = take(&intake, &district.store, caller(1), vec![bad.push(), beside.push()]).await;
    assert_eq!(receipts(&taken.receipts[0]), []);
    assert_eq!(receipts(&taken.receipts[1]), [Receipt::Accepted]);
    assert_eq!(district.count("SELECT count(*) FROM quarantine"), 0);
}

/// R6: over the line or in one transaction, the same changes lead to the same.
#[tokio::test(flavor = "multi_thread")]
async fn both_ways_in_lead_to_the_same() {
    let (line, desk) = block_in_place(|| (District::new(), District::new()));
    let sender = busy_phone();
    let mut bad = sender.changes();
    bad.push(vec![0; 70_000]);
    bad.push(vec![1]);
    let push = sender.push_of(bad);
    let taken = take(&Intake::default(), &line.store, caller(1), vec![push.clone()]).await;
    let store = desk.store.clone();
    let written = store.write(move |tx| one_visit(tx, &caller(1), &push, NOW)).await.unwrap();
    assert_eq!(taken.receipts, [written]);
    assert_eq!(line.dump(), desk.dump());
}

/// Q11: of one person so much is kept apart and no more; what is on top of that gets no receipt, honest
/// changes beside it are taken, and nobody else is the worse for it.
#[tokio::test(flavor = "multi_thread")]
async fn what_one_person_can_fill_is_bounded() {
    let district = block_in_place(District::new);
    let person = caller(1).person;
    let fill = move |tx: &rusqlite::Transaction<'_>| {
        let used = quarantine_use::KEPT_OF_ONE_MAX - 2_100;
        let row = rusqlite::params![person.to_string(), used];
        Ok::<_, Failed>(tx.execute("INSERT INTO quarantine_use VALUES (?1, ?2)", row)?)
    };
    district.store.write(fill).await.unwrap();
    let sender = phone(1, 1);
    let spoiled = |number| sender.push_of([sender.changes(), vec![vec![number; 20]]].concat());
    let intake = Intake::default();
    let malformed = Receipt::Quarantined(RefusalCode::MalformedChange);
    for number in [1, 2] {
        let taken = take(&intake, &district.store, caller(1), vec![spoiled(number)]).await;
        assert_eq!((taken.not_taking, receipts(&taken.receipts[0]).last()), (None, Some(&malformed)));
    }
    let again = take(&intake, &district.store, caller(1), vec![spoiled(2)]).await;
    assert_eq!(again.not_taking, Some(NotTaking::QuarantineFull), "there is no room left");

    let mut honest = sender.clone();
    honest.answers("premises", YesNo::Yes);
    let push = honest.push_of([honest.changes(), vec![vec![3; 20]]].concat());
    let taken = take(&intake, &district.store, caller(1), vec![push]).await;
    assert_eq!(taken.not_taking, Some(NotTaking::QuarantineFull));
    assert_eq!(
        receipts(&taken.receipts[0]),
        [Receipt::Duplicate, Receipt::Accepted],
        "and none for the third"
    );
    assert_eq!(district.count("SELECT count(*) FROM quarantine"), 2);

    let other = phone(2, 2);
    let push = other.push_of([other.changes(), vec![vec![3; 20]]].concat());
    let taken = take(&intake, &district.store, caller(2), vec![push]).await;
    assert_eq!((taken.not_taking, receipts(&taken.receipts[0])), (None, vec![Receipt::Accepted, malformed]));
}

/// Q11: what is kept apart is counted as it is kept, and everybody's together is bounded, too.
#[tokio::test(flavor = "multi_thread")]
async fn what_all_can_fill_is_bounded() {
    let district = block_in_place(District::new);
    let intake = Intake::default();
    let bad = |number| phone(1, 1).push_of(vec![vec![number; 20], vec![number; 30]]);
    for _ in 0..2 {
        take(&intake, &district.store, caller(1), vec![bad(1)]).await;
    }
    let kept = "SELECT sum(length(bytes) + 1024) FROM quarantine";
    assert_eq!(district.count("SELECT bytes FROM quarantine_use"), district.count(kept));
    let fill = move |tx: &rusqlite::Transaction<'_>| {
        let row = rusqlite::params![caller(3).person.to_string(), quarantine_use::KEPT_MAX];
        Ok::<_, Failed>(tx.execute("INSERT INTO quarantine_use VALUES (?1, ?2)", row)?)
    };
    district.store.write(fill).await.unwrap();
    let taken = take(&intake, &district.store, caller(1), vec![bad(2)]).await;
    assert_eq!((taken.not_taking, receipts(&taken.receipts[0])), (Some(NotTaking::QuarantineFull), vec![]));
    assert_eq!(district.count("SELECT count(*) FROM quarantine"), 2);
}
