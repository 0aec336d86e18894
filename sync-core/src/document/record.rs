//! One record as a document: loading, saving, merging, and what its changes are.

use std::collections::BTreeMap;

use automerge::{ActorId, Automerge, Change, LoadOptions, ReadDoc, TextEncoding};
use serde::{Deserialize, Serialize};

use super::genesis::Genesis;
use crate::domain::{Actor, ChangeHash, Checklist, PhoneTime};

/// Bytes or changes that don't make a record. Nothing was changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Broken {
    /// The schema or the checklist is not known to this build.
    #[error("the record's schema or checklist is not known")]
    UnknownChecklist,
    /// The bytes don't load, or what they hold doesn't start with the genesis expected.
    #[error("the bytes are not this record: {0}")]
    Unloadable(String),
    /// A change depends on changes that are not there.
    #[error("changes are missing that others depend on")]
    MissingDependencies(Vec<ChangeHash>),
}

/// What a change says about itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangeFacts {
    /// Its name.
    pub hash: ChangeHash,
    /// Who wrote it.
    pub actor: Actor,
    /// Its number among the actor's changes of this record, from 1.
    pub seq: u64,
    /// The number of its first operation; one above the highest of its dependencies.
    pub start_op: u64,
    /// The number of its last operation.
    pub max_op: u64,
    /// When, by the author's phone (whole seconds).
    pub at: PhoneTime,
    /// The changes it was written upon.
    pub deps: Vec<ChangeHash>,
}

/// An inspection record.
#[derive(Debug, Clone)]
pub struct Record {
    pub(super) document: Automerge,
    pub(super) checklist: &'static Checklist,
    genesis: Genesis,
    genesis_hash: ChangeHash,
}

impl Record {
    /// The record in which nothing was written yet.
    pub fn genesis(genesis: &Genesis) -> Result<Self, Broken> {
        let checklist = genesis.checklist().ok_or(Broken::UnknownChecklist)?;
        let document = genesis.document();
        let genesis_hash = ChangeHash(document.get_heads()[0].0);
        Ok(Self { document, checklist, genesis: genesis.clone(), genesis_hash })
    }

    /// Loads a saved record and checks that it starts with the genesis expected.
    pub fn load(bytes: &[u8], genesis: &Genesis) -> Result<Self, Broken> {
        Self::genesis(genesis)?.reload(bytes)
    }

    /// Loads another state of this record, and checks that it starts with the same genesis.
    pub fn reload(&self, bytes: &[u8]) -> Result<Self, Broken> {
        let options = LoadOptions::new().text_encoding(TextEncoding::UnicodeCodePoint);
        let document = Automerge::load_with_options(bytes, options)
            .map_err(|error| Broken::Unloadable(error.to_string()))?;
        let Self { checklist, genesis_hash, .. } = *self;
        let record = Self { document, checklist, genesis: self.genesis.clone(), genesis_hash };
        if record.contains(record.genesis_hash) {
            Ok(record)
        } else {
            Err(Broken::Unloadable("it starts with another genesis".to_owned()))
        }
    }

    /// The whole record as bytes that every Automerge client can load.
    pub fn save(&self) -> Vec<u8> {
        self.document.save()
    }

    /// The same, not compressed. What a phone keeps is saved so, because the compressor would be 11,000
    /// bytes of its first load (`docs/decisions/std-built-for-size.md`).
    pub fn save_uncompressed(&self) -> Vec<u8> {
        self.document.save_nocompress()
    }

    /// What the record is of.
    pub const fn of(&self) -> &Genesis {
        &self.genesis
    }

