//! The first change of every record: a pure function of what the record is of, so that two phones
//! without a network start from identical bytes.

use serde::{Deserialize, Serialize};

use crate::domain::{ChecklistRef, CooperativeId, VisitId};

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
