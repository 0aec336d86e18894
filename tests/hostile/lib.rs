//! Changes that no client of ours writes, nearly all with a checksum that fits: what the way in must
//! refuse before Automerge is given it.
//!
//! | item | what it is |
//! |---|---|
//! | [`honest`] | a record at work, and the honest changes that may come next |
//! | [`Change`] | a raw change taken apart, and put together again with its checksum |
//! | [`attacks`] | what brought Automerge 0.12 down, each by its name |
//! | [`seeds`] | what fuzzing starts from, as it lies in `tests/fuzz/corpus` |
//! | [`tampered`] | an honest change altered by chance, where altering it means something |

mod attacks;
mod change;
mod honest;
mod seeds;
mod tampering;

pub use attacks::{Attack, Step, attacks, orphans};
pub use change::{Change, number, seal, signed, with_fitting_checksum};
pub use honest::{Honest, honest};
pub use seeds::seeds;
pub use tampering::{claims_more_than, tampered};
