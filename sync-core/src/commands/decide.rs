//! Deciding: commands on what the author sees → edits, or a refusal.
//!
//! A phone decides before a change exists; the server decides the same commands again on the author's
//! view when the change arrives.

use super::{Answer, Command, Context, FieldRef, Part, Refusal};
use crate::document::{Container, Edit, Field, Inspection, Scalar, finding, fix, scalar_of, severity_key};
use crate::domain::{ChangeHash, Checklist, Item, ItemKind, PersonId};

/// A note has at most this many characters.
pub const NOTE_CHARS_MAX: usize = 2_000;
/// The summary has at most this many characters.
pub const SUMMARY_CHARS_MAX: usize = 8_000;
/// A finding's text has at most this many characters.
pub const FINDING_CHARS_MAX: usize = 1_000;
/// A name or a short reason has at most this many characters.
pub const SHORT_CHARS_MAX: usize = 200;

/// What a decision needs to see. Reading a whole record is dear, and most decisions ask only who is
/// there.
pub trait View {
    /// Whether the person is among those present.
    fn is_present(&self, person: PersonId) -> bool;
    /// Whether anybody withdrew the visit.
    fn is_withdrawn(&self) -> bool;
    /// The whole record.
    fn inspection(&self) -> &Inspection;
}

impl View for Inspection {
    fn is_present(&self, person: PersonId) -> bool {
        self.present.iter().any(|presence| presence.person == person)
    }

    fn is_withdrawn(&self) -> bool {
        !self.withdrawals.is_empty()
    }

    fn inspection(&self) -> &Inspection {
        self
    }
}

/// Decides commands that are to become one change.
///
/// # Errors
/// The first refusal; then nothing is to be written.
pub fn decide(view: &impl View, context: &Context<'_>, commands: &[Command]) -> Result<Vec<Edit>, Refusal> {
    if !(0..1 << 53).contains(&context.now.0) {
        return Err(Refusal::ClockOutOfRange);
    }
    if context.part == Part::Field {
        if !commands.contains(&Command::Join) && !view.is_present(context.person) {
            return Err(Refusal::NotPresent);
        }
        if view.is_withdrawn() {
            return Err(Refusal::Withdrawn);
        }
    }
    commands.iter().map(|command| decide_one(view, context, command)).collect()
}

fn decide_one(view: &impl View, context: &Context<'_>, command: &Command) -> Result<Edit, Refusal> {
    if context.part == Part::Desk {
        return pick_at_desk(view.inspection(), context.checklist, command);
    }
    let put = |container, key: String, value| Ok(Edit::Put { container, key, value });
    let myself = context.person.to_string();
    let now = Scalar::Int(context.now.0);
    match command {
        Command::Join => put(Container::Present, myself, now),
        Command::Answer { item, value } => answer(context.checklist, item, value),
        Command::Clear { item } => {
            known(context.checklist, item)?;
            put(Container::Answers, item.clone(), Scalar::Null)
        }
        Command::Confirm { item, review } => {
            if view.inspection().answer(item).is_none() {
                return Err(Refusal::NothingToConfirm);
            }
            put(Container::Confirmations, format!("{item}/{myself}/{review}"), now)
        }
        Command::Note { item, text } => note(context.checklist, item, text),
        Command::Summary { text } => {
            at_most(text, SUMMARY_CHARS_MAX)?;
            Ok(Edit::Summary(text.clone()))
        }
        Command::AddFinding { finding: id, item, text, severity, due, responsible } => {
            if let Some(item) = item {
                known(context.checklist, item)?;
            }
            written(text, FINDING_CHARS_MAX)?;
            at_most(responsible, SHORT_CHARS_MAX)?;
            if view.inspection().findings.contains_key(id) {
                return Err(Refusal::IdTaken);
            }
            let text_or_null = |text: Option<String>| text.map_or(Scalar::Null, Scalar::Text);
            Ok(Edit::Make {
                container: Container::Findings,
                key: id.to_string(),
                fields: vec![
                    (finding::ITEM, text_or_null(item.clone())),
                    (finding::TEXT, Scalar::Text(text.clone())),
                    (finding::SEVERITY, Scalar::Text(severity_key(*severity).to_owned())),
                    (finding::DUE, text_or_null(due.map(|day| day.to_string()))),
                    (finding::RESPONSIBLE, Scalar::Text(responsible.clone())),
                    (finding::WITHDRAWN, Scalar::Bool(false)),
                ],
            })
        }
        Command::WithdrawFinding { finding: id } => {
            if view.inspection().findings.get(id).is_none_or(|found| found.withdrawn) {
                return Err(Refusal::UnknownFinding);
            }
            Ok(Edit::PutIn {
                container: Container::Findings,
                key: id.to_string(),
                field: finding::WITHDRAWN,
                value: Scalar::Bool(true),
            })
        }
        Command::Fix { fix: id, position } => {
            if view.inspection().fixes.contains_key(id) {
                return Err(Refusal::IdTaken);
            }
            if !position.is_on_earth() {
                return Err(Refusal::BadValue);
            }
            Ok(Edit::Make {
                container: Container::Positions,
                key: id.to_string(),
                fields: vec![
                    (fix::LATITUDE_E7, Scalar::Int(position.latitude_e7.into())),
                    (fix::LONGITUDE_E7, Scalar::Int(position.longitude_e7.into())),
                    (fix::ACCURACY_M, Scalar::Int(position.accuracy_m.into())),
                ],
            })
        }
        Command::Pick { field, chosen } => pick(view.inspection(), context.checklist, field, *chosen),
        Command::Submit => {
            if !view.inspection().missing(context.checklist).is_empty() {
                return Err(Refusal::Incomplete);
            }
            put(Container::Submissions, myself, now)
        }
        Command::Withdraw { reason } => {
            written(reason, SHORT_CHARS_MAX)?;
            put(Container::Withdrawals, myself, Scalar::Text(reason.clone()))
        }
    }
}

