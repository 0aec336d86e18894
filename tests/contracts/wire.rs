//! The bytes of `/api/v1/sync`: phones in the field speak them for years.

use std::collections::BTreeMap;

use serde::{Serialize, de::DeserializeOwned};
use serde_bytes::ByteBuf;
use sync_core::document::Genesis;
use sync_core::domain::{
    Actor, ChangeHash, CooperativeId, PersonId, PhoneTime, ServerTime, VisitCode, VisitId,
};
use sync_core::wire::{
    ChangeReceipt, Comparing, Cursor, Entered, Entry, IndexEntry, NotTaking, ProvisionalCooperative,
    PulledChange, Push, Receipt, RefusalCode, Remembered, Replacement, Reply, Row, ScopePage, ScopeRequest,
    Unsent, VERSION, VisitPush, VisitReceipt, decode, encode,
};

use crate::{agree, hex};

const COOPERATIVE: CooperativeId = CooperativeId::from_bytes([1; 16]);
const PERSON: PersonId = PersonId::from_bytes([2; 16]);
const CHANGE: ChangeHash = ChangeHash([3; 32]);
const OTHER_CHANGE: ChangeHash = ChangeHash([4; 32]);

fn code() -> VisitCode {
    VisitCode::make(COOPERATIVE, 1, [5; 16])
}

fn visit() -> VisitId {
    VisitId::derive(COOPERATIVE, &code())
}

fn genesis() -> Genesis {
    Genesis {
        schema: 1,
        visit: visit(),
        cooperative: COOPERATIVE,
        checklist: "quality-2021@1".parse().unwrap(),
    }
}

fn cursor(comparing: Option<Comparing>) -> Cursor {
    Cursor { epoch: 6, seq: 7, hash: vec![8; 32], comparing }
}

/// A push in which nothing is left out.
fn push() -> Push {
    let index = vec![IndexEntry { visit: visit(), digest: 9 }];
    let prefix = "140602100".parse().unwrap();
    let after_a_row = Some(Comparing::Rows("cooperatives\n7".to_owned()));
    let after_a_visit = Some(Comparing::Visits(Some(visit())));
    Push {
        version: VERSION,
        app: "0.1.0".to_owned(),
        sent_at: PhoneTime(1_620_000_000_000),
        unsent: Unsent { records: 1, changes: 2, oldest: Some(PhoneTime(1_619_999_000_000)) },
        visits: vec![VisitPush {
            visit: visit(),
            genesis: genesis(),
            code: code(),
            provisional: Some(ProvisionalCooperative {
                name: "神头镇新社".to_owned(),
                area: "140602100".parse().unwrap(),
            }),
            changes: vec![ByteBuf::from([10, 11, 12])],
            replaces: vec![Replacement { new: CHANGE, old: OTHER_CHANGE }],
        }],
        scopes: vec![
            ScopeRequest { prefix, cursor: Some(cursor(after_a_row)), index: Vec::new() },
            ScopeRequest { prefix: "140602".parse().unwrap(), cursor: Some(cursor(after_a_visit)), index },
        ],
        page_bytes_max: 262_144,
        refused: Vec::new(),
        remembered: Some(Remembered { epoch: u64::MAX, rows: vec![row()] }),
    }
}

/// A reply with every kind of receipt and entry.
fn reply() -> Reply {
    let receipt = |receipt| ChangeReceipt { hash: CHANGE, receipt };
    Reply {
        version: VERSION,
        server_time: ServerTime(1_620_000_001_000),
        granted: vec!["140602100".parse().unwrap()],
        receipts: vec![VisitReceipt {
            visit: visit(),
            changes: vec![
                receipt(Receipt::Accepted),
                receipt(Receipt::Duplicate),
                receipt(Receipt::Parked(vec![OTHER_CHANGE])),
                receipt(Receipt::Quarantined(RefusalCode::NotGranted)),
            ],
        }],
        not_taking: Some(NotTaking::DiskFull),
        scopes: vec![ScopePage {
            prefix: "140602100".parse().unwrap(),
            entries: vec![
                Entry::Change(PulledChange {
                    visit: visit(),
                    genesis: genesis(),
                    code: code(),
                    change: vec![10, 11, 12],
                    person: PERSON,
                    received_at: ServerTime(1_620_000_000_500),
                }),
                Entry::Enter(Box::new(Entered {
                    visit: visit(),
                    genesis: genesis(),
                    code: code(),
                    snapshot: vec![13, 14],
                    actors: vec![(Actor([15; 16]), PERSON)],
                    received_at: ServerTime(1_620_000_000_600),
                })),
                Entry::Leave(visit()),
                Entry::Row(row()),
            ],
            cursor: cursor(None),
            more: false,
            lost_after: Some(18),
            digest: Some(u64::MAX),
        }],
        people: BTreeMap::from([(PERSON, "李秀英".to_owned())]),
        resolved: Vec::new(),
        heard: 17,
    }
}

fn row() -> Row {
    Row {
        table: "areas".to_owned(),
        key: "140602100".to_owned(),
        seq: 16,
        value: Some(r#"{"name":"神头镇"}"#.to_owned()),
    }
}

/// The words as bytes agree with the file, and the file's bytes as words agree with these.
fn speak<T: Serialize + DeserializeOwned + PartialEq + std::fmt::Debug>(file: &str, words: &T) {
    let bytes = encode(words);
    agree(file, hex(&bytes));
    assert_eq!(&decode::<T>(&bytes).unwrap(), words);
}

#[test]
fn a_push_keeps_its_bytes() {
    speak("push.hex", &push());
}

#[test]
fn a_reply_keeps_its_bytes() {
    speak("reply.hex", &reply());
}

#[test]
fn every_refusal_keeps_its_code() {
    let codes = [
        (RefusalCode::MalformedChange, "malformed_change"),
        (RefusalCode::TooLarge, "too_large"),
        (RefusalCode::GenesisMismatch, "genesis_mismatch"),
        (RefusalCode::UnknownChecklist, "unknown_checklist"),
        (RefusalCode::SequenceReused, "sequence_reused"),
        (RefusalCode::ForeignActor, "foreign_actor"),
        (RefusalCode::NotGranted, "not_granted"),
        (RefusalCode::UnknownCooperative, "unknown_cooperative"),
        (RefusalCode::BadShape, "bad_shape"),
        (RefusalCode::AgainstRules, "against_rules"),
        (RefusalCode::Unmergeable, "unmergeable"),
        (RefusalCode::DependsOnRefused, "depends_on_refused"),
    ];
    for (code, name) in codes {
        assert_eq!(serde_json::to_value(code).unwrap(), name);
    }
}
