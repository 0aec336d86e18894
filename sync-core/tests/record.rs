//! What a record promises: the same first bytes for everyone, both values of a conflict, and changes
//! that are exactly what commands make.

use sync_core::commands::{Answer, Command, FieldRef, File, Part, Rectification, Refusal, YesNo};
use sync_core::document::{Authors, Genesis, Missing, Record, is_well_shaped, judge};
use sync_core::domain::evidence::EVIDENCE_BYTES_MAX;
use sync_core::domain::{
    Actor, ChangeHash, CooperativeId, EvidenceId, FileHash, FindingId, FixId, FixSource, PersonId, PhoneTime,
    Position, RegisterField, VisitCode, VisitId,
};
use sync_core::gate::Gated;
use sync_core::replica::{NewVisit, OpenRecord};
use sync_core::wire::RefusalCode;

const COOPERATIVE: CooperativeId = CooperativeId::from_bytes([0x11; 16]);
const LI: PersonId = PersonId::from_bytes([0x21; 16]);
const WANG: PersonId = PersonId::from_bytes([0x22; 16]);
const DESK: PersonId = PersonId::from_bytes([0x23; 16]);
const LIS_PHONE: Actor = Actor([0x31; 16]);
const WANGS_PHONE: Actor = Actor([0x32; 16]);
const THE_DESK: Actor = Actor([0x33; 16]);
/// 2021-04-06 09:40 in China.
const NOON: PhoneTime = PhoneTime(1_617_673_200_000);

fn new_visit() -> NewVisit {
    NewVisit {
        cooperative: COOPERATIVE,
        area: "140602100".parse().unwrap(),
        provisional_name: None,
        checklist: "quality-2021@1".parse().unwrap(),
    }
}

fn genesis() -> Genesis {
    let code = VisitCode::make(COOPERATIVE, 1, [5; 16]);
    Genesis {
        schema: 1,
        visit: VisitId::derive(COOPERATIVE, &code),
        cooperative: COOPERATIVE,
        checklist: "quality-2021@1".parse().unwrap(),
    }
}

fn started() -> OpenRecord {
    let mut record = OpenRecord::start(new_visit(), [5; 16]).unwrap();
    record.apply(LIS_PHONE, LI, NOON, &[Command::Join]).unwrap();
    record
}

fn yes(item: &str) -> Command {
    Command::Answer { item: item.to_owned(), value: Answer::YesNo(YesNo::Yes) }
}

fn choose(item: &str, id: &str) -> Command {
    Command::Answer { item: item.to_owned(), value: Answer::Choice(id.to_owned()) }
}

fn rate(hundredths: i64) -> Command {
    Command::Answer { item: "returned_by_volume_rate".to_owned(), value: Answer::Percent(hundredths) }
}

fn later(minutes: i64) -> PhoneTime {
    PhoneTime(NOON.0 + minutes * 60_000)
}

/// Both phones join by code, answer the same item differently, and exchange their changes.
fn in_conflict() -> OpenRecord {
    let mut li = started();
    let mut wang = OpenRecord::join(new_visit(), li.stored.code.as_str()).unwrap();
    wang.apply(WANGS_PHONE, WANG, later(1), &[Command::Join]).unwrap();
    wang.apply(WANGS_PHONE, WANG, later(2), &[rate(5800)]).unwrap();
    li.apply(LIS_PHONE, LI, later(3), &[rate(6200)]).unwrap();
    let mut stored = li.stored;
    stored.mine.extend(wang.stored.mine);
    stored.actors.extend(wang.stored.actors);
    OpenRecord::open(stored).unwrap()
}

/// M1: no two visits share a first change.
#[test]
fn m1_every_visit_has_its_own_genesis() {
    let mut other = genesis();
    other.visit = VisitId::from_bytes([9; 16]);
    assert_ne!(Record::genesis(&genesis()).unwrap().heads(), Record::genesis(&other).unwrap().heads());
}

