//! Sessions, and the hashes of their refresh tokens.

use rusqlite::{Connection, OptionalExtension, params};
use sync_core::domain::{DeviceId, PersonId, ServerTime};

use super::Failed;
use super::columns::{Moment, Text, Word};
use crate::people::{SessionId, Use};

/// One signing in of a person on a device.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Session {
    /// Its id.
    pub id: SessionId,
    /// Who signed in.
    pub person: PersonId,
    /// On what.
    pub device: DeviceId,
    /// As what the device is used in it.
    pub used_as: Use,
    /// When it ends unless it is refreshed.
    pub expires_at: ServerTime,
    /// When it was ended before its time.
    pub ended_at: Option<ServerTime>,
}

impl Session {
    /// Whether it goes on at this moment.
    pub fn goes_on(&self, now: ServerTime) -> bool {
        self.ended_at.is_none() && now < self.expires_at
    }
}

/// The hash of a refresh token.
pub type TokenHash = [u8; 32];

/// Begins a session.
pub fn begin(tx: &Connection, session: &Session, now: ServerTime) -> Result<(), Failed> {
    tx.prepare_cached(
        "INSERT INTO sessions (id, person, device, used_as, started_at, expires_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    )?
    .execute(params![
        Text(session.id),
        Text(session.person),
        Text(session.device),
        Word(session.used_as),
        Moment(now),
        Moment(session.expires_at)
    ])?;
    Ok(())
}

/// The session with this id.
pub fn by_id(connection: &Connection, session: SessionId) -> Result<Option<Session>, Failed> {
    let found = connection
        .prepare_cached(
            "SELECT id, person, device, used_as, expires_at, ended_at FROM sessions WHERE id = ?1",
        )?
        .query_row([Text(session)], |row| {
            let (Text(id), Text(person), Text(device)) = (row.get(0)?, row.get(1)?, row.get(2)?);
            let (Word(used_as), Moment(expires_at)) = (row.get(3)?, row.get(4)?);
            let ended_at = row.get::<_, Option<Moment>>(5)?.map(|Moment(at)| at);
            Ok(Session { id, person, device, used_as, expires_at, ended_at })
        })
        .optional()?;
    Ok(found)
}

/// A session goes on until a later moment.
pub fn extend(tx: &Connection, session: SessionId, until: ServerTime) -> Result<(), Failed> {
    tx.prepare_cached("UPDATE sessions SET expires_at = ?2 WHERE id = ?1")?
        .execute(params![Text(session), Moment(until)])?;
    Ok(())
}

/// Ends a session, unless it has ended.
pub fn end(tx: &Connection, session: SessionId, now: ServerTime) -> Result<(), Failed> {
    tx.prepare_cached("UPDATE sessions SET ended_at = ?2 WHERE id = ?1 AND ended_at IS NULL")?
        .execute(params![Text(session), Moment(now)])?;
    Ok(())
}

/// Forgets the refresh tokens of sessions that are over; one that is not known is no better than one that
/// has ended.
pub fn forget_tokens(tx: &Connection, now: ServerTime) -> Result<(), Failed> {
    tx.prepare_cached(
        "DELETE FROM refresh_tokens WHERE session IN
           (SELECT id FROM sessions WHERE ended_at IS NOT NULL OR expires_at <= ?1)",
    )?
    .execute([Moment(now)])?;
    Ok(())
}

/// Notes that a refresh token was issued.
pub fn add_token(
    tx: &Connection,
    session: SessionId,
    token: &TokenHash,
    now: ServerTime,
) -> Result<(), Failed> {
    tx.prepare_cached("INSERT INTO refresh_tokens (hash, session, issued_at) VALUES (?1, ?2, ?3)")?
        .execute(params![token, Text(session), Moment(now)])?;
    Ok(())
}

/// What is known of a refresh token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Token {
    /// The session it belongs to.
    pub session: SessionId,
    /// Whether it was exchanged for its successor.
    pub used: bool,
    /// Whether that successor was exchanged in turn.
    pub successor_used: bool,
}

/// The refresh token with this hash.
pub fn token(connection: &Connection, token: &TokenHash) -> Result<Option<Token>, Failed> {
    let found = connection
        .prepare_cached(
            "SELECT t.session, t.used_at IS NOT NULL, coalesce(s.used_at IS NOT NULL, 0)
             FROM refresh_tokens t LEFT JOIN refresh_tokens s ON s.hash = t.successor
             WHERE t.hash = ?1",
        )?
        .query_row([token], |row| {
            let Text(session) = row.get(0)?;
            Ok(Token { session, used: row.get(1)?, successor_used: row.get(2)? })
        })
        .optional()?;
    Ok(found)
}

/// Notes that a refresh token was exchanged for its successor.
pub fn use_token(
    tx: &Connection,
    token: &TokenHash,
    successor: &TokenHash,
    now: ServerTime,
) -> Result<(), Failed> {
    tx.prepare_cached("UPDATE refresh_tokens SET used_at = ?3, successor = ?2 WHERE hash = ?1")?
        .execute(params![token, successor, Moment(now)])?;
    Ok(())
}
