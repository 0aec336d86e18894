//! Signing in, staying signed in, signing out, and who one is.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use sync_core::domain::{AreaCode, DeviceId, PersonId, ServerTime};
use utoipa::ToSchema;

use super::caller::{Caller, check_csrf};
use super::cookies;
use super::input::Body;
use super::problem::{Code, Problem, ProblemBody};
use crate::app::App;
use crate::people::passwords::PASSWORD_BYTES_MAX;
use crate::people::sessions::{self, Credentials, Fresh};
use crate::people::tokens::RefreshToken;
use crate::people::{SessionId, Use};
use crate::store::grants::Role;

/// An account may have so many bytes.
const ACCOUNT_BYTES_MAX: usize = 200;
/// A device's name may have so many bytes.
const DEVICE_NAME_BYTES_MAX: usize = 400;

/// What somebody signs in with.
#[derive(Deserialize, ToSchema)]
pub struct SignIn {
    /// The account.
    account: String,
    /// The password.
    password: String,
    /// The device.
    device: Device,
    /// As what the device is used.
    r#for: Use,
}

/// A phone or a browser.
#[derive(Deserialize, ToSchema)]
pub struct Device {
    /// The id it was given when somebody signed in on it before.
    #[schema(value_type = Option<String>, format = "uuid")]
    id: Option<DeviceId>,
    /// What people call it.
    name: String,
}

/// Who one is, and what one may do at this moment.
#[derive(Serialize, ToSchema)]
pub struct Me {
    /// The person.
    #[schema(value_type = String, format = "uuid")]
    id: PersonId,
    /// The name others see.
    name: String,
    /// What one types to sign in.
    account: String,
    /// What one may do, and where.
    roles: Vec<RoleInArea>,
    /// Everything here is sample data.
    sample: bool,
    /// At the desk: goes into the header `X-CSRF-Token` of whatever changes something.
    #[serde(skip_serializing_if = "Option::is_none")]
    csrf_token: Option<String>,
}

/// A role in an area and everything below it.
#[derive(Serialize, ToSchema)]
pub struct RoleInArea {
    role: Role,
    #[schema(value_type = String, example = "140602100")]
    area: AreaCode,
    area_name: String,
}

impl Me {
    fn new(me: sessions::Me, csrf_token: Option<String>) -> Self {
        let roles = me.roles.into_iter();
        Self {
            id: me.person.id,
            name: me.person.name,
            account: me.person.account,
            roles: roles.map(|(g, area_name)| RoleInArea { role: g.role, area: g.area, area_name }).collect(),
            sample: me.sample,
            csrf_token,
        }
    }
}

/// Signed in. A phone is given its tokens; at the desk they are cookies.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
pub enum SignedIn {
    /// On a phone.
    Phone {
        /// For the header `Authorization: Bearer`.
        access_token: String,
        /// For `POST refresh`; good until its successor has been used.
        refresh_token: String,
        /// When the access token runs out.
        #[schema(value_type = i64)]
        expires_at: ServerTime,
        /// Who signed in.
        person: Me,
        /// To be told at the next sign-in.
        #[schema(value_type = String, format = "uuid")]
        device_id: DeviceId,
    },
    /// At the desk.
    Desk {
        /// Who signed in.
        person: Me,
        /// For the header `X-CSRF-Token`.
        csrf_token: String,
        /// When the access token in the cookie runs out.
        #[schema(value_type = i64)]
        expires_at: ServerTime,
    },
}

/// Signs in.
#[utoipa::path(post, path = "/api/v1/sign-in", tag = "people", request_body = SignIn, responses(
    (status = 200, body = SignedIn),
    (status = 401, description = "wrong_credentials", body = ProblemBody),
    (status = 429, description = "too_many_attempts", body = ProblemBody),
))]
pub async fn sign_in(
    State(app): State<App>,
    headers: HeaderMap,
    Body(with): Body<SignIn>,
) -> Result<Response, Problem> {
    let fits = with.account.len() <= ACCOUNT_BYTES_MAX
        && with.password.len() <= PASSWORD_BYTES_MAX
        && with.device.name.len() <= DEVICE_NAME_BYTES_MAX;
    if !fits {
        return Err(Problem::from(Code::BadValue).detail("account, password or device name is too long"));
    }
    let used_as = with.r#for;
    let with = Credentials {
        account: with.account,
        password: with.password,
        device: with.device.id,
        device_name: with.device.name,
        used_as,
    };
    Ok(signed_in(&app, &headers, used_as, sessions::sign_in(&app, with).await?))
}

