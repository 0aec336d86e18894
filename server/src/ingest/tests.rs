//! What comes in, and what becomes of it: every rule of the way in, in a small district.

use sha2::{Digest, Sha256};
use sync_core::commands::{Command, YesNo};
use sync_core::document::{Container, Edit, Scalar};
use sync_core::domain::{Actor, ChangeHash, PhoneTime, ServerTime, VisitId};
use sync_core::wire::{ProvisionalCooperative, Receipt, RefusalCode, Replacement};

use super::one_visit;
use crate::read_tables;
use crate::small_district::{District, NOW, Phone, TOWN, area, busy_phone, caller, cooperative, person};
use crate::store::{Failed, cooperatives};

/// A change forged with another number in front of its operations, and a checksum that fits.
fn reforged(bytes: &[u8], start_op_delta: u8) -> Vec<u8> {
    let mut forged = bytes.to_vec();
    let body = 9 + forged[9..].iter().position(|byte| byte & 0x80 == 0).unwrap() + 1;
    let start_op = body + 1 + 32 * usize::from(forged[body]) + 17 + 1;
    assert!(forged[start_op] < 0x70, "a number of one byte");
    forged[start_op] += start_op_delta;
    let checksum = Sha256::digest(&forged[8..]);
    forged[4..8].copy_from_slice(&checksum[..4]);
    forged
}

const QUARANTINED: fn(RefusalCode) -> Receipt = Receipt::Quarantined;

/// R1, G7: what is fine is accepted, kept, merged and readable.
#[test]
fn a_clean_push_is_accepted_and_readable() {
    let district = District::new();
    let phone = busy_phone();
    assert_eq!(district.receipts(caller(1), phone.push()), vec![Receipt::Accepted; 6]);
    let record = district.record(phone.open.stored.visit()).unwrap();
    assert_eq!(record.heads(), phone.open.record().heads());
    assert_eq!(district.count("SELECT count(*) FROM change_log WHERE kind = 'change'"), 6);
    assert_eq!(district.count("SELECT count(*) FROM visit_facts WHERE status = 'in_progress'"), 1);
    assert_eq!(district.count("SELECT count(*) FROM visit_people WHERE present AND wrote"), 1);
}

/// R2, R6: a push cut at every point, repeated, and a push sent twice leave the state of one clean push.
#[test]
fn cuts_and_repeats_change_nothing() {
    let phone = busy_phone();
    let changes = phone.changes();
    let clean = District::new();
    clean.take(caller(1), phone.push());
    for cut in 0..=changes.len() {
        let district = District::new();
        district.take(caller(1), phone.push_of(changes[..cut].to_vec()));
        let again = district.receipts(caller(1), phone.push());
        assert_eq!(again[..cut], vec![Receipt::Duplicate; cut]);
        assert_eq!(again[cut..], vec![Receipt::Accepted; changes.len() - cut]);
        assert_eq!(district.dump(), clean.dump(), "cut at {cut}");
    }
}

/// R3: a change that comes before what it depends on is parked, names what is missing, and is not kept.
#[test]
fn what_comes_too_early_is_parked() {
    let district = District::new();
    let phone = busy_phone();
    let late = phone.push_of(phone.changes()[1..2].to_vec());
    let missing = phone.open.stored.mine[0].hash;
    assert_eq!(district.receipts(caller(1), late), [Receipt::Parked(vec![missing])]);
    assert_eq!(district.count("SELECT count(*) FROM visits"), 0);
    assert_eq!(district.count("SELECT count(*) FROM quarantine"), 0);
    assert_eq!(district.receipts(caller(1), phone.push()), vec![Receipt::Accepted; 6]);
}

/// M2, M3: two people's changes merge to one record, whichever comes first; what both answered keeps both.
#[test]
fn two_phones_come_to_one_record_in_either_order() {
    let mut first = Phone::start(1, 1);
    let mut second = first.joined_by(2);
    first.does(Command::Join);
    first.answers("premises", YesNo::Yes);
    second.does(Command::Join);
    second.answers("premises", YesNo::No);
    let mut dumps = Vec::new();
    for order in [[(1, &first), (2, &second)], [(2, &second), (1, &first)]] {
        let district = District::new();
        for (number, phone) in order {
            assert_eq!(district.receipts(caller(number), phone.push()), vec![Receipt::Accepted; 2]);
        }
        assert_eq!(district.count("SELECT conflicts FROM visit_facts"), 1);
        dumps.push(district.record(first.open.stored.visit()).unwrap().heads());
    }
    assert_eq!(dumps[0], dumps[1]);
}

