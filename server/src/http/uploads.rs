//! Uploads of evidence by tus 1.0.0 (<https://tus.io/protocols/resumable-upload>) with the extensions
//! creation, creation-with-upload, expiration, checksum and termination. An answer that says that all bytes
//! have arrived is a receipt: the file was looked at and is kept.

use std::time::{Duration, UNIX_EPOCH};

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sync_core::domain::ServerTime;
use sync_core::domain::evidence::EVIDENCE_BYTES_MAX;

use super::caller::Caller;
use super::input::At;
use super::problem::{Code, Problem, ProblemBody};
use crate::app::App;
use crate::chance;
use crate::evidence::{Checksum, Part, Progress};
use crate::people::Use;
use crate::store::evidence::Sender;
use crate::store::uploads::{Announced, UploadId};

const VERSION: &str = "1.0.0";
const EXTENSIONS: &str = "creation,creation-with-upload,expiration,checksum,termination";
const CHECKSUMS: &str = "sha1,sha256";
const PART: &str = "application/offset+octet-stream";
/// Where uploads are.
const PATH: &str = "/api/v1/evidence/uploads";

const TUS_RESUMABLE: HeaderName = HeaderName::from_static("tus-resumable");
const TUS_VERSION: HeaderName = HeaderName::from_static("tus-version");
const TUS_EXTENSION: HeaderName = HeaderName::from_static("tus-extension");
const TUS_MAX_SIZE: HeaderName = HeaderName::from_static("tus-max-size");
const TUS_CHECKSUM_ALGORITHM: HeaderName = HeaderName::from_static("tus-checksum-algorithm");
const UPLOAD_OFFSET: HeaderName = HeaderName::from_static("upload-offset");
const UPLOAD_LENGTH: HeaderName = HeaderName::from_static("upload-length");
const UPLOAD_METADATA: HeaderName = HeaderName::from_static("upload-metadata");
const UPLOAD_CHECKSUM: HeaderName = HeaderName::from_static("upload-checksum");
const UPLOAD_EXPIRES: HeaderName = HeaderName::from_static("upload-expires");

/// What uploads can do here.
#[utoipa::path(options, path = "/api/v1/evidence/uploads", tag = "evidence", responses(
    (status = 204, description = "Tus-Version, Tus-Extension, Tus-Max-Size, Tus-Checksum-Algorithm"),
))]
pub async fn abilities() -> Response {
    let abilities = [
        (TUS_RESUMABLE, HeaderValue::from_static(VERSION)),
        (TUS_VERSION, HeaderValue::from_static(VERSION)),
        (TUS_EXTENSION, HeaderValue::from_static(EXTENSIONS)),
        (TUS_MAX_SIZE, HeaderValue::from(EVIDENCE_BYTES_MAX)),
        (TUS_CHECKSUM_ALGORITHM, HeaderValue::from_static(CHECKSUMS)),
    ];
    (StatusCode::NO_CONTENT, abilities).into_response()
}

/// Begins an upload, with its first part where there is a body. `Upload-Metadata` has `sha256`
/// (hexadecimal), `visit` and `media_type`; more may stand there. Announced again, it is the same upload,
/// and the body is left aside; `Upload-Offset` says how far it has come.
#[utoipa::path(post, path = "/api/v1/evidence/uploads", tag = "evidence",
    params(
        ("Upload-Length" = u32, Header),
        ("Upload-Metadata" = String, Header),
    ),
    responses(
        (status = 201, description = "Location, Upload-Offset, Upload-Expires"),
        (status = 412, description = "unknown_tus_version", body = ProblemBody),
        (status = 413, description = "too_large", body = ProblemBody),
        (status = 422, description = "empty_file, wrong_hash, wrong_type, too_many_pixels, not_decodable", body = ProblemBody),
        (status = 429, description = "too_many_uploads", body = ProblemBody),
        (status = 460, description = "checksum_mismatch", body = ProblemBody),
    ))]
