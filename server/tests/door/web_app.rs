//! The web app behind the API: one page for every address of the app's own, and nothing for what is no page.

use axum::http::{StatusCode, header};

use crate::harness::{Device, Server};

#[tokio::test]
async fn every_address_of_the_app_is_its_one_page_asked_for_anew() {
    let server = Server::start().await;
    for path in ["/", "/index.html", "/office/coverage", "/office/records/0190b6a0"] {
        let page = server.get(path, &Device::default()).await;
        assert_eq!(page.status, StatusCode::OK, "{path}");
        assert!(page.headers[header::CONTENT_TYPE].to_str().unwrap().starts_with("text/html"), "{path}");
        assert_eq!(page.headers[header::CACHE_CONTROL], "no-cache", "{path}");
    }
}

#[tokio::test]
async fn what_is_no_page_is_not_answered_with_one() {
    let server = Server::start().await;
    for path in ["/api/v2/me", "/health/dead", "/assets/gone-1234.js", "/favicon.ico"] {
        let answer = server.get(path, &Device::default()).await;
        assert_eq!(
            (answer.status, answer.code().as_str()),
            (StatusCode::NOT_FOUND, "unknown_route"),
            "{path}"
        );
    }
}
