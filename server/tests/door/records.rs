//! Records at the desk: the queue, one record on a page, decisions pinned to what was seen, picks.

use axum::http::{StatusCode, header};
use serde_json::{Value, json};
use server::read_tables;
use server::store::Failed;
use server::store::grants::Role;
use sync_core::commands::{Answer, Command, YesNo};
use sync_core::document::Record;

use crate::field::{Author, Draft, answer, cooperative, finding};
use crate::harness::{Device, LIMIN, NOW, SHENTOU, Server};

/// Two coordinators, the supervisor of their township and of another, and one handed-in record.
struct Township {
    server: Server,
    li: Author,
    wang: Author,
    draft: Draft,
    desk: Device,
    elsewhere: Device,
}

async fn township() -> Township {
    let server = Server::start().await;
    let li = server.person("li", "李辅导", &[(Role::Coordinator, SHENTOU)]).await;
    let wang = server.person("wang", "王辅导", &[(Role::Coordinator, SHENTOU)]).await;
    server.person("supervisor", "赵审核", &[(Role::Supervisor, SHENTOU)]).await;
    server.person("elsewhere", "钱审核", &[(Role::Supervisor, LIMIN)]).await;
    let (li, wang) = (server.author(li, 1).await, server.author(wang, 2).await);
    let visited = cooperative(1, SHENTOU);
    server.add(&visited).await;
    let mut draft = Draft::new(&visited, 1);
    draft.complete(li, 0);
    server.take(li, &mut draft).await;
    let (desk, elsewhere) = (server.desk("supervisor").await, server.desk("elsewhere").await);
    Township { server, li, wang, draft, desk, elsewhere }
}

impl Township {
    fn path(&self, more: &str) -> String {
        format!("/api/v1/visits/{}{more}", self.draft.visit())
    }

    async fn page(&self) -> Value {
        self.server.get(&self.path(""), &self.desk).await.ok()
    }

    async fn decide(&self, heads: &Value, verdict: &str, comment: &str) -> crate::harness::Answer {
        let decision = json!({"heads": heads, "verdict": verdict, "comment": comment});
        self.server.post(&self.path("/reviews"), &self.desk, &decision).await
    }

    async fn queue(&self) -> Vec<Value> {
        let queue = self.server.get("/api/v1/review-queue", &self.desk).await.ok();
        queue["visits"].as_array().unwrap().clone()
    }

    /// Both coordinators, each without the other's knowledge, count the members.
    async fn disagree(&mut self) {
        let mut mine = self.draft.clone();
        let mut theirs = self.draft.clone();
        mine.write(self.li, 5, &[answer("member_count", Answer::Number(40))]);
        theirs.write(self.wang, 6, &[Command::Join]);
        theirs.write(self.wang, 7, &[answer("member_count", Answer::Number(41))]);
        self.server.take(self.li, &mut mine).await;
        self.server.take(self.wang, &mut theirs).await;
        mine.merge(&theirs);
        self.draft = mine;
    }
}

#[tokio::test]
async fn the_queue_shows_what_waits_and_approving_takes_it_off() {
    let t = township().await;
    let queue = t.queue().await;
    assert_eq!(queue.len(), 1);
    assert_eq!(queue[0]["status"], "submitted");
    assert_eq!(queue[0]["outcome"], "held");
    assert_eq!(queue[0]["area_name"], "神头镇");
    assert_eq!(queue[0]["writers"][0]["name"], "李辅导");
    assert_eq!(queue[0]["flags"], json!([]));
    let page = t.page().await;
    assert_eq!(page["can_review"], true);
    assert_eq!(page["history"].as_array().unwrap().len(), t.draft.record.changes().len());
    let approved = t.decide(&page["heads"], "approved", "").await;
    assert_eq!(approved.status, StatusCode::CREATED);
    assert_eq!(approved.json()["status"], "approved");
    assert_eq!(approved.json()["reviews"][0]["reviewer_name"], "赵审核");
    assert!(t.queue().await.is_empty());
    let of_status = t.server.get("/api/v1/review-queue?status=approved&q=XN1", &t.desk).await.ok();
    assert_eq!(of_status["total"], 1);
}

