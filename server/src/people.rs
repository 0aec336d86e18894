//! Who people are, and how they prove it.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use sync_core::domain::PersonId;
use sync_core::domain::id::BadId;
use utoipa::ToSchema;
use uuid::Uuid;

pub mod attempts;
pub mod passwords;
pub mod sessions;
pub mod tokens;

/// Somebody who signs in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// The person's id.
    pub id: PersonId,
    /// What the person types to sign in.
    pub account: String,
    /// The name others see.
    pub name: String,
}

/// As what a device is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Use {
    /// By a coordinator, offline at times; proves itself with a bearer token.
    Phone,
    /// In a browser at the office; proves itself with a cookie.
    Desk,
}

impl Use {
    /// How long a session goes on without being refreshed.
    pub const fn session_ms(self) -> i64 {
        match self {
            Use::Phone => sessions::PHONE_SESSION_MS,
            Use::Desk => sessions::DESK_SESSION_MS,
        }
    }
}

/// One signing in of a person on a device, until it ends.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SessionId(Uuid);

impl SessionId {
    /// The id with these bytes, which should be random.
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(Uuid::from_bytes(bytes))
    }

    /// The id's sixteen bytes.
    pub const fn as_bytes(&self) -> &[u8; 16] {
        self.0.as_bytes()
    }
}

impl fmt::Display for SessionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.as_hyphenated().fmt(f)
    }
}

impl fmt::Debug for SessionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SessionId({self})")
    }
}

impl FromStr for SessionId {
    type Err = BadId;
    fn from_str(text: &str) -> Result<Self, BadId> {
        Uuid::try_parse(text).map(Self).map_err(|_| BadId { what: "session id" })
    }
}