fn known<'c>(checklist: &'c Checklist, item: &str) -> Result<&'c Item, Refusal> {
    checklist.item(item).ok_or(Refusal::UnknownItem)
}

fn at_most(text: &str, chars_max: usize) -> Result<(), Refusal> {
    if text.chars().count() <= chars_max { Ok(()) } else { Err(Refusal::TooLong) }
}

fn written(text: &str, chars_max: usize) -> Result<(), Refusal> {
    if text.trim().is_empty() { Err(Refusal::BadValue) } else { at_most(text, chars_max) }
}

fn answer(checklist: &Checklist, item: &str, value: &Answer) -> Result<Edit, Refusal> {
    if !known(checklist, item)?.accepts(value) {
        return Err(Refusal::BadValue);
    }
    Ok(Edit::Put { container: Container::Answers, key: item.to_owned(), value: scalar_of(value) })
}

fn note(checklist: &Checklist, item: &str, text: &str) -> Result<Edit, Refusal> {
    if known(checklist, item)?.kind == ItemKind::Summary {
        return Err(Refusal::UnknownItem);
    }
    at_most(text, NOTE_CHARS_MAX)?;
    let value = if text.is_empty() { Scalar::Null } else { Scalar::Text(text.to_owned()) };
    Ok(Edit::Put { container: Container::Notes, key: item.to_owned(), value })
}

fn pick(
    inspection: &Inspection,
    checklist: &Checklist,
    field: &FieldRef,
    chosen: ChangeHash,
) -> Result<Edit, Refusal> {
    match field {
        FieldRef::Answer(item) => match chosen_value(inspection.answers.get(item), chosen)? {
            Some(value) => answer(checklist, item, value),
            None => Ok(Edit::Put { container: Container::Answers, key: item.clone(), value: Scalar::Null }),
        },
        FieldRef::Note(item) => {
            let text = chosen_value(inspection.notes.get(item), chosen)?;
            note(checklist, item, text.map_or("", String::as_str))
        }
    }
}

fn chosen_value<T: PartialEq>(field: Option<&Field<T>>, chosen: ChangeHash) -> Result<Option<&T>, Refusal> {
    let field = field.filter(|field| field.is_conflict()).ok_or(Refusal::NoConflict)?;
    let entry = field.entries().iter().find(|entry| entry.change == chosen);
    entry.map(|entry| entry.value.as_ref()).ok_or(Refusal::NoConflict)
}

/// At the desk nothing is written but one of the values that stand against each other, be it named by
/// its change (as the supervisor does) or written out (as the change then reads).
fn pick_at_desk(inspection: &Inspection, checklist: &Checklist, command: &Command) -> Result<Edit, Refusal> {
    let (field, chosen) = match command {
        Command::Pick { field, chosen } => (field.clone(), *chosen),
        Command::Answer { item, value } => {
            (FieldRef::Answer(item.clone()), change_of(inspection.answers.get(item), Some(value))?)
        }
        Command::Clear { item } => {
            (FieldRef::Answer(item.clone()), change_of(inspection.answers.get(item), None)?)
        }
        Command::Note { item, text } => {
            let text = (!text.is_empty()).then_some(text);
            (FieldRef::Note(item.clone()), change_of(inspection.notes.get(item), text)?)
        }
        _ => return Err(Refusal::NotAtDesk),
    };
    pick(inspection, checklist, &field, chosen)
}

/// The change that wrote this value of a conflict.
fn change_of<T: PartialEq>(field: Option<&Field<T>>, value: Option<&T>) -> Result<ChangeHash, Refusal> {
    let entries = field.map(Field::entries).unwrap_or_default();
    let entry = entries.iter().find(|entry| entry.value.as_ref() == value);
    entry.map(|entry| entry.change).ok_or(Refusal::NoConflict)
}
