//! Takes what phones send, judges it, keeps it, and answers questions.
//!
//! | module | what it holds |
//! |---|---|
//! | [`store`] | the database: one writer, readers, migrations, the change log; what is kept, by table |
//! | [`clock`], [`chance`] | the only places that ask what time it is and draw random bytes |
//! | [`app`] | what every request may use |

pub mod app;
pub mod chance;
pub mod clock;
pub mod store;
