//! Who asks: proved by a bearer token (phones) or by a cookie with a CSRF header (the desk).

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, header};
use sync_core::domain::{AreaCode, DeviceId, PersonId, ServerTime};

use super::cookies;
use super::problem::{Code, Problem};
use crate::app::App;
use crate::people::tokens::Claims;
use crate::people::{SessionId, Use};
use crate::reviews::Supervisor;
use crate::store::grants::{Grant, Role};
use crate::store::{self, Failed, sessions};

/// The header in which the desk proves that a request comes from its own pages.
pub const CSRF_HEADER: &str = "x-csrf-token";

/// Who asks, with what opens this address.
#[derive(Debug, Clone)]
pub struct Caller {
    /// The person.
    pub person: PersonId,
    /// The device.
    pub device: DeviceId,
    /// The session.
    pub session: SessionId,
    /// As what the device is used.
    pub used_as: Use,
    /// The grants in force whose roles the address's row of the access matrix names.
    pub grants: Vec<Grant>,
    /// When the access token runs out.
    pub expires_at: ServerTime,
}

impl Caller {
    /// Finds out who asks; the grants are all that are in force.
    pub async fn of(app: &App, method: &Method, headers: &HeaderMap) -> Result<Self, Problem> {
        let claims = claims(app, method, headers)?;
        let (now, person, session) = (app.clock.now(), claims.sub, claims.sid);
        let read = move |c: &rusqlite::Connection| {
            let session = sessions::by_id(c, session)?.filter(|s| s.goes_on(now) && s.person == person);
            Ok::<_, Failed>((session, store::grants::in_force(c, person, now)?))
        };
        let (session, grants) = app.store.read(read).await?;
        let session = session.ok_or(Code::SessionEnded)?;
        Ok(Self {
            person,
            device: session.device,
            session: session.id,
            used_as: session.used_as,
            grants,
            expires_at: claims.expires_at(),
        })
    }

    /// The areas in which this address is open to the caller.
    pub fn areas(&self) -> Vec<AreaCode> {
        self.grants.iter().map(|grant| grant.area.clone()).collect()
    }

    /// Whether this address is open to the caller for something in `area`.
    pub fn covers(&self, area: &AreaCode) -> bool {
        self.grants.iter().any(|grant| grant.area.contains(area))
    }

    /// Whether the caller holds this role in `area`, where it opens this address.
    pub fn is(&self, role: Role, area: &AreaCode) -> bool {
        self.grants.iter().any(|grant| grant.role == role && grant.area.contains(area))
    }

    /// Where the caller has to do with the chairs of cooperatives, so as to be told their telephone numbers:
    /// a department only reads.
    pub fn telephone_areas(&self) -> Vec<AreaCode> {
        let needing = self.grants.iter().filter(|grant| grant.role != Role::Department);
        needing.map(|grant| grant.area.clone()).collect()
    }

    /// The caller as the supervisor of the areas where this address is open.
    pub fn supervisor(&self) -> Supervisor {
        Supervisor { person: self.person, device: self.device, areas: self.areas() }
    }
}

fn claims(app: &App, method: &Method, headers: &HeaderMap) -> Result<Claims, Problem> {
    let now = app.clock.now();
    if let Some(authorization) = headers.get(header::AUTHORIZATION) {
        let bearer = authorization.to_str().ok().and_then(|value| value.strip_prefix("Bearer "));
        return Ok(app.tokens.check(bearer.ok_or(Code::TokenInvalid)?, now)?);
    }
    let token = cookies::access_token(headers).ok_or(Code::NotSignedIn)?;
    let claims = app.tokens.check(&token, now)?;
    if !method.is_safe() {
        check_csrf(app, headers, claims.sid)?;
    }
    Ok(claims)
}

/// Checks that a request of this session was made by one of our own pages.
pub fn check_csrf(app: &App, headers: &HeaderMap, session: SessionId) -> Result<(), Problem> {
    let told = headers.get(CSRF_HEADER).map(|value| value.as_bytes());
    let good = told == Some(app.tokens.csrf_token(session).as_bytes());
    if good { Ok(()) } else { Err(Code::CsrfMismatch.into()) }
}

/// Handlers get the caller that the route's row of the access matrix let in.
impl FromRequestParts<App> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self, Problem> {
        Ok(parts.extensions.get::<Caller>().cloned().expect("BUG: a row of the matrix lets callers in"))
    }
}
