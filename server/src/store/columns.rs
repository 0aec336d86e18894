//! How values of ours stand in columns.

use std::fmt::Display;
use std::str::FromStr;

use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ToSql, ToSqlOutput, ValueRef};
use serde::Serialize;
use serde::de::DeserializeOwned;
use sync_core::domain::{ChangeHash, ServerTime};

/// A value that stands in a text column as it is displayed: ids, area codes, checklist references.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Text<T>(pub T);

impl<T: Display> ToSql for Text<T> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::from(self.0.to_string()))
    }
}

impl<T: FromStr<Err: std::error::Error + Send + Sync + 'static>> FromSql for Text<T> {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        value.as_str()?.parse().map(Self).map_err(FromSqlError::other)
    }
}

/// A value that stands in a text column as JSON.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Json<T>(pub T);

impl<T: Serialize> ToSql for Json<T> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        let text = serde_json::to_string(&self.0)
            .map_err(|error| rusqlite::Error::ToSqlConversionFailure(Box::new(error)))?;
        Ok(ToSqlOutput::from(text))
    }
}

impl<T: DeserializeOwned> FromSql for Json<T> {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        serde_json::from_str(value.as_str()?).map(Self).map_err(FromSqlError::other)
    }
}

/// One word of an enum, as its JSON without the quotes: statuses, verdicts, codes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Word<T>(pub T);

impl<T: Serialize> ToSql for Word<T> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        match serde_json::to_value(&self.0) {
            Ok(serde_json::Value::String(word)) => Ok(ToSqlOutput::from(word)),
            other => panic!("BUG: not a word: {other:?}"),
        }
    }
}

impl<T: DeserializeOwned> FromSql for Word<T> {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        let word = serde_json::Value::String(value.as_str()?.to_owned());
        serde_json::from_value(word).map(Self).map_err(FromSqlError::other)
    }
}

/// The hash of a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hash(pub ChangeHash);

impl ToSql for Hash {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::from(self.0.as_bytes().as_slice()))
    }
}

impl FromSql for Hash {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        ChangeHash::try_from(value.as_blob()?).map(Self).map_err(FromSqlError::other)
    }
}

/// Hashes of changes in ascending order, joined.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hashes(pub Vec<ChangeHash>);

impl ToSql for Hashes {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        let mut sorted = self.0.clone();
        sorted.sort_unstable();
        let joined: Vec<u8> = sorted.iter().flat_map(|hash| *hash.as_bytes()).collect();
        Ok(ToSqlOutput::from(joined))
    }
}

impl FromSql for Hashes {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        let hashes = value.as_blob()?.chunks(32).map(ChangeHash::try_from).collect::<Result<_, _>>();
        hashes.map(Self).map_err(FromSqlError::other)
    }
}

/// A moment by the server's clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment(pub ServerTime);

impl ToSql for Moment {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::from(self.0.0))
    }
}

impl FromSql for Moment {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        value.as_i64().map(|ms| Self(ServerTime(ms)))
    }
}

/// 64 bits in SQLite's signed integers: digests, and log positions, which stay far below the sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bits(pub u64);

impl ToSql for Bits {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::from(self.0.cast_signed()))
    }
}

impl FromSql for Bits {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        value.as_i64().map(|bits| Self(bits.cast_unsigned()))
    }
}
