//! How many of something there may be at the same time, in all and of one person: nobody can take all the
//! room there is.

use std::sync::{Arc, Mutex, PoisonError, Weak};

use sync_core::domain::PersonId;

/// Those inside.
pub struct Crowd {
    most: usize,
    most_of_one: usize,
    /// Who came in; whoever left holds the mark no longer.
    inside: Mutex<Vec<(PersonId, Weak<()>)>>,
}

/// Being inside, until it is dropped.
#[derive(Debug)]
pub struct Inside {
    _mark: Arc<()>,
}

impl Crowd {
    /// At most so many, and so many of one person.
    pub fn of(most: usize, most_of_one: usize) -> Self {
        Self { most, most_of_one, inside: Mutex::default() }
    }

    /// Lets this person in once more; none where there is no room.
    pub fn enter(&self, person: PersonId) -> Option<Inside> {
        let mut inside = self.inside.lock().unwrap_or_else(PoisonError::into_inner);
        inside.retain(|(_, mark)| mark.strong_count() > 0);
        let of_this_person = inside.iter().filter(|(of, _)| *of == person).count();
        if inside.len() >= self.most || of_this_person >= self.most_of_one {
            return None;
        }
        let mark = Arc::new(());
        inside.push((person, Arc::downgrade(&mark)));
        Some(Inside { _mark: mark })
    }
}
