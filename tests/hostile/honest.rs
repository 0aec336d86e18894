//! A record at work, and the honest changes that may come next: what attacks and tampering start from.

use sync_core::commands::{Answer, Command, FieldRef, File, Rectification, Severity, YesNo};
use sync_core::document::Record;
use sync_core::domain::{
    Actor, CooperativeId, EvidenceId, FileHash, FindingId, FixId, FixSource, PersonId, PhoneTime, Position,
    RegisterField,
};
use sync_core::replica::{NewVisit, OpenRecord};

/// Two people's record, and what the first of them may write next.
pub struct Honest {
    /// The record.
    pub record: Record,
    /// Changes that can follow it, one of every kind, each alone.
    pub next: Vec<Vec<u8>>,
}

const FINDING: FindingId = FindingId::from_bytes([4; 16]);
const EVIDENCE: EvidenceId = EvidenceId::from_bytes([4; 16]);

/// A record with answers, notes, a finding, a summary that both wrote, and two answers that stand
/// against each other.
pub fn honest() -> Honest {
    let new = NewVisit {
        cooperative: CooperativeId::from_bytes([0x11; 16]),
        area: "140602100".parse().expect("an area code"),
        provisional_name: None,
        checklist: "quality-2021@1".parse().expect("a checklist"),
    };
    let mut li = OpenRecord::start(new, [5; 16]).expect("the checklist is known");
    let mut wang = li.clone();
    for command in [
        Command::Join,
        answer("premises", YesNo::Yes),
        answer("signboard", YesNo::Yes),
        summary("主营玉米、黍子,成员 38 户。"),
    ] {
        writes(&mut li, 1, command);
    }
    for command in [Command::Join, answer("premises", YesNo::No), summary("成员 40 户。"), finding(FINDING)]
    {
        writes(&mut wang, 2, command);
    }
    let mut stored = li.stored;
    stored.mine.extend(wang.stored.mine);
    stored.actors.extend(wang.stored.actors);
    let li = OpenRecord::open(stored).expect("what two phones wrote fits together");

    let inspection = li.inspection();
    let chosen = inspection.answers["premises"].entries()[0].change;
    let item = |item: &str| item.to_owned();
    let position = Position { latitude_e7: 393_180_000, longitude_e7: -1_124_250_000, accuracy_m: 12 };
    let next = [
        Command::Note { item: item("premises"), text: "租用村委会".to_owned() },
        answer("signboard", YesNo::No),
        Command::Answer { item: item("member_count"), value: Answer::Number(38) },
        Command::Answer { item: item("returned_by_volume_rate"), value: Answer::Percent(6250) },
        Command::Clear { item: item("premises") },
        Command::Confirm { item: item("signboard"), review: 3 },
        Command::Pick { field: FieldRef::Answer(item("premises")), chosen },
        finding(FindingId::from_bytes([6; 16])),
        Command::WithdrawFinding { finding: FINDING },
        Command::Fix { fix: FixId::from_bytes([5; 16]), position, source: FixSource::Device },
        Command::AddEvidence {
            evidence: EVIDENCE,
            item: Some(item("signboard")),
            finding: None,
            file: photo(position),
        },
        Command::FollowUp { finding: FindingId::from_bytes([7; 16]), outcome: Some(Rectification::Partly) },
        Command::Correct {
            register_field: RegisterField::Telephone,
            proposed: Some("0349-2020001".to_owned()),
        },
        summary("主营玉米,成员 40 户。账目已看 👍。"),
        summary(""),
        summary(&"乡".repeat(300)),
        Command::Withdraw { reason: "走错了村".to_owned() },
    ];
    let next = next.map(|command| {
        let mut li = li.clone();
        writes(&mut li, 1, command);
        li.stored.mine.pop().expect("just written").bytes
    });
    Honest { record: li.record().clone(), next: next.into() }
}

fn writes(open: &mut OpenRecord, number: u8, command: Command) {
    let at = PhoneTime(1_617_673_200_000 + open.stored.mine.len() as i64 * 60_000);
    let written = open.apply(Actor([number; 16]), PersonId::from_bytes([number; 16]), at, &[command]);
    written.expect("it may be done").expect("it says something new");
}

fn answer(item: &str, value: YesNo) -> Command {
    Command::Answer { item: item.to_owned(), value: Answer::YesNo(value) }
}

fn summary(text: &str) -> Command {
    Command::Summary { text: text.to_owned() }
}

fn photo(position: Position) -> File {
    File {
        sha256: FileHash([0xab; 32]),
        bytes: 310_803,
        media_type: "image/jpeg".to_owned(),
        name: String::new(),
        taken_at: PhoneTime(1_617_673_500_000),
        position: Some(position),
    }
}

fn finding(finding: FindingId) -> Command {
    Command::AddFinding {
        finding,
        item: Some("signboard".to_owned()),
        text: "重新悬挂牌子".to_owned(),
        severity: Severity::Minor,
        due: None,
        responsible: "理事长".to_owned(),
    }
}