/// M2: two values written without knowledge of each other both stay, with who wrote them; picking one
/// settles it.
#[test]
fn m2_a_conflict_keeps_both_values_until_somebody_picks() {
    let mut record = in_conflict();
    let inspection = record.inspection();
    let field = &inspection.answers["returned_by_volume_rate"];
    let said: Vec<_> = field.entries().iter().map(|e| (e.value.clone().unwrap(), e.author.person)).collect();
    assert_eq!(said, [(Answer::Percent(5800), Some(WANG)), (Answer::Percent(6200), Some(LI))]);
    assert!(field.settled().is_none());
    assert_eq!(inspection.conflicts(), [FieldRef::Answer("returned_by_volume_rate".to_owned())]);

    let pick = Command::Pick { field: inspection.conflicts()[0].clone(), chosen: field.entries()[0].change };
    record.apply(LIS_PHONE, LI, later(9), &[pick]).unwrap();
    let inspection = record.inspection();
    assert_eq!(inspection.answer("returned_by_volume_rate"), Some(&Answer::Percent(5800)));
    assert!(inspection.conflicts().is_empty());
    assert_eq!(inspection.writers, [LI, WANG]);
}

/// M2: whichever of two values is picked, the one that Automerge would let win included, the change says
/// what was chosen and is judged well.
#[test]
fn m2_either_value_can_be_picked() {
    for which in [0, 1] {
        let mut record = in_conflict();
        let inspection = record.inspection();
        let entry = &inspection.answers["returned_by_volume_rate"].entries()[which];
        let pick = Command::Pick { field: inspection.conflicts()[0].clone(), chosen: entry.change };
        let hash = record.apply(LIS_PHONE, LI, later(9), &[pick]).unwrap().unwrap();
        let chosen = record.inspection();
        assert_eq!(chosen.answer("returned_by_volume_rate"), entry.value.as_ref());
        assert_eq!(
            chosen.answers["returned_by_volume_rate"].entries()[0].change,
            hash,
            "the pick is the picker's"
        );
        assert!(is_well_shaped(record.record(), &record.stored.mine.last().unwrap().bytes));
        assert_eq!(judge(record.record(), hash, LI, Part::Field), Ok(()));
    }
}

/// M2: equal values are no conflict.
#[test]
fn m2_the_same_value_twice_is_no_conflict() {
    let mut li = started();
    let mut wang = OpenRecord::join(new_visit(), li.stored.code.as_str()).unwrap();
    wang.apply(WANGS_PHONE, WANG, later(1), &[Command::Join, yes("rules")]).unwrap();
    li.apply(LIS_PHONE, LI, later(3), &[yes("rules")]).unwrap();
    let mut stored = li.stored;
    stored.mine.extend(wang.stored.mine);
    let record = OpenRecord::open(stored).unwrap();
    assert!(record.inspection().conflicts().is_empty());
    assert_eq!(record.inspection().answer("rules"), Some(&Answer::YesNo(YesNo::Yes)));
}

/// M3: merging is the same in any order, and saving and loading changes nothing.
#[test]
fn m3_merging_is_the_same_in_any_order() {
    let record = in_conflict();
    let changes: Vec<Vec<u8>> = record.record().changes().into_iter().map(|(_, bytes)| bytes).collect();
    let of = record.record().of();
    let mut backwards = Record::genesis(of).unwrap();
    backwards.apply(&changes.iter().rev().collect::<Vec<_>>()).unwrap();
    assert_eq!(backwards.heads(), record.record().heads());
    let loaded = Record::load(&backwards.save(), of).unwrap();
    assert_eq!(loaded.inspection(&Authors::new()), record.record().inspection(&Authors::new()));
}

/// M3: a change whose dependencies are missing changes nothing.
#[test]
fn m3_changes_without_their_dependencies_are_not_merged() {
    let record = in_conflict();
    let (last, bytes) = record.record().changes().pop().unwrap();
    let mut fresh = Record::genesis(record.record().of()).unwrap();
    let heads = fresh.heads();
    assert!(fresh.apply(&[&bytes]).is_err());
    assert_eq!(fresh.heads(), heads);
    assert_eq!(fresh.missing(&last.deps), last.deps);
}

