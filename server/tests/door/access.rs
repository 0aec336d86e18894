//! Who is let in where: the access matrix, and requests that are no requests.

use std::collections::BTreeSet;

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use serde_json::json;
use server::routes::Access;
use server::store::grants::Role;

use crate::harness::{Device, SHENTOU, Server};

/// Puts something where a path has a variable.
fn concrete(path: &str) -> String {
    let filled = path.split('/').map(|segment| match segment {
        "{visit}" | "{cooperative}" | "{person}" | "{device}" | "{upload}" | "{evidence}" => {
            "0190b6a0-0000-7000-8000-000000000001"
        }
        "{checklist}" => "quality-2021@1",
        other => other,
    });
    filled.collect::<Vec<_>>().join("/")
}

#[tokio::test]
async fn every_address_is_described_and_nothing_else_is() {
    let server = Server::start().await;
    let description = serde_json::to_value(&*server.description).unwrap();
    assert_eq!(description["openapi"], "3.1.0");
    for row in &server.rows {
        let operation = &description["paths"][&row.path][row.method.to_lowercase()];
        assert!(operation["responses"].is_object(), "{} {}", row.method, row.path);
    }
    let sync = &description["paths"]["/api/v1/sync"]["post"];
    assert!(sync["requestBody"]["content"]["application/cbor"].is_object());
    let review = &description["paths"]["/api/v1/visits/{visit}/reviews"]["post"];
    assert!(review["responses"]["403"]["content"]["application/problem+json"].is_object());
    assert_eq!(review["responses"]["403"]["description"], "own_record, csrf_mismatch, not_allowed");
    let paths = description["paths"].as_object().unwrap();
    let ids = paths.values().flat_map(|item| item.as_object().unwrap().values());
    let ids: BTreeSet<_> = ids.map(|operation| operation["operationId"].as_str().unwrap()).collect();
    assert_eq!(ids.len(), server.rows.len(), "every operation has a name of its own");
    let operations: usize = paths.values().map(|item| item.as_object().unwrap().len()).sum();
    assert_eq!(operations, server.rows.len());
}

#[tokio::test]
async fn nobody_is_let_in_without_a_token_and_nobody_without_a_role() {
    let server = Server::start().await;
    server.person("idle", "无职", &[]).await;
    let idle = server.phone("idle").await;
    for row in &server.rows {
        let request = |by: &Device| {
            let request = Request::builder().method(row.method).uri(concrete(&row.path));
            let request = by.headers.iter().fold(request, |r, (name, value)| r.header(name, value));
            request.body(Body::empty()).unwrap()
        };
        let stranger = server.send(request(&Device::default())).await;
        if row.method == "HEAD" {
            // Its answers have no body.
            let statuses = (stranger.status, server.send(request(&idle)).await.status);
            assert_eq!(statuses, (StatusCode::UNAUTHORIZED, StatusCode::FORBIDDEN), "{row:?}");
            continue;
        }
        match row.access {
            Access::Open => assert_ne!(stranger.status, StatusCode::INTERNAL_SERVER_ERROR, "{row:?}"),
            Access::SignedIn => assert_eq!(stranger.code(), "not_signed_in", "{row:?}"),
            Access::Roles(_) => {
                assert_eq!(stranger.code(), "not_signed_in", "{row:?}");
                assert_eq!(server.send(request(&idle)).await.code(), "not_allowed", "{row:?}");
            }
        }
    }
}

#[tokio::test]
async fn a_foreign_token_is_refused() {
    let (ours, theirs) = (Server::start().await, Server::start_with_key([8; 32]).await);
    for server in [&ours, &theirs] {
        server.person("li", "李辅导", &[(Role::Coordinator, SHENTOU)]).await;
    }
    let phone = theirs.phone("li").await;
    assert_eq!(ours.get("/api/v1/me", &phone).await.code(), "token_invalid");
    let basic =
        Device { headers: vec![(header::AUTHORIZATION, "Basic bGk6".to_owned())], ..Device::default() };
    assert_eq!(ours.get("/api/v1/me", &basic).await.code(), "token_invalid");
}

#[tokio::test]
async fn requests_that_can_not_be_read_are_told_why() {
    let server = Server::start().await;
    let send = async |content_type: &str, body: Vec<u8>| {
        let request = Request::builder().method("POST").uri("/api/v1/sign-in");
        let request = request.header(header::CONTENT_TYPE, content_type).body(Body::from(body)).unwrap();
        server.send(request).await
    };
    let body = json!({"account": "li", "password": "x", "device": {"id": null, "name": ""}, "for": "phone"});
    let body = body.to_string().into_bytes();
    assert_eq!(send("text/plain", body.clone()).await.code(), "unsupported_media_type");
    assert_eq!(send("application/json", body[..body.len() - 1].to_vec()).await.code(), "malformed_request");
    assert_eq!(send("application/json", b"{}".to_vec()).await.code(), "bad_value");
    assert_eq!(send("application/json", vec![b' '; 70_000]).await.code(), "body_too_large");
    let nowhere = server.get("/api/v1/nowhere", &Device::default()).await;
    assert_eq!((nowhere.status, nowhere.code().as_str()), (StatusCode::NOT_FOUND, "unknown_route"));
    let wrong_method = server.get("/api/v1/sign-in", &Device::default()).await;
    assert_eq!(wrong_method.code(), "method_not_allowed");
}

#[tokio::test]
async fn every_answer_carries_the_security_headers() {
    let server = Server::start().await;
    for path in ["/health/ready", "/api/v1/me", "/api/v1/version", "/api/v1/nowhere"] {
        let answer = server.get(path, &Device::default()).await;
        let policy = answer.headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
        assert!(policy.contains("'wasm-unsafe-eval'") && !policy.contains("unsafe-inline"));
        assert!(policy.contains("frame-ancestors 'none'"));
        assert_eq!(answer.headers[header::X_CONTENT_TYPE_OPTIONS], "nosniff");
        assert_eq!(answer.headers[header::REFERRER_POLICY], "no-referrer");
        assert_eq!(answer.headers["permissions-policy"], "geolocation=(self), camera=(self), microphone=()");
    }
    let me = server.get("/api/v1/me", &Device::default()).await;
    assert_eq!(me.headers[header::CACHE_CONTROL], "no-store");
}
