//! Photos and files of a record, whole or small, to those in whose areas the visit lies.

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use rusqlite::Connection;
use serde::Deserialize;
use sync_core::domain::evidence::is_picture;
use sync_core::domain::{EvidenceId, VisitId};
use tower_http::services::ServeFile;
use utoipa::ToSchema;

use super::caller::Caller;
use super::input::{At, Params};
use super::problem::{Code, Problem, ProblemBody};
use crate::app::App;
use crate::read_tables::visit_evidence::{self, Named};
use crate::store::{Failed, visits};

/// Nothing in a file may do anything, whatever a browser makes of it.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; sandbox";
/// What stands as itself in a header value (RFC 8187 §3.2.1).
const PLAIN: &[u8] = b"!#$&+-.^_`|~";

/// How large a picture is wanted.
#[derive(Debug, Default, Deserialize, ToSchema)]
pub struct Wanted {
    /// As it was sent where none is given.
    size: Option<Size>,
}

/// A size of pictures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Size {
    /// A JPEG with a longest side of 320 pixels; pictures only.
    Thumbnail,
}

/// A photo or file, whole, in ranges, or small.
#[utoipa::path(get, path = "/api/v1/visits/{visit}/evidence/{evidence}", tag = "evidence",
    params(
        ("visit" = String, Path, format = "uuid"),
        ("evidence" = String, Path, format = "uuid"),
        ("size" = Option<Size>, Query),
    ),
    responses(
        (status = 200, description = "The file", content_type = "application/octet-stream"),
        (status = 206, description = "A range of it", content_type = "application/octet-stream"),
        (status = 304, description = "The file that If-None-Match names"),
        (status = 404, description = "unknown_visit, unknown_evidence, evidence_not_arrived, no_thumbnail", body = ProblemBody),
        (status = 416, description = "The file has no such range"),
    ))]
pub async fn get(
    State(app): State<App>,
    caller: Caller,
    At((visit, evidence)): At<(VisitId, EvidenceId)>,
    Params(wanted): Params<Wanted>,
    request: HeaderMap,
) -> Result<Response, Problem> {
    let areas = caller.areas();
    let find = move |c: &Connection| {
        let Some(visit) = visits::within(c, visit, &areas)? else { return Ok(Err(Code::UnknownVisit)) };
        let named = visit_evidence::named(c, visit.genesis.visit, evidence)?;
        Ok(named.ok_or(Code::UnknownEvidence))
    };
    let named = app.store.read::<_, Failed>(find).await??;
    if !named.has_arrived {
        return Err(Code::EvidenceNotArrived.into());
    }
    let (kept, file) = app.evidence.file(named.sha256).await?.ok_or(Code::EvidenceNotArrived)?;
    let (file, media_type, tag) = match wanted.size {
        None => (file, kept.media_type, format!("\"{}\"", named.sha256)),
        Some(Size::Thumbnail) => {
            let thumbnail = app.evidence.thumbnail(&kept).await?.ok_or(Code::NoThumbnail)?;
            (thumbnail, "image/jpeg".to_owned(), format!("\"{}-thumbnail\"", named.sha256))
        }
    };
    let known = request.get(header::IF_NONE_MATCH).and_then(|tags| tags.to_str().ok());
    let is_known = known.is_some_and(|tags| tags.split(',').any(|known| known.trim() == tag));
    let mut answer = if is_known {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        served(&file, &media_type, &tag, &request).await?
    };
    let headers = answer.headers_mut();
    let plain = |text: &str| HeaderValue::from_str(text).expect("BUG: made of plain letters");
    headers.insert(header::ETAG, plain(&tag));
    // Asked for anew each time, so that it is shown to nobody whose right has ended.
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(CONTENT_SECURITY_POLICY));
    headers.insert(header::CONTENT_DISPOSITION, plain(&disposition(&media_type, &named)));
    Ok(answer)
}

/// The file, or the range of it that is asked for.
async fn served(
    file: &std::path::Path,
    media_type: &str,
    tag: &str,
    request: &HeaderMap,
) -> Result<Response, Problem> {
    let mut asked = Request::new(Body::empty());
    let is_of_this = request.get(header::IF_RANGE).is_none_or(|known| known.as_bytes() == tag.as_bytes());
    if let Some(range) = request.get(header::RANGE).filter(|_| is_of_this) {
        asked.headers_mut().insert(header::RANGE, range.clone());
    }
    let served = ServeFile::new(file).try_call(asked).await;
    let served = served.map_err(|error| Problem::from(Failed::Folder(error)))?;
    if served.status() == StatusCode::NOT_FOUND {
        return Err(Code::EvidenceNotArrived.into());
    }
    let mut answer = served.map(Body::new);
    let media_type = HeaderValue::from_str(media_type).expect("BUG: made of plain letters");
    answer.headers_mut().insert(header::CONTENT_TYPE, media_type);
    Ok(answer)
}

/// Pictures are shown; whatever else it is, is saved under its own name (RFC 6266).
fn disposition(media_type: &str, named: &Named) -> String {
    if is_picture(media_type) {
        return "inline".to_owned();
    }
    let escaped = named.name.bytes().map(|byte| match byte {
        byte if byte.is_ascii_alphanumeric() || PLAIN.contains(&byte) => char::from(byte).to_string(),
        byte => format!("%{byte:02X}"),
    });
    format!("attachment; filename*=UTF-8''{}", escaped.collect::<String>())
}
