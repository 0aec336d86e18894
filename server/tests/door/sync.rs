//! One round trip of a phone, from the outside: bodies that are none, callers that may not, and a record
//! that goes from one phone to another.

use std::io::Write;

use axum::body::Body;
use axum::http::header;
use flate2::Compression;
use flate2::write::{GzEncoder, ZlibEncoder};
use serde_bytes::ByteBuf;
use serde_json::json;
use server::store::grants::Role;
use server::store::{Failed, change_log};
use sync_core::commands::Command;
use sync_core::domain::{Actor, CooperativeId, PersonId, PhoneTime};
use sync_core::replica::outbox::Asking;
use sync_core::replica::{self, NewVisit, OpenRecord, State, StoredRecord};
use sync_core::wire::{self, MEDIA_TYPE, Push, REQUEST_BYTES_MAX, Receipt, Reply, Unsent};

use crate::harness::{Answer, Device, LIMIN, NOW, SHENTOU, Server, area};

const COOPERATIVE: &str = "00000000-0000-4000-8000-00000000000a";

fn empty_push() -> Push {
    Push {
        version: wire::VERSION,
        app: "0.1.0".to_owned(),
        sent_at: PhoneTime(NOW.0),
        unsent: Unsent::default(),
        visits: Vec::new(),
        scopes: Vec::new(),
        page_bytes_max: 64 * 1024,
        refused: Vec::new(),
        remembered: None,
    }
}

async fn put_cooperative(server: &Server) {
    let row = json!({
        "id": COOPERATIVE, "name": "马邑合作社", "initials": "myhzs", "provisional": false,
        "area": SHENTOU, "credit_code": null, "operating_status": "normal", "address": "", "village": "",
        "chair": "", "telephone": "", "position": null, "title": null, "established": null,
        "products": "", "coordinator": null, "five_haves_met": null, "newest_counted": null,
    });
    let put = move |tx: &rusqlite::Transaction<'_>| {
        let town = area(SHENTOU);
        change_log::append_row(tx, NOW, Some(&town), "cooperatives", COOPERATIVE, Some(&row), None)
    };
    server.app.store.write::<_, Failed>(put).await.unwrap();
}

/// Sends a body with these headers beside the phone's own.
async fn send(server: &Server, by: &Device, kind: &str, encoding: Option<&str>, body: Vec<u8>) -> Answer {
    let mut request = by.request("POST", "/api/v1/sync").header(header::CONTENT_TYPE, kind);
    if let Some(encoding) = encoding {
        request = request.header(header::CONTENT_ENCODING, encoding);
    }
    server.send(request.body(Body::from(body)).unwrap()).await
}

async fn sync(server: &Server, by: &Device, push: &Push) -> Reply {
    let answer = send(server, by, MEDIA_TYPE, None, wire::encode(push)).await;
    assert!(answer.status.is_success(), "{answer:?}");
    assert_eq!(answer.headers[header::CONTENT_TYPE], MEDIA_TYPE);
    wire::decode(&answer.bytes).unwrap()
}

