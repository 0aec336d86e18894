//! What brought Automerge 0.12 down or out of step when it was handed it, each by its name.

use std::io::Write;
use std::sync::LazyLock;

use flate2::Compression;
use flate2::write::DeflateEncoder;
use sha2::{Digest, Sha256};
use sync_core::wire::RefusalCode;

use super::change::{Change, number, seal, signed};

const DOCUMENT: u8 = 0;
const COMPRESSED: u8 = 2;
const BUNDLE: u8 = 3;

const MAKE_MAP: u64 = 0;
const PUT: u64 = 1;

/// Little that inflates to 50 MB, made once.
static BOMB: LazyLock<Vec<u8>> = LazyLock::new(|| compressed(&[0; 50 << 20]));

/// A change that must not be let in.
#[derive(Debug, Clone)]
pub struct Attack {
    /// What it does.
    pub name: &'static str,
    /// The change.
    pub bytes: Vec<u8>,
    /// The step that refuses it.
    pub step: Step,
    /// As what.
    pub code: RefusalCode,
}

/// A step of the way in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Knows only the change.
    Gate,
    /// Knows the record, too.
    Place,
}

/// Every attack, made out of an honest change that puts a text, so that each would be accepted but for
/// what is named.
pub fn attacks(honest: &[u8]) -> Vec<Attack> {
    use RefusalCode::{GenesisMismatch, MalformedChange, SequenceReused, TooLarge};
    let honest_change = Change::of(honest).expect("an honest change comes apart");
    let with = |alter: &dyn Fn(&mut Change)| {
        let mut change = honest_change.clone();
        alter(&mut change);
        change.bytes()
    };
    let start_op = honest_change.start_op;
    let at_gate: [(&str, Vec<u8>, RefusalCode); _] = [
        ("a compressed change that inflates to 50 MB", BOMB.clone(), MalformedChange),
        ("a compressed change", compressed(honest), MalformedChange),
        ("a deflated column", with(&|c| deflate(&mut c.columns)), MalformedChange),
        ("83 bytes that claim a hundred million operations", claims(1, 100_000_000), TooLarge),
        ("a run longer than numbers go", claims(1, i64::MAX), MalformedChange),
        ("a key repeated over and over", with(&|c| repeat_key(c, 60_000)), TooLarge),
        ("more values replaced than there are authors", with(&replaces_a_thousand), MalformedChange),
        ("a sequence number far up", with(&|c| c.seq = u64::MAX), MalformedChange),
        ("a first operation near 2³²", with(&|c| c.start_op = (1 << 32) - 2), MalformedChange),
        ("a first operation of 2³¹", with(&|c| c.start_op = 1 << 31), MalformedChange),
        ("a first operation of zero", with(&|c| c.start_op = 0), MalformedChange),
        ("a time at the end of numbers", with(&|c| c.time = i64::MAX), MalformedChange),
        ("a time at the beginning of numbers", with(&|c| c.time = i64::MIN), MalformedChange),
        ("a time before 1970", with(&|c| c.time = -1), MalformedChange),
        ("a timestamp at the end of numbers", with(&|c| value(c, 9, &signed(i64::MAX))), MalformedChange),
        ("a whole number at the end of numbers", with(&|c| value(c, 4, &signed(i64::MAX))), MalformedChange),
        ("a counter", with(&|c| value(c, 8, &signed(1))), MalformedChange),
        ("a floating-point number", with(&|c| value(c, 5, &[0; 8])), MalformedChange),
        ("a value of an unknown kind", with(&|c| value(c, 13, b"?")), MalformedChange),
        ("text that is not UTF-8", with(&|c| value(c, 6, &[0xff, 0xfe])), MalformedChange),
        ("a text of 40,000 bytes", with(&|c| value(c, 6, &[b'a'; 40_000])), TooLarge),
        ("300 nested maps", with(&|c| nest(c, 300)), MalformedChange),
        ("2 nested maps", with(&|c| nest(c, 2)), MalformedChange),
        ("a value in a map that nobody made", with(&|c| object(c, 0, start_op)), MalformedChange),
        ("a value at the root", with(&|c| without(c, &[0x01, 0x02])), MalformedChange),
        ("a key of 300 bytes", with(&|c| key(c, &[b'k'; 300])), TooLarge),
        ("an empty key", with(&|c| key(c, b"")), MalformedChange),
        ("an unknown action", with(&|c| column(c, 0x42, &literal(&[8]))), MalformedChange),
        ("a counter's increment", with(&|c| column(c, 0x42, &literal(&[5]))), MalformedChange),
        ("a mark", with(&|c| column(c, 0x42, &literal(&[7]))), MalformedChange),
        ("a list", with(&|c| column(c, 0x42, &literal(&[2]))), MalformedChange),
        ("no operations", with(&|c| c.columns.clear()), MalformedChange),
        ("columns of different lengths", with(&|c| column(c, 0x42, &run(2, 1))), MalformedChange),
        ("an actor that is not listed", with(&|c| object(c, 7, 5)), MalformedChange),
        ("an actor that nothing refers to", with(&|c| c.other_actors.push(vec![0xff; 16])), MalformedChange),
        ("an actor of 8 bytes", with(&|c| c.actor = vec![1; 8]), MalformedChange),
        ("an actor of 20,000 bytes", with(&|c| c.actor = vec![1; 20_000]), MalformedChange),
        ("an actor without bytes", with(&|c| c.actor.clear()), MalformedChange),
        ("300 other actors", with(&|c| c.other_actors = many::<_, 16>(300)), TooLarge),
        ("65 dependencies", with(&|c| c.deps = many::<_, 32>(65)), TooLarge),
        ("a dependency named twice", with(&|c| c.deps.push(c.deps[0])), MalformedChange),
        ("a message", with(&|c| c.message = b"hello".to_vec()), MalformedChange),
        ("bytes behind the columns", with(&|c| c.extra = b"hello".to_vec()), MalformedChange),
        ("an unknown column", with(&|c| c.columns.push((0xf2, literal(&[1])))), MalformedChange),
        ("a column for marks", with(&|c| c.columns.push((0xa5, vec![0x7f, 1, b'b']))), MalformedChange),
        ("columns out of order", with(&|c| c.columns.reverse()), MalformedChange),
        ("a column twice", with(&|c| c.columns.insert(0, c.columns[0].clone())), MalformedChange),
        ("an empty column", with(&|c| c.columns.insert(2, (0x11, Vec::new()))), MalformedChange),
        ("a run written another way", with(&|c| column(c, 0x42, &run(1, 1))), MalformedChange),
        ("one run written as two values", with(&two_values_for_a_run), MalformedChange),
        ("a number written longer than it is", overlong(&honest_change), MalformedChange),
        ("a torn tail", honest[..honest.len() - 3].to_vec(), MalformedChange),
        ("two chunks in one", [honest, honest].concat(), MalformedChange),
        ("a bad checksum", bad_checksum(honest), MalformedChange),
        ("a flipped bit", flipped(honest), MalformedChange),
        ("a document", seal(DOCUMENT, &honest[12..]), MalformedChange),
        ("a bundle of 483 bytes", seal(BUNDLE, &[0x7f; 472]), MalformedChange),
        ("a chunk of no type", seal(9, &honest[12..]), MalformedChange),
        ("no bytes", Vec::new(), MalformedChange),
        ("a header and nothing else", honest[..9].to_vec(), MalformedChange),
        ("a length of 2⁶³", [&honest[..9], &number(1 << 63)].concat(), MalformedChange),
        ("more bytes than a change may have", with(&|c| c.extra = vec![0; 64 << 10]), TooLarge),
    ];
    let at_place: [(&str, Vec<u8>, RefusalCode); _] = [
        ("a sequence number from nowhere", with(&|c| c.seq += 7), SequenceReused),
        ("a sequence number used before", with(&|c| c.seq = 1), SequenceReused),
        ("a first operation not above its dependencies'", with(&|c| c.start_op -= 1), MalformedChange),
        ("a first operation far above its dependencies'", with(&|c| c.start_op += 1_000), MalformedChange),
        ("the highest first operation", with(&|c| c.start_op = (1 << 31) - 1), MalformedChange),
        (
            "an actor that the record doesn't know",
            with(&|c| c.other_actors = vec![vec![0x55; 16]]),
            MalformedChange,
        ),
        ("no dependencies", with(&|c| c.deps.clear()), GenesisMismatch),
    ];
    let attack = |step| move |(name, bytes, code)| Attack { name, bytes, step, code };
    let at_gate = at_gate.into_iter().map(attack(Step::Gate));
    at_gate.chain(at_place.into_iter().map(attack(Step::Place))).collect()
}