    /// The checklist the record pins.
    pub const fn checklist(&self) -> &'static Checklist {
        self.checklist
    }

    /// The newest changes, ascending: together they name the record's state.
    pub fn heads(&self) -> Vec<ChangeHash> {
        self.document.get_heads().iter().map(|hash| ChangeHash(hash.0)).collect()
    }

    /// Whether the record holds this change.
    pub fn contains(&self, hash: ChangeHash) -> bool {
        self.document.get_change_meta_by_hash(&automerge::ChangeHash(hash.0)).is_some()
    }

    /// The changes among these that the record doesn't hold.
    pub fn missing(&self, hashes: &[ChangeHash]) -> Vec<ChangeHash> {
        hashes.iter().copied().filter(|hash| !self.contains(*hash)).collect()
    }

    /// Merges changes; those that the record holds already are passed over. Where one can't be merged,
    /// the record is spoilt and only good to be dropped: so nothing is copied where all goes well.
    pub fn apply<B: AsRef<[u8]>>(&mut self, changes: &[B]) -> Result<(), Broken> {
        let changes = changes
            .iter()
            .map(|bytes| Change::try_from(bytes.as_ref()))
            .collect::<Result<Vec<_>, _>>()
            .map_err(|error| Broken::Unloadable(error.to_string()))?;
        self.document.apply_changes(changes).map_err(|error| Broken::Unloadable(error.to_string()))?;
        let missing = self.document.get_missing_deps(&[]);
        if !missing.is_empty() {
            return Err(Broken::MissingDependencies(missing.iter().map(|h| ChangeHash(h.0)).collect()));
        }
        Ok(())
    }

    /// Every change but the genesis, in an order in which each comes after those it depends on, with
    /// its raw bytes.
    pub fn changes(&self) -> Vec<(ChangeFacts, Vec<u8>)> {
        self.changes_since(&[self.genesis_hash])
    }

    /// The changes that came after these heads, as [`Record::changes`] gives them.
    pub fn changes_since(&self, heads: &[ChangeHash]) -> Vec<(ChangeFacts, Vec<u8>)> {
        let heads: Vec<_> = heads.iter().map(|hash| automerge::ChangeHash(hash.0)).collect();
        let facts =
            |change: &Change| facts_of_change(change).expect("BUG: a held change has an actor of 16 bytes");
        self.document
            .get_changes(&heads)
            .iter()
            .filter(|change| change.hash().0 != self.genesis_hash.0)
            .map(|change| (facts(change), change.raw_bytes().to_vec()))
            .collect()
    }

    /// The record as it would be without these changes, and without what builds on them.
    ///
    /// # Errors
    /// Never for a record that was loaded; its own changes merge.
    pub fn without(&self, gone: &[ChangeHash]) -> Result<Self, Broken> {
        let mut gone = gone.to_vec();
        let mut left = Vec::new();
        for (facts, bytes) in self.changes() {
            if gone.contains(&facts.hash) || facts.deps.iter().any(|dep| gone.contains(dep)) {
                gone.push(facts.hash);
            } else {
                left.push(bytes);
            }
        }
        let mut record = Self::genesis(&self.genesis)?;
        record.apply(&left)?;
        Ok(record)
    }

    /// What each change says about itself, genesis included.
    pub(super) fn facts(&self) -> BTreeMap<ChangeHash, ChangeFacts> {
        self.document
            .get_changes_meta(&[])
            .into_iter()
            .filter_map(|meta| {
                let facts = ChangeFacts {
                    hash: ChangeHash(meta.hash.0),
                    actor: actor_of(&meta.actor)?,
                    seq: meta.seq,
                    start_op: meta.start_op,
                    max_op: meta.max_op,
                    at: PhoneTime::from_seconds(meta.timestamp),
                    deps: meta.deps.iter().map(|hash| ChangeHash(hash.0)).collect(),
                };
                Some((facts.hash, facts))
            })
            .collect()
    }

    /// The number that the actor's next change of this record has.
    pub fn next_seq(&self, actor: Actor) -> u64 {
        let own = self.facts().into_values().filter(|facts| facts.actor == actor);
        own.map(|facts| facts.seq).max().unwrap_or(0) + 1
    }

    /// The highest operation number among these changes; 0 where the record holds none of them.
    pub fn max_op_of(&self, hashes: &[ChangeHash]) -> u64 {
        let facts = self.facts();
        hashes.iter().filter_map(|hash| facts.get(hash)).map(|facts| facts.max_op).max().unwrap_or(0)
    }
}

/// What a change's bytes say about it; none where they are no change that a record can hold.
pub fn facts_of(bytes: &[u8]) -> Option<ChangeFacts> {
    facts_of_change(&Change::try_from(bytes).ok()?)
}

fn facts_of_change(change: &Change) -> Option<ChangeFacts> {
    Some(ChangeFacts {
        hash: ChangeHash(change.hash().0),
        actor: actor_of(change.actor_id())?,
        seq: change.seq(),
        start_op: change.start_op().get(),
        max_op: change.max_op(),
        at: PhoneTime::from_seconds(change.timestamp()),
        deps: change.deps().iter().map(|hash| ChangeHash(hash.0)).collect(),
    })
}

pub(super) fn actor_of(actor: &ActorId) -> Option<Actor> {
    Actor::try_from(actor.to_bytes()).ok()
}
