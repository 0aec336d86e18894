//! A phone's way to send photos and files: tus over a connection of its own that can be cut at any byte,
//! and that counts what goes over it.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

/// Where uploads are.
pub const UPLOADS: &str = "/api/v1/evidence/uploads";

/// A file as a phone has it.
#[derive(Debug, Clone)]
pub struct PhoneFile {
    /// The visit whose evidence it is.
    pub visit: String,
    /// What it says it is.
    pub media_type: &'static str,
    /// What it is.
    pub bytes: Vec<u8>,
}

impl PhoneFile {
    /// Its hash in hexadecimal.
    pub fn sha256(&self) -> String {
        Sha256::digest(&self.bytes).iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// What an upload of it announces.
    pub fn metadata(&self) -> String {
        let pair = |(key, value): (&str, &str)| format!("{key} {}", STANDARD.encode(value));
        let sha256 = self.sha256();
        let pairs = [("visit", self.visit.as_str()), ("sha256", &sha256), ("media_type", self.media_type)];
        pairs.map(pair).join(",")
    }
}

/// An answer.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The headers, their names in lower case.
    pub headers: BTreeMap<String, String>,
    /// The body.
    pub body: Vec<u8>,
}

impl Answer {
    /// The problem's code; empty where it is none.
    pub fn code(&self) -> String {
        let problem: serde_json::Value = serde_json::from_slice(&self.body).unwrap_or_default();
        problem["code"].as_str().unwrap_or_default().to_owned()
    }

    /// How far the upload has come.
    pub fn offset(&self) -> Option<usize> {
        self.headers.get("upload-offset")?.parse().ok()
    }
}

/// The connection, and what goes over it.
#[derive(Debug)]
pub struct Uploader {
    address: String,
    token: String,
    /// The version of tus that it speaks.
    version: &'static str,
    /// Bytes sent, heads and bodies.
    pub sent: Cell<usize>,
    /// Bytes received.
    pub received: Cell<usize>,
}

impl Uploader {
    /// For whoever has this token, to the server at `url`.
    pub fn new(url: &str, token: &str) -> Self {
        let address = url.trim_start_matches("http://").to_owned();
        let (sent, received) = (Cell::new(0), Cell::new(0));
        Self { address, token: token.to_owned(), version: "1.0.0", sent, received }
    }

    /// The same, in another version of tus.
    pub fn speaking(&self, version: &'static str) -> Self {
        let Self { address, token, .. } = self;
        Self {
            address: address.clone(),
            token: token.clone(),
            version,
            sent: Cell::new(0),
            received: Cell::new(0),
        }
    }

    fn open(&self, method: &str, path: &str, headers: &[(&str, &str)], length: usize) -> TcpStream {
        let mut head = format!(
            "{method} {path} HTTP/1.1\r\nhost: {}\r\nauthorization: Bearer {}\r\ntus-resumable: {}\r\n\
             connection: close\r\n",
            self.address, self.token, self.version,
        );
        for (name, value) in headers {
            head += &format!("{name}: {value}\r\n");
        }
        if length > 0 {
            head += &format!("content-length: {length}\r\n");
        }
        head += "\r\n";
        let mut connection = TcpStream::connect(&self.address).expect("the server listens");
        connection.write_all(head.as_bytes()).expect("the server reads");
        self.sent.set(self.sent.get() + head.len());
        connection
    }

    /// Sends a request and reads the answer.
    pub fn ask(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
        let mut connection = self.open(method, path, headers, body.len());
        // Whoever refuses a request answers without reading all of it.
        let _ = connection.write_all(body);
        self.sent.set(self.sent.get() + body.len());
        self.answer(connection)
    }

