//! Questions, one file each: what somebody wants to know, as one read of one moment. Answers are plain
//! values that are written as JSON as they are.

pub mod areas;
pub mod cooperatives;
pub mod coverage;
pub mod not_heard_from;
pub mod quarantine;
pub mod record;
pub mod remembered;
pub mod review_queue;
mod visit_row;

pub use visit_row::VisitRow;
