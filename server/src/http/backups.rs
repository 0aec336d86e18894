//! When the server last backed itself up, and what failed since.

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use sync_core::domain::ServerTime;
use utoipa::ToSchema;

use super::caller::Caller;
use super::problem::Problem;
use crate::app::App;
use crate::store::Failed;

/// How things stand with backups.
#[derive(Serialize, ToSchema)]
pub struct Backups {
    /// None where the server makes none by itself.
    scheduled: Option<Scheduled>,
}

/// Backups that the server makes by itself.
#[derive(Serialize, ToSchema)]
pub struct Scheduled {
    /// Of when the newest good one is.
    #[schema(value_type = Option<i64>)]
    newest_at: Option<ServerTime>,
    /// When the last attempt failed, if the last attempt failed.
    #[schema(value_type = Option<i64>)]
    failed_at: Option<ServerTime>,
    /// Why, in English, for whoever runs the server.
    failed_because: Option<String>,
    /// When the next is due.
    #[schema(value_type = i64)]
    due_at: ServerTime,
}

/// When the server last backed itself up.
#[utoipa::path(get, path = "/api/v1/backups", tag = "service", responses((status = 200, body = Backups)))]
pub async fn get(State(app): State<App>, _: Caller) -> Result<Json<Backups>, Problem> {
    let (keeper, now) = (app.backups, app.clock.now());
    let standing = tokio::task::spawn_blocking(move || keeper.standing(now)).await;
    let scheduled = standing.map_err(|_| Failed::Panicked)?.map(|standing| {
        let (failed_at, failed_because) = standing.failed.unzip();
        let newest_at = standing.newest.map(|newest| newest.at);
        Scheduled { newest_at, failed_at, failed_because, due_at: standing.due }
    });
    Ok(Json(Backups { scheduled }))
}
