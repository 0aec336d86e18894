//! The description of the API (OpenAPI 3.1), generated from the handlers.

use std::sync::Arc;

use axum::{Extension, Json};
use utoipa::OpenApi;

/// What stands above the addresses, which `routes` adds.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Xunfang",
        description = "Offline-first field inspections. JSON in snake_case, times in milliseconds since \
            1970, errors as problem details (RFC 9457) with stable codes. Phones send \
            `Authorization: Bearer`, the desk a cookie and, with whatever changes something, `X-CSRF-Token`."
    ),
    tags(
        (name = "people", description = "Signing in and who one is"),
        (name = "field", description = "What phones send and get"),
        (name = "review", description = "Records and decisions on them"),
        (name = "register", description = "Cooperatives, areas, checklists"),
        (name = "coverage", description = "Who was visited and who was not"),
        (name = "service", description = "The server itself"),
    )
)]
pub struct Description;

/// The description, as the running server serves it.
pub type Served = Extension<Arc<utoipa::openapi::OpenApi>>;

/// Describes this API.
#[utoipa::path(get, path = "/api/v1/openapi.json", tag = "service", responses(
    (status = 200, description = "An OpenAPI 3.1 document", content_type = "application/json"),
))]
pub async fn openapi(Extension(description): Served) -> Json<utoipa::openapi::OpenApi> {
    Json((*description).clone())
}
