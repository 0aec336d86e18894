//! A phone between thumb and server. The server here is one record and a list of answers made by hand,
//! so that every answer a server could give can be given.

use sync_core::commands::{Answer, Command, YesNo};
use sync_core::document::Record;
use sync_core::domain::{
    Actor, AreaCode, ChangeHash, CooperativeId, FixId, FixSource, PersonId, PhoneTime, Position, ServerTime,
    VisitId,
};
use sync_core::replica::answer::Taking;
use sync_core::replica::outbox::{Asking, push, tell};
use sync_core::replica::{NewVisit, OpenRecord, Outcome, State, StoredRecord, take, visits_in};
use sync_core::review::{Review, Status, Verdict};
use sync_core::wire::{
    self, ChangeReceipt, Comparing, Cursor, Entered, Entry, PulledChange, Receipt, RefusalCode, Reply, Row,
    ScopePage, VisitReceipt, heads_digest,
};

const LI: PersonId = PersonId::from_bytes([0x21; 16]);
const WANG: PersonId = PersonId::from_bytes([0x22; 16]);
const LIS_PHONE: Actor = Actor([0x31; 16]);
const WANGS_PHONE: Actor = Actor([0x32; 16]);
const FRESH: Actor = Actor([0x39; 16]);
const MORNING: PhoneTime = PhoneTime(1_617_673_200_000);
const NOW: ServerTime = ServerTime(1_617_690_000_000);

fn area() -> AreaCode {
    "140602100".parse().unwrap()
}

fn new_visit() -> NewVisit {
    NewVisit {
        cooperative: CooperativeId::from_bytes([0x11; 16]),
        area: area(),
        provisional_name: None,
        checklist: "quality-2021@1".parse().unwrap(),
    }
}

fn say(item: &str, value: YesNo) -> Command {
    Command::Answer { item: item.to_owned(), value: Answer::YesNo(value) }
}

/// Li's record with four changes: being there, then three answers.
fn four_changes() -> StoredRecord {
    let mut record = OpenRecord::start(new_visit(), [5; 16]).unwrap();
    for (minute, commands) in [
        vec![Command::Join],
        vec![say("premises", YesNo::Yes)],
        vec![say("signboard", YesNo::No)],
        vec![say("rules", YesNo::Yes)],
    ]
    .iter()
    .enumerate()
    {
        let now = PhoneTime(MORNING.0 + minute as i64 * 60_000);
        record.apply(LIS_PHONE, LI, now, commands).unwrap();
    }
    record.stored
}

fn asking() -> Asking {
    Asking { app: "test".to_owned(), now: MORNING, page_bytes_max: 100_000 }
}

fn with_scope() -> State {
    let mut state = State::default();
    state.granted([area()]);
    state
}

fn cursor(seq: u64) -> Cursor {
    Cursor { epoch: 1, seq, hash: vec![7; 8], comparing: None }
}

fn page(entries: Vec<Entry>, digest: Option<u64>) -> ScopePage {
    ScopePage { prefix: area(), entries, cursor: cursor(9), more: false, lost_after: None, digest }
}

fn reply(receipts: Vec<VisitReceipt>, scopes: Vec<ScopePage>) -> Reply {
    let people = [(LI, "李".to_owned())].into();
    let granted = vec![area()];
    Reply {
        version: wire::VERSION,
        server_time: NOW,
        granted,
        receipts,
        not_taking: None,
        scopes,
        people,
        resolved: Vec::new(),
        heard: 0,
    }
}

fn receipts(record: &StoredRecord, receipt: impl Fn(usize) -> Receipt) -> VisitReceipt {
    let one = |(at, mine): (usize, &sync_core::replica::Mine)| ChangeReceipt {
        hash: mine.hash,
        receipt: receipt(at),
    };
    VisitReceipt { visit: record.visit(), changes: record.mine.iter().enumerate().map(one).collect() }
}

fn taking() -> Taking {
    Taking { person: LI, fresh_actor: FRESH }
}

fn only(outcome: &Outcome) -> StoredRecord {
    let [record] = outcome.put.as_slice() else { panic!("one record: {outcome:?}") };
    record.clone()
}

fn answered(record: &StoredRecord, item: &str) -> Option<YesNo> {
    OpenRecord::open(record.clone()).unwrap().inspection().yes_no(item)
}

fn entered(record: &Record, stored: &StoredRecord) -> Entry {
    Entry::Enter(Box::new(Entered {
        visit: stored.visit(),
        genesis: stored.genesis.clone(),
        code: stored.code.clone(),
        snapshot: record.save(),
        actors: vec![(LIS_PHONE, LI), (WANGS_PHONE, WANG)],
        received_at: NOW,
    }))
}

