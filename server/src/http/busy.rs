//! How much the door lets in at the same time. Whoever comes on top of that is told at once to come again
//! later, before a body is read: memory doesn't grow with the number of those who wait.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::header;
use axum::middleware::Next;
use axum::response::Response;
use sync_core::wire::REQUEST_BYTES_MAX;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::caller::Caller;
use super::problem::{Code, Problem};
use crate::app::App;
use crate::crowd::{Crowd, Inside};

/// Requests of all kinds.
const REQUESTS_MAX: usize = 1024;
/// Round trips of phones, most of which wait for a weak link.
const SYNCS_MAX: usize = 512;
/// Round trips of one person: a phone makes one at a time, and may have given one up.
const SYNCS_OF_ONE_MAX: usize = 4;
/// What the bodies of round trips may claim together.
const SYNC_BYTES_MAX: usize = 64 * 1024 * 1024;
/// Pushes that are unpacked and on their way in.
const PUSHES_MAX: usize = 32;
/// Parts of evidence under way, most of which wait for a weak link.
const UPLOADS_MAX: usize = 256;
/// Parts of evidence of one person: a phone sends one at a time, and may have given some up.
const UPLOADS_OF_ONE_MAX: usize = 8;
/// Event streams.
const STREAMS_MAX: usize = 1024;
/// Event streams of one person, who may have that many windows open.
const STREAMS_OF_ONE_MAX: usize = 16;

/// The room there is.
pub struct Room {
    /// For requests.
    pub requests: Arc<Semaphore>,
    /// For round trips of phones.
    pub syncs: Crowd,
    /// For the bytes of their bodies.
    pub sync_bytes: Arc<Semaphore>,
    /// For pushes that are unpacked.
    pub pushes: Arc<Semaphore>,
    /// For parts of evidence.
    pub uploads: Crowd,
    /// For event streams.
    pub streams: Crowd,
}

impl Default for Room {
    fn default() -> Self {
        Self {
            requests: Arc::new(Semaphore::new(REQUESTS_MAX)),
            syncs: Crowd::of(SYNCS_MAX, SYNCS_OF_ONE_MAX),
            sync_bytes: Arc::new(Semaphore::new(SYNC_BYTES_MAX)),
            pushes: Arc::new(Semaphore::new(PUSHES_MAX)),
            uploads: Crowd::of(UPLOADS_MAX, UPLOADS_OF_ONE_MAX),
            streams: Crowd::of(STREAMS_MAX, STREAMS_OF_ONE_MAX),
        }
    }
}

impl Room {
    /// Room for one more push to be unpacked and taken in.
    pub(super) fn for_push(&self) -> Result<OwnedSemaphorePermit, Problem> {
        room(&self.pushes, 1)
    }

    /// Room for one more part of evidence of the caller.
    pub(super) fn for_upload(&self, caller: &Caller) -> Result<Inside, Problem> {
        self.uploads.enter(caller.person).ok_or_else(|| Code::Overloaded.into())
    }

    /// Room for one more event stream of the caller.
    pub(super) fn for_stream(&self, caller: &Caller) -> Result<Inside, Problem> {
        self.streams.enter(caller.person).ok_or_else(|| Code::Overloaded.into())
    }
}

fn room(of: &Arc<Semaphore>, count: usize) -> Result<OwnedSemaphorePermit, Problem> {
    let count = u32::try_from(count).map_err(|_| Code::BodyTooLarge)?;
    Arc::clone(of).try_acquire_many_owned(count).map_err(|_| Code::Overloaded.into())
}

/// Lets a request in where there is room.
pub async fn requests(State(app): State<App>, request: Request, next: Next) -> Result<Response, Problem> {
    let _room = room(&app.room.requests, 1)?;
    Ok(next.run(request).await)
}

/// Lets a round trip in where there is room for it and for the body it announces.
pub async fn syncs(
    State(app): State<App>,
    caller: Caller,
    request: Request,
    next: Next,
) -> Result<Response, Problem> {
    let announced = request.headers().get(header::CONTENT_LENGTH);
    let announced = announced.and_then(|length| length.to_str().ok()?.parse().ok());
    let bytes = announced.unwrap_or(REQUEST_BYTES_MAX).min(REQUEST_BYTES_MAX);
    let _inside = app.room.syncs.enter(caller.person).ok_or(Code::Overloaded)?;
    let _bytes = room(&app.room.sync_bytes, bytes)?;
    Ok(next.run(request).await)
}
