//! A browser at the office, as far as its requests go: a cookie, and a header on what changes something.

use std::collections::BTreeMap;

use serde_json::Value;

/// A file as it came.
#[derive(Debug, Clone)]
pub struct File {
    /// The HTTP status.
    pub status: u16,
    /// The headers.
    pub headers: BTreeMap<String, String>,
    /// The body.
    pub bytes: Vec<u8>,
}

impl File {
    pub(crate) async fn read(answer: reqwest::Response) -> Self {
        let status = answer.status().as_u16();
        let text = |value: &reqwest::header::HeaderValue| value.to_str().unwrap_or_default().to_owned();
        let headers = answer.headers().iter().map(|(name, value)| (name.to_string(), text(value))).collect();
        Self { status, headers, bytes: answer.bytes().await.expect("the answer arrives whole").to_vec() }
    }

    /// The problem's code; empty where it is none.
    pub fn code(&self) -> String {
        let problem: Value = serde_json::from_slice(&self.bytes).unwrap_or_default();
        problem["code"].as_str().unwrap_or_default().to_owned()
    }
}

/// Somebody at a desk.
pub struct Desk {
    http: reqwest::Client,
    url: String,
    csrf_token: String,
}

impl Desk {
    pub(crate) async fn sign_in(url: &str, account: &str, password: &str) -> Self {
        let http = reqwest::Client::builder().cookie_store(true).build().expect("a client can be made");
        let body = serde_json::json!({
            "account": account, "password": password, "device": { "id": null, "name": "desk" }, "for": "desk",
        });
        let answer = http.post(format!("{url}/api/v1/sign-in")).json(&body).send().await;
        let answer = answer.expect("the server in this process answers");
        assert_eq!(answer.status(), 200, "{account} can sign in");
        let signed_in: Value = answer.json().await.expect("the answer is JSON");
        let csrf_token = signed_in["csrf_token"].as_str().expect("a desk is given a token").to_owned();
        Self { http, url: url.to_owned(), csrf_token }
    }

    /// Asks; the status and the JSON that came back.
    pub async fn asks(&self, path: &str) -> (u16, Value) {
        let answer = self.http.get(format!("{}/api/v1/{path}", self.url)).send().await;
        read(answer.expect("the server in this process answers")).await
    }

    /// Asks for what must be there.
    pub async fn sees(&self, path: &str) -> Value {
        let (status, body) = self.asks(path).await;
        assert_eq!(status, 200, "{path}: {body}");
        body
    }

    /// Does something; the status and the JSON that came back.
    pub async fn does(&self, path: &str, body: &Value) -> (u16, Value) {
        let request = self.http.post(format!("{}/api/v1/{path}", self.url));
        let answer = request.header("x-csrf-token", &self.csrf_token).json(body).send().await;
        read(answer.expect("the server in this process answers")).await
    }

    /// Asks for bytes.
    pub async fn fetches(&self, path: &str) -> Vec<u8> {
        let answer = self.http.get(format!("{}/api/v1/{path}", self.url)).send().await;
        let answer = answer.expect("the server in this process answers");
        assert_eq!(answer.status(), 200, "{path}");
        answer.bytes().await.expect("the answer arrives whole").to_vec()
    }

    /// Asks for a file with these headers.
    pub async fn opens(&self, path: &str, headers: &[(&str, &str)]) -> File {
        let request = self.http.get(format!("{}/api/v1/{path}", self.url));
        let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
        File::read(request.send().await.expect("the server in this process answers")).await
    }

    /// Decides on a visit as it is on the screen now.
    pub async fn decides(&self, visit: &str, verdict: &str, item_comments: &Value) -> (u16, Value) {
        let page = self.sees(&format!("visits/{visit}")).await;
        let decision = serde_json::json!({
            "heads": page["heads"], "verdict": verdict, "comment": "", "item_comments": item_comments,
        });
        self.does(&format!("visits/{visit}/reviews"), &decision).await
    }
}

async fn read(answer: reqwest::Response) -> (u16, Value) {
    let status = answer.status().as_u16();
    let bytes = answer.bytes().await.expect("the answer arrives whole");
    (status, serde_json::from_slice(&bytes).unwrap_or(Value::Null))
}
