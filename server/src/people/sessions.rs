//! Signing in, staying signed in, signing out.
//!
//! A session is a chain of refresh tokens. A token is good until its successor has been used: whoever
//! lost an answer on a bad link asks again, however long that took, and gets the same successor. A token
//! from before the last one means that two hold the chain, and ends the session for both.

use rusqlite::Connection;
use sync_core::domain::{DeviceId, PersonId, ServerTime};

use super::tokens::RefreshToken;
use super::{Person, SessionId, Use, passwords};
use crate::app::App;
use crate::chance;
use crate::store::grants::Grant;
use crate::store::{self, Failed, Store, areas, devices, sessions};

/// How long a session goes on without being refreshed, on a phone that may be offline for long.
pub const PHONE_SESSION_MS: i64 = 90 * 24 * 60 * 60 * 1000;
/// The same at a desk.
pub const DESK_SESSION_MS: i64 = 12 * 60 * 60 * 1000;

/// What somebody signs in with.
pub struct Credentials {
    /// The account.
    pub account: String,
    /// The password.
    pub password: String,
    /// The device, where it was registered before.
    pub device: Option<DeviceId>,
    /// What the device is called.
    pub device_name: String,
    /// As what it is used.
    pub used_as: Use,
}

/// A session that goes on, with fresh tokens.
pub struct Fresh {
    /// The session.
    pub session: SessionId,
    /// The device.
    pub device: DeviceId,
    /// Who signed in.
    pub me: Me,
    /// Good for the next quarter of an hour.
    pub access_token: String,
    /// When the access token runs out.
    pub expires_at: ServerTime,
    /// Gets the next access token.
    pub refresh_token: RefreshToken,
}

/// Who somebody is, to themselves.
pub struct Me {
    /// The person.
    pub person: Person,
    /// What the person may do at this moment, with the areas' names.
    pub roles: Vec<(Grant, String)>,
    /// Whether everything here is sample data.
    pub sample: bool,
}

/// Why somebody isn't signed in.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    /// No such account, or another password.
    #[error("wrong account or password")]
    WrongCredentials,
    /// Too many wrong passwords of late.
    #[error("too many attempts")]
    TooManyAttempts,
    /// The session has ended, or never was.
    #[error("the session has ended")]
    SessionEnded,
    /// The store could not answer.
    #[error(transparent)]
    Store(#[from] Failed),
}

/// Signs somebody in on a device.
pub async fn sign_in(app: &App, with: Credentials) -> Result<Fresh, Refused> {
    let (account, device) = (with.account.clone(), with.device);
    let look_up = move |c: &Connection| {
        let known = store::people::by_account(c, &account)?;
        let own_device = match (&known, device) {
            (Some((person, _)), Some(device)) => devices::used_as(c, device, person.id)?.map(|_| device),
            _ => None,
        };
        Ok::<_, Failed>((known, own_device))
    };
    let (known, own_device) = app.store.read(look_up).await?;
    let (person, hash) = known.unzip();
    let (who, now) = ((with.account, own_device), app.clock.now());
    if !app.attempts.may_try(&who, now) {
        return Err(Refused::TooManyAttempts);
    }
    if !passwords::check(with.password, hash).await {
        app.attempts.wrong(who, now);
        return Err(Refused::WrongCredentials);
    }
    app.attempts.right(&who);
    let person: Person = person.ok_or(Refused::WrongCredentials)?;
    let refresh_token = RefreshToken::new(chance::draw());
    let (hash, id) = (refresh_token.hash(), SessionId::from_bytes(chance::draw()));
    let new_device = DeviceId::random(chance::draw());
    let begin = move |tx: &rusqlite::Transaction<'_>| {
        let device = with.device.unwrap_or(new_device);
        let known = devices::used_as(tx, device, person.id)?;
        let device = if known.is_some_and(|used_as| used_as != with.used_as) { new_device } else { device };
        sessions::forget_tokens(tx, now)?;
        devices::register(tx, device, person.id, &with.device_name, with.used_as, now)?;
        let session = sessions::Session {
            id,
            person: person.id,
            device,
            used_as: with.used_as,
            expires_at: ServerTime(now.0 + with.used_as.session_ms()),
            ended_at: None,
        };
        sessions::begin(tx, &session, now)?;
        sessions::add_token(tx, id, &hash, now)?;
        Ok(session)
    };
    let session = app.store.write::<_, Failed>(begin).await?;
    fresh(app, &session, refresh_token, now).await
}

