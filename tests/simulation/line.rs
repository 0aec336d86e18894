//! The line between phones and the server: real bodies, compressed as a phone compresses them, that are
//! lost, doubled, late, or cut at any byte.

use std::collections::BTreeMap;
use std::io::Read;

use flate2::read::ZlibDecoder;
use serde::Serialize;
use sync_core::wire::{self, Push, REQUEST_BYTES_MAX, Reply};

use super::chance::Chance;
use crate::harness::line::deflate;

/// Which opening of which phone asked, and its how manieth question it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Asked {
    pub(super) phone: usize,
    pub(super) opening: u64,
    pub(super) question: u64,
}

/// Something under way.
#[derive(Debug, Clone)]
pub(super) enum Letter {
    /// A phone's request body.
    Request(Asked, Vec<u8>),
    /// The server's answer body; none where it refused the request whole.
    Answer(Asked, Option<Vec<u8>>),
}

/// How the line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weather {
    /// Everything arrives soon, whole and once.
    Fair,
    /// Anything may happen.
    Foul,
}

/// Everything under way, by when it arrives.
#[derive(Debug, Default)]
pub(super) struct Line {
    letters: BTreeMap<(i64, u64), Letter>,
    posted: u64,
}

impl Line {
    /// Posts a letter; tells what becomes of it.
    pub(super) fn posts(
        &mut self,
        now: i64,
        letter: Letter,
        weather: Weather,
        chance: &mut Chance,
    ) -> &'static str {
        const SOON_MS: i64 = 30_000;
        const LATE_MS: i64 = 3 * 24 * 60 * 60 * 1000;
        let soon = now + chance.ms_below(SOON_MS);
        if weather == Weather::Fair {
            self.put(soon, letter);
            return "through";
        }
        match chance.below(20) {
            0 | 1 => return "lost",
            2 => self.put(soon, letter.cut(chance)),
            3 => {
                self.put(soon, letter.clone());
                self.put(now + chance.ms_below(LATE_MS), letter);
                return "doubled";
            }
            4 => {
                self.put(now + chance.ms_below(LATE_MS), letter);
                return "late";
            }
            _ => self.put(soon, letter),
        }
        "through"
    }

    fn put(&mut self, at: i64, letter: Letter) {
        self.posted += 1;
        self.letters.insert((at, self.posted), letter);
    }

    /// The next letter that arrives by this time, with when.
    pub(super) fn next(&mut self, until: i64) -> Option<(i64, Letter)> {
        let entry = self.letters.first_entry().filter(|entry| entry.key().0 <= until)?;
        let ((at, _), letter) = entry.remove_entry();
        Some((at, letter))
    }
}

impl Letter {
    /// The same, breaking off at any byte.
    fn cut(self, chance: &mut Chance) -> Self {
        let mut cut = |mut body: Vec<u8>| {
            body.truncate(chance.below(body.len().max(1)));
            body
        };
        match self {
            Self::Request(asked, body) => Self::Request(asked, cut(body)),
            Self::Answer(asked, body) => Self::Answer(asked, body.map(cut)),
        }
    }
}

/// A body as it travels.
pub(super) fn body_of<T: Serialize>(words: &T) -> Vec<u8> {
    deflate(&wire::encode(words))
}

/// What a server reads in a request body; none where it refuses it whole.
pub(super) fn push_in(body: &[u8]) -> Option<Push> {
    wire::decode(&inflated(body)?).ok()
}

/// What a phone reads in an answer; none where it can't be what the server wrote.
pub(super) fn reply_in(body: &[u8]) -> Option<Reply> {
    wire::decode_reply(&inflated(body)?).ok()
}

fn inflated(body: &[u8]) -> Option<Vec<u8>> {
    let mut inflated = Vec::new();
    let limit = 4 * REQUEST_BYTES_MAX as u64;
    ZlibDecoder::new(body).take(limit).read_to_end(&mut inflated).ok()?;
    Some(inflated)
}
