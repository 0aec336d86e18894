//! Trials away from the writer: so many at once, each on a large stack and with a time budget. One that
//! exceeds its budget is left to itself and holds nobody up; how many of those may live is bounded, too.

use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use sync_core::domain::PersonId;
use tokio::sync::{Semaphore, oneshot};

use super::stack;
use super::trial::{Trial, Tried};
use crate::store::Failed;

/// Trials that are waited for at the same time, at most.
const WAITED_FOR_MAX: usize = 8;
/// Threads of trials that live at the same time, at most: those waited for and those left to themselves.
const THREADS_MAX: usize = 3 * WAITED_FOR_MAX;
/// Of them, those with changes of one person, who can thus not take all of them.
const THREADS_OF_ONE_MAX: usize = WAITED_FOR_MAX;
/// How long a trial may take. A full record takes a few thousandths of a second.
const BUDGET: Duration = Duration::from_secs(10);

/// How a trial is run.
type Run = dyn Fn(Trial) -> Result<Tried, Failed> + Send + Sync;
/// Ends when a trial that begins now has used its budget up.
pub type BudgetUsed = Pin<Box<dyn Future<Output = ()> + Send>>;

/// Runs trials.
pub struct Trials {
    run: Arc<Run>,
    budget: Box<dyn Fn() -> BudgetUsed + Send + Sync>,
    slots: Semaphore,
    /// Whose changes each thread tries; a thread that has ended holds its mark no longer.
    threads: Mutex<Vec<(PersonId, Weak<()>)>>,
}

/// Why a trial came to nothing.
#[derive(Debug)]
pub(super) enum Unfinished {
    /// The server stumbled.
    Failed(Failed),
    /// It took too long, and was left to itself.
    OverBudget,
    /// Too many trials were left to themselves; it was not begun.
    NoRoom,
}

impl Default for Trials {
    fn default() -> Self {
        Self::with(Trial::run, || Box::pin(tokio::time::sleep(BUDGET)))
    }
}

impl Trials {
    /// Trials run by `run`, each for as long as the future that `budget` makes when it begins.
    pub fn with(
        run: impl Fn(Trial) -> Result<Tried, Failed> + Send + Sync + 'static,
        budget: impl Fn() -> BudgetUsed + Send + Sync + 'static,
    ) -> Self {
        Self {
            run: Arc::new(run),
            budget: Box::new(budget),
            slots: Semaphore::new(WAITED_FOR_MAX),
            threads: Mutex::default(),
        }
    }

    /// Runs a trial for as long as its budget lasts.
    pub(super) async fn run(&self, trial: Trial) -> Result<Tried, Unfinished> {
        let _slot = self.slots.acquire().await.expect("BUG: nobody closes the slots");
        let mark = self.mark(trial.caller().person).ok_or(Unfinished::NoRoom)?;
        let run = Arc::clone(&self.run);
        let (answer, answered) = oneshot::channel();
        let budget_used = (self.budget)();
        let thread = stack::large().spawn(move || {
            let _mark = mark;
            // Whoever waited may have left.
            let _ = answer.send(run(trial));
        });
        thread.map_err(|_| Unfinished::NoRoom)?;
        tokio::select! {
            biased;
            // Without an answer the thread has panicked.
            tried = answered => tried.unwrap_or(Err(Failed::Panicked)).map_err(Unfinished::Failed),
            () = budget_used => Err(Unfinished::OverBudget),
        }
    }

    /// What a thread that tries changes of this person holds while it lives; none where too many live.
    fn mark(&self, person: PersonId) -> Option<Arc<()>> {
        let mut threads = self.threads.lock().unwrap_or_else(PoisonError::into_inner);
        threads.retain(|(_, mark)| mark.strong_count() > 0);
        let of_this_person = threads.iter().filter(|(of, _)| *of == person).count();
        if threads.len() >= THREADS_MAX || of_this_person >= THREADS_OF_ONE_MAX {
            return None;
        }
        let mark = Arc::new(());
        threads.push((person, Arc::downgrade(&mark)));
        Some(mark)
    }
}
