//! The server's door from the outside: requests go in, answers come out; no network.

mod access;
mod harness;
mod sign_in;
