//! The server's one clock. Everything else gets the time as an argument.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use sync_core::domain::ServerTime;

/// Tells the time: the machine's, or one that a test sets by hand.
#[derive(Debug, Clone)]
pub struct Clock(Source);

#[derive(Debug, Clone)]
enum Source {
    Machine,
    Hand(Arc<AtomicI64>),
}

impl Clock {
    /// The machine's clock.
    pub fn machine() -> Self {
        Self(Source::Machine)
    }

    /// A clock that stands at `now` until it is [set](Self::set). All clones of it tell the same time.
    pub fn by_hand(now: ServerTime) -> Self {
        Self(Source::Hand(Arc::new(AtomicI64::new(now.0))))
    }

    /// What time it is.
    pub fn now(&self) -> ServerTime {
        match &self.0 {
            Source::Machine => machine_time(),
            Source::Hand(time) => ServerTime(time.load(Ordering::SeqCst)),
        }
    }

    /// Moves a clock made [by hand](Self::by_hand).
    ///
    /// # Panics
    /// For the machine's clock, which nobody but the machine sets.
    pub fn set(&self, now: ServerTime) {
        match &self.0 {
            Source::Machine => panic!("BUG: the machine's clock can't be set"),
            Source::Hand(time) => time.store(now.0, Ordering::SeqCst),
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "this is the one clock")]
fn machine_time() -> ServerTime {
    let since_1970 = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .expect("the machine's clock stands before 1970; set it");
    ServerTime(
        i64::try_from(since_1970.as_millis()).expect("BUG: the machine's clock is past the year 292,000,000"),
    )
}
