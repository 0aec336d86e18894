//! What was refused, at the desk: seen by those of its area, released under a supervisor's grant as its
//! author's, dismissed with a reason, exported whole.

use axum::http::{StatusCode, header};
use serde_json::{Value, json};
use server::store::grants::Role;
use sync_core::commands::{Answer, Command, YesNo};
use sync_core::wire::{ProvisionalCooperative, Receipt, RefusalCode};

use crate::field::{Author, Draft, answer, cooperative};
use crate::harness::{DISTRICT, Device, LIMIN, NOW, SHENTOU, Server, area};

/// 李辅导 of 神头镇 worked in 利民镇, where she has no grant: three changes, each upon the one before.
struct Story {
    server: Server,
    li: Author,
    draft: Draft,
    limin: Device,
    page: String,
}

impl Story {
    async fn begin() -> Self {
        let server = Server::start().await;
        let li = server.person("li", "李辅导", &[(Role::Coordinator, SHENTOU)]).await;
        server.person("limin", "利民审核", &[(Role::Supervisor, LIMIN)]).await;
        let li = server.author(li, 1).await;
        server.add(&cooperative(3, LIMIN)).await;
        let mut draft = Draft::new(&cooperative(3, LIMIN), 3);
        draft.write(li, 0, &[Command::Join]);
        draft.write(li, 1, &[answer("rules", Answer::YesNo(YesNo::Yes))]);
        draft.write(li, 2, &[Command::Summary { text: "制度齐全".to_owned() }]);
        let sent = server.send_push(li, draft.push()).await;
        let codes = [RefusalCode::NotGranted, RefusalCode::DependsOnRefused, RefusalCode::DependsOnRefused];
        assert_eq!(sent, codes.map(Receipt::Quarantined));
        let limin = server.desk("limin").await;
        let page = format!("/api/v1/quarantine/{}/{}/{}", draft.visit(), li.person, li.device);
        Self { server, li, draft, limin, page }
    }

    async fn list(&self, by: &Device, state: &str) -> Vec<Value> {
        let list = self.server.get(&format!("/api/v1/quarantine?state={state}"), by).await.ok();
        list["parcels"].as_array().unwrap().clone()
    }

    async fn ids(&self) -> Vec<i64> {
        let page = self.server.get(&self.page, &self.limin).await.ok();
        page["changes"].as_array().unwrap().iter().map(|change| change["id"].as_i64().unwrap()).collect()
    }

    async fn decide(&self, by: &Device, what: &str, ids: &[i64], reason: &str) -> crate::harness::Answer {
        let body = json!({"ids": ids, "reason": reason});
        self.server.post(&format!("/api/v1/quarantine/{what}"), by, &body).await
    }

    /// What her phone is answered when it sends everything again.
    async fn repeat(&self) -> Vec<Receipt> {
        self.server.send_push(self.li, self.draft.push()).await
    }
}

fn resolutions(outcomes: &Value) -> Vec<&str> {
    let changes = outcomes["changes"].as_array().unwrap().iter();
    changes.map(|change| change["resolution"].as_str().unwrap_or("open")).collect()
}

