//! Drawing from a seed. Every subject has a stream of its own, so that more of one changes nothing of
//! another.

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use sync_core::domain::Entropy;

/// What is drawn for; each has streams of its own.
#[derive(Debug, Clone, Copy)]
pub(super) enum Subject {
    Person = 1,
    Names = 2,
    Cooperative = 3,
    Visits = 4,
    ShownVisits = 5,
    Record = 6,
}

/// A source of chance that gives the same every time.
pub(super) struct Draw(ChaCha8Rng);

impl Draw {
    pub(super) fn of(seed: u64, subject: Subject, number: u32) -> Self {
        let mut source = ChaCha8Rng::seed_from_u64(seed);
        source.set_stream(((subject as u64) << 32) | u64::from(number));
        Self(source)
    }

    /// A number from `low` to `high`, both possible.
    pub(super) fn between(&mut self, low: i64, high: i64) -> i64 {
        self.0.random_range(low..=high)
    }

    /// Whether something happens that happens so often in a hundred.
    pub(super) fn percent(&mut self, often: u32) -> bool {
        self.0.random_range(0..100) < often
    }

    /// One of these.
    pub(super) fn one<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        let at = self.between(0, of.len() as i64 - 1);
        &of[at as usize]
    }

    /// One of these, each as often as its weight says.
    pub(super) fn weighted<T: Copy>(&mut self, of: &[(u32, T)]) -> T {
        let mut left = self.between(0, of.iter().map(|(weight, _)| i64::from(*weight)).sum::<i64>() - 1);
        for (weight, item) in of {
            left -= i64::from(*weight);
            if left < 0 {
                return *item;
            }
        }
        unreachable!("BUG: the weights add up to more than was drawn")
    }

    /// Puts these in a random order.
    pub(super) fn shuffle<T>(&mut self, items: &mut [T]) {
        for at in (1..items.len()).rev() {
            items.swap(at, self.between(0, at as i64) as usize);
        }
    }

    /// Bytes for an id.
    pub(super) fn entropy(&mut self) -> Entropy {
        self.0.random()
    }
}