/// G1, G2, R5: bytes that are no raw change are kept apart under their own hash, and harm nothing else.
#[test]
fn what_is_no_change_is_quarantined_alone() {
    let district = District::new();
    let phone = busy_phone();
    let mut changes = phone.changes();
    let torn = changes[0][..20].to_vec();
    let mut flipped = changes[0].clone();
    flipped[40] ^= 1;
    changes.extend([torn, flipped, vec![], vec![0; 70_000]]);
    let receipts = district.receipts(caller(1), phone.push_of(changes));
    assert_eq!(receipts[..6], vec![Receipt::Accepted; 6]);
    let malformed = QUARANTINED(RefusalCode::MalformedChange);
    assert_eq!(receipts[6..9], [malformed.clone(), malformed.clone(), malformed]);
    assert_eq!(receipts[9], QUARANTINED(RefusalCode::TooLarge));
    assert_eq!(district.count("SELECT count(*) FROM quarantine"), 4);
}

/// G3: operations numbered other than from just above what the author had seen are refused: accepted
/// ones would make a document that no longer loads.
#[test]
fn operations_numbered_wrong_are_refused() {
    let district = District::new();
    let mut phone = Phone::start(1, 1);
    phone.does(Command::Join);
    let forged = phone.push_of(vec![reforged(&phone.changes()[0], 3)]);
    let malformed = QUARANTINED(RefusalCode::MalformedChange);
    assert_eq!(district.receipts(caller(1), forged), [malformed]);
    let unforged = phone.push_of(vec![reforged(&phone.changes()[0], 0)]);
    assert_eq!(district.receipts(caller(1), unforged), [Receipt::Accepted]);
}

/// G3: a number used twice, as by a phone that was set back to an older state, is refused.
#[test]
fn a_sequence_number_used_twice_is_refused() {
    let district = District::new();
    let mut phone = Phone::start(1, 1);
    phone.does(Command::Join);
    let mut set_back = phone.clone();
    phone.notes("before");
    set_back.seconds += 100;
    set_back.notes("after");
    district.take(caller(1), phone.push());
    let receipts = district.receipts(caller(1), set_back.push());
    assert_eq!(receipts, [Receipt::Duplicate, QUARANTINED(RefusalCode::SequenceReused)]);
}

/// G4: an actor belongs to whoever's change was first accepted; nobody can write or block under it.
#[test]
fn a_foreign_actor_is_refused_and_blocks_nobody() {
    let district = District::new();
    let mut phone = busy_phone();
    district.take(caller(1), phone.push());
    phone.notes("mine");
    let next = phone.push_of(phone.changes()[6..].to_vec());
    let foreign = district.receipts(caller(2), next.clone());
    assert_eq!(foreign, [QUARANTINED(RefusalCode::ForeignActor)]);
    assert_eq!(district.receipts(caller(1), next), [Receipt::Accepted]);
}

/// G4, Q1: rights are those at receipt. Without a grant the work is kept, and not merged.
#[test]
fn without_a_grant_work_is_kept_apart() {
    let district = District::new();
    let mut phone = Phone::start(3, 1);
    phone.does(Command::Join);
    phone.answers("premises", YesNo::Yes);
    let receipts = district.receipts(caller(3), phone.push());
    let codes = [RefusalCode::NotGranted, RefusalCode::DependsOnRefused];
    assert_eq!(receipts, codes.map(QUARANTINED));
    assert_eq!(district.count("SELECT count(*) FROM visits"), 0);
    district.runs("UPDATE grants SET until_at = 1790000000000");
    let receipts = district.receipts(caller(1), busy_phone().push());
    assert_eq!(receipts[0], QUARANTINED(RefusalCode::NotGranted), "it ended at this moment");
}

/// G3: visit, genesis and code must fit together, and fit what is known.
#[test]
fn another_genesis_is_refused() {
    let district = District::new();
    let phone = busy_phone();
    let mut other = phone.push();
    other.genesis.cooperative = cooperative(2);
    let mismatch = vec![QUARANTINED(RefusalCode::GenesisMismatch); 6];
    assert_eq!(district.receipts(caller(1), other), mismatch);
    let mut renamed = phone.push();
    renamed.visit = VisitId::from_bytes([9; 16]);
    assert_eq!(district.receipts(caller(1), renamed), mismatch);
    let mut newer = phone.push();
    newer.genesis.checklist = "quality-2021@99".parse().unwrap();
    let unknown = vec![QUARANTINED(RefusalCode::UnknownChecklist); 6];
    assert_eq!(district.receipts(caller(1), newer), unknown);
    assert_eq!(district.count("SELECT count(*) FROM visits"), 0);
}

