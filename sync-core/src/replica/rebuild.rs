//! After a refusal, or when the server lost what others wrote: whatever this phone wrote later builds on
//! the change that isn't there, and can't be there without it. So what nobody refused is issued again, as
//! commands, on what the server holds; what was refused is kept for the person.

use serde_bytes::ByteBuf;

use super::open::{OpenRecord, with_presence};
use super::stored::{Attention, Mine, Sent, StoredRecord};
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

/// Puts a record upon `base`, which is what the server holds of it now, after the server refused the
/// changes in `refused` or lost some. What it doesn't hold of *mine* goes out again; what can't, because it
/// builds on what isn't there, is issued again under the fresh actor `actor`.
///
/// # Errors
/// Where the stored bytes, or those of the base, don't load.
pub(super) fn rebuild(
    stored: &StoredRecord,
    base: Option<ByteBuf>,
    refused: &[(ChangeHash, RefusalCode)],
    actor: Actor,
    person: PersonId,
) -> Result<StoredRecord, Broken> {
    let before = stored.working()?;
    let changes = before.changes();
    let mut kept = StoredRecord { base, mine: Vec::new(), ..stored.clone() };
    let ground = kept.base()?;

    let of_the_visit = refused.iter().map(|(_, code)| *code).find(|code| is_about_the_visit(*code));
    let dependent = of_the_visit.unwrap_or(RefusalCode::DependsOnRefused);

    let mut again: Vec<(&Mine, RefusalCode)> = Vec::new();
    for mine in &stored.mine {
        let is_here = |hash: &ChangeHash| ground.contains(*hash) || kept.mine.iter().any(|m| m.hash == *hash);
        // Its number may be taken there, where this phone once went on as an older copy of itself.
        let has_ground = || {
            let facts = changes.iter().map(|(facts, _)| facts).find(|facts| facts.hash == mine.hash);
            facts.is_some_and(|facts| {
                facts.deps.iter().all(is_here) && facts.seq >= ground.next_seq(facts.actor)
            })
        };
        match refused.iter().find(|(hash, _)| *hash == mine.hash).map(|(_, code)| code) {
            Some(RefusalCode::DependsOnRefused) => again.push((mine, dependent)),
            Some(code) => again.push((mine, *code)),
            None if ground.contains(mine.hash) => kept.mine.push(mine.clone()),
            None if has_ground() => kept.mine.push(Mine { sent: Sent::No, ..mine.clone() }),
            // The server doesn't have it yet, and nothing is put before the person alone.
            None => again.push((mine, RefusalCode::DependsOnRefused)),
        }
    }
    let mut open = OpenRecord::open(kept)?;
    for (mine, code) in again {
        let commands = before.commands_in(mine.hash).unwrap_or_default();
        // One that the server never heard of stands for what it stood for.
        let is_refused = refused.iter().any(|(hash, _)| *hash == mine.hash);
        let replaces = mine.replaces.filter(|_| !is_refused).unwrap_or(mine.hash);
        let attention =
            |commands| Attention { change: replaces, code, at: mine.at, dismissed: None, commands };
        if !is_about_the_sequence(code) {
            open.stored.attention.push(attention(commands));
            continue;
        }
        let commands = with_presence(&open.inspection(), person, commands);
        match open.apply(actor, person, mine.at, &commands) {
            Ok(Some(_)) => {
                let issued = open.stored.mine.last_mut().expect("BUG: a change was just made");
                issued.replaces = Some(replaces);
            }
            Ok(None) => {}
            Err(_) => open.stored.attention.push(attention(commands)),
        }
    }
    Ok(open.stored)
}