/// M5: what is taken back is null; what is said again says nothing.
#[test]
fn an_equal_value_writes_no_change_and_a_cleared_one_is_null() {
    let mut record = started();
    assert!(record.apply(LIS_PHONE, LI, NOON, &[yes("rules")]).unwrap().is_some());
    assert_eq!(record.apply(LIS_PHONE, LI, NOON, &[yes("rules")]), Ok(None));
    record.apply(LIS_PHONE, LI, NOON, &[Command::Clear { item: "rules".to_owned() }]).unwrap();
    let inspection = record.inspection();
    assert_eq!(inspection.answers["rules"].entries()[0].value, None);
    assert!(!inspection.answers["rules"].is_answered());
}

#[test]
fn nobody_writes_without_being_there_and_a_refused_command_changes_nothing() {
    let mut record = started();
    let heads = record.record().heads();
    assert_eq!(record.apply(WANGS_PHONE, WANG, NOON, &[yes("rules")]), Err(Refusal::NotPresent));
    assert_eq!(record.apply(LIS_PHONE, LI, NOON, &[choose("rules", "x")]), Err(Refusal::BadValue));
    assert_eq!(
        record.apply(LIS_PHONE, LI, NOON, &[yes("rules"), yes("nonsense")]),
        Err(Refusal::UnknownItem)
    );
    assert_eq!(record.record().heads(), heads);
}

#[test]
fn nobody_there_needs_a_note_and_a_position_to_be_submitted() {
    let mut record = started();
    record.apply(LIS_PHONE, LI, NOON, &[choose("visit_outcome", "nobody_there")]).unwrap();
    let missing = record.inspection().missing(record.record().checklist());
    assert_eq!(missing, [Missing::OutcomeNote, Missing::Proof]);
    assert_eq!(record.apply(LIS_PHONE, LI, NOON, &[Command::Submit]), Err(Refusal::Incomplete));
    let note = Command::Note { item: "visit_outcome".to_owned(), text: "门锁着".to_owned() };
    let position = Position { latitude_e7: 393_180_000, longitude_e7: 1_124_250_000, accuracy_m: 12 };
    let fix = Command::Fix { fix: FixId::from_bytes([1; 16]), position, source: FixSource::Device };
    record.apply(LIS_PHONE, LI, NOON, &[note, fix]).unwrap();
    record.apply(LIS_PHONE, LI, later(2), &[Command::Submit]).unwrap();
    let inspection = record.inspection();
    assert_eq!(inspection.submissions[0].person, LI);
    assert_eq!(inspection.submissions[0].at, later(2));
    assert_eq!(inspection.submissions[0].heads.len(), 1, "what was submitted are the heads before");
}

#[test]
fn the_narrative_of_two_people_is_woven_together() {
    let mut li = started();
    li.apply(LIS_PHONE, LI, NOON, &[Command::Summary { text: "主营玉米。".to_owned() }]).unwrap();
    let mut wang = OpenRecord::open(li.stored.clone()).unwrap();
    wang.apply(WANGS_PHONE, WANG, NOON, &[Command::Join]).unwrap();
    wang.apply(WANGS_PHONE, WANG, NOON, &[Command::Summary { text: "主营玉米。账目已看。".to_owned() }])
        .unwrap();
    li.apply(LIS_PHONE, LI, NOON, &[Command::Summary { text: "今日走访,主营玉米。".to_owned() }]).unwrap();
    let mut stored = li.stored;
    stored.mine.extend(wang.stored.mine.into_iter().skip(2));
    let record = OpenRecord::open(stored).unwrap();
    assert_eq!(record.inspection().summary, "今日走访,主营玉米。账目已看。");
}

