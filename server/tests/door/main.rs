//! The server's door from the outside: requests go in, answers come out; no network.

mod access;
mod events;
mod field;
mod harness;
mod lists;
mod quarantine;
mod records;
mod sign_in;
mod sync;
mod web_app;
