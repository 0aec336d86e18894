//! One record: its page, its page as approved, its document.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use rusqlite::Connection;
use sync_core::domain::VisitId;
use sync_core::wire::heads_digest;

use super::caller::Caller;
use super::input::At;
use super::problem::{Code, Problem, ProblemBody};
use crate::app::App;
use crate::queries::record::{self, Asker, RecordPage};
use crate::store::grants::Role;
use crate::store::visits::{self, Visit};
use crate::store::{Failed, documents};

/// A record as it stands.
#[utoipa::path(get, path = "/api/v1/visits/{visit}", tag = "review",
    params(("visit" = String, Path, format = "uuid")), responses(
    (status = 200, body = RecordPage),
    (status = 404, description = "unknown_visit", body = ProblemBody),
))]
pub async fn get(
    State(app): State<App>,
    caller: Caller,
    At(visit): At<VisitId>,
) -> Result<Json<RecordPage>, Problem> {
    page(&app, &caller, visit).await.map(Json)
}

/// The page of a record in one of the caller's areas.
pub(super) async fn page(app: &App, caller: &Caller, visit: VisitId) -> Result<RecordPage, Problem> {
    read(app, caller, visit, record::record).await
}

/// A record as it was when it was last approved.
#[utoipa::path(get, path = "/api/v1/visits/{visit}/approved", tag = "review",
    params(("visit" = String, Path, format = "uuid")), responses(
    (status = 200, body = RecordPage),
    (status = 404, description = "unknown_visit, never_approved", body = ProblemBody),
))]
pub async fn approved(
    State(app): State<App>,
    caller: Caller,
    At(visit): At<VisitId>,
) -> Result<Json<RecordPage>, Problem> {
    let page = read(&app, &caller, visit, record::approved).await?;
    Ok(Json(page.ok_or(Code::NeverApproved)?))
}

/// A record's document, which every Automerge client can load.
#[utoipa::path(get, path = "/api/v1/visits/{visit}/document", tag = "review",
    params(("visit" = String, Path, format = "uuid")), responses(
    (status = 200, description = "A saved Automerge document", content_type = "application/octet-stream"),
    (status = 304, description = "The document has the heads that If-None-Match names"),
    (status = 404, description = "unknown_visit", body = ProblemBody),
))]
pub async fn document(
    State(app): State<App>,
    caller: Caller,
    At(visit): At<VisitId>,
    request: HeaderMap,
) -> Result<Response, Problem> {
    let saved = |c: &Connection, visit: &Visit, _: &Asker| {
        let id = visit.genesis.visit;
        let heads = documents::heads(c, id)?.unwrap_or_default();
        Ok((heads, documents::snapshot(c, id)?.unwrap_or_default()))
    };
    let (heads, bytes) = read(&app, &caller, visit, saved).await?;
    let tag = format!("\"{:016x}\"", heads_digest(visit, &heads));
    let headers = [
        (header::CONTENT_TYPE, "application/octet-stream".to_owned()),
        (header::ETAG, tag.clone()),
        (header::CACHE_CONTROL, "private, no-cache".to_owned()),
    ];
    let known = request.get(header::IF_NONE_MATCH).is_some_and(|known| known.as_bytes() == tag.as_bytes());
    if known {
        return Ok((StatusCode::NOT_MODIFIED, headers).into_response());
    }
    Ok((headers, bytes).into_response())
}

/// Asks something of a visit in one of the caller's areas.
async fn read<T: Send + 'static>(
    app: &App,
    caller: &Caller,
    visit: VisitId,
    ask: impl FnOnce(&Connection, &Visit, &Asker) -> Result<T, Failed> + Send + 'static,
) -> Result<T, Problem> {
    let caller = caller.clone();
    let read = move |c: &Connection| {
        let Some(visit) = visits::within(c, visit, &caller.areas())? else { return Ok(None) };
        let is_supervisor = caller.is(Role::Supervisor, &visit.area);
        let telephone_areas = caller.telephone_areas();
        ask(c, &visit, &Asker { person: caller.person, is_supervisor, telephone_areas }).map(Some)
    };
    let answer = app.store.read::<_, Failed>(read).await?;
    answer.ok_or_else(|| Code::UnknownVisit.into())
}