fn photo() -> File {
    File {
        sha256: FileHash([0xab; 32]),
        bytes: 310_803,
        media_type: "image/jpeg".to_owned(),
        name: String::new(),
        taken_at: NOON,
        position: None,
    }
}

#[test]
fn a_held_visit_is_handed_in_with_a_position_or_with_the_reason_for_none() {
    let mut record = started();
    record.apply(LIS_PHONE, LI, NOON, &[choose("visit_outcome", "held")]).unwrap();
    let missing = |record: &OpenRecord| record.inspection().missing(record.record().checklist());
    assert!(missing(&record).contains(&Missing::Position));
    let reason = Command::Note { item: "position".to_owned(), text: "山里没有信号".to_owned() };
    record.apply(LIS_PHONE, LI, NOON, &[reason]).unwrap();
    assert!(!missing(&record).contains(&Missing::Position));
}

#[test]
fn a_photo_proves_having_been_there_until_it_is_taken_back() {
    let mut record = started();
    let evidence = EvidenceId::from_bytes([1; 16]);
    let add = Command::AddEvidence { evidence, item: None, finding: None, file: photo() };
    record.apply(LIS_PHONE, LI, NOON, std::slice::from_ref(&add)).unwrap();
    assert!(record.inspection().is_located());
    assert_eq!(record.apply(LIS_PHONE, LI, NOON, &[add]), Err(Refusal::IdTaken));
    let back = Command::WithdrawEvidence { evidence };
    record.apply(LIS_PHONE, LI, NOON, std::slice::from_ref(&back)).unwrap();
    let inspection = record.inspection();
    assert!(!inspection.is_located() && inspection.evidence[&evidence].withdrawn, "a mark, no hole");
    assert_eq!(record.apply(LIS_PHONE, LI, NOON, &[back]), Err(Refusal::UnknownEvidence));
}

#[test]
fn a_record_names_no_file_that_could_not_be_kept() {
    let mut record = started();
    for file in [
        File { bytes: 0, ..photo() },
        File { bytes: EVIDENCE_BYTES_MAX + 1, ..photo() },
        File { media_type: "text/html".to_owned(), ..photo() },
        File { taken_at: PhoneTime(-1), ..photo() },
        File {
            position: Some(Position { latitude_e7: i32::MAX, longitude_e7: 0, accuracy_m: 0 }),
            ..photo()
        },
    ] {
        let evidence = EvidenceId::from_bytes([1; 16]);
        let add = Command::AddEvidence { evidence, item: None, finding: None, file };
        assert_eq!(record.apply(LIS_PHONE, LI, NOON, &[add]), Err(Refusal::BadValue));
    }
}

/// M2: what two people say of one finding, and of one field of the register, both stays until one is picked.
#[test]
fn m2_follow_ups_and_corrections_conflict_and_are_picked() {
    let mut li = started();
    let mut wang = OpenRecord::open(li.stored.clone()).unwrap();
    wang.apply(WANGS_PHONE, WANG, NOON, &[Command::Join]).unwrap();
    let finding = FindingId::from_bytes([7; 16]);
    let say = |outcome, telephone: &str| {
        let proposed = Some(telephone.to_owned());
        [
            Command::FollowUp { finding, outcome: Some(outcome) },
            Command::Correct { register_field: RegisterField::Telephone, proposed },
        ]
    };
    let refused = li.apply(LIS_PHONE, LI, NOON, &say(Rectification::PutRight, "无"));
    assert_eq!(refused, Err(Refusal::BadValue));
    li.apply(LIS_PHONE, LI, NOON, &say(Rectification::PutRight, "0349-2020001")).unwrap();
    wang.apply(WANGS_PHONE, WANG, NOON, &say(Rectification::Partly, "0349-2020002")).unwrap();
    let mut stored = li.stored;
    stored.mine.extend(wang.stored.mine.into_iter().skip(1));
    let mut record = OpenRecord::open(stored).unwrap();
    let fields = [FieldRef::FollowUp(finding), FieldRef::Correction(RegisterField::Telephone)];
    assert_eq!(record.inspection().conflicts(), fields);
    for field in fields {
        let chosen = record.inspection().standing(&field)[1];
        let hash =
            record.apply(LIS_PHONE, LI, later(1), &[Command::Pick { field, chosen }]).unwrap().unwrap();
        assert_eq!(judge(record.record(), hash, LI, Part::Field), Ok(()));
    }
    let inspection = record.inspection();
    assert_eq!(inspection.conflicts(), []);
    assert_eq!(inspection.follow_ups[&finding].entries().len(), 1);
}