/// P1, R1: only what a receipt names counts as sent; the rest goes out again.
#[test]
fn r1_only_what_a_receipt_names_was_sent() {
    let record = four_changes();
    let receipt = VisitReceipt {
        changes: receipts(&record, |_| Receipt::Accepted).changes[..2].to_vec(),
        visit: record.visit(),
    };
    let outcome = take(with_scope(), &reply(vec![receipt], vec![]), vec![record.clone()], taking());
    let kept = only(&outcome);
    assert_eq!(outcome.sent, 2);
    assert_eq!(kept.unsent().count(), 2);
    assert_eq!(kept.base().unwrap().heads(), [record.mine[1].hash], "base is what the server holds");
    let again = push(&outcome.state, &[kept], asking());
    assert_eq!(again.visits[0].changes.len(), 2);
    assert_eq!(again.unsent.changes, 2);
    assert_eq!(again.unsent.oldest, Some(record.mine[2].at));
}

/// R2: a lost response costs a repeat, nothing else: duplicates are receipts like any other.
#[test]
fn r2_a_repeat_is_answered_as_duplicates_and_changes_nothing() {
    let record = four_changes();
    let once = take(
        with_scope(),
        &reply(vec![receipts(&record, |_| Receipt::Accepted)], vec![]),
        vec![record.clone()],
        taking(),
    );
    let twice = take(
        with_scope(),
        &reply(vec![receipts(&record, |_| Receipt::Duplicate)], vec![]),
        vec![record],
        taking(),
    );
    assert_eq!(only(&once), only(&twice));
    let again = take(
        once.state.clone(),
        &reply(vec![receipts(&only(&once), |_| Receipt::Duplicate)], vec![]),
        vec![only(&once)],
        taking(),
    );
    assert_eq!(again.sent, 0);
    assert_eq!(only(&again), only(&once));
}

/// Q1, Q2: a refused change in the middle: what builds on it is issued again on what the server holds,
/// naming what it replaces; what was refused is shown and can be entered again.
#[test]
fn q1_after_a_refusal_the_rest_arrives_and_the_refused_is_shown() {
    let record = four_changes();
    let answers = |at| match at {
        0 | 1 => Receipt::Accepted,
        2 => Receipt::Quarantined(RefusalCode::AgainstRules),
        _ => Receipt::Quarantined(RefusalCode::DependsOnRefused),
    };
    let outcome =
        take(with_scope(), &reply(vec![receipts(&record, answers)], vec![]), vec![record.clone()], taking());
    let rebuilt = only(&outcome);
    assert!(outcome.more, "what was issued again is to be sent");
    assert_eq!(outcome.refused, 2);
    assert_eq!(answered(&rebuilt, "premises"), Some(YesNo::Yes));
    assert_eq!(answered(&rebuilt, "rules"), Some(YesNo::Yes));
    assert_eq!(answered(&rebuilt, "signboard"), None);

    let again = push(&outcome.state, std::slice::from_ref(&rebuilt), asking());
    let [replacement] = again.visits[0].replaces.as_slice() else { panic!("{:?}", again.visits) };
    assert_eq!(replacement.old, record.mine[3].hash);
    assert_eq!(sync_core::document::facts_of(&again.visits[0].changes[0]).unwrap().actor, FRESH);

    let [attention] = rebuilt.attention.as_slice() else { panic!("{:?}", rebuilt.attention) };
    assert_eq!(attention.code, RefusalCode::AgainstRules);
    assert_eq!(attention.commands, [say("signboard", YesNo::No)]);
    let refused = attention.change;
    let mut open = OpenRecord::open(rebuilt).unwrap();
    open.reenter(FRESH, LI, MORNING, refused).unwrap();
    assert_eq!(answered(&open.stored, "signboard"), Some(YesNo::No));
    assert!(open.stored.attention.is_empty());
}

/// Q3: a phone restored from an old copy uses a sequence number twice: its values go out again under a
/// new actor and nobody is asked.
#[test]
fn q3_a_sequence_number_used_twice_loses_nothing() {
    let record = four_changes();
    let answers = |at| match at {
        0 => Receipt::Quarantined(RefusalCode::SequenceReused),
        _ => Receipt::Quarantined(RefusalCode::DependsOnRefused),
    };
    let outcome =
        take(with_scope(), &reply(vec![receipts(&record, answers)], vec![]), vec![record], taking());
    let rebuilt = only(&outcome);
    assert!(rebuilt.attention.is_empty());
    assert_eq!(answered(&rebuilt, "signboard"), Some(YesNo::No));
    assert!(
        rebuilt.mine.iter().all(|mine| sync_core::document::facts_of(&mine.bytes).unwrap().actor == FRESH)
    );
}

