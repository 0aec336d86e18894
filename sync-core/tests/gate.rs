//! What the gate lets through, and what not: every change that a phone of ours writes, whatever is
//! entered in it, and nothing that would bring Automerge down.

use std::panic::{AssertUnwindSafe, catch_unwind};

use hostile::{Honest, Step as At, attacks, honest, tampered};
use proptest::prelude::*;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use sync_core::commands::{
    Answer, Command, FieldRef, File, Rectification, SUMMARY_CHARS_MAX, Severity, YesNo,
};
use sync_core::document::{Record, facts_of, is_well_shaped};
use sync_core::domain::evidence::EVIDENCE_BYTES_MAX;
use sync_core::domain::{
    Actor, CooperativeId, EvidenceId, FileHash, FindingId, FixId, FixSource, PersonId, PhoneTime, Position,
    RegisterField,
};
use sync_core::gate::{Gated, limits};
use sync_core::replica::{NewVisit, OpenRecord};
use sync_core::wire::RefusalCode;

fn new_visit() -> NewVisit {
    NewVisit {
        cooperative: CooperativeId::from_bytes([0x11; 16]),
        area: "140602100".parse().unwrap(),
        provisional_name: None,
        checklist: "quality-2021@1".parse().unwrap(),
    }
}

/// One of several people at work on one record, each under an actor of their own.
struct Phone {
    number: u8,
    open: OpenRecord,
    minutes: i64,
}

impl Phone {
    fn all(count: u8) -> Vec<Self> {
        let open = OpenRecord::start(new_visit(), [5; 16]).unwrap();
        let mut phones: Vec<_> =
            (1..=count).map(|number| Self { number, open: open.clone(), minutes: 0 }).collect();
        for phone in &mut phones {
            phone.does(Command::Join);
        }
        phones
    }

    /// Does it if it can be done now.
    fn does(&mut self, command: Command) {
        self.minutes += 1;
        let now = PhoneTime(1_617_673_200_000 + self.minutes * 60_000);
        let person = PersonId::from_bytes([self.number; 16]);
        let _ = self.open.apply(Actor([self.number; 16]), person, now, &[command]);
    }

    fn changes(&self) -> Vec<Vec<u8>> {
        self.open.record().changes().into_iter().map(|(_, bytes)| bytes).collect()
    }

    /// Takes in what the other wrote, or knows.
    fn hears(&mut self, other: &Self) {
        let mut stored = self.open.stored.clone();
        let mut base = self.open.record().clone();
        base.apply(&other.changes()).unwrap();
        stored.base = Some(base.save().into());
        stored.actors.extend(other.open.stored.actors.clone());
        self.open = OpenRecord::open(stored).unwrap();
    }
}

/// What the gate says of bytes, at a cost that they bound, whatever they say.
fn checked(bytes: &[u8]) -> Result<Gated, RefusalCode> {
    let (gated, work) = Gated::check_counting(bytes);
    assert!(work.read <= limits::READS_OF_A_BYTE_MAX * bytes.len(), "{work:?} of {}", bytes.len());
    assert!(work.allocated <= limits::ALLOCATED_BYTES_MAX, "{work:?}");
    gated
}

/// Every change of the record passes, and the gate reads in it what Automerge does.
fn passes(record: &Record) {
    for (facts, bytes) in record.changes() {
        let gated = checked(&bytes).unwrap_or_else(|code| panic!("{code:?}: {bytes:02x?}"));
        let read = (gated.hash(), gated.actor(), gated.seq(), gated.start_op(), gated.max_op(), gated.deps());
        let told = (facts.hash, facts.actor, facts.seq, facts.start_op, facts.max_op, facts.deps.as_slice());
        assert_eq!(read, told);
        assert_eq!(facts_of(gated.bytes()), Some(facts));
    }
}

