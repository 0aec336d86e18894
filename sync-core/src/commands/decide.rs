//! Deciding: commands on what the author sees → edits, or a refusal.
//!
//! A phone decides before a change exists; the server decides the same commands again on the author's
//! view when the change arrives.

use super::{Answer, Command, Context, FieldRef, File, Part, Refusal};
use crate::document::{
    Container, Edit, Field, Inspection, Scalar, WITHDRAWN, evidence, file_fields, finding, fix,
    fix_source_key, notes, rectification_key, scalar_of, severity_key,
};
use crate::domain::evidence::{EVIDENCE_BYTES_MAX, MEDIA_TYPES};
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
        let picked = picked_at_desk(view.inspection(), command)?;
        return decide_in_field(view, context, &picked);
    }
    decide_in_field(view, context, command)
}

fn decide_in_field(view: &impl View, context: &Context<'_>, command: &Command) -> Result<Edit, Refusal> {
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
        Command::Note { item, text } => {
            if !takes_note(view, context.checklist, item) {
                return Err(Refusal::UnknownItem);
            }
            at_most(text, NOTE_CHARS_MAX)?;
            put(
                Container::Notes,
                item.clone(),
                text_or_null(Some(text.clone()).filter(|text| !text.is_empty())),
            )
        }
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
            Ok(Edit::Make {
                container: Container::Findings,
                key: id.to_string(),
                fields: vec![
                    (finding::ITEM, text_or_null(item.clone())),
                    (finding::TEXT, Scalar::Text(text.clone())),
                    (finding::SEVERITY, Scalar::Text(severity_key(*severity).to_owned())),
                    (finding::DUE, text_or_null(due.map(|day| day.to_string()))),
                    (finding::RESPONSIBLE, Scalar::Text(responsible.clone())),
                    (WITHDRAWN, Scalar::Bool(false)),
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
                field: WITHDRAWN,
                value: Scalar::Bool(true),
            })
        }
        Command::FollowUp { finding, outcome } => {
            if view.inspection().findings.contains_key(finding) {
                return Err(Refusal::UnknownFinding);
            }
            let outcome = outcome.map(|outcome| rectification_key(outcome).to_owned());
            put(Container::FollowUps, finding.to_string(), text_or_null(outcome))
        }
        Command::AddEvidence { evidence: id, item, finding, file } => {
            if let Some(item) = item {
                known(context.checklist, item)?;
            }
            fits(file)?;
            if view.inspection().evidence.contains_key(id) {
                return Err(Refusal::IdTaken);
            }
            let mut fields = vec![
                (evidence::ITEM, text_or_null(item.clone())),
                (evidence::FINDING, text_or_null(finding.map(|finding| finding.to_string()))),
            ];
            fields.extend(file_fields(file));
            fields.push((WITHDRAWN, Scalar::Bool(false)));
            Ok(Edit::Make { container: Container::Evidence, key: id.to_string(), fields })
        }
        Command::WithdrawEvidence { evidence: id } => {
            if view.inspection().evidence.get(id).is_none_or(|evidence| evidence.withdrawn) {
                return Err(Refusal::UnknownEvidence);
            }
            Ok(Edit::PutIn {
                container: Container::Evidence,
                key: id.to_string(),
                field: WITHDRAWN,
                value: Scalar::Bool(true),
            })
        }
        Command::Correct { register_field, proposed } => {
            if proposed.as_ref().is_some_and(|value| !register_field.accepts(value)) {
                return Err(Refusal::BadValue);
            }
            put(Container::Corrections, register_field.to_string(), text_or_null(proposed.clone()))
        }
        Command::Fix { fix: id, position, source } => {
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
                    (fix::SOURCE, Scalar::Text(fix_source_key(*source).to_owned())),
                ],
            })
        }
        Command::Pick { field, chosen } => {
            decide_in_field(view, context, &picked(view.inspection(), field, *chosen)?)
        }
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