/// Q4: where the whole visit was refused, every value stays readable on the phone.
#[test]
fn q4_a_visit_refused_as_a_whole_stays_readable() {
    let record = four_changes();
    let answers = |at| match at {
        0 => Receipt::Quarantined(RefusalCode::NotGranted),
        _ => Receipt::Quarantined(RefusalCode::DependsOnRefused),
    };
    let outcome =
        take(with_scope(), &reply(vec![receipts(&record, answers)], vec![]), vec![record], taking());
    let rebuilt = only(&outcome);
    assert_eq!(rebuilt.attention.len(), 4, "and is not sent again change by change");
    assert!(rebuilt.attention.iter().all(|attention| attention.code == RefusalCode::NotGranted));
    assert_eq!(rebuilt.unsent().count(), 0);
    let mut open = OpenRecord::open(rebuilt).unwrap();
    let all: Vec<ChangeHash> = open.stored.attention.iter().map(|a| a.change).collect();
    for refused in all {
        open.reenter(FRESH, LI, MORNING, refused).unwrap();
    }
    assert_eq!(answered(&open.stored, "rules"), Some(YesNo::Yes));
    assert!(open.stored.attention.is_empty());
}

/// R3: parked means that the server lacks what it once acknowledged: all of it goes out again.
#[test]
fn r3_after_parked_everything_of_mine_goes_out_again() {
    let record = four_changes();
    let first = VisitReceipt {
        changes: receipts(&record, |_| Receipt::Accepted).changes[..2].to_vec(),
        visit: record.visit(),
    };
    let sent = only(&take(with_scope(), &reply(vec![first], vec![]), vec![record.clone()], taking()));
    let parked = |at| if at < 2 { Receipt::Duplicate } else { Receipt::Parked(vec![record.mine[1].hash]) };
    let late = VisitReceipt { changes: receipts(&sent, parked).changes[2..].to_vec(), visit: record.visit() };
    let outcome = take(with_scope(), &reply(vec![late], vec![]), vec![sent], taking());
    assert_eq!(only(&outcome).unsent().count(), 4);
}

/// C1: what others did comes in with who did it; base and digest follow.
#[test]
fn c1_a_pulled_change_is_merged_with_its_author() {
    let record = four_changes();
    let mut server = record.working().unwrap();
    let wang = &mut OpenRecord::open(record.clone()).unwrap();
    wang.apply(WANGS_PHONE, WANG, MORNING, &[Command::Join]).unwrap();
    wang.apply(WANGS_PHONE, WANG, MORNING, &[say("rules", YesNo::No)]).unwrap();
    let theirs: Vec<_> = wang.stored.mine[4..].to_vec();
    server.apply(&theirs.iter().map(|mine| &mine.bytes).collect::<Vec<_>>()).unwrap();
    let pulled = |mine: &sync_core::replica::Mine, person| {
        Entry::Change(PulledChange {
            visit: record.visit(),
            genesis: record.genesis.clone(),
            code: record.code.clone(),
            change: mine.bytes.clone(),
            person,
            received_at: NOW,
        })
    };
    let mut entries: Vec<_> = record.mine.iter().map(|mine| pulled(mine, LI)).collect();
    entries.extend(theirs.iter().map(|mine| pulled(mine, WANG)));
    let digest = heads_digest(record.visit(), &server.heads());
    let answer = reply(vec![receipts(&record, |_| Receipt::Accepted)], vec![page(entries, Some(digest))]);
    assert_eq!(visits_in(&with_scope(), &answer), [record.visit()].into());

    let mut state = with_scope();
    state.scopes.get_mut(&area()).unwrap().cursor = Some(cursor(1));
    let outcome = take(state, &answer, vec![record.clone()], taking());
    let merged = only(&outcome);
    let inspection = OpenRecord::open(merged).unwrap().inspection();
    assert_eq!(inspection.yes_no("rules"), Some(YesNo::No));
    assert_eq!(inspection.answers["rules"].entries()[0].author.person, Some(WANG));
    assert!(!outcome.more, "the digest is the server's");
}

