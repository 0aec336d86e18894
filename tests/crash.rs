//! What a server that is cut off at any moment must still hold, and the work during which it is cut off.
//!
//! | module | what it holds |
//! |---|---|
//! | [`coordinator`] | somebody who visits, writes and sends, all of it drawn from a seed |
//! | [`promised`] | what receipts promised, and whether a store keeps it |

pub mod coordinator;
pub mod promised;

pub use coordinator::Coordinator;
pub use promised::{Found, Promised};
