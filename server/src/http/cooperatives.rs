//! The cooperatives of the register.

use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use sync_core::domain::{AreaCode, CooperativeId};
use utoipa::IntoParams;

use super::caller::Caller;
use super::input::{At, Params};
use super::problem::{Code, Problem, ProblemBody};
use crate::app::App;
use crate::queries::cooperatives::{self, Asked, CooperativeFile, CooperativeList};

/// Which of them.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Filter {
    /// Only this area.
    #[param(value_type = Option<String>)]
    area: Option<AreaCode>,
    /// Only those whose name or pinyin initials contain this.
    q: Option<String>,
}

/// The cooperatives of the caller's areas, by area, then name.
#[utoipa::path(get, path = "/api/v1/cooperatives", tag = "register", params(Filter), responses(
    (status = 200, body = CooperativeList),
))]
pub async fn list(
    State(app): State<App>,
    caller: Caller,
    Params(filter): Params<Filter>,
) -> Result<Json<CooperativeList>, Problem> {
    let asked = Asked {
        areas: caller.areas(),
        telephone_areas: caller.telephone_areas(),
        area: filter.area,
        words: filter.q.unwrap_or_default(),
    };
    Ok(Json(app.store.read(move |c| cooperatives::list(c, &asked)).await?))
}

/// Everything known of one cooperative.
#[utoipa::path(get, path = "/api/v1/cooperatives/{cooperative}", tag = "register",
    params(("cooperative" = String, Path, format = "uuid")), responses(
    (status = 200, body = CooperativeFile),
    (status = 404, description = "unknown_cooperative", body = ProblemBody),
))]
pub async fn get(
    State(app): State<App>,
    caller: Caller,
    At(cooperative): At<CooperativeId>,
) -> Result<Json<CooperativeFile>, Problem> {
    let (areas, telephone_areas) = (caller.areas(), caller.telephone_areas());
    let read = move |c: &rusqlite::Connection| cooperatives::file(c, cooperative, &areas, &telephone_areas);
    let file = app.store.read(read).await?;
    Ok(Json(file.ok_or(Code::UnknownCooperative)?))
}
