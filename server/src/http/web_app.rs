//! The built web app, and its one page for every address that the app itself makes sense of.

use axum::Router;
use axum::extract::Request;
use axum::http::{StatusCode, header};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use memory_serve::CacheControl;

use super::problem::{Code, Problem};

/// Serves the files of the web app. Their names change with their contents, but for the page itself,
/// which is asked for anew each time.
pub fn web_app() -> Router {
    memory_serve::load!()
        .index_file(Some("/index.html"))
        .fallback(Some("/index.html"))
        .fallback_status(StatusCode::OK)
        .html_cache_control(CacheControl::NoCache)
        .into_router()
        .layer(from_fn(pages_only))
}

/// Keeps the page from answering for what is no page: the API, and files that are not there.
async fn pages_only(request: Request, next: Next) -> Response {
    let path = request.uri().path().to_owned();
    let unknown = || Problem::from(Code::UnknownRoute).into_response();
    if path.starts_with("/api/") || path.starts_with("/health/") {
        return unknown();
    }
    let answer = next.run(request).await;
    let is_page = answer
        .headers()
        .get(header::CONTENT_TYPE)
        .is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
    let names_a_file =
        path.rsplit('/').next().is_some_and(|name| name.contains('.') && !name.ends_with(".html"));
    if is_page && names_a_file { unknown() } else { answer }
}