/// Q1, Q6: those of the area see who sent it, from where, why it was refused, and what it would have
/// written; others see nothing, and administrators no contents.
#[tokio::test]
async fn refused_work_is_seen_by_those_of_its_area_only() {
    let story = Story::begin().await;
    let server = &story.server;
    server.person("office", "区办", &[(Role::DistrictOffice, DISTRICT)]).await;
    server.person("shentou", "神头审核", &[(Role::Supervisor, SHENTOU)]).await;
    server.person("admin", "管理", &[(Role::Administrator, DISTRICT)]).await;
    let desk = async |account: &str| server.desk(account).await;
    let (office, shentou, admin) = (desk("office").await, desk("shentou").await, desk("admin").await);
    for by in [&story.limin, &office, &admin] {
        let listed = story.list(by, "open").await;
        assert_eq!(listed.len(), 1);
        assert_eq!(
            (&listed[0]["person_name"], &listed[0]["device_name"]),
            (&json!("李辅导"), &json!("手机"))
        );
        assert_eq!(listed[0]["cooperative_name"], "兴农3种植专业合作社");
        assert_eq!((&listed[0]["area_name"], &listed[0]["changes"]), (&json!("利民镇"), &json!(3)));
        assert_eq!(listed[0]["codes"].as_array().unwrap().len(), 2);
        assert_eq!(story.list(by, "resolved").await, Vec::<Value>::new());
    }
    assert_eq!(story.list(&shentou, "open").await, Vec::<Value>::new());
    assert_eq!(server.get(&story.page, &shentou).await.code(), "unknown_refused");

    let page = server.get(&story.page, &story.limin).await.ok();
    assert_eq!(page["checklist"], "quality-2021@1");
    let read: Vec<&Value> = page["changes"].as_array().unwrap().iter().map(|c| &c["commands"][0]).collect();
    assert_eq!(*read[0], json!({"command": "join"}));
    assert_eq!(read[1]["value"], json!({"kind": "yes_no", "value": "yes"}));
    assert_eq!(read[2]["text"], "制度齐全");
    let fields: Vec<&str> =
        page["differences"].as_array().unwrap().iter().map(|d| d["field"].as_str().unwrap()).collect();
    assert_eq!(fields, ["answer", "summary", "presence"]);
    assert_eq!(page["changes"][0]["why_not"], Value::Null);
    assert_eq!(page["can_decide"], true);

    let as_office = server.get(&story.page, &office).await.ok();
    assert_eq!(as_office["differences"], page["differences"]);
    assert_eq!(
        (&as_office["changes"][0]["why_not"], &as_office["can_decide"]),
        (&json!("not_yours"), &json!(false))
    );
    let as_admin = server.get(&story.page, &admin).await.ok();
    assert_eq!((&as_admin["differences"], &as_admin["changes"][1]["commands"]), (&json!([]), &Value::Null));
    assert_eq!(server.get(&format!("{}/export", story.page), &admin).await.code(), "unknown_refused");
}

/// Q5: released work goes through every step again, stays its author's, and as received when it came.
#[tokio::test]
async fn released_work_is_its_authors() {
    let story = Story::begin().await;
    let ids = story.ids().await;
    story.server.pass(3 * 24 * 60 * 60 * 1000);
    let limin = story.server.desk("limin").await;
    let outcomes = story.decide(&limin, "release", &ids, "帮忙走访,已核实").await.ok();
    assert_eq!(resolutions(&outcomes), ["released"; 3]);
    let record = story.server.get(&format!("/api/v1/visits/{}", story.draft.visit()), &limin).await.ok();
    assert_eq!(record["inspection"]["writers"], json!([story.li.person]));
    assert_eq!(record["inspection"]["summary"], "制度齐全");
    assert_eq!(record["history"][0]["received_at"], NOW.0, "as received when it came");
    assert_eq!((&record["time_flagged"], &record["visit_at"]), (&json!(false), &json!(NOW.0)));
    assert_eq!(story.repeat().await, vec![Receipt::Duplicate; 3]);
    assert_eq!(story.list(&limin, "open").await, Vec::<Value>::new());
    let resolved = story.list(&limin, "resolved").await;
    assert_eq!(resolved[0]["resolutions"], json!(["released"]));
    let page = story.server.get(&story.page, &limin).await.ok();
    assert_eq!(page["people"][page["changes"][0]["resolved_by"].as_str().unwrap()], "利民审核");
    assert_eq!(page["changes"][0]["reason"], "帮忙走访,已核实");
    assert_eq!(page["changes"][1]["commands"][0]["item"], "rules", "it stays readable");

    // Asked twice, nothing happens twice.
    let again = story.decide(&limin, "release", &ids, "再来一次").await.ok();
    assert_eq!(again, outcomes);
    assert_eq!(story.server.get(&story.page, &limin).await.ok()["changes"][0]["reason"], "帮忙走访,已核实");
}