/// G1, M2: a value is picked against one taken back, whichever of the two Automerge would let win.
#[test]
fn m2_a_value_is_picked_against_one_taken_back() {
    for (lis, wangs) in [(LIS_PHONE, WANGS_PHONE), (WANGS_PHONE, LIS_PHONE)] {
        let mut li = OpenRecord::start(new_visit(), [5; 16]).unwrap();
        li.apply(lis, LI, NOON, &[Command::Join]).unwrap();
        li.apply(lis, LI, NOON, &[yes("rules")]).unwrap();
        let mut wang = OpenRecord::open(li.stored.clone()).unwrap();
        wang.apply(wangs, WANG, NOON, &[Command::Join, rate(7000)]).unwrap();
        let no = Command::Answer { item: "rules".to_owned(), value: Answer::YesNo(YesNo::No) };
        wang.apply(wangs, WANG, NOON, &[no]).unwrap();
        // Of two, Automerge lets the one win before which more was written.
        let clear = Command::Clear { item: "rules".to_owned() };
        li.apply(lis, LI, NOON, &[rate(6000), rate(6100), rate(6200), rate(6300), clear]).unwrap();
        let mut stored = li.stored;
        stored.mine.extend(wang.stored.mine.into_iter().skip(2));
        let mut record = OpenRecord::open(stored).unwrap();
        let field = FieldRef::Answer("rules".to_owned());
        let entries = record.inspection().answers["rules"].entries().to_vec();
        for entry in entries {
            let mut picked = record.clone();
            let pick = Command::Pick { field: field.clone(), chosen: entry.change };
            let hash = picked.apply(LIS_PHONE, LI, later(1), &[pick]).unwrap().unwrap();
            assert!(Gated::check(&picked.stored.mine.last().unwrap().bytes).is_ok());
            assert_eq!(judge(picked.record(), hash, LI, Part::Field), Ok(()));
            assert_eq!(picked.inspection().answers["rules"].settled(), entry.value.as_ref());
        }
        record.apply(LIS_PHONE, LI, later(1), &[yes("rules")]).unwrap();
        assert!(Gated::check(&record.stored.mine.last().unwrap().bytes).is_ok());
    }
}

#[test]
fn a_note_stands_beside_what_is_there_and_a_finding_is_followed_up_at_another_visit() {
    let mut record = started();
    let (evidence, finding) = (EvidenceId::from_bytes([1; 16]), FindingId::from_bytes([2; 16]));
    let note = |beside: String| Command::Note { item: beside, text: "门口".to_owned() };
    for beside in [evidence.to_string(), finding.to_string(), "nonsense".to_owned()] {
        assert_eq!(record.apply(LIS_PHONE, LI, NOON, &[note(beside)]), Err(Refusal::UnknownItem));
    }
    let add = Command::AddEvidence { evidence, item: None, finding: Some(finding), file: photo() };
    let follow_up = Command::FollowUp { finding, outcome: Some(Rectification::NotPutRight) };
    record.apply(LIS_PHONE, LI, NOON, &[add, follow_up]).unwrap();
    record.apply(LIS_PHONE, LI, NOON, &[note(evidence.to_string()), note(finding.to_string())]).unwrap();
    assert_eq!(record.inspection().notes.len(), 2);
    let raised = FindingId::from_bytes([3; 16]);
    let raise = Command::AddFinding {
        finding: raised,
        item: None,
        text: "牌子掉落".to_owned(),
        severity: sync_core::commands::Severity::Minor,
        due: None,
        responsible: String::new(),
    };
    record.apply(LIS_PHONE, LI, NOON, &[raise]).unwrap();
    let own = Command::FollowUp { finding: raised, outcome: Some(Rectification::PutRight) };
    assert_eq!(record.apply(LIS_PHONE, LI, NOON, &[own]), Err(Refusal::UnknownFinding));
}

