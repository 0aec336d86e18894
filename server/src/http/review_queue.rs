//! Which records wait for a decision.

use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use sync_core::domain::AreaCode;
use sync_core::review::Status;
use utoipa::IntoParams;

use super::caller::Caller;
use super::input::Params;
use super::problem::Problem;
use crate::app::App;
use crate::queries::review_queue::{Asked, Queue, Standing, review_queue};

/// Which of them.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Filter {
    /// Only records that stand so, or `all`; without it, those that wait for a decision.
    #[param(value_type = Option<String>)]
    status: Option<AskedStatus>,
    /// Only this area.
    #[param(value_type = Option<String>)]
    area: Option<AreaCode>,
    /// Only cooperatives whose name or pinyin initials contain this.
    q: Option<String>,
}

/// A status, or all of them.
#[derive(Deserialize)]
#[serde(untagged)]
enum AskedStatus {
    One(Status),
    All(All),
}

/// The word `all`.
#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum All {
    All,
}

/// The records that wait for a decision, the longest waiting first.
#[utoipa::path(get, path = "/api/v1/review-queue", tag = "review", params(Filter), responses(
    (status = 200, body = Queue),
))]
pub async fn list(
    State(app): State<App>,
    caller: Caller,
    Params(filter): Params<Filter>,
) -> Result<Json<Queue>, Problem> {
    let Filter { status, area, q } = filter;
    let standing = match status {
        None => Standing::Waiting,
        Some(AskedStatus::All(All::All)) => Standing::Any,
        Some(AskedStatus::One(status)) => Standing::At(status),
    };
    let asked = Asked { areas: caller.areas(), area, standing, words: q.unwrap_or_default() };
    Ok(Json(app.store.read(move |c| review_queue(c, &asked)).await?))
}
