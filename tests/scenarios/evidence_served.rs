//! 照片到了没有: a record names its photos, which come by themselves, before it or after it. Everybody who
//! follows the record is told what has arrived, phones and desks alike; whoever may read the record may see
//! them, whole or small, and nobody else. (E3, E7, E8, V6)

use std::fs;

use serde_json::json;
use server::store::Failed;
use server::store::grants::Role;
use sync_core::commands::Command;
use sync_core::domain::{EvidenceId, VisitId};
use xunfang_tests::district::{DISTRICT, LIMIN, SHENTOU, cooperative};
use xunfang_tests::{District, Phone, PhoneFile, pictures};

use crate::evidence::{kept, line_of, photo, with_li};

fn id(visit: &str) -> VisitId {
    visit.parse().expect("a visit's id")
}

fn pdf() -> Vec<u8> {
    b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\nstartxref\n9\n%%EOF\n".to_vec()
}

/// 李秀英's record with two photos and a file, handed in; only the first photo has arrived.
struct Told {
    district: District,
    li: Phone,
    visit: VisitId,
    photos: [PhoneFile; 2],
    file: PhoneFile,
    evidence: [EvidenceId; 3],
}

async fn told() -> Told {
    let (district, mut li, visit) = with_li().await;
    district.employs("supervisor", "赵审核", Role::Supervisor, SHENTOU).await;
    let photos = [photo(&visit, pictures::jpeg(640, 480, 1)), photo(&visit, pictures::jpeg(300, 400, 2))];
    let file = PhoneFile { visit: visit.clone(), media_type: "application/pdf", bytes: pdf() };
    let visit = id(&visit);
    let evidence = [
        li.adds_evidence(visit, &photos[0], ""),
        li.adds_evidence(visit, &photos[1], ""),
        li.adds_evidence(visit, &file, "会议记录 2026.pdf"),
    ];
    assert_eq!(line_of(&district, &li).uploads(&photos[0]).1.status, 204);
    li.fills_in(visit);
    li.submits(visit);
    li.syncs().await;
    Told { district, li, visit, photos, file, evidence }
}

fn arrived(phone: &Phone, visit: VisitId) -> Option<serde_json::Value> {
    phone.row("evidence_arrived", &visit.to_string())
}

fn sorted(evidence: &[EvidenceId]) -> serde_json::Value {
    let mut ids: Vec<String> = evidence.iter().map(ToString::to_string).collect();
    ids.sort();
    json!(ids)
}

/// E7: what came before its record and what comes after it is told alike, to phones and desks, and a rebuild
/// says the same.
#[tokio::test(flavor = "multi_thread")]
async fn everybody_is_told_what_has_arrived() {
    let Told { mut district, mut li, visit, photos, file, evidence } = told().await;
    let desk = district.desk_of("supervisor").await;
    let mut colleague = {
        district.employs("wang", "王建国", Role::Coordinator, SHENTOU).await;
        district.phone_of("wang").await
    };
    colleague.syncs().await;
    assert_eq!(arrived(&colleague, visit), Some(json!({ "arrived": sorted(&evidence[..1]) })));
    let queue = desk.sees("review-queue").await;
    assert_eq!(queue["visits"][0]["evidence"], json!({ "named": 3, "arrived": 1 }));
    let page = desk.sees(&format!("visits/{visit}")).await;
    assert_eq!(page["evidence_arrived"], sorted(&evidence[..1]));

    let line = line_of(&district, &li);
    assert_eq!(line.uploads(&photos[1]).1.status, 204);
    assert_eq!(line.uploads(&file).1.status, 204);
    li.does(visit, &[Command::WithdrawEvidence { evidence: evidence[1] }]).expect("it may be taken back");
    li.syncs().await;
    colleague.syncs().await;
    assert_eq!(arrived(&li, visit), Some(json!({ "arrived": sorted(&evidence) })));
    assert_eq!(arrived(&colleague, visit), arrived(&li, visit));
    let queue = desk.sees("review-queue").await;
    assert_eq!(
        queue["visits"][0]["evidence"],
        json!({ "named": 2, "arrived": 2 }),
        "withdrawn ones don't count"
    );

    let live = district.dump();
    district.rebuilds().await;
    assert_eq!(district.dump(), live);
    district.restarts().await;
    assert_eq!(district.dump(), live);
}

