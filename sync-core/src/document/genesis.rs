//! The first change of every record: a pure function of what the record is of, so that two phones
//! without a network start from identical bytes.

use automerge::transaction::{CommitOptions, Transactable};
use automerge::{ActorId, Automerge, ObjType, ROOT, TextEncoding};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::schema::{self, Container};
use crate::domain::checklist::built_in;
use crate::domain::{Checklist, ChecklistRef, CooperativeId, VisitId};

/// The schema of the records this build makes.
pub const SCHEMA_VERSION: u32 = 1;

/// What a record is of. Its first change derives from these four values and nothing else.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Genesis {
    /// The schema of the document, see [`SCHEMA_VERSION`].
    pub schema: u32,
    /// The visit.
    pub visit: VisitId,
    /// The cooperative visited.
    pub cooperative: CooperativeId,
    /// The checklist the record was made with.
    pub checklist: ChecklistRef,
}

impl Genesis {
    /// The checklist the record pins, where this build knows it and the record's schema.
    pub fn checklist(&self) -> Option<&'static Checklist> {
        (self.schema == SCHEMA_VERSION).then(|| built_in(&self.checklist)).flatten()
    }

    /// The actor of the first change: nobody's, derived from what the change says.
    pub(super) fn actor(&self) -> ActorId {
        let mut hasher = Sha256::new();
        hasher.update(b"xunfang genesis");
        hasher.update(self.schema.to_be_bytes());
        hasher.update(self.visit.as_bytes());
        hasher.update(self.cooperative.as_bytes());
        hasher.update(self.checklist.to_string().as_bytes());
        ActorId::from(&hasher.finalize()[..16])
    }

    /// The document that holds the first change and nothing else.
    pub(super) fn document(&self) -> Automerge {
        let mut document = empty().with_actor(self.actor());
        let mut change = document.transaction();
        let put = "BUG: a fresh document takes every key";
        change.put(ROOT, schema::SCHEMA, i64::from(self.schema)).expect(put);
        change.put(ROOT, schema::VISIT, self.visit.to_string()).expect(put);
        change.put(ROOT, schema::COOPERATIVE, self.cooperative.to_string()).expect(put);
        change.put(ROOT, schema::CHECKLIST, self.checklist.to_string()).expect(put);
        for container in Container::ALL {
            change.put_object(ROOT, container.key(), ObjType::Map).expect(put);
        }
        change.put_object(ROOT, schema::SUMMARY, ObjType::Text).expect(put);
        change.commit_with(CommitOptions::default().with_time(0));
        document
    }
}

/// A document without changes. How text is counted is said here and nowhere else, because it would
/// otherwise follow the platform.
pub(super) fn empty() -> Automerge {
    Automerge::new_with_encoding(TextEncoding::UnicodeCodePoint)
}
