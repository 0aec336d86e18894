//! What people do at a cooperative: one command at random, with a value that nobody else ever wrote
//! wherever its kind allows.

use sync_core::commands::{Answer, Command, FieldRef, Severity, YesNo};
use sync_core::document::Inspection;
use sync_core::domain::{Checklist, FindingId, FixId, FixSource, Item, ItemKind, Position};

use super::chance::Chance;

/// What a person does next to a record that looks like this.
pub(super) fn next(
    inspection: &Inspection,
    checklist: &Checklist,
    word: &str,
    number: u64,
    chance: &mut Chance,
) -> Vec<Command> {
    let items: Vec<&Item> = checklist.sections.iter().flat_map(|section| &section.items).collect();
    let item = *chance.one_of(&items).expect("a checklist has items");
    let id = item.id.clone();
    let answer = |chance: &mut Chance| match answer(item, word, number, chance) {
        Some(value) => vec![Command::Answer { item: item.id.clone(), value }],
        None => vec![Command::Summary { text: format!("{}{word}。", inspection.summary) }],
    };
    match chance.below(24) {
        0..8 => answer(chance),
        8..13 => vec![Command::Note { item: id, text: word.to_owned() }],
        13 => match chance.one_of(&inspection.conflicts()) {
            Some(field) => picks(inspection, field, chance),
            None => answer(chance),
        },
        14 => vec![Command::Clear { item: id }],
        15 => vec![Command::Confirm { item: id, review: 0 }],
        16 | 17 => vec![Command::AddFinding {
            finding: FindingId::random(chance.bytes()),
            item: Some(id),
            text: word.to_owned(),
            severity: Severity::Minor,
            due: "2026-05-20".parse().ok(),
            responsible: String::new(),
        }],
        18 => {
            let findings: Vec<FindingId> = inspection.findings.keys().copied().collect();
            chance
                .one_of(&findings)
                .map_or_else(Vec::new, |finding| vec![Command::WithdrawFinding { finding: *finding }])
        }
        19 => vec![Command::Summary { text: format!("{}{word}。", inspection.summary) }],
        20 | 21 => complete(inspection, word, chance),
        22 => vec![Command::Submit],
        _ if chance.once_in(4) => vec![Command::Withdraw { reason: word.to_owned() }],
        _ => answer(chance),
    }
}

/// The shortest way to a record that can be handed in: nobody was there.
fn complete(inspection: &Inspection, word: &str, chance: &mut Chance) -> Vec<Command> {
    let outcome = "visit_outcome".to_owned();
    let nobody = Answer::Choice("nobody_there".to_owned());
    if inspection.answer(&outcome) == Some(&nobody) {
        return vec![Command::Submit];
    }
    let position = Position { latitude_e7: 393_180_000, longitude_e7: 1_124_250_000, accuracy_m: 10 };
    vec![
        Command::Answer { item: outcome.clone(), value: nobody },
        Command::Note { item: outcome, text: word.to_owned() },
        Command::Fix { fix: FixId::random(chance.bytes()), position, source: FixSource::Device },
    ]
}

/// Settles a conflict by any of its values.
fn picks(inspection: &Inspection, field: &FieldRef, chance: &mut Chance) -> Vec<Command> {
    let chosen = *chance.one_of(&inspection.standing(field)).expect("a conflict has values");
    vec![Command::Pick { field: field.clone(), chosen }]
}

/// A value that fits the item; none where it takes no answer.
fn answer(item: &Item, word: &str, number: u64, chance: &mut Chance) -> Option<Answer> {
    Some(match item.kind {
        ItemKind::YesNo => Answer::YesNo(if chance.once_in(3) { YesNo::No } else { YesNo::Yes }),
        ItemKind::Choice => Answer::Choice(chance.one_of(&item.choices)?.id.clone()),
        ItemKind::Choices => Answer::Choices(vec![chance.one_of(&item.choices)?.id.clone()]),
        ItemKind::Text => Answer::Text(word.to_owned()),
        ItemKind::Number => Answer::Number((number % 1_000_000_000) as i64),
        ItemKind::Percent => Answer::Percent((number % 10_001) as i64),
        ItemKind::Date => Answer::Date("2026-04-15".parse().ok()?),
        ItemKind::Summary | ItemKind::Signature => return None,
    })
}
