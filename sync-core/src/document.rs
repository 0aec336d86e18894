//! The inspection record as an Automerge document. This module and its children are the only place
//! that knows Automerge; everybody else sees plain values and bytes.

mod genesis;
mod inspection;

pub use genesis::{Genesis, SCHEMA_VERSION};
pub use inspection::{
    Author, Authors, Entry, Field, Finding, Fix, Inspection, Missing, Presence, Submission, Withdrawal,
};
