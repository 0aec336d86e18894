//! The one writer. Writes queue up; those that wait together run one after the other, each in its own
//! savepoint, and share one commit.

use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, mpsc};
use std::thread::JoinHandle;

use rusqlite::{Connection, Transaction, TransactionBehavior};
use tokio::sync::{oneshot, watch};

use super::columns::Bits;
use super::{Failed, open, savepoint};

/// Writes that share one commit, at most, so that the first of them doesn't wait for ever.
const GROUP_MAX: usize = 64;

/// Writes that wait, at most; whoever comes on top of that is told so.
pub(super) const QUEUE_MAX: usize = 256;

/// A queued write: runs, and leaves what is to be told once the outcome of the commit is known.
type Job = Box<dyn FnOnce(&Transaction<'_>) -> Told + Send>;
type Told = Box<dyn FnOnce(Result<(), Failed>)>;

pub(super) struct Writer {
    queue: Option<mpsc::SyncSender<Job>>,
    newest: watch::Receiver<u64>,
    thread: Option<JoinHandle<()>>,
}

impl Writer {
    pub(super) fn start(mut connection: Connection) -> Result<Self, Failed> {
        let (sender, newest) = watch::channel(newest_seq(&connection)?);
        let (queue, jobs) = mpsc::sync_channel::<Job>(QUEUE_MAX);
        let thread = std::thread::Builder::new().name("store-writer".into()).spawn(move || {
            while let Ok(first) = jobs.recv() {
                let group = std::iter::once(first).chain(jobs.try_iter()).take(GROUP_MAX);
                if run(&mut connection, group, &sender).is_break() {
                    // The jobs that wait are dropped unrun, which tells whoever asked that the store is closed.
                    return;
                }
            }
            if let Err(error) = open::takes_log_away_at_end(&connection, true) {
                tracing::warn!(%error, "the log stays beside the database");
            }
        })?;
        Ok(Self { queue: Some(queue), newest, thread: Some(thread) })
    }

    pub(super) fn newest(&self) -> watch::Receiver<u64> {
        self.newest.clone()
    }

    /// Queues a write, unless too many wait. The answer comes after the commit, or never if the writer is
    /// gone.
    pub(super) fn enqueue<T, E>(
        &self,
        f: impl FnOnce(&Transaction<'_>) -> Result<T, E> + Send + 'static,
    ) -> Result<oneshot::Receiver<Result<T, E>>, Failed>
    where
        T: Send + 'static,
        E: From<Failed> + Send + 'static,
    {
        let (job, receiver) = job(f);
        match self.queue().try_send(job) {
            Err(mpsc::TrySendError::Full(_)) => Err(Failed::Overloaded),
            // A writer that died drops the job, and the receiver sees its sender gone.
            Ok(()) | Err(mpsc::TrySendError::Disconnected(_)) => Ok(receiver),
        }
    }

    /// Queues a write, and waits until there is room for it.
    pub(super) fn enqueue_blocking<T, E>(
        &self,
        f: impl FnOnce(&Transaction<'_>) -> Result<T, E> + Send + 'static,
    ) -> oneshot::Receiver<Result<T, E>>
    where
        T: Send + 'static,
        E: From<Failed> + Send + 'static,
    {
        let (job, receiver) = job(f);
        // As above.
        let _ = self.queue().send(job);
        receiver
    }

    fn queue(&self) -> &mpsc::SyncSender<Job> {
        self.queue.as_ref().expect("BUG: the queue is there until the writer is dropped")
    }
}

/// A write as it waits, and where its answer will come.
fn job<T, E>(
    f: impl FnOnce(&Transaction<'_>) -> Result<T, E> + Send + 'static,
) -> (Job, oneshot::Receiver<Result<T, E>>)
where
    T: Send + 'static,
    E: From<Failed> + Send + 'static,
{
    let (answer, receiver) = oneshot::channel();
    let job: Job = Box::new(move |tx| {
        let outcome = savepoint(tx, |tx| {
            catch_unwind(AssertUnwindSafe(|| f(tx))).unwrap_or_else(|_| Err(Failed::Panicked.into()))
        });
        Box::new(move |committed| {
            // Whoever asked may have gone away meanwhile; the write stands all the same.
            // A write that failed by itself says why, whatever became of the group.
            let _ = answer.send(outcome.and_then(|done| committed.map(|()| done).map_err(E::from)));
        })
    });
    (job, receiver)
}

impl Drop for Writer {
    /// Lets the queued writes finish.
    fn drop(&mut self) {
        self.queue.take();
        if let Some(thread) = self.thread.take() {
            // The last store may be dropped by a write's own answer, on the writer's thread.
            if thread.thread().id() != std::thread::current().id() {
                let _ = thread.join();
            }
        }
    }
}

/// Runs a group and commits it. Breaks off where the disk failed to sync: what this process reads is no longer
/// what is on the disk, so it takes no more.
fn run(
    connection: &mut Connection,
    group: impl Iterator<Item = Job>,
    newest: &watch::Sender<u64>,
) -> ControlFlow<()> {
    let mut told: Vec<Told> = Vec::new();
    let committed = match connection.transaction_with_behavior(TransactionBehavior::Immediate) {
        Ok(tx) => {
            for job in group {
                told.push(job(&tx));
                // Where the disk is full or fails, SQLite gives the whole transaction up. What would come
                // after that would be committed by itself.
                if tx.is_autocommit() {
                    break;
                }
            }
            if tx.is_autocommit() {
                Err(Failed::GivenUp)
            } else {
                newest_seq(&tx).and_then(|seq| Ok(tx.commit().map(|()| seq)?))
            }
        }
        // The jobs are dropped unrun, which tells whoever asked that the store is closed.
        Err(error) => {
            tracing::error!(%error, "no transaction could be started");
            return ControlFlow::Continue(());
        }
    };
    match committed {
        Ok(seq) => {
            newest.send_if_modified(|known| std::mem::replace(known, seq) != seq);
            told.into_iter().for_each(|tell| tell(Ok(())));
            ControlFlow::Continue(())
        }
        Err(error) => {
            tracing::error!(%error, "a group of writes could not be committed");
            let error = Arc::new(error);
            told.into_iter().for_each(|tell| tell(Err(Failed::Commit(Arc::clone(&error)))));
            if error.is_failed_sync() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        }
    }
}

fn newest_seq(connection: &Connection) -> Result<u64, Failed> {
    let newest = "SELECT coalesce(max(seq), 0) FROM change_log";
    let Bits(seq) = connection.query_row(newest, [], |row| row.get(0))?;
    Ok(seq)
}
