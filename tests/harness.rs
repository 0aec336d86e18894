//! What stories are told with: a small district with its server in this process, phones, desks, and
//! lines that lose things.
//!
//! | module | what it holds |
//! |---|---|
//! | [`district`] | two towns, their cooperatives and people, and the server over them |
//! | [`kept`] | what the web app keeps on a phone, in memory, over the same replica |
//! | [`phone`] | that, with somebody who holds it and a line |
//! | [`line`] | real HTTP on the loopback, and what a bad line does to it |
//! | [`desk`] | a browser at the office, as far as its requests go |
//! | [`uploads`] | photos and files on their way, over a connection that can be cut at any byte |
//! | [`pictures`] | photos that nobody took |
//!
//! Nothing waits and nothing is left to chance: the server's clock is set by hand, and every phone
//! draws from a seed.

pub mod desk;
pub mod district;
mod filling;
pub mod kept;
pub mod line;
pub mod phone;
pub mod pictures;
pub mod uploads;

pub use desk::Desk;
pub use district::District;
pub use kept::Kept;
pub use line::{Exchange, Fate, Trouble};
pub use phone::Phone;
pub use uploads::{PhoneFile, Uploader};
