//! What was refused and is kept apart.

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use super::caller::Caller;
use super::problem::Problem;
use crate::app::App;
use crate::queries::quarantine::{QuarantineRow, quarantine};
use crate::store::grants::Role;

/// Refused changes.
#[derive(Serialize, ToSchema)]
pub struct Quarantine {
    /// The newest first.
    changes: Vec<QuarantineRow>,
}

/// The changes refused in the caller's areas; what belongs to no known area is for administrators.
#[utoipa::path(get, path = "/api/v1/quarantine", tag = "sync", responses((status = 200, body = Quarantine)))]
pub async fn list(State(app): State<App>, caller: Caller) -> Result<Json<Quarantine>, Problem> {
    let of_nowhere = caller.grants.iter().any(|grant| grant.role == Role::Administrator);
    let changes = app.store.read(move |c| quarantine(c, &caller.areas(), of_nowhere)).await?;
    Ok(Json(Quarantine { changes }))
}
