//! The bytes that fixed commands come to. The test in `tests/javascript/core.test.js` gives the same
//! commands to the core as wasm and compares with the same files, so phone and server can't drift
//! apart; and a change of Automerge that would make different bytes of the same work is seen here.

use serde::Deserialize;
use sync_core::commands::Command;
use sync_core::domain::{Actor, PersonId, PhoneTime};
use sync_core::replica::open::NewVisit;
use sync_core::replica::outbox::Asking;
use sync_core::replica::{OpenRecord, State, push};
use sync_core::wire;

use crate::{agree, hex};

/// The fixed commands, as they stand in `record.json`.
#[derive(Deserialize)]
struct Story {
    new: NewVisit,
    entropy: String,
    person: PersonId,
    changes: Vec<Change>,
}

#[derive(Deserialize)]
struct Change {
    actor: Actor,
    now: PhoneTime,
    commands: Vec<Command>,
}

fn recorded() -> OpenRecord {
    let story: Story = serde_json::from_str(include_str!("record.json")).expect("the story is readable");
    let entropy: Actor = story.entropy.parse().expect("the entropy has sixteen bytes");
    let mut open = OpenRecord::start(story.new, *entropy.as_bytes()).expect("the checklist is known");
    for change in &story.changes {
        let applied = open.apply(change.actor, story.person, change.now, &change.commands);
        assert!(applied.expect("every command is fine").is_some(), "{:?} writes nothing", change.commands);
    }
    open
}

#[test]
fn fixed_commands_keep_their_bytes() {
    let open = recorded();
    agree("record-stored.hex", hex(&open.stored.to_bytes()));

    let mut state = State::default();
    state.granted(["140602100".parse().unwrap()]);
    let asking =
        Asking { app: "0.1.0".to_owned(), now: PhoneTime(1_776_840_000_000), page_bytes_max: 65_536 };
    agree("record-push.hex", hex(&wire::encode(&push(&state, &[open.stored], asking))));
}

#[test]
fn a_saved_record_keeps_its_bytes_and_what_they_say() {
    let open = recorded();
    agree("record-document.hex", hex(&open.record().save()));
    let inspection = serde_json::to_string_pretty(&open.inspection()).expect("an inspection is JSON");
    agree("record-inspection.json", inspection + "\n");
}
