//! After a refusal: whatever this phone wrote later builds on the refused change and was refused with
//! it. So what nobody refused is issued again, as commands, on what the server holds; what was refused
//! is kept for the person.

use super::open::{OpenRecord, with_presence};
use super::stored::{Attention, Mine, Sent, StoredRecord};
use crate::commands::Command;
use crate::document::Broken;
use crate::domain::{Actor, ChangeHash, PersonId};
use crate::wire::RefusalCode;

/// Whether a refusal speaks of the change's place in its author's sequence and not of its values: a
/// phone restored from an older copy, or an actor that another device holds. The values then go out
/// again under a new actor without asking anybody.
const fn is_about_the_sequence(code: RefusalCode) -> bool {
    matches!(code, RefusalCode::SequenceReused | RefusalCode::ForeignActor | RefusalCode::DependsOnRefused)
}

/// Whether a refusal speaks of the whole visit. Then it is no use to send the rest again.
const fn is_about_the_visit(code: RefusalCode) -> bool {
    matches!(
        code,
        RefusalCode::NotGranted
            | RefusalCode::GenesisMismatch
            | RefusalCode::UnknownChecklist
            | RefusalCode::UnknownCooperative
    )
}

/// Rebuilds a record whose changes in `refused` the server put into quarantine, under the fresh actor
/// `actor`.
///
/// # Errors
/// Where the stored bytes don't load.
pub(super) fn rebuild(
    stored: &StoredRecord,
    refused: &[(ChangeHash, RefusalCode)],
    actor: Actor,
    person: PersonId,
) -> Result<StoredRecord, Broken> {
    let before = stored.working()?;
    let changes = before.changes();

    let of_the_visit = refused.iter().map(|(_, code)| *code).find(|code| is_about_the_visit(*code));
    let dependent = of_the_visit.unwrap_or(RefusalCode::DependsOnRefused);

    let mut kept = StoredRecord { mine: Vec::new(), ..stored.clone() };
    let mut again: Vec<(&Mine, RefusalCode)> = Vec::new();
    for mine in &stored.mine {
        let builds_on_refused = || {
            let facts = changes.iter().map(|(facts, _)| facts).find(|facts| facts.hash == mine.hash);
            let mut deps = facts.into_iter().flat_map(|facts| &facts.deps);
            deps.any(|dep| again.iter().any(|(earlier, _)| earlier.hash == *dep))
        };
        match refused.iter().find(|(hash, _)| *hash == mine.hash).map(|(_, code)| code) {
            Some(RefusalCode::DependsOnRefused) => again.push((mine, dependent)),
            Some(code) => again.push((mine, *code)),
            None if mine.sent == Sent::No && builds_on_refused() => again.push((mine, dependent)),
            None => kept.mine.push(mine.clone()),
        }
    }

    let mut open = OpenRecord::open(kept)?;
    for (mine, code) in again {
        let commands = before.commands_in(mine.hash).unwrap_or_default();
        let attention =
            |code, commands| Attention { change: mine.hash, code, at: mine.at, dismissed: None, commands };
        if !is_about_the_sequence(code) {
            open.stored.attention.push(attention(code, commands));
            continue;
        }
        let commands = with_presence(&open.inspection(), person, commands);
        match open.apply(actor, person, mine.at, &commands) {
            Ok(Some(_)) => {
                let issued = open.stored.mine.last_mut().expect("BUG: a change was just made");
                issued.replaces = Some(mine.hash);
            }
            Ok(None) => {}
            Err(_) if commands == [Command::Join] => {}
            Err(_) => open.stored.attention.push(attention(code, commands)),
        }
    }
    Ok(open.stored)
}