/// C2: a silent divergence shows in the digest, and the phone compares.
#[test]
fn c2_a_digest_that_differs_makes_the_phone_compare() {
    let mut state = with_scope();
    state.scopes.get_mut(&area()).unwrap().cursor = Some(cursor(1));
    state.scopes.get_mut(&area()).unwrap().held.insert(VisitId::from_bytes([1; 16]), 5);
    let outcome = take(state, &reply(vec![], vec![page(vec![], Some(0))]), vec![], taking());
    assert!(outcome.more);
    assert_eq!(outcome.state.scopes[&area()].cursor, None);
    let asked = push(&outcome.state, &[], asking());
    assert_eq!(asked.scopes[0].index.len(), 1, "the phone says what it holds");
}

/// C3: a server restored from yesterday shows less than it acknowledged: this phone's own changes go out
/// again, and nobody else's.
#[test]
fn c3_what_a_restored_server_lost_goes_out_again() {
    let record = four_changes();
    let answer = reply(vec![receipts(&record, |_| Receipt::Accepted)], vec![]);
    let answer = take(with_scope(), &answer, vec![record.clone()], taking());
    let sent = only(&answer);
    assert_eq!(sent.unsent().count(), 0);
    let told = push(&answer.state, &[], asking()).scopes.remove(0).index;
    assert_eq!(told[0].visit, record.visit(), "asked for before it was ever pulled back");
    let mut yesterday = Record::genesis(&record.genesis).unwrap();
    yesterday.apply(&[&record.mine[0].bytes, &record.mine[1].bytes]).unwrap();

    let mut state = with_scope();
    state.scopes.get_mut(&area()).unwrap().cursor =
        Some(Cursor { comparing: Some(Comparing::Visits(None)), ..cursor(3) });
    let outcome = take(
        state.clone(),
        &reply(vec![], vec![page(vec![entered(&yesterday, &record)], None)]),
        vec![sent.clone()],
        taking(),
    );
    let kept = only(&outcome);
    assert_eq!(
        kept.unsent().map(|mine| mine.hash).collect::<Vec<_>>(),
        [record.mine[2].hash, record.mine[3].hash]
    );
    assert_eq!(kept.base().unwrap().heads(), yesterday.heads());
    assert_eq!(answered(&kept, "rules"), Some(YesNo::Yes), "the person sees everything still");

    let gone = take(
        state,
        &reply(vec![], vec![page(vec![Entry::Leave(record.visit())], None)]),
        vec![sent],
        taking(),
    );
    assert_eq!(only(&gone).unsent().count(), 4);
}

/// C8: rows of a lost log go out page by page, each until the server has heard it, under the life they
/// were told in.
#[test]
fn c8_what_a_lost_log_told_goes_out_page_by_page() {
    let row = |seq: u64| Row {
        table: "reviews".to_owned(),
        key: seq.to_string(),
        seq,
        value: Some("x".repeat(wire::REMEMBERED_BYTES_MAX / 2 - 1)),
    };
    let mut rows: Vec<Row> = (1..=5).map(row).collect();
    let mut state = with_scope();
    let mut told = push(&state, &[], asking());
    tell(&mut told, &state, rows.clone());
    assert_eq!(told.remembered, None, "no log was lost");
    state.scopes.entry(area()).or_default().cursor = Some(cursor(40));
    let lost =
        ScopePage { lost_after: Some(12), cursor: Cursor { epoch: 2, ..cursor(13) }, ..page(vec![], None) };
    let outcome = take(state, &reply(vec![], vec![lost]), vec![], taking());
    assert_eq!((outcome.lost_after, outcome.state.lost_epoch), (Some(12), Some(1)));
    let state = State::from_bytes(&outcome.state.to_bytes());
    let mut pages = Vec::new();
    while !rows.is_empty() {
        tell(&mut told, &state, rows.clone());
        let page = told.remembered.clone().unwrap();
        assert_eq!(page.epoch, 1);
        pages.push(page.rows.len());
        let heard = Reply { heard: page.rows.len() as u32, ..reply(vec![], vec![]) };
        rows.drain(..take(state.clone(), &heard, vec![], taking()).heard as usize);
    }
    assert_eq!(pages, [2, 2, 1]);
    let large = Row { value: Some("x".repeat(2 * wire::REMEMBERED_BYTES_MAX)), ..row(1) };
    tell(&mut told, &state, vec![large.clone(), row(2)]);
    assert_eq!(told.remembered.unwrap().rows, [large], "one always goes");
}

