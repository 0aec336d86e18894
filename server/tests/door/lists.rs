//! What the office asks for: coverage and the lists behind it, cooperatives, silent phones.

use axum::http::StatusCode;
use serde_json::{Value, json};
use server::store::grants::Role;
use server::store::{Failed, devices};
use sync_core::commands::Command;
use sync_core::domain::{AreaCode, PhoneTime};
use sync_core::wire::Unsent;

use crate::field::{Author, Draft, answer, choice, cooperative, fix};
use crate::harness::{DISTRICT, Device, LIMIN, NOW, SHENTOU, Server};

/// Two cooperatives in one township, one in another; the first was visited, at the second nobody was there.
async fn district() -> (Server, Author, Device, Device) {
    let server = Server::start().await;
    let li = server.person("li", "李辅导", &[(Role::Coordinator, SHENTOU)]).await;
    server.person("office", "区办", &[(Role::DistrictOffice, DISTRICT)]).await;
    server.person("limin", "利民审核", &[(Role::Supervisor, LIMIN)]).await;
    let li = server.author(li, 1).await;
    for (number, unit) in [(1, SHENTOU), (2, SHENTOU), (3, LIMIN)] {
        server.add(&cooperative(number, unit)).await;
    }
    let mut held = Draft::new(&cooperative(1, SHENTOU), 1);
    held.complete(li, 0);
    server.take(li, &mut held).await;
    let mut nobody = Draft::new(&cooperative(2, SHENTOU), 2);
    let outcome = answer("visit_outcome", choice("nobody_there"));
    let note = Command::Note { item: "visit_outcome".to_owned(), text: "门锁着".to_owned() };
    nobody.write(li, 1, &[Command::Join, outcome, fix(9)]);
    nobody.write(li, 1, &[note]);
    nobody.write(li, 1, &[Command::Submit]);
    server.take(li, &mut nobody).await;
    let (office, limin) = (server.desk("office").await, server.desk("limin").await);
    (server, li, office, limin)
}

fn names(list: &Value) -> Vec<&str> {
    list["cooperatives"].as_array().unwrap().iter().map(|row| row["name"].as_str().unwrap()).collect()
}

/// Every figure opens the list of the cooperatives that make it.
#[tokio::test]
async fn every_figure_of_coverage_has_its_list() {
    let (server, _, office, _) = district().await;
    let coverage = server.get("/api/v1/coverage?period=2021-H1&area=140602", &office).await.ok();
    assert_eq!((&coverage["from"], &coverage["to"]), (&json!("2021-01-01"), &json!("2021-06-30")));
    assert_eq!(coverage["as_of_at"], NOW.0);
    assert_eq!(coverage["rule"], "coverage@1");
    let units: Vec<_> =
        coverage["units"].as_array().unwrap().iter().map(|u| u["area_name"].clone()).collect();
    assert_eq!(units, ["神头镇", "利民镇"]);
    let figures = ["due", "visited", "counted", "attempted", "overdue"];
    let numbers = |of: &Value| figures.map(|figure| of[figure].as_u64().unwrap());
    assert_eq!(numbers(&coverage["units"][0]), [2, 1, 1, 1, 0]);
    assert_eq!(numbers(&coverage["units"][1]), [1, 0, 0, 0, 0]);
    assert_eq!(numbers(&coverage["total"]), [3, 1, 1, 1, 0]);
    let weeks: Vec<u64> = serde_json::from_value(coverage["total"]["weeks"].clone()).unwrap();
    assert_eq!((weeks.len(), weeks.iter().sum::<u64>(), weeks[13]), (14, 1, 1));
    for figure in ["due", "visited", "counted", "attempted", "overdue", "not_counted"] {
        for (area, of) in [(DISTRICT, &coverage["total"]), (SHENTOU, &coverage["units"][0])] {
            let path = format!("/api/v1/coverage/cooperatives?period=2021-H1&area={area}&figure={figure}");
            let list = server.get(&path, &office).await.ok();
            let not_counted = of["due"].as_u64().unwrap() - of["counted"].as_u64().unwrap();
            let number = of[figure].as_u64().unwrap_or(not_counted);
            assert_eq!(list["total"], number, "{area} {figure}");
            assert_eq!(names(&list).len() as u64, number);
        }
    }
    let counted = "/api/v1/coverage/cooperatives?period=2021-H1&area=140602&figure=counted";
    let row = server.get(counted, &office).await.ok()["cooperatives"][0].clone();
    assert_eq!(row["coordinator_name"], "李辅导");
    assert_eq!((&row["area_name"], &row["last_visit_at"]), (&json!("神头镇"), &json!(NOW.0)));
}

#[tokio::test]
async fn coverage_is_asked_for_in_an_area_of_one_s_own_and_a_period_there_is() {
    let (server, _, office, limin) = district().await;
    let ask =
        async |query: &str, by: &Device| server.get(&format!("/api/v1/coverage?{query}"), by).await.code();
    assert_eq!(ask("period=2021-H3&area=140602", &office).await, "bad_period");
    assert_eq!(ask("period=2021-H1&area=140699", &office).await, "unknown_area");
    assert_eq!(ask("period=2021-H1&area=140602999", &office).await, "unknown_area");
    assert_eq!(ask("period=2021-H1&area=140602", &limin).await, "unknown_area", "wider than granted");
    assert_eq!(ask("period=2021-H1&area=140602100", &limin).await, "unknown_area");
    assert_eq!(ask("area=140602", &office).await, "malformed_request");
}

