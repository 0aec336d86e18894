//! 审核: the supervisor of 神头镇 finds a record of two coordinators in the queue and returns it with a comment
//! beside an item. 李秀英 sees the comment there, picks between the two values, answers the comment and
//! hands the record in again; it is approved, and the coverage of 神头镇 counts the cooperative. What is
//! written after that is kept, and the approved state stays readable as it was. (V1, V2, V3, V5, B1)

use serde_json::json;
use server::store::grants::Role;
use sync_core::commands::{Answer, Command, FieldRef};
use sync_core::review::Status;
use xunfang_tests::district::{DISTRICT, SHENTOU, cooperative};

use crate::two_phones_one_record::{Apart, two_phones_apart};

#[tokio::test]
async fn returned_corrected_approved_and_counted() {
    let Apart { district, mut li, mut wang, visit } = two_phones_apart().await;
    district.employs("supervisor", "赵审核", Role::Supervisor, SHENTOU).await;
    district.employs("office", "区农业农村局", Role::DistrictOffice, DISTRICT).await;
    li.submits(visit);
    li.syncs().await;
    wang.syncs().await;
    let supervisor = district.desk_of("supervisor").await;
    let id = visit.to_string();

    let queue = supervisor.sees("review-queue").await;
    assert_eq!(queue["visits"][0]["visit"], json!(id));
    assert_eq!(queue["visits"][0]["conflicts"], 1);

    // Approval waits until the conflict is picked.
    let (status, problem) = supervisor.decides(&id, "approved", &json!({})).await;
    assert_eq!((status, &problem["code"]), (422, &json!("conflicts_open")));
    let comments = json!({ "account_books": "账本照片看不清日期,请补拍。" });
    let (status, page) = supervisor.decides(&id, "returned", &comments).await;
    assert_eq!((status, &page["status"]), (201, &json!("returned")));

    district.minutes_go_by(120);
    li.syncs().await;
    let view = li.sees(visit);
    assert_eq!(view.summary.status, Status::Returned);
    let returned = view.returned.expect("the decision came with the record");
    assert_eq!(returned.review.item_comments["account_books"], "账本照片看不清日期,请补拍。");
    assert!(returned.answered.is_empty());

    let mine = view.inspection.answers["returned_by_volume_rate"].entries().iter();
    let mine = mine.filter(|entry| entry.author.person == Some(li.person)).map(|entry| entry.change).next();
    let field = FieldRef::Answer("returned_by_volume_rate".to_owned());
    li.does(visit, &[Command::Pick { field, chosen: mine.expect("hers is one of the two") }])
        .expect("it may be picked");
    li.does(visit, &[Command::Note { item: "account_books".to_owned(), text: "已补拍".to_owned() }])
        .expect("fine");
    assert_eq!(li.sees(visit).returned.expect("still returned").answered, ["account_books"]);
    li.submits(visit);
    li.syncs().await;

    let supervisor = district.desk_of("supervisor").await;
    let page = supervisor.sees(&format!("visits/{id}")).await;
    assert_eq!(page["status"], "resubmitted");
    let (status, page) = supervisor.decides(&id, "approved", &json!({})).await;
    assert_eq!((status, &page["status"]), (201, &json!("approved")), "{page}");

    let office = district.desk_of("office").await;
    let coverage = office.sees("coverage?period=2026-H1&area=140602").await;
    let units = coverage["units"].as_array().expect("figures by unit");
    let shentou = units.iter().find(|unit| unit["area"] == SHENTOU).expect("神头镇 is among them");
    assert_eq!(
        (&shentou["due"], &shentou["visited"], &shentou["counted"]),
        (&json!(3), &json!(1), &json!(1))
    );
    let list =
        office.sees(&format!("coverage/cooperatives?period=2026-H1&area={SHENTOU}&figure=counted")).await;
    assert_eq!(list["cooperatives"][0]["id"], json!(cooperative(0).to_string()));

    // A later change is merged and kept; the approved state stays readable as it was.
    wang.syncs().await;
    wang.answers(visit, "brand", Answer::Text("朔玉".to_owned()));
    wang.syncs().await;
    let page = supervisor.sees(&format!("visits/{id}")).await;
    assert_eq!(page["changed_since_approval"], true);
    let approved = supervisor.sees(&format!("visits/{id}/approved")).await;
    assert_eq!(approved["inspection"]["answers"]["brand"][0]["value"]["value"], "马邑");

    // Everything derived is thrown away and comes out the same (B1).
    let before = district.dump();
    district.rebuilds().await;
    assert_eq!(district.dump(), before);
}

#[tokio::test]
async fn a_decision_on_a_record_that_has_moved_decides_nothing() {
    let Apart { district, mut li, mut wang, visit } = two_phones_apart().await;
    district.employs("supervisor", "赵审核", Role::Supervisor, SHENTOU).await;
    li.submits(visit);
    li.syncs().await;
    let supervisor = district.desk_of("supervisor").await;
    let id = visit.to_string();
    let on_the_screen = supervisor.sees(&format!("visits/{id}")).await["heads"].clone();

    wang.syncs().await;
    let decision =
        json!({ "heads": on_the_screen, "verdict": "returned", "comment": "请核对", "item_comments": {} });
    let (status, problem) = supervisor.does(&format!("visits/{id}/reviews"), &decision).await;
    assert_eq!((status, &problem["code"]), (409, &json!("record_moved")));
    let changed: Vec<_> = problem["changes"].as_array().expect("the difference").iter().collect();
    assert!(!changed.is_empty());
    assert_eq!(supervisor.sees(&format!("visits/{id}")).await["status"], "submitted");
}