/// C8: there is one log. What another area's cursor shows to be there still is not lost, whatever else is.
#[test]
fn c8_a_log_agrees_as_far_as_any_area_shows() {
    let other: AreaCode = "140602101".parse().unwrap();
    let mut state = with_scope();
    state.granted([other.clone()]);
    state.scopes.get_mut(&area()).unwrap().cursor = Some(cursor(40));
    state.scopes.get_mut(&other).unwrap().cursor = Some(cursor(30));
    let lost = ScopePage { lost_after: Some(0), ..page(vec![], None) };
    let goes_on = ScopePage { prefix: other, cursor: cursor(35), ..page(vec![], None) };
    for pages in [vec![lost.clone(), goes_on.clone()], vec![goes_on.clone(), lost.clone()]] {
        let outcome = take(state.clone(), &reply(vec![], pages), vec![], taking());
        assert_eq!(outcome.lost_after, Some(30));
    }
    assert_eq!(take(state.clone(), &reply(vec![], vec![goes_on]), vec![], taking()).lost_after, None);
}

/// Q10: a phone whose change was issued again, because what it built on was lost, doesn't give the change's
/// number to another one: the old form may still arrive.
#[test]
fn q10_the_numbers_of_what_was_issued_again_stay_its_own() {
    let record = four_changes();
    let accepted = reply(vec![receipts(&record, |_| Receipt::Accepted)], vec![]);
    let outcome = take(with_scope(), &accepted, vec![record.clone()], taking());
    assert!(!outcome.renews_actor);
    let mut wangs = StoredRecord { mine: vec![], ..only(&outcome) };
    let mut open = OpenRecord::open(wangs).unwrap();
    open.apply(WANGS_PHONE, WANG, MORNING, &[Command::Join]).unwrap();
    wangs = open.stored;
    let parked = receipts(&wangs, |_| Receipt::Parked(vec![record.mine[3].hash]));
    let of_wang = Taking { person: WANG, fresh_actor: FRESH };
    let outcome = take(with_scope(), &reply(vec![parked], vec![]), vec![wangs], of_wang);
    assert_eq!(OpenRecord::open(only(&outcome)).unwrap().record().next_seq(WANGS_PHONE), 1);
    assert!(outcome.renews_actor);
}

/// Q3: a phone that went on as an older copy of itself hears of what it wrote before, under the same number.
/// The record stays readable, and what it wrote since goes out again under a fresh actor.
#[test]
fn q3_a_number_that_comes_back_by_pull_is_used_twice_too() {
    let record = four_changes();
    let mut copy = StoredRecord { mine: record.mine[..2].to_vec(), ..record.clone() };
    let mut open = OpenRecord::open(copy).unwrap();
    open.apply(LIS_PHONE, LI, MORNING, &[say("signboard", YesNo::Yes)]).unwrap();
    copy = open.stored;

    let pulled = |at: usize| {
        Entry::Change(PulledChange {
            visit: record.visit(),
            genesis: record.genesis.clone(),
            code: record.code.clone(),
            change: record.mine[at].bytes.clone(),
            person: LI,
            received_at: NOW,
        })
    };
    let mut state = with_scope();
    state.scopes.get_mut(&area()).unwrap().cursor = Some(cursor(1));
    let told = reply(vec![], vec![page((0..4).map(pulled).collect(), None)]);
    let entered = reply(vec![], vec![page(vec![entered(&record.working().unwrap(), &record)], None)]);
    for answer in [told, entered] {
        let outcome = take(state.clone(), &answer, vec![copy.clone()], taking());
        assert_eq!(outcome.set_aside, []);
        let kept = only(&outcome);
        assert_eq!(kept.mine.last().unwrap().replaces, Some(copy.mine[2].hash));
        assert_eq!(answered(&kept, "rules"), Some(YesNo::Yes));
        assert_eq!(answered(&kept, "signboard"), Some(YesNo::Yes), "the newer value, known to be newer");
    }
}

