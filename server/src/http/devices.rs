//! Phones: which have not been heard of, and what they held when they last were.

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use super::caller::Caller;
use super::problem::Problem;
use crate::app::App;
use crate::queries::not_heard_from::{DeviceRow, not_heard_from};

/// Phones.
#[derive(Serialize, ToSchema)]
pub struct Devices {
    /// The longest silent first.
    devices: Vec<DeviceRow>,
}

/// The phones of the coordinators in the caller's areas, the longest silent first.
#[utoipa::path(get, path = "/api/v1/devices", tag = "sync", responses((status = 200, body = Devices)))]
pub async fn list(State(app): State<App>, caller: Caller) -> Result<Json<Devices>, Problem> {
    let now = app.clock.now();
    let devices = app.store.read(move |c| not_heard_from(c, &caller.areas(), now)).await?;
    Ok(Json(Devices { devices }))
}
