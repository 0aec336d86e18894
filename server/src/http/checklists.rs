//! Checklists. A version never changes, so it may be kept for good.

use axum::http::header;
use axum::response::{IntoResponse, Response};
use sync_core::domain::ChecklistRef;
use sync_core::domain::checklist::built_in;

use super::input::At;
use super::problem::{Code, Problem, ProblemBody};

/// One version of a checklist, such as `quality-2021@1`.
#[utoipa::path(get, path = "/api/v1/checklists/{checklist}", tag = "register",
    params(("checklist" = String, Path, example = "quality-2021@1")), responses(
    (status = 200, description = "The checklist", content_type = "application/json"),
    (status = 404, description = "unknown_checklist", body = ProblemBody),
))]
pub async fn get(At(checklist): At<ChecklistRef>) -> Result<Response, Problem> {
    let checklist = built_in(&checklist).ok_or(Code::UnknownChecklist)?;
    let kept = [(header::CACHE_CONTROL, "private, max-age=31536000, immutable")];
    Ok((kept, axum::Json(checklist)).into_response())
}