/// C10: what the server lost was another's, and this phone built on it. The record stays readable, and what
/// this phone wrote is issued again on what the server holds, each change naming the one it stands for.
#[test]
fn c10_what_builds_on_what_another_phone_must_send_again_does_not_wait_for_it() {
    let record = four_changes();
    let mut yesterday = Record::genesis(&record.genesis).unwrap();
    yesterday.apply(&[&record.mine[0].bytes, &record.mine[1].bytes]).unwrap();

    let mut held = StoredRecord { base: Some(record.working().unwrap().save().into()), ..record.clone() };
    held.mine.clear();
    let mut wangs = OpenRecord::open(held).unwrap();
    wangs.apply(WANGS_PHONE, WANG, MORNING, &[Command::Join]).unwrap();
    wangs.apply(WANGS_PHONE, WANG, MORNING, &[say("rules", YesNo::No)]).unwrap();
    let wangs = wangs.stored;

    let mut state = with_scope();
    state.scopes.get_mut(&area()).unwrap().cursor =
        Some(Cursor { comparing: Some(Comparing::Visits(None)), ..cursor(3) });
    let of_wang = Taking { person: WANG, fresh_actor: FRESH };
    for (entry, heads) in [
        (entered(&yesterday, &record), yesterday.heads()),
        (Entry::Leave(record.visit()), Record::genesis(&record.genesis).unwrap().heads()),
    ] {
        let answer = reply(vec![], vec![page(vec![entry], None)]);
        let outcome = take(state.clone(), &answer, vec![wangs.clone()], of_wang);
        let kept = only(&outcome);
        assert_eq!(outcome.set_aside, []);
        assert_eq!(kept.base().unwrap().heads(), heads);
        assert_eq!(answered(&kept, "rules"), Some(YesNo::No));
        let replaced: Vec<_> = kept.unsent().map(|mine| mine.replaces).collect();
        assert_eq!(replaced, [Some(wangs.mine[0].hash), Some(wangs.mine[1].hash)]);
        assert!(outcome.more, "it goes out at once");
    }
}

/// C10: a server that was rolled back refuses now what it once accepted, because the grant has ended since:
/// what it doesn't hold is no ground to build on, else everything written later would be refused for ever.
#[test]
fn c10_what_was_accepted_and_is_refused_after_a_restore_is_no_ground_any_more() {
    let record = four_changes();
    let accepted = reply(vec![receipts(&record, |_| Receipt::Accepted)], vec![]);
    let sent = only(&take(with_scope(), &accepted, vec![record.clone()], taking()));
    let refused = reply(vec![receipts(&record, |_| Receipt::Quarantined(RefusalCode::NotGranted))], vec![]);
    let refused = only(&take(with_scope(), &refused, vec![sent.clone()], taking()));
    assert_eq!(refused.base().unwrap().heads(), Record::genesis(&record.genesis).unwrap().heads());
    assert_eq!(refused.attention.len(), 4);

    // The same where it is only missing there, and this phone has no copy of its own to send any more.
    let mut lost = StoredRecord { mine: sent.mine[3..].to_vec(), ..sent.clone() };
    lost.mine[0].sent = sync_core::replica::Sent::No;
    let missing = Receipt::Parked(vec![sent.mine[2].hash]);
    let parked = reply(vec![receipts(&lost, |_| missing.clone())], vec![]);
    let again = only(&take(with_scope(), &parked, vec![lost], taking()));
    assert!(!again.base().unwrap().contains(sent.mine[2].hash));
    assert_eq!(again.mine[0].replaces, Some(sent.mine[3].hash));
    assert_eq!(answered(&again, "rules"), Some(YesNo::Yes));
}

/// C11: what was sent of a visit that no area tells of any more is not part of a comparison. So it goes out
/// again when one begins.
#[test]
fn c11_what_nobody_tells_of_goes_out_again_when_a_comparison_begins() {
    let record = four_changes();
    let accepted = reply(vec![receipts(&record, |_| Receipt::Accepted)], vec![]);
    let sent = take(with_scope(), &accepted, vec![record.clone()], taking());
    let told = reply(vec![], vec![page(vec![Entry::Leave(record.visit())], Some(0))]);
    let mut state = sent.state.clone();
    state.scopes.get_mut(&area()).unwrap().cursor = Some(cursor(1));
    let left = take(state, &told, vec![only(&sent)], taking());
    assert_eq!(only(&left).unsent().count(), 0, "it moved away; nobody says that it is lost");

    let begins = ScopePage { lost_after: Some(0), more: true, ..page(vec![], None) };
    let restored = reply(vec![], vec![begins]);
    assert_eq!(visits_in(&left.state, &restored), [record.visit()].into());
    let restored = take(left.state.clone(), &restored, vec![only(&left)], taking());
    assert_eq!(only(&restored).unsent().count(), 4);
    assert!(restored.state.untold.is_empty());
}

