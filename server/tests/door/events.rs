//! Wake-ups at the desk: they say that there is more, and end when the token, the session or the server
//! does.

use axum::body::{Body, BodyDataStream};
use axum::http::{Request, header};
use futures_util::StreamExt;
use server::people::tokens::ACCESS_TOKEN_MS;
use server::store::grants::Role;
use tower::ServiceExt;

use crate::field::cooperative;
use crate::harness::{Device, SHENTOU, Server};

async fn listen(server: &Server, by: &Device) -> BodyDataStream {
    let request = Request::builder().uri("/api/v1/events");
    let request = by.headers.iter().fold(request, |request, (name, value)| request.header(name, value));
    let request = request.header(header::HOST, "localhost").body(Body::empty()).unwrap();
    let answer = server.router.clone().oneshot(request).await.unwrap();
    assert_eq!(answer.headers()[header::CONTENT_TYPE], "text/event-stream");
    answer.into_body().into_data_stream()
}

async fn next(events: &mut BodyDataStream) -> Option<String> {
    let bytes = events.next().await?.unwrap();
    Some(String::from_utf8(bytes.to_vec()).unwrap())
}

async fn server() -> (Server, Device) {
    let server = Server::start().await;
    server.person("supervisor", "赵审核", &[(Role::Supervisor, SHENTOU)]).await;
    let desk = server.desk("supervisor").await;
    (server, desk)
}

#[tokio::test]
async fn whatever_is_logged_wakes_whoever_listens() {
    let (server, desk) = server().await;
    let mut events = listen(&server, &desk).await;
    server.add(&cooperative(1, SHENTOU)).await;
    let seq = *server.app.store.newest().borrow();
    assert_eq!(next(&mut events).await.unwrap(), format!("event: more\ndata: {{\"seq\":{seq}}}\n\n"));
    server.add(&cooperative(2, SHENTOU)).await;
    assert!(next(&mut events).await.unwrap().contains(&format!("{}", seq + 1)));
}

#[tokio::test]
async fn a_stopping_server_ends_the_stream() {
    let (server, desk) = server().await;
    let mut events = listen(&server, &desk).await;
    server.stop.send(true).unwrap();
    assert_eq!(next(&mut events).await, None);
}

#[tokio::test]
async fn the_stream_ends_with_the_token() {
    let (server, desk) = server().await;
    let mut events = listen(&server, &desk).await;
    server.pass(ACCESS_TOKEN_MS);
    assert_eq!(next(&mut events).await, None);
}

#[tokio::test]
async fn the_stream_ends_with_the_session() {
    let (server, desk) = server().await;
    let mut events = listen(&server, &desk).await;
    server.post("/api/v1/sign-out", &desk, &serde_json::json!({})).await;
    server.add(&cooperative(1, SHENTOU)).await;
    assert_eq!(next(&mut events).await, None);
}

/// R8: nobody holds more than a few streams open, and whoever closes one may open another.
#[tokio::test]
async fn streams_of_one_person_are_bounded() {
    let (server, desk) = server().await;
    let mut open = Vec::new();
    for _ in 0..16 {
        open.push(listen(&server, &desk).await);
    }
    assert_eq!(server.get("/api/v1/events", &desk).await.code(), "overloaded");
    server.person("second", "钱审核", &[(Role::Supervisor, SHENTOU)]).await;
    drop(listen(&server, &server.desk("second").await).await);
    open.pop();
    drop(listen(&server, &desk).await);
}
