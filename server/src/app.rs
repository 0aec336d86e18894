//! What every request may use.

use std::sync::Arc;

use tokio::sync::watch;

use crate::backup::keeper::Keeper;
use crate::clock::Clock;
use crate::disk::{self, Disk};
use crate::evidence::Evidence;
use crate::http::busy::Room;
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
    /// Takes photos and files.
    pub evidence: Evidence,
    /// Where the data lies.
    pub disk: Arc<Disk>,
    /// How much goes on at the same time.
    pub room: Arc<Room>,
    /// The time.
    pub clock: Clock,
    /// Issues and checks tokens.
    pub tokens: Arc<Tokens>,
    /// Counts wrong passwords.
    pub attempts: Arc<Attempts>,
    /// Makes backups by itself, where it is told to.
    pub backups: Keeper,
    /// Turns true once the server is stopping; open event streams then end.
    pub stopping: watch::Receiver<bool>,
}

impl App {
    /// A server that has answered nothing yet.
    pub fn new(store: Store, clock: Clock, tokens: Arc<Tokens>, stopping: watch::Receiver<bool>) -> Self {
        let disk = Arc::new(Disk::of(store.folder(), disk::RESERVE_MIB));
        let (intake, room, backups) = (Arc::default(), Arc::default(), Keeper::default());
        let evidence = Evidence::of(store.clone());
        Self {
            store,
            intake,
            evidence,
            disk,
            room,
            clock,
            tokens,
            attempts: Arc::default(),
            backups,
            stopping,
        }
    }
}