/// V6: who approves while something is on a phone still says why; what was taken back is not waited for.
#[tokio::test(flavor = "multi_thread")]
async fn approval_before_everything_has_arrived_needs_a_reason() {
    let Told { district, mut li, visit, photos, evidence, .. } = told().await;
    let desk = district.desk_of("supervisor").await;
    let reviews = format!("visits/{visit}/reviews");
    let heads = desk.sees(&format!("visits/{visit}")).await["heads"].clone();
    let remark = json!({ "heads": heads, "verdict": "approved", "comment": " ",
        "item_comments": { "premises": "照片清楚" } });
    let (status, problem) = desk.does(&reviews, &remark).await;
    assert_eq!((status, &problem["code"]), (422, &json!("comment_required")));
    assert_eq!(problem["evidence"], json!({ "named": 3, "arrived": 1 }));
    let page = desk.sees(&format!("visits/{visit}")).await;
    assert_eq!(page["reviews"], json!([]), "nothing was decided");

    let reason = json!({ "heads": heads, "verdict": "approved", "comment": "其余已在现场看过" });
    assert_eq!(desk.does(&reviews, &reason).await.0, 201);

    assert_eq!(line_of(&district, &li).uploads(&photos[1]).1.status, 204);
    li.does(visit, &[Command::WithdrawEvidence { evidence: evidence[2] }]).expect("it may be taken back");
    li.syncs().await;
    let heads = desk.sees(&format!("visits/{visit}")).await["heads"].clone();
    let complete = json!({ "heads": heads, "verdict": "approved", "comment": "" });
    assert_eq!(desk.does(&reviews, &complete).await.0, 201);
}

/// E3: somebody who names a file that others sent doesn't get to see it so.
#[tokio::test(flavor = "multi_thread")]
async fn to_name_a_hash_is_not_to_have_the_file() {
    let Told { mut district, photos, .. } = told().await;
    district.employs("wang", "王建国", Role::Coordinator, LIMIN).await;
    let mut wang = district.phone_of("wang").await;
    wang.syncs().await;
    let visit = wang.starts_visit(cooperative(3));
    let evidence = wang.adds_evidence(visit, &photos[0], "");
    wang.syncs().await;
    assert_eq!(arrived(&wang, visit), None);
    let answer = line_of(&district, &wang).ask("GET", &address(visit, evidence), &[], &[]);
    assert_eq!(answer.code(), "evidence_not_arrived");
}

fn address(visit: VisitId, evidence: EvidenceId) -> String {
    format!("/api/v1/visits/{visit}/evidence/{evidence}")
}

fn at_desk(visit: VisitId, evidence: EvidenceId) -> String {
    format!("visits/{visit}/evidence/{evidence}")
}

/// E8: a photo comes byte for byte, in ranges, under its hash, and can do nothing in a browser.
#[tokio::test(flavor = "multi_thread")]
async fn a_photo_comes_whole_in_ranges_and_small() {
    let Told { district, li, visit, photos, file, evidence } = told().await;
    let desk = district.desk_of("supervisor").await;
    let at = at_desk(visit, evidence[0]);
    let bytes = &photos[0].bytes;
    let whole = desk.opens(&at, &[("accept-encoding", "gzip, br")]).await;
    assert_eq!((whole.status, &whole.bytes), (200, bytes));
    let tag = format!("\"{}\"", photos[0].sha256());
    for (name, value) in [
        ("content-type", "image/jpeg"),
        ("etag", tag.as_str()),
        ("x-content-type-options", "nosniff"),
        ("accept-ranges", "bytes"),
        ("cache-control", "private, no-cache"),
        ("content-security-policy", "default-src 'none'; sandbox"),
        ("content-disposition", "inline"),
    ] {
        assert_eq!(whole.headers[name], value);
    }
    assert!(!whole.headers.contains_key("content-encoding"));

    let range = desk.opens(&at, &[("range", "bytes=100-199"), ("if-range", &tag)]).await;
    assert_eq!((range.status, range.bytes.as_slice()), (206, &bytes[100..200]));
    assert_eq!(range.headers["content-range"], format!("bytes 100-199/{}", bytes.len()));
    let tail = desk.opens(&at, &[("range", "bytes=-50")]).await;
    assert_eq!((tail.status, tail.bytes.as_slice()), (206, &bytes[bytes.len() - 50..]));
    let of_another = desk.opens(&at, &[("range", "bytes=0-9"), ("if-range", "\"other\"")]).await;
    assert_eq!((of_another.status, of_another.bytes.len()), (200, bytes.len()));
    assert_eq!(desk.opens(&at, &[("range", "bytes=99999999-")]).await.status, 416);
    let known = desk.opens(&at, &[("if-none-match", &format!("\"x\", {tag}"))]).await;
    assert_eq!((known.status, known.bytes.len()), (304, 0));
    let from_phone = line_of(&district, &li).ask("GET", &address(visit, evidence[0]), &[], &[]);
    assert_eq!((from_phone.status, &from_phone.body), (200, bytes));

    let small = desk.opens(&format!("{at}?size=thumbnail"), &[]).await;
    assert_eq!(small.headers["content-type"], "image/jpeg");
    let size = |bytes: &[u8]| {
        let picture = image::load_from_memory(bytes).expect("it can be decoded");
        (picture.width(), picture.height())
    };
    assert_eq!(size(&small.bytes), (320, 240));
    assert!(small.bytes.len() < 40_000, "{}", small.bytes.len());
    fs::remove_file(kept(&district, &photos[0]).with_extension("thumbnail.jpg")).expect("it was there");
    let again = desk.opens(&format!("{at}?size=thumbnail"), &[]).await;
    assert_eq!(again.bytes, small.bytes, "it is made again");
    assert_eq!(desk.opens(&format!("{at}?size=huge"), &[]).await.code(), "malformed_request");

    assert_eq!(desk.opens(&at_desk(visit, evidence[2]), &[]).await.code(), "evidence_not_arrived");
    assert_eq!(line_of(&district, &li).uploads(&file).1.status, 204);
    let saved = desk.opens(&at_desk(visit, evidence[2]), &[("accept-encoding", "gzip, br")]).await;
    assert_eq!((saved.status, &saved.bytes), (200, &file.bytes));
    let name = "attachment; filename*=UTF-8''%E4%BC%9A%E8%AE%AE%E8%AE%B0%E5%BD%95%202026.pdf";
    assert_eq!(saved.headers["content-disposition"], name);
    let small = desk.opens(&format!("{}?size=thumbnail", at_desk(visit, evidence[2])), &[]).await;
    assert_eq!(small.code(), "no_thumbnail");
}