/// Something that one of three people does: whose turn it is, what, and with which words.
#[derive(Debug, Clone)]
enum Step {
    Does(usize, Command),
    Hears(usize, usize),
    Picks(usize),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let item = prop::sample::select(vec!["premises", "signboard", "rules"]);
    let words = prop_oneof!["\\PC{0,40}", "[一-龥]{0,20}", Just("👨‍👩‍👧 好".to_owned())];
    let finding = (0..4_u8).prop_map(|number| FindingId::from_bytes([number; 16]));
    let evidence = (0..4_u8).prop_map(|number| EvidenceId::from_bytes([number; 16]));
    let command = prop_oneof![
        3 => (item.clone(), any::<bool>()).prop_map(|(item, yes)| {
            let value = Answer::YesNo(if yes { YesNo::Yes } else { YesNo::No });
            Command::Answer { item: item.to_owned(), value }
        }),
        1 => (0..=10_000_i64).prop_map(|hundredths| Command::Answer {
            item: "returned_by_volume_rate".to_owned(),
            value: Answer::Percent(hundredths),
        }),
        1 => item.clone().prop_map(|item| Command::Clear { item: item.to_owned() }),
        1 => (item.clone(), 0..3_i64)
            .prop_map(|(item, review)| Command::Confirm { item: item.to_owned(), review }),
        2 => (item.clone(), words.clone())
            .prop_map(|(item, text)| Command::Note { item: item.to_owned(), text }),
        3 => words.clone().prop_map(|text| Command::Summary { text }),
        2 => (finding.clone(), words.clone()).prop_map(|(finding, text)| Command::AddFinding {
            finding,
            item: None,
            text,
            severity: Severity::Major,
            due: None,
            responsible: String::new(),
        }),
        1 => finding.prop_map(|finding| Command::WithdrawFinding { finding }),
        2 => (evidence.clone(), any::<u32>(), any::<bool>()).prop_map(|(evidence, bytes, is_placed)| {
            let position = Position { latitude_e7: 1, longitude_e7: -1, accuracy_m: bytes };
            let file = File {
                sha256: FileHash([bytes as u8; 32]),
                bytes: bytes % EVIDENCE_BYTES_MAX + 1,
                media_type: "image/png".to_owned(),
                name: String::new(),
                taken_at: PhoneTime(bytes.into()),
                position: is_placed.then_some(position),
            };
            Command::AddEvidence { evidence, item: None, finding: None, file }
        }),
        1 => evidence.clone().prop_map(|evidence| Command::WithdrawEvidence { evidence }),
        1 => (evidence, words).prop_map(|(evidence, text)| Command::Note { item: evidence.to_string(), text }),
        1 => (any::<[u8; 16]>(), any::<bool>()).prop_map(|(finding, partly)| Command::FollowUp {
            finding: FindingId::from_bytes(finding),
            outcome: partly.then_some(Rectification::Partly),
        }),
        1 => (0..9_u32).prop_map(|count| Command::Correct {
            register_field: RegisterField::MemberCount,
            proposed: (count > 0).then(|| count.to_string()),
        }),
        1 => (any::<[u8; 16]>(), any::<i32>()).prop_map(|(fix, at)| Command::Fix {
            fix: FixId::from_bytes(fix),
            position: Position { latitude_e7: at / 3, longitude_e7: -at / 2, accuracy_m: 10 },
            source: if at % 2 == 0 { FixSource::Device } else { FixSource::Photo },
        }),
    ];
    let step = prop_oneof![
        6 => (0..3_usize, command).prop_map(|(whose, command)| Step::Does(whose, command)),
        3 => (0..3_usize, 0..3_usize).prop_map(|(whose, other)| Step::Hears(whose, other)),
        1 => (0..3_usize).prop_map(Step::Picks),
    ];
    prop::collection::vec(step, 1..30)
}

/// The value of `premises` that somebody else wrote, chosen where two stand against each other.
fn pick(phone: &Phone) -> Option<Command> {
    let inspection = phone.open.inspection();
    let entries = &inspection.answers.get("premises")?.entries();
    let chosen = entries.last().filter(|_| entries.len() > 1)?.change;
    Some(Command::Pick { field: FieldRef::Answer("premises".to_owned()), chosen })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    /// G1: whatever people enter, together or apart, their changes pass.
    #[test]
    fn g1_what_people_enter_passes(steps in steps()) {
        let mut phones = Phone::all(3);
        for step in steps {
            match step {
                Step::Does(whose, command) => phones[whose].does(command),
                Step::Hears(whose, other) if whose != other => {
                    let [whose, other] = phones.get_disjoint_mut([whose, other]).unwrap();
                    whose.hears(other);
                }
                Step::Hears(..) => {}
                Step::Picks(whose) => if let Some(pick) = pick(&phones[whose]) {
                    phones[whose].does(pick);
                }
            }
        }
        for phone in &phones {
            passes(phone.open.record());
        }
    }
}

