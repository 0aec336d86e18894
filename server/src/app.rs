//! What every request may use.

use tokio::sync::watch;

use crate::clock::Clock;
use crate::store::Store;

/// The running server, cheap to clone.
#[derive(Clone)]
pub struct App {
    /// What is kept.
    pub store: Store,
    /// The time.
    pub clock: Clock,
    /// Turns true once the server is stopping; open event streams then end.
    pub stopping: watch::Receiver<bool>,
}
