//! The desk's two cookies: the access token and the refresh token.
//!
//! Browsers refuse `Secure` cookies over plain HTTP, and the `__Host-` prefix needs `Secure`. Plain HTTP is
//! for one's own machine, so both are left out where the request is for a loopback name and came through
//! no proxy; everywhere else a sign-in over plain HTTP doesn't last.

use axum::http::header::{COOKIE, HOST, SET_COOKIE};
use axum::http::{HeaderMap, HeaderValue};
use cookie::{Cookie, SameSite};

use crate::people::sessions::{DESK_SESSION_MS, Fresh};
use crate::people::tokens::RefreshToken;

const ACCESS: &str = "xunfang";
const REFRESH: &str = "xunfang-refresh";
const HOST_PREFIX: &str = "__Host-";

/// The access token a desk sent.
pub fn access_token(headers: &HeaderMap) -> Option<String> {
    value(headers, ACCESS)
}

/// The refresh token a desk sent.
pub fn refresh_token(headers: &HeaderMap) -> Option<RefreshToken> {
    RefreshToken::parse(&value(headers, REFRESH)?)
}

/// Adds the cookies of a session to an answer to a request with these headers.
pub fn set(answer: &mut HeaderMap, request: &HeaderMap, fresh: &Fresh) {
    add(answer, request, ACCESS, &fresh.access_token, DESK_SESSION_MS / 1000);
    add(answer, request, REFRESH, &fresh.refresh_token.reveal(), DESK_SESSION_MS / 1000);
}

/// Takes the cookies back.
pub fn clear(answer: &mut HeaderMap, request: &HeaderMap) {
    add(answer, request, ACCESS, "", 0);
    add(answer, request, REFRESH, "", 0);
}

fn add(answer: &mut HeaderMap, request: &HeaderMap, name: &str, value: &str, max_age_s: i64) {
    let plain = is_plain_loopback(request);
    let cookie = Cookie::build((full_name(name, plain), value))
        .path("/")
        .http_only(true)
        .secure(!plain)
        .same_site(SameSite::Strict)
        .max_age(cookie::time::Duration::seconds(max_age_s));
    let line = HeaderValue::from_str(&cookie.to_string()).expect("BUG: tokens are plain ASCII");
    answer.append(SET_COOKIE, line);
}

fn value(headers: &HeaderMap, name: &str) -> Option<String> {
    let name = full_name(name, is_plain_loopback(headers));
    headers
        .get_all(COOKIE)
        .iter()
        .filter_map(|line| line.to_str().ok())
        .flat_map(Cookie::split_parse)
        .flatten()
        .find(|cookie| cookie.name() == name)
        .map(|cookie| cookie.value().to_owned())
}

fn full_name(name: &str, plain: bool) -> String {
    if plain { name.to_owned() } else { format!("{HOST_PREFIX}{name}") }
}

fn is_plain_loopback(headers: &HeaderMap) -> bool {
    let proxied = headers.contains_key("x-forwarded-proto") || headers.contains_key("forwarded");
    let host = headers.get(HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
    !proxied && matches!(name, "localhost" | "127.0.0.1" | "[::1]")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(host: &str, more: &[(&'static str, &str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(HOST, host.parse().unwrap());
        for (name, value) in more {
            headers.insert(*name, value.parse().unwrap());
        }
        headers
    }

    fn set_for(request: &HeaderMap) -> String {
        let mut answer = HeaderMap::new();
        add(&mut answer, request, ACCESS, "token", 60);
        answer[SET_COOKIE].to_str().unwrap().to_owned()
    }

    #[test]
    fn cookies_are_bound_to_the_host_and_kept_from_scripts() {
        let cookie = set_for(&request("xunfang.example", &[]));
        assert_eq!(cookie, "__Host-xunfang=token; HttpOnly; SameSite=Strict; Secure; Path=/; Max-Age=60");
        let proxied = request("localhost:8080", &[("x-forwarded-proto", "https")]);
        assert!(set_for(&proxied).starts_with("__Host-"));
        for host in ["localhost:8080", "127.0.0.1:8080", "[::1]:8080", "localhost"] {
            let cookie = set_for(&request(host, &[]));
            assert_eq!(cookie, "xunfang=token; HttpOnly; SameSite=Strict; Path=/; Max-Age=60");
        }
    }

    #[test]
    fn only_the_cookie_of_the_right_name_counts() {
        let remote = request("xunfang.example", &[("cookie", "xunfang=planted; __Host-xunfang=good")]);
        assert_eq!(access_token(&remote).as_deref(), Some("good"));
        let planted = request("xunfang.example", &[("cookie", "xunfang=planted")]);
        assert_eq!(access_token(&planted), None);
    }
}