/// G3: a cooperative that the register doesn't have comes with the first visit to it, where the grant
/// covers its area.
#[test]
fn a_provisional_cooperative_is_made_where_granted() {
    let district = District::new();
    let mut phone = Phone::start(1, 50);
    phone.does(Command::Join);
    let unknown = [QUARANTINED(RefusalCode::UnknownCooperative)];
    assert_eq!(district.receipts(caller(1), phone.push()), unknown);

    let mut phone = Phone::start(1, 51);
    phone.does(Command::Join);
    let with = |code: &str| {
        let mut push = phone.push();
        push.provisional = Some(ProvisionalCooperative { name: "马邑新社".to_owned(), area: area(code) });
        push
    };
    assert_eq!(district.receipts(caller(3), with(TOWN)), [QUARANTINED(RefusalCode::NotGranted)]);
    assert_eq!(district.count("SELECT count(*) FROM cooperatives"), 2);
    assert_eq!(district.receipts(caller(2), with("140602999")), unknown, "no such area");
    assert_eq!(district.receipts(caller(1), with(TOWN)), [Receipt::Accepted]);
    let made = district.store.read_blocking(|c| cooperatives::get(c, cooperative(51))).unwrap().unwrap();
    assert_eq!((made.provisional, made.initials.as_str()), (true, "myxs"));
}

/// G5, R5: a change that no command of its author would have written is refused; what is against a rule,
/// too; what doesn't build on it goes on.
#[test]
fn what_no_command_would_write_is_refused() {
    let district = District::new();
    let phone = busy_phone();
    district.take(caller(1), phone.push());
    let base = phone.open.record().clone();
    let put = |container, key: &str, value| Edit::Put { container, key: key.to_owned(), value };
    let ms = Scalar::Int(1_789_999_999_000);
    let cases = [
        (put(Container::Present, &person(2).to_string(), ms), RefusalCode::BadShape),
        (put(Container::Answers, "no_such_item", Scalar::Text("yes".into())), RefusalCode::BadShape),
        (put(Container::Answers, "premises", Scalar::Int(7)), RefusalCode::BadShape),
        (put(Container::Evidence, "x", Scalar::Bool(true)), RefusalCode::BadShape),
    ];
    for (number, (edit, code)) in cases.into_iter().enumerate() {
        let mut forger = base.clone();
        let actor = Actor([200 + number as u8; 16]);
        let (_, bad) = forger.commit(actor, PhoneTime(1_789_999_999_000), &[edit]).unwrap();
        let note = put(Container::Notes, "rules", Scalar::Text("fine".into()));
        let (_, on_it) = forger.commit(actor, PhoneTime(1_789_999_999_000), &[note]).unwrap();
        let mut beside = Phone { actor: Actor([220 + number as u8; 16]), ..phone.clone() };
        beside.notes(&format!("beside {number}"));
        let fine = beside.changes().pop().unwrap();
        let receipts = district.receipts(caller(1), phone.push_of(vec![bad, on_it, fine]));
        let expected = [QUARANTINED(code), QUARANTINED(RefusalCode::DependsOnRefused), Receipt::Accepted];
        assert_eq!(receipts, expected, "case {number}");
    }
}

/// G5: nobody writes before saying that they are there.
#[test]
fn an_answer_of_somebody_not_present_is_against_the_rules() {
    let district = District::new();
    let phone = busy_phone();
    district.take(caller(1), phone.push());
    let mut record = phone.open.record().clone();
    let edit =
        Edit::Put { container: Container::Notes, key: "rules".into(), value: Scalar::Text("x".into()) };
    let (_, bytes) = record.commit(Actor([2; 16]), PhoneTime(1_789_999_999_000), &[edit]).unwrap();
    let receipts = district.receipts(caller(2), phone.push_of(vec![bytes]));
    assert_eq!(receipts, [QUARANTINED(RefusalCode::AgainstRules)]);
}

