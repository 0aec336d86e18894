//! What an inspection record is, and what may happen to it: the same on a phone and on the server.
//!
//! | module | what it holds |
//! |---|---|
//! | [`domain`] | the nouns, each parsed once |
//! | [`commands`] | what a person may do to a record, decided before a change exists |
//! | [`document`] | the record as an Automerge document; the only home of Automerge |
//! | [`gate`] | bytes from outside → a change we dare apply |
//! | [`replica`] | one phone's records: base, mine, outbox, rebuild after a refusal |
//! | [`wire`] | the words of `/api/v1/sync` |
//! | [`tree`] | reading what a phone reads: JSON and CBOR by one piece of code |
//! | [`review`] | where a record stands between its authors and its supervisor |
//! | [`coverage`] | which visits count, what is due, what a rate is made of |
//! | [`findings`] | what became of each finding, from visit to visit |
//! | `wasm` | the door for the web app; the only home of wasm-bindgen |
//!
//! Nothing here reads a clock, draws a random number or touches a disk or a network: time, chance and
//! identity are arguments.

pub mod commands;
pub mod coverage;
pub mod document;
pub mod domain;
pub mod findings;
pub mod gate;
pub mod replica;
pub mod review;
pub mod tree;
#[cfg(target_arch = "wasm32")]
pub mod wasm;
pub mod wire;
