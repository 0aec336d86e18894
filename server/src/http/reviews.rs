//! A supervisor's decisions, and picks between two values in conflict.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use sync_core::commands::FieldRef;
use sync_core::domain::{Actor, ChangeHash, ItemId, VisitId};
use sync_core::review::Verdict;
use utoipa::ToSchema;

use super::caller::Caller;
use super::input::{At, Body};
use super::problem::{Problem, ProblemBody};
use super::visits;
use crate::app::App;
use crate::chance;
use crate::queries::record::RecordPage;
use crate::reviews::{self, Decision, Pick};

/// A decision on the record with these heads.
#[derive(Deserialize, ToSchema)]
pub struct NewReview {
    /// The heads on the screen.
    #[schema(value_type = Vec<String>)]
    heads: Vec<ChangeHash>,
    /// `returned`, `approved` or `rejected`.
    #[schema(value_type = String, example = "approved")]
    verdict: Verdict,
    /// In general.
    #[serde(default)]
    comment: String,
    /// Beside the items.
    #[serde(default)]
    #[schema(value_type = BTreeMap<String, String>)]
    item_comments: BTreeMap<ItemId, String>,
}

/// Decides on a record.
#[utoipa::path(post, path = "/api/v1/visits/{visit}/reviews", tag = "review",
    params(("visit" = String, Path, format = "uuid")), request_body = NewReview, responses(
    (status = 201, body = RecordPage),
    (status = 403, description = "own_record", body = ProblemBody),
    (status = 404, description = "unknown_visit", body = ProblemBody),
    (status = 409, description = "record_moved, with `heads` and `changes`", body = ProblemBody),
    (status = 422, description = "conflicts_open, not_submitted, comment_required (with `evidence`), bad_value", body = ProblemBody),
))]
pub async fn review(
    State(app): State<App>,
    caller: Caller,
    At(visit): At<VisitId>,
    Body(new): Body<NewReview>,
) -> Result<(StatusCode, Json<RecordPage>), Problem> {
    let (by, now) = (caller.supervisor(), app.clock.now());
    let NewReview { heads, verdict, comment, item_comments } = new;
    let decision = Decision { heads, verdict, comment, item_comments };
    app.store.write(move |tx| reviews::review(tx, &by, visit, decision, now)).await?;
    Ok((StatusCode::CREATED, Json(visits::page(&app, &caller, visit).await?)))
}

/// One of the values of a field in conflict.
#[derive(Deserialize, ToSchema)]
pub struct NewPick {
    /// The heads on the screen.
    #[schema(value_type = Vec<String>)]
    heads: Vec<ChangeHash>,
    /// What is in conflict.
    #[schema(value_type = Object)]
    field: FieldRef,
    /// The change that wrote the chosen value.
    #[schema(value_type = String)]
    chosen: ChangeHash,
}

/// Picks one of the values of a field in conflict.
#[utoipa::path(post, path = "/api/v1/visits/{visit}/picks", tag = "review",
    params(("visit" = String, Path, format = "uuid")), request_body = NewPick, responses(
    (status = 201, body = RecordPage),
    (status = 403, description = "own_record", body = ProblemBody),
    (status = 404, description = "unknown_visit", body = ProblemBody),
    (status = 409, description = "record_moved, with `heads` and `changes`; no_conflict", body = ProblemBody),
))]
pub async fn pick(
    State(app): State<App>,
    caller: Caller,
    At(visit): At<VisitId>,
    Body(new): Body<NewPick>,
) -> Result<(StatusCode, Json<RecordPage>), Problem> {
    let (by, now, actor) = (caller.supervisor(), app.clock.now(), Actor(chance::draw()));
    let pick = Pick { heads: new.heads, field: new.field, chosen: new.chosen };
    app.store.write(move |tx| reviews::pick(tx, &by, visit, pick, actor, now)).await?;
    Ok((StatusCode::CREATED, Json(visits::page(&app, &caller, visit).await?)))
}
