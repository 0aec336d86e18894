//! What becomes of every change of one visit's push, as the steps decide it.

use std::collections::{BTreeMap, BTreeSet};

use serde_bytes::ByteBuf;
use sync_core::domain::{ChangeHash, VisitId};
use sync_core::gate::Gated;
use sync_core::wire::{ChangeReceipt, Receipt, RefusalCode, VisitReceipt};

use crate::store::quarantine::Refused;

/// What became of a change. Without a word it was accepted: it came through every step.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Fate {
    Duplicate,
    Parked(Vec<ChangeHash>),
    Refused { code: RefusalCode, depends_on: Option<ChangeHash>, before: bool },
}

/// The fates of all changes of a push, by hash.
#[derive(Debug, Default)]
pub(super) struct Fates {
    pushed: Vec<ChangeHash>,
    decided: BTreeMap<ChangeHash, Fate>,
    /// Refused, and not kept either: these get no receipt.
    unkept: BTreeSet<ChangeHash>,
}

impl Fates {
    /// A change of the push, in its order.
    pub(super) fn pushed(&mut self, hash: ChangeHash) {
        self.pushed.push(hash);
    }

    /// It is here already.
    pub(super) fn duplicate(&mut self, hash: ChangeHash) {
        self.decided.insert(hash, Fate::Duplicate);
    }

    /// It depends on changes that are not here.
    pub(super) fn park(&mut self, hash: ChangeHash, missing: Vec<ChangeHash>) {
        self.decided.insert(hash, Fate::Parked(missing));
    }

    /// It is refused.
    pub(super) fn refuse(&mut self, hash: ChangeHash, code: RefusalCode) {
        self.decided.insert(hash, Fate::Refused { code, depends_on: None, before: false });
    }

    /// It was refused when it came before, and is kept already.
    pub(super) fn refused_before(&mut self, hash: ChangeHash, code: RefusalCode) {
        self.decided.insert(hash, Fate::Refused { code, depends_on: None, before: true });
    }

    /// It builds on a refused change.
    pub(super) fn refuse_with(&mut self, hash: ChangeHash, depends_on: ChangeHash) {
        let code = RefusalCode::DependsOnRefused;
        self.decided.insert(hash, Fate::Refused { code, depends_on: Some(depends_on), before: false });
    }

    /// All of them are refused.
    pub(super) fn refuse_all(&mut self, gated: &[Gated], code: RefusalCode) {
        for change in gated {
            self.refuse(change.hash(), code);
        }
    }

    /// Whether the change was refused in this push.
    pub(super) fn is_refused(&self, hash: ChangeHash) -> bool {
        matches!(self.decided.get(&hash), Some(Fate::Refused { .. }))
    }

    /// Takes changes one step further: those that `step` lets through, without those that build on one
    /// it refuses. They come in an order in which each is after those it depends on.
    pub(super) fn sift<In: AsRef<Gated>, Out>(
        &mut self,
        changes: impl IntoIterator<Item = In>,
        mut step: impl FnMut(In) -> Result<Out, RefusalCode>,
    ) -> Vec<Out> {
        let mut through = Vec::new();
        for change in changes {
            let hash = change.as_ref().hash();
            let refused = change.as_ref().deps().iter().copied().find(|dep| self.is_refused(*dep));
            match refused {
                Some(dep) => self.refuse_with(hash, dep),
                None => match step(change) {
                    Ok(next) => through.push(next),
                    Err(code) => self.refuse(hash, code),
                },
            }
        }
        through
    }

    /// What was refused now and must be kept, of the changes as they were pushed.
    pub(super) fn refused_now<'a>(&'a self, changes: &'a [ByteBuf]) -> impl Iterator<Item = Refused<'a>> {
        self.pushed.iter().zip(changes).filter_map(|(hash, bytes)| match self.decided.get(hash)? {
            Fate::Refused { code, depends_on, before: false } => {
                Some(Refused { hash: *hash, bytes, code: *code, depends_on: *depends_on })
            }
            _ => None,
        })
    }

    /// There was no room to keep them.
    pub(super) fn could_not_keep(&mut self, unkept: BTreeSet<ChangeHash>) {
        self.unkept = unkept;
    }

    /// The receipt: one word for every change of the push that it has a word for, in its order.
    pub(super) fn receipt(self, visit: VisitId) -> VisitReceipt {
        let receipt = |hash: &ChangeHash| match self.decided.get(hash) {
            None => Receipt::Accepted,
            Some(Fate::Duplicate) => Receipt::Duplicate,
            Some(Fate::Parked(missing)) => Receipt::Parked(missing.clone()),
            Some(Fate::Refused { code, .. }) => Receipt::Quarantined(*code),
        };
        let changes = self
            .pushed
            .iter()
            .filter(|hash| !self.unkept.contains(hash))
            .map(|hash| ChangeReceipt { hash: *hash, receipt: receipt(hash) });
        VisitReceipt { visit, changes: changes.collect() }
    }
}