fn zlib(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// A phone as its store sees it.
struct Phone {
    device: Device,
    person: PersonId,
    actor: Actor,
    state: State,
    records: Vec<StoredRecord>,
}

impl Phone {
    async fn sign_in(server: &Server, account: &str, person: PersonId) -> Self {
        let device = server.phone(account).await;
        let actor = Actor(*person.as_bytes());
        Self { device, person, actor, state: State::default(), records: Vec::new() }
    }

    /// Syncs until nothing more is waiting.
    async fn syncs(&mut self, server: &Server) {
        for _ in 0..20 {
            let asking = Asking { app: "0.1.0".to_owned(), now: PhoneTime(NOW.0), page_bytes_max: 64 * 1024 };
            let push = replica::push(&self.state, &self.records, asking);
            let reply = sync(server, &self.device, &push).await;
            let taking = replica::answer::Taking { person: self.person, fresh_actor: Actor([99; 16]) };
            let visits = replica::visits_in(&self.state, &reply);
            let (known, others): (Vec<_>, Vec<_>) =
                self.records.drain(..).partition(|record| visits.contains(&record.visit()));
            let outcome = replica::take(self.state.clone(), &reply, known, taking);
            self.records = others;
            self.records.extend(outcome.put);
            self.state = outcome.state;
            if !outcome.more {
                return;
            }
        }
        panic!("it comes to an end");
    }
}

/// C1, R1: what one phone sends another pulls, with whose it is and what they are called.
#[tokio::test]
async fn a_record_goes_from_phone_to_phone() {
    let server = Server::start().await;
    put_cooperative(&server).await;
    let first = server.person("first", "张辅导", &[(Role::Coordinator, SHENTOU)]).await;
    let second = server.person("second!", "李辅导", &[(Role::Coordinator, SHENTOU)]).await;
    let mut first = Phone::sign_in(&server, "first", first).await;
    let mut second = Phone::sign_in(&server, "second!", second).await;
    let new = NewVisit {
        cooperative: COOPERATIVE.parse::<CooperativeId>().unwrap(),
        area: area(SHENTOU),
        provisional_name: None,
        checklist: "quality-2021@1".parse().unwrap(),
    };
    let mut open = OpenRecord::start(new, [1; 16]).unwrap();
    let note = Command::Note { item: "premises".to_owned(), text: "两间办公室".to_owned() };
    for command in [Command::Join, note] {
        open.apply(first.actor, first.person, PhoneTime(NOW.0), &[command]).unwrap().unwrap();
    }
    first.records.push(open.stored.clone());
    first.syncs(&server).await;
    assert!(first.records[0].unsent().next().is_none());
    second.syncs(&server).await;
    let [record] = second.records.as_slice() else { panic!("{:?}", second.records) };
    let inspection = record.base().unwrap().inspection(&record.actors);
    assert_eq!(inspection, open.record().inspection(&record.actors));
    assert_eq!(inspection.writers, [first.person]);
    let mut push = empty_push();
    push.scopes = vec![wire::ScopeRequest { prefix: area(SHENTOU), cursor: None, index: Vec::new() }];
    let reply = sync(&server, &second.device, &push).await;
    assert_eq!(reply.people[&first.person], "张辅导");
    assert_eq!(reply.granted, [area(SHENTOU)]);
}

/// P4: a body that is none is refused whole, with a code of its own, and changes nothing.
#[tokio::test]
async fn a_body_that_is_none_is_refused_whole() {
    let server = Server::start().await;
    let person = server.person("first", "张辅导", &[(Role::Coordinator, SHENTOU)]).await;
    let phone = Phone::sign_in(&server, "first", person).await.device;
    let body = wire::encode(&empty_push());
    let code = |answer: Answer| answer.code();
    for good in [(None, body.clone()), (Some("gzip"), gzip(&body)), (Some("deflate"), zlib(&body))] {
        assert!(send(&server, &phone, MEDIA_TYPE, good.0, good.1).await.status.is_success());
    }
    let newer = wire::encode(&Push { version: 2, ..empty_push() });
    let oversized = wire::encode(&Push { app: "x".repeat(REQUEST_BYTES_MAX), ..empty_push() });
    let mut countless = empty_push();
    let new = NewVisit {
        cooperative: COOPERATIVE.parse::<CooperativeId>().unwrap(),
        area: area(SHENTOU),
        provisional_name: None,
        checklist: "quality-2021@1".parse().unwrap(),
    };
    let open = OpenRecord::start(new, [1; 16]).unwrap();
    countless.visits = vec![wire::VisitPush {
        visit: open.stored.visit(),
        genesis: open.stored.genesis.clone(),
        code: open.stored.code.clone(),
        provisional: None,
        changes: vec![ByteBuf::new(); 20_000],
        replaces: Vec::new(),
    }];
    let torn = |bytes: Vec<u8>| bytes[..bytes.len() / 2].to_vec();
    let cases = [
        ("application/json", None, body.clone(), "unsupported_media_type"),
        (MEDIA_TYPE, Some("br"), body.clone(), "unsupported_media_type"),
        (MEDIA_TYPE, None, torn(body.clone()), "malformed_body"),
        (MEDIA_TYPE, Some("gzip"), torn(gzip(&body)), "malformed_body"),
        (MEDIA_TYPE, Some("deflate"), body.clone(), "malformed_body"),
        (MEDIA_TYPE, None, newer, "unknown_version"),
        (MEDIA_TYPE, None, oversized.clone(), "body_too_large"),
        (MEDIA_TYPE, None, wire::encode(&countless), "body_too_large"),
        (MEDIA_TYPE, Some("gzip"), gzip(&oversized), "body_too_large"),
        (MEDIA_TYPE, Some("deflate"), zlib(&vec![0; 64 * 1024 * 1024]), "body_too_large"),
    ];
    for (kind, encoding, body, expected) in cases {
        assert_eq!(code(send(&server, &phone, kind, encoding, body).await), expected);
    }
}

/// C5: an area that is not granted gets no page; a person without any grant may still hand in work,
/// which is kept.
#[tokio::test]
async fn nothing_outside_a_grant_is_sent_and_no_work_is_turned_away() {
    let server = Server::start().await;
    put_cooperative(&server).await;
    let person = server.person("limin", "王辅导", &[(Role::Coordinator, LIMIN)]).await;
    let idle = server.person("idle", "无职", &[]).await;
    let phone = Phone::sign_in(&server, "limin", person).await;
    let scope = |code| wire::ScopeRequest { prefix: area(code), cursor: None, index: Vec::new() };
    let mut push = empty_push();
    push.scopes = vec![scope(SHENTOU), scope("140602"), scope(LIMIN)];
    let reply = sync(&server, &phone.device, &push).await;
    let answered: Vec<_> = reply.scopes.iter().map(|page| page.prefix.clone()).collect();
    assert_eq!((answered, reply.granted), (vec![area(LIMIN)], vec![area(LIMIN)]));

    let phone = Phone::sign_in(&server, "idle", idle).await;
    let new = NewVisit {
        cooperative: COOPERATIVE.parse::<CooperativeId>().unwrap(),
        area: area(SHENTOU),
        provisional_name: None,
        checklist: "quality-2021@1".parse().unwrap(),
    };
    let mut open = OpenRecord::start(new, [1; 16]).unwrap();
    open.apply(phone.actor, phone.person, PhoneTime(NOW.0), &[Command::Join]).unwrap().unwrap();
    let mut push = empty_push();
    push.visits = vec![wire::VisitPush {
        visit: open.stored.visit(),
        genesis: open.stored.genesis.clone(),
        code: open.stored.code.clone(),
        provisional: None,
        changes: open.stored.mine.iter().map(|mine| ByteBuf::from(mine.bytes.clone())).collect(),
        replaces: Vec::new(),
    }];
    let reply = sync(&server, &phone.device, &push).await;
    let receipt = &reply.receipts[0].changes[0].receipt;
    assert_eq!(*receipt, Receipt::Quarantined(wire::RefusalCode::NotGranted));
    assert_eq!((reply.granted, reply.scopes), (vec![], vec![]));
}

/// P3: what a phone holds without a receipt is kept as it last reported it. Only phones sync.
#[tokio::test]
async fn a_phone_reports_what_it_holds() {
    let server = Server::start().await;
    let person = server.person("first", "张辅导", &[(Role::Coordinator, SHENTOU)]).await;
    let phone = Phone::sign_in(&server, "first", person).await;
    let mut push = empty_push();
    push.unsent = Unsent { records: 2, changes: 7, oldest: Some(PhoneTime(5)) };
    server.pass(1_000);
    sync(&server, &phone.device, &push).await;
    let reported: (i64, i64, i64, i64, String) = server
        .app
        .store
        .read(|c| {
            let sql = "SELECT unsent_records, unsent_changes, unsent_oldest_at, last_contact_at, app
                       FROM devices";
            let columns = |row: &rusqlite::Row<'_>| {
                Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?))
            };
            Ok::<_, Failed>(c.query_row(sql, [], columns)?)
        })
        .await
        .unwrap();
    assert_eq!(reported, (2, 7, 5, NOW.0 + 1_000, "0.1.0".to_owned()));
    let desk = server.desk("first").await;
    let refused = send(&server, &desk, MEDIA_TYPE, None, wire::encode(&empty_push())).await;
    assert_eq!(refused.code(), "not_allowed");
}

/// R8: where there is no room for a body it is not even read.
#[tokio::test]
async fn a_body_there_is_no_room_for_is_not_read() {
    let server = Server::start().await;
    server.person("first", "张辅导", &[(Role::Coordinator, SHENTOU)]).await;
    let phone = server.phone("first").await;
    let bytes = std::sync::Arc::clone(&server.app.room.sync_bytes);
    let all = bytes.available_permits() as u32;
    let _all = bytes.acquire_many_owned(all).await.unwrap();
    let never = futures_util::stream::pending::<Result<Vec<u8>, std::io::Error>>();
    let request = phone.request("POST", "/api/v1/sync").header(header::CONTENT_TYPE, MEDIA_TYPE);
    let answer = server.send(request.body(Body::from_stream(never)).unwrap()).await;
    assert_eq!((answer.status.as_u16(), answer.code().as_str()), (503, "overloaded"));
    assert_eq!(answer.headers[header::RETRY_AFTER], "20");
}
