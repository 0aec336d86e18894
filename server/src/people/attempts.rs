//! Wrong passwords, counted, so that nobody guesses on and on.
//!
//! Attempts count by account and, where the person signed in on the device before, by device: whoever
//! guesses from elsewhere shuts out strangers, not the person's own phone.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use sync_core::domain::{DeviceId, ServerTime};

/// So many wrong passwords may be told within [`WINDOW_MS`].
pub const WRONG_MAX: usize = 10;
/// After so long a wrong password is forgotten.
pub const WINDOW_MS: i64 = 5 * 60 * 1000;
/// Whoever is remembered longest is forgotten beyond so many.
const REMEMBERED_MAX: usize = 10_000;

/// An account, and the device where the person signed in on it before.
pub type Who = (String, Option<DeviceId>);

/// Who told wrong passwords lately, and when.
#[derive(Debug, Default)]
pub struct Attempts(Mutex<BTreeMap<Who, Vec<ServerTime>>>);

impl Attempts {
    /// Whether one more attempt may be made.
    pub fn may_try(&self, who: &Who, now: ServerTime) -> bool {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(wrong) = known.get_mut(who) else { return true };
        wrong.retain(|at| now.0 - at.0 < WINDOW_MS);
        wrong.len() < WRONG_MAX
    }

    /// A password was wrong.
    pub fn wrong(&self, who: Who, now: ServerTime) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= REMEMBERED_MAX {
            known.retain(|_, wrong| wrong.last().is_some_and(|at| now.0 - at.0 < WINDOW_MS));
        }
        if known.len() >= REMEMBERED_MAX {
            let oldest = known.iter().min_by_key(|(_, wrong)| wrong.last().copied());
            if let Some(oldest) = oldest.map(|(who, _)| who.clone()) {
                known.remove(&oldest);
            }
        }
        known.entry(who).or_default().push(now);
    }

    /// A password was right.
    pub fn right(&self, who: &Who) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(who);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_door_shuts_after_so_many_and_opens_again() {
        let attempts = Attempts::default();
        let li = || ("li".to_owned(), None);
        let at = |ms: i64| ServerTime(1_000_000 + ms);
        for number in 0..WRONG_MAX as i64 {
            assert!(attempts.may_try(&li(), at(number)));
            attempts.wrong(li(), at(number));
        }
        assert!(!attempts.may_try(&li(), at(WINDOW_MS - 1)));
        let own_phone = ("li".to_owned(), Some(DeviceId::from_bytes([1; 16])));
        assert!(attempts.may_try(&own_phone, at(WINDOW_MS - 1)));
        assert!(attempts.may_try(&li(), at(WINDOW_MS)), "the first is forgotten");
        attempts.right(&li());
        assert!(attempts.may_try(&li(), at(0)));
    }

    #[test]
    fn what_is_remembered_is_bounded() {
        let attempts = Attempts::default();
        for number in 0..=REMEMBERED_MAX as i64 {
            attempts.wrong((number.to_string(), None), ServerTime(number));
        }
        let known = attempts.0.lock().unwrap();
        assert_eq!(known.len(), REMEMBERED_MAX);
        assert!(!known.contains_key(&("0".to_owned(), None)));
    }
}
