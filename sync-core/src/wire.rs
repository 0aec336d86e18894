//! The words of `POST /api/v1/sync`: one round trip, CBOR (RFC 8949), the whole body compressed.
//!
//! A phone pushes changes without a receipt yet and asks for what came after its cursors; the server
//! answers a receipt per change and pages of its log. Rules by number: `docs/SYNC.md`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_bytes::ByteBuf;

use crate::document::Genesis;
use crate::domain::{
    Actor, AreaCode, ChangeHash, CooperativeId, PersonId, PhoneTime, ServerTime, VisitCode, VisitId,
};
use crate::tree;

/// The version of these words. A server refuses a version it doesn't know (`unknown_version`).
pub const VERSION: u32 = 1;
/// The media type of both bodies.
pub const MEDIA_TYPE: &str = "application/cbor";
/// A push holds at most this many bytes of changes, so that a weak link makes progress.
pub const PUSH_BYTES_MAX: usize = 256 * 1024;
/// A push tells at most this many bytes of rows that the server has lost; more goes with the next.
pub const REMEMBERED_BYTES_MAX: usize = 64 * 1024;
/// A request body may have at most this many bytes once inflated.
pub const REQUEST_BYTES_MAX: usize = 2 * 1024 * 1024;

/// What a phone sends.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Push {
    /// [`VERSION`].
    pub version: u32,
    /// The version of the app, for the office's list of devices.
    pub app: String,
    /// The phone's clock when it sent this.
    pub sent_at: PhoneTime,
    /// What this phone still holds without a receipt, this push included.
    pub unsent: Unsent,
    /// Changes without a receipt, by visit.
    pub visits: Vec<VisitPush>,
    /// One request for each granted area; empty to push only.
    pub scopes: Vec<ScopeRequest>,
    /// The reply's pages together should not exceed this many bytes before compression.
    pub page_bytes_max: u32,
    /// Refused changes that still wait on the phone: it asks what became of them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub refused: Vec<RefusedChange>,
    /// From a log that the server has lost: rows of the register as this phone was told them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remembered: Option<Remembered>,
}

/// Rows of the register that a phone was told in a log that the server has lost. Hearsay: the office sees
/// them, the server never takes them back by itself.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Remembered {
    /// The life of the server's store in which they were told.
    pub epoch: u64,
    /// The rows with their positions there, at most [`REMEMBERED_BYTES_MAX`] of them or a single one.
    pub rows: Vec<Row>,
}

/// How much a phone holds that no receipt names; shown in the office *as last reported*.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Unsent {
    /// Records with changes that have no receipt.
    pub records: u32,
    /// Changes that have no receipt.
    pub changes: u32,
    /// The phone time of the oldest of them.
    pub oldest: Option<PhoneTime>,
}

/// Changes of one visit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct VisitPush {
    /// The visit, equal to the one that `genesis` names.
    pub visit: VisitId,
    /// The four values that the record's first change is derived from; the change itself never travels.
    pub genesis: Genesis,
    /// The code that the visit id was derived from.
    pub code: VisitCode,
    /// For a cooperative that the register doesn't have: what is known of it.
    pub provisional: Option<ProvisionalCooperative>,
    /// Raw (uncompressed) Automerge changes, each after those it depends on.
    pub changes: Vec<ByteBuf>,
    /// Changes issued again after a refusal, each with the refused change it replaces.
    pub replaces: Vec<Replacement>,
}

/// A cooperative met in the field that isn't in the register yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProvisionalCooperative {
    /// Its name as the coordinator wrote it.
    pub name: String,
    /// The township-level unit where it is.
    pub area: AreaCode,
}

/// A change that carries values of a change the server refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Replacement {
    /// The change that was issued again.
    pub new: ChangeHash,
    /// The change it replaces.
    pub old: ChangeHash,
}

/// What a phone wants to know of one granted area.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ScopeRequest {
    /// The granted area; everything whose area code starts so belongs to it.
    pub prefix: AreaCode,
    /// Where the phone stands; none before the first page.
    pub cursor: Option<Cursor>,
    /// While comparing: what the phone holds of this area, ascending by visit; else empty.
    pub index: Vec<IndexEntry>,
}

/// Where a phone stands in the server's log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cursor {
    /// Which life of the server's store this counts in; a restored store starts a new one.
    pub epoch: u64,
    /// The last log row the phone has.
    pub seq: u64,
    /// The chained hash of that row, so that a silently rolled back store is noticed.
    #[serde(with = "serde_bytes")]
    pub hash: Vec<u8>,
    /// While the phone compares with the server page by page: where the next page starts. The log
    /// position above is where the tail starts once the comparison is through.
    pub comparing: Option<Comparing>,
}

