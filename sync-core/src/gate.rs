//! Bytes from outside → a change we dare hand on.
//!
//! Looks at the frame of one Automerge change chunk (the binary format's chunk header: magic, checksum,
//! type, length) and at the numbers in front of its operations, without Automerge: a raw change only,
//! exactly as long as it says, with the checksum it claims, and no number that would make a later step
//! stumble.

use sha2::{Digest, Sha256};

use crate::domain::{Actor, ChangeHash};
use crate::wire::{CHANGE_BYTES_MAX, RefusalCode};

const MAGIC: [u8; 4] = [0x85, 0x6f, 0x4a, 0x83];
const RAW_CHANGE: u8 = 1;
/// A change may name at most this many changes it depends on.
const DEPS_MAX: u64 = 64;
/// Operation and sequence numbers stay under this, far from where counting breaks.
const NUMBER_MAX: u64 = 1 << 31;
/// A change's time is under 2⁵³ seconds; an implausible one is flagged elsewhere, never refused.
const TIME_MAX: i64 = 1 << 53;

/// A change whose frame and numbers are sound.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gated {
    bytes: Vec<u8>,
    hash: ChangeHash,
    actor: Actor,
    seq: u64,
    start_op: u64,
    deps: Vec<ChangeHash>,
}

impl Gated {
    /// Checks one change.
    ///
    /// # Errors
    /// [`RefusalCode::TooLarge`] or [`RefusalCode::MalformedChange`].
    pub fn check(bytes: &[u8]) -> Result<Self, RefusalCode> {
        if bytes.len() > CHANGE_BYTES_MAX {
            return Err(RefusalCode::TooLarge);
        }
        parse(bytes).ok_or(RefusalCode::MalformedChange)
    }

    /// The change, byte for byte.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Its name: SHA-256 over type, length and contents.
    pub const fn hash(&self) -> ChangeHash {
        self.hash
    }

    /// Who says to have written it.
    pub const fn actor(&self) -> Actor {
        self.actor
    }

    /// Its number among the actor's changes of the record, from 1.
    pub const fn seq(&self) -> u64 {
        self.seq
    }

    /// The number of its first operation.
    pub const fn start_op(&self) -> u64 {
        self.start_op
    }

    /// The changes it says to depend on.
    pub fn deps(&self) -> &[ChangeHash] {
        &self.deps
    }
}

/// The name under which bytes that are no change are kept.
pub fn hash_of_malformed(bytes: &[u8]) -> ChangeHash {
    ChangeHash(Sha256::digest(bytes).into())
}

fn parse(bytes: &[u8]) -> Option<Gated> {
    let mut input = Input(bytes);
    if input.take(4)? != MAGIC {
        return None;
    }
    let checksum = input.take(4)?;
    let hash = Sha256::digest(input.0);
    if input.take(1)? != [RAW_CHANGE] || checksum != &hash[..4] {
        return None;
    }
    if input.unsigned()? != input.0.len() as u64 {
        return None;
    }
    let deps = input.unsigned()?;
    if deps > DEPS_MAX {
        return None;
    }
    let deps = (0..deps).map(|_| ChangeHash::try_from(input.take(32)?).ok()).collect::<Option<Vec<_>>>()?;
    let actor = input.sized()?;
    let actor = Actor::try_from(actor).ok()?;
    let seq = input.unsigned().filter(|seq| (1..NUMBER_MAX).contains(seq))?;
    let start_op = input.unsigned().filter(|op| (1..NUMBER_MAX).contains(op))?;
    input.signed().filter(|time| (0..TIME_MAX).contains(time))?;
    let message = input.sized()?;
    if !message.is_empty() {
        return None;
    }
    Some(Gated { bytes: bytes.to_vec(), hash: ChangeHash(hash.into()), actor, seq, start_op, deps })
}

/// What is left to read.
struct Input<'a>(&'a [u8]);

impl<'a> Input<'a> {
    fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(taken)
    }

    fn sized(&mut self) -> Option<&'a [u8]> {
        let length = usize::try_from(self.unsigned()?).ok()?;
        self.take(length)
    }

    /// An unsigned LEB128 number of at most 63 bits.
    fn unsigned(&mut self) -> Option<u64> {
        let mut number = 0;
        for shift in (0..63).step_by(7) {
            let byte = self.take(1)?[0];
            number |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Some(number);
            }
        }
        None
    }

    /// A signed LEB128 number of at most 63 bits.
    fn signed(&mut self) -> Option<i64> {
        let mut number = 0;
        for shift in (0..63).step_by(7) {
            let byte = self.take(1)?[0];
            number |= i64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                let is_negative = byte & 0x40 != 0;
                return Some(if is_negative { number | (-1 << (shift + 7)) } else { number });
            }
        }
        None
    }
}
