//! What every request may use.

use std::sync::Arc;

use tokio::sync::watch;

use crate::clock::Clock;
use crate::ingest::Intake;
use crate::people::attempts::Attempts;
use crate::people::tokens::Tokens;
use crate::store::Store;

/// The running server, cheap to clone.
#[derive(Clone)]
pub struct App {
    /// What is kept.
    pub store: Store,
    /// Takes what phones push.
    pub intake: Arc<Intake>,
    /// The time.
    pub clock: Clock,
    /// Issues and checks tokens.
    pub tokens: Arc<Tokens>,
    /// Counts wrong passwords.
    pub attempts: Arc<Attempts>,
    /// Turns true once the server is stopping; open event streams then end.
    pub stopping: watch::Receiver<bool>,
}

impl App {
    /// A server that has answered nothing yet.
    pub fn new(store: Store, clock: Clock, tokens: Arc<Tokens>, stopping: watch::Receiver<bool>) -> Self {
        Self { store, intake: Arc::default(), clock, tokens, attempts: Arc::default(), stopping }
    }
}
