//! After a restore: what was written since the backup, as far as phones remember it.

use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use utoipa::ToSchema;

use super::caller::Caller;
use super::input::Body;
use super::problem::Problem;
use crate::app::App;
use crate::queries::remembered::{Asker, WrittenSince, open_to, written_since};
use crate::store::Failed;
use crate::store::grants::Role;
use crate::store::remembered::settle;

/// What somebody has dealt with.
#[derive(Deserialize, ToSchema)]
pub struct Dealt {
    /// The ids of decisions or rows.
    ids: Vec<i64>,
}

/// Decisions and rows written since a backup that was restored, as phones remember them: decisions in the
/// caller's areas; other rows only for those who keep the register.
#[utoipa::path(get, path = "/api/v1/remembered", tag = "service", responses((status = 200, body = WrittenSince)))]
pub async fn list(State(app): State<App>, caller: Caller) -> Result<Json<WrittenSince>, Problem> {
    let (epoch, asker) = (app.store.epoch(), asker(&caller));
    Ok(Json(app.store.read(move |c| written_since(c, epoch, &asker)).await?))
}

/// Notes that the caller has dealt with some of them; ids that are not open to the caller change nothing.
#[utoipa::path(post, path = "/api/v1/remembered/settled", tag = "service", request_body = Dealt,
    responses((status = 200, body = WrittenSince)))]
pub async fn settled(
    State(app): State<App>,
    caller: Caller,
    Body(dealt): Body<Dealt>,
) -> Result<Json<WrittenSince>, Problem> {
    let (epoch, asker) = (app.store.epoch(), asker(&caller));
    let (person, now) = (caller.person, app.clock.now());
    let write = move |tx: &rusqlite::Transaction<'_>| {
        let open = open_to(tx, &asker)?;
        for id in dealt.ids.into_iter().filter(|id| open.contains(id)) {
            settle(tx, id, person, now)?;
        }
        written_since(tx, epoch, &asker)
    };
    Ok(Json(app.store.write::<_, Failed>(write).await?))
}

fn asker(caller: &Caller) -> Asker {
    let keeps_the_register = |role| matches!(role, Role::DistrictOffice | Role::Administrator);
    let keepers = caller.grants.iter().filter(|grant| keeps_the_register(grant.role));
    Asker {
        decisions_in: caller.areas(),
        rows_in: keepers.map(|grant| grant.area.clone()).collect(),
        of_nowhere: caller.grants.iter().any(|grant| grant.role == Role::Administrator),
    }
}
