//! The simulation: phones and the server in one process, in virtual time, from one seed. Everything that
//! can go wrong between them does, and in the end nothing that an honest person saved may be gone.
//!
//! | module | what it holds |
//! |---|---|
//! | `chance` | every choice, drawn from the seed |
//! | `run` | one run from one seed: what it keeps to, and what it came to |
//! | `world` | the district, what happens next in it, how it comes to rest and is looked at |
//! | `phone`, `work` | phones, and what people do on them |
//! | `line` | what becomes of requests and answers under way |
//! | `hostile` | phones that send what no app would |
//! | `desk` | supervisors deciding and settling |
//! | `office` | the real store, its copies, and what the office knows beside it |
//! | `ledger` | what every honest person saved, and where it is |
//! | `checks` | what must be true, by the tables alone |
//! | `claims` | many seeds, and the controls |

mod chance;
mod checks;
mod claims;
mod desk;
mod hostile;
mod ledger;
mod line;
mod office;
mod phone;
mod run;
mod work;
mod world;

pub use checks::Wrong;
pub use claims::{Options, claims};
pub use ledger::Reason;
pub use line::Weather;
pub use run::{Run, Safeguards, Size, run};
