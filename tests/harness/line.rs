//! The line between a phone and the server: real HTTP on the loopback, and what a bad line does to it.

use std::io::{Read, Write};
use std::sync::{Arc, Mutex};

use flate2::Compression;
use flate2::read::ZlibDecoder;
use flate2::write::ZlibEncoder;
use server::clock::Clock;
use sync_core::domain::ServerTime;
use sync_core::wire::{self, MEDIA_TYPE, Push, Reply};

/// What becomes of one request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// It arrives, and so does the answer.
    Through,
    /// It never arrives.
    RequestLost,
    /// It arrives; the answer doesn't.
    ResponseLost,
    /// It arrives twice; the answer to the second arrives.
    Doubled,
}

/// Why there is no answer to take.
#[derive(Debug, PartialEq, Eq)]
pub enum Trouble {
    /// The line lost the request or the answer, or the server died over it.
    Lost,
    /// The server refused the whole request.
    Refused {
        /// The HTTP status.
        status: u16,
        /// The problem's stable code.
        code: String,
    },
}

/// How many bytes the bodies of one request and its answer had on the line.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Exchange {
    /// The compressed request body.
    pub request_bytes: usize,
    /// The answer's body as it arrived.
    pub reply_bytes: usize,
}

/// A phone's way to the server.
#[derive(Clone)]
pub struct Line {
    http: reqwest::Client,
    url: String,
    clock: Clock,
    /// What the server gave at sign-in; lasts a quarter of an hour.
    pub access_token: String,
    refresh_token: String,
    last: Arc<Mutex<Exchange>>,
}

impl Line {
    /// A line to the server at `url`, for whoever just signed in there.
    pub(crate) fn new(url: String, clock: Clock, signed_in: &serde_json::Value) -> Self {
        let token = |name: &str| signed_in[name].as_str().expect("a phone is given tokens").to_owned();
        let (access_token, refresh_token) = (token("access_token"), token("refresh_token"));
        Self { http: reqwest::Client::new(), url, clock, access_token, refresh_token, last: Arc::default() }
    }

    /// The same tokens, for a server at another address.
    pub(crate) fn to(&self, url: String, clock: Clock) -> Self {
        Self { url, clock, ..self.clone() }
    }

    /// Has the access token renewed, as the web app does when it ran out.
    pub async fn renews(&mut self) {
        let body = serde_json::json!({ "refresh_token": self.refresh_token });
        let answer = self.http.post(format!("{}/api/v1/refresh", self.url)).json(&body).send().await;
        let answer = answer.expect("the server in this process answers");
        assert_eq!(answer.status(), 200, "a session can be renewed");
        let renewed: serde_json::Value = answer.json().await.expect("the answer is JSON");
        *self = Self::new(self.url.clone(), self.clock.clone(), &renewed);
    }

    /// The time at the other end, which stories set by hand.
    pub fn server_time(&self) -> ServerTime {
        self.clock.now()
    }

    /// What went over the line with the last request.
    pub fn last_exchange(&self) -> Exchange {
        *self.last.lock().expect("nobody panicked here")
    }

    /// Sends a push as a phone does.
    pub async fn sync(&self, push: &Push, fate: Fate) -> Result<Reply, Trouble> {
        let body = deflate(&wire::encode(push));
        let send = || self.send(body.clone(), MEDIA_TYPE, Some("deflate"));
        match fate {
            Fate::Through => send().await,
            Fate::RequestLost => Err(Trouble::Lost),
            Fate::ResponseLost => {
                send().await?;
                Err(Trouble::Lost)
            }
            Fate::Doubled => {
                send().await?;
                send().await
            }
        }
    }

    /// Sends any bytes to `/sync` and reads the answer.
    pub async fn send(
        &self,
        body: Vec<u8>,
        media_type: &str,
        encoding: Option<&str>,
    ) -> Result<Reply, Trouble> {
        let request_bytes = body.len();
        let mut request = self
            .http
            .post(format!("{}/api/v1/sync", self.url))
            .bearer_auth(&self.access_token)
            .header("content-type", media_type)
            .header("accept-encoding", "deflate")
            .body(body);
        if let Some(encoding) = encoding {
            request = request.header("content-encoding", encoding);
        }
        let answer = request.send().await.map_err(|_| Trouble::Lost)?;
        let status = answer.status().as_u16();
        let is_deflated =
            answer.headers().get("content-encoding").is_some_and(|encoding| encoding == "deflate");
        let bytes = answer.bytes().await.map_err(|_| Trouble::Lost)?;
        *self.last.lock().expect("nobody panicked here") =
            Exchange { request_bytes, reply_bytes: bytes.len() };
        let bytes = if is_deflated { inflate(&bytes) } else { bytes.to_vec() };
        if status == 200 {
            return Ok(wire::decode(&bytes).expect("the server speaks our words"));
        }
        let problem: serde_json::Value = serde_json::from_slice(&bytes).unwrap_or_default();
        Err(Trouble::Refused { status, code: problem["code"].as_str().unwrap_or_default().to_owned() })
    }
}

/// Compresses as a browser's `CompressionStream("deflate")` does (RFC 1950).
pub fn deflate(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).expect("memory takes every byte");
    encoder.finish().expect("memory takes every byte")
}

fn inflate(bytes: &[u8]) -> Vec<u8> {
    let mut inflated = Vec::new();
    ZlibDecoder::new(bytes).read_to_end(&mut inflated).expect("the server deflates well");
    inflated
}
