//! Trials away from the writer: so many at once, each on a large stack and with a time budget. One that
//! exceeds its budget is left to itself and holds nobody up; how many of those may live is bounded, too.

use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Semaphore, oneshot};

use super::stack;
use super::trial::{Trial, Tried};
use crate::crowd::Crowd;
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
    /// Threads that live, whether somebody waits for them or not.
    threads: Crowd,
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
            threads: Crowd::of(THREADS_MAX, THREADS_OF_ONE_MAX),
        }
    }

    /// Runs a trial for as long as its budget lasts.
    pub(super) async fn run(&self, trial: Trial) -> Result<Tried, Unfinished> {
        let _slot = self.slots.acquire().await.expect("BUG: nobody closes the slots");
        let inside = self.threads.enter(trial.caller().person).ok_or(Unfinished::NoRoom)?;
        let run = Arc::clone(&self.run);
        let (answer, answered) = oneshot::channel();
        let budget_used = (self.budget)();
        let thread = stack::large().spawn(move || {
            let tried = run(trial);
            // Whoever is answered may begin the next at once.
            drop(inside);
            // Whoever waited may have left.
            let _ = answer.send(tried);
        });
        thread.map_err(|_| Unfinished::NoRoom)?;
        tokio::select! {
            biased;
            // Without an answer the thread has panicked.
            tried = answered => tried.unwrap_or(Err(Failed::Panicked)).map_err(Unfinished::Failed),
            () = budget_used => Err(Unfinished::OverBudget),
        }
    }
}
