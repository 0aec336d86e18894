//! Wake-ups: "there is more", and nothing else (server-sent events, HTML standard §9.2).

use std::convert::Infallible;
use std::time::Duration;

use axum::extract::State;
use axum::response::Sse;
use axum::response::sse::{Event, KeepAlive};
use futures_util::stream::{Stream, unfold};
use serde_json::json;
use tokio::sync::watch;

use super::caller::Caller;
use super::problem::{Problem, ProblemBody};
use crate::app::App;
use crate::crowd::Inside;
use crate::store::{Failed, sessions};

/// Says `more` whenever the change log has grown, until the caller's token runs out, the session ends or
/// the server stops.
#[utoipa::path(get, path = "/api/v1/events", tag = "review", responses(
    (status = 200, description = "Events `more` with the newest position as `{\"seq\": 1}`",
        content_type = "text/event-stream"),
    (status = 503, description = "overloaded", body = ProblemBody),
))]
pub async fn listen(
    State(app): State<App>,
    caller: Caller,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, Problem> {
    let inside = app.room.for_stream(&caller)?;
    let mut newest = app.store.newest();
    newest.mark_unchanged();
    let listener = Listener { _inside: inside, stopping: app.stopping.clone(), newest, caller, app };
    let events = unfold(listener, async |mut listener| {
        let seq = listener.next().await?;
        let event = Event::default().event("more").data(json!({ "seq": seq }).to_string());
        Some((Ok(event), listener))
    });
    Ok(Sse::new(events).keep_alive(KeepAlive::default()))
}

struct Listener {
    _inside: Inside,
    app: App,
    caller: Caller,
    newest: watch::Receiver<u64>,
    stopping: watch::Receiver<bool>,
}

impl Listener {
    /// The position to tell next; none when the stream is to end.
    async fn next(&mut self) -> Option<u64> {
        let left_ms = self.caller.expires_at.0.saturating_sub(self.app.clock.now().0);
        let left = Duration::from_millis(u64::try_from(left_ms).ok()?);
        tokio::select! {
            grown = self.newest.changed() => grown.ok()?,
            _ = self.stopping.wait_for(|stopping| *stopping) => return None,
            () = tokio::time::sleep(left) => return None,
        }
        let seq = *self.newest.borrow_and_update();
        self.may_go_on().await.then_some(seq)
    }

    async fn may_go_on(&self) -> bool {
        let (session, now) = (self.caller.session, self.app.clock.now());
        let known = self.app.store.read::<_, Failed>(move |c| sessions::by_id(c, session)).await;
        now < self.caller.expires_at && matches!(known, Ok(Some(session)) if session.goes_on(now))
    }
}
