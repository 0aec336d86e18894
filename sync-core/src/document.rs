//! The inspection record as an Automerge document. This module and its children are the only place
//! that knows Automerge; everybody else sees plain values and bytes.

mod difference;
mod edit;
mod genesis;
mod history;
mod inspection;
mod judge;
mod read;
mod record;
mod refused;
mod schema;
mod shape;

pub use difference::{FieldChange, difference};
pub use edit::Edit;
pub use genesis::{Genesis, SCHEMA_VERSION};
pub use history::HistoryEntry;
pub(crate) use inspection::items;
pub use inspection::{
    Author, Authors, Entry, Evidence, Field, Finding, Fix, Inspection, Missing, Presence, Submission,
    Withdrawal,
};
pub use judge::judge;
pub use record::{Broken, ChangeFacts, Record, facts_of};
pub use schema::{Container, Scalar};
pub(crate) use schema::{
    WITHDRAWN, evidence, file_fields, finding, fix, fix_source_key, notes, rectification_key, scalar_of,
    severity_key,
};
pub use shape::is_well_shaped;
