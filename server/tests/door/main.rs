//! The server's door from the outside: requests go in, answers come out; no network.

mod access;
mod field;
mod harness;
mod records;
mod sign_in;
