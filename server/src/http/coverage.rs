//! Coverage by unit, and the cooperatives behind every figure.

use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use sync_core::coverage::Period;
use sync_core::domain::AreaCode;
use utoipa::IntoParams;

use super::caller::Caller;
use super::input::Params;
use super::problem::{Code, Problem, ProblemBody};
use crate::app::App;
use crate::queries::coverage::{self, Coverage, CoverageList, Figure};

/// Of what.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Of {
    /// A half-year, quarter or month, such as `2026-H2`.
    period: String,
    /// The area.
    #[param(value_type = String)]
    area: AreaCode,
}

/// Coverage of an area in a period.
#[utoipa::path(get, path = "/api/v1/coverage", tag = "coverage", params(Of), responses(
    (status = 200, body = Coverage),
    (status = 404, description = "unknown_area", body = ProblemBody),
    (status = 422, description = "bad_period", body = ProblemBody),
))]
pub async fn get(
    State(app): State<App>,
    caller: Caller,
    Params(of): Params<Of>,
) -> Result<Json<Coverage>, Problem> {
    let (area, period, now) = (granted(&caller, of.area)?, parsed(&of.period)?, app.clock.now());
    let coverage = app.store.read(move |c| coverage::coverage(c, &area, period, now)).await?;
    Ok(Json(coverage.ok_or(Code::UnknownArea)?))
}

/// Of which figure.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Behind {
    /// A half-year, quarter or month, such as `2026-H2`.
    period: String,
    /// The area.
    #[param(value_type = String)]
    area: AreaCode,
    /// The figure.
    figure: Figure,
}

/// The cooperatives behind a figure, the ones due first before the others.
#[utoipa::path(get, path = "/api/v1/coverage/cooperatives", tag = "coverage", params(Behind), responses(
    (status = 200, body = CoverageList),
    (status = 404, description = "unknown_area", body = ProblemBody),
    (status = 422, description = "bad_period", body = ProblemBody),
))]
pub async fn cooperatives(
    State(app): State<App>,
    caller: Caller,
    Params(of): Params<Behind>,
) -> Result<Json<CoverageList>, Problem> {
    let (area, period, now) = (granted(&caller, of.area)?, parsed(&of.period)?, app.clock.now());
    let list = app.store.read(move |c| coverage::behind(c, &area, period, of.figure, now)).await?;
    Ok(Json(list.ok_or(Code::UnknownArea)?))
}

fn granted(caller: &Caller, area: AreaCode) -> Result<AreaCode, Problem> {
    if caller.covers(&area) { Ok(area) } else { Err(Code::UnknownArea.into()) }
}

fn parsed(period: &str) -> Result<Period, Problem> {
    period.parse().map_err(|_| Code::BadPeriod.into())
}