/// Q5: only a supervisor of the area decides, not about their own work, and says why.
#[tokio::test]
async fn who_may_not_decide_changes_nothing() {
    let story = Story::begin().await;
    let (server, ids) = (&story.server, story.ids().await);
    server.person("office", "区办", &[(Role::DistrictOffice, DISTRICT)]).await;
    server.person("shentou", "神头审核", &[(Role::Supervisor, SHENTOU)]).await;
    server.person("admin", "管理", &[(Role::Administrator, DISTRICT)]).await;
    let grants = [(Role::Coordinator, SHENTOU), (Role::Supervisor, LIMIN)];
    let both = server.person("both", "两职", &grants).await;
    let mut own = Draft::new(&cooperative(3, LIMIN), 8);
    let both = server.author(both, 8).await;
    own.write(both, 0, &[Command::Join]);
    server.try_take(both, &mut own).await;

    let code = async |account: &str, what: &str, ids: &[i64], reason: &str| {
        story.decide(&server.desk(account).await, what, ids, reason).await.code()
    };
    for what in ["release", "dismiss"] {
        assert_eq!(code("shentou", what, &ids, "帮忙").await, "unknown_refused");
        assert_eq!(code("office", what, &ids, "帮忙").await, "not_allowed");
        assert_eq!(code("both", what, &[ids[2] + 1], "自己的").await, "own_work");
        assert_eq!(code("limin", what, &ids, "  ").await, "reason_required");
        assert_eq!(code("limin", what, &[ids[0], 999], "帮忙").await, "unknown_refused");
        assert_eq!(code("limin", what, &[], "帮忙").await, "bad_value");
    }
    assert_eq!(code("admin", "release", &ids, "帮忙").await, "not_allowed");
    assert_eq!(code("admin", "dismiss", &ids, "帮忙").await, "unknown_refused");
    assert_eq!(story.list(&story.limin, "open").await.len(), 2);
    let visit = format!("/api/v1/visits/{}", story.draft.visit());
    assert_eq!(server.get(&visit, &story.limin).await.status, StatusCode::NOT_FOUND);
    let own_page = format!("/api/v1/quarantine/{}/{}/{}", own.visit(), both.person, both.device);
    let own_page = server.get(&own_page, &server.desk("both").await).await.ok();
    assert_eq!(own_page["changes"][0]["why_not"], "own_work");
}

/// Q5, Q7: a change is let in only with what it builds on; what was dismissed stays out, with all that
/// builds on it, and the sender hears the same as before.
#[tokio::test]
async fn dismissed_work_stays_out_with_what_builds_on_it() {
    let story = Story::begin().await;
    let ids = story.ids().await;
    let early = story.decide(&story.limin, "release", &ids[1..2], "只要这一条").await.ok();
    assert_eq!(resolutions(&early), ["open"]);
    assert_eq!(early["changes"][0]["code"], "depends_on_refused");
    let dismissed = story.decide(&story.limin, "dismiss", &ids[..1], "不是本镇的走访").await.ok();
    assert_eq!(resolutions(&dismissed), ["dismissed"]);
    let rest = story.decide(&story.limin, "release", &ids, "放行其余").await.ok();
    assert_eq!(resolutions(&rest), ["dismissed", "open", "open"]);
    let page = story.server.get(&story.page, &story.limin).await.ok();
    let why_not: Vec<&Value> = page["changes"].as_array().unwrap().iter().map(|c| &c["why_not"]).collect();
    assert_eq!(why_not, ["resolved", "builds_on_refused", "builds_on_refused"]);
    let codes = [RefusalCode::NotGranted, RefusalCode::DependsOnRefused, RefusalCode::DependsOnRefused];
    assert_eq!(story.repeat().await, codes.map(Receipt::Quarantined));
    assert_eq!(story.list(&story.limin, "open").await[0]["changes"], 2);
    assert_eq!(story.list(&story.limin, "resolved").await[0]["changes"], 1);
}

/// Q5: what is no change, and what came under an actor or a number of another, is never let in.
#[tokio::test]
async fn some_refused_bytes_are_beyond_release() {
    let story = Story::begin().await;
    let server = &story.server;
    let wang = server.person("wang", "王辅导", &[(Role::Coordinator, LIMIN)]).await;
    let wang = server.author(wang, 2).await;
    let mut theirs = Draft::new(&cooperative(3, LIMIN), 5);
    theirs.write(wang, 0, &[Command::Join]);
    server.take(wang, &mut theirs).await;
    let mut stolen = theirs.clone();
    stolen.write(Author { actor: wang.actor, ..story.li }, 1, &[Command::Join]);
    stolen.write(Author { actor: wang.actor, ..story.li }, 1, &[answer("rules", Answer::YesNo(YesNo::No))]);
    let mut push = stolen.push();
    push.changes.push(vec![7; 90].into());
    // 李辅导 has a grant there by now, so that nothing else is wrong with it.
    let grant = server::store::grants::Grant { role: Role::Coordinator, area: area(LIMIN) };
    let person = story.li.person;
    let give =
        move |tx: &rusqlite::Transaction<'_>| server::store::grants::give(tx, person, &grant, NOW, None);
    server.app.store.write::<_, server::store::Failed>(give).await.unwrap();
    let refused = server.send_push(story.li, push).await;
    let codes = [RefusalCode::ForeignActor, RefusalCode::DependsOnRefused, RefusalCode::MalformedChange];
    assert_eq!(refused, codes.map(Receipt::Quarantined));
    let page = format!("/api/v1/quarantine/{}/{}/{}", stolen.visit(), story.li.person, story.li.device);
    let page = server.get(&page, &story.limin).await.ok();
    let changes = page["changes"].as_array().unwrap();
    let why_not: Vec<&Value> = changes.iter().map(|change| &change["why_not"]).collect();
    assert_eq!(why_not, ["beyond_release", "builds_on_refused", "beyond_release"]);
    assert_eq!((&changes[2]["commands"], &changes[2]["bytes"]), (&Value::Null, &json!(90)));
    let ids: Vec<i64> = changes.iter().map(|change| change["id"].as_i64().unwrap()).collect();
    let outcomes = story.decide(&story.limin, "release", &ids, "试试").await.ok();
    assert_eq!(resolutions(&outcomes), ["open"; 3]);
}