/// Changes that would be good, but depend on ones that never come.
pub fn orphans(honest: &[u8], count: u32) -> Vec<Vec<u8>> {
    let honest = Change::of(honest).expect("an honest change comes apart");
    let orphan = |number: u32| {
        let deps = vec![Sha256::digest(number.to_be_bytes()).into()];
        Change { deps, ..honest.clone() }.bytes()
    };
    (0..count).map(orphan).collect()
}

/// The smallest change that claims so many operations, each putting null under one key of one letter.
fn claims(object_counter: u64, count: i64) -> Vec<u8> {
    let run = |value: &[u8]| [signed(count).as_slice(), value].concat();
    let columns = vec![
        (0x01, run(&[0])),
        (0x02, run(&number(object_counter))),
        (0x15, run(&[1, b'k'])),
        (0x34, number(count.unsigned_abs())),
        (0x42, run(&number(PUT))),
        (0x56, run(&[0])),
        (0x70, run(&[0])),
    ];
    Change {
        chunk_type: 1,
        deps: Vec::new(),
        actor: vec![1; 16],
        seq: 1,
        start_op: 2,
        time: 0,
        message: Vec::new(),
        other_actors: Vec::new(),
        columns,
        extra: Vec::new(),
    }
    .bytes()
}

fn compressed(bytes: &[u8]) -> Vec<u8> {
    seal(COMPRESSED, &deflated(bytes))
}

