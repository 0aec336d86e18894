//! Hostile phones among honest ones: they sign in like everybody, hear what others send, and send what no
//! app would.

use serde_bytes::ByteBuf;
use sha2::{Digest, Sha256};
use sync_core::commands::{Answer, Command, Context, Part, YesNo, decide};
use sync_core::document::{Authors, Record};
use sync_core::domain::{Actor, ChangeHash, CooperativeId, DeviceId, PersonId, PhoneTime, VisitId};
use sync_core::wire::{
    Comparing, Cursor, IndexEntry, Push, Replacement, ScopeRequest, Unsent, VERSION, VisitPush,
};

use super::chance::Chance;
use super::office::TOWNS;
use crate::district::{DISTRICT, area};

/// How many pushes of others it remembers.
const HEARD_MAX: usize = 60;

/// Somebody who means harm, with a phone.
#[derive(Debug)]
pub(super) struct Hostile {
    pub(super) person: PersonId,
    pub(super) device: DeviceId,
    /// A cursor from an answer to it, to be told again at the wrong time.
    pub(super) cursor: Option<Cursor>,
}

/// What hostile phones have heard of others' pushes.
#[derive(Debug, Default)]
pub(super) struct Heard(Vec<VisitPush>);

impl Heard {
    pub(super) fn hears(&mut self, push: &Push) {
        self.0.extend(push.visits.iter().cloned());
        let over = self.0.len().saturating_sub(HEARD_MAX);
        self.0.drain(..over);
    }
}

impl Hostile {
    /// A push that no app would make.
    pub(super) fn push(&self, heard: &Heard, now: i64, chance: &mut Chance) -> Push {
        let mut visits: Vec<VisitPush> = Vec::new();
        for _ in 0..=chance.below(2) {
            if let Some(heard) = chance.one_of(&heard.0) {
                visits.push(self.spoilt(heard.clone(), now, chance));
            }
        }
        Push {
            version: VERSION,
            app: "x".repeat(chance.below(200)),
            sent_at: PhoneTime(chance.number() as i64),
            unsent: Unsent { records: u32::MAX, changes: 0, oldest: Some(PhoneTime(i64::MIN)) },
            visits,
            scopes: (0..chance.below(3)).map(|_| self.scope(chance)).collect(),
            page_bytes_max: *chance.one_of(&[0, 1, 10_000, u32::MAX]).expect("there are some"),
            refused: Vec::new(),
            remembered: None,
        }
    }

    fn spoilt(&self, mut push: VisitPush, now: i64, chance: &mut Chance) -> VisitPush {
        match chance.below(9) {
            // As it was: somebody else's work under one's own name.
            0 => {}
            1 | 2 => push.changes.iter_mut().for_each(|change| mutate(change, chance)),
            3 => push.changes.extend(self.under_anothers_actor(&push, now, chance)),
            4 => push.genesis.cooperative = CooperativeId::random(chance.bytes()),
            5 => push.genesis.schema = chance.number() as u32,
            6 => push.visit = VisitId::from_bytes(chance.bytes()),
            7 => {
                for change in &mut push.changes {
                    let length = chance.below(change.len().max(1));
                    change.truncate(length);
                }
            }
            _ => {
                push.changes.reverse();
                push.changes.extend(push.changes.clone());
                push.changes.push(ByteBuf::from(chance.bytes::<64>().to_vec()));
            }
        }
        if chance.once_in(3) {
            let new = ChangeHash(chance.bytes());
            push.replaces = vec![Replacement { new, old: ChangeHash(chance.bytes()) }];
        }
        push
    }

    /// The next change of somebody else's actor, as that person's own phone would make it.
    fn under_anothers_actor(&self, push: &VisitPush, now: i64, chance: &mut Chance) -> Option<ByteBuf> {
        let mut record = Record::genesis(&push.genesis).ok()?;
        record.apply(&push.changes).ok()?;
        let changes = record.changes();
        let actor: Actor = chance.one_of(&changes)?.0.actor;
        let now = PhoneTime(now);
        let item = "premises".to_owned();
        let commands = [Command::Join, Command::Answer { item, value: Answer::YesNo(YesNo::No) }];
        let context = Context { person: self.person, now, checklist: record.checklist(), part: Part::Field };
        let edits = decide(&record.inspection(&Authors::new()), &context, &commands).ok()?;
        let (_, bytes) = record.commit(actor, now, &edits)?;
        Some(ByteBuf::from(bytes))
    }

    fn scope(&self, chance: &mut Chance) -> ScopeRequest {
        let number = chance.number();
        let made_up = Cursor {
            epoch: number % 3,
            seq: *chance.one_of(&[0, 7, number >> 1, u64::MAX >> 1]).expect("there are some"),
            hash: chance.bytes::<32>().to_vec(),
            comparing: chance
                .once_in(2)
                .then(|| Comparing::Visits(Some(VisitId::from_bytes(chance.bytes())))),
        };
        let entries = chance.below(300);
        let entry = |_| IndexEntry { visit: VisitId::from_bytes(chance.bytes()), digest: number };
        let index = (0..entries).map(entry).collect();
        let code = *chance.one_of(&TOWNS).expect("there are towns");
        ScopeRequest {
            prefix: area(if chance.once_in(3) { DISTRICT } else { code }),
            cursor: match chance.below(3) {
                0 => None,
                1 => self.cursor.clone(),
                _ => Some(made_up),
            },
            index,
        }
    }
}

/// Turns bytes over, and makes the checksum right again: it is unkeyed.
fn mutate(change: &mut ByteBuf, chance: &mut Chance) {
    const HEADER: usize = 8;
    if change.len() <= HEADER {
        return;
    }
    for _ in 0..=chance.below(3) {
        let at = HEADER + chance.below(change.len() - HEADER);
        change[at] ^= 1 << chance.below(8);
    }
    let checksum = Sha256::digest(&change[HEADER..]);
    change[4..HEADER].copy_from_slice(&checksum[..4]);
}
