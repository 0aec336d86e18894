//! One round trip of a phone: takes what it pushes, answers receipts and what came after its cursors.

use std::io::Read;

use axum::body::Bytes;
use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use flate2::read::{GzDecoder, ZlibDecoder};
use sync_core::commands::Part;
use sync_core::wire::{self, MEDIA_TYPE, Push, REQUEST_BYTES_MAX};

use super::caller::Caller;
use super::problem::{Code, Problem, ProblemBody};
use crate::app::App;
use crate::exchange::exchange_over_line;
use crate::ingest;
use crate::people::Use;

/// A push may have at most so many changes: several times what real ones of that size have, and few enough
/// that keeping every one of them apart does no harm.
const CHANGES_MAX: usize = 10_000;

/// Push and pull. Both bodies are CBOR; the request's may be compressed as a whole.
#[utoipa::path(
    post,
    path = "/api/v1/sync",
    tag = "sync",
    request_body(content_type = "application/cbor", content = Vec<u8>, description = "What the phone holds without a receipt, and its cursors (see SYNC)"),
    responses(
        (status = 200, content_type = "application/cbor", body = Vec<u8>, description = "A receipt for each change, and pages of the log"),
        (status = "4XX", body = ProblemBody, content_type = "application/problem+json"),
        (status = "5XX", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub async fn sync(
    State(app): State<App>,
    caller: Caller,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, Problem> {
    if caller.used_as != Use::Phone {
        return Err(Code::NotAllowed.into());
    }
    let body = body.map_err(|rejection| match rejection.status() {
        StatusCode::PAYLOAD_TOO_LARGE => Problem::from(Code::BodyTooLarge),
        _ => Problem::from(Code::MalformedBody),
    })?;
    let _room = app.room.for_push()?;
    let push: Push = wire::decode(&inflated(&headers, &body)?)?;
    if push.visits.iter().map(|visit| visit.changes.len()).sum::<usize>() > CHANGES_MAX {
        return Err(Code::BodyTooLarge.into());
    }
    let sender = ingest::Caller { person: caller.person, device: caller.device, part: Part::Field };
    let reply = exchange_over_line(&app.store, &app.intake, &app.disk, sender, push, app.clock.now()).await?;
    Ok(([(header::CONTENT_TYPE, MEDIA_TYPE)], wire::encode(&reply)).into_response())
}

/// The body as it was before compression (RFC 9110 §8.4.1): inflated no further than it may be long.
fn inflated(headers: &HeaderMap, body: &[u8]) -> Result<Vec<u8>, Problem> {
    let named = |name| headers.get(name).map(|value| value.to_str().unwrap_or_default());
    if named(header::CONTENT_TYPE) != Some(MEDIA_TYPE) {
        return Err(Code::UnsupportedMediaType.into());
    }
    let mut inflated = Vec::new();
    let limit = REQUEST_BYTES_MAX as u64 + 1;
    let read = match named(header::CONTENT_ENCODING) {
        None | Some("identity") => body.take(limit).read_to_end(&mut inflated),
        Some("gzip") => GzDecoder::new(body).take(limit).read_to_end(&mut inflated),
        Some("deflate") => ZlibDecoder::new(body).take(limit).read_to_end(&mut inflated),
        Some(_) => return Err(Code::UnsupportedMediaType.into()),
    };
    read.map_err(|error| Problem::from(Code::MalformedBody).detail(error.to_string()))?;
    if inflated.len() > REQUEST_BYTES_MAX { Err(Code::BodyTooLarge.into()) } else { Ok(inflated) }
}