/// Whether a note may stand beside this: an item, the position, a finding that is followed up, or evidence.
fn takes_note(view: &impl View, checklist: &Checklist, beside: &str) -> bool {
    if let Some(item) = checklist.item(beside) {
        return item.kind != ItemKind::Summary;
    }
    let finding = || beside.parse().is_ok_and(|id| view.inspection().follow_ups.contains_key(&id));
    let evidence = || beside.parse().is_ok_and(|id| view.inspection().evidence.contains_key(&id));
    beside == notes::POSITION || finding() || evidence()
}

/// A file that a record may name.
fn fits(file: &File) -> Result<(), Refusal> {
    let is_placed = file.position.is_none_or(|position| position.is_on_earth());
    let is_of_known_type = MEDIA_TYPES.contains(&file.media_type.as_str());
    let has_bytes = (1..=EVIDENCE_BYTES_MAX).contains(&file.bytes);
    let is_timed = (0..1 << 53).contains(&file.taken_at.0);
    at_most(&file.name, SHORT_CHARS_MAX)?;
    if is_placed && is_of_known_type && has_bytes && is_timed { Ok(()) } else { Err(Refusal::BadValue) }
}

fn text_or_null(text: Option<String>) -> Scalar {
    text.map_or(Scalar::Null, Scalar::Text)
}

/// The command that writes the chosen one of a field's values again.
fn picked(inspection: &Inspection, field: &FieldRef, chosen: ChangeHash) -> Result<Command, Refusal> {
    Ok(match field {
        FieldRef::Answer(item) => match chosen_value(inspection.answers.get(item), chosen)? {
            Some(value) => Command::Answer { item: item.clone(), value: value.clone() },
            None => Command::Clear { item: item.clone() },
        },
        FieldRef::Note(item) => {
            let text = chosen_value(inspection.notes.get(item), chosen)?;
            Command::Note { item: item.clone(), text: text.cloned().unwrap_or_default() }
        }
        FieldRef::FollowUp(finding) => {
            let outcome = chosen_value(inspection.follow_ups.get(finding), chosen)?;
            Command::FollowUp { finding: *finding, outcome: outcome.copied() }
        }
        FieldRef::Correction(field) => {
            let proposed = chosen_value(inspection.corrections.get(field), chosen)?;
            Command::Correct { register_field: *field, proposed: proposed.cloned() }
        }
    })
}

fn chosen_value<T: PartialEq>(field: Option<&Field<T>>, chosen: ChangeHash) -> Result<Option<&T>, Refusal> {
    let field = field.filter(|field| field.is_conflict()).ok_or(Refusal::NoConflict)?;
    let entry = field.entries().iter().find(|entry| entry.change == chosen);
    entry.map(|entry| entry.value.as_ref()).ok_or(Refusal::NoConflict)
}

/// At the desk nothing is written but one of the values that stand against each other, be it named by
/// its change (as the supervisor does) or written out (as the change then reads).
fn picked_at_desk(inspection: &Inspection, command: &Command) -> Result<Command, Refusal> {
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
        Command::FollowUp { finding, outcome } => {
            (FieldRef::FollowUp(*finding), change_of(inspection.follow_ups.get(finding), outcome.as_ref())?)
        }
        Command::Correct { register_field, proposed } => {
            let change = change_of(inspection.corrections.get(register_field), proposed.as_ref())?;
            (FieldRef::Correction(*register_field), change)
        }
        _ => return Err(Refusal::NotAtDesk),
    };
    picked(inspection, &field, chosen)
}

/// The change that wrote this value of a conflict.
fn change_of<T: PartialEq>(field: Option<&Field<T>>, value: Option<&T>) -> Result<ChangeHash, Refusal> {
    let entries = field.map(Field::entries).unwrap_or_default();
    let entry = entries.iter().find(|entry| entry.value.as_ref() == value);
    entry.map(|entry| entry.change).ok_or(Refusal::NoConflict)
}
