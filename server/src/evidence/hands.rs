//! One at a time works on an upload. Whoever comes later is right: a phone that changed its network asks
//! again while its old connection still seems open, so the earlier one is asked to leave.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use tokio::sync::{OwnedMutexGuard, watch};

use crate::store::uploads::UploadId;

/// The uploads that somebody works on.
#[derive(Debug, Default)]
pub(super) struct Hands(Mutex<HashMap<UploadId, Weak<Queue>>>);

/// Those who want to work on an upload.
#[derive(Debug)]
struct Queue {
    turn: Arc<tokio::sync::Mutex<()>>,
    /// The number of whoever came last.
    last: watch::Sender<u64>,
}

/// An upload in hand, until this is dropped.
#[derive(Debug)]
pub(super) struct InHand {
    queue: Arc<Queue>,
    number: u64,
    _turn: OwnedMutexGuard<()>,
}

impl Hands {
    /// Takes an upload in hand as soon as whoever has it has left.
    pub(super) async fn take(&self, upload: UploadId) -> InHand {
        let queue = self.queue(upload);
        let mut number = 0;
        queue.last.send_modify(|last| {
            *last += 1;
            number = *last;
        });
        let turn = Arc::clone(&queue.turn).lock_owned().await;
        InHand { queue, number, _turn: turn }
    }

    fn queue(&self, upload: UploadId) -> Arc<Queue> {
        let mut queues = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        queues.retain(|_, queue| queue.strong_count() > 0);
        queues.get(&upload).and_then(Weak::upgrade).unwrap_or_else(|| {
            let queue = Arc::new(Queue { turn: Arc::default(), last: watch::Sender::new(0) });
            queues.insert(upload, Arc::downgrade(&queue));
            queue
        })
    }
}

impl InHand {
    /// Returns once somebody else wants the upload.
    pub(super) async fn is_wanted(&self) {
        let mut last = self.queue.last.subscribe();
        // Its sender lives as long as this.
        let _ = last.wait_for(|last| *last > self.number).await;
    }
}
