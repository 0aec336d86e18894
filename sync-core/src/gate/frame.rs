//! The frame of a change: the chunk's header (magic, checksum, type, length), what stands in front of
//! its operations, and where each of their columns lies.

use sha2::{Digest, Sha256};

use super::input::{Input, Meter, Read, sound, within};
use super::limits::{ACTORS_MAX, DEPS_MAX, INTEGER_MAX, NUMBER_MAX};
use crate::domain::{Actor, ChangeHash};
use crate::wire::RefusalCode;

const MAGIC: [u8; 4] = [0x85, 0x6f, 0x4a, 0x83];
const RAW_CHANGE: u8 = 1;

/// A change up to its operations.
pub(super) struct Frame<'a> {
    pub(super) hash: ChangeHash,
    pub(super) actor: Actor,
    pub(super) seq: u64,
    pub(super) start_op: u64,
    pub(super) deps: Vec<ChangeHash>,
    /// The actors that its operations refer to, its own first.
    pub(super) actors: Vec<Actor>,
    pub(super) columns: Columns<'a>,
}

/// What stands for each [`Column`] in a change, ascending. The bit that would say that a column is
/// compressed is in none of them, and columns for marks are missing, because no record holds any.
const SPECIFICATIONS: [u64; 12] = [0x01, 0x02, 0x11, 0x13, 0x15, 0x34, 0x42, 0x56, 0x57, 0x70, 0x71, 0x73];

/// The columns of the operations. One that would say nothing is left out.
pub(super) struct Columns<'a>([Option<Input<'a>>; SPECIFICATIONS.len()]);

/// A column, by its id and the type of what it holds.
#[derive(Clone, Copy)]
pub(super) enum Column {
    ObjectActor,
    ObjectCounter,
    KeyActor,
    KeyCounter,
    KeyText,
    Insert,
    Action,
    ValueMeta,
    Value,
    Replaced,
    ReplacedActor,
    ReplacedCounter,
}

impl<'a> Columns<'a> {
    /// A column's bytes; none where it is left out.
    pub(super) const fn of(&self, column: Column) -> Option<Input<'a>> {
        self.0[column as usize]
    }

    /// Columns in their order, that fill what is left of the change.
    fn read(input: &mut Input<'a>) -> Read<Self> {
        let count = input.unsigned()?;
        sound(count <= SPECIFICATIONS.len() as u64)?;
        let mut lengths = [None; SPECIFICATIONS.len()];
        let mut next = 0;
        for _ in 0..count {
            let specification = input.unsigned()?;
            let found = SPECIFICATIONS[next..].iter().position(|known| *known == specification);
            let index = next + found.ok_or(RefusalCode::MalformedChange)?;
            let length = input.unsigned()?;
            sound(length > 0)?;
            lengths[index] = Some(length);
            next = index + 1;
        }
        let mut columns = [None; SPECIFICATIONS.len()];
        for (column, length) in columns.iter_mut().zip(lengths) {
            *column = length.map(|length| input.split(length)).transpose()?;
        }
        sound(input.is_empty())?;
        Ok(Self(columns))
    }
}

impl<'a> Frame<'a> {
    /// Reads the frame of `bytes`, which must be exactly one raw change.
    pub(super) fn read(bytes: &'a [u8], meter: &'a Meter) -> Read<Self> {
        let mut input = Input::new(bytes, meter);
        sound(input.take(4)? == MAGIC)?;
        let checksum = input.take(4)?;
        let hashed = input.rest();
        sound(input.byte()? == RAW_CHANGE)?;
        sound(input.unsigned()? == input.rest().len() as u64)?;
        meter.read(hashed.len());
        let hash: [u8; 32] = Sha256::digest(hashed).into();
        sound(checksum == &hash[..4])?;

        let deps = ascending(&mut input, meter, DEPS_MAX, |input| {
            ChangeHash::try_from(input.take(32)?).map_err(|_| RefusalCode::MalformedChange)
        })?;
        let actor = actor(&mut input)?;
        let seq = input.unsigned()?;
        sound((1..NUMBER_MAX).contains(&seq))?;
        let start_op = input.unsigned()?;
        sound((1..NUMBER_MAX).contains(&start_op))?;
        sound((0..INTEGER_MAX).contains(&input.signed()?))?;
        let message_bytes = input.unsigned()?;
        sound(message_bytes == 0)?;
        let mut actors = ascending(&mut input, meter, ACTORS_MAX, self::actor)?;
        sound(!actors.contains(&actor))?;
        actors.insert(0, actor);
        let columns = Columns::read(&mut input)?;
        Ok(Self { hash: ChangeHash(hash), actor, seq, start_op, deps, actors, columns })
    }
}

fn actor(input: &mut Input<'_>) -> Read<Actor> {
    let length = input.unsigned()?;
    Actor::try_from(input.take(length)?).map_err(|_| RefusalCode::MalformedChange)
}

/// A counted list of at most `most`, ascending, with room for one more.
fn ascending<'a, T: PartialOrd>(
    input: &mut Input<'a>,
    meter: &Meter,
    most: u64,
    one: fn(&mut Input<'a>) -> Read<T>,
) -> Read<Vec<T>> {
    let count = input.unsigned()?;
    within(count <= most)?;
    let mut list = meter.list(count as usize + 1);
    for _ in 0..count {
        let next = one(input)?;
        sound(list.last().is_none_or(|last| *last < next))?;
        list.push(next);
    }
    Ok(list)
}