/// Q5: what was unknown when it came is let in once the register has learnt of it.
#[tokio::test]
async fn what_the_server_has_learnt_since_can_be_released() {
    let story = Story::begin().await;
    let server = &story.server;
    let mut new = Draft::new(&cooperative(9, SHENTOU), 9);
    new.write(story.li, 0, &[Command::Join]);
    assert_eq!(server.try_take(story.li, &mut new).await, [RefusalCode::UnknownCooperative]);
    server.person("admin", "管理", &[(Role::Administrator, DISTRICT)]).await;
    server.person("shentou", "神头审核", &[(Role::Supervisor, SHENTOU)]).await;
    let (admin, shentou) = (server.desk("admin").await, server.desk("shentou").await);
    // As long as nobody knows where it belongs it is the administrators' to see.
    let page = format!("/api/v1/quarantine/{}/{}/{}", new.visit(), story.li.person, story.li.device);
    assert_eq!(server.get(&page, &shentou).await.code(), "unknown_refused");
    let nowhere = server.get(&page, &admin).await.ok();
    assert_eq!(nowhere["changes"][0]["why_not"], "no_area");
    assert_eq!(nowhere["changes"][0]["commands"], json!([{"command": "join"}]));
    assert_eq!((&nowhere["area_name"], &nowhere["can_decide"]), (&Value::Null, &json!(true)));

    server.add(&cooperative(9, SHENTOU)).await;
    let known = server.get(&page, &shentou).await.ok();
    assert_eq!(known["changes"][0]["why_not"], Value::Null);
    let id = known["changes"][0]["id"].as_i64().unwrap();
    let outcomes = story.decide(&shentou, "release", &[id], "已补登记").await.ok();
    assert_eq!(resolutions(&outcomes), ["released"]);
}

/// Q1, Q6: everything that was kept comes out as a file.
#[tokio::test]
async fn an_export_holds_every_byte_and_every_value() {
    let story = Story::begin().await;
    let answer = story.server.get(&format!("{}/export", story.page), &story.limin).await;
    let file = answer.headers[header::CONTENT_DISPOSITION].to_str().unwrap().to_owned();
    assert!(file.starts_with("attachment; filename=\"quarantine-"), "{file}");
    assert!(file.contains("filename*=UTF-8''%E6%9C%AA%E6%8E%A5%E6%94%B6-"), "{file}");
    assert!(file.ends_with("-2021-04-06.json"), "{file}");
    let export = answer.ok();
    assert_eq!(export["person_name"], "李辅导");
    assert_eq!(export["changes"][1]["commands"][0]["item"], "rules");
    assert_eq!(export["sent"].as_array().unwrap().len(), 3);
    let sent = story.draft.push().changes[0].len();
    let base64 = export["sent"][0]["bytes_base64"].as_str().unwrap();
    assert_eq!(base64.len(), sent.div_ceil(3) * 4, "every byte is there");
    assert_eq!(export["sent"][0]["genesis"]["checklist"], "quality-2021@1");
}

/// Q1: a cooperative that the register lacks is shown as its sender called it.
#[tokio::test]
async fn a_provisional_cooperative_is_shown_as_it_was_called() {
    let story = Story::begin().await;
    let mut met = Draft::new(&cooperative(20, LIMIN), 20);
    met.write(story.li, 0, &[Command::Join]);
    let mut push = met.push();
    push.provisional = Some(ProvisionalCooperative { name: "马邑新社".to_owned(), area: area(LIMIN) });
    let refused = story.server.send_push(story.li, push).await;
    assert_eq!(refused, [Receipt::Quarantined(RefusalCode::NotGranted)]);
    let listed = story.list(&story.limin, "open").await;
    assert_eq!(
        (&listed[0]["cooperative_name"], &listed[0]["cooperative"]),
        (&json!("马邑新社"), &Value::Null)
    );
    assert_eq!(listed[0]["area_name"], "利民镇");
}