/// Everything that commands make passes gate, shape and rules, and reads back as the commands given.
#[test]
fn g5_what_commands_make_is_judged_well_and_reads_back() {
    let (finding, earlier) = (FindingId::from_bytes([2; 16]), FindingId::from_bytes([3; 16]));
    let evidence = EvidenceId::from_bytes([1; 16]);
    let position = Position { latitude_e7: -1, longitude_e7: 1_124_250_000, accuracy_m: 12 };
    let steps: Vec<Vec<Command>> = vec![
        vec![choose("visit_outcome", "held"), choose("operating_status", "normal")],
        vec![Command::Fix { fix: FixId::from_bytes([1; 16]), position, source: FixSource::Device }],
        vec![Command::AddFinding {
            finding,
            item: Some("signboard".to_owned()),
            text: "牌子掉落,未重挂".to_owned(),
            severity: sync_core::commands::Severity::Minor,
            due: Some("2021-05-06".parse().unwrap()),
            responsible: "理事长".to_owned(),
        }],
        vec![Command::WithdrawFinding { finding }],
        vec![Command::Summary { text: "主营玉米、黍子。".to_owned() }],
        vec![Command::Note { item: "rules".to_owned(), text: "上墙".to_owned() }],
        vec![Command::Note { item: "rules".to_owned(), text: String::new() }],
        vec![yes("rules"), rate(5800)],
        vec![Command::Confirm { item: "rules".to_owned(), review: 7 }],
        vec![Command::Clear { item: "rules".to_owned() }],
        vec![Command::AddEvidence {
            evidence,
            item: Some("signboard".to_owned()),
            finding: None,
            file: photo(),
        }],
        vec![
            Command::Note { item: evidence.to_string(), text: "门口的牌子".to_owned() },
            Command::Note { item: "position".to_owned(), text: "没有信号".to_owned() },
        ],
        vec![Command::FollowUp { finding: earlier, outcome: Some(Rectification::Partly) }],
        vec![Command::FollowUp { finding: earlier, outcome: None }],
        vec![Command::Correct { register_field: RegisterField::Chair, proposed: Some("张三".to_owned()) }],
        vec![Command::Correct { register_field: RegisterField::Chair, proposed: None }],
        vec![Command::WithdrawEvidence { evidence }],
        vec![Command::Withdraw { reason: "走错了".to_owned() }],
    ];
    let mut record = started();
    for (minute, commands) in steps.iter().enumerate() {
        let hash = record.apply(LIS_PHONE, LI, later(minute as i64), commands).unwrap().unwrap();
        let bytes = &record.stored.mine.last().unwrap().bytes;
        assert_eq!(Gated::check(bytes).map(|gated| gated.hash()), Ok(hash));
        assert!(is_well_shaped(record.record(), bytes), "{commands:?}");
        assert_eq!(judge(record.record(), hash, LI, Part::Field), Ok(()), "{commands:?}");
        assert_eq!(record.record().commands_in(hash).as_ref(), Some(commands));
        let other = judge(record.record(), hash, WANG, Part::Field);
        assert_eq!(other, Err(RefusalCode::AgainstRules), "Wang was not there: {commands:?}");
    }
    let told = record.record().history(&record.stored.actors);
    assert_eq!(told.len(), steps.len() + 1);
    assert!(told.iter().all(|entry| entry.person == Some(LI)));
}

