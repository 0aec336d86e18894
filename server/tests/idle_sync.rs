//! What a sync without news costs. It stands alone, because it counts the documents that the whole process
//! loads.

#[path = "door/harness.rs"]
#[expect(dead_code, reason = "the other tests of the door use the rest of it")]
mod harness;

use axum::body::Body;
use axum::http::header;
use harness::{Device, Server, area};
use server::store::documents;
use server::store::grants::Role;
use server::store::{Failed, change_log};
use sync_core::commands::Command;
use sync_core::domain::{Actor, Cooperative, CooperativeId, OperatingStatus, PersonId, PhoneTime};
use sync_core::replica::outbox::Asking;
use sync_core::replica::{self, NewVisit, OpenRecord, State, StoredRecord};
use sync_core::wire::{self, MEDIA_TYPE, Reply};

/// C7: with nothing new in one granted area, no document is loaded, and both bodies together have fewer
/// than 600 bytes, uncompressed.
#[tokio::test]
async fn a_sync_without_news_is_small_and_loads_no_document() {
    let server = Server::start().await;
    let person = server.person("first", "张辅导", &[(Role::Coordinator, harness::SHENTOU)]).await;
    let phone = server.phone("first").await;
    let id = CooperativeId::from_bytes([4; 16]);
    let cooperative = Cooperative {
        id,
        name: "马邑合作社".to_owned(),
        initials: "myhzs".to_owned(),
        provisional: false,
        area: area(harness::SHENTOU),
        credit_code: None,
        operating_status: OperatingStatus::Normal,
        address: String::new(),
        village: String::new(),
        chair: String::new(),
        telephone: String::new(),
        position: None,
        title: None,
        established: None,
        products: String::new(),
        coordinator: None,
        five_haves_met: None,
        newest_counted: None,
    };
    let value = serde_json::to_value(&cooperative).unwrap();
    let put = move |tx: &rusqlite::Transaction<'_>| {
        let key = cooperative.id.to_string();
        change_log::append_row(
            tx,
            harness::NOW,
            Some(&cooperative.area),
            "cooperatives",
            &key,
            Some(&value),
            None,
        )
    };
    server.app.store.write::<_, Failed>(put).await.unwrap();

    let new = NewVisit {
        cooperative: id,
        area: area(harness::SHENTOU),
        provisional_name: None,
        checklist: "quality-2021@1".parse().unwrap(),
    };
    let mut open = OpenRecord::start(new, [1; 16]).unwrap();
    open.apply(Actor([1; 16]), person, PhoneTime(harness::NOW.0), &[Command::Join]).unwrap().unwrap();

    let mut phone = Phone { device: phone, person, state: State::default(), records: vec![open.stored] };
    while phone.syncs(&server).await.is_news {}
    let mut open = OpenRecord::open(phone.records.remove(0)).unwrap();
    let note = Command::Note { item: "premises".to_owned(), text: "两间".to_owned() };
    open.apply(Actor([1; 16]), person, PhoneTime(harness::NOW.0), &[note]).unwrap().unwrap();
    phone.records.push(open.stored);
    while phone.syncs(&server).await.is_news {}

    let loaded = documents::loaded();
    assert!(loaded > 0, "the second push loaded the record");
    let idle = phone.syncs(&server).await;
    assert!(!idle.is_news && idle.areas == 1);
    assert_eq!(documents::loaded(), loaded);
    assert!(idle.bytes < 600, "{} bytes", idle.bytes);
}

struct Phone {
    device: Device,
    person: PersonId,
    state: State,
    records: Vec<StoredRecord>,
}

/// What a round trip came to.
struct RoundTrip {
    is_news: bool,
    areas: usize,
    bytes: usize,
}

impl Phone {
    async fn syncs(&mut self, server: &Server) -> RoundTrip {
        let now = PhoneTime(harness::NOW.0);
        let asking = Asking { app: "0.1.0".to_owned(), now, page_bytes_max: 64 * 1024 };
        let body = wire::encode(&replica::push(&self.state, &self.records, asking));
        let sent = body.len();
        let request = self.device.request("POST", "/api/v1/sync").header(header::CONTENT_TYPE, MEDIA_TYPE);
        let answer = server.send(request.body(Body::from(body)).unwrap()).await;
        let reply: Reply = wire::decode(&answer.bytes).unwrap();
        let taking = replica::answer::Taking { person: self.person, fresh_actor: Actor([9; 16]) };
        let visits = replica::visits_in(&self.state, &reply);
        let (known, others): (Vec<_>, Vec<_>) =
            self.records.drain(..).partition(|record| visits.contains(&record.visit()));
        let outcome = replica::take(self.state.clone(), &reply, known, taking);
        self.state = outcome.state;
        self.records = others.into_iter().chain(outcome.put).collect();
        let has_entries = reply.scopes.iter().any(|page| !page.entries.is_empty());
        RoundTrip {
            is_news: outcome.more || has_entries || !reply.receipts.is_empty(),
            areas: reply.scopes.len(),
            bytes: sent + answer.bytes.len(),
        }
    }
}
