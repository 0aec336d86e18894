//! The built web app, and its one page for every address that the app itself makes sense of.

use axum::Router;
use axum::extract::Request;
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use memory_serve::CacheControl;

use super::problem::{Code, Problem};

/// Where the files lie whose names change with their contents.
const HASHED: &str = "/assets/";

/// Serves the files of the web app. What has its hash in its name is kept for good; the page, the service
/// worker and whatever else keeps its address is asked for anew each time.
pub fn web_app() -> Router {
    memory_serve::load!()
        .index_file(Some("/index.html"))
        .fallback(Some("/index.html"))
        .fallback_status(StatusCode::OK)
        .html_cache_control(CacheControl::NoCache)
        .cache_control(CacheControl::NoCache)
        .into_router()
        .layer(from_fn(pages_only))
}

/// Keeps the page from answering for what is no page: the API, and files that are not there. Says how long
/// an answer may be kept.
async fn pages_only(request: Request, next: Next) -> Response {
    let path = request.uri().path().to_owned();
    let unknown = || Problem::from(Code::UnknownRoute).into_response();
    if path.starts_with("/api/") || path.starts_with("/health/") {
        return unknown();
    }
    let mut answer = next.run(request).await;
    let is_page = answer
        .headers()
        .get(header::CONTENT_TYPE)
        .is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
    let names_a_file =
        path.rsplit('/').next().is_some_and(|name| name.contains('.') && !name.ends_with(".html"));
    if is_page && names_a_file {
        return unknown();
    }
    if path.starts_with(HASHED) && answer.status().is_success() {
        let for_good = HeaderValue::from_static("public, max-age=31536000, immutable");
        answer.headers_mut().insert(header::CACHE_CONTROL, for_good);
    }
    answer
}