/// C4: while an area is compared, a visit that another area tells of is left alone; and of a duplicate it is
/// not known where it is, so no area is said to tell of it.
#[test]
fn c4_a_comparison_leaves_alone_what_another_area_tells_of() {
    let record = four_changes();
    let elsewhere: AreaCode = "140602101".parse().unwrap();
    let mut state = with_scope();
    state.granted([elsewhere.clone()]);
    state.scopes.get_mut(&elsewhere).unwrap().held.insert(record.visit(), 5);
    let mut held = StoredRecord { base: Some(record.working().unwrap().save().into()), ..record.clone() };
    held.mine.clear();
    let leave = Reply {
        granted: vec![area(), elsewhere],
        ..reply(vec![], vec![page(vec![Entry::Leave(record.visit())], None)])
    };
    assert_eq!(only(&take(state, &leave, vec![held.clone()], taking())), held);

    let duplicates = reply(vec![receipts(&record, |_| Receipt::Duplicate)], vec![]);
    let taken = take(with_scope(), &duplicates, vec![record], taking());
    assert!(taken.state.scopes[&area()].held.is_empty());
}

/// C3: what a repeat adds to a record counts in the next comparison. A server that was put back to before it
/// would else be told that the phone holds no more than it does itself.
#[test]
fn c3_the_phone_compares_by_all_it_knows_the_server_to_hold() {
    let record = four_changes();
    let mut first = receipts(&record, |_| Receipt::Accepted);
    first.changes.truncate(3);
    let taken = take(with_scope(), &reply(vec![first], vec![]), vec![record.clone()], taking());
    let repeat = receipts(&record, |_| Receipt::Duplicate);
    let taken = take(taken.state.clone(), &reply(vec![repeat], vec![]), vec![only(&taken)], taking());
    let heads = only(&taken).base().unwrap().heads();
    assert_eq!(heads, [record.mine[3].hash]);
    assert_eq!(taken.state.scopes[&area()].held[&record.visit()], heads_digest(record.visit(), &heads));
}

/// Q12: what was written while the refused changes were under way isn't put before the person before the
/// server has it, too: it goes out, and is refused there.
#[test]
fn q12_nothing_needs_attention_that_the_server_has_not_kept() {
    let record = four_changes();
    let mut named = receipts(&record, |at| {
        Receipt::Quarantined([RefusalCode::NotGranted, RefusalCode::DependsOnRefused][at.min(1)])
    });
    named.changes.truncate(3);
    let kept = only(&take(with_scope(), &reply(vec![named], vec![]), vec![record.clone()], taking()));
    let shown: Vec<ChangeHash> = kept.attention.iter().map(|attention| attention.change).collect();
    assert_eq!(shown, [record.mine[0].hash, record.mine[1].hash, record.mine[2].hash]);
    let again: Vec<_> = kept.unsent().map(|mine| mine.replaces).collect();
    assert_eq!(again, [Some(record.mine[3].hash)]);
}

/// C4: a visit that leaves the area leaves the phone, but never unreceipted work.
#[test]
fn c4_leave_never_deletes_unreceipted_work() {
    let record = four_changes();
    let mut state = with_scope();
    state.scopes.get_mut(&area()).unwrap().cursor = Some(cursor(1));
    let leave = reply(vec![], vec![page(vec![Entry::Leave(record.visit())], None)]);
    assert_eq!(only(&take(state.clone(), &leave, vec![record.clone()], taking())), record);

    let mut others = record.clone();
    others.base = Some(record.working().unwrap().save().into());
    others.mine.clear();
    let outcome = take(state, &leave, vec![others], taking());
    assert_eq!(outcome.delete, [record.visit()]);
}

/// C5: an area no longer granted is forgotten; unreceipted work stays.
#[test]
fn c5_an_ended_grant_takes_what_it_gave() {
    let mut state = with_scope();
    let mine = four_changes();
    let mut others = OpenRecord::start(new_visit(), [8; 16]).unwrap().stored;
    others.base = Some(Record::genesis(&others.genesis).unwrap().save().into());
    for record in [&mine, &others] {
        state.scopes.get_mut(&area()).unwrap().held.insert(record.visit(), 5);
    }
    let nothing = Reply { granted: vec![], ..reply(vec![], vec![]) };
    assert_eq!(visits_in(&state, &nothing), [mine.visit(), others.visit()].into());
    let outcome = take(state, &nothing, vec![mine.clone(), others.clone()], taking());
    assert_eq!(outcome.ended, [area()]);
    assert_eq!(outcome.delete, [others.visit()]);
    assert_eq!(outcome.put, [mine]);
    assert!(outcome.state.scopes.is_empty());
}

