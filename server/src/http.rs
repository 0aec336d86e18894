//! The door: parse, ask one function, answer. No rule and no SQL in here.
//!
//! | module | what it holds |
//! |---|---|
//! | [`caller`], [`cookies`] | who asks |
//! | [`input`] | bodies, parameters and path segments, parsed or refused |
//! | [`problem`] | the one table of error codes |
//! | [`security_headers`] | what every answer carries |
//! | [`web_app`] | the built web app |
//! | all others | one file for each noun of the API |

pub mod areas;
pub mod backups;
pub mod busy;
pub mod caller;
pub mod checklists;
pub mod cookies;
pub mod cooperatives;
pub mod coverage;
pub mod devices;
pub mod events;
pub mod evidence;
pub mod health;
pub mod input;
pub mod openapi;
pub mod problem;
pub mod quarantine;
pub mod remembered;
pub mod review_queue;
pub mod reviews;
pub mod security_headers;
pub mod sign_in;
pub mod sync;
pub mod uploads;
pub mod visits;
pub mod web_app;