/// A decision is pinned to what was on the screen: if the record has moved since, nothing is decided and
/// the difference is shown.
#[tokio::test]
async fn a_record_that_moved_is_not_decided_on() {
    let mut t = township().await;
    let seen = t.page().await["heads"].clone();
    let note = Command::Note { item: "premises".to_owned(), text: "租用".to_owned() };
    t.draft.write(t.li, 3, &[note, finding(1, "2021-05-06")]);
    t.server.take(t.li, &mut t.draft).await;
    let refused = t.decide(&seen, "approved", "").await;
    assert_eq!((refused.status, refused.code().as_str()), (StatusCode::CONFLICT, "record_moved"));
    let problem = refused.json();
    assert_eq!(
        problem["changes"][0],
        json!({"field": "note", "item": "premises", "before": [], "after": ["租用"]})
    );
    assert_eq!(problem["changes"][1]["field"], "finding");
    let page = t.page().await;
    assert_eq!(page["reviews"], json!([]), "nothing was decided");
    assert_eq!(problem["heads"], page["heads"]);
    t.decide(&page["heads"], "approved", "").await.ok();
}

/// What was decided reaches phones through the log, and everything derived can be thrown away and made
/// again.
#[tokio::test]
async fn decisions_are_logged_and_rebuilt() {
    let mut t = township().await;
    t.disagree().await;
    let page = t.page().await;
    let chosen = &page["inspection"]["answers"]["member_count"][0]["change"];
    let pick = json!({"heads": page["heads"], "field": page["conflicts"][0], "chosen": chosen});
    let picked = t.server.post(&t.path("/picks"), &t.desk, &pick).await.ok();
    let approved = t.decide(&picked["heads"], "approved", "").await.ok();
    let key = t.draft.visit().to_string();
    let pulled = move |c: &rusqlite::Connection| {
        let sql = "SELECT area, value FROM register_rows WHERE table_name = 'reviews' AND key = ?1";
        let row = c.query_row(sql, [key], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok::<(String, String), Failed>(row)
    };
    let (area, reviews) = t.server.app.store.read(pulled).await.unwrap();
    assert_eq!(area, SHENTOU);
    assert_eq!(serde_json::from_str::<Value>(&reviews).unwrap(), approved["reviews"]);
    let before = t.server.app.store.read(read_tables::dump).await.unwrap();
    t.server.app.store.write::<_, Failed>(|tx| read_tables::rebuild(tx, NOW)).await.unwrap();
    assert_eq!(t.server.app.store.read(read_tables::dump).await.unwrap(), before);
    assert_eq!(t.page().await, approved);
}

#[tokio::test]
async fn a_returned_record_comes_back_and_what_changed_is_shown() {
    let mut t = township().await;
    let page = t.page().await;
    let heads = &page["heads"];
    assert_eq!(t.decide(heads, "returned", " ").await.code(), "comment_required");
    let comments = json!({"heads": heads, "verdict": "returned", "comment": "",
        "item_comments": {"account_books": "照片不清"}});
    let returned = t.server.post(&t.path("/reviews"), &t.desk, &comments).await.ok();
    assert_eq!(returned["status"], "returned");
    assert!(t.queue().await.is_empty());
    t.draft.write(t.li, 9, &[answer("account_books", Answer::YesNo(YesNo::No))]);
    t.draft.write(t.li, 9, &[Command::Submit]);
    t.server.take(t.li, &mut t.draft).await;
    let page = t.page().await;
    assert_eq!(page["status"], "resubmitted");
    let changes = page["changes_since_review"].as_array().unwrap();
    assert_eq!(changes[0]["item"], "account_books");
    assert_eq!(changes[0]["before"], json!([{"kind": "yes_no", "value": "yes"}]));
    assert_eq!(changes[0]["after"], json!([{"kind": "yes_no", "value": "no"}]));
    assert_eq!(changes[1]["field"], "submission");
    assert_eq!(t.queue().await.len(), 1);
}

#[tokio::test]
async fn the_approved_version_stays_readable_as_it_was() {
    let mut t = township().await;
    assert_eq!(t.server.get(&t.path("/approved"), &t.desk).await.code(), "never_approved");
    let before = t.page().await;
    t.decide(&before["heads"], "approved", "").await.ok();
    t.draft.write(t.li, 9, &[answer("premises", Answer::YesNo(YesNo::No))]);
    t.server.take(t.li, &mut t.draft).await;
    let now = t.page().await;
    assert_eq!((&now["status"], &now["changed_since_approval"]), (&json!("approved"), &json!(true)));
    assert_eq!(now["changes_since_review"][0]["item"], "premises");
    assert_eq!(t.queue().await[0]["flags"], json!(["changed_since_approval"]));
    let approved = t.server.get(&t.path("/approved"), &t.desk).await.ok();
    assert_eq!(approved["inspection"], before["inspection"]);
    assert_eq!(approved["history"], before["history"]);
    assert_eq!(approved["changed_since_approval"], false);
}

#[tokio::test]
async fn a_conflict_keeps_from_approving_until_somebody_picks() {
    let mut t = township().await;
    t.disagree().await;
    let page = t.page().await;
    assert_eq!(page["conflicts"], json!([{"field": "answer", "item": "member_count"}]));
    assert_eq!((&page["can_review"], &page["can_review_reason"]), (&json!(true), &json!("conflicts")));
    assert_eq!(t.queue().await[0]["conflicts"], 1);
    assert_eq!(t.decide(&page["heads"], "approved", "").await.code(), "conflicts_open");
    let values = page["inspection"]["answers"]["member_count"].as_array().unwrap();
    let chosen = values.iter().find(|entry| entry["value"]["value"] == 40).unwrap();
    let pick = json!({"heads": page["heads"], "field": page["conflicts"][0], "chosen": chosen["change"]});
    let picked = t.server.post(&t.path("/picks"), &t.desk, &pick).await.ok();
    assert_eq!(picked["conflicts"], json!([]));
    assert_eq!(picked["inspection"]["answers"]["member_count"][0]["value"]["value"], 40);
    let last = picked["history"].as_array().unwrap().last().unwrap().clone();
    assert_eq!(picked["people"][last["person"].as_str().unwrap()], "赵审核");
    let again = t.server.post(&t.path("/picks"), &t.desk, &pick).await;
    assert_eq!(again.code(), "record_moved");
    let settled = json!({"heads": picked["heads"], "field": pick["field"], "chosen": pick["chosen"]});
    assert_eq!(t.server.post(&t.path("/picks"), &t.desk, &settled).await.code(), "no_conflict");
    assert_eq!(picked["can_review_reason"], Value::Null, "a pick is not writing in the record");
    t.decide(&picked["heads"], "approved", "").await.ok();
}

/// V4: nobody decides on their own work, whatever their grants say.
#[tokio::test]
async fn nobody_reviews_a_record_they_wrote_in() {
    let mut t = township().await;
    let both = [(Role::Coordinator, SHENTOU), (Role::Supervisor, SHENTOU)];
    let sun = t.server.person("sun", "孙兼任", &both).await;
    let author = t.server.author(sun, 9).await;
    t.draft.write(author, 4, &[Command::Join]);
    t.server.take(author, &mut t.draft).await;
    let desk = t.server.desk("sun").await;
    let page = t.server.get(&t.path(""), &desk).await.ok();
    assert_eq!((&page["can_review"], &page["can_review_reason"]), (&json!(false), &json!("wrote_in_it")));
    let decision = json!({"heads": page["heads"], "verdict": "approved"});
    let refused = t.server.post(&t.path("/reviews"), &desk, &decision).await;
    assert_eq!((refused.status, refused.code().as_str()), (StatusCode::FORBIDDEN, "own_record"));
}

/// Another area's record is as if it weren't there; nothing is changed.
#[tokio::test]
async fn another_area_s_record_is_not_there() {
    let t = township().await;
    let page = t.page().await;
    for path in ["", "/approved", "/document"] {
        let answer = t.server.get(&t.path(path), &t.elsewhere).await;
        assert_eq!((answer.status, answer.code().as_str()), (StatusCode::NOT_FOUND, "unknown_visit"));
    }
    let unknown = "/api/v1/visits/0190b6a0-0000-7000-8000-000000000001";
    let nowhere = t.server.get(unknown, &t.elsewhere).await;
    assert_eq!(nowhere.bytes, t.server.get(&t.path(""), &t.elsewhere).await.bytes);
    let decision = json!({"heads": page["heads"], "verdict": "approved"});
    let review = t.server.post(&t.path("/reviews"), &t.elsewhere, &decision).await;
    assert_eq!(review.code(), "unknown_visit");
    let field = json!({"field": "answer", "item": "premises"});
    let pick = json!({"heads": page["heads"], "field": field, "chosen": page["heads"][0]});
    assert_eq!(t.server.post(&t.path("/picks"), &t.elsewhere, &pick).await.code(), "unknown_visit");
    let queue = t.server.get("/api/v1/review-queue", &t.elsewhere).await.ok();
    assert_eq!(queue, json!({"visits": [], "total": 0}));
    assert_eq!(t.page().await, page, "nothing was changed");
}

#[tokio::test]
async fn a_request_told_twice_decides_once() {
    let t = township().await;
    let heads = t.page().await["heads"].clone();
    let first = t.decide(&heads, "rejected", "不是合作社").await.ok();
    let second = t.decide(&heads, "rejected", "不是合作社").await.ok();
    assert_eq!(first, second);
    assert_eq!(second["reviews"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn what_is_not_handed_in_is_not_decided_on() {
    let t = township().await;
    let visited = cooperative(2, SHENTOU);
    t.server.add(&visited).await;
    let mut started = Draft::new(&visited, 2);
    started.write(t.li, 0, &[Command::Join]);
    t.server.take(t.li, &mut started).await;
    let path = format!("/api/v1/visits/{}", started.visit());
    let page = t.server.get(&path, &t.desk).await.ok();
    assert_eq!(
        (&page["status"], &page["can_review_reason"]),
        (&json!("in_progress"), &json!("not_submitted"))
    );
    let decision = json!({"heads": page["heads"], "verdict": "approved"});
    let refused = t.server.post(&format!("{path}/reviews"), &t.desk, &decision).await;
    assert_eq!(refused.code(), "not_submitted");
    let odd = json!({"heads": page["heads"], "verdict": "applauded"});
    assert_eq!(t.server.post(&format!("{path}/reviews"), &t.desk, &odd).await.code(), "bad_value");
}

#[tokio::test]
async fn the_document_is_the_record_and_is_sent_once() {
    let t = township().await;
    let answer = t.server.get(&t.path("/document"), &t.desk).await;
    assert_eq!(answer.headers[header::CONTENT_TYPE], "application/octet-stream");
    let record = Record::load(&answer.bytes, t.draft.record.of()).unwrap();
    assert_eq!(record.heads(), t.draft.record.heads());
    let tag = answer.headers[header::ETAG].to_str().unwrap().to_owned();
    let mut knowing = t.desk.clone();
    knowing.headers.push((header::IF_NONE_MATCH, tag));
    let again = t.server.get(&t.path("/document"), &knowing).await;
    assert_eq!((again.status, again.bytes.len()), (StatusCode::NOT_MODIFIED, 0));
}
