//! The description of the API (OpenAPI 3.1), generated from the handlers.

use std::sync::Arc;

use axum::{Extension, Json};
use utoipa::openapi::path::Operation;
use utoipa::openapi::security::{
    ApiKey, ApiKeyValue, Http, HttpAuthScheme, SecurityRequirement, SecurityScheme,
};
use utoipa::openapi::{Content, Ref, RefOr, Response};
use utoipa::{Modify, OpenApi};

use super::problem::Code;

const JSON: &str = "application/json";
const PROBLEM_JSON: &str = "application/problem+json";

/// What stands above the addresses, which `routes` adds.
#[derive(OpenApi)]
#[openapi(
    modifiers(&Proofs),
    info(
        title = "Xunfang",
        description = "Offline-first field inspections. JSON in snake_case, times in milliseconds since \
            1970, errors as problem details (RFC 9457) with stable codes. Phones send \
            `Authorization: Bearer`, the desk a cookie and, with whatever changes something, `X-CSRF-Token`."
    ),
    tags(
        (name = "people", description = "Signing in and who one is"),
        (name = "sync", description = "What phones send and get, and what became of it"),
        (name = "evidence", description = "Photos and files"),
        (name = "review", description = "Records and decisions on them"),
        (name = "register", description = "Cooperatives, areas, checklists"),
        (name = "coverage", description = "Who was visited and who was not"),
        (name = "service", description = "The server itself"),
    )
)]
pub struct Description;

/// How somebody proves who they are.
struct Proofs;

impl Modify for Proofs {
    fn modify(&self, description: &mut utoipa::openapi::OpenApi) {
        let components = description.components.get_or_insert_default();
        let bearer = SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer));
        let cookie = SecurityScheme::ApiKey(ApiKey::Cookie(ApiKeyValue::new("__Host-xunfang")));
        components.security_schemes.insert("phone".to_owned(), bearer.into());
        components.security_schemes.insert("desk".to_owned(), cookie.into());
    }
}

/// Says of an address what follows from its row of the access matrix: a name of its own, the proofs it
/// asks for, and the problems with which the door answers before any handler does.
pub fn complete(operation: &mut Operation, method: &str, path: &str, at_the_door: &[Code]) {
    let words = path.split(['/', '-', '.', '{', '}']).filter(|word| !matches!(*word, "" | "api" | "v1"));
    let name = std::iter::once(method.to_lowercase()).chain(words.map(str::to_owned));
    operation.operation_id = Some(name.collect::<Vec<_>>().join("_"));
    if !at_the_door.is_empty() {
        let asks_for = |scheme: &str| SecurityRequirement::new(scheme, [] as [&str; 0]);
        operation.security = Some(vec![asks_for("phone"), asks_for("desk")]);
    }
    let responses = &mut operation.responses.responses;
    for code in at_the_door {
        let answer = responses.entry(code.status().as_str().to_owned()).or_insert_with(|| {
            let mut answer = Response::new("");
            answer.content.insert(PROBLEM_JSON.to_owned(), Content::new(Some(problem_body())).into());
            RefOr::T(answer)
        });
        if let RefOr::T(answer) = answer
            && !answer.description.contains(code.as_str())
        {
            let before = if answer.description.is_empty() { "" } else { ", " };
            answer.description.push_str(&format!("{before}{}", code.as_str()));
        }
    }
    for (status, answer) in responses {
        if let RefOr::T(answer) = answer
            && status.starts_with(['4', '5'])
            && let Some(content) = answer.content.shift_remove(JSON)
        {
            answer.content.insert(PROBLEM_JSON.to_owned(), content);
        }
    }
}

fn problem_body() -> Ref {
    Ref::from_schema_name("ProblemBody")
}

/// The description, as the running server serves it.
pub type Served = Extension<Arc<utoipa::openapi::OpenApi>>;

/// Describes this API.
#[utoipa::path(get, path = "/api/v1/openapi.json", tag = "service", responses(
    (status = 200, description = "An OpenAPI 3.1 document", content_type = "application/json"),
))]
pub async fn openapi(Extension(description): Served) -> Json<utoipa::openapi::OpenApi> {
    Json((*description).clone())
}
