//! Reading bytes one after the other, never past the end, counting what it costs.

use std::cell::Cell;

use crate::wire::RefusalCode;

/// What a check cost.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Work {
    /// Bytes read, a byte read twice counting twice.
    pub read: usize,
    /// Bytes allocated.
    pub allocated: usize,
}

/// Counts work while it is done.
#[derive(Debug, Default)]
pub(super) struct Meter(Cell<Work>);

impl Meter {
    pub(super) fn read(&self, bytes: usize) {
        let work = self.0.get();
        self.0.set(Work { read: work.read + bytes, ..work });
    }

    /// An empty list with room for `count` things of a change.
    pub(super) fn list<T>(&self, count: usize) -> Vec<T> {
        let work = self.0.get();
        self.0.set(Work { allocated: work.allocated + count * size_of::<T>(), ..work });
        Vec::with_capacity(count)
    }

    pub(super) fn work(&self) -> Work {
        self.0.get()
    }
}

/// What reading gives, or why the change is refused.
pub(super) type Read<T> = Result<T, RefusalCode>;

/// Refuses what no client of ours writes.
pub(super) fn sound(is_so: bool) -> Read<()> {
    if is_so { Ok(()) } else { Err(RefusalCode::MalformedChange) }
}

/// Refuses what is beyond a limit.
pub(super) fn within(is_so: bool) -> Read<()> {
    if is_so { Ok(()) } else { Err(RefusalCode::TooLarge) }
}

/// Bytes that are still to be read.
#[derive(Debug, Clone, Copy)]
pub(super) struct Input<'a> {
    bytes: &'a [u8],
    meter: &'a Meter,
}

impl<'a> Input<'a> {
    pub(super) const fn new(bytes: &'a [u8], meter: &'a Meter) -> Self {
        Self { bytes, meter }
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// What is left, without reading it.
    pub(super) const fn rest(&self) -> &'a [u8] {
        self.bytes
    }

    /// The next `count` bytes as an input of their own, not read yet.
    pub(super) fn split(&mut self, count: u64) -> Read<Self> {
        let count = usize::try_from(count).map_err(|_| RefusalCode::MalformedChange)?;
        let (taken, rest) = self.bytes.split_at_checked(count).ok_or(RefusalCode::MalformedChange)?;
        self.bytes = rest;
        Ok(Self { bytes: taken, ..*self })
    }

    pub(super) fn take(&mut self, count: u64) -> Read<&'a [u8]> {
        let taken = self.split(count)?.bytes;
        self.meter.read(taken.len());
        Ok(taken)
    }

    pub(super) fn byte(&mut self) -> Read<u8> {
        Ok(self.take(1)?[0])
    }

    /// `count` bytes of UTF-8.
    pub(super) fn text(&mut self, count: u64) -> Read<&'a str> {
        let bytes = self.take(count)?;
        self.meter.read(bytes.len());
        str::from_utf8(bytes).map_err(|_| RefusalCode::MalformedChange)
    }

    /// An unsigned LEB128 number of at most 63 bits, as short as can be.
    pub(super) fn unsigned(&mut self) -> Read<u64> {
        let mut number = 0;
        for shift in (0..63).step_by(7) {
            let byte = self.byte()?;
            number |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                sound(byte != 0 || shift == 0)?;
                return Ok(number);
            }
        }
        Err(RefusalCode::MalformedChange)
    }

    /// A signed LEB128 number of at most 63 bits, as short as can be.
    pub(super) fn signed(&mut self) -> Read<i64> {
        let mut number = 0;
        let mut sign_so_far = None;
        for shift in (0..63).step_by(7) {
            let byte = self.byte()?;
            number |= i64::from(byte & 0x7f) << shift;
            let is_negative = byte & 0x40 != 0;
            if byte & 0x80 == 0 {
                let says_nothing = byte == if is_negative { 0x7f } else { 0 };
                sound(!says_nothing || sign_so_far != Some(is_negative))?;
                return Ok(if is_negative { number | (-1 << (shift + 7)) } else { number });
            }
            sign_so_far = Some(is_negative);
        }
        Err(RefusalCode::MalformedChange)
    }
}
