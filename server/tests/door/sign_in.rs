//! Signing in, staying signed in, signing out.

use axum::http::{StatusCode, header};
use serde_json::{Value, json};
use server::people::attempts::{WINDOW_MS, WRONG_MAX};
use server::people::tokens::ACCESS_TOKEN_MS;
use server::store::Failed;
use server::store::grants::Role;

use crate::harness::{Device, PASSWORD, SHENTOU, Server};

const REFRESH: &str = "/api/v1/refresh";
const ME: &str = "/api/v1/me";

async fn server() -> Server {
    let server = Server::start().await;
    server.person("li", "李辅导", &[(Role::Coordinator, SHENTOU)]).await;
    server
}

fn token_of(device: &Device) -> serde_json::Value {
    json!({"refresh_token": device.refresh_token})
}

#[tokio::test]
async fn a_coordinator_signs_in_on_a_phone() {
    let server = server().await;
    let answer = server.try_sign_in("li", PASSWORD, "phone").await;
    let signed_in = answer.ok();
    assert_eq!(signed_in["person"]["name"], "李辅导");
    assert_eq!(
        signed_in["person"]["roles"],
        json!([{"role": "coordinator", "area": SHENTOU, "area_name": "神头镇"}])
    );
    assert!(answer.headers.get(header::SET_COOKIE).is_none(), "phones carry no cookies");
    let me = server.get(ME, &Device::phone(&signed_in)).await.ok();
    assert_eq!(me, signed_in["person"]);
}

#[tokio::test]
async fn wrong_passwords_and_unknown_accounts_look_the_same() {
    let server = server().await;
    let wrong = server.try_sign_in("li", "guess", "phone").await;
    let unknown = server.try_sign_in("nobody", PASSWORD, "phone").await;
    assert_eq!(wrong.status, StatusCode::UNAUTHORIZED);
    assert_eq!(wrong.code(), "wrong_credentials");
    assert_eq!(wrong.bytes, unknown.bytes);
}

#[tokio::test]
async fn a_desk_needs_its_cookie_and_for_changes_the_csrf_token() {
    let server = server().await;
    let answer = server.try_sign_in("li", PASSWORD, "desk").await;
    assert!(answer.ok().get("access_token").is_none(), "scripts never see the token");
    let desk = Device::desk(&answer);
    let me = server.get(ME, &desk.clone().without("x-csrf-token")).await.ok();
    assert_eq!(me["csrf_token"], answer.ok()["csrf_token"]);
    let forged = server.post(REFRESH, &desk.clone().without("x-csrf-token"), &json!({})).await;
    assert_eq!(forged.code(), "csrf_mismatch");
    let refreshed = Device::desk(&server.post(REFRESH, &desk, &json!({})).await);
    assert_ne!(refreshed.headers[0], desk.headers[0], "new cookies");
    assert_eq!(refreshed.headers[1], desk.headers[1], "the same CSRF token, for other tabs");
    let out = server.post("/api/v1/sign-out", &refreshed, &json!({})).await;
    assert_eq!(out.status, StatusCode::NO_CONTENT);
    assert_eq!(server.get(ME, &refreshed).await.code(), "session_ended");
}

#[tokio::test]
async fn an_access_token_runs_out_and_is_refreshed() {
    let server = server().await;
    let phone = server.phone("li").await;
    server.pass(ACCESS_TOKEN_MS);
    assert_eq!(server.get(ME, &phone).await.code(), "token_expired");
    let next = Device::phone(&server.post(REFRESH, &Device::default(), &token_of(&phone)).await.ok());
    assert_ne!(next.refresh_token, phone.refresh_token);
    server.get(ME, &next).await.ok();
}

/// A bad link logs nobody out: whoever lost the answer asks again and gets the same successor.
#[tokio::test]
async fn a_lost_answer_to_a_refresh_is_asked_for_again_days_later() {
    let server = server().await;
    let phone = server.phone("li").await;
    let lost = server.post(REFRESH, &Device::default(), &token_of(&phone)).await.ok();
    server.pass(3 * 24 * 60 * 60 * 1000);
    let again = server.post(REFRESH, &Device::default(), &token_of(&phone)).await.ok();
    assert_eq!(again["refresh_token"], lost["refresh_token"]);
    server.get(ME, &Device::phone(&again)).await.ok();
}

