//! The areas one may look at.

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use super::caller::Caller;
use super::problem::Problem;
use crate::app::App;
use crate::queries::areas::{Area, areas};

/// Areas.
#[derive(Serialize, ToSchema)]
pub struct Areas {
    /// Ascending by code.
    areas: Vec<Area>,
}

/// The areas within those granted to the caller.
#[utoipa::path(get, path = "/api/v1/areas", tag = "register", responses((status = 200, body = Areas)))]
pub async fn list(State(app): State<App>, caller: Caller) -> Result<Json<Areas>, Problem> {
    let areas = app.store.read(move |c| areas(c, &caller.areas())).await?;
    Ok(Json(Areas { areas }))
}
