//! Golden bytes: what a released phone wrote, every later build writes too, native and in wasm.
//!
//! `golden/commands-1.json` holds commands with the changes that they make; the browser tests run the
//! same commands through the wasm build. `XUNFANG_GOLDEN=write cargo test -p sync-core --test golden`
//! writes the file anew, which is lawful only until the first release.

use serde::{Deserialize, Serialize};
use sync_core::commands::Command;
use sync_core::document::Record;
use sync_core::domain::{Actor, ChangeHash, PersonId, PhoneTime, VisitId};
use sync_core::replica::{NewVisit, OpenRecord};

const GOLDEN: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/golden/commands-1.json");

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Golden {
    new: NewVisit,
    /// Sixteen bytes.
    entropy: Vec<u8>,
    visit: VisitId,
    /// The name of the first change, which derives from what the record is of.
    genesis: ChangeHash,
    steps: Vec<Step>,
    heads: Vec<ChangeHash>,
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Step {
    person: PersonId,
    actor: Actor,
    now: PhoneTime,
    commands: Vec<Command>,
    /// The raw change in hexadecimal digits.
    change: String,
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// M1: the same commands give identical bytes.
#[test]
fn m1_the_same_commands_give_the_golden_bytes() {
    let text = std::fs::read_to_string(GOLDEN).unwrap();
    let golden: Golden = serde_json::from_str(&text).unwrap();
    let mut record =
        OpenRecord::start(golden.new.clone(), golden.entropy.as_slice().try_into().unwrap()).unwrap();
    let mut made = Golden {
        new: golden.new,
        entropy: golden.entropy,
        visit: record.stored.visit(),
        genesis: Record::genesis(record.record().of()).unwrap().heads()[0],
        steps: Vec::new(),
        heads: Vec::new(),
    };
    for step in golden.steps {
        record.apply(step.actor, step.person, step.now, &step.commands).unwrap();
        made.steps.push(Step { change: hexadecimal(&record.stored.mine.last().unwrap().bytes), ..step });
    }
    made.heads = record.record().heads();
    let made = serde_json::to_string_pretty(&made).unwrap() + "\n";
    if std::env::var("XUNFANG_GOLDEN").as_deref() == Ok("write") {
        std::fs::write(GOLDEN, &made).unwrap();
    }
    assert_eq!(made, std::fs::read_to_string(GOLDEN).unwrap());
}