pub async fn begin(
    State(app): State<App>,
    caller: Caller,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let sender = sender(&caller, &headers)?;
    let _room = app.room.for_upload(&caller)?;
    let announced = announced(&headers)?;
    let first = if headers.contains_key(header::CONTENT_TYPE) { Some(part(&headers, 0)?) } else { None };
    let mut progress = app.evidence.begin(sender, announced, chance::draw(), app.clock.now()).await?;
    if let Some(first) = first.filter(|_| progress.offset == 0) {
        let (id, body) = (progress.upload.id, body.into_data_stream());
        progress = app.evidence.receive(sender, id, first, body, app.clock.now()).await?;
    }
    let location = format!("{PATH}/{}", progress.upload.id);
    let location = HeaderValue::from_str(&location).expect("BUG: an id is made of plain letters");
    Ok((StatusCode::CREATED, [(header::LOCATION, location)], told(&progress)).into_response())
}

/// How far an upload has come. Where it ended in a file that is refused, it is unknown from then on.
#[utoipa::path(head, path = "/api/v1/evidence/uploads/{upload}", tag = "evidence",
    params(("upload" = String, Path, format = "uuid")), responses(
    (status = 200, description = "Upload-Offset, Upload-Length, Upload-Expires"),
    (status = 404, description = "unknown_upload", body = ProblemBody),
))]
pub async fn progress(
    State(app): State<App>,
    caller: Caller,
    At(upload): At<UploadId>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let sender = sender(&caller, &headers)?;
    let _room = app.room.for_upload(&caller)?;
    let progress = app.evidence.progress(sender, upload, app.clock.now()).await?;
    let length = (UPLOAD_LENGTH, HeaderValue::from(progress.upload.announced.bytes));
    Ok((StatusCode::OK, [length], told(&progress)).into_response())
}

/// Takes a part of a file, which begins where the upload stands. What arrives of it stays, unless it came
/// with a checksum.
#[utoipa::path(patch, path = "/api/v1/evidence/uploads/{upload}", tag = "evidence",
    params(
        ("upload" = String, Path, format = "uuid"),
        ("Upload-Offset" = u32, Header),
        ("Upload-Checksum" = Option<String>, Header),
    ),
    request_body(content_type = "application/offset+octet-stream", content = Vec<u8>),
    responses(
        (status = 204, description = "Upload-Offset, Upload-Expires"),
        (status = 404, description = "unknown_upload", body = ProblemBody),
        (status = 409, description = "offset_mismatch", body = ProblemBody),
        (status = 412, description = "unknown_tus_version", body = ProblemBody),
        (status = 413, description = "too_large", body = ProblemBody),
        (status = 415, description = "unsupported_media_type", body = ProblemBody),
        (status = 422, description = "wrong_hash, wrong_type, too_many_pixels, not_decodable", body = ProblemBody),
        (status = 423, description = "upload_in_use", body = ProblemBody),
        (status = 460, description = "checksum_mismatch", body = ProblemBody),
    ))]
pub async fn receive(
    State(app): State<App>,
    caller: Caller,
    At(upload): At<UploadId>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let sender = sender(&caller, &headers)?;
    let _room = app.room.for_upload(&caller)?;
    let offset = number(&headers, &UPLOAD_OFFSET)?;
    let part = part(&headers, offset)?;
    let body = body.into_data_stream();
    let progress = app.evidence.receive(sender, upload, part, body, app.clock.now()).await?;
    Ok((StatusCode::NO_CONTENT, told(&progress)).into_response())
}

/// Gives an upload up. A file that is kept already stays.
#[utoipa::path(delete, path = "/api/v1/evidence/uploads/{upload}", tag = "evidence",
    params(("upload" = String, Path, format = "uuid")), responses(
    (status = 204, description = "gone"),
    (status = 404, description = "unknown_upload", body = ProblemBody),
    (status = 412, description = "unknown_tus_version", body = ProblemBody),
))]
pub async fn give_up(
    State(app): State<App>,
    caller: Caller,
    At(upload): At<UploadId>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let sender = sender(&caller, &headers)?;
    app.evidence.give_up(sender, upload, app.clock.now()).await?;
    Ok((StatusCode::NO_CONTENT, [(TUS_RESUMABLE, VERSION)]).into_response())
}