/// How far a comparison has come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Comparing {
    /// Rows of the register after this key (`table` then key, joined by a line feed); empty at the start.
    Rows(String),
    /// Visits after this one; none at the start.
    Visits(Option<VisitId>),
}

/// What a phone holds of one visit, as the server last told it (its *base*).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct IndexEntry {
    /// The visit.
    pub visit: VisitId,
    /// See [`heads_digest`].
    pub digest: u64,
}

/// What the server answers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reply {
    /// [`VERSION`].
    pub version: u32,
    /// The server's clock when it answered.
    pub server_time: ServerTime,
    /// The areas the person is granted at this moment; a phone asks for these from now on.
    pub granted: Vec<AreaCode>,
    /// One for each visit of the push, in its order.
    pub receipts: Vec<VisitReceipt>,
    /// Why changes of the push got no receipt that could have had one; pulling goes on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_taking: Option<NotTaking>,
    /// One for each granted area asked for.
    pub scopes: Vec<ScopePage>,
    /// Who is who among the people these pages speak of.
    pub people: BTreeMap<PersonId, String>,
    /// What became of the refused changes that the push asked about, as far as anything did.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub resolved: Vec<ResolvedChange>,
    /// So many of the push's remembered rows, from the first, need not be told again.
    #[serde(default)]
    pub heard: u32,
}

/// Why the server takes nothing in at the moment, or not all. What got no receipt stays on the phone and
/// comes again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NotTaking {
    /// Its disk is nearly full.
    DiskFull,
    /// It has too much to do.
    Overloaded,
    /// Of this device it keeps as much apart as it will: honest changes are taken, refused ones are not kept.
    QuarantineFull,
}

/// What became of the changes of one visit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct VisitReceipt {
    /// The visit.
    pub visit: VisitId,
    /// One for each change of the push, in its order.
    pub changes: Vec<ChangeReceipt>,
}

/// What became of one change. Only what a receipt calls accepted or duplicate was sent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ChangeReceipt {
    /// SHA-256 of the change's contents as the server computed it; for bytes that are no change, of the
    /// bytes themselves.
    pub hash: ChangeHash,
    /// What became of it.
    pub receipt: Receipt,
}

/// What became of a change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Receipt {
    /// Stored durably, now.
    Accepted,
    /// Stored durably, before.
    Duplicate,
    /// Not stored: it depends on changes the server doesn't have. Still unsent on the phone.
    Parked(Vec<ChangeHash>),
    /// Kept apart for a supervisor, with a stable code that says why.
    Quarantined(RefusalCode),
}

/// Why a change was refused; stable, and a key of the texts in both languages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RefusalCode {
    /// The bytes are no raw change: type, magic, length or checksum is off, or a number in it is absurd.
    MalformedChange,
    /// The change, or the record with it, exceeds a size limit.
    TooLarge,
    /// The genesis differs from the one the server knows for this visit, or doesn't derive its id.
    GenesisMismatch,
    /// The record's schema or checklist version is not known here.
    UnknownChecklist,
    /// The sequence number was used before by another change, or skips one.
    SequenceReused,
    /// The actor belongs to another device or person.
    ForeignActor,
    /// No grant of the person covers the visit's area now.
    NotGranted,
    /// The cooperative is not in the register, and the push doesn't say what it is.
    UnknownCooperative,
    /// A key or a value that the record's schema and checklist don't have.
    BadShape,
    /// Against a rule of the record, such as writing in another person's name.
    AgainstRules,
    /// Automerge could not merge it.
    Unmergeable,
    /// It builds on a change that was refused.
    DependsOnRefused,
}

/// A refused change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefusedChange {
    /// Its visit.
    pub visit: VisitId,
    /// Its name.
    pub change: ChangeHash,
}

/// What became of a refused change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResolvedChange {
    /// Its visit.
    pub visit: VisitId,
    /// Its name.
    pub change: ChangeHash,
    /// What became of it.
    pub resolution: Resolution,
    /// Why, as whoever dismissed it wrote; else empty.
    pub reason: String,
}

/// What can become of a refused change; never that it is deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Resolution {
    /// A supervisor let it into its record.
    Released,
    /// Its author issued its values again.
    Replaced,
    /// A supervisor decided that it stays out.
    Dismissed,
}

/// One page of what came after a cursor.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ScopePage {
    /// The area asked for.
    pub prefix: AreaCode,
    /// In log order.
    pub entries: Vec<Entry>,
    /// Where to go on from, once the entries are stored.
    pub cursor: Cursor,
    /// More is waiting after the cursor.
    pub more: bool,
    /// The phone's cursor is of another life of the store: it must compare again, so every visit it
    /// holds that the coming comparison does not confirm was lost by the server, and so were the rows that
    /// it was told after this position; 0 where the server can't tell how far the two logs agree.
    pub lost_after: Option<u64>,
    /// Without `more`: [`scope_digest`] over what the server holds, to find a silent divergence.
    pub digest: Option<u64>,
}

