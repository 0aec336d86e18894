//! What shows that nothing is lost and nothing let in.
//!
//! | module | what it holds |
//! |---|---|
//! | [`harness`] | a small district with its server, phones, desks, bad lines: what stories are told with |
//! | [`simulation`] | phones and the server in virtual time, from a seed |
//! | [`kill`] | the real server, killed during uploads |
//! | [`power_loss`] | the server's store after the power failed at any moment |
//! | [`inputs`] | hostile changes through the whole way in |
//! | [`crash`] | the work during which a server is cut off, and what must hold after it |
//! | [`claim`] | what a run comes to, as `cargo xtask verify-claims` puts it into its table |

pub mod claim;
pub mod crash;
pub mod harness;
pub mod inputs;
pub mod kill;
pub mod power_loss;
pub mod simulation;

pub use harness::{
    Desk, District, Exchange, Fate, Phone, PhoneFile, Trouble, Uploader, district, line, pictures, uploads,
};
