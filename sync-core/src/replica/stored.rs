//! What a phone stores: one entry a record, and one for where it stands with the server.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_bytes::ByteBuf;

use crate::commands::Command;
use crate::document::{Authors, Broken, Genesis, Record};
use crate::domain::{AreaCode, ChangeHash, PhoneTime, ServerTime, VisitCode, VisitId};
use crate::tree;
use crate::wire::{Cursor, ProvisionalCooperative, RefusalCode};

/// A record as a phone stores it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StoredRecord {
    /// What the record is of.
    pub genesis: Genesis,
    /// The joining code.
    pub code: VisitCode,
    /// The unit where the cooperative was when the visit started here.
    pub area: Option<AreaCode>,
    /// For a cooperative that the register doesn't have: what is known of it.
    pub provisional: Option<ProvisionalCooperative>,
    /// The document as the server holds it; none as long as it holds nothing.
    pub base: Option<ByteBuf>,
    /// What this phone wrote, in order: unsent, and sent within the last days, for a server that loses
    /// what it acknowledged.
    pub mine: Vec<Mine>,
    /// Who is who among the actors.
    pub actors: Authors,
    /// What was refused and waits for the person.
    pub attention: Vec<Attention>,
    /// When the server received the first change of the visit.
    pub received_at: Option<ServerTime>,
}

/// A change that this phone wrote.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Mine {
    /// Its name.
    pub hash: ChangeHash,
    /// Its raw bytes.
    #[serde(with = "serde_bytes")]
    pub bytes: Vec<u8>,
    /// When it was written, by this phone.
    pub at: PhoneTime,
    /// Whether a receipt named it.
    pub sent: Sent,
    /// The refused change that this one carries values of.
    pub replaces: Option<ChangeHash>,
}

/// Whether a receipt named a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Sent {
    /// Not yet.
    No,
    /// The server said so at this time.
    At(ServerTime),
}

/// Something refused: kept whole, readable, and one tap away from being entered again.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Attention {
    /// The refused change.
    pub change: ChangeHash,
    /// Why.
    pub code: RefusalCode,
    /// When it was written, by this phone.
    pub at: PhoneTime,
    /// Why a supervisor decided that it stays out, where one did.
    #[serde(default)]
    pub dismissed: Option<String>,
    /// What it did. Stored as JSON text, so that the phone's program reads commands from one format.
    #[serde(with = "json_text")]
    pub commands: Vec<Command>,
}

/// Commands as JSON: as text within a stored record, as themselves where the whole is JSON.
mod json_text {
    use serde::{Deserialize, Deserializer, Serialize, Serializer, de, ser};

    use crate::commands::Command;
    use crate::tree;

    pub(super) fn serialize<S: Serializer>(commands: &[Command], serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            return commands.serialize(serializer);
        }
        let text = serde_json::to_string(commands).map_err(ser::Error::custom)?;
        serializer.serialize_str(&text)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Command>, D::Error> {
        let text = String::deserialize(deserializer)?;
        tree::from_json(&text).map_err(de::Error::custom)
    }
}

/// Where a phone stands with the server.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct State {
    /// By granted area.
    pub scopes: BTreeMap<AreaCode, ScopeState>,
    /// Visits of which this phone sent something and that no granted area tells of (any more).
    #[serde(default)]
    pub untold: BTreeSet<VisitId>,
    /// When the server last answered, by its clock.
    pub last_contact: Option<ServerTime>,
    /// The life of the server's store whose log it has lost, the last time that happened.
    pub lost_epoch: Option<u64>,
}

/// Where a phone stands with one granted area.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct ScopeState {
    /// Where the next page starts; none to compare from the beginning.
    pub cursor: Option<Cursor>,
    /// The visits that the server told of, with the digest of their heads.
    pub held: BTreeMap<VisitId, u64>,
}

impl StoredRecord {
    /// The visit.
    pub const fn visit(&self) -> VisitId {
        self.genesis.visit
    }

    /// The record as the server holds it.
    ///
    /// # Errors
    /// Where the stored bytes don't load.
    pub fn base(&self) -> Result<Record, Broken> {
        match &self.base {
            Some(bytes) => Record::load(bytes, &self.genesis),
            None => Record::genesis(&self.genesis),
        }
    }

    /// The record as the person sees it: base and mine.
    ///
    /// # Errors
    /// Where the stored bytes don't load.
    pub fn working(&self) -> Result<Record, Broken> {
        let mut record = self.base()?;
        let mine: Vec<&[u8]> = self.mine.iter().map(|mine| mine.bytes.as_slice()).collect();
        record.apply(&mine)?;
        Ok(record)
    }

    /// Changes without a receipt.
    pub fn unsent(&self) -> impl Iterator<Item = &Mine> {
        self.mine.iter().filter(|mine| mine.sent == Sent::No)
    }

    /// Whether anything in it exists only on this phone.
    pub fn has_unreceipted_work(&self) -> bool {
        self.unsent().next().is_some() || !self.attention.is_empty()
    }

    /// The bytes to store.
    pub fn to_bytes(&self) -> Vec<u8> {
        crate::wire::encode(self)
    }

    /// Reads stored bytes.
    ///
    /// # Errors
    /// Where they are not a stored record.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Broken> {
        tree::from_cbor(bytes).map_err(|error| Broken::Unloadable(error.to_string()))
    }
}

impl State {
    /// The bytes to store.
    pub fn to_bytes(&self) -> Vec<u8> {
        crate::wire::encode(self)
    }

    /// Reads stored bytes; where they are not a state, the phone starts over by comparing.
    pub fn from_bytes(bytes: &[u8]) -> Self {
        tree::from_cbor(bytes).unwrap_or_default()
    }

    /// Starts with these areas: after sign-in, before the first answer.
    pub fn granted(&mut self, areas: impl IntoIterator<Item = AreaCode>) {
        for area in areas {
            self.scopes.entry(area).or_default();
        }
    }
}