#[tokio::test]
async fn cooperatives_are_found_by_name_and_pinyin_within_one_s_areas() {
    let (server, _, office, limin) = district().await;
    let list =
        async |query: &str, by: &Device| server.get(&format!("/api/v1/cooperatives{query}"), by).await.ok();
    assert_eq!(list("", &office).await["total"], 3);
    assert_eq!(names(&list("?q=xn2", &office).await), ["兴农2种植专业合作社"]);
    let found = list(&format!("?area={LIMIN}"), &office).await;
    assert_eq!(found["cooperatives"][0]["area_name"], "利民镇");
    assert_eq!(found["cooperatives"][0]["last_visit_at"], Value::Null);
    assert_eq!(names(&list("", &limin).await), ["兴农3种植专业合作社"]);
    let path = |number: u8| format!("/api/v1/cooperatives/{}", cooperative(number, SHENTOU).id);
    let file = server.get(&path(2), &office).await.ok();
    assert_eq!(file["visits"][0]["outcome"], "nobody_there");
    let foreign = server.get(&path(2), &limin).await;
    assert_eq!((foreign.status, foreign.code().as_str()), (StatusCode::NOT_FOUND, "unknown_cooperative"));
}

/// Telephone numbers are for those who call; a department of the joint meeting reads.
#[tokio::test]
async fn a_department_is_told_no_telephone_numbers() {
    let (server, _, office, _) = district().await;
    server.person("tax", "税务局", &[(Role::Department, DISTRICT)]).await;
    let tax = server.desk("tax").await;
    let visits = server.get("/api/v1/review-queue", &tax).await.ok()["visits"].clone();
    let record = format!("/api/v1/visits/{}", visits[0]["visit"].as_str().unwrap());
    let file = format!("/api/v1/cooperatives/{}", cooperative(1, SHENTOU).id);
    let told = async |by: &Device| {
        let list = server.get("/api/v1/cooperatives", by).await.ok();
        [
            list["cooperatives"][0]["telephone"].clone(),
            server.get(&file, by).await.ok()["cooperative"]["telephone"].clone(),
            server.get(&record, by).await.ok()["cooperative"]["telephone"].clone(),
        ]
    };
    assert_eq!(told(&tax).await, ["", "", ""]);
    assert_eq!(told(&office).await, ["13900000000"; 3]);
}

#[tokio::test]
async fn areas_and_checklists_fill_filters_and_pages() {
    let (server, _, office, limin) = district().await;
    let codes = async |by: &Device| {
        let areas = server.get("/api/v1/areas", by).await.ok();
        areas["areas"].as_array().unwrap().iter().map(|area| area["code"].clone()).collect::<Vec<_>>()
    };
    assert_eq!(codes(&office).await, [DISTRICT, SHENTOU, LIMIN]);
    assert_eq!(codes(&limin).await, [LIMIN]);
    let checklist = server.get("/api/v1/checklists/quality-2021@1", &office).await.ok();
    assert_eq!(checklist["sections"][0]["items"][0]["id"], "visit_outcome");
    for unknown in ["quality-2021@99", "nothing@1"] {
        let answer = server.get(&format!("/api/v1/checklists/{unknown}"), &office).await;
        assert_eq!(answer.code(), "unknown_checklist");
    }
}

#[tokio::test]
async fn the_phone_silent_for_longest_comes_first_with_what_it_held() {
    let (server, li, office, limin) = district().await;
    server.pass(60_000);
    let wang = server.person("wang", "王辅导", &[(Role::Coordinator, SHENTOU)]).await;
    server.phone("wang").await;
    let unsent = Unsent { records: 2, changes: 31, oldest: Some(PhoneTime(NOW.0 - 1)) };
    let heard =
        move |tx: &rusqlite::Transaction<'_>| devices::heard(tx, li.device, li.person, &unsent, "0.1.0", NOW);
    server.app.store.write::<_, Failed>(heard).await.unwrap();
    let devices = server.get("/api/v1/devices", &office).await.ok()["devices"].clone();
    assert_eq!(devices[0]["person"], json!(li.person));
    assert_eq!(devices[0]["unsent"], json!({"records": 2, "changes": 31, "oldest_at": NOW.0 - 1}));
    assert_eq!((&devices[0]["area_name"], &devices[0]["app"]), (&json!("神头镇"), &json!("0.1.0")));
    assert_eq!(devices[1]["person"], json!(wang));
    assert_eq!(devices[1]["unsent"], Value::Null);
    assert_eq!(devices.as_array().unwrap().len(), 2, "desks are no phones");
    assert_eq!(server.get("/api/v1/devices", &limin).await.ok(), json!({"devices": []}));
}

/// Only the areas of grants with a role that opens the address count.
#[tokio::test]
async fn a_role_in_one_area_says_nothing_of_another() {
    let (server, ..) = district().await;
    let roles = [(Role::Coordinator, LIMIN), (Role::Supervisor, SHENTOU)];
    server.person("two", "两职", &roles).await;
    let desk = server.desk("two").await;
    let queue = server.get("/api/v1/review-queue", &desk).await.ok();
    let areas: Vec<AreaCode> = queue["visits"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| serde_json::from_value(row["area"].clone()).unwrap())
        .collect();
    assert_eq!(areas, [SHENTOU.parse().unwrap(), SHENTOU.parse().unwrap()]);
    assert_eq!(server.get("/api/v1/cooperatives", &desk).await.ok()["total"], 3);
}
