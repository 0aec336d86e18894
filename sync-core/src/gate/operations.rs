//! The operations of a change, told from their columns run by run. What they may be is a short list:
//! what the edits of an inspection record become, and nothing else that Automerge could do.

use super::frame::{Column, Frame};
use super::input::{Input, Read, sound, within};
use super::limits::{
    ACTORS_MAX, INTEGER_MAX, KEY_BYTES_MAX, KEYS_BYTES_MAX, NUMBER_MAX, OPERATIONS_MAX, REPLACED_MAX,
    STRING_BYTES_MAX,
};
use super::runs::{Differences, Rows, Slope, Truths};
use crate::wire::RefusalCode;

const MALFORMED: RefusalCode = RefusalCode::MalformedChange;

/// What an operation does, as a change numbers it.
mod action {
    pub(super) const MAKE_MAP: u64 = 0;
    pub(super) const PUT: u64 = 1;
    pub(super) const DELETE: u64 = 3;
}

/// What kind a value is: the lower four bits of what a change says about it. The others are its length.
mod kind {
    pub(super) const NULL: u64 = 0;
    pub(super) const FALSE: u64 = 1;
    pub(super) const TRUE: u64 = 2;
    pub(super) const INTEGER: u64 = 4;
    pub(super) const TEXT: u64 = 6;
}

/// Checks the operations of a change and says how many there are.
pub(super) fn check(frame: &Frame<'_>) -> Read<u64> {
    let mut operations = Operations::of(frame)?;
    while let Some(count) = operations.alike()? {
        operations.check(count)?;
    }
    operations.finish()
}

/// The operations that are not checked yet.
struct Operations<'a> {
    start_op: u64,
    /// How many were checked.
    checked: u64,
    /// The map that this change made last.
    made: Option<u64>,
    key_bytes: u64,
    actors: Actors,
    object_actor: Rows<'a, u64>,
    object_counter: Rows<'a, u64>,
    key_actor: Rows<'a, u64>,
    key_counter: Differences<'a>,
    key_text: Rows<'a, &'a str>,
    insert: Truths<'a>,
    action: Rows<'a, u64>,
    values: Values<'a>,
    replaced: Replaced<'a>,
}

/// Where an operation writes.
enum Key {
    /// Under a key of a map.
    Text,
    /// At the front of a text.
    Front,
    /// At a character of a text.
    Character,
}

/// What an operation may be.
#[derive(Clone, Copy, PartialEq)]
enum Form {
    /// A scalar under a key of a map.
    Put,
    /// A map under a key of a map that is older than the change.
    Make,
    /// A character into a text.
    Insert,
    /// A character out of a text.
    Delete,
}

impl<'a> Operations<'a> {
    fn of(frame: &Frame<'a>) -> Read<Self> {
        let columns = &frame.columns;
        Ok(Self {
            start_op: frame.start_op,
            checked: 0,
            made: None,
            key_bytes: 0,
            actors: Actors { are_used: [false; _], count: frame.actors.len() },
            object_actor: Rows::of(columns.of(Column::ObjectActor)),
            object_counter: Rows::of(columns.of(Column::ObjectCounter)),
            key_actor: Rows::of(columns.of(Column::KeyActor)),
            key_counter: Differences::of(columns.of(Column::KeyCounter)),
            key_text: Rows::of(columns.of(Column::KeyText)),
            insert: Truths::of(columns.of(Column::Insert))?,
            action: Rows::of(columns.of(Column::Action)),
            values: Values { meta: Rows::of(columns.of(Column::ValueMeta)), raw: columns.of(Column::Value) },
            replaced: Replaced {
                total: 0,
                counts: Rows::of(columns.of(Column::Replaced)),
                actor: Rows::of(columns.of(Column::ReplacedActor)),
                counter: Differences::of(columns.of(Column::ReplacedCounter)),
            },
        })
    }

    /// How many operations from here on stand in one run of every column; none at the end.
    fn alike(&mut self) -> Read<Option<u64>> {
        let Some(mut alike) = self.action.left()? else { return Ok(None) };
        let others = [
            self.object_actor.left()?,
            self.object_counter.left()?,
            self.key_actor.left()?,
            self.key_counter.rows.left()?,
            self.key_text.left()?,
            self.insert.left()?,
            self.values.meta.left()?,
            self.replaced.counts.left()?,
        ];
        for left in others {
            alike = alike.min(left.ok_or(MALFORMED)?);
        }
        Ok(Some(alike))
    }

    /// Checks the next `count` operations, which are alike.
    fn check(&mut self, count: u64) -> Read<()> {
        within(count <= OPERATIONS_MAX - self.checked)?;
        let first = self.start_op + self.checked;
        let last = first + count - 1;
        self.checked += count;

        let is_in_made = self.object(count, first)?;
        let key = self.key(count, first)?;
        let inserts = self.insert.take(count);
        let form = match (self.action.take(count).ok_or(MALFORMED)?, key, inserts, is_in_made) {
            (action::PUT, Key::Text, false, _) => Form::Put,
            (action::MAKE_MAP, Key::Text, false, false) => Form::Make,
            (action::PUT, Key::Front | Key::Character, true, false) => Form::Insert,
            (action::DELETE, Key::Character, false, false) => Form::Delete,
            _ => return Err(MALFORMED),
        };
        self.values.check(count, form)?;
        let replaces = self.replaced.check(count, first, &mut self.actors)?;
        match form {
            Form::Put => {}
            Form::Make => {
                sound(replaces == 0)?;
                self.made = Some(last);
            }
            Form::Insert => sound(replaces == 0)?,
            Form::Delete => sound(replaces > 0)?,
        }
        Ok(())
    }

