//! What was refused and is kept apart: seen, released, dismissed, exported.

use axum::Json;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rusqlite::Transaction;
use serde::{Deserialize, Serialize};
use sync_core::document::Genesis;
use sync_core::domain::{AreaCode, ServerTime, VisitCode};
use sync_core::wire::ProvisionalCooperative;
use utoipa::ToSchema;

use super::caller::Caller;
use super::input::{At, Body, Params};
use super::problem::{Code, Problem, ProblemBody};
use crate::app::App;
use crate::quarantine::{self, Asker, Authority, Outcome, ParcelPage};
use crate::queries::quarantine::ParcelRow;
use crate::store::grants::Role;
use crate::store::quarantine::{Kept, Parcel};

/// What was refused, by visit and sender.
#[derive(Serialize, ToSchema)]
pub struct Quarantine {
    /// The newest first.
    parcels: Vec<ParcelRow>,
}

/// Which of them.
#[derive(Deserialize)]
pub struct Which {
    /// Open where nothing else is said.
    #[serde(default)]
    state: Shown,
}

#[derive(Default, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Shown {
    #[default]
    Open,
    Resolved,
}

/// What was refused in the caller's areas, the newest first; what belongs to no known area is for
/// administrators.
#[utoipa::path(get, path = "/api/v1/quarantine", tag = "sync",
    params(("state" = Option<String>, Query, description = "open (as if left out) or resolved")),
    responses((status = 200, body = Quarantine)))]
pub async fn list(
    State(app): State<App>,
    caller: Caller,
    Params(which): Params<Which>,
) -> Result<Json<Quarantine>, Problem> {
    let sees = authority(&caller, SEEING);
    let is_open = which.state == Shown::Open;
    let read = move |c: &rusqlite::Connection| {
        crate::queries::quarantine::quarantine(c, &sees.areas, sees.of_nowhere, is_open)
    };
    Ok(Json(Quarantine { parcels: app.store.read(read).await? }))
}

/// What one person sent of one visit from one device, with what it would have written.
#[utoipa::path(get, path = "/api/v1/quarantine/{visit}/{person}/{device}", tag = "sync",
    params(
        ("visit" = String, Path, format = "uuid"),
        ("person" = String, Path, format = "uuid"),
        ("device" = String, Path, format = "uuid"),
    ),
    responses(
        (status = 200, body = ParcelPage),
        (status = 404, description = "unknown_refused", body = ProblemBody),
    ))]
pub async fn get(
    State(app): State<App>,
    caller: Caller,
    At(parcel): At<Parcel>,
) -> Result<Json<ParcelPage>, Problem> {
    let asker = asker(&caller);
    let page = app.store.read(move |c| quarantine::page(c, parcel, &asker)).await?;
    Ok(Json(page.ok_or(Code::UnknownRefused)?))
}

/// All of that as a file, with the changes as they came.
#[utoipa::path(get, path = "/api/v1/quarantine/{visit}/{person}/{device}/export", tag = "sync",
    params(
        ("visit" = String, Path, format = "uuid"),
        ("person" = String, Path, format = "uuid"),
        ("device" = String, Path, format = "uuid"),
    ),
    responses(
        (status = 200, description = "The page, and every change in base64", content_type = "application/json"),
        (status = 404, description = "unknown_refused", body = ProblemBody),
    ))]
pub async fn export(
    State(app): State<App>,
    caller: Caller,
    At(parcel): At<Parcel>,
) -> Result<Response, Problem> {
    let (asker, now) = (asker(&caller), app.clock.now());
    let export = app.store.read(move |c| quarantine::export(c, parcel, &asker)).await?;
    let (page, kept) = export.ok_or(Code::UnknownRefused)?;
    let day = page.parcel.received_at.day();
    let name = page.parcel.cooperative_name.as_deref().unwrap_or_default();
    let called = format!("未接收-{name}-{}-{day}.json", page.parcel.person_name);
    let headers = [
        (header::CONTENT_TYPE, "application/json".to_owned()),
        (
            header::CONTENT_DISPOSITION,
            attachment(&called, &format!("quarantine-{}-{day}.json", parcel.visit)),
        ),
        (header::CACHE_CONTROL, "no-store".to_owned()),
    ];
    let sent = kept.iter().map(Sent::of).collect();
    let body = serde_json::to_vec_pretty(&Export { exported_at: now, page, sent });
    Ok((headers, body.expect("BUG: what is exported is plain data")).into_response())
}

