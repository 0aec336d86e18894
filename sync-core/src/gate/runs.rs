//! Columns as the runs they are written in, never written out.
//!
//! A column is taken only as Automerge's own encoder writes it. Automerge keeps no change as it came: it
//! encodes it again, and what was written otherwise would come out as another change.

use super::input::{Input, Read, sound};
use crate::wire::RefusalCode;

/// Rows of a column that are not read yet: the run at its front, and what follows it.
pub(super) struct Rows<'a, E: Entry<'a>> {
    runs: Option<Runs<'a, E>>,
    count: u64,
    entry: Option<E>,
    is_all_null: bool,
}

/// What a run repeats.
pub(super) trait Entry<'a>: Copy + PartialEq {
    fn read(input: &mut Input<'a>) -> Read<Self>;
}

impl<'a> Entry<'a> for u64 {
    fn read(input: &mut Input<'a>) -> Read<Self> {
        input.unsigned()
    }
}

impl<'a> Entry<'a> for i64 {
    fn read(input: &mut Input<'a>) -> Read<Self> {
        input.signed()
    }
}

impl<'a> Entry<'a> for &'a str {
    fn read(input: &mut Input<'a>) -> Read<Self> {
        let length = input.unsigned()?;
        input.text(length)
    }
}

impl<'a, E: Entry<'a>> Rows<'a, E> {
    /// The rows of a column; one left out has no entry in any row.
    pub(super) fn of(column: Option<Input<'a>>) -> Self {
        let runs = column.map(|input| Runs { input, literals: 0, before: Before::Nothing });
        Self { runs, count: 0, entry: None, is_all_null: true }
    }

    /// How many rows the run at the front still has; none at the end.
    pub(super) fn left(&mut self) -> Read<Option<u64>> {
        let Some(runs) = &mut self.runs else { return Ok(Some(u64::MAX)) };
        if self.count == 0 {
            let Some((count, entry)) = runs.next()? else { return Ok(None) };
            self.is_all_null &= entry.is_none();
            (self.count, self.entry) = (count, entry);
        }
        Ok(Some(self.count))
    }

    /// Takes that many rows of the run at the front.
    pub(super) fn take(&mut self, count: u64) -> Option<E> {
        self.count = self.count.saturating_sub(count);
        self.entry
    }

    /// The column must be at its end, and have said something.
    pub(super) fn finish(&mut self) -> Read<()> {
        sound(self.runs.is_none() || (self.left()?.is_none() && !self.is_all_null))
    }
}

struct Runs<'a, E> {
    input: Input<'a>,
    /// Entries that follow one by one.
    literals: u64,
    before: Before<E>,
}

/// What stood before, which decides what may follow.
#[derive(Clone, Copy, PartialEq)]
enum Before<E> {
    Nothing,
    Null,
    Repeated(E),
    Literal(E),
}

impl<'a, E: Entry<'a>> Runs<'a, E> {
    /// The next run: so many rows of an entry, or of none.
    fn next(&mut self) -> Read<Option<(u64, Option<E>)>> {
        if self.literals == 0 {
            if self.input.is_empty() {
                return Ok(None);
            }
            match self.input.signed()? {
                0 => {
                    let count = self.input.unsigned()?;
                    sound(count > 0 && self.before != Before::Null)?;
                    self.before = Before::Null;
                    return Ok(Some((count, None)));
                }
                count @ 1.. => {
                    let entry = self.differing()?;
                    sound(count > 1)?;
                    self.before = Before::Repeated(entry);
                    return Ok(Some((count.unsigned_abs(), Some(entry))));
                }
                count => {
                    sound(!matches!(self.before, Before::Literal(_)))?;
                    self.literals = count.unsigned_abs();
                }
            }
        }
        let entry = self.differing()?;
        self.literals -= 1;
        self.before = Before::Literal(entry);
        Ok(Some((1, Some(entry))))
    }

    /// An entry that differs from the one before: equal ones make one run.
    fn differing(&mut self) -> Read<E> {
        let entry = E::read(&mut self.input)?;
        sound(!matches!(self.before, Before::Repeated(same) | Before::Literal(same) if same == entry))?;
        Ok(entry)
    }
}

/// Numbers that grow by the same from row to row.
#[derive(Clone, Copy)]
pub(super) struct Slope {
    pub(super) first: i64,
    pub(super) last: i64,
}

/// Rows of numbers of which a column holds the differences.
pub(super) struct Differences<'a> {
    pub(super) rows: Rows<'a, i64>,
    at: i64,
}

impl<'a> Differences<'a> {
    pub(super) fn of(column: Option<Input<'a>>) -> Self {
        Self { rows: Rows::of(column), at: 0 }
    }

    /// Takes that many rows of the run at the front.
    pub(super) fn take(&mut self, count: u64) -> Read<Option<Slope>> {
        let Some(step) = self.rows.take(count) else { return Ok(None) };
        let grown = i64::try_from(count - 1).ok().and_then(|steps| step.checked_mul(steps));
        let first = self.at.checked_add(step).ok_or(RefusalCode::MalformedChange)?;
        let last = grown.and_then(|grown| first.checked_add(grown)).ok_or(RefusalCode::MalformedChange)?;
        self.at = last;
        Ok(Some(Slope { first, last }))
    }
}

/// Rows that are true or false, written as how many of each follow in turn, false first.
pub(super) struct Truths<'a> {
    input: Input<'a>,
    count: u64,
    is: bool,
}

impl<'a> Truths<'a> {
    pub(super) fn of(column: Option<Input<'a>>) -> Read<Self> {
        let mut input = column.ok_or(RefusalCode::MalformedChange)?;
        let count = input.unsigned()?;
        sound(count > 0 || !input.is_empty())?;
        Ok(Self { input, count, is: false })
    }

    pub(super) fn left(&mut self) -> Read<Option<u64>> {
        if self.count == 0 {
            if self.input.is_empty() {
                return Ok(None);
            }
            self.count = self.input.unsigned()?;
            sound(self.count > 0)?;
            self.is = !self.is;
        }
        Ok(Some(self.count))
    }

    pub(super) const fn take(&mut self, count: u64) -> bool {
        self.count = self.count.saturating_sub(count);
        self.is
    }
}