#[tokio::test]
async fn a_token_from_before_the_last_one_ends_the_session_for_everybody() {
    let server = server().await;
    let stolen = server.phone("li").await;
    let second = Device::phone(&server.post(REFRESH, &Device::default(), &token_of(&stolen)).await.ok());
    let third = Device::phone(&server.post(REFRESH, &Device::default(), &token_of(&second)).await.ok());
    server.get(ME, &third).await.ok();
    let reuse = server.post(REFRESH, &Device::default(), &token_of(&stolen)).await;
    assert_eq!(reuse.code(), "session_ended");
    assert_eq!(server.get(ME, &third).await.code(), "session_ended");
    let after = server.post(REFRESH, &Device::default(), &token_of(&third)).await;
    assert_eq!(after.code(), "session_ended");
}

#[tokio::test]
async fn tokens_of_sessions_that_are_over_are_forgotten() {
    let server = server().await;
    let phone = server.phone("li").await;
    let phone = Device::phone(&server.post(REFRESH, &Device::default(), &token_of(&phone)).await.ok());
    let tokens = async || {
        let count = |c: &rusqlite::Connection| {
            Ok::<i64, Failed>(c.query_row("SELECT count(*) FROM refresh_tokens", [], |row| row.get(0))?)
        };
        server.app.store.read(count).await.unwrap()
    };
    assert_eq!(tokens().await, 2);
    server.post("/api/v1/sign-out", &phone, &token_of(&phone)).await;
    assert_eq!(server.post(REFRESH, &Device::default(), &token_of(&phone)).await.code(), "session_ended");
    server.phone("li").await;
    assert_eq!(tokens().await, 1);
}

#[tokio::test]
async fn a_session_nobody_refreshes_ends() {
    let server = server().await;
    let phone = server.phone("li").await;
    server.pass(server::people::sessions::PHONE_SESSION_MS);
    let late = server.post(REFRESH, &Device::default(), &token_of(&phone)).await;
    assert_eq!(late.code(), "session_ended");
}

#[tokio::test]
async fn a_desk_s_refresh_token_is_no_use_without_its_cookie() {
    let server = server().await;
    let desk = server.desk("li").await;
    let cookie = desk.headers[0].1.clone();
    let token = cookie.split("xunfang-refresh=").nth(1).unwrap();
    let body = json!({"refresh_token": token});
    assert_eq!(server.post(REFRESH, &Device::default(), &body).await.code(), "session_ended");
}

/// A phone that is also used at the desk is two devices, so that what it wrote stays a phone's.
#[tokio::test]
async fn a_device_is_known_again_when_it_is_used_the_same_way() {
    let server = server().await;
    let sign_in = async |id: Value, used_as: &str| {
        let device = json!({"id": id, "name": "Chrome"});
        let body = json!({"account": "li", "password": PASSWORD, "device": device, "for": used_as});
        server.post("/api/v1/sign-in", &Device::default(), &body).await.ok()
    };
    let first = sign_in(Value::Null, "phone").await["device_id"].clone();
    assert_eq!(sign_in(first.clone(), "phone").await["device_id"], first);
    sign_in(first.clone(), "desk").await;
    assert_eq!(sign_in(first.clone(), "phone").await["device_id"], first);
    let count = |c: &rusqlite::Connection| {
        let phones = "SELECT count(*) FILTER (WHERE used_as = 'phone'), count(*) FROM devices";
        Ok::<(i64, i64), Failed>(c.query_row(phones, [], |row| Ok((row.get(0)?, row.get(1)?)))?)
    };
    assert_eq!(server.app.store.read(count).await.unwrap(), (1, 2));
}

/// Guessing from elsewhere shuts the door for strangers, known and unknown accounts alike, and leaves the
/// person's own phone alone.
#[tokio::test]
async fn nobody_guesses_on_and_on() {
    let server = server().await;
    let own = server.try_sign_in("li", PASSWORD, "phone").await.ok()["device_id"].clone();
    for account in ["li", "nobody"] {
        for _ in 0..WRONG_MAX {
            assert_eq!(server.try_sign_in(account, "guess", "phone").await.code(), "wrong_credentials");
        }
        let shut = server.try_sign_in(account, PASSWORD, "phone").await;
        assert_eq!((shut.status, shut.code().as_str()), (StatusCode::TOO_MANY_REQUESTS, "too_many_attempts"));
    }
    let device = json!({"id": own, "name": "Chrome"});
    let body = json!({"account": "li", "password": PASSWORD, "device": device, "for": "phone"});
    server.post("/api/v1/sign-in", &Device::default(), &body).await.ok();
    server.pass(WINDOW_MS);
    server.try_sign_in("li", PASSWORD, "phone").await.ok();
}
