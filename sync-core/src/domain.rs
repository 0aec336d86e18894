//! The nouns of the domain, each made only by parsing.

pub mod area;
pub mod checklist;
pub mod cooperative;
pub mod credit_code;
pub mod evidence;
pub mod id;
pub mod place;
pub mod register_field;
pub mod time;

pub use area::AreaCode;
pub use checklist::{Checklist, ChecklistRef, Item, ItemId, ItemKind, Section};
pub use cooperative::{Cooperative, OperatingStatus, TitleLevel};
pub use credit_code::{BadCreditCode, CreditCode};
pub use id::{
    Actor, ChangeHash, CooperativeId, DeviceId, Entropy, EvidenceId, FileHash, FindingId, FixId, PersonId,
    VisitCode, VisitId,
};
pub use place::{FixSource, Position};
pub use register_field::RegisterField;
pub use time::{Day, PhoneTime, ServerTime};