    /// Whether the object written into is the map that this change made last. Any other is older than
    /// the change: so nothing that it makes lies deeper than one level.
    fn object(&mut self, count: u64, first: u64) -> Read<bool> {
        let actor = self.object_actor.take(count).ok_or(MALFORMED)?;
        let counter = self.object_counter.take(count).ok_or(MALFORMED)?;
        self.actors.refer(actor)?;
        sound((1..first).contains(&counter))?;
        let is_of_this_change = actor == 0 && counter >= self.start_op;
        sound(!is_of_this_change || self.made == Some(counter))?;
        Ok(is_of_this_change)
    }

    fn key(&mut self, count: u64, first: u64) -> Read<Key> {
        let text = self.key_text.take(count);
        let actor = self.key_actor.take(count);
        match (text, actor, self.key_counter.take(count)?) {
            (Some(text), None, None) => {
                sound(!text.is_empty())?;
                within(text.len() <= KEY_BYTES_MAX)?;
                self.key_bytes += text.len() as u64 * count;
                within(self.key_bytes <= KEYS_BYTES_MAX)?;
                Ok(Key::Text)
            }
            (None, None, Some(Slope { first: 0, last: 0 })) => Ok(Key::Front),
            (None, Some(actor), Some(slope)) => {
                self.actors.refer(actor)?;
                sound(slope.stays_below(first, first + count - 1))?;
                Ok(Key::Character)
            }
            _ => Err(MALFORMED),
        }
    }

    /// Nothing may be left over, and no actor listed that no operation refers to.
    fn finish(mut self) -> Read<u64> {
        sound(self.checked > 0 && self.start_op + self.checked <= NUMBER_MAX)?;
        self.object_actor.finish()?;
        self.object_counter.finish()?;
        self.key_actor.finish()?;
        self.key_counter.rows.finish()?;
        self.key_text.finish()?;
        sound(self.insert.left()?.is_none())?;
        self.values.meta.finish()?;
        sound(self.values.raw.is_none_or(|raw| raw.is_empty()))?;
        self.replaced.counts.finish()?;
        self.replaced.actor.finish()?;
        self.replaced.counter.rows.finish()?;
        sound(self.actors.are_all_used())?;
        Ok(self.checked)
    }
}

impl Slope {
    /// Whether numbers that begin and end so are of operations, each earlier than one that refers to it:
    /// the first refers from `first`, the last from `last`, and in between it never grows by more than
    /// the numbers do, or only grows towards the end.
    const fn stays_below(self, first: u64, last: u64) -> bool {
        0 < self.first && 0 < self.last && self.first < first.cast_signed() && self.last < last.cast_signed()
    }
}

/// The actors of a change: which of them its operations refer to.
struct Actors {
    are_used: [bool; ACTORS_MAX as usize + 1],
    count: usize,
}

impl Actors {
    fn refer(&mut self, index: u64) -> Read<()> {
        let listed = usize::try_from(index).ok().filter(|index| *index < self.count);
        self.are_used[listed.ok_or(MALFORMED)?] = true;
        Ok(())
    }

    fn are_all_used(&self) -> bool {
        self.are_used[1..self.count].iter().all(|is_used| *is_used)
    }
}

/// What operations write.
struct Values<'a> {
    meta: Rows<'a, u64>,
    raw: Option<Input<'a>>,
}

impl Values<'_> {
    fn check(&mut self, count: u64, form: Form) -> Read<()> {
        let meta = self.meta.take(count).ok_or(MALFORMED)?;
        let (kind, length) = (meta & 0xf, meta >> 4);
        match (form, kind) {
            (Form::Make | Form::Delete | Form::Put, kind::NULL) | (Form::Put, kind::FALSE | kind::TRUE) => {
                sound(length == 0)?;
            }
            (Form::Put, kind::INTEGER) => sound(length > 0)?,
            (Form::Put, kind::TEXT) => within(length <= STRING_BYTES_MAX)?,
            (Form::Insert, kind::TEXT) => sound((1..=4).contains(&length))?,
            _ => return Err(MALFORMED),
        }
        if length == 0 {
            return Ok(());
        }
        let raw = self.raw.as_mut().ok_or(MALFORMED)?;
        for _ in 0..count {
            if kind == kind::INTEGER {
                let mut number = raw.split(length)?;
                sound((1 - INTEGER_MAX..INTEGER_MAX).contains(&number.signed()?) && number.is_empty())?;
            } else {
                let text = raw.text(length)?;
                sound(form == Form::Put || text.chars().count() == 1)?;
            }
        }
        Ok(())
    }
}

/// Which earlier operations are replaced.
struct Replaced<'a> {
    total: u64,
    counts: Rows<'a, u64>,
    actor: Rows<'a, u64>,
    counter: Differences<'a>,
}

impl Replaced<'_> {
    /// How many each of the next `count` operations replaces; the first of them is number `first`.
    fn check(&mut self, count: u64, first: u64, actors: &mut Actors) -> Read<u64> {
        let each = self.counts.take(count).ok_or(MALFORMED)?;
        // Of each actor at most one value stands under a key: its own last one.
        sound(each <= actors.count as u64)?;
        let total = each * count;
        self.total += total;
        within(self.total <= REPLACED_MAX)?;
        let mut done = 0;
        while done < total {
            let left = (self.actor.left()?, self.counter.rows.left()?);
            let (Some(of_actor), Some(of_counter)) = left else { return Err(MALFORMED) };
            let alike = of_actor.min(of_counter).min(total - done);
            actors.refer(self.actor.take(alike).ok_or(MALFORMED)?)?;
            let slope = self.counter.take(alike)?.ok_or(MALFORMED)?;
            sound(slope.stays_below(first + done / each, first + (done + alike - 1) / each))?;
            done += alike;
        }
        Ok(each)
    }
}