/// Who sends, from a phone that speaks our version of tus.
fn sender(caller: &Caller, headers: &HeaderMap) -> Result<Sender, Problem> {
    if caller.used_as != Use::Phone {
        return Err(Code::NotAllowed.into());
    }
    if headers.get(TUS_RESUMABLE).is_none_or(|version| version != VERSION) {
        return Err(Code::UnknownTusVersion.into());
    }
    Ok(Sender { person: caller.person, device: caller.device })
}

/// What every answer on an upload tells.
fn told(progress: &Progress) -> [(HeaderName, HeaderValue); 3] {
    let ServerTime(expires_ms) = progress.expires_at();
    let expires = UNIX_EPOCH + Duration::from_millis(expires_ms.max(0).cast_unsigned());
    let expires = HeaderValue::from_str(&httpdate::fmt_http_date(expires));
    [
        (TUS_RESUMABLE, HeaderValue::from_static(VERSION)),
        (UPLOAD_OFFSET, HeaderValue::from(progress.offset)),
        (UPLOAD_EXPIRES, expires.expect("BUG: a date is made of plain letters")),
    ]
}

/// What is announced.
fn announced(headers: &HeaderMap) -> Result<Announced, Problem> {
    let bytes = u32::try_from(number(headers, &UPLOAD_LENGTH)?).map_err(|_| Code::TooLarge)?;
    let metadata = text(headers, &UPLOAD_METADATA)?.unwrap_or_default();
    let told = |key: &str| {
        let pairs = metadata.split(',').filter_map(|pair| pair.trim().split_once(' '));
        let value = pairs.into_iter().find(|(name, _)| *name == key).map(|(_, value)| value);
        let decoded = value.and_then(|value| String::from_utf8(STANDARD.decode(value).ok()?).ok());
        decoded.ok_or_else(|| malformed(format!("Upload-Metadata has no {key}, or not in base64")))
    };
    let malformed_id = |key: &'static str| move |_| malformed(format!("{key} in Upload-Metadata is no id"));
    Ok(Announced {
        visit: told("visit")?.parse().map_err(malformed_id("visit"))?,
        sha256: told("sha256")?.parse().map_err(malformed_id("sha256"))?,
        bytes,
        media_type: told("media_type")?,
    })
}

/// A part as its headers announce it.
fn part(headers: &HeaderMap, offset: u64) -> Result<Part, Problem> {
    let is_plain = headers.get(header::CONTENT_ENCODING).is_none_or(|encoding| encoding == "identity");
    if headers.get(header::CONTENT_TYPE).is_none_or(|kind| kind != PART) || !is_plain {
        return Err(Code::UnsupportedMediaType.into());
    }
    let length = match headers.contains_key(header::CONTENT_LENGTH) {
        true => Some(number(headers, &header::CONTENT_LENGTH)?),
        false => None,
    };
    let checksum = text(headers, &UPLOAD_CHECKSUM)?.map(checksum).transpose()?;
    Ok(Part { offset, length, checksum })
}

fn checksum(told: &str) -> Result<Checksum, Problem> {
    let parse = || {
        let (algorithm, sum) = told.split_once(' ')?;
        let sum = STANDARD.decode(sum.trim()).ok()?;
        match algorithm {
            "sha1" => sum.try_into().ok().map(Checksum::Sha1),
            "sha256" => sum.try_into().ok().map(Checksum::Sha256),
            _ => None,
        }
    };
    parse().ok_or_else(|| malformed(format!("Upload-Checksum is none of {CHECKSUMS} in base64")))
}

fn number(headers: &HeaderMap, name: &HeaderName) -> Result<u64, Problem> {
    let digits = text(headers, name)?.filter(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()));
    let number = digits.and_then(|digits| digits.parse().ok());
    number.ok_or_else(|| malformed(format!("{name} is no number")))
}

/// A header that stands there once at most.
fn text<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Result<Option<&'a str>, Problem> {
    let mut all = headers.get_all(name).iter();
    let only = all.next().map(|value| value.to_str()).transpose();
    match (only, all.next()) {
        (Ok(only), None) => Ok(only),
        _ => Err(malformed(format!("{name} can't be read"))),
    }
}

fn malformed(detail: String) -> Problem {
    Problem::from(Code::MalformedRequest).detail(detail)
}
