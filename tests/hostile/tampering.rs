//! Tampering by chance, where it means something: numbers of the header, columns and the runs in them,
//! and bytes anywhere. Length and checksum fit afterwards.

use rand::{Rng, RngExt};

use super::change::{Change, number, read, signed, with_fitting_checksum};

/// Numbers at which something may break.
const EDGES: [i64; 22] = [
    0,
    1,
    2,
    -1,
    -2,
    63,
    64,
    127,
    128,
    255,
    256,
    (1 << 16) - 1,
    1 << 16,
    (1 << 16) + 1,
    (1 << 31) - 1,
    1 << 31,
    (1 << 32) - 1,
    1 << 32,
    1 << 53,
    i64::MAX,
    i64::MIN,
    100_000_000,
];

/// Columns that a change may have, those for marks and compressed ones included.
const SPECIFICATIONS: [u64; 17] =
    [0x01, 0x02, 0x11, 0x13, 0x15, 0x34, 0x42, 0x56, 0x57, 0x70, 0x71, 0x73, 0x94, 0xa5, 0x0a, 0x5f, 0xf2];

/// An honest change, altered in a few places.
pub fn tampered(honest: &[u8], chance: &mut impl Rng) -> Vec<u8> {
    let Some(mut change) = Change::of(honest) else { return with_bytes_altered(honest, chance) };
    if chance.random_ratio(1, 3) {
        return with_bytes_altered(honest, chance);
    }
    for _ in 0..chance.random_range(1..4) {
        if chance.random_ratio(1, 3) {
            alter_header(&mut change, chance);
        } else {
            alter_columns(&mut change.columns, chance);
        }
    }
    change.bytes()
}

/// Whether a number in the columns claims more than this of anything: what Automerge itself would take
/// long over.
pub fn claims_more_than(bytes: &[u8], most: u64) -> bool {
    let Some(change) = Change::of(bytes) else { return false };
    let claims = |column: &[u8]| {
        let mut rest = column;
        while !rest.is_empty() {
            match read(&mut rest) {
                Some(number) if number <= most => {}
                _ => return true,
            }
        }
        false
    };
    change.columns.iter().any(|(specification, column)| *specification != 0x57 && claims(column))
}

fn with_bytes_altered(bytes: &[u8], chance: &mut impl Rng) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    for _ in 0..chance.random_range(1..4) {
        // Magic and checksum are left alone: length and checksum will fit.
        if bytes.len() < 12 {
            break;
        }
        let at = chance.random_range(10..bytes.len());
        match chance.random_range(0..6) {
            0 => bytes[at] = chance.random(),
            1 => bytes[at] ^= 1 << chance.random_range(0..8),
            2 => bytes[at] = [0x00, 0x7f, 0x80, 0xff][chance.random_range(0..4)],
            3 => drop(bytes.remove(at)),
            4 => bytes.insert(at, chance.random()),
            _ => bytes.truncate(at.max(60)),
        }
    }
    with_fitting_checksum(&bytes)
}

fn alter_header(change: &mut Change, chance: &mut impl Rng) {
    let edge = EDGES[chance.random_range(0..EDGES.len())];
    match chance.random_range(0..12) {
        0 => change.seq = edge.cast_unsigned(),
        1 => change.seq = change.seq.wrapping_add_signed(chance.random_range(-2..3)),
        2 => change.start_op = edge.cast_unsigned(),
        3 => change.start_op = change.start_op.wrapping_add_signed(chance.random_range(-2..3)),
        4 => change.time = edge,
        5 => change.actor = bytes(chance, 0..33),
        6 => change.message = bytes(chance, 1..20),
        7 => change.extra = bytes(chance, 1..20),
        8 => change.deps.push(chance.random()),
        9 => drop(change.deps.pop()),
        10 => change.other_actors.push(bytes(chance, 15..18)),
        _ => drop(change.other_actors.pop()),
    }
}

fn alter_columns(columns: &mut Vec<(u64, Vec<u8>)>, chance: &mut impl Rng) {
    if columns.is_empty() || chance.random_ratio(1, 10) {
        let specification = SPECIFICATIONS[chance.random_range(0..SPECIFICATIONS.len())];
        columns.push((specification, bytes(chance, 1..8)));
        columns.sort_by_key(|(specification, _)| *specification);
        return;
    }
    let at = chance.random_range(0..columns.len());
    match chance.random_range(0..12) {
        0 => drop(columns.remove(at)),
        1 => columns[at].0 |= 0x08,
        2 => columns[at].0 = SPECIFICATIONS[chance.random_range(0..SPECIFICATIONS.len())],
        3 => columns.rotate_left(at),
        _ => alter_runs(&mut columns[at].1, chance),
    }
}

/// Alters one of the numbers that a column is made of.
fn alter_runs(column: &mut Vec<u8>, chance: &mut impl Rng) {
    let mut numbers: Vec<Vec<u8>> =
        column.split_inclusive(|byte| byte & 0x80 == 0).map(<[u8]>::to_vec).collect();
    if numbers.is_empty() {
        return;
    }
    let at = chance.random_range(0..numbers.len());
    let edge = EDGES[chance.random_range(0..EDGES.len())];
    let near = chance.random_range(-3..12);
    match chance.random_range(0..8) {
        0 => numbers[at] = signed(edge),
        1 => numbers[at] = number(edge.cast_unsigned()),
        2 | 3 => numbers[at] = signed(near),
        4 => drop(numbers.remove(at)),
        5 => numbers.insert(at, signed(near)),
        6 => numbers.insert(at, numbers[at].clone()),
        _ => numbers.extend([signed(chance.random_range(2..60)), signed(near)]),
    }
    *column = numbers.concat();
}

fn bytes(chance: &mut impl Rng, count: std::ops::Range<usize>) -> Vec<u8> {
    let count = chance.random_range(count);
    (0..count).map(|_| chance.random()).collect()
}