/// P2: a push holds at most so many bytes, the oldest first, and always makes progress.
#[test]
fn p2_pushes_are_cut_and_always_make_progress() {
    let mut long = OpenRecord::start(new_visit(), [6; 16]).unwrap();
    long.apply(LIS_PHONE, LI, MORNING, &[Command::Join]).unwrap();
    for round in 0..60 {
        let text: String =
            (0..2_000).map(|at| char::from_u32(0x4e00 + (round * 2_000 + at) % 20_000).unwrap()).collect();
        long.apply(LIS_PHONE, LI, MORNING, &[Command::Note { item: "rules".to_owned(), text }]).unwrap();
    }
    let mut state = with_scope();
    let mut stored = vec![long.stored, four_changes()];
    let mut rounds = 0;
    while stored.iter().any(|record| record.unsent().next().is_some()) {
        let sent = push(&state, &stored, asking());
        let bytes: usize =
            sent.visits.iter().flat_map(|visit| &visit.changes).map(|change| change.len()).sum();
        assert!(bytes <= wire::PUSH_BYTES_MAX && bytes > 0);
        let answers = sent
            .visits
            .iter()
            .map(|visit| VisitReceipt {
                visit: visit.visit,
                changes: visit
                    .changes
                    .iter()
                    .map(|bytes| ChangeReceipt {
                        hash: sync_core::gate::Gated::check(bytes).unwrap().hash(),
                        receipt: Receipt::Accepted,
                    })
                    .collect(),
            })
            .collect();
        let outcome = take(state, &reply(answers, vec![]), stored.clone(), taking());
        for record in outcome.put {
            let at = stored.iter().position(|known| known.visit() == record.visit()).unwrap();
            stored[at] = record;
        }
        state = outcome.state;
        rounds += 1;
    }
    assert!(rounds > 1);
}

/// V1, V2: a returned record comes back with its comments, says which were answered, and handing it in
/// again makes it resubmitted.
#[test]
fn v2_a_returned_record_is_corrected_and_resubmitted() {
    let mut record = OpenRecord::start(new_visit(), [5; 16]).unwrap();
    let position = Position { latitude_e7: 393_180_000, longitude_e7: 1_124_250_000, accuracy_m: 12 };
    let outcome = Answer::Choice("nobody_there".to_owned());
    let note = |text: &str| Command::Note { item: "visit_outcome".to_owned(), text: text.to_owned() };
    record
        .apply(
            LIS_PHONE,
            LI,
            MORNING,
            &[
                Command::Join,
                Command::Answer { item: "visit_outcome".to_owned(), value: outcome },
                note("没人"),
                Command::Fix { fix: FixId::from_bytes([1; 16]), position, source: FixSource::Device },
            ],
        )
        .unwrap();
    record.apply(LIS_PHONE, LI, MORNING, &[Command::Submit]).unwrap();
    assert_eq!(record.summary(LI, &[]).status, Status::Submitted);
    let inspection = record.inspection();
    let review = Review {
        id: 1,
        reviewer: WANG,
        reviewer_name: "王".to_owned(),
        at: NOW,
        verdict: Verdict::Returned,
        comment: String::new(),
        item_comments: [("visit_outcome".to_owned(), "请写明时间".to_owned())].into(),
        heads: inspection.heads.clone(),
        submissions: inspection.submissions.iter().map(|s| s.change).collect(),
    };
    let reviews = [review];
    assert_eq!(record.view(LI, &reviews).returned.unwrap().answered, Vec::<String>::new());
    record.apply(LIS_PHONE, LI, MORNING, &[note("下午三点,门锁着")]).unwrap();
    let view = record.view(LI, &reviews);
    assert_eq!(view.summary.status, Status::Returned);
    assert_eq!(view.returned.unwrap().answered, ["visit_outcome"]);
    record.apply(LIS_PHONE, LI, PhoneTime(MORNING.0 + 1), &[Command::Submit]).unwrap();
    assert_eq!(record.summary(LI, &reviews).status, Status::Resubmitted);
}

/// Stored bytes read back the same, and bytes that are none are an error, not a loss.
#[test]
fn stored_bytes_read_back() {
    let record = four_changes();
    assert_eq!(StoredRecord::from_bytes(&record.to_bytes()), Ok(record.clone()));
    assert!(StoredRecord::from_bytes(&record.to_bytes()[1..]).is_err());
    let state = with_scope();
    assert_eq!(State::from_bytes(&state.to_bytes()), state);
    let push = push(&state, &[record], asking());
    assert_eq!(wire::decode::<wire::Push>(&wire::encode(&push)), Ok(push));
}