/// One entry of the log, as far as a phone needs it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Entry {
    /// A change somebody made.
    Change(PulledChange),
    /// A visit came into the area, or differs from what the phone's index says: everything of it.
    Enter(Box<Entered>),
    /// A visit left the area, or was never there. Unreceipted work stays.
    Leave(VisitId),
    /// A row of the register.
    Row(Row),
}

/// A change with who made it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PulledChange {
    /// The visit.
    pub visit: VisitId,
    /// Genesis, for a phone that meets the visit here for the first time.
    pub genesis: Genesis,
    /// The joining code.
    pub code: VisitCode,
    /// The raw change.
    #[serde(with = "serde_bytes")]
    pub change: Vec<u8>,
    /// The person to whom the server bound the change's actor.
    pub person: PersonId,
    /// When the server received it.
    pub received_at: ServerTime,
}

/// A visit as a whole.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Entered {
    /// The visit.
    pub visit: VisitId,
    /// Its genesis.
    pub genesis: Genesis,
    /// Its joining code.
    pub code: VisitCode,
    /// The saved Automerge document.
    #[serde(with = "serde_bytes")]
    pub snapshot: Vec<u8>,
    /// Who every actor in it is.
    pub actors: Vec<(Actor, PersonId)>,
    /// When the server first received a change of it that is the start of the visit.
    pub received_at: ServerTime,
}

/// A row of the register, pulled read-only.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    /// Which table: `areas`, `cooperatives`, `patrol_rules`, `reviews`.
    pub table: String,
    /// Its key there.
    pub key: String,
    /// The log position of this state.
    pub seq: u64,
    /// The row as JSON; none where it is gone from this area.
    pub value: Option<String>,
}

/// Eight bytes that stand for a record's heads: the start of SHA-256(visit id ‖ heads in ascending
/// order), big-endian.
pub fn heads_digest(visit: VisitId, heads: &[ChangeHash]) -> u64 {
    use sha2::Digest;
    let mut sorted = heads.to_vec();
    sorted.sort_unstable();
    let mut hasher = sha2::Sha256::new();
    hasher.update(visit.as_bytes());
    for head in &sorted {
        hasher.update(head.as_bytes());
    }
    let digest = hasher.finalize();
    u64::from_be_bytes(digest[..8].try_into().expect("BUG: SHA-256 has 32 bytes"))
}

/// One number for all records of an area: their [`heads_digest`]s, exclusive-ored.
pub fn scope_digest(digests: impl IntoIterator<Item = u64>) -> u64 {
    digests.into_iter().fold(0, |all, one| all ^ one)
}

/// A body that is not what it should be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadBody {
    /// Not CBOR of the expected shape.
    #[error("malformed body: {0}")]
    Malformed(String),
    /// A version of these words that this build doesn't know.
    #[error("unknown version {0}")]
    UnknownVersion(u32),
}

/// Only the version, which every version of these words starts with.
#[derive(Deserialize)]
struct Versioned {
    version: u32,
}

/// Encodes a body.
pub fn encode<T: Serialize>(body: &T) -> Vec<u8> {
    minicbor_serde::to_vec(body).expect("BUG: the words on the wire are encodable")
}

/// Decodes a body after looking at its version.
pub fn decode<'b, T: Deserialize<'b>>(bytes: &'b [u8]) -> Result<T, BadBody> {
    let malformed = |e: minicbor_serde::error::DecodeError| BadBody::Malformed(e.to_string());
    let versioned: Versioned = minicbor_serde::from_slice(bytes).map_err(malformed)?;
    if versioned.version != VERSION {
        return Err(BadBody::UnknownVersion(versioned.version));
    }
    minicbor_serde::from_slice(bytes).map_err(malformed)
}

/// Decodes an answer after looking at its version, as a phone does.
pub fn decode_reply(bytes: &[u8]) -> Result<Reply, BadBody> {
    let malformed = |e: tree::Misread| BadBody::Malformed(e.to_string());
    let versioned: Versioned = tree::from_cbor(bytes).map_err(malformed)?;
    if versioned.version != VERSION {
        return Err(BadBody::UnknownVersion(versioned.version));
    }
    tree::from_cbor(bytes).map_err(malformed)
}

/// The cooperative of a visit, wherever only the genesis is at hand.
impl VisitPush {
    /// The cooperative visited.
    pub fn cooperative(&self) -> CooperativeId {
        self.genesis.cooperative
    }
}