/// Q1: what is refused is kept whole with everything needed to look at it, and a repeat adds nothing and
/// says the same; what comes later and builds on it is refused with it.
#[test]
fn quarantine_keeps_the_whole_and_what_builds_on_it() {
    let district = District::new();
    let mut phone = busy_phone();
    district.take(caller(1), phone.push());
    let mut stolen = phone.clone();
    stolen.notes("theirs");
    stolen.notes("theirs again");
    let changes = stolen.changes();
    let first = stolen.push_of(changes[6..7].to_vec());
    let foreign = [QUARANTINED(RefusalCode::ForeignActor)];
    assert_eq!(district.receipts(caller(2), first.clone()), foreign);
    assert_eq!(district.receipts(caller(2), first), foreign);
    let second = stolen.push_of(changes[7..].to_vec());
    assert_eq!(district.receipts(caller(2), second), [QUARANTINED(RefusalCode::DependsOnRefused)]);
    let kept: Vec<(Vec<u8>, String, i64)> = district
        .store
        .read_blocking(|c| {
            let mut rows = c.prepare("SELECT bytes, code, received_at FROM quarantine ORDER BY id")?;
            let rows = rows.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
            Ok::<_, Failed>(rows.collect::<Result<_, _>>()?)
        })
        .unwrap();
    let expected = [
        (changes[6].clone(), "foreign_actor".to_owned(), NOW.0),
        (changes[7].clone(), "depends_on_refused".to_owned(), NOW.0),
    ];
    assert_eq!(kept, expected);
    phone.notes("the owner goes on");
    let own = phone.push_of(phone.changes()[6..].to_vec());
    assert_eq!(district.receipts(caller(1), own), [Receipt::Accepted], "it spoils nothing for the owner");
}

/// Q2: what was issued again names what it replaces, and that is kept.
#[test]
fn replacements_are_kept() {
    let district = District::new();
    let phone = busy_phone();
    let mut push = phone.push();
    let new = phone.open.stored.mine[0].hash;
    push.replaces = vec![
        Replacement { new, old: ChangeHash([1; 32]) },
        Replacement { new: ChangeHash([2; 32]), old: ChangeHash([1; 32]) },
    ];
    district.take(caller(1), push.clone());
    district.take(caller(1), push);
    assert_eq!(district.count("SELECT count(*) FROM replaced_changes"), 1, "of the accepted change only");
}

/// R5: a visit the server stumbles over gets no receipt and takes nothing else with it.
#[test]
fn a_damaged_record_blocks_no_other() {
    let district = District::new();
    let phone = busy_phone();
    district.take(caller(1), phone.push());
    district.runs("UPDATE documents SET snapshot = x'00'");
    let mut other = Phone::start_with(2, 1, [8; 16]);
    other.does(Command::Join);
    let mut damaged = phone.clone();
    damaged.notes("later");
    let receipts = district
        .store
        .write_blocking(move |tx| {
            let damaged = one_visit(tx, &caller(1), &damaged.push(), NOW)?;
            Ok::<_, Failed>([damaged, one_visit(tx, &caller(2), &other.push(), NOW)?])
        })
        .unwrap();
    assert_eq!(receipts[0].changes, []);
    assert_eq!(receipts[1].changes[0].receipt, Receipt::Accepted);
}

/// B1: throwing everything derived away and replaying gives the same, moves included.
#[test]
fn a_rebuild_gives_the_same() {
    let district = District::new();
    let mut first = busy_phone();
    let mut second = first.joined_by(2);
    second.does(Command::Join);
    second.answers("premises", YesNo::No);
    district.take(caller(1), first.push());
    district.take(caller(2), second.push());
    first.submits();
    district.take(caller(1), first.push());
    assert_eq!(district.count("SELECT count(*) FROM visit_facts WHERE status = 'submitted'"), 1);
    district.moves(1, "140602101");
    let live = district.dump();
    assert!(live.contains("documents visit="), "{live}");
    let before = district.count("SELECT max(seq) FROM change_log");
    let rebuild = |tx: &rusqlite::Transaction<'_>| read_tables::rebuild(tx, ServerTime(NOW.0 + 1));
    assert_eq!(district.store.write_blocking(rebuild).unwrap(), 1);
    assert_eq!(district.dump(), live);
    assert_eq!(district.count("SELECT max(seq) FROM change_log"), before, "nothing to put right");
    district.runs("UPDATE visit_facts SET counted = 9; DELETE FROM documents; DELETE FROM register_rows");
    assert_ne!(district.dump(), live);
    district.store.write_blocking(rebuild).unwrap();
    assert_eq!(district.dump(), live);
}