/// G2: seven of the longest summaries, written apart and merged, are taken out at once; and in their
/// place comes the longest of the widest characters.
#[test]
fn g2_the_longest_text_passes() {
    let mut phones = Phone::all(7);
    for phone in &mut phones {
        let letter = char::from(b'a' + phone.number);
        phone.does(Command::Summary { text: letter.to_string().repeat(SUMMARY_CHARS_MAX) });
    }
    let (first, others) = phones.split_first_mut().unwrap();
    for other in others {
        first.hears(other);
    }
    assert_eq!(first.open.inspection().summary.chars().count(), 7 * SUMMARY_CHARS_MAX);
    first.does(Command::Summary { text: String::new() });
    let text = "👍😀".repeat(SUMMARY_CHARS_MAX / 2);
    first.does(Command::Summary { text: text.clone() });
    assert_eq!(first.open.inspection().summary, text, "written anew");
    let text = text.replacen("👍", "人民公社", 500).chars().take(SUMMARY_CHARS_MAX).collect::<String>();
    first.does(Command::Summary { text: text.clone() });
    assert_eq!(first.open.inspection().summary, text, "changed in hundreds of places");
    passes(first.open.record());
}

/// G1, G2, G9: each attack that a change alone can be is refused for what it is, and costs no more to
/// look at than its bytes allow.
#[test]
fn g1_attacks_are_refused_before_automerge() {
    let note = &honest().next[0];
    assert!(checked(note).is_ok());
    for attack in attacks(note) {
        let refused = checked(&attack.bytes).err();
        let expected = (attack.step == At::Gate).then_some(attack.code);
        assert_eq!(refused, expected, "{}", attack.name);
    }
}

/// G1, G9: whatever is done to an honest change, looking at it costs no more than its bytes allow; and
/// what passes, Automerge reads as the gate did, and merges or refuses where it has its place.
#[test]
fn g1_tampered_changes_pass_only_if_automerge_reads_the_same() {
    const SEED: u64 = 20_210_330;
    println!("seed {SEED}");
    let mut chance = ChaCha8Rng::seed_from_u64(SEED);
    let Honest { record, next } = honest();
    let before = record.save();
    let (mut passed, mut tried, mut panicked) = (0, 0, 0);
    for round in 0..20_000 {
        let Ok(gated) = checked(&tampered(&next[round % next.len()], &mut chance)) else { continue };
        passed += 1;
        let facts = facts_of(gated.bytes()).expect("what passes is a change to Automerge");
        let told = (facts.hash, facts.actor, facts.seq, facts.start_op, facts.max_op, facts.deps);
        let (hash, actor, seq) = (gated.hash(), gated.actor(), gated.seq());
        assert_eq!((hash, actor, seq, gated.start_op(), gated.max_op(), gated.deps().to_vec()), told);
        let has_its_place = record.missing(gated.deps()).is_empty()
            && seq == record.next_seq(actor)
            && gated.start_op() == record.max_op_of(gated.deps()) + 1
            && gated.other_actors().iter().all(|other| record.next_seq(*other) > 1)
            && is_well_shaped(&record, gated.bytes());
        if has_its_place {
            tried += 1;
            let whole = catch_unwind(AssertUnwindSafe(|| {
                let mut copy = record.clone();
                copy.apply(&[gated.bytes()]).ok()?;
                Record::load(&copy.save(), record.of()).ok().filter(|loaded| loaded.heads() == copy.heads())
            }));
            panicked += u32::from(whole.is_err());
        }
    }
    assert!((1_000..10_000).contains(&passed), "{passed} passed: the tampering is too coarse or too fine");
    println!("{passed} passed, {tried} had their place, Automerge panicked over {panicked}");
    assert!(tried > 100, "{tried}");
    assert!(panicked * 4 < tried, "{panicked} of {tried}");
    assert_eq!(record.save(), before);
}
