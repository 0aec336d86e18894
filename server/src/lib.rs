//! Takes what phones send, judges it, keeps it, and answers questions.
//!
//! | module | what it holds |
//! |---|---|
//! | [`cli`], [`serve`] | start: the command line, listening, stopping |
//! | [`http`] | the door: parse, ask one function, answer |
//! | [`routes`] | every address beside its row of the access matrix |
//! | [`reviews`] | what a supervisor may decide |
//! | [`quarantine`] | what may be decided about refused changes |
//! | [`queries`] | one question, one file |
//! | [`people`] | who people are, how they prove it, what they may do where |
//! | [`store`] | the database: one writer, readers, migrations, the change log; what is kept, by table |
//! | [`backup`] | copies of the store: made, kept for a time, put back |
//! | [`data_folder`] | the folder that all of this lies in |
//! | [`evidence`] | photos and files: taken in, looked at, kept by their hash |
//! | [`exchange`] | one round trip of a phone: what it pushes is taken, what it missed is read |
//! | [`ingest`] | the way in of every change, step by step |
//! | [`pull`] | the way out: pages of the log, and comparing |
//! | [`read_tables`] | what is derived from records and reviews, for lists and figures; rebuilt at will |
//! | [`remembered`] | what phones tell of a log that was lost |
//! | [`sample`] | the sample district, through the same commands and ingest as a phone |
//! | [`clock`], [`chance`] | the only places that ask what time it is and draw random bytes |
//! | [`disk`] | how much room is left for data |
//! | [`app`] | what every request may use |

pub mod app;
pub mod backup;
pub mod chance;
pub mod cli;
pub mod clock;
mod crowd;
pub mod data_folder;
pub mod disk;
pub mod evidence;
pub mod exchange;
pub mod http;
pub mod ingest;
pub mod people;
pub mod pull;
pub mod quarantine;
pub mod queries;
pub mod read_tables;
pub mod remembered;
pub mod reviews;
pub mod routes;
pub mod sample;
pub mod serve;
#[cfg(test)]
mod small_district;
pub mod store;
