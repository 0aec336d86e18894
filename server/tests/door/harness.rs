//! A server on a folder of its own with a clock set by hand, and requests to it.

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, HeaderName, Request, StatusCode, header};
use serde_json::{Value, json};
use server::app::App;
use server::clock::Clock;
use server::people::tokens::Tokens;
use server::people::{Person, passwords};
use server::routes::{Row, routes};
use server::store::grants::{Grant, Role};
use server::store::{self, Failed, Store, change_log, grants};
use std::sync::Arc;
use sync_core::domain::{AreaCode, PersonId, ServerTime};
use tempfile::TempDir;
use tokio::sync::watch;
use tower::ServiceExt;

/// 2021-04-06 10:00 in China.
pub(crate) const NOW: ServerTime = ServerTime(1_617_674_400_000);
pub(crate) const PASSWORD: &str = "走村入户";
pub(crate) const DISTRICT: &str = "140602";
pub(crate) const SHENTOU: &str = "140602100";
pub(crate) const LIMIN: &str = "140602101";

pub(crate) struct Server {
    pub(crate) app: App,
    pub(crate) router: Router,
    pub(crate) rows: Vec<Row>,
    pub(crate) description: Arc<utoipa::openapi::OpenApi>,
    pub(crate) stop: watch::Sender<bool>,
    _folder: TempDir,
}

pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) bytes: Vec<u8>,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes).unwrap_or(Value::Null)
    }

    /// The code of a problem, after checking that it is one.
    pub(crate) fn code(&self) -> String {
        assert_eq!(self.headers[header::CONTENT_TYPE], "application/problem+json", "{self:?}");
        let problem = self.json();
        assert_eq!(problem["status"], self.status.as_u16());
        assert!(problem["title"].is_string() && problem["title_en"].is_string());
        problem["code"].as_str().expect("a code").to_owned()
    }

    pub(crate) fn ok(&self) -> Value {
        assert!(self.status.is_success(), "{self:?}");
        self.json()
    }
}

impl std::fmt::Debug for Answer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.status, String::from_utf8_lossy(&self.bytes))
    }
}

impl Server {
    pub(crate) async fn start() -> Self {
        Self::start_with_key([7; 32]).await
    }

    pub(crate) async fn start_with_key(key: [u8; 32]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path(), 1).unwrap();
        let tokens = Arc::new(Tokens::open(folder.path(), key).unwrap());
        let (stop, stopping) = watch::channel(false);
        let app = App::new(store, Clock::by_hand(NOW), tokens, stopping);
        let routes = routes(app.clone());
        let (router, rows, description) = (routes.router, routes.rows, routes.description);
        let server = Self { app, router, rows, description, stop, _folder: folder };
        let areas =
            [(DISTRICT, "朔城区", "1406"), (SHENTOU, "神头镇", DISTRICT), (LIMIN, "利民镇", DISTRICT)];
        server.areas(&areas).await;
        server
    }

    async fn areas(&self, areas: &[(&str, &str, &str)]) {
        for (code, name, parent) in areas {
            let row = json!({"code": code, "name": name, "parent": parent});
            let (code, key) = (area(code), (*code).to_owned());
            let put = move |tx: &rusqlite::Transaction<'_>| {
                change_log::append_row(tx, NOW, Some(&code), "areas", &key, Some(&row), None)
            };
            self.app.store.write::<_, Failed>(put).await.unwrap();
        }
    }

    /// Somebody with these roles, whose password is [`PASSWORD`].
    pub(crate) async fn person(&self, account: &str, name: &str, grants: &[(Role, &str)]) -> PersonId {
        let mut id = [0; 16];
        id[..account.len()].copy_from_slice(account.as_bytes());
        let person =
            Person { id: PersonId::from_bytes(id), account: account.to_owned(), name: name.to_owned() };
        let id = person.id;
        let given: Vec<Grant> = grants.iter().map(|(role, a)| Grant { role: *role, area: area(a) }).collect();
        let add = move |tx: &rusqlite::Transaction<'_>| {
            store::people::add(tx, &person, &passwords::hash(PASSWORD, [3; 16]))?;
            given.iter().try_for_each(|g| grants::give(tx, id, g, NOW, None))
        };
        self.app.store.write::<_, Failed>(add).await.unwrap();
        id
    }

    /// Moves the clock on.
    pub(crate) fn pass(&self, ms: i64) {
        self.app.clock.set(ServerTime(self.app.clock.now().0 + ms));
    }

    pub(crate) async fn send(&self, request: Request<Body>) -> Answer {
        let answer = self.router.clone().oneshot(request).await.unwrap();
        let (status, headers) = (answer.status(), answer.headers().clone());
        let bytes = axum::body::to_bytes(answer.into_body(), usize::MAX).await.unwrap().to_vec();
        Answer { status, headers, bytes }
    }

    pub(crate) async fn get(&self, path: &str, by: &Device) -> Answer {
        self.send(by.request("GET", path).body(Body::empty()).unwrap()).await
    }

    pub(crate) async fn post(&self, path: &str, by: &Device, body: &Value) -> Answer {
        let request = by.request("POST", path).header(header::CONTENT_TYPE, "application/json");
        self.send(request.body(Body::from(body.to_string())).unwrap()).await
    }

    pub(crate) async fn try_sign_in(&self, account: &str, password: &str, used_as: &str) -> Answer {
        let device = json!({"id": null, "name": "Chrome"});
        let body = json!({"account": account, "password": password, "device": device, "for": used_as});
        self.post("/api/v1/sign-in", &Device::default(), &body).await
    }

    pub(crate) async fn phone(&self, account: &str) -> Device {
        let answer = self.try_sign_in(account, PASSWORD, "phone").await;
        Device::phone(&answer.ok())
    }

    pub(crate) async fn desk(&self, account: &str) -> Device {
        let answer = self.try_sign_in(account, PASSWORD, "desk").await;
        Device::desk(&answer)
    }
}

pub(crate) fn area(code: &str) -> AreaCode {
    code.parse().unwrap()
}

/// What a phone or a browser keeps to prove who it is; nothing before anybody signed in.
#[derive(Clone, Default)]
pub(crate) struct Device {
    pub(crate) headers: Vec<(HeaderName, String)>,
    pub(crate) refresh_token: Option<String>,
}

impl Device {
    pub(crate) fn phone(signed_in: &Value) -> Self {
        let bearer = format!("Bearer {}", signed_in["access_token"].as_str().unwrap());
        let refresh_token = signed_in["refresh_token"].as_str().map(str::to_owned);
        Self { headers: vec![(header::AUTHORIZATION, bearer)], refresh_token }
    }

    pub(crate) fn desk(answer: &Answer) -> Self {
        let signed_in = answer.ok();
        let cookies: Vec<&str> = answer
            .headers
            .get_all(header::SET_COOKIE)
            .iter()
            .map(|line| line.to_str().unwrap().split(';').next().unwrap())
            .collect();
        let csrf = signed_in["csrf_token"].as_str().unwrap().to_owned();
        let headers =
            vec![(header::COOKIE, cookies.join("; ")), (HeaderName::from_static("x-csrf-token"), csrf)];
        Self { headers, refresh_token: None }
    }

    pub(crate) fn without(mut self, name: &str) -> Self {
        self.headers.retain(|(known, _)| known.as_str() != name);
        self
    }

    pub(crate) fn request(&self, method: &str, path: &str) -> axum::http::request::Builder {
        let request = Request::builder().method(method).uri(path).header(header::HOST, "localhost:8080");
        self.headers.iter().fold(request, |request, (name, value)| request.header(name, value))
    }
}