fn deflated(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).expect("writing to memory");
    encoder.finish().expect("writing to memory")
}

fn deflate(columns: &mut [(u64, Vec<u8>)]) {
    for (specification, column) in columns {
        *specification |= 0x08;
        *column = deflated(column);
    }
}

fn column(change: &mut Change, specification: u64, bytes: &[u8]) {
    change.columns.retain(|(other, _)| *other != specification);
    change.columns.push((specification, bytes.to_vec()));
    change.columns.sort_by_key(|(specification, _)| *specification);
}

fn without(change: &mut Change, specifications: &[u64]) {
    change.columns.retain(|(specification, _)| !specifications.contains(specification));
}

/// The value of a change's only operation.
fn value(change: &mut Change, kind: u64, bytes: &[u8]) {
    column(change, 0x56, &literal(&[(bytes.len() as u64) << 4 | kind]));
    column(change, 0x57, bytes);
}

fn key(change: &mut Change, key: &[u8]) {
    column(change, 0x15, &[signed(-1).as_slice(), &number(key.len() as u64), key].concat());
}

fn object(change: &mut Change, actor: u64, counter: u64) {
    column(change, 0x01, &literal(&[actor]));
    column(change, 0x02, &literal(&[counter]));
}

/// The change's operation over and over, with a key of 16 bytes.
fn repeat_key(change: &mut Change, count: u64) {
    let object = |specification| {
        let (_, column) =
            change.columns.iter().find(|(other, _)| *other == specification).expect("an object");
        run(count, u64::from(column[1]))
    };
    let (actor, counter) = (object(0x01), object(0x02));
    column(change, 0x01, &actor);
    column(change, 0x02, &counter);
    column(change, 0x15, &[signed(count as i64).as_slice(), &[16], &[b'k'; 16]].concat());
    column(change, 0x34, &number(count));
    column(change, 0x42, &run(count, PUT));
    column(change, 0x56, &run(count, 0));
    column(change, 0x70, &run(count, 0));
    without(change, &[0x57, 0x71, 0x73]);
}

fn two_values_for_a_run(change: &mut Change) {
    repeat_key(change, 2);
    column(change, 0x42, &literal(&[PUT, PUT]));
}

fn replaces_a_thousand(change: &mut Change) {
    column(change, 0x70, &literal(&[1_000]));
    column(change, 0x71, &run(1_000, 0));
    column(change, 0x73, &run(1_000, 1));
}

/// Maps, each in the one before, the outermost where the honest change would have put its value.
fn nest(change: &mut Change, depth: u64) {
    let outermost = |specification| {
        let (_, column) =
            change.columns.iter().find(|(other, _)| *other == specification).expect("an object");
        u64::from(column[1])
    };
    let mut actors = literal(&[outermost(0x01)]);
    if depth > 2 {
        actors.extend(run(depth - 1, 0));
    } else {
        actors = literal(&[outermost(0x01), 0]);
    }
    let made = (0..depth - 1).map(|level| change.start_op + level);
    let counters: Vec<u64> = [outermost(0x02)].into_iter().chain(made).collect();
    column(change, 0x01, &actors);
    column(change, 0x02, &literal(&counters));
    column(change, 0x15, &[signed(depth as i64).as_slice(), &[1, b'm']].concat());
    column(change, 0x34, &number(depth));
    column(change, 0x42, &run(depth, MAKE_MAP));
    column(change, 0x56, &run(depth, 0));
    column(change, 0x70, &run(depth, 0));
    without(change, &[0x57, 0x71, 0x73]);
}

/// So many rows of one number.
fn run(count: u64, value: u64) -> Vec<u8> {
    [signed(count as i64), number(value)].concat()
}

/// Numbers one by one.
fn literal(values: &[u64]) -> Vec<u8> {
    let head = signed(-(values.len() as i64));
    head.into_iter().chain(values.iter().flat_map(|value| number(*value))).collect()
}

fn many<T: From<[u8; N]>, const N: usize>(count: u16) -> Vec<T> {
    let one = |number: u16| {
        let mut bytes = [0x40; N];
        bytes[..2].copy_from_slice(&number.to_be_bytes());
        T::from(bytes)
    };
    (0..count).map(one).collect()
}

/// The number of dependencies in two bytes where one would do.
fn overlong(change: &Change) -> Vec<u8> {
    let bytes = change.bytes();
    let body = &bytes[bytes.len() - body_length(&bytes)..];
    seal(1, &[&[body[0] | 0x80, 0], &body[1..]].concat())
}

fn body_length(bytes: &[u8]) -> usize {
    let header = 9 + bytes[9..].iter().position(|byte| byte & 0x80 == 0).expect("a length ends") + 1;
    bytes.len() - header
}

fn bad_checksum(honest: &[u8]) -> Vec<u8> {
    let mut bytes = honest.to_vec();
    bytes[4] ^= 1;
    bytes
}

fn flipped(honest: &[u8]) -> Vec<u8> {
    let mut bytes = honest.to_vec();
    let last = bytes.len() - 1;
    bytes[last] ^= 1;
    bytes
}
