//! 李秀英的授权昨天到期: her grant ended while she was out for three days. What she sends now is not
//! taken and not lost: it waits for her supervisor, who sees what it says and lets it in as hers, or
//! writes down why it stays out. Her phone hears of either.

use serde_json::{Value, json};
use server::store::grants::Role;
use sync_core::commands::{Answer, YesNo};
use sync_core::domain::{PersonId, VisitId};
use sync_core::wire::RefusalCode;
use xunfang_tests::district::{SHENTOU, cooperative};
use xunfang_tests::{Desk, District, Phone};

/// Three days of work in one visit, sent a day after the grant ended.
struct Story {
    district: District,
    person: PersonId,
    phone: Phone,
    desk: Desk,
    visit: VisitId,
}

impl Story {
    async fn begin() -> Self {
        let mut district = District::open().await;
        let person = district.employs("li", "李秀英", Role::Coordinator, SHENTOU).await;
        district.employs("wang", "王建国", Role::Coordinator, SHENTOU).await;
        district.employs("zhao", "赵审核", Role::Supervisor, SHENTOU).await;
        let mut phone = district.phone_of("li").await;
        phone.syncs().await;
        let visit = phone.starts_visit(cooperative(0));
        phone.answers_yes_no(visit, "premises", true);
        district.days_go_by(1);
        phone.answers_yes_no(visit, "rules", false);
        district.ends_grants(person).await;
        district.days_go_by(1);
        phone.answers(visit, "member_count", Answer::Number(38));
        district.signs_in_again(&mut phone, "li").await;
        let outcomes = phone.syncs().await;
        assert_eq!((outcomes[0].sent, outcomes[0].refused), (0, 4));
        let listed = phone.lists(visit);
        assert_eq!((listed.unsent, listed.attention.len()), (0, 4), "all of it is still readable");
        let desk = district.desk_of("zhao").await;
        Self { district, person, phone, desk, visit }
    }

    /// What waits of her, as the supervisor opens it.
    async fn page(&self) -> Value {
        let list = self.desk.sees("quarantine").await;
        let of = |key: &str| list["parcels"][0][key].as_str().expect("it is there").to_owned();
        self.desk.sees(&format!("quarantine/{}/{}/{}", of("visit"), of("person"), of("device"))).await
    }

    /// The supervisor decides about all of it.
    async fn decides(&self, what: &str, reason: &str) -> Vec<String> {
        let page = self.page().await;
        let ids: Vec<&Value> =
            page["changes"].as_array().expect("changes").iter().map(|c| &c["id"]).collect();
        let decision = json!({ "ids": ids, "reason": reason });
        let (status, outcomes) = self.desk.does(&format!("quarantine/{what}"), &decision).await;
        assert_eq!(status, 200, "{outcomes}");
        let outcomes = outcomes["changes"].as_array().expect("outcomes").iter();
        outcomes.map(|one| one["resolution"].as_str().unwrap_or("open").to_owned()).collect()
    }
}

/// Q5, Q9: the supervisor releases it; everybody has it, as hers, and nothing waits on her phone.
#[tokio::test]
async fn released_work_is_on_every_phone_and_waits_on_none() {
    let mut story = Story::begin().await;
    let mut other = story.district.phone_of("wang").await;
    other.syncs().await;
    assert!(!other.has(story.visit));

    let page = story.page().await;
    assert_eq!((&page["person_name"], &page["device_name"]), (&json!("李秀英"), &json!("story")));
    assert_eq!(page["changes"][0]["code"], "not_granted");
    let told = page["differences"].as_array().expect("differences");
    assert_eq!(
        told[0],
        json!({ "field": "answer", "item": "member_count", "before": [],
        "after": [{ "kind": "number", "value": 38 }] })
    );
    let mut newest = story.district.app().store.newest();
    newest.mark_unchanged();
    assert_eq!(story.decides("release", "授权昨天到期,走访属实").await, ["released"; 4]);
    assert!(newest.has_changed().expect("the store is open"), "followers are woken");

    // Her grant is still over: all her phone hears is that it needs to keep nothing any more.
    story.phone.syncs().await;
    assert!(!story.phone.has(story.visit));
    other.syncs().await;
    let read = other.reads(story.visit);
    assert_eq!(read.yes_no("rules"), Some(YesNo::No));
    assert_eq!(read.writers, [story.person], "released is not written");

    // With a grant again she has it as everybody has.
    story.district.grants(story.person, Role::Coordinator, SHENTOU).await;
    story.phone.syncs().await;
    assert_eq!(story.phone.reads(story.visit).heads, read.heads);
    assert_eq!(story.phone.lists(story.visit).attention, []);
}

/// Q9: where she has a grant again before it is released, the record itself comes, and what waited goes.
#[tokio::test]
async fn what_comes_back_by_pull_waits_no_longer() {
    let mut story = Story::begin().await;
    story.district.grants(story.person, Role::Coordinator, SHENTOU).await;
    story.phone.syncs().await;
    assert_eq!(story.phone.lists(story.visit).attention.len(), 4);
    story.decides("release", "走访属实").await;
    let mut push = story.phone.push();
    push.refused.clear();
    story.phone.sends(&push, xunfang_tests::Fate::Through).await.expect("the server answers");
    assert_eq!(story.phone.lists(story.visit).attention, []);
    assert_eq!(story.phone.reads(story.visit).yes_no("premises"), Some(YesNo::Yes));
}

/// Q7, Q9: dismissed work stays where it is, with the supervisor's reason, on her phone as well.
#[tokio::test]
async fn dismissed_work_stays_readable_with_the_reason() {
    let mut story = Story::begin().await;
    assert_eq!(story.decides("dismiss", "这天没有走访").await, ["dismissed"; 4]);
    assert_eq!(story.desk.sees("quarantine").await, json!({ "parcels": [] }));
    let resolved = story.desk.sees("quarantine?state=resolved").await;
    assert_eq!(resolved["parcels"][0]["resolutions"], json!(["dismissed"]));
    story.phone.syncs().await;
    let attention = story.phone.lists(story.visit).attention;
    assert_eq!(attention.len(), 4);
    assert!(attention.iter().all(|one| one.dismissed.as_deref() == Some("这天没有走访")));
    assert_eq!(attention[0].code, RefusalCode::NotGranted);
    assert!(story.phone.push().refused.is_empty(), "there is nothing more to hear");
}

/// Q8, Q10: with a new grant she enters part of it again herself before the supervisor looks: that part is
/// hers to have changed, and a release passes over it.
#[tokio::test]
async fn what_was_entered_again_is_passed_over() {
    let mut story = Story::begin().await;
    story.district.grants(story.person, Role::Coordinator, SHENTOU).await;
    story.phone.syncs().await;
    story.phone.reenters_last(story.visit).expect("it may be entered");
    story.phone.answers(story.visit, "member_count", Answer::Number(41));
    story.phone.syncs().await;
    let page = story.page().await;
    assert_eq!(page["changes"][3]["resolution"], "replaced");
    assert_eq!(page["changes"][3]["resolved_by"], json!(story.person));
    assert_eq!(story.decides("release", "走访属实").await, ["released", "released", "released", "replaced"]);
    story.phone.syncs().await;
    let read = story.phone.reads(story.visit);
    assert_eq!(read.answer("member_count"), Some(&Answer::Number(41)), "no older value came back");
    assert_eq!(read.yes_no("rules"), Some(YesNo::No));
    assert_eq!(story.phone.lists(story.visit).attention, []);
}