/// A signature is ink on nothing; small, it is ink on white.
#[tokio::test(flavor = "multi_thread")]
async fn a_signature_is_readable_small() {
    let (district, mut li, visit) = with_li().await;
    let file = PhoneFile { visit: visit.clone(), media_type: "image/png", bytes: pictures::signature() };
    let evidence = li.adds_evidence(id(&visit), &file, "");
    assert_eq!(line_of(&district, &li).uploads(&file).1.status, 204);
    li.syncs().await;
    let at = format!("{}?size=thumbnail", address(id(&visit), evidence));
    let small = line_of(&district, &li).ask("GET", &at, &[], &[]);
    let small = image::load_from_memory(&small.body).expect("it can be decoded").to_luma8();
    assert!(small.get_pixel(300, 5).0[0] > 240, "the ground is white");
    assert!(small.pixels().any(|pixel| pixel.0[0] < 80), "the ink is black");
}

/// E8: who may read the record may see its evidence, and nobody else; where it moves, it goes along.
#[tokio::test(flavor = "multi_thread")]
async fn evidence_is_for_those_who_may_read_the_record() {
    let Told { mut district, visit, evidence, photos, .. } = told().await;
    let people = [
        ("office", Role::DistrictOffice, DISTRICT),
        ("department", Role::Department, DISTRICT),
        ("elsewhere", Role::Supervisor, LIMIN),
        ("admin", Role::Administrator, DISTRICT),
    ];
    for (account, role, area) in people {
        district.employs(account, account, role, area).await;
    }
    let at = at_desk(visit, evidence[0]);
    let sees = async |account: &str| {
        let file = district.desk_of(account).await.opens(&at, &[]).await;
        if file.status == 200 {
            assert_eq!(file.bytes, photos[0].bytes)
        }
        (file.status, file.code())
    };
    assert_eq!(sees("office").await, (200, String::new()));
    assert_eq!(sees("department").await, (200, String::new()));
    assert_eq!(sees("supervisor").await, (200, String::new()));
    assert_eq!(sees("elsewhere").await, (404, "unknown_visit".to_owned()));
    assert_eq!(sees("admin").await, (403, "not_allowed".to_owned()));
    let nobody = reqwest::get(format!("{}/api/v1/{at}", district.url())).await.expect("it answers");
    assert_eq!(nobody.status(), 401);
    let other = at_desk(visit, EvidenceId::from_bytes([9; 16]));
    assert_eq!(district.desk_of("office").await.opens(&other, &[]).await.code(), "unknown_evidence");

    district.moves(cooperative(0), LIMIN).await;
    assert_eq!(sees("elsewhere").await, (200, String::new()));
    assert_eq!(sees("supervisor").await, (404, "unknown_visit".to_owned()));
    district.employs("zhao", "赵桂兰", Role::Coordinator, LIMIN).await;
    let mut zhao = district.phone_of("zhao").await;
    zhao.syncs().await;
    assert_eq!(arrived(&zhao, visit), Some(json!({ "arrived": sorted(&evidence[..1]) })));
}

/// E2: a file that is gone from the folder is not said to be there.
#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_is_gone_is_not_served() {
    let Told { district, li, visit, photos, evidence, .. } = told().await;
    fs::remove_file(kept(&district, &photos[0])).expect("it was there");
    let line = line_of(&district, &li);
    let at = address(visit, evidence[0]);
    assert_eq!(line.ask("GET", &at, &[], &[]).code(), "evidence_not_arrived");
    assert_eq!(line.uploads(&photos[0]).1.status, 204, "and is taken again");
    assert_eq!(line.ask("GET", &at, &[], &[]).body, photos[0].bytes);
}

/// E5: what no record names has its limit too.
#[tokio::test(flavor = "multi_thread")]
async fn what_no_record_names_is_bounded() {
    let (district, li, visit) = with_li().await;
    let line = line_of(&district, &li);
    assert_eq!(line.uploads(&photo(&visit, pictures::jpeg(60, 40, 1))).1.status, 204);
    let swell = |tx: &rusqlite::Transaction<'_>| {
        Ok::<_, Failed>(tx.execute("UPDATE evidence_files SET bytes = 1024 * 1024 * 1024 - 100", [])?)
    };
    district.app().store.write(swell).await.expect("it can be written");
    assert_eq!(line.begins(&photo(&visit, pictures::jpeg(60, 40, 2))).code(), "too_many_uploads");
}