/// G5: writing in another person's name is against the rules, whoever's phone does it.
#[test]
fn g5_nobody_submits_in_another_persons_name() {
    let mut record = started();
    let position = Position { latitude_e7: 1, longitude_e7: 1, accuracy_m: 12 };
    let note = Command::Note { item: "visit_outcome".to_owned(), text: "门锁着".to_owned() };
    let fix = Command::Fix { fix: FixId::from_bytes([1; 16]), position, source: FixSource::Device };
    record.apply(LIS_PHONE, LI, NOON, &[choose("visit_outcome", "not_found"), note, fix]).unwrap();
    let mut wang = OpenRecord::open(record.stored.clone()).unwrap();
    wang.apply(WANGS_PHONE, WANG, NOON, &[Command::Join]).unwrap();
    let forged = wang.apply(WANGS_PHONE, LI, NOON, &[Command::Submit]).unwrap().unwrap();
    assert_eq!(judge(wang.record(), forged, WANG, Part::Field), Err(RefusalCode::BadShape));
}

/// G5: at the desk nothing is written but one of the values in conflict.
#[test]
fn g5_the_desk_picks_and_nothing_else() {
    let record = in_conflict();
    let inspection = record.inspection();
    let field = inspection.conflicts().remove(0);
    let chosen = inspection.answers["returned_by_volume_rate"].entries()[1].change;
    let context = sync_core::commands::Context {
        person: DESK,
        now: NOON,
        checklist: record.record().checklist(),
        part: Part::Desk,
    };
    let decide = |command| sync_core::commands::decide(&inspection, &context, &[command]);
    assert_eq!(decide(yes("rules")), Err(Refusal::NoConflict));
    assert_eq!(decide(rate(7000)), Err(Refusal::NoConflict));
    assert_eq!(decide(Command::Submit), Err(Refusal::NotAtDesk));
    let edits = decide(Command::Pick { field, chosen }).unwrap();
    let mut copy = record.record().clone();
    let (hash, _) = copy.commit(THE_DESK, NOON, &edits).unwrap();
    assert_eq!(judge(&copy, hash, DESK, Part::Desk), Ok(()));
    assert_eq!(judge(&copy, hash, DESK, Part::Field), Err(RefusalCode::AgainstRules));
}

/// G1: anything but one raw change of exactly its length with its own checksum is refused before
/// Automerge sees it.
#[test]
fn g1_every_damaged_byte_and_every_cut_is_refused() {
    let record = started();
    let good = &record.stored.mine[0].bytes;
    assert!(Gated::check(good).is_ok());
    for at in 0..good.len() {
        let mut bad = good.clone();
        bad[at] ^= 1;
        assert_eq!(Gated::check(&bad), Err(RefusalCode::MalformedChange), "byte {at}");
        assert_eq!(Gated::check(&good[..at]), Err(RefusalCode::MalformedChange), "cut at {at}");
    }
    let mut longer = good.clone();
    longer.push(0);
    assert_eq!(Gated::check(&longer), Err(RefusalCode::MalformedChange));
    assert_eq!(Gated::check(&vec![0; 64 * 1024 + 1]), Err(RefusalCode::TooLarge));
    assert_eq!(Gated::check(&record.record().save()), Err(RefusalCode::MalformedChange), "a document chunk");
}

/// M4: the heads name a state that stays readable as it was.
#[test]
fn m4_an_older_state_reads_as_it_was() {
    let mut record = started();
    record.apply(LIS_PHONE, LI, NOON, &[yes("rules")]).unwrap();
    let then = record.record().heads();
    let before = record.inspection();
    let no = Command::Answer { item: "rules".to_owned(), value: Answer::YesNo(YesNo::No) };
    record.apply(LIS_PHONE, LI, later(1), &[no]).unwrap();
    assert_eq!(record.record().inspection_at(&then, &record.stored.actors), Some(before));
    assert_eq!(record.record().inspection_at(&[ChangeHash([0; 32])], &record.stored.actors), None);
}