/// A phone's refresh token; the desk's is in a cookie.
#[derive(Deserialize, ToSchema)]
pub struct Refresh {
    refresh_token: Option<String>,
}

/// Exchanges the refresh token for a new one and a new access token.
#[utoipa::path(post, path = "/api/v1/refresh", tag = "people", request_body = Refresh, responses(
    (status = 200, body = SignedIn),
    (status = 401, description = "session_ended", body = ProblemBody),
    (status = 403, description = "csrf_mismatch", body = ProblemBody),
))]
pub async fn refresh(
    State(app): State<App>,
    headers: HeaderMap,
    Body(body): Body<Refresh>,
) -> Result<Response, Problem> {
    let (token, used_as, _) = refresh_token(&app, &headers, body).await?;
    Ok(signed_in(&app, &headers, used_as, sessions::refresh(&app, &token).await?))
}

/// Ends the session that the refresh token belongs to, also where the access token has run out.
#[utoipa::path(post, path = "/api/v1/sign-out", tag = "people", request_body = Refresh, responses(
    (status = 204, description = "signed out"),
    (status = 401, description = "session_ended", body = ProblemBody),
    (status = 403, description = "csrf_mismatch", body = ProblemBody),
))]
pub async fn sign_out(
    State(app): State<App>,
    headers: HeaderMap,
    Body(body): Body<Refresh>,
) -> Result<Response, Problem> {
    let (_, used_as, session) = refresh_token(&app, &headers, body).await?;
    sessions::sign_out(&app, session).await?;
    let mut answer = StatusCode::NO_CONTENT.into_response();
    if used_as == Use::Desk {
        cookies::clear(answer.headers_mut(), &headers);
    }
    Ok(answer)
}

/// Who one is.
#[utoipa::path(get, path = "/api/v1/me", tag = "people", responses(
    (status = 200, body = Me),
    (status = 401, description = "not_signed_in, token_expired, token_invalid, session_ended", body = ProblemBody),
))]
pub async fn me(State(app): State<App>, caller: Caller) -> Result<Json<Me>, Problem> {
    let me = sessions::me(&app.store, caller.person, app.clock.now()).await?.ok_or(Code::SessionEnded)?;
    let csrf_token = (caller.used_as == Use::Desk).then(|| app.tokens.csrf_token(caller.session));
    Ok(Json(Me::new(me, csrf_token)))
}

/// The refresh token from where it belongs, with the session that goes on by it.
async fn refresh_token(
    app: &App,
    headers: &HeaderMap,
    body: Refresh,
) -> Result<(RefreshToken, Use, SessionId), Problem> {
    if let Some(text) = body.refresh_token {
        let token = RefreshToken::parse(&text).ok_or(Code::SessionEnded)?;
        let session = sessions::of_token(app, &token, Use::Phone).await?;
        return Ok((token, Use::Phone, session));
    }
    let token = cookies::refresh_token(headers).ok_or(Code::SessionEnded)?;
    let session = sessions::of_token(app, &token, Use::Desk).await?;
    check_csrf(app, headers, session)?;
    Ok((token, Use::Desk, session))
}

fn signed_in(app: &App, request: &HeaderMap, used_as: Use, fresh: Fresh) -> Response {
    let mut cookies = HeaderMap::new();
    let body = match used_as {
        Use::Phone => SignedIn::Phone {
            access_token: fresh.access_token,
            refresh_token: fresh.refresh_token.reveal(),
            expires_at: fresh.expires_at,
            person: Me::new(fresh.me, None),
            device_id: fresh.device,
        },
        Use::Desk => {
            cookies::set(&mut cookies, request, &fresh);
            SignedIn::Desk {
                csrf_token: app.tokens.csrf_token(fresh.session),
                expires_at: fresh.expires_at,
                person: Me::new(fresh.me, None),
            }
        }
    };
    (cookies, Json(body)).into_response()
}
