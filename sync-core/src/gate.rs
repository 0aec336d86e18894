//! Bytes from outside → a change we dare hand on.
//!
//! Reads one Automerge change chunk from its first byte to its last, without Automerge and without
//! writing out what it claims: a raw change only, exactly as long as it says, with the checksum it
//! claims, nothing beyond a limit, and no operation that an inspection record has no use for. What a
//! check costs is bounded by the bytes that came, whatever they say.
//!
//! The format is the chunk of type 1 of <https://automerge.org/automerge-binary-format-spec/>.

mod frame;
mod input;
pub mod limits;
mod operations;
mod runs;

use sha2::{Digest, Sha256};

use crate::domain::{Actor, ChangeHash};
use crate::wire::RefusalCode;
use frame::Frame;
pub use input::Work;
use input::{Meter, within};

/// A change that Automerge may be given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gated {
    bytes: Vec<u8>,
    hash: ChangeHash,
    actor: Actor,
    seq: u64,
    start_op: u64,
    max_op: u64,
    deps: Vec<ChangeHash>,
    actors: Vec<Actor>,
}

impl Gated {
    /// Checks one change.
    ///
    /// # Errors
    /// [`RefusalCode::TooLarge`] or [`RefusalCode::MalformedChange`].
    pub fn check(bytes: &[u8]) -> Result<Self, RefusalCode> {
        Self::check_counting(bytes).0
    }

    /// Checks one change, and says what that cost.
    pub fn check_counting(bytes: &[u8]) -> (Result<Self, RefusalCode>, Work) {
        let meter = Meter::default();
        let checked = Self::read(bytes, &meter);
        (checked, meter.work())
    }

    fn read(bytes: &[u8], meter: &Meter) -> Result<Self, RefusalCode> {
        within(bytes.len() <= limits::CHANGE_BYTES_MAX)?;
        let frame = Frame::read(bytes, meter)?;
        let operations = operations::check(&frame)?;
        let Frame { hash, actor, seq, start_op, deps, actors, .. } = frame;
        let mut copy = meter.list(bytes.len());
        copy.extend_from_slice(bytes);
        Ok(Self { bytes: copy, hash, actor, seq, start_op, max_op: start_op + operations - 1, deps, actors })
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

    /// The number of its last operation.
    pub const fn max_op(&self) -> u64 {
        self.max_op
    }

    /// The other actors that its operations refer to. What it depends on has changes of each.
    pub fn other_actors(&self) -> &[Actor] {
        &self.actors[1..]
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
