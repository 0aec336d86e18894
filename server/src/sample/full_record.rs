//! A record in which everything is answered, one change for every answer, as a phone holds it before it
//! sends: what a push costs at its dearest.

use sync_core::commands::Command;
use sync_core::domain::{Actor, PhoneTime, ServerTime};
use sync_core::replica::{NewVisit, OpenRecord, StoredRecord};

use super::answers::{self, Circumstances, Condition};
use super::draw::{Draw, Subject};
use super::{District, SEED};

/// A full record of a visit to one of the district's cooperatives that operate normally; each number is
/// another. It starts at `now` and is submitted.
pub fn full_record(district: &District, number: u32, now: ServerTime) -> StoredRecord {
    let mut draw = Draw::of(SEED, Subject::Record, number);
    let normal: Vec<_> = district
        .cooperatives
        .iter()
        .filter(|one| one.operating_status == sync_core::domain::OperatingStatus::Normal)
        .collect();
    let cooperative = normal[number as usize % normal.len()];
    let condition = Condition::draw(&mut draw);
    let circumstances = Circumstances {
        cooperative,
        condition: &condition,
        earlier_visits: 0,
        day: now.day(),
        thorough: true,
    };
    let new = NewVisit {
        cooperative: cooperative.id,
        area: cooperative.area.clone(),
        provisional_name: None,
        checklist: answers::checklist().reference(),
    };
    let mut record = OpenRecord::start(new, draw.entropy()).expect("BUG: the checklist is built in");
    let actor = Actor(draw.entropy());
    let person = cooperative.coordinator.expect("BUG: every sample cooperative has a coordinator");
    let mut commands: Vec<Command> =
        answers::found(&mut draw, &circumstances).into_iter().flatten().collect();
    commands.insert(1, answers::fix(&mut draw, cooperative, 0));
    commands.push(Command::Submit);
    let mut at = PhoneTime(now.0);
    for command in commands {
        at.0 += draw.between(4, 70) * 1_000;
        record.apply(actor, person, at, &[command]).expect("BUG: the sample's commands are lawful");
    }
    record.stored
}
