//! Whether the server lives, whether it can work, and what it is.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;

use super::problem::{Code, Problem, ProblemBody};
use crate::app::App;
use crate::store::meta;

/// What runs here.
#[derive(Serialize, ToSchema)]
pub struct Version {
    /// The server's version.
    version: &'static str,
    /// Everything here is sample data.
    sample: bool,
}

/// The process answers.
#[utoipa::path(get, path = "/health/live", tag = "service", responses((status = 204, description = "alive")))]
pub async fn live() -> StatusCode {
    StatusCode::NO_CONTENT
}

/// The store can be read.
#[utoipa::path(get, path = "/health/ready", tag = "service", responses(
    (status = 204, description = "ready"),
    (status = 503, description = "unavailable", body = ProblemBody),
))]
pub async fn ready(State(app): State<App>) -> Result<StatusCode, Problem> {
    app.store.read(meta::is_sample).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What phones send is taken in. Where it isn't, reading goes on all the same.
#[utoipa::path(get, path = "/health/uploads", tag = "service", responses(
    (status = 204, description = "taken in"),
    (status = 503, description = "disk_full", body = ProblemBody),
))]
pub async fn uploads(State(app): State<App>) -> Result<StatusCode, Problem> {
    if app.disk.is_nearly_full() { Err(Code::DiskFull.into()) } else { Ok(StatusCode::NO_CONTENT) }
}

/// What runs here.
#[utoipa::path(get, path = "/api/v1/version", tag = "service", responses((status = 200, body = Version)))]
pub async fn version(State(app): State<App>) -> Result<Json<Version>, Problem> {
    let sample = app.store.read(meta::is_sample).await?;
    Ok(Json(Version { version: env!("CARGO_PKG_VERSION"), sample }))
}