    fn answer(&self, mut connection: TcpStream) -> Answer {
        let mut bytes = Vec::new();
        // What was refused early may end in a reset, behind the answer.
        let _ = connection.read_to_end(&mut bytes);
        self.received.set(self.received.get() + bytes.len());
        let end = bytes.windows(4).position(|four| four == b"\r\n\r\n").expect("there is an answer");
        let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
        let mut lines = head.split("\r\n");
        let status =
            lines.next().and_then(|line| line.split(' ').nth(1)).and_then(|status| status.parse().ok());
        let headers = lines.filter_map(|line| line.split_once(": "));
        Answer {
            status: status.expect("an answer has a status"),
            headers: headers.map(|(name, value)| (name.to_lowercase(), value.to_owned())).collect(),
            body: bytes[end + 4..].to_vec(),
        }
    }

    /// Begins an upload.
    pub fn begins(&self, file: &PhoneFile) -> Answer {
        let (length, metadata) = (file.bytes.len().to_string(), file.metadata());
        self.ask("POST", UPLOADS, &[("upload-length", &length), ("upload-metadata", &metadata)], &[])
    }

    /// Begins an upload that must be taken. Returns where it is.
    pub fn begun(&self, file: &PhoneFile) -> String {
        let answer = self.begins(file);
        assert_eq!(answer.status, 201, "{answer:?}");
        answer.headers["location"].clone()
    }

    /// How far an upload has come.
    pub fn asks(&self, upload: &str) -> Answer {
        self.ask("HEAD", upload, &[], &[])
    }

    /// Sends a part.
    pub fn sends(&self, upload: &str, offset: usize, part: &[u8]) -> Answer {
        let offset = offset.to_string();
        let headers =
            [("upload-offset", offset.as_str()), ("content-type", "application/offset+octet-stream")];
        self.ask("PATCH", upload, &headers, part)
    }

    /// Sends a part with more headers.
    pub fn sends_with(&self, upload: &str, offset: usize, more: (&str, &str), part: &[u8]) -> Answer {
        let offset = offset.to_string();
        let headers =
            [("upload-offset", offset.as_str()), ("content-type", "application/offset+octet-stream"), more];
        self.ask("PATCH", upload, &headers, part)
    }

    /// Sends a part without saying how long it is (RFC 9112 §7.1).
    pub fn sends_unmeasured(&self, upload: &str, offset: usize, part: &[u8]) -> Answer {
        let offset = offset.to_string();
        let headers = [
            ("upload-offset", offset.as_str()),
            ("content-type", "application/offset+octet-stream"),
            ("transfer-encoding", "chunked"),
        ];
        let mut connection = self.open("PATCH", upload, &headers, 0);
        let chunks = [format!("{:x}\r\n", part.len()).as_bytes(), part, b"\r\n0\r\n\r\n"].concat();
        // Whoever refuses a request answers without reading all of it.
        let _ = connection.write_all(&chunks);
        self.sent.set(self.sent.get() + chunks.len());
        self.answer(connection)
    }

    /// Announces a part and sends only so many bytes of it before the line breaks; or, where it stays
    /// open, gives back what a phone in a dead network still holds.
    pub fn sends_cut(&self, upload: &str, offset: usize, part: &[u8], bytes: usize) -> TcpStream {
        let offset = offset.to_string();
        let headers =
            [("upload-offset", offset.as_str()), ("content-type", "application/offset+octet-stream")];
        let mut connection = self.open("PATCH", upload, &headers, part.len());
        connection.write_all(&part[..bytes]).expect("the server reads");
        self.sent.set(self.sent.get() + bytes);
        connection
    }

    /// As [`sends_cut`](Self::sends_cut), and the line breaks.
    pub fn is_cut(&self, upload: &str, offset: usize, part: &[u8], bytes: usize) {
        let connection = self.sends_cut(upload, offset, part, bytes);
        // The server may have closed it already, where it refused the part.
        let _ = connection.shutdown(Shutdown::Both);
    }

    /// Sends a whole file. Returns where its upload was, and the last answer.
    pub fn uploads(&self, file: &PhoneFile) -> (String, Answer) {
        let upload = self.begun(file);
        let answer = self.sends(&upload, 0, &file.bytes);
        (upload, answer)
    }
}
