//! Judging a change from outside: it must be exactly what its author's commands would have written,
//! decided on what the author saw.
//!
//! The author's view is the state at the change's dependencies, so the order in which changes arrive
//! says nothing.

use std::cell::OnceCell;

use automerge::{ROOT, ReadDoc};

use super::edit::Edit;
use super::inspection::{Authors, Inspection};
use super::record::Record;
use super::schema::Container;
use crate::commands::{Context, Part, View, decide};
use crate::domain::{ChangeHash, PersonId, PhoneTime};
use crate::wire::RefusalCode;

/// Judges a change that was merged into a copy of its record, as written by `person`.
///
/// # Errors
/// [`RefusalCode::BadShape`] where no commands make such a change, [`RefusalCode::AgainstRules`] where
/// they would have been refused.
pub fn judge(copy: &Record, change: ChangeHash, person: PersonId, part: Part) -> Result<(), RefusalCode> {
    let facts = copy.facts();
    let facts = facts.get(&change).ok_or(RefusalCode::BadShape)?;
    let edits = copy.edits_in(change).ok_or(RefusalCode::BadShape)?;
    let commands = copy.commands_in(change).ok_or(RefusalCode::BadShape)?;
    let view = AuthorsView {
        record: copy,
        heads: facts.deps.iter().map(|dep| automerge::ChangeHash(dep.0)).collect(),
        deps: &facts.deps,
        inspection: OnceCell::new(),
    };
    let now = written_time(&edits).unwrap_or(facts.at);
    let context = Context { person, now, checklist: copy.checklist(), part };
    let decided = decide(&view, &context, &commands).map_err(|_| RefusalCode::AgainstRules)?;
    if decided == edits { Ok(()) } else { Err(RefusalCode::BadShape) }
}

/// Where a change writes down its author's clock to the millisecond, that; a change's own time has
/// whole seconds.
fn written_time(edits: &[Edit]) -> Option<PhoneTime> {
    edits.iter().find_map(|edit| match edit {
        Edit::Put {
            container: Container::Present | Container::Submissions | Container::Confirmations,
            value: super::schema::Scalar::Int(ms),
            ..
        } => Some(PhoneTime(*ms)),
        _ => None,
    })
}

/// What an author saw, read only as far as a decision asks.
struct AuthorsView<'a> {
    record: &'a Record,
    heads: Vec<automerge::ChangeHash>,
    deps: &'a [ChangeHash],
    inspection: OnceCell<Inspection>,
}

impl AuthorsView<'_> {
    fn keys(&self, container: Container) -> Vec<String> {
        let document = &self.record.document;
        match document.get_at(ROOT, container.key(), &self.heads) {
            Ok(Some((_, map))) => document.keys_at(map, &self.heads).collect(),
            _ => Vec::new(),
        }
    }
}

impl View for AuthorsView<'_> {
    fn is_present(&self, person: PersonId) -> bool {
        self.keys(Container::Present).contains(&person.to_string())
    }

    fn is_withdrawn(&self) -> bool {
        !self.keys(Container::Withdrawals).is_empty()
    }

    fn inspection(&self) -> &Inspection {
        self.inspection.get_or_init(|| {
            let read = self.record.inspection_at(self.deps, &Authors::new());
            read.expect("BUG: a merged change's dependencies are in the record")
        })
    }
}
