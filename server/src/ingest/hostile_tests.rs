//! Changes that were tampered with and carry a fitting checksum all the same: whatever they are, the way
//! in gives each its receipt, and the record goes on as if they had never come.

use std::collections::BTreeSet;

use rand::{Rng, RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use sha2::{Digest, Sha256};
use sync_core::commands::{Command, Severity, YesNo};
use sync_core::domain::{Actor, FindingId, ServerTime};
use sync_core::wire::Receipt;

use crate::read_tables;
use crate::small_district::{District, NOW, Phone, busy_phone, caller};

const SEED: u64 = 20_210_330;
const ROUNDS: u32 = 200;

/// The change with some bytes behind the chunk's header altered, and length and checksum made to fit.
fn tampered(bytes: &[u8], chance: &mut impl Rng) -> Vec<u8> {
    let body_at = 9 + bytes[9..].iter().position(|byte| byte & 0x80 == 0).unwrap() + 1;
    let mut body = bytes[body_at..].to_vec();
    for _ in 0..chance.random_range(1..4) {
        let at = chance.random_range(0..body.len());
        match chance.random_range(0..6) {
            0 => body[at] = chance.random(),
            1 => body[at] ^= 1 << chance.random_range(0..8),
            2 => body[at] = [0x00, 0x7f, 0x80, 0xff][chance.random_range(0..4)],
            3 => drop(body.remove(at)),
            4 => body.insert(at, chance.random()),
            _ => body.truncate(at.max(60)),
        }
    }
    let mut hashed = vec![1];
    let mut length = body.len();
    while length >= 0x80 {
        hashed.push(length as u8 | 0x80);
        length >>= 7;
    }
    hashed.push(length as u8);
    hashed.extend(body);
    let checksum = Sha256::digest(&hashed);
    [&bytes[..4], &checksum[..4], &hashed].concat()
}

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
