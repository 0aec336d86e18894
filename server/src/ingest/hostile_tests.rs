//! Changes that were tampered with and carry a fitting checksum all the same: whatever they are, the way
//! in gives each its receipt, and the record goes on as if they had never come.

use std::collections::BTreeSet;

use hostile::{attacks, orphans, tampered};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use sync_core::commands::{Command, Severity, YesNo};
use sync_core::domain::{Actor, FindingId, ServerTime};
use sync_core::wire::Receipt;

use crate::read_tables;
use crate::small_district::{District, NOW, Phone, busy_phone, caller};
use crate::store::Failed;

const SEED: u64 = 20_210_330;
const ROUNDS: u32 = 200;

/// G1, G5, G6, R5: tampered changes fail neither the push nor the honest change beside them, and what is
/// kept loads and replays to the same.
#[test]
fn tampered_changes_harm_nothing() {
    println!("seed {SEED}");
    let mut chance = ChaCha8Rng::seed_from_u64(SEED);
    let district = District::new();
    let mut honest = busy_phone();
    district.take(caller(1), honest.push());
    let mut accepted = 0;
    let mut codes = BTreeSet::new();
    for round in 0..ROUNDS {
        let mut victim = Phone { actor: Actor(chance.random()), ..honest.clone() };
        match round % 4 {
            0 => victim.answers("members_assembly_held", YesNo::No),
            1 => victim.notes("账本齐全,放在理事长家里"),
            2 => victim.does(Command::Summary { text: format!("按规定走访,第{round}次") }),
            _ => victim.does(Command::AddFinding {
                finding: FindingId::from_bytes(chance.random()),
                item: Some("rules".to_owned()),
                text: "制度没有上墙".to_owned(),
                severity: Severity::Minor,
                due: None,
                responsible: String::new(),
            }),
        };
        let original = victim.changes().pop().unwrap();
        honest.notes(&format!("第{round}次"));
        let fine = honest.changes().pop().unwrap();
        let receipts =
            district.receipts(caller(1), honest.push_of(vec![tampered(&original, &mut chance), fine]));
        assert_eq!(receipts.len(), 2, "round {round}");
        assert_eq!(receipts[1], Receipt::Accepted, "round {round}");
        match &receipts[0] {
            Receipt::Accepted => accepted += 1,
            Receipt::Quarantined(code) => drop(codes.insert(*code)),
            Receipt::Parked(_) | Receipt::Duplicate => {}
        }
    }
    assert!(codes.len() >= 4, "tampering reaches every step: {codes:?}");
    // Some tampering makes another honest change: other letters in a note.
    assert!(accepted < ROUNDS / 4, "{accepted} of {ROUNDS} came through");
    let before = district.dump();
    district.store.write_blocking(|tx| read_tables::rebuild(tx, ServerTime(NOW.0 + 1))).unwrap();
    assert_eq!(district.dump(), before);
    let mut other = Phone::start_with(2, 1, [8; 16]);
    other.does(Command::Join);
    assert_eq!(district.receipts(caller(2), other.push()), [Receipt::Accepted]);
}

/// The record's saved bytes, as they are kept.
fn document(district: &District) -> Vec<u8> {
    let snapshot = "SELECT snapshot FROM documents";
    district
        .store
        .read_blocking(move |c| Ok::<_, Failed>(c.query_row(snapshot, [], |row| row.get(0))?))
        .unwrap()
}

/// G1, G2, G3, Q1: each attack by its name is refused for what it is and kept; the record stays what it
/// was, byte for byte, and the honest change that it was made of is accepted next.
#[test]
fn attacks_leave_the_record_as_it_was() {
    let district = District::new();
    let mut phone = busy_phone();
    district.take(caller(1), phone.push());
    let count = attacks(&phone.changes()[1]).len();
    assert!(count > 60);
    for number in 0..count {
        phone.notes(&format!("第{number}次"));
        let honest = phone.changes().pop().unwrap();
        let attack = attacks(&honest).swap_remove(number);
        let before = document(&district);
        let refused = district.receipts(caller(1), phone.push_of(vec![attack.bytes]));
        assert_eq!(refused, [Receipt::Quarantined(attack.code)], "{}", attack.name);
        assert_eq!(document(&district), before, "{}", attack.name);
        let accepted = district.receipts(caller(1), phone.push_of(vec![honest]));
        assert_eq!(accepted, [Receipt::Accepted], "after {}", attack.name);
    }
    assert_eq!(district.count("SELECT count(*) FROM quarantine"), count as i64);
}

/// G3, R3: ten thousand changes that depend on what never comes are parked, none of them is kept, and
/// the honest change beside them is accepted.
#[test]
fn ten_thousand_orphans_are_parked() {
    let district = District::new();
    let mut phone = busy_phone();
    district.take(caller(1), phone.push());
    phone.notes("照常");
    let honest = phone.changes().pop().unwrap();
    let before = document(&district);
    let mut changes = orphans(&honest, 10_000);
    assert!(
        district
            .receipts(caller(1), phone.push_of(changes.clone()))
            .iter()
            .all(|receipt| matches!(receipt, Receipt::Parked(missing) if missing.len() == 1))
    );
    assert_eq!(document(&district), before);
    changes.push(honest);
    let receipts = district.receipts(caller(1), phone.push_of(changes));
    assert_eq!(receipts.last(), Some(&Receipt::Accepted));
    assert_eq!(district.count("SELECT count(*) FROM changes"), 7);
    assert_eq!(district.count("SELECT count(*) FROM quarantine"), 0);
}