/// A file with everything of a parcel.
#[derive(Serialize)]
struct Export<'a> {
    exported_at: ServerTime,
    #[serde(flatten)]
    page: ParcelPage,
    /// The changes as they came, in the page's order.
    sent: Vec<Sent<'a>>,
}

/// A refused change as it came.
#[derive(Serialize)]
struct Sent<'a> {
    id: i64,
    genesis: &'a Genesis,
    visit_code: &'a VisitCode,
    provisional: Option<&'a ProvisionalCooperative>,
    bytes_base64: String,
}

impl<'a> Sent<'a> {
    fn of(kept: &'a Kept) -> Self {
        Self {
            id: kept.id,
            genesis: &kept.genesis,
            visit_code: &kept.visit_code,
            provisional: kept.provisional.as_ref(),
            bytes_base64: STANDARD.encode(&kept.bytes),
        }
    }
}

/// Says that a body is a file of this name, and its name for whoever reads only ASCII (RFC 6266 §4.3,
/// RFC 8187 §3.2).
fn attachment(called: &str, in_ascii: &str) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_');
    let encoded: String = called
        .bytes()
        .map(|byte| if is_plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") })
        .collect();
    format!("attachment; filename=\"{in_ascii}\"; filename*=UTF-8''{encoded}")
}

/// A decision about refused changes.
#[derive(Deserialize, ToSchema)]
pub struct Decision {
    /// Their numbers.
    ids: Vec<i64>,
    /// Why.
    reason: String,
}

/// What became of them.
#[derive(Serialize, ToSchema)]
pub struct Outcomes {
    /// One for each, by ascending number.
    changes: Vec<Outcome>,
}

/// Lets refused changes into their records, as their authors'.
#[utoipa::path(post, path = "/api/v1/quarantine/release", tag = "sync", request_body = Decision, responses(
    (status = 200, body = Outcomes),
    (status = 403, description = "own_work", body = ProblemBody),
    (status = 404, description = "unknown_refused", body = ProblemBody),
    (status = 422, description = "reason_required, bad_value", body = ProblemBody),
))]
pub async fn release(
    State(app): State<App>,
    caller: Caller,
    Body(decision): Body<Decision>,
) -> Result<Json<Outcomes>, Problem> {
    let (by, now, Decision { ids, reason }) = (authority(&caller, DECIDING), app.clock.now(), decision);
    let changes = quarantine::release(&app.store, &app.intake, by, ids, reason, now).await?;
    Ok(Json(Outcomes { changes }))
}

/// Decides that refused changes stay out of their records.
#[utoipa::path(post, path = "/api/v1/quarantine/dismiss", tag = "sync", request_body = Decision, responses(
    (status = 200, body = Outcomes),
    (status = 403, description = "own_work", body = ProblemBody),
    (status = 404, description = "unknown_refused", body = ProblemBody),
    (status = 422, description = "reason_required, bad_value", body = ProblemBody),
))]
pub async fn dismiss(
    State(app): State<App>,
    caller: Caller,
    Body(decision): Body<Decision>,
) -> Result<Json<Outcomes>, Problem> {
    let (by, now, Decision { ids, reason }) = (authority(&caller, DECIDING), app.clock.now(), decision);
    let dismiss = move |tx: &Transaction<'_>| quarantine::dismiss(tx, &by, &ids, &reason, now);
    Ok(Json(Outcomes { changes: app.store.write(dismiss).await? }))
}

/// Whoever decides about refused work of an area.
const DECIDING: &[Role] = &[Role::Supervisor];
/// Whoever reads what records say.
const READING: &[Role] = &[Role::Supervisor, Role::DistrictOffice];
/// Whoever sees that something was refused.
const SEEING: &[Role] = &[Role::Supervisor, Role::DistrictOffice, Role::Administrator];

/// Where the caller has one of these roles. What belongs to no known area is the administrators', who see
/// no records otherwise.
fn authority(caller: &Caller, roles: &[Role]) -> Authority {
    let with_role = caller.grants.iter().filter(|grant| roles.contains(&grant.role));
    let areas: Vec<AreaCode> = with_role.map(|grant| grant.area.clone()).collect();
    let of_nowhere = caller.grants.iter().any(|grant| grant.role == Role::Administrator);
    Authority { person: caller.person, areas, of_nowhere }
}

fn asker(caller: &Caller) -> Asker {
    Asker {
        decides: authority(caller, DECIDING),
        reads: authority(caller, READING),
        sees: authority(caller, SEEING),
    }
}