/// The session that a refresh token belongs to, where it goes on and its device is used so.
pub async fn of_token(app: &App, token: &RefreshToken, used_as: Use) -> Result<SessionId, Refused> {
    let (hash, now) = (token.hash(), app.clock.now());
    let read = move |c: &Connection| {
        let Some(known) = sessions::token(c, &hash)? else { return Ok(None) };
        sessions::by_id(c, known.session)
    };
    let session = app.store.read::<_, Failed>(read).await?;
    let session = session.filter(|session| session.goes_on(now) && session.used_as == used_as);
    Ok(session.ok_or(Refused::SessionEnded)?.id)
}

/// Exchanges a refresh token for its successor and a new access token.
pub async fn refresh(app: &App, token: &RefreshToken) -> Result<Fresh, Refused> {
    let now = app.clock.now();
    let successor = app.tokens.successor(token);
    let (hash, next) = (token.hash(), successor.hash());
    let exchange = move |tx: &rusqlite::Transaction<'_>| exchange(tx, &hash, &next, now);
    let session = app.store.write::<_, Failed>(exchange).await?.ok_or(Refused::SessionEnded)?;
    fresh(app, &session, successor, now).await
}

/// The session that goes on by this exchange; none where it has ended, be it just now.
fn exchange(
    tx: &Connection,
    token: &sessions::TokenHash,
    successor: &sessions::TokenHash,
    now: ServerTime,
) -> Result<Option<sessions::Session>, Failed> {
    let Some(known) = sessions::token(tx, token)? else { return Ok(None) };
    let Some(session) = sessions::by_id(tx, known.session)?.filter(|session| session.goes_on(now)) else {
        return Ok(None);
    };
    if known.successor_used {
        sessions::end(tx, session.id, now)?;
        return Ok(None);
    }
    if !known.used {
        sessions::use_token(tx, token, successor, now)?;
        sessions::add_token(tx, session.id, successor, now)?;
    }
    sessions::extend(tx, session.id, ServerTime(now.0 + session.used_as.session_ms()))?;
    Ok(Some(session))
}

/// Ends a session.
pub async fn sign_out(app: &App, session: SessionId) -> Result<(), Failed> {
    let now = app.clock.now();
    app.store.write(move |tx| sessions::end(tx, session, now)).await
}

/// Who the person is at this moment.
pub async fn me(store: &Store, person: PersonId, now: ServerTime) -> Result<Option<Me>, Failed> {
    let read = move |c: &Connection| {
        let Some(person) = store::people::by_id(c, person)? else { return Ok(None) };
        let grants = store::grants::in_force(c, person.id, now)?;
        let named = |grant: Grant| {
            let name = areas::name(c, &grant.area)?.unwrap_or_else(|| grant.area.to_string());
            Ok::<_, Failed>((grant, name))
        };
        let roles = grants.into_iter().map(named).collect::<Result<_, _>>()?;
        Ok(Some(Me { person, roles, sample: store::meta::is_sample(c)? }))
    };
    store.read(read).await
}

async fn fresh(
    app: &App,
    session: &sessions::Session,
    refresh_token: RefreshToken,
    now: ServerTime,
) -> Result<Fresh, Refused> {
    let me = me(&app.store, session.person, now).await?.ok_or(Refused::SessionEnded)?;
    let (access_token, expires_at) =
        app.tokens.issue(session.person, session.device, session.id, now, chance::draw());
    Ok(Fresh { session: session.id, device: session.device, me, access_token, expires_at, refresh_token })
}
