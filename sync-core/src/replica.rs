//! One phone's records between thumb and server: what the server holds (*base*), what this phone wrote
//! (*mine*), what is to be sent, and what to do with the answer. Nothing here stores or sends: bytes and
//! events come in, bytes and effects go out, and whoever holds the store performs them in one
//! transaction.
//!
//! | station | what happens |
//! |---|---|
//! | [`open::OpenRecord`] | a record being worked on: commands → changes in *mine* |
//! | [`outbox::push`] | *mine* without a receipt, and the cursors → [`crate::wire::Push`] |
//! | [`answer::take`] | [`crate::wire::Reply`] → records to store, rows, cursors |
//! | [`rebuild`] | after a refusal: what nobody refused is issued again on *base* |
//! | [`summary`] | a record in one line, and as a screen |

pub mod answer;
pub mod open;
pub mod outbox;
mod rebuild;
pub mod stored;
pub mod summary;

pub use answer::{Outcome, take, visits_in};
pub use open::{NewVisit, OpenRecord};
pub use outbox::{push, tell};
pub use stored::{Attention, Mine, ScopeState, Sent, State, StoredRecord};
pub use summary::{RecordSummary, RecordView};
