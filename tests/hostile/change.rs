//! A raw change taken apart: every part can be anything, and it is put together again with a checksum
//! that fits.

use sha2::{Digest, Sha256};

const MAGIC: [u8; 4] = [0x85, 0x6f, 0x4a, 0x83];
const RAW_CHANGE: u8 = 1;

/// A raw change in its parts, which may contradict each other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The chunk's type.
    pub chunk_type: u8,
    /// The changes it depends on.
    pub deps: Vec<[u8; 32]>,
    /// Who wrote it.
    pub actor: Vec<u8>,
    /// Its number among the actor's.
    pub seq: u64,
    /// The number of its first operation.
    pub start_op: u64,
    /// When, in seconds.
    pub time: i64,
    /// What people may have said about it.
    pub message: Vec<u8>,
    /// The other actors it refers to.
    pub other_actors: Vec<Vec<u8>>,
    /// Its columns: what they hold, and their bytes.
    pub columns: Vec<(u64, Vec<u8>)>,
    /// What stands behind the columns.
    pub extra: Vec<u8>,
}

impl Change {
    /// Takes bytes apart; none where they don't have the form of a change. Doesn't look at the checksum.
    pub fn of(bytes: &[u8]) -> Option<Self> {
        let mut rest = bytes.get(8..)?;
        let chunk_type = take(&mut rest, 1)?[0];
        read(&mut rest)?;
        let deps = read(&mut rest)?;
        let deps = (0..deps).map(|_| take(&mut rest, 32)?.try_into().ok()).collect::<Option<_>>()?;
        let actor = sized(&mut rest)?;
        let seq = read(&mut rest)?;
        let start_op = read(&mut rest)?;
        let time = read_signed(&mut rest)?;
        let message = sized(&mut rest)?;
        let others = read(&mut rest)?;
        let other_actors = (0..others).map(|_| sized(&mut rest)).collect::<Option<_>>()?;
        let columns = read(&mut rest)?;
        let columns = (0..columns).map(|_| Some((read(&mut rest)?, read(&mut rest)?)));
        let columns: Vec<(u64, u64)> = columns.collect::<Option<_>>()?;
        let column = |(specification, length)| {
            Some((specification, take(&mut rest, usize::try_from(length).ok()?)?.to_vec()))
        };
        let columns = columns.into_iter().map(column).collect::<Option<_>>()?;
        let extra = rest.to_vec();
        Some(Self { chunk_type, deps, actor, seq, start_op, time, message, other_actors, columns, extra })
    }

    /// Puts it together, with length and checksum as they should be.
    pub fn bytes(&self) -> Vec<u8> {
        let mut body = number(self.deps.len() as u64);
        body.extend(self.deps.concat());
        body.extend(with_length(&self.actor));
        body.extend(number(self.seq));
        body.extend(number(self.start_op));
        body.extend(signed(self.time));
        body.extend(with_length(&self.message));
        body.extend(number(self.other_actors.len() as u64));
        body.extend(self.other_actors.iter().flat_map(|actor| with_length(actor)));
        body.extend(number(self.columns.len() as u64));
        for (specification, column) in &self.columns {
            body.extend(number(*specification));
            body.extend(number(column.len() as u64));
        }
        body.extend(self.columns.iter().flat_map(|(_, column)| column));
        body.extend(&self.extra);
        seal(self.chunk_type, &body)
    }
}

/// A chunk of this type, with length and checksum as they should be.
pub fn seal(chunk_type: u8, body: &[u8]) -> Vec<u8> {
    let hashed = [&[chunk_type], number(body.len() as u64).as_slice(), body].concat();
    let checksum = Sha256::digest(&hashed);
    [&MAGIC, &checksum[..4], &hashed].concat()
}

/// The bytes with a length and a checksum that fit them: what a fuzzer finds is then found behind the
/// checksum.
pub fn with_fitting_checksum(bytes: &[u8]) -> Vec<u8> {
    let mut rest = bytes.get(9..).unwrap_or_default();
    let whole = rest;
    if read(&mut rest).is_none() {
        rest = whole;
    }
    seal(bytes.get(8).copied().unwrap_or(RAW_CHANGE), rest)
}

/// An unsigned LEB128 number.
pub fn number(mut number: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    while number >= 0x80 {
        bytes.push(number as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
    bytes
}

/// A signed LEB128 number.
pub fn signed(mut number: i64) -> Vec<u8> {
    let mut bytes = Vec::new();
    while !(-0x40..0x40).contains(&number) {
        bytes.push(number as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8 & 0x7f);
    bytes
}

fn with_length(bytes: &[u8]) -> Vec<u8> {
    [number(bytes.len() as u64).as_slice(), bytes].concat()
}

fn take<'a>(rest: &mut &'a [u8], count: usize) -> Option<&'a [u8]> {
    let (taken, left) = rest.split_at_checked(count)?;
    *rest = left;
    Some(taken)
}

fn sized(rest: &mut &[u8]) -> Option<Vec<u8>> {
    let length = usize::try_from(read(rest)?).ok()?;
    take(rest, length).map(<[u8]>::to_vec)
}

pub(crate) fn read(rest: &mut &[u8]) -> Option<u64> {
    let mut number = 0;
    for shift in (0..64).step_by(7) {
        let byte = take(rest, 1)?[0];
        number |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Some(number);
        }
    }
    None
}

fn read_signed(rest: &mut &[u8]) -> Option<i64> {
    let before = *rest;
    let number = read(rest)?;
    let bits = 7 * (before.len() - rest.len()) as u32;
    let unused = 64_u32.saturating_sub(bits);
    Some((number << unused).cast_signed() >> unused)
}
